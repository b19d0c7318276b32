"""The results as people read them: on the screen while they come, in docs/benchmarks.md when they are complete."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from clinic.bench import rush, storm
from clinic.bench.machine import RESULTS, SIZES
from clinic.bench.names import GROWN, LINES, NAMES, REMINDERS, RUSH, STORM
from clinic.running.environment import BASE_DIR

#: A bench that keeps its data elsewhere is a try: what it found stays with it.
PAGE = RESULTS / "benchmarks.md" if os.environ.get("DEQI_BENCH_DATA") else BASE_DIR / "docs" / "benchmarks.md"
GROWTH, TAIL = 1.25, 2.5
Data = Mapping[str, Any]

PARTS = ("small", "large", "growth", "sql")

_HEAD = """# Benchmarks

Written by `make bench SIZE=small`, `SIZE=large`, `SIZE=growth` and `SIZE=sql`, line by line as they are measured; do not
edit by hand what stands in the tables. `LINES=chart,search` measures those lines again and keeps the rest.

Absolute figures belong to the machine of that day. What is claimed is a ratio inside one block: bare view, ours, control,
bare view, at the same concurrency, the order alternating. A block whose two bare views differ by more than 15 % is thrown
away; seven are wanted, at most fourteen tried, and none after the line's share of the time. **Claim** is the lower quartile
of the kept blocks. gunicorn with 3 sync workers, a Celery worker beside it, a fresh copy of a filled database for each run.
Statements are counted without BEGIN, COMMIT, SAVEPOINT, RELEASE and the sign-in check. *Processor* is what the web workers
used for one answer, the database not counted: it moves less than time when others use the machine, too.

## What stands beside ours

- *Floor* is the same page written the shortest possible way (`clinic/bench/floor.py`, `floor_chart.py`): Django's default
  middleware, session and user, the same base template; writes store the same rows, reads leave no trace. It has no policy,
  no trace of what was read, no forms, no marks and no words for people. A page of the floor shows what ours shows:
  - search: the same patients, found by the same question, with their next visit;
  - whole chart: contact, course with its line, goal, visits, twenty notes (three open, with their points), both drawings of
    the trend and the table of their values, the newest numbers beside those before, medicines, agreements, mails. It is asked
    as Django's models ask, in twelve statements and the sign-in; ours asks in seven, the trace among them, whose SQL is put
    together once a process (`clinic/kernel/prepared.py`). That is why ours can come near the floor, or pass it;
  - day board: the same visits, as a board and as a list, each with its button.
- *Raw commits* are single-row inserts by psycopg2, one row a commit, over four connections, in the same block.
- *Bare view* is Django without middleware, session or database, answering two letters: it tells how even the machine is.
- Reminders stand beside Django's own mail on one kept connection to the same mail server, before and after.
- Growth sets the large clinic beside the small one in one block; claimed is the upper quartile.
- The storm is thirty windows that each save a draft of their own once a second, with all that the page sends, for five
  minutes (`LINES=storm`, `SECONDS=300`); beside it stands one window alone, just before.
"""


def keep(part: str, results: Data) -> None:
    """Keep the figures of a part as data, and write the page from all that are kept.

    What was not measured this time stays as it was.
    """
    before = _kept(part) or {}
    today = [{**row, "date": results["date"]} for row in results.get("figures") or results.get("growth") or []]
    lines = {
        name: _merged(before.get(name) or [], today if results.get(name) else []) for name in ("figures", "growth")
    }
    results = {**before, **{name: value for name, value in results.items() if value}, **lines}
    RESULTS.mkdir(parents=True, exist_ok=True)
    _file(part).write_text(json.dumps(results, indent=1), encoding="utf-8")
    PAGE.write_text(page({name: kept for name in PARTS if (kept := _kept(name))}), encoding="utf-8")


def _merged(before: Sequence[Data], now: Sequence[Data]) -> list[Data]:
    """The lines of both in the order of the table, those of now in place of those before."""
    fresh = {row["job"] for row in now}
    order = list(NAMES.values())
    rows = [row for row in before if row["job"] not in fresh] + list(now)
    return sorted(rows, key=lambda row: order.index(row["job"]) if row["job"] in order else len(order))


def page(results: Mapping[str, Data]) -> str:
    """Return the whole page."""
    parts = [_HEAD]
    for part, data in results.items():
        parts += [_part(part, data)]
    parts.append(_misses(results) if results else "")
    parts.append(_missing(results))
    return "\n".join(part for part in parts if part)


def _part(part: str, data: Data) -> str:
    where = f"{data['machine']}, {data['date']}.\n"
    if part == "growth":
        return "\n".join(["\n## Growth: from 1,000 to 50,000 patients\n", where, _growth(data["growth"])])
    if part == "sql":
        return "\n".join(["\n## Search, SQL alone\n", where, _search(data.get("search"))])
    patients, sessions = SIZES[part]
    title = f"\n## {part.capitalize()}: {patients:,} patients, {sessions:,} sessions\n"
    said = [
        title,
        where,
        _table(data.get("figures") or []),
        _controls(data.get("figures") or []),
        _rush(data.get("rush")),
        _mails(data.get("mails")),
        _storm(data.get("storm")),
    ]
    return "\n".join(one for one in said if one)


def _missing(results: Mapping[str, Data]) -> str:
    """Say which lines of which part were not measured yet."""
    lines = []
    for part, keys in (("small", LINES), ("large", LINES), ("growth", GROWN)):
        data = results.get(part) or {}
        done = {row["job"] for row in data.get("figures") or data.get("growth") or []}
        left = [NAMES[key] for key in keys if key in NAMES and NAMES[key] not in done]
        left += [rush.NAME] if RUSH in keys and not data.get("rush") else []
        left += ["1,000 reminders"] if REMINDERS in keys and not data.get("mails") else []
        left += [storm.NAME] if STORM in keys and not data.get("storm") else []
        lines += [f"- {part}: {', '.join(left)}"] if left else []
    lines += [] if results.get("sql") else ["- search, SQL alone"]
    return "\n## Not measured yet\n\n" + "\n".join(lines) + "\n" if lines else ""


def this_machine() -> str:
    """Return processors and system in a few words."""
    return f"{platform.machine()}, {_processors()} cores, Python {platform.python_version()}, PostgreSQL 18 embedded"


def is_met(row: Data) -> bool:
    """Whether a line of the table holds."""
    small = not row["allowed_bytes"] or row["most_bytes"] <= row["allowed_bytes"]
    return bool(row["claim"] >= row["target"] and row["statements"] <= row["most_statements"] and small)


def _table(rows: Sequence[Data]) -> str:
    lines = [
        "| job | clients | a second | p50 ms | p95 ms | control | a second | claim | median (lowest to highest) | wanted | statements | kept, thrown away | processor ms, ours and floor | |",
        "| --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | --- | ---: | ---: | ---: | --- | --- |",
    ]
    for row in rows:
        wanted = f"{row['target']:.2f}" if row["target"] else "-"
        verdict = "met" if is_met(row) else "**missed**" if row["kept"] else "**no even block**"
        used = f"{row['cpu']:.1f}, {row['control_cpu']:.1f}" if row["cpu"] else ""
        size = f", {row['most_bytes']} bytes" if row["allowed_bytes"] else ""
        lines.append(
            f"| {row['job']} | {row['clients']} | {row['rate']:.0f} | {row['p50']:.1f} | {row['p95']:.1f} "
            f"| {row['control']} | {row['control_rate']:.0f} | {row['claim']:.2f} "
            f"| {row['median']:.2f} ({row['lowest']:.2f} to {row['highest']:.2f}) | {wanted} "
            f"| {row['statements']} of {row['most_statements']}{size} | {row['kept']}, {row['thrown_away']} | {used} | {verdict} |"
        )
    return "\n".join(lines) + "\n"


def _controls(rows: Sequence[Data]) -> str:
    """The controls by themselves: what the machine gave that day."""
    found = [f"Bare view, {n} client{'s' if n > 1 else ''}: {_middle(rates):,.0f} a second." for n in (1, 4)
             if (rates := [row["bare"] for row in rows if row["clients"] == n and row.get("bare")])]  # fmt: skip
    raw = [row["control_rate"] for row in rows if row["control"] == "raw commits" and row["control_rate"]]
    found += [f"Raw commits, 4 connections: {_middle(raw):,.0f} a second."] if raw else []
    return " ".join(found) + "\n" if found else ""


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _rush(row: Data | None) -> str:
    return (
        f"{rush.sentence(row)}. Median {row['median']:.2f} ({row['lowest']:.2f} to {row['highest']:.2f}).\n"
        if row
        else ""
    )


def _mails(row: Data | None) -> str:
    if not row:
        return ""
    verdict = "met" if row["claim"] >= row["target"] else "**missed**"
    return (
        f"{row['mails']:,} reminders, each claimed once and rendered for its patient: {row['rate']:.0f} a second; Django mail "
        f"on one kept connection: {row['control_rate']:.0f}. Claim {row['claim']:.2f}, median {row['median']:.2f} "
        f"({row['lowest']:.2f} to {row['highest']:.2f}), wanted {row['target']:.2f}: {verdict}; {row.get('kept', 0)} blocks "
        f"kept, {row.get('thrown_away', 0)} thrown away.\n"
    )


def _storm(row: Data | None) -> str:
    return f"{storm.sentence(row)}.\n" if row else ""


def _search(row: Data | None) -> str:
    if not row:
        return ""
    met = row["median"] <= row["wanted"][0] and row["p95"] <= row["wanted"][1]
    return (
        f"Search, SQL alone (planning and execution) over {row['patients']:,} patients, {row['questions']} questions: median "
        f"{row['median']} ms (wanted {row['wanted'][0]:.0f}), p95 {row['p95']} ms (wanted {row['wanted'][1]:.0f}), most "
        f"{row['most']} ms: {'met' if met else '**missed**'}.\n"
    )


def _growth(rows: Sequence[Data]) -> str:
    lines = [
        f"| job | p50 small | p50 large | growth (at most {GROWTH}) | median | p95 over p50 (at most {TAIL}) | statements | kept, thrown away | |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        lines.append(
            f"| {row['job']} | {row['small']:.1f} ms | {row['large']:.1f} ms | {row['growth']:.2f} | {row['median']:.2f} "
            f"| {row['tail']:.2f} | {row['statements'][0]}, {row['statements'][1]} | {row['kept']}, {row['thrown_away']} "
            f"| {'met' if has_grown_little(row) else '**missed**'} |"
        )
    return "\n".join(lines) + "\n"


def has_grown_little(row: Data) -> bool:
    """Whether a page of the large clinic costs nearly what it costs in the small one."""
    equal = row["statements"][0] == row["statements"][1]
    return bool(row["growth"] <= GROWTH and row["tail"] <= TAIL and equal and row["kept"])


def _misses(results: Mapping[str, Data]) -> str:
    """Return the misses by name, each with what it would take, as far as that is known."""
    words = _words_on_misses()
    named: dict[str, list[str]] = {}
    for size, data in results.items():
        for row in data.get("figures") or ():
            if not is_met(row):
                named.setdefault(row["job"], []).append(
                    f"{size}, {row['clients']} client{'s' if row['clients'] > 1 else ''}: {row['claim']:.2f} of "
                    f"{row['control']}, wanted {row['target']:.2f}"
                )
        for row in data.get("growth") or ():
            if not has_grown_little(row):
                named.setdefault(row["job"], []).append(f"growth {row['growth']:.2f}, p95 over p50 {row['tail']:.2f}")
        searched = data.get("search")
        if searched and (searched["median"] > searched["wanted"][0] or searched["p95"] > searched["wanted"][1]):
            named.setdefault("search, SQL alone", []).append(f"{searched['median']} ms, p95 {searched['p95']} ms")
        rushed = data.get("rush")
        if rushed and not rush.is_met(rushed):
            named.setdefault(rush.NAME, []).append(f"{size}: {rushed['claim']:.2f}, wanted {rushed['target']:.2f}")
        stormed = data.get("storm")
        if stormed and not storm.is_met(stormed):
            named.setdefault(storm.NAME, []).append(
                f"{size}: {stormed['ratio']:.2f} times, p95 {stormed['p95']:.0f} ms, {stormed['errors']} errors"
            )
        mails = data.get("mails")
        if mails and mails["claim"] < mails["target"]:
            named.setdefault("1,000 reminders", []).append(
                f"{size}: {mails['claim']:.2f}, wanted {mails['target']:.2f}"
            )
    if not named:
        return "\n## Misses\n\nNone.\n"
    lines = [f"- **{job}**: {'; '.join(found)}. {words.get(job, '')}".rstrip() for job, found in named.items()]
    return "\n## Misses, and what each would take\n\n" + "\n".join(lines) + "\n"


def _words_on_misses() -> dict[str, str]:
    """What each miss would take, written by hand."""
    text: dict[str, str] = json.loads((Path(__file__).parent / "misses.json").read_text(encoding="utf-8"))
    return text


def _file(size: str) -> Path:
    return RESULTS / f"results-{size}.json"


def _kept(size: str) -> Data | None:
    try:
        found: Data = json.loads(_file(size).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _processors() -> int:
    return len(os.sched_getaffinity(0))

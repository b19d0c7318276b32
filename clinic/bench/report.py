"""The results as people read them: on the screen while they come, in docs/benchmarks.md when they are complete."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from clinic.bench.machine import DATA, SIZES
from clinic.running.environment import BASE_DIR

PAGE = BASE_DIR / "docs" / "benchmarks.md"
GROWTH, TAIL = 1.25, 2.5
Data = Mapping[str, Any]

_HEAD = """# Benchmarks

Written by `make bench SIZE=small` and `make bench SIZE=large`; do not edit by hand what stands in the tables.

Absolute figures belong to the machine of that day. What is claimed is a ratio inside one block: bare view, ours, control,
bare view, at the same concurrency, the order alternating. A block whose two bare views differ by more than 15 % is thrown
away. **Claim** is the lower quartile of the kept blocks. *Floor* is the same page written the shortest possible way
(`clinic/bench/floor.py`: default middleware, session, user, the same base template; writes store the same rows, reads leave no
trace). *Raw commits* are single-row inserts by psycopg2 over four connections. gunicorn with 3 sync workers, a Celery worker
beside it, a fresh copy of a template database for each run. Statements are counted without BEGIN, COMMIT, SAVEPOINT, RELEASE
and the sign-in check. *Processor* is what the web workers used for one answer, the database not counted: it moves less than
time when others use the machine, too.
"""


def keep(size: str, results: Data) -> None:
    """Keep the figures of a size as data, and write the page from all that are kept.

    What was not measured this time stays as it was.
    """
    before = _kept(size) or {}
    lines = {name: _merged(before.get(name) or [], results.get(name) or []) for name in ("figures", "growth")}
    results = {**before, **{name: value for name, value in results.items() if value}, **lines}
    _file(size).write_text(json.dumps(results, indent=1), encoding="utf-8")
    PAGE.write_text(page({name: kept for name in ("small", "large") if (kept := _kept(name))}), encoding="utf-8")


def _merged(before: Sequence[Data], now: Sequence[Data]) -> list[Data]:
    """The lines of both, each job where it stood, those of now in place of those before."""
    fresh = {row["job"] for row in now}
    order = [row["job"] for row in before] + [row["job"] for row in now]
    rows = [row for row in before if row["job"] not in fresh] + list(now)
    return sorted(rows, key=lambda row: order.index(row["job"]))


def page(results: Mapping[str, Data]) -> str:
    """Return the whole page."""
    parts = [_HEAD]
    for size, data in results.items():
        patients, sessions = SIZES[size]
        parts.append(f"\n## {size.capitalize()}: {patients:,} patients, {sessions:,} sessions\n")
        parts.append(f"{data['machine']}, {data['date']}.\n")
        parts.append(_table(data["figures"]))
        parts.append(_mails(data.get("mails")))
        parts.append(_search(data.get("search")))
        if data.get("growth"):
            parts.append(_growth(data["growth"]))
    parts.append(_misses(results))
    return "\n".join(part for part in parts if part)


def this_machine() -> str:
    """Return processors and system in a few words."""
    return f"{platform.machine()}, {_processors()} cores, Python {platform.python_version()}, PostgreSQL 18 embedded"


def growth(small: Sequence[Data], large: Sequence[Data]) -> list[dict[str, Any]]:
    """Return for each read of one client how its latency grew from the small clinic to the large one."""
    before = {row["job"]: row for row in small if row["clients"] == 1}
    return [
        {
            "job": row["job"], "small": before[row["job"]]["p50"], "large": row["p50"], "p95": row["p95"],
            "growth": round(row["p50"] / before[row["job"]]["p50"], 2), "tail": round(row["p95"] / row["p50"], 2),
            "statements": (before[row["job"]]["statements"], row["statements"]),
        }
        for row in large
        if row["clients"] == 1 and row["job"] in before
    ]  # fmt: skip


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
        verdict = "met" if is_met(row) else "**missed**"
        used = f"{row['cpu']:.1f}, {row['control_cpu']:.1f}" if row["cpu"] else ""
        size = f", {row['most_bytes']} bytes" if row["allowed_bytes"] else ""
        lines.append(
            f"| {row['job']} | {row['clients']} | {row['rate']:.0f} | {row['p50']:.1f} | {row['p95']:.1f} "
            f"| {row['control']} | {row['control_rate']:.0f} | {row['claim']:.2f} "
            f"| {row['median']:.2f} ({row['lowest']:.2f} to {row['highest']:.2f}) | {wanted} "
            f"| {row['statements']} of {row['most_statements']}{size} | {row['kept']}, {row['thrown_away']} | {used} | {verdict} |"
        )
    return "\n".join(lines) + "\n"


def _mails(row: Data | None) -> str:
    if not row:
        return ""
    verdict = "met" if row["claim"] >= row["target"] else "**missed**"
    return (
        f"{row['mails']:,} reminders, each claimed once and rendered for its patient: {row['rate']:.0f} a second; Django mail "
        f"on one kept connection: {row['control_rate']:.0f}. Claim {row['claim']:.2f}, median {row['median']:.2f} "
        f"({row['lowest']:.2f} to {row['highest']:.2f}), wanted {row['target']:.2f}: {verdict}.\n"
    )


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
        "Growth from 1,000 to 50,000 patients, one client, both measured in the same run:\n",
        f"| job | p50 small | p50 large | growth (at most {GROWTH}) | p95 over p50 (at most {TAIL}) | statements | |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        equal = row["statements"][0] == row["statements"][1]
        met = row["growth"] <= GROWTH and row["tail"] <= TAIL and equal
        lines.append(
            f"| {row['job']} | {row['small']:.1f} ms | {row['large']:.1f} ms | {row['growth']:.2f} | {row['tail']:.2f} "
            f"| {row['statements'][0]}, {row['statements'][1]} | {'met' if met else '**missed**'} |"
        )
    return "\n".join(lines) + "\n"


def _misses(results: Mapping[str, Data]) -> str:
    """Return the misses by name, each with what it would take, as far as that is known."""
    words = _words_on_misses()
    named: dict[str, list[str]] = {}
    for size, data in results.items():
        for row in data["figures"]:
            if not is_met(row):
                named.setdefault(row["job"], []).append(
                    f"{size}, {row['clients']} client{'s' if row['clients'] > 1 else ''}: {row['claim']:.2f} of "
                    f"{row['control']}, wanted {row['target']:.2f}"
                )
        for row in data.get("growth") or ():
            if row["growth"] > GROWTH or row["tail"] > TAIL:
                named.setdefault(row["job"], []).append(f"growth {row['growth']:.2f}, p95 over p50 {row['tail']:.2f}")
        searched = data.get("search")
        if searched and (searched["median"] > searched["wanted"][0] or searched["p95"] > searched["wanted"][1]):
            named.setdefault("search, SQL alone", []).append(f"{searched['median']} ms, p95 {searched['p95']} ms")
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
    return DATA / f"results-{size}.json"


def _kept(size: str) -> Data | None:
    try:
        found: Data = json.loads(_file(size).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _processors() -> int:
    return len(os.sched_getaffinity(0))

"""``make bench SIZE=small|large|growth|sql``: measure every line of the target table on this machine.

``LINES=chart,search`` measures those lines alone and keeps the rest; ``DEQI_BENCH_TEMPLATE`` names a large clinic that
is filled already (see ``clinic.bench.machine``); ``BLOCKS=1`` is quick and proves little; ``SECONDS=300`` is how long
the storm of savings lasts. ``SIZE=tiny`` tries every line for a moment and keeps nothing.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any

import django

from clinic.bench import machine
from clinic.bench.blocks import BLOCKS
from clinic.bench.client import Failed
from clinic.bench.names import GROWN, LINES, NAMES, REMINDERS, RUSH, STORM
from clinic.embedded import CannotStart, Lease

SIZES = ("tiny", "small", "large", "growth", "sql")
#: Which filled clinics a run needs.
NEEDED = {"growth": ("small", "large"), "sql": ("search",)}
Say = Callable[[str], None]


def main() -> int:
    """Measure and return the exit code: 1 when a line failed; a miss is a result."""
    size = os.environ.get("SIZE") or "small"
    keys = [key.strip() for key in (os.environ.get("LINES") or ",".join(LINES)).split(",") if key.strip()]
    if size not in SIZES or not set(keys) <= set(LINES) or not (os.environ.get("BLOCKS") or "1").isdecimal():
        print(f"Say SIZE={'|'.join(SIZES[1:])}, and LINES of {', '.join(LINES)}.", file=sys.stderr)
        return 2
    # What was started here is ended here, also when somebody loses patience.
    for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(one, _leave)
    lease = Lease(machine.DATA)
    try:
        return 1 if run(size, keys, lambda sentence: print(sentence, flush=True)) else 0
    except (Failed, CannotStart) as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        lease.release()


def _leave(number: int, _: FrameType | None) -> None:
    # A second signal must not break off the way out.
    for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(one, signal.SIG_IGN)
    sys.exit(128 + number)


def run(size: str, keys: Sequence[str], say: Say) -> list[str]:
    """Fill what is needed, measure on fresh copies, keep line by line. Returns the lines that failed."""
    env = machine.servers_environment()
    sources = {name: machine.template(env, name, say) for name in NEEDED.get(size, (size,))}
    os.environ.update(machine.at_database(env, machine.RUN))
    os.environ |= {"DJANGO_SETTINGS_MODULE": "clinic.settings", "DEQI_ROLE": "owner", "DEBUG": "0"}
    machine.manage(dict(os.environ), "collectstatic", "--no-input")
    django.setup()
    failed = _measure(size, keys, env, sources, say)
    if size != "tiny":
        from clinic.bench import report

        say(f"Written: {report.PAGE}")
    return failed


def _measure(size: str, keys: Sequence[str], env: Mapping[str, str], sources: Mapping[str, str], say: Say) -> list[str]:
    from clinic.bench import searching

    if size == "sql":
        with machine.copied(env, sources["search"]):
            _keep(size, "search", searching.measure(say))
            _let_go()
        return []
    if size == "growth":
        return _grow(size, keys, env, sources["small"], sources["large"], say)
    failed = _lines(size, keys, env, sources[size], say)
    return failed + (_grow(size, keys, env, sources[size], sources[size], say) if size == "tiny" else [])


def _lines(size: str, keys: Sequence[str], env: Mapping[str, str], source: str, say: Say) -> list[str]:
    """Measure the lines of one size, the storm last."""
    from clinic.bench import fill, mails, measuring, rush, storm

    a_try = size == "tiny"
    how = {"blocks": 1, "mails": 20} if a_try else {"blocks": _blocks()}
    rushing = {"blocks": 1, "patients": 12} if a_try else {"blocks": _blocks()}
    blowing: dict[str, Any] = {"lasting": 3.0, "tabs": 6, "quiet": 2.0} if a_try else {"lasting": storm.seconds()}
    pace = measuring.Pace(blocks=1, scale=0.1, rows=0.05) if a_try else measuring.Pace(blocks=_blocks())
    failed: list[str] = []
    with machine.copied(env, source) as there, machine.working(there):
        fill.raw_table()
        pages = [key for key in NAMES if key in keys]
        if pages:
            failed += measuring.measure_lines(there, pages, say, pace, lambda rows: _keep(size, "figures", rows))
        alone: dict[str, tuple[str, Callable[[], object]]] = {
            RUSH: ("rush", lambda: rush.measure(there, say, **rushing)),
            REMINDERS: ("mails", lambda: mails.measure(there, say, **how)),
            STORM: ("storm", lambda: storm.measure(there, say, **blowing)),
        }
        for key, (name, measured) in alone.items():
            if key not in keys:
                continue
            try:
                _keep(size, name, measured())
            except Exception as problem:
                failed.append(key)
                say(f"{key} FAILED: {type(problem).__name__}: {str(problem)[:400]}")
        _let_go()
    return failed


def _grow(size: str, keys: Sequence[str], env: Mapping[str, str], small: str, large: str, say: Say) -> list[str]:
    from clinic.bench import growing

    chosen = [key for key in GROWN if key in keys]
    how: dict[str, Any] = {"blocks": 1, "scale": 0.1} if size == "tiny" else {"blocks": _blocks()}
    with machine.copied(env, small, machine.RUN_SMALL) as one, machine.copied(env, large) as other:
        failed = growing.measure(one, other, chosen, say, lambda rows: _keep(size, "growth", rows), **how)
        _let_go()
    return [f"growth of {key}" for key in failed]


def _keep(size: str, name: str, found: object) -> None:
    from clinic.bench import report
    from clinic.kernel import clock

    if size != "tiny":
        report.keep(size, {"machine": report.this_machine(), "date": f"{clock.now():%Y-%m-%d}", name: found})


def _blocks() -> int:
    """How many even blocks a line wants."""
    return int(os.environ.get("BLOCKS") or BLOCKS)


def _let_go() -> None:
    """Leave the copied databases, so that they can be dropped."""
    from django.db import connections

    connections.close_all()


if __name__ == "__main__":
    sys.exit(main())

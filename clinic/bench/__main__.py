"""``make bench [SIZE=small|large]``: measure every line of the target table on this machine.

``ONLY="chart"`` measures those lines again whose name has this in it, and keeps the rest.
``SIZE=tiny`` tries every line for a moment in a clinic of sixty patients and keeps nothing: for the tests.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

import django

from clinic.bench import machine
from clinic.bench.client import Failed
from clinic.embedded import CannotStart, Lease
from clinic.running.environment import BASE_DIR


def main() -> int:
    """Measure a size and return the exit code: 1 when the bench itself failed; a miss is a result."""
    size = os.environ.get("SIZE") or "small"
    if size not in ("tiny", "small", "large"):
        print("Say SIZE=small or SIZE=large.", file=sys.stderr)
        return 2
    # What was started here is ended here, also when somebody loses patience.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    lease = Lease(machine.DATA)
    try:
        run(size, lambda sentence: print(sentence, flush=True))
    except (Failed, CannotStart) as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        lease.release()
    return 0


def run(size: str, say: Callable[[str], None]) -> None:
    """Fill the templates, measure on fresh copies, keep the results and write the page."""
    env = machine.servers_environment()
    needed = ("small", "large", "search") if size == "large" else (size,)
    sources = {name: machine.template(env, name, say) for name in needed}
    os.environ.update(env)
    for name in ("DATABASE_URL", "DATABASE_URL_WORKER", "DATABASE_URL_OWNER"):
        os.environ[name] = machine.at_database(env, machine.RUN)[name]
    os.environ |= {"DJANGO_SETTINGS_MODULE": "clinic.settings", "DEQI_ROLE": "owner", "DEBUG": "0"}
    machine.manage(dict(os.environ), "collectstatic", "--no-input")
    django.setup()
    measure(size, env, sources, say)


def measure(size: str, env: Mapping[str, str], sources: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Measure one size, and for the large one the growth from the small."""
    from clinic.bench import jobs, mails, measuring, report, searching
    from clinic.kernel import clock

    a_try = size == "tiny"
    only = os.environ.get("ONLY", "")

    def keep(name: str, found: object) -> None:
        if not a_try:
            report.keep(size, {"machine": report.this_machine(), "date": f"{clock.now():%Y-%m-%d}", name: found})

    a_while = measuring.Pace(blocks=1, scale=0.1, rows=0.05)
    pace = a_while if a_try else measuring.Pace(only=only, keep=lambda rows: keep("figures", rows))
    small: list[Any] = []
    if size == "large":
        say("The small clinic first, for the growth")
        with machine.copied(env, sources["small"]) as there:
            small = measuring.as_data(measuring.read_only(there, say, measuring.Pace(clients=(1,), only=only)))
            measuring.leave()
        say("The large clinic")
    with machine.copied(env, sources[size]) as there, machine.working(there):
        measuring.prepare()
        figures = measuring.as_data(measuring.everything(there, say, pace))
        if pace.wants(jobs.MAILED):
            keep("mails", mails.measure(there, say, **({"blocks": 1, "mails": 20} if a_try else {})))
        measuring.leave()
    if small:
        keep("growth", report.growth(small, figures))
    if size == "large" and pace.wants("search, SQL alone"):
        with machine.copied(env, sources["search"]):
            keep("search", searching.measure(say))
            measuring.leave()
    if not a_try:
        say(f"Written: {report.PAGE.relative_to(BASE_DIR)}")


if __name__ == "__main__":
    sys.exit(main())

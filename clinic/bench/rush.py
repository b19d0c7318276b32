"""Two hundred patients save a step and hand in their intake at the same moment, ours beside the floor.

Everybody has a connection of their own and waits for one word: a lesson at a school, or a mail that all open at nine.
A block is floor, ours, floor; it is thrown away when the floor's two differ too much. Each answer must be right, and
each form is handed in once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db import connections

from clinic.bench import fill, machine, statements
from clinic.bench.blocks import BLOCKS, MAY_DIFFER, Run, lower_quartile
from clinic.bench.client import Failed, Script, ask
from clinic.bench.jobs import AGREED, FEELINGS
from clinic.bench.scripts import Once
from clinic.kernel import clock
from patients.intake import steps
from patients.intake.models import IntakeSubmission, QuestionnaireRequest

PATIENTS = 200
#: So many blocks are tried.
MOST = 12
TARGET = 0.70
#: The most statements of saving a step, and of handing in.
STATEMENTS = (4, 10)
NAME = "200 patients saving a step and submitting at once"


@dataclass(frozen=True)
class Side:
    """A server and where it takes a step and the whole form."""

    port: int
    step: str
    submit: str


def measure(
    env: Mapping[str, str], say: Callable[[str], None], *, blocks: int = BLOCKS, patients: int = PATIENTS,
    minutes: float = 4.0,
) -> dict[str, object]:  # fmt: skip
    """Run blocks until ``blocks`` of them may stay, at most MOST, and return the figures.

    Raises Failed for a wrong answer, or for a form that was not handed in exactly once.
    """
    kept: list[tuple[Run, Run]] = []
    tried = 0
    until = time.monotonic() + 60 * minutes
    with ExitStack() as stack:
        servers = [stack.enter_context(machine.serving(env, one)) for one in (machine.OURS, machine.FLOOR)]
        ours = Side(servers[0].port, f"/i/form/{steps.FEELINGS}/", f"/i/form/{steps.AGREEMENT}/")
        floor = Side(servers[1].port, "/floor/step/{}/", "/floor/submit/{}/")
        counted = _statements(ours, clock.now())
        for side in (ours, floor):  # each worker reads its templates and connects with its first requests
            _together(side, min(patients, 20))
        before = _together(floor, patients)
        while len(kept) < blocks and tried < MOST and (not tried or time.monotonic() < until):
            mine, after = _together(ours, patients), _together(floor, patients)
            tried += 1
            if patients < PATIENTS or abs(before.rate - after.rate) <= MAY_DIFFER * max(before.rate, after.rate):
                kept.append((mine, Run(before.seconds + after.seconds, [*before.latencies, *after.latencies])))
            before = after
    found = figures(kept, patients=patients, tried=tried, counted=counted)
    say(sentence(found))
    return found


def figures(
    kept: Sequence[tuple[Run, Run]], *, patients: int, tried: int, counted: tuple[int, int]
) -> dict[str, Any]:  # fmt: skip
    """Return what the kept blocks come to; each is our run and the floor's."""
    ratios = [ours.rate / floor.rate for ours, floor in kept] or [0.0]
    waits = Run(1.0, [took for ours, _ in kept for took in ours.latencies])
    return {
        "patients": patients, "rate": round(median([ours.rate for ours, _ in kept] or [0.0]), 1),
        "control_rate": round(median([floor.rate for _, floor in kept] or [0.0]), 1),
        "claim": round(lower_quartile(ratios), 3), "median": round(median(ratios), 3),
        "lowest": round(min(ratios), 3), "highest": round(max(ratios), 3), "target": TARGET,
        "p50": round(waits.quantile(0.5), 1), "p95": round(waits.quantile(0.95), 1),
        "statements": list(counted), "most_statements": list(STATEMENTS),
        "kept": len(kept), "thrown_away": tried - len(kept),
    }  # fmt: skip


def is_met(found: Mapping[str, Any]) -> bool:
    """Whether the ratio and both numbers of statements hold."""
    within = all(one <= most for one, most in zip(found["statements"], found["most_statements"], strict=True))
    return bool(found["claim"] >= found["target"] and within)


def sentence(found: Mapping[str, Any]) -> str:
    """Say the figures in one line."""
    one, other = found["statements"]
    return (
        f"{found['patients']} patients saving a step and submitting at once: {found['rate']:.0f} answers/s, "
        f"waiting p50 {found['p50']:.0f} ms, p95 {found['p95']:.0f} ms; {found['claim']:.2f} of floor "
        f"(wanted {found['target']:.2f}), {one} and {other} statements, {found['kept']} blocks kept, "
        f"{found['thrown_away']} thrown away: {'met' if is_met(found) else 'MISSED'}"
    )


def _together(side: Side, patients: int) -> Run:
    """Let so many patients save and hand in at one moment, and return the run of all their answers."""
    forms = fill.forms([patients] + [0] * (fill.ALL_LANES - 1), clock.now())[0]
    begin = threading.Barrier(patients)

    def one(number: int) -> tuple[float, list[float]]:
        begin.wait(60)
        begun, took = time.monotonic(), []
        for request in (_step(side, forms, number), _submission(side, forms, number)):
            sent = time.monotonic()
            status, answer = ask(side.port, request)
            took.append(time.monotonic() - sent)
            if status != 302:
                raise Failed(f"{NAME}: a form answered {status}: {answer[-300:]!r}")
        return begun, took

    with ThreadPoolExecutor(patients) as pool:
        done = list(pool.map(one, range(patients)))
        ended = time.monotonic()
    _all_handed_in([form.public_id for form in forms])
    return Run(ended - min(begun for begun, _ in done), [took for _, all_took in done for took in all_took])


def _step(side: Side, forms: Sequence[fill.Row], number: int) -> bytes:
    rows = [[(side.step.format(one.public_id), one.version, one.cookie) for one in forms]]
    return Once(side.port, "", rows, FEELINGS)(0, number)


def _submission(side: Side, forms: Sequence[fill.Row], number: int) -> bytes:
    rows = [[(side.submit.format(one.public_id), one.version + 1, one.cookie) for one in forms]]
    return Once(side.port, "", rows, AGREED)(0, number)


def _statements(ours: Side, now: datetime) -> tuple[int, int]:
    """Count those of one patient, in this process."""
    forms = fill.forms([1] + [0] * (fill.ALL_LANES - 1), now)[0]
    found = [
        statements.count(Script(ours.port, lambda *_, made=made: made, (302,)), 0, 0)
        for made in (_step(ours, forms, 0), _submission(ours, forms, 0))
    ]
    connections.close_all()
    return found[0], found[1]


def _all_handed_in(ids: Sequence[str]) -> None:
    handed = QuestionnaireRequest.objects.filter(public_id__in=ids, state="submitted").count()
    stored = IntakeSubmission.objects.filter(request__public_id__in=ids).count()
    connections.close_all()
    if handed != len(ids) or stored != len(ids):
        raise Failed(f"{NAME}: of {len(ids)} forms {handed} are handed in and {stored} are stored")

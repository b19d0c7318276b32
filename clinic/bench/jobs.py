"""The lines of the table: each job with its pages, its floor, and what must hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from urllib.parse import urlencode

from django.db.models import Count

from clinic.bench import fill
from clinic.bench.client import LANES, Script
from clinic.bench.fill import LINE, Row
from clinic.bench.scripts import Once, Reads, Saves, SavesByLink
from clinic.demo.days import ZONE
from clinic.running import tryout
from patients.intake.models import IntakeSubmission, QuestionnaireRequest
from sessions.appointments.walltime import day_bounds
from sessions.models import TreatmentSession

#: Requests that the longest run of one lane may need: 16 blocks of 3 s, and of 1 s for the floor.
ONCE_OURS, ONCE_FLOOR = 2_800, 3_600
SAVED = 40

READ = ("search by name as you type", "whole chart", "day board, 60 visits", "board poll")
WRITTEN = ("save a draft note", "sign a note", "save an intake step", "submit an intake")
MAILED = "1,000 reminders"

NOTE = {
    "changes": "none", "changes_text": "", "subjective": "Pain less than last time, slept better.",
    "objective": "Lumbar muscles softer.", "assessment": "Going well.", "plan": "Weekly, go on as planned.",
    "pain_before": "5", "pain_after": "3", "points_line": LINE, "retention_minutes": "25", "needles_in": "14",
    "needles_out": "14", "difference_reason": "", "difference_by": "",
    "override_reason": "Talked over with the patient.",
}  # fmt: skip
FEELINGS = {
    "peg-1": "6", "peg-2": "5", "peg-3": "6", "phq4-1": "1", "phq4-2": "1", "phq4-3": "0", "phq4-4": "1",
    "ci-mood": "4", "ci-sleep": "5", "ci-analgesic-days": "2",
}  # fmt: skip
AGREED = {"agree_treatment": "on", "agree_privacy": "on", "agree_email": "on", "signed_name": "Bench Number"}


@dataclass(frozen=True)
class Ports:
    """Where the servers listen."""

    ours: int
    floor: int


@dataclass(frozen=True)
class Job:
    """One line. ``target`` is the least ratio to ``control``; ``statements`` the most of one request.

    ``most_bytes`` bounds an answer, 0 not. ``check`` is told how many requests were answered, and returns what is
    wrong, or "". ``shows`` is a piece of the page and how often it must stand there, so that nobody measures an empty
    one. ``commits`` also sets it beside raw commits, of which it must reach that share.
    """

    name: str
    ours: Script
    floor: Script | None
    target: float
    statements: int
    writes: bool = False
    commits: float = 0.0
    most_bytes: int = 0
    check: Callable[[int], str] | None = None
    shows: tuple[str, int] = ("", 0)


@dataclass(frozen=True)
class Tries:
    """How many rows to prepare, as a share of what the whole bench needs."""

    share: float = 1.0

    @property
    def once(self) -> Sequence[int]:
        """Rows for each lane, ours then the floor's."""
        return [max(12, int(count * self.share)) for count in [ONCE_OURS] * LANES + [ONCE_FLOOR] * LANES]


def reading(ports: Ports) -> list[Job]:
    """Return the pages that are read."""
    rng = Random(11)  # noqa: S311 - nothing secret
    desk, practitioner = fill.signed_in(tryout.DESK), fill.signed_in(tryout.PRACTITIONER)
    asked = [urlencode({"q": words}) for words in fill.searches(rng)]
    charts = fill.patients_to_open(rng)
    day = fill.demo_day().today
    begins, ends = (int(moment.timestamp()) for moment in day_bounds(day, ZONE))
    poll = urlencode({"begins": begins, "ends": ends, "seen": "0" * 16})
    return [
        Job(
            "search by name as you type",
            _reads(ports.ours, desk, [f"/patients/?{words}" for words in asked]),
            _reads(ports.floor, desk, [f"/floor/search/?{words}" for words in asked]),
            target=0.70, statements=3, shows=("<tr", 2),
        ),
        Job(
            "whole chart",
            _reads(ports.ours, practitioner, [f"/patients/{one}/" for one in charts]),
            _reads(ports.floor, practitioner, [f"/floor/chart/{one}/" for one in charts]),
            target=0.70, statements=7, shows=("<svg", 1),
        ),
        Job(
            "day board, 60 visits",
            _reads(ports.ours, desk, [f"/today/?day={day.isoformat()}"]),
            _reads(ports.floor, desk, [f"/floor/board/?begins={begins}"]),
            target=0.60, statements=5, shows=('class="visit ', 20),
        ),
        Job(
            "board poll",
            _reads(ports.ours, desk, [f"/today/news/?{poll}"]),
            None,
            target=0.0, statements=1, most_bytes=1_024,
        ),
    ]  # fmt: skip


def writing(ports: Ports, now: datetime, tries: Tries) -> list[Job]:
    """Return what is written. Makes the rows that it works on."""
    cookie = fill.signed_in(tryout.PRACTITIONER)
    saved = fill.drafts([SAVED] * fill.ALL_LANES, now)
    signed = fill.drafts(tries.once, now)
    stepped = fill.forms([SAVED] * fill.ALL_LANES, now)
    handed = fill.forms(tries.once, now)
    note_body, steps = {**NOTE, "needles_out": ""}, "/i/form/4/"
    autosave = {"X-Deqi-Autosave": "1"}
    ours, floors = _versions(saved[:LANES], "/notes/{}/save/"), _versions(saved[LANES:], "/floor/save/{}/")
    return [
        Job(
            "save a draft note",
            Script(ports.ours, Saves(ports.ours, cookie, ours, note_body, "subjective", autosave)),
            Script(ports.floor, Saves(ports.floor, cookie, floors, note_body, "subjective"), (302,)),
            target=0.70, statements=4, writes=True, commits=0.04,
        ),
        Job(
            "sign a note",
            Script(ports.ours, Once(ports.ours, cookie, _once(signed[:LANES], "/notes/{}/sign/"), NOTE), (302,)),
            Script(ports.floor, Once(ports.floor, cookie, _once(signed[LANES:], "/floor/sign/{}/"), NOTE), (302,)),
            target=0.70, statements=8, writes=True, commits=0.04, check=partial(_all_signed, rows=signed),
        ),
        Job(
            "save an intake step",
            Script(ports.ours, SavesByLink(ports.ours, _once(stepped[:LANES], steps), FEELINGS), (302,)),
            Script(ports.floor, SavesByLink(ports.floor, _once(stepped[LANES:], "/floor/step/{}/"), FEELINGS), (302,)),
            target=0.70, statements=4, writes=True, commits=0.04,
        ),
        Job(
            "submit an intake",
            Script(ports.ours, Once(ports.ours, "", _once(handed[:LANES], "/i/form/5/"), AGREED), (302,)),
            Script(ports.floor, Once(ports.floor, "", _once(handed[LANES:], "/floor/submit/{}/"), AGREED), (302,)),
            target=0.70, statements=10, writes=True, commits=0.04, check=partial(_all_handed_in, rows=handed),
        ),
    ]  # fmt: skip


def _reads(port: int, cookie: str, paths: Sequence[str]) -> Script:
    return Script(port, Reads(port, cookie, paths), (200, 204))


def _versions(lanes: Sequence[Sequence[Row]], path: str) -> list[list[tuple[str, int]]]:
    return [[(path.format(row.public_id), row.version) for row in lane] for lane in lanes]


def _once(lanes: Sequence[Sequence[Row]], path: str) -> list[list[tuple[str, int, str]]]:
    return [[(path.format(row.public_id), row.version, row.cookie) for row in lane] for lane in lanes]


def _all_signed(answered: int, *, rows: Sequence[Sequence[Row]]) -> str:
    ids = [row.public_id for lane in rows for row in lane]
    found = TreatmentSession.objects.filter(public_id__in=ids, signed_at__isnull=False)
    placed = found.aggregate(n=Count("needles"))["n"]
    count = found.count()
    if count < answered or placed != 8 * count:
        return f"{answered} answers, but {count} notes signed with {placed} points"
    return ""


def _all_handed_in(answered: int, *, rows: Sequence[Sequence[Row]]) -> str:
    ids = [row.public_id for lane in rows for row in lane]
    submitted = QuestionnaireRequest.objects.filter(public_id__in=ids, state="submitted").count()
    kept = IntakeSubmission.objects.filter(request__public_id__in=ids).count()
    return "" if submitted == kept >= answered else f"{answered} answers, {submitted} handed in, {kept} kept"

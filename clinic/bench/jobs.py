"""The lines of the table: each job with its pages, its floor, and what must hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from random import Random
from urllib.parse import urlencode

from django.db.models import Count

from clinic.bench import fill
from clinic.bench.client import LANES, Script
from clinic.bench.fill import LINE, Row
from clinic.bench.names import NAMES
from clinic.bench.scripts import Once, Reads, Saves, SavesByLink
from clinic.demo.days import ZONE
from clinic.running import tryout
from patients.intake.models import IntakeSubmission, QuestionnaireRequest
from patients.intake.steps import AGREEMENT as AGREEMENT_STEP
from patients.intake.steps import FEELINGS as FEELINGS_STEP
from patients.safety.rules import all_rules
from sessions.appointments.walltime import day_bounds
from sessions.flagged.forms import reason_name
from sessions.models import TreatmentSession

#: Requests that the longest run of one lane may need: 16 blocks of 3 s, and of 1 s for the floor.
ONCE_OURS, ONCE_FLOOR = 2_800, 3_600
SAVED = 40
#: Earlier sessions of the two patients whose notes are opened side by side.
LONG_RECORD, SHORT_RECORD = 200, 2

NOTE = {
    "changes": "none", "changes_text": "", "subjective": "Pain less than last time, slept better.",
    "objective": "Lumbar muscles softer.", "assessment": "Going well.", "plan": "Weekly, go on as planned.",
    "pain_before": "5", "pain_after": "3", "points_line": LINE, "retention_minutes": "25", "needles_in": "14",
    "needles_out": "14", "difference_reason": "", "difference_by": "",
    **{reason_name(rule.id): "Talked over with the patient." for rule in all_rules() if rule.severity != "caution"},
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


@dataclass(frozen=True)
class Work:
    """What a line is made from: where the servers listen, the moment, how many rows."""

    ports: Ports
    now: datetime
    tries: Tries = Tries()


def made(key: str, work: Work) -> Job:
    """Return the line of a short name. Makes the rows that it works on."""
    return _MAKERS[key](work)


def _search(work: Work) -> Job:
    ports, desk = work.ports, fill.signed_in(tryout.DESK)
    asked = [urlencode({"q": words}) for words in fill.searches(Random(11))]  # noqa: S311 - nothing secret
    return Job(
        NAMES["search"],
        _reads(ports.ours, desk, [f"/patients/?{words}" for words in asked]),
        _reads(ports.floor, desk, [f"/floor/search/?{words}" for words in asked]),
        target=0.70, statements=3, shows=("<tr", 2),
    )  # fmt: skip


def _chart(work: Work) -> Job:
    ports, practitioner = work.ports, fill.signed_in(tryout.PRACTITIONER)
    charts = fill.patients_to_open(Random(12))  # noqa: S311 - nothing secret
    return Job(
        NAMES["chart"],
        _reads(ports.ours, practitioner, [f"/patients/{one}/" for one in charts]),
        _reads(ports.floor, practitioner, [f"/floor/chart/{one}/" for one in charts]),
        target=0.70, statements=7, shows=("<svg", 1),
    )  # fmt: skip


def _note(work: Work) -> Job:
    """A draft after 200 sessions beside one after 2: its floor is our own page, of which it may take 1.25 times."""
    practitioner = fill.signed_in(tryout.PRACTITIONER)
    long, short = (f"/notes/{fill.draft_after(sessions, work.now)}/" for sessions in (LONG_RECORD, SHORT_RECORD))
    return Job(
        NAMES["note"],
        _reads(work.ports.ours, practitioner, [long]),
        _reads(work.ports.ours, practitioner, [short]),
        target=0.80, statements=9, shows=('id="note-form"', 1),
    )  # fmt: skip


def _board(work: Work) -> Job:
    ports, desk, day = work.ports, fill.signed_in(tryout.DESK), fill.demo_day().today
    begins, _ = _bounds(day)
    return Job(
        NAMES["board"],
        _reads(ports.ours, desk, [f"/today/?day={day.isoformat()}"]),
        _reads(ports.floor, desk, [f"/floor/board/?begins={begins}"]),
        target=0.60, statements=5, shows=('class="visit ', 20),
    )  # fmt: skip


def _poll(work: Work) -> Job:
    begins, ends = _bounds(fill.demo_day().today)
    poll = urlencode({"begins": begins, "ends": ends, "seen": "0" * 16})
    script = _reads(work.ports.ours, fill.signed_in(tryout.DESK), [f"/today/news/?{poll}"])
    return Job(NAMES["poll"], script, None, target=0.0, statements=1, most_bytes=1_024)


def _bounds(day: date) -> tuple[int, int]:
    begins, ends = day_bounds(day, ZONE)
    return int(begins.timestamp()), int(ends.timestamp())


def _save(work: Work) -> Job:
    ports, cookie = work.ports, fill.signed_in(tryout.PRACTITIONER)
    rows = fill.drafts([SAVED] * fill.ALL_LANES, work.now)
    body, autosave = {**NOTE, "needles_out": ""}, {"X-Deqi-Autosave": "1"}
    # What the page sends while somebody types: the part that changed (static/js/note-parts.js). The floor gets it all.
    part = {name: NOTE[name] for name in ("subjective", *(name for name in NOTE if name.startswith("reason-")))}
    part |= {"only": "subjective", "rest": "1", "speaking": "", "proposed_words": "", "proposed_news": ""}
    ours, floors = _versions(rows[:LANES], "/notes/{}/save/"), _versions(rows[LANES:], "/floor/save/{}/")
    return Job(
        NAMES["save"],
        Script(ports.ours, Saves(ports.ours, cookie, ours, part, "subjective", autosave)),
        Script(ports.floor, Saves(ports.floor, cookie, floors, body, "subjective"), (302,)),
        target=0.70, statements=4, writes=True, commits=0.04,
    )  # fmt: skip


def _sign(work: Work) -> Job:
    ports, cookie = work.ports, fill.signed_in(tryout.PRACTITIONER)
    rows = fill.drafts(work.tries.once, work.now)
    return Job(
        NAMES["sign"],
        Script(ports.ours, Once(ports.ours, cookie, _once(rows[:LANES], "/notes/{}/sign/"), NOTE), (302,)),
        Script(ports.floor, Once(ports.floor, cookie, _once(rows[LANES:], "/floor/sign/{}/"), NOTE), (302,)),
        target=0.70, statements=8, writes=True, commits=0.04, check=partial(_all_signed, rows=rows),
    )  # fmt: skip


def _step(work: Work) -> Job:
    ports, rows = work.ports, fill.forms([SAVED] * fill.ALL_LANES, work.now)
    ours, floors = _once(rows[:LANES], f"/i/form/{FEELINGS_STEP}/"), _once(rows[LANES:], "/floor/step/{}/")
    return Job(
        NAMES["step"],
        Script(ports.ours, SavesByLink(ports.ours, ours, FEELINGS), (302,)),
        Script(ports.floor, SavesByLink(ports.floor, floors, FEELINGS), (302,)),
        target=0.70, statements=4, writes=True, commits=0.04,
    )  # fmt: skip


def _submit(work: Work) -> Job:
    ports, rows = work.ports, fill.forms(work.tries.once, work.now)
    ours, floors = _once(rows[:LANES], f"/i/form/{AGREEMENT_STEP}/"), _once(rows[LANES:], "/floor/submit/{}/")
    return Job(
        NAMES["submit"],
        Script(ports.ours, Once(ports.ours, "", ours, AGREED), (302,)),
        Script(ports.floor, Once(ports.floor, "", floors, AGREED), (302,)),
        target=0.70, statements=10, writes=True, commits=0.04, check=partial(_all_handed_in, rows=rows),
    )  # fmt: skip


_MAKERS: dict[str, Callable[[Work], Job]] = {
    "search": _search, "chart": _chart, "note": _note, "board": _board, "poll": _poll, "save": _save, "sign": _sign,
    "step": _step, "submit": _submit,
}  # fmt: skip


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

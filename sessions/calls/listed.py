"""The phone list of this moment: who is to be called, about what, by whom. A page costs the same statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.urls import reverse

from clinic.kernel import clinic_words
from clinic.outbox.models import OutgoingMessage
from clinic.practice.languages import ENGLISH_NAMES
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.appointments.walltime import day_bounds
from sessions.calls import kinds
from sessions.calls.models import CallAnswer
from sessions.calls.querysets import LONGEST, NEXT_VISIT_AFTER, owed_courses, owed_events, owed_mails

if TYPE_CHECKING:
    from uuid import UUID

    from sessions.events.models import AdverseEvent

#: More than a desk can call in a day; what is left over says so.
MOST = 200
MOST_MADE = 50
_WORDS = dict(CallAnswer.Answer.choices)
_PEOPLE = (
    "public_id", "given_name", "family_name", "address_as", "phone", "language", "interpreter", "desk_facts",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One call. ``act`` is where its answer goes, "" for whoever may not give it; ``read`` what to read before."""

    patient: Patient
    language: str
    hears_badly: bool
    words: str
    since: datetime
    is_overdue: bool
    number: int
    act: str
    read: str = ""
    tried: str = ""
    again_at: datetime | None = None


@dataclass(frozen=True)
class Made:
    """A call of today that is made, or put off to another day."""

    patient: Patient
    words: str
    at: datetime
    who: str
    back: str


@dataclass(frozen=True)
class PhoneList:
    """What the page shows: to be called now, later today, and what was made today."""

    now: list[Line]
    later: list[Line]
    made: list[Made]
    has_more: bool
    patient_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Answered:
    """The answers of a call as they stand: what was taken back is gone, with what took it back."""

    number: int
    newest: Mapping[str, Any] | None

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> Answered:
        """Return what stands of rows as ``querysets.answers`` brings them."""
        standing: list[Mapping[str, Any]] = []
        for row in rows:
            if row["answer"] == CallAnswer.Answer.TAKEN_BACK:
                standing = standing[:-1]
            else:
                standing.append(row)
        return cls(number=len(rows) + 1, newest=standing[-1] if standing else None)

    @property
    def is_closed(self) -> bool:
        """Whether nobody calls again."""
        return self.newest is not None and self.newest["answer"] in CallAnswer.CLOSING

    @property
    def again_at(self) -> datetime | None:
        """When to try again."""
        said = self.newest and self.newest["again_at"]
        return datetime.fromisoformat(said) if said else None

    @property
    def words(self) -> str:
        """What became of it, "no answer by Bob, Mon 16 Nov, 10:20"; "" when nobody tried."""
        if self.newest is None:
            return ""
        at = datetime.fromisoformat(self.newest["at"])
        return f"{_WORDS[self.newest['answer']]} by {self.newest['who']}, {_when_at(at)}"


def read(*, treats: bool, zone: ZoneInfo, now: datetime) -> PhoneList:
    """Read the calls of today and those left over, the oldest first. Six statements.

    ``treats``: for who treats, what the call is about stands there, and calls of practitioners can be answered.
    """
    begins, ends = day_bounds(now.astimezone(zone).date(), zone)
    messages = list(owed_mails(now=now, until=ends)[: MOST + 1])
    events = list(owed_events(since=now - LONGEST, today=begins)[: MOST + 1])
    courses = list(owed_courses(now=now, until=ends)[: MOST + 1])
    made = _made_since(begins)
    # An id that nobody has keeps the number of statements the same on an empty page.
    known = Patient.objects.only(*_PEOPLE).in_bulk({0, *(m.patient_id or 0 for m in messages)})
    visits = _visits({0, *(m.appointment_id or 0 for m in messages)})
    writer = _Writer(treats=treats, begins=begins)
    lines = [
        writer.of_mail(one, known[one.patient_id], visits.get(one.appointment_id or 0))
        for one in messages[:MOST]
        if one.patient_id in known
    ]
    lines += [writer.of_event(one) for one in events[:MOST]]
    lines += [writer.of_course(one) for one in courses[:MOST]]
    lines = sorted((line for line in lines if not line.again_at or line.again_at < ends), key=_moment)
    people = {line.patient.pk for line in lines} | {one.patient_id for one in made}
    return PhoneList(
        now=[line for line in lines if not line.again_at or line.again_at <= now],
        later=[line for line in lines if line.again_at and line.again_at > now],
        made=[_made(one, treats=treats) for one in made],
        has_more=any(len(found) > MOST for found in (messages, events, courses)),
        patient_ids=sorted(people),
    )


def count(*, zone: ZoneInfo, now: datetime) -> int:
    """Return how many calls are owed now, without those put off to later. Three statements."""
    begins, ends = day_bounds(now.astimezone(zone).date(), zone)
    owed: list[Any] = [
        owed_mails(now=now, until=ends), owed_events(since=now - LONGEST, today=begins),
        owed_courses(now=now, until=ends),
    ]  # fmt: skip
    stand = [Answered.of(answers) for found in owed for answers in found.values_list("answers", flat=True)[:MOST]]
    return sum(one.again_at is None or one.again_at <= now for one in stand)


def _visits(ids: set[int]) -> dict[int, Any]:
    """Return visits with their practitioner and the address of their note."""
    held = Appointment.objects.select_related("practitioner").only("starts_at", "practitioner__display_name")
    return dict(held.annotate(note_id=F("treatment_session__public_id")).in_bulk(ids))


def _made_since(begins: datetime) -> list[CallAnswer]:
    made = CallAnswer.objects.standing_since(begins).select_related("patient", "by").defer("by__password")
    return list(made.order_by("-at", "-id")[:MOST_MADE])


def _moment(line: Line) -> datetime:
    return line.again_at or line.since


@dataclass(frozen=True)
class _Writer:
    """Says a call in words, as far as somebody may read them."""

    treats: bool
    begins: datetime

    def of_mail(self, message: OutgoingMessage, patient: Patient, visit: Any) -> Line:
        kind = kinds.get(message.kind)
        who = visit.practitioner.display_name if visit else "A practitioner"
        words = self._by_who_treats(who) if kind.care else kind.words.format(visit=_when(visit))
        if kind.care and self.treats:
            words += f". {kind.words.format(visit=_when(visit))}"
        return self._line(
            patient,
            words,
            # Not before eight: what was due in the night is due in the morning.
            since=message.not_before,
            answers=getattr(message, "answers", []),
            act=self._act(message.public_id, care=kind.care),
            read=reverse("treatments:note", args=[visit.note_id]) if kind.care and visit and visit.note_id else "",
        )

    def of_event(self, event: AdverseEvent) -> Line:
        words = self._by_who_treats(event.session.practitioner.display_name)
        if self.treats:
            words += f". Something happened on {_when_at(event.opened_at)}"
        return self._line(
            event.session.patient,
            words,
            since=event.opened_at + timedelta(days=1),
            answers=getattr(event, "answers", []),
            act=reverse("calls:answer_event", args=[event.public_id]) if self.treats else "",
            read=reverse("events:event", args=[event.public_id]),
        )

    def of_course(self, course: Any) -> Line:
        return self._line(
            course.patient,
            "Ask for a next visit",
            since=course.visited_at + NEXT_VISIT_AFTER,
            answers=course.answers,
            act=reverse("calls:answer_course", args=[course.public_id]),
            read="",
        )

    def _by_who_treats(self, name: str) -> str:
        return f"{name} calls the day after the visit"

    def _act(self, public_id: UUID, *, care: bool) -> str:
        return reverse("calls:answer", args=[public_id]) if self.treats or not care else ""

    def _line(
        self, patient: Patient, words: str, *, since: datetime, answers: Sequence[Any], act: str, read: str
    ) -> Line:
        answered = Answered.of(answers)
        return Line(
            patient=patient,
            language=ENGLISH_NAMES.get(patient.language, patient.language),
            hears_badly=Patient.DeskFact.HEARING in patient.desk_facts,
            words=words,
            since=since,
            is_overdue=since < self.begins,
            number=answered.number,
            act=act,
            read=read if self.treats else "",
            tried=answered.words,
            again_at=answered.again_at,
        )


def _made(one: CallAnswer, *, treats: bool) -> Made:
    care = kinds.is_care(one.kind)
    words = _WORDS[one.answer] + (f", again {_when_at(one.again_at)}" if one.again_at else "")
    back = reverse("calls:take_back", args=[one.public_id]) if treats or not care else ""
    return Made(one.patient, words, one.at, str(one.by), back)


def _when(visit: Appointment | None) -> str:
    return _when_at(visit.starts_at) if visit is not None else "the visit"


def _when_at(moment: datetime) -> str:
    return f"{clinic_words.day(moment)}, {clinic_words.time_of_day(moment)}"

"""The ledger as people read it: what will go, went, failed, was skipped, and why. A page costs the same statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.urls import reverse

from clinic.kernel import clinic_words
from clinic.outbox import held, kinds
from clinic.outbox.held import Held
from clinic.outbox.models import Heartbeat, OutgoingMessage, OutgoingMessageQuerySet
from clinic.staff.models import User
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.calls.kinds import is_phoned
from sessions.calls.listed import Answered
from sessions.calls.querysets import answers
from sessions.reminders.forms import EVERYTHING, NEEDS_YOU

PAGE = 50
DELAYED_AFTER = timedelta(minutes=15)
ASLEEP_AFTER = timedelta(minutes=3)

State = OutgoingMessage.State
_SHOWN_STATES: dict[str, Sequence[str]] = {
    "sent": (State.SENT,),
    "planned": (State.QUEUED, State.CLAIMED, State.TRANSMITTING),
    "skipped": (State.CANCELLED,),
}


@dataclass(frozen=True)
class Row:
    """One message, one line."""

    at: datetime
    kind: str
    name: str
    href: str
    to: str
    about: str
    state: str
    detail: str
    why: str
    look: bool
    read: str
    acts: list[tuple[str, str]]
    hanzi: str = ""
    day: str = ""


@dataclass(frozen=True)
class Entry:
    """What stands in the table: a day, the line of now, or a message."""

    day: date | None = None
    now: datetime | None = None
    row: Row | None = None


@dataclass(frozen=True)
class People:
    """Whom the shown messages are about."""

    patients: dict[int, Patient]
    visits: dict[int, Appointment]
    users: dict[int, User]


@dataclass(frozen=True)
class Ledger:
    """One page: what waits for a person, then the messages, newest first."""

    waiting: list[Row]
    entries: list[Entry]
    has_more: bool
    figures: dict[str, int]
    tick_at: datetime | None
    asleep: bool
    held: Held | None
    patient_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Choice:
    """What is to be shown: which states, whose, which page; ``suffix`` is the same as the end of an address."""

    show: str
    question: str
    page: int
    suffix: str


def visible(*, sees_private: bool) -> OutgoingMessageQuerySet:
    """Return the messages that somebody may know of; the calls to practitioners are not for the front desk."""
    return OutgoingMessage.objects.exclude(kind__in=[] if sees_private else kinds.private_codes())


def read(choice: Choice, *, reads_bodies: bool, sees_private: bool, zone: ZoneInfo, now: datetime) -> Ledger:
    """Read one page, newest first. ``reads_bodies`` adds the way to the texts."""
    everything = visible(sees_private=sees_private)
    found = everything.annotate(answers=answers())
    if choice.question:
        named = Patient.objects.matching(choice.question, most=None).order_by()
        found = found.filter(patient_id__in=named.values("pk"))
    on_top = choice.show == EVERYTHING and choice.page == 1
    urgent = list(found.needs_you().order_by("-not_before", "-id")[:PAGE]) if on_top else []
    newest = _of(found, choice.show).exclude(pk__in=[message.pk for message in urgent]).order_by("-not_before", "-id")
    messages = list(newest[(choice.page - 1) * PAGE : choice.page * PAGE + 1])
    people = _people([*urgent, *messages[:PAGE]])
    holding = held.read(now)
    writer = _Writer(people=people, reads_bodies=reads_bodies, suffix=choice.suffix, now=now, held=holding)
    tick_at = Heartbeat.objects.filter(name="worker").values_list("tick_at", flat=True).first()
    return Ledger(
        waiting=[replace(row, day=clinic_words.day(row.at)) for row in map(writer.row, urgent)],
        entries=_entries(messages[:PAGE], writer, zone, now),
        has_more=len(messages) > PAGE,
        figures=_figures(everything, zone, now),
        tick_at=tick_at,
        asleep=tick_at is None or now - tick_at > ASLEEP_AFTER,
        held=holding,
        patient_ids=sorted(people.patients),
    )


def _of(found: OutgoingMessageQuerySet, show: str) -> OutgoingMessageQuerySet:
    if show == NEEDS_YOU:
        return found.needs_you()
    return found.filter(state__in=_SHOWN_STATES[show]) if show in _SHOWN_STATES else found


def _people(messages: Sequence[OutgoingMessage]) -> People:
    """Read everybody that the messages name, in three statements whatever their number."""
    named = Patient.objects.only("public_id", "given_name", "family_name")
    users = {i for message in messages for i in (message.user_id, message.resolved_by_id) if i}
    return People(
        # An id that nobody has keeps the number of statements the same on an empty page.
        patients=named.in_bulk({m.patient_id or 0 for m in messages} or {0}),
        visits=Appointment.objects.only("starts_at").in_bulk({m.appointment_id or 0 for m in messages} or {0}),
        users=User.objects.only("name", "email").in_bulk(users or {0}),
    )


def _entries(messages: Iterable[OutgoingMessage], writer: _Writer, zone: ZoneInfo, now: datetime) -> list[Entry]:
    """Put days between the messages, and the line of now where what will go ends and what went begins."""
    entries: list[Entry] = []
    day: date | None = None
    ahead = False
    for message in messages:
        if message.not_before > now:
            ahead = True
        elif ahead:
            entries.append(Entry(now=now))
            ahead = False
        if message.not_before.astimezone(zone).date() != day:
            day = message.not_before.astimezone(zone).date()
            entries.append(Entry(day=day))
        entries.append(Entry(row=writer.row(message)))
    return entries


def _figures(everything: OutgoingMessageQuerySet, zone: ZoneInfo, now: datetime) -> dict[str, int]:
    morning = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Q(not_before__gte=morning, not_before__lt=morning + timedelta(days=1))
    waits = Q(pk__in=OutgoingMessage.objects.needs_you().values("pk"))
    counted: dict[str, int] = everything.filter(today | waits).aggregate(
        sent=Count("pk", filter=today & Q(state=State.SENT)),
        planned=Count("pk", filter=today & Q(state__in=_SHOWN_STATES["planned"])),
        skipped=Count("pk", filter=today & Q(state=State.CANCELLED)),
        unsure=Count("pk", filter=waits & Q(state=State.UNSURE)),
        failed=Count("pk", filter=waits & Q(state=State.FAILED)),
    )
    return counted | {"needs_you": counted["unsure"] + counted["failed"]}


@dataclass(frozen=True)
class _Writer:
    """Says a message in words."""

    people: People
    reads_bodies: bool
    suffix: str
    now: datetime
    held: Held | None = None

    def row(self, message: OutgoingMessage) -> Row:
        patient = self.people.patients.get(message.patient_id or 0)
        user = self.people.users.get(message.user_id or 0)
        visit = self.people.visits.get(message.appointment_id or 0)
        reads = self.reads_bodies and message.body_sent
        return Row(
            at=message.not_before,
            kind=title_of(message.kind),
            name=patient.full_name if patient else str(user) if user else "Staff",
            href=_page_of(patient),
            to=message.to_address,
            about=_when(visit.starts_at) if visit else "",
            state=_state(message),
            detail=clinic_words.time_of_day(message.sent_at) if message.state == State.SENT else "",
            why=self._why(message),
            look=_is_open(message) or self._is_delayed(message),
            read=reverse("reminders:letter", args=[message.public_id]) if reads else "",
            acts=self._acts(message),
        )

    def _why(self, message: OutgoingMessage) -> str:
        parts = [message.reason, _call(message)]
        if self.held and message.state == State.QUEUED and message.not_before <= self.now:
            return self._held_back(message, self.held)
        if self._is_delayed(message):
            parts = [f"delayed since {clinic_words.time_of_day(message.first_tried_at)}", message.reason]
        elif _is_open(message):
            parts.append(what_to_do(message))
        if message.resolution:
            who = self.people.users.get(message.resolved_by_id or 0)
            did = OutgoingMessage.Resolution(message.resolution).label
            parts.append(f"{did} by {who}, {_when(message.resolved_at)}" if who else str(did))
        return ": ".join(parts[:2]) if self._is_delayed(message) else "; ".join(part for part in parts if part)

    def _held_back(self, message: OutgoingMessage, holding: Held) -> str:
        """Say what becomes of a message whose moment came while no mail leaves."""
        if message.not_after <= self.now:
            return "would have been sent; too late now, it will be skipped"
        if holding.is_doubtful(message):
            return "would have been sent, perhaps was before the restore: it will wait for you"
        return "would have been sent: it goes when mail leaves again"

    def _is_delayed(self, message: OutgoingMessage) -> bool:
        tried = message.first_tried_at
        return message.state == State.QUEUED and tried is not None and self.now - tried > DELAYED_AFTER

    def _acts(self, message: OutgoingMessage) -> list[tuple[str, str]]:
        in_time = message.not_after > self.now
        if _is_open(message) and message.state == State.UNSURE:
            again = [("send_again", "Send again")] if in_time else []
            return self._addresses(message, [*again, ("leave", "Leave it")])
        if _is_open(message):
            return self._addresses(message, [("leave", "Done")])
        if message.state == State.QUEUED and message.not_before > self.now and in_time and not self.held:
            return self._addresses(message, [("send_now", "Send now")])
        return []

    def _addresses(self, message: OutgoingMessage, acts: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(reverse(f"reminders:{name}", args=[message.public_id]) + self.suffix, words) for name, words in acts]


def _state(message: OutgoingMessage) -> str:
    """Return the state that is shown: what was skipped because somebody phones is no gap."""
    if message.state != State.CANCELLED or not is_phoned(message.kind, message.reason):
        return message.state
    return "phoned" if Answered.of(getattr(message, "answers", [])).is_closed else "phone"


def _call(message: OutgoingMessage) -> str:
    """Say what became of the call that stands for a message; "" when there is none yet."""
    return Answered.of(getattr(message, "answers", [])).words


def title_of(code: str) -> str:
    """Return the title of a kind; a kind that is no longer there shows its code."""
    try:
        return kinds.get(code).title
    except KeyError:
        return code.replace("-", " ")


def what_to_do(message: OutgoingMessage) -> str:
    """Return what a person should do about an unsure or failed message."""
    if message.state == State.UNSURE:
        return "may or may not have arrived: please decide"
    if message.patient_id:
        return "please phone, and look at the name and the address"
    return "please look at the address"


def _is_open(message: OutgoingMessage) -> bool:
    left = message.resolution == OutgoingMessage.Resolution.LEAVE_IT
    return message.state in (State.UNSURE, State.FAILED) and not left


def _page_of(patient: Patient | None) -> str:
    return reverse("desk:patient", args=[patient.public_id]) if patient else ""


def _when(moment: Any) -> str:
    return f"{clinic_words.day(moment)}, {clinic_words.time_of_day(moment)}" if moment else ""

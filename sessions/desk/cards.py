"""The visits of a day as cards: what each says, to whom; and the figures above them. No question is asked here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from clinic.kernel import clinic_words
from clinic.staff.models import User
from patients.intake.querysets import is_handed_in
from patients.models import Patient
from sessions.appointments.lanes import parts
from sessions.appointments.models import Appointment
from sessions.desk.clocks import clock_of
from sessions.desk.day import Day, needles_are_in
from sessions.desk.names import folded, hanzi_of

if TYPE_CHECKING:
    from sessions.desk.day import DayVisit

State = Appointment.State
#: Present that day, or still expected.
PRESENT = (*Appointment.HOLDING, State.COMPLETED)
WAITS = timedelta(minutes=10)
NO_SHOW_SUGGESTED = timedelta(minutes=20)
_FACT_MARKS = {"stairs": "ladder", "hearing": "ear", "prone": "person-x", "quiet": "volume-mute"}
_FACT_WORDS = dict(Patient.DeskFact.choices)
_OPEN_FORM = {"sent": "Intake sent, not begun"}

Note = tuple[str, str, bool]


@dataclass
class Card:
    """One visit as components/visit.html and day_list_row.html draw it."""

    visit: DayVisit
    href: str
    starts_at: datetime
    minutes: int
    parts: list[tuple[str, int]]
    state: str
    shown_state: str
    detail: str
    words: str
    short: str
    name: str
    hanzi: str
    practitioner: str
    squeezed: bool
    course: tuple[int, int, int | None, bool] | None
    notes: list[Note]
    act: tuple[str, str] | None
    note_href: str
    row_id: str
    clock_href: str = ""
    clock_words: str = ""
    lane: str = ""
    seat: str = ""


@dataclass
class Figures:
    """What the line above the board says: how many, in words."""

    waiting: int = 0
    here: int = 0
    treating: int = 0
    rest: list[str] = field(default_factory=list)

    @property
    def waiting_words(self) -> str:
        """The chip of those who wait."""
        return f"{self.waiting} waiting over 10 min"

    @property
    def here_words(self) -> str:
        """The chip of those who are here."""
        return f"{self.here} here"

    @property
    def treating_words(self) -> str:
        """The chip of those in treatment."""
        return f"{self.treating} in treatment"


def cards_of(day: Day, *, user: User) -> list[Card]:
    """Return the visits of the day in order of time, as ``user`` may see them."""
    same_names = Counter(folded(one.patient.full_name) for one in day.visits if one.state in PRESENT)
    return [_card(one, day, user, same_names[folded(one.patient.full_name)] > 1) for one in day.visits]


def _card(visit: DayVisit, day: Day, user: User, is_same_name: bool) -> Card:
    patient = visit.patient
    waits = waited(visit, day.now)
    shown = "waiting" if waits is not None and waits >= WAITS else str(visit.state)
    detail, words = _said(visit, day.now, waits)
    number, course = visit.number_in_course, visit.course
    ahead = visit.state in Appointment.HOLDING
    return Card(
        visit=visit,
        href=_note_href(visit, user) or reverse("desk:patient", args=[patient.public_id]),
        starts_at=visit.starts_at,
        minutes=round((visit.ends_at - visit.starts_at).total_seconds() / 60),
        parts=parts(visit.service),
        state=str(visit.state),
        shown_state=shown,
        detail=detail,
        words=words,
        short=f"late {detail}" if visit.state == State.LATE_CANCELLED else "",
        name=patient.full_name,
        hanzi=hanzi_of(patient),
        practitioner=visit.practitioner.display_name,
        squeezed=visit.squeezed,
        course=(number, course.planned_sessions, course.checkpoint_session, ahead) if course and number else None,
        notes=[*_facts_of_the_visit(visit, day), *_facts_of_the_person(visit, is_same_name)],
        act=_act(visit, day, user),
        note_href=_note_href(visit, user),
        row_id=f"v{visit.pk}",
        clock_href=reverse("clock:clock", args=[visit.note_id]) if _has_clock(visit, user) else "",
        clock_words="Count out" if needles_are_in(visit) else "Start the clock",
    )


def _act(visit: DayVisit, day: Day, user: User) -> tuple[str, str] | None:
    """Return the one thing to do now, as an address for a POST and its words.

    A practitioner begins the note of an own visit; who also works at the desk marks the patient as here first.
    """
    if not day.is_today or visit.state not in Appointment.HOLDING:
        return None
    expected = visit.state in (State.BOOKED, State.CONFIRMED)
    own = user.is_practitioner and visit.practitioner.user_id == user.pk
    if own and visit.note_id is None and not (expected and user.is_front_desk):
        return reverse("treatments:start", args=[visit.public_id]), "Start note"
    return (reverse("desk:arrive", args=[visit.public_id]), "Arrived") if expected else None


def _note_href(visit: DayVisit, user: User) -> str:
    """Return where the draft of an own visit is written on, or ""."""
    own = user.is_practitioner and visit.practitioner.user_id == user.pk
    draft = visit.note_state == "in-progress"
    return reverse("treatments:note", args=[visit.note_id]) if own and draft else ""


def _has_clock(visit: DayVisit, user: User) -> bool:
    """Tell whether needles are counted from this row: in an open note of a treatment that is going on."""
    if not user.is_practitioner or visit.note_state != "in-progress" or visit.no_needles:
        return False
    return needles_are_in(visit) or (visit.state == State.IN_TREATMENT and visit.needles_in_at is None)


def waited(visit: DayVisit, now: datetime) -> timedelta | None:
    """Return how long somebody who is here has waited; coming early is no waiting before the visit's own time."""
    if visit.state != State.ARRIVED or visit.arrived_at is None:
        return None
    return max(now - max(visit.arrived_at, visit.starts_at), timedelta())


def _said(visit: DayVisit, now: datetime, waits: timedelta | None) -> tuple[str, str]:
    """Return the detail behind the chip's word, or the words that replace it."""
    if waits is not None and visit.arrived_at is not None:
        shown = waits if waits >= WAITS else now - visit.arrived_at
        minutes = max(int(shown.total_seconds() // 60), 0)
        return (f"{minutes} min" if minutes else "", "")
    if needles_are_in(visit):
        return "", clock_of(visit, now).on_the_card
    if visit.state == State.COMPLETED:
        return clinic_words.time_of_day(visit.completed_at), ""
    if visit.state in (State.CANCELLED, State.LATE_CANCELLED):
        return clinic_words.time_of_day(visit.changed_at), ""
    return "", ""


def _facts_of_the_visit(visit: DayVisit, day: Day) -> list[Note]:
    """Return what this visit has to say: room, first visit, checkpoint, form, mail, note."""
    notes: list[Note] = []
    if visit.state not in PRESENT:
        return notes
    if visit.service.first_visit:
        notes.append(("", "First visit", False))
    if visit.state in (State.ARRIVED, State.IN_TREATMENT):
        notes.append(("", visit.room.name, False))
    course, number = visit.course, visit.number_in_course
    if course and number == course.checkpoint_session and visit.state in Appointment.HOLDING:
        notes.append(("", "Checkpoint today" if day.is_today else "Checkpoint", False))
    if visit.state == State.COMPLETED:
        signed = visit.note_state == "completed"
        notes.append(("", "note signed", False) if signed else ("exclamation-triangle-fill", "note open", True))
        return notes
    notes += _form(visit)
    if visit.state in (State.BOOKED, State.CONFIRMED) and day.now - visit.starts_at >= NO_SHOW_SUGGESTED:
        late = int((day.now - visit.starts_at).total_seconds() // 60)
        notes.append(("exclamation-triangle-fill", f"{late} min late", True) if day.is_today else ("", "", False))
    return [note for note in notes if note[1]]


def form_is_open(visit: DayVisit) -> bool:
    """Tell whether a form waits to be filled in. Who comes again and was never asked has none: that is no gap."""
    never_asked = visit.intake == "not sent" and not visit.service.first_visit
    return not is_handed_in(str(visit.intake)) and not never_asked


def _form(visit: DayVisit) -> list[Note]:
    """Return the state of the intake and of its mail, never an answer."""
    said = str(visit.intake)
    waits_for_form = form_is_open(visit)
    notes: list[Note] = []
    # Who comes again and was gone through in person has an intake that is no news.
    if waits_for_form or (is_handed_in(said) and (said != "confirmed" or visit.service.first_visit)):
        notes.append(("", _OPEN_FORM.get(said, f"Intake {said}"), False))
    by_phone = not visit.patient.email or Patient.DeskFact.NO_EMAIL in visit.patient.desk_facts
    if by_phone and waits_for_form:
        notes.append(("", "no e-mail: QR or print", False))
    elif visit.mail == "failed":
        notes.append(("exclamation-triangle-fill", "e-mail failed", True))
    elif visit.mail == "unsure":
        notes.append(("question-circle", "e-mail may not have arrived", True))
    return notes


def _facts_of_the_person(visit: DayVisit, is_same_name: bool) -> list[Note]:
    """Return what speaks of the person: the desk's fixed list for all, what always speaks for practitioners."""
    if visit.state not in PRESENT:
        return []
    notes: list[Note] = []
    if is_same_name:
        notes.append(("people-fill", "same name today", True))
    if getattr(visit, "always_speak", None):
        notes.append(("droplet-half", "blood thinner", True))
    marked = [fact for fact in visit.patient.desk_facts if fact in _FACT_MARKS]
    notes += [(_FACT_MARKS[fact], str(_FACT_WORDS[fact]), False) for fact in marked]
    return notes


def figures_of(day: Day, cards: list[Card]) -> Figures:
    """Count the day: who waits over ten minutes, who is here, in treatment, done, off, and how many forms are open."""
    shown = Counter(card.shown_state for card in cards)
    off = Counter(card.state for card in cards if card.state not in PRESENT)
    open_forms = sum(card.state in Appointment.HOLDING and form_is_open(card.visit) for card in cards)
    visits = len(cards) - sum(off.values())
    rest = [f"{visits} visit{'' if visits == 1 else 's'}"]
    words = {"completed": "done", "cancelled": "cancelled", "late-cancelled": "late cancelled", "noshow": "no-show"}
    rest += [f"{shown[state]} {word}" for state, word in words.items() if shown[state]]
    if open_forms:
        rest.append(f"{open_forms} intake{'' if open_forms == 1 else 's'} open")
    return Figures(waiting=shown["waiting"], here=shown["arrived"], treating=shown["in-treatment"], rest=rest)

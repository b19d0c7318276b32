"""A note begins and is saved again and again, until it is signed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clinic.audit.services import record
from clinic.kernel.prepared import PreparedUpdate, given
from clinic.staff.models import Practitioner, User
from sessions.appointments.counting import number_in_course
from sessions.appointments.models import Appointment
from sessions.appointments.services import complete_within, start_treatment
from sessions.content import NoteContent
from sessions.habits.querysets import begins_with
from sessions.models import TreatmentSession
from sessions.problems import NoteIsSigned, StaleNote, VisitNotOpen

_TAKES_A_NOTE = ("booked", "confirmed", "arrived", "in-treatment", "completed")


def start_note(*, appointment: Appointment, by: User, now: datetime) -> TreatmentSession:
    """Open the draft of a visit and mark the visit in treatment; a second call returns the same note.

    Whoever starts it treats and will sign: the note belongs to that practitioner, also when the visit was booked with
    a colleague. Raises VisitNotOpen for a visit that is cancelled, moved or missed, or when ``by`` is no practitioner.
    """
    with transaction.atomic():
        # The visit's row is locked first, so that two clicks in one moment open one note.
        visit = Appointment.objects.select_for_update(no_key=True).get(pk=appointment.pk)
        begun = TreatmentSession.objects.filter(appointment=visit).first()
        if begun is not None:
            return begun
        practitioner = Practitioner.objects.filter(user_id=by.pk, active=True).first()
        if practitioner is None:
            raise VisitNotOpen("Only a practitioner of this house opens a note. Ask the owner to add you as one.")
        if visit.state not in _TAKES_A_NOTE:
            raise VisitNotOpen(f"This visit is {visit.get_state_display()}: it takes no note.")
        if visit.state not in ("in-treatment", "completed"):
            visit = start_treatment(appointment=visit, by=by, now=now)
        usual, minutes = begins_with(practitioner, visit.course_id, timezone.localdate(now))
        note = TreatmentSession.objects.create(
            patient_id=visit.patient_id,
            practitioner=practitioner,
            appointment=visit,
            course_id=visit.course_id,
            number_in_course=_number(visit),
            started_at=now,
            updated_at=now,
            details=usual.as_json(),
            retention_minutes=minutes,
        )
        record(by=by, now=now, action="create", resource="note", patient_id=note.patient_id, object_id=note.pk)
    return note


def _number(visit: Appointment) -> int | None:
    """The number of this session in its course, as the board counts it."""
    if visit.course_id is None:
        return None
    number: int | None = Appointment.objects.filter(pk=visit.pk).values_list(number_in_course(), flat=True).get()
    return number


def save_note(
    *, note: TreatmentSession, content: NoteContent, version: int, by: User, now: datetime
) -> TreatmentSession:
    """Store a draft. ``version`` is the one the page was made from; the stored one is returned, one higher.

    Content that stands already changes nothing, whoever stored it. When the needles counted out are as many as were
    counted in, the visit completes.
    Raises StaleNote when somebody saved meanwhile (nothing is overwritten) and NoteIsSigned. ``note`` comes from
    ``with_trace`` so that one edit session leaves one trace.
    """
    if note.is_signed:
        raise NoteIsSigned
    if NoteContent.of(note) == content:
        return note
    times = counted_times(note, content, now)
    with transaction.atomic():
        changed = {"version": version + 1, "updated_at": now, "saved_by": by.pk, **times, **content.as_columns()}
        if not _SAVED.run(pk=note.pk, seen=version, **changed):
            raise beaten(note)
        if not note.traced:
            record(by=by, now=now, action="edit", resource="note", patient_id=note.patient_id, object_id=note.pk)
        for name, value in {**times, **content.as_columns()}.items():
            setattr(note, name, value)
        note.version, note.updated_at, note.saved_by_id = version + 1, now, by.pk
        if content.needles_in is not None and content.needles_in == content.needles_out:
            complete_if_open(note, by=by, now=now)
    return note


def _over_what_was_read() -> QuerySet[TreatmentSession]:
    """The draft as the page was made from it: two windows that save in one moment cannot both find it."""
    return TreatmentSession.objects.filter(pk=given("pk"), version=given("seen"), signed_at__isnull=True)


#: The columns that a saving writes.
WRITTEN = ("version", "updated_at", "saved_by", "needles_in_at", "ended_at", *NoteContent().as_columns())
_SAVED = PreparedUpdate(_over_what_was_read, **{name: given(name) for name in WRITTEN})


def counted_times(note: TreatmentSession, content: NoteContent, now: datetime) -> dict[str, datetime | None]:
    """When needles were counted in and out: the moment a count first stands, kept while it is corrected."""
    return {
        "needles_in_at": None if content.needles_in is None else note.needles_in_at or now,
        "ended_at": None if content.needles_out is None else note.ended_at or now,
    }


def complete_if_open(note: TreatmentSession, *, by: User, now: datetime) -> None:
    """Complete the visit of the note, and count it in its course, unless that was done before."""
    visit = note.appointment
    if visit is not None and visit.state != Appointment.State.COMPLETED:
        complete_within(appointment=visit, by=by, now=now)


def beaten(note: TreatmentSession) -> NoteIsSigned | StaleNote:
    """What to raise when somebody else was first: with the row as it stands now, and who saved it."""
    theirs = TreatmentSession.objects.select_related("saved_by").get(pk=note.pk)
    return NoteIsSigned() if theirs.is_signed else StaleNote(theirs)

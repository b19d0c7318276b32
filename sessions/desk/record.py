"""What the patient page asks: a few columns for the front desk, the whole record for practitioners.

Columns that the front desk may not see are not asked for, so that no template, print or error can show them.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from clinic.attention.querysets import open_count
from clinic.kernel.prepared import Prepared, given
from clinic.outbox.models import OutgoingMessage
from clinic.staff.models import User
from patients.intake.querysets import intake_state
from patients.models import Consent, Patient
from sessions.appointments.counting import counter, ends_its_course
from sessions.appointments.models import Appointment
from sessions.courses.models import Course
from sessions.models import Addendum, NeedlePlacement, TreatmentSession
from sessions.private_notes.querysets import newest_private_note
from sessions.querysets import (
    newest_complaint,
    newest_depression_flags,
    open_safety_facts,
    taken_medications,
    unsigned_count,
)

MOST_VISITS = 30
MOST_NOTES = 20
MOST_MAILS = 6

#: What the front desk sees of a patient.
DESK_COLUMNS = (
    "public_id", "given_name", "family_name", "address_as", "birth_date", "birth_year", "email", "phone", "language",
    "emergency_contact", "physician", "desk_facts", "deceased_on",
)  # fmt: skip
_COUNTER = ("public_id", "planned_sessions", "sessions_done", "checkpoint_session", "state", "opened_at")


def for_desk(patient_id: int, *, user: User, now: datetime) -> Patient:
    """The patient with contact, course counter, state of the intake and mails; nothing of their health.

    Raises Patient.DoesNotExist.
    """
    return _FOR_DESK.get(patient=patient_id, user=user.pk, now=now, day_ends=_day_ends(now))


def for_practitioner(patient_id: int, *, user: User, now: datetime) -> Patient:
    """The patient with all that stands beside the notes. Raises Patient.DoesNotExist."""
    return _FOR_PRACTITIONER.get(patient=patient_id, user=user.pk, now=now, day_ends=_day_ends(now))


def visits_of(patient_id: int) -> list[Appointment]:
    """The visits of a patient, newest first, as the desk may see them."""
    return _VISITS.ask(patient=patient_id)


def visits_with_notes(patient_id: int) -> list[Appointment]:
    """The same with ``note_id`` and ``note_signed_at`` of each visit's note."""
    return _VISITS_WITH_NOTES.ask(patient=patient_id)


def notes_of(patient_id: int) -> list[TreatmentSession]:
    """The notes of a patient, newest first, each with needles, addenda and whether it was entered in error."""
    return _NOTES.ask(patient=patient_id)


def _contact() -> QuerySet[Patient]:
    return Patient.objects.filter(pk=given("patient")).annotate(
        intake_words=intake_state(given("now"), "pk"), mails=_mails(), unsigned_count=unsigned_count(given("user"))
    )


def _desk_part() -> QuerySet[Patient]:
    return _contact().only(*DESK_COLUMNS).annotate(course=_newest_course(_COUNTER))


def _whole() -> QuerySet[Patient]:
    return (
        _contact()
        .only(*DESK_COLUMNS, "sex")
        .annotate(
            course=_newest_course((*_COUNTER, "goal", "complaint", "end_reason", "frequency")),
            complaint=newest_complaint("pk"),
            held=open_safety_facts("pk"),
            depression_flags=newest_depression_flags("pk"),
            medicines=taken_medications("pk"),
            agreements=_agreements(),
            attention_count=open_count(),
            private=newest_private_note("pk"),
        )
    )


def _newest_course(fields: tuple[str, ...]) -> Subquery:
    """The running course, else the one that ended last, as JSON; ``number`` counts the visit of today."""
    newest = Course.objects.filter(patient_id=OuterRef("pk")).order_by(F("ended_at").desc(nulls_first=True), "-id")
    counted = JSONObject(number=counter(given("day_ends")), **{name: name for name in fields})
    return Subquery(newest.values(json=counted)[:1], output_field=JSONField())


def _day_ends(now: datetime) -> datetime:
    """The end of the clinic's day."""
    zone = timezone.get_current_timezone()
    return datetime.combine(timezone.localdate(now) + timedelta(days=1), time(), tzinfo=zone)


def _mails() -> ArraySubquery:
    """The newest messages as the ledger tells of them: kind, state, time, reason; neither address nor words."""
    mails = OutgoingMessage.objects.filter(patient_id=OuterRef("pk")).order_by("-created_at", "-id")[:MOST_MAILS]
    return ArraySubquery(
        mails.values(json=JSONObject(kind="kind", state="state", reason="reason", at="not_before", sent_at="sent_at"))
    )


def _agreements() -> ArraySubquery:
    """The newest word on each text that patients agree to."""
    newest = Consent.objects.filter(patient_id=OuterRef("pk")).order_by("kind", "-given_at", "-id").distinct("kind")
    return ArraySubquery(
        newest.values(json=JSONObject(kind="kind", state="state", given_at="given_at", channel="channel"))
    )


def _visits() -> QuerySet[Appointment]:
    visits = Appointment.objects.filter(patient_id=given("patient")).exclude(state=Appointment.State.ENTERED_IN_ERROR)
    return (
        visits.select_related("practitioner", "room", "service")
        .only("public_id", "state", "starts_at", "practitioner__display_name", "room__name", "service__name")
        .annotate(ends_course=ExpressionWrapper(ends_its_course(), output_field=BooleanField()))
        .order_by("-starts_at", "-id")
    )


def _visits_with_notes() -> QuerySet[Appointment]:
    return _visits().annotate(
        note_id=F("treatment_session__public_id"), note_signed_at=F("treatment_session__signed_at")
    )


def _notes() -> QuerySet[TreatmentSession]:
    rows = NeedlePlacement.objects.filter(session_id=OuterRef("pk")).order_by("position")
    added = Addendum.objects.filter(session_id=OuterRef("pk")).order_by("at", "id")
    wrong = added.filter(kind=Addendum.Kind.ENTERED_IN_ERROR)
    names = ("point_code", "side", "technique", "place")
    return (
        TreatmentSession.objects.filter(patient_id=given("patient"))
        .select_related("practitioner")
        .annotate(
            rows=ArraySubquery(rows.values(json=JSONObject(**{name: name for name in names}))),
            added=ArraySubquery(added.values(json=JSONObject(text="text", by="by__name"))),
            is_withdrawn=Exists(wrong),
        )
        .order_by("-started_at", "-id")
    )


_FOR_DESK = Prepared(_desk_part)
_FOR_PRACTITIONER = Prepared(_whole)
_VISITS = Prepared(lambda: _visits()[:MOST_VISITS])
_VISITS_WITH_NOTES = Prepared(lambda: _visits_with_notes()[:MOST_VISITS])
_NOTES = Prepared(lambda: _notes()[:MOST_NOTES])

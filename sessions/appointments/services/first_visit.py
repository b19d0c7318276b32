"""The first visit on one screen: who, when, the course, the form and the mail, all in one transaction or not at all."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Room, Service
from clinic.staff.models import Practitioner, User
from patients.intake.models import QuestionnaireRequest
from patients.intake.services import issue_request
from patients.models import Patient
from patients.services.registration import register_patient
from sessions.appointments.mails import CONFIRMATION, confirmation_key
from sessions.appointments.models import Appointment
from sessions.appointments.services import booking, telling
from sessions.courses.models import Course
from sessions.courses.services import open_course


@dataclass(frozen=True)
class NewPatient:
    """What is typed about somebody who comes for the first time."""

    given_name: str
    family_name: str
    birth_date: date
    email: str
    phone: str
    language: str = "en"


@dataclass(frozen=True)
class FirstVisit:
    """What was stored. ``message`` is None when no mail goes out, ``request`` when the form is filled in already."""

    appointment: Appointment
    patient: Patient
    request: QuestionnaireRequest | None
    message: OutgoingMessage | None


def book_first_visit(
    *,
    patient: Patient | NewPatient,
    service: Service,
    practitioner: Practitioner,
    starts_at: datetime,
    by: User,
    now: datetime,
    room: Room | None = None,
    sessions: int | None = None,
    send_now: bool = False,
    form_token: uuid.UUID | None = None,
) -> FirstVisit:
    """Register the patient (unless known), book the visit, open a course, issue the intake, plan the confirmation.

    ``sessions`` is the length of the course to open, None for none; a course that runs already is joined instead.
    The mail waits for the practice's quiet minutes unless ``send_now``; without an address there is none. The same
    ``form_token`` by the same user returns what was stored first. Raises NotBookable and Clash as ``book`` does; then
    nothing at all is stored.
    """
    with booking.clash_in_words(service=service, practitioner=practitioner, room=room, starts_at=starts_at, now=now):
        booking.hold(practitioner)
        first = booking.already_booked(form_token=form_token, by=by)
        if first is not None:
            return _found_again(first)
        if isinstance(patient, NewPatient):
            patient = register_patient(
                given_name=patient.given_name, family_name=patient.family_name, birth_date=patient.birth_date,
                email=patient.email, phone=patient.phone, language=patient.language, by=by, now=now,
            )  # fmt: skip
        appointment = booking.place(
            patient=patient, service=service, practitioner=practitioner, room=room, starts_at=starts_at, by=by,
            now=now, course=_course(patient, practitioner, sessions, by, now), form_token=form_token,
        )  # fmt: skip
        request = _intake(appointment, patient, by, now)
        message = plan_confirmation(
            appointment=appointment, patient=patient, request=request, send_now=send_now, now=now
        )
    return FirstVisit(appointment, patient, request, message)


def plan_confirmation(
    *, appointment: Appointment, patient: Patient, request: QuestionnaireRequest | None, send_now: bool, now: datetime
) -> OutgoingMessage | None:
    """Plan the one mail that confirms a visit, inside the running transaction; None for who has no e-mail.

    It may leave from the end of the practice's quiet minutes, at any hour, until the visit begins.
    """
    return telling.plan(
        CONFIRMATION, appointment, patient=patient, subject_id=request.pk if request is not None else None,
        at_once=send_now, now=now,
    )  # fmt: skip


def _course(
    patient: Patient, practitioner: Practitioner, sessions: int | None, by: User, now: datetime
) -> Course | None:
    running = Course.objects.running().filter(patient=patient).first()
    if running is not None or sessions is None:
        return running
    return open_course(patient=patient, practitioner=practitioner, planned_sessions=sessions, by=by, now=now)


def _intake(appointment: Appointment, patient: Patient, by: User, now: datetime) -> QuestionnaireRequest | None:
    """Issue the intake, once in a patient's life: whoever has sent it is not asked again."""
    done = QuestionnaireRequest.State.SUBMITTED
    if patient.requests.filter(form=QuestionnaireRequest.Form.INTAKE, state=done).exists():
        return None
    return issue_request(patient=patient, appointment_id=appointment.pk, by=by, now=now)


def _found_again(appointment: Appointment) -> FirstVisit:
    message = OutgoingMessage.objects.filter(dedup_key=confirmation_key(appointment)).first()
    request = appointment.patient.requests.filter(appointment_id=appointment.pk).first()
    return FirstVisit(appointment, appointment.patient, request, message)

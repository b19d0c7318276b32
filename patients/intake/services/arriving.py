"""Questions in the clinic, by code or on a device of ours: a check-in at the arrival, the end of a course after it.

They are for who has no e-mail, or has not answered yet.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from clinic.audit import services as audit
from clinic.kernel.links import hash_token
from clinic.practice import languages
from clinic.staff.models import User
from patients.intake import check_in
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.requests import token_of
from patients.models import Patient

State = QuestionnaireRequest.State
_CHECK_IN, _END = QuestionnaireRequest.Form.CHECK_IN, QuestionnaireRequest.Form.COURSE_END
#: Whoever is here answers before the needles: the code on the desk is no key for another day.
OPEN_FOR = timedelta(hours=2)


class NoWords(Exception):
    """There are no questions in the patient's language: somebody asks with an interpreter."""


def is_asked_here(request: QuestionnaireRequest) -> bool:
    """Tell whether it was asked in the clinic, and not by a mail some days before."""
    return (request.before_visit or request.form == _END) and request.expires_at - request.issued_at <= OPEN_FOR


def ask_at_arrival(*, patient: Patient, appointment_id: int, by: User, now: datetime) -> QuestionnaireRequest:
    """Return the check-in before this visit, open for two hours from now; one that was sent stays as it is.

    The link of a mail ended with the arrival: it is made anew, and what was typed before stays. Raises NoWords.
    """
    own = QuestionnaireRequest(patient=patient, form=_CHECK_IN, appointment_id=appointment_id, before_visit=True)
    return _ask(own, by=by, now=now)


def ask_at_end(
    *, patient: Patient, appointment_id: int, course_id: int, by: User, now: datetime
) -> QuestionnaireRequest:
    """Return the questions at the end of a course after this visit, its last; as ``ask_at_arrival``. Raises NoWords."""
    own = QuestionnaireRequest(patient=patient, form=_END, appointment_id=appointment_id, course_id=course_id)
    return _ask(own, by=by, now=now)


def _ask(wanted: QuestionnaireRequest, *, by: User, now: datetime) -> QuestionnaireRequest:
    patient, form = wanted.patient, wanted.form
    language = languages.of_a_new_form(patient.language)
    if languages.known(patient.language) != language or not check_in.speaks(language):
        raise NoWords
    with transaction.atomic():
        # Whoever asks at the same time waits for the patient's row, so that one request comes of it.
        Patient.objects.select_for_update(no_key=True).only("pk").get(pk=patient.pk)
        own = QuestionnaireRequest.objects.filter(
            form=form, appointment_id=wanted.appointment_id, before_visit=wanted.before_visit
        )
        request = own.first() or _made(wanted, language)
        if request.state == State.SUBMITTED:
            return request
        live = QuestionnaireRequest.objects.filter(patient=patient, form=form, state__in=(State.OPEN, State.BEGUN))
        live.exclude(pk=request.pk).update(state=State.REVOKED)
        if request.state == State.REVOKED:
            request.state = State.BEGUN if request.begun_at else State.OPEN
        request.version += 1
        request.token_hash = hash_token(token_of(request))
        request.issued_at, request.expires_at, request.birth_date_tries = now, now + OPEN_FOR, 0
        request.save()
        audit.record(by=by, now=now, action="issue", resource=form, patient_id=patient.pk, object_id=request.pk)
    return request


def _made(wanted: QuestionnaireRequest, language: str) -> QuestionnaireRequest:
    wanted.public_id, wanted.language, wanted.version = uuid.uuid4(), language, 0
    return wanted

"""The life of an intake link: issued, begun, opened on another device, asked for again, signed off."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from clinic.audit import services as audit
from clinic.kernel.links import hash_token, make_token
from clinic.outbox import services as outbox
from clinic.outbox.models import OutgoingMessage
from clinic.practice import languages
from clinic.staff.models import User
from patients.intake.models import Draft, QuestionnaireRequest
from patients.intake.querysets import BIRTH_DATE_TRIES, live_request, of_token
from patients.models import Patient

LINK_KIND = "intake-link"
LIVES = timedelta(days=90)
MAIL_KEEPS = timedelta(hours=24)
State = QuestionnaireRequest.State


def token_of(request: QuestionnaireRequest) -> str:
    """Return the token of a request's link. It is never stored: only a mail or a printed code carries it.

    Its purpose is the form, so that a token of one form never opens another.
    """
    return make_token(purpose=request.form, public_id=request.public_id, version=request.version)


def issue_request(
    *, patient: Patient, appointment_id: int | None, by: User | None, now: datetime, form: str = "intake"
) -> QuestionnaireRequest:
    """Return the patient's live request of a form, made now when there is none.

    One that grew too old, or was locked by wrong birth dates, lives again with a new token; what was typed stays.
    ``by`` is None when the patient asked by the link's own page.
    """
    with transaction.atomic():
        live = live_request(patient.pk, form).select_for_update(no_key=True).first()
        if live is None:
            return _create(patient=patient, appointment_id=appointment_id, by=by, now=now, form=form)
        if live.expires_at <= now or live.birth_date_tries >= BIRTH_DATE_TRIES:
            _revive(live, by=by, now=now)
        return live


def _create(
    *, patient: Patient, appointment_id: int | None, by: User | None, now: datetime, form: str
) -> QuestionnaireRequest:
    request = QuestionnaireRequest(
        public_id=uuid.uuid4(),
        patient=patient,
        form=form,
        appointment_id=appointment_id,
        language=languages.of_a_new_form(patient.language),
        issued_at=now,
        expires_at=now + LIVES,
    )
    request.token_hash = hash_token(token_of(request))
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        # Somebody issued it in the same second; theirs is the one.
        return live_request(patient.pk, form).get()
    _trace("issue", request, by=by, now=now)
    return request


def _revive(request: QuestionnaireRequest, *, by: User | None, now: datetime) -> None:
    request.version += 1
    request.token_hash = hash_token(token_of(request))
    request.issued_at, request.expires_at, request.birth_date_tries = now, now + LIVES, 0
    request.save(update_fields=["version", "token_hash", "issued_at", "expires_at", "birth_date_tries"])
    _trace("issue", request, by=by, now=now)


def send_link(*, patient: Patient, by: User | None, now: datetime) -> OutgoingMessage | None:
    """Plan a mail with the intake link alone, at once; one an hour at most. None when there is no address.

    It opens a request when the patient has none; a form that was handed in stays as it is and a second one is asked.
    """
    if not patient.email or patient.deceased_on:
        return None
    with transaction.atomic():
        request = issue_request(patient=patient, appointment_id=None, by=by, now=now)
        return outbox.enqueue(
            kind=LINK_KIND,
            dedup_key=f"{LINK_KIND}:{request.pk}:{request.version}:{now:%Y%m%d%H}",
            to_address=patient.email,
            not_before=now,
            not_after=now + MAIL_KEEPS,
            now=now,
            patient_id=patient.pk,
            appointment_id=request.appointment_id,
            subject_id=request.pk,
            priority=1,
        )


def ask_for_new_link(*, token: str, now: datetime) -> None:
    """Send a fresh link to the address on file when the old one belongs to a form that is not handed in.

    It says nothing about what it found: the page that asks answers the same to everybody.
    """
    request = of_token(token)
    if request is None or request.state == State.SUBMITTED or request.signed_off_at is not None:
        return
    send_link(patient=request.patient, by=None, now=now)


def begin(*, request: QuestionnaireRequest, now: datetime) -> bool:
    """Open a form for the first time. Returns False when it had been begun before, here or elsewhere."""
    with transaction.atomic():
        first = QuestionnaireRequest.objects.filter(pk=request.pk, state=State.OPEN).update(
            state=State.BEGUN, begun_at=now
        )
        if first:
            Draft.objects.create(request=request, updated_at=now)
            _trace("begin", request, by=None, now=now)
    return bool(first)


def open_in_clinic(*, patient: Patient, by: User, now: datetime) -> QuestionnaireRequest:
    """Return the patient's intake, begun, to be filled in on a device of the clinic; made now when there is none."""
    with transaction.atomic():
        request = issue_request(patient=patient, appointment_id=None, by=by, now=now)
        begin(request=request, now=now)
        _trace("open-in-clinic", request, by=by, now=now)
    return request


def confirm_birth_date(*, request: QuestionnaireRequest, birth_date: date, now: datetime) -> bool:
    """Tell whether the birth date opens the form on this device. The fifth wrong one locks it until it is sent anew.

    Where only a year of birth is on record, the year decides.
    """
    patient = request.patient
    right = patient.was_born_on(birth_date)
    with transaction.atomic():
        # Counted before it is judged, so that tries at the same moment do not slip past the limit.
        may_try = QuestionnaireRequest.objects.filter(pk=request.pk, birth_date_tries__lt=BIRTH_DATE_TRIES).update(
            birth_date_tries=F("birth_date_tries") + 1
        )
        if not may_try:
            return False
        if right:
            QuestionnaireRequest.objects.filter(pk=request.pk).update(birth_date_tries=0)
        audit.record(
            by=None, now=now, action="confirm-birth-date", resource="intake", patient_id=patient.pk,
            object_id=request.pk, acting_as="link", result="ok" if right else "denied",
        )  # fmt: skip
    return right


def sign_off(*, request: QuestionnaireRequest, by: User, now: datetime) -> bool:
    """Keep that a practitioner went through the answers with the patient, which is reading them; the link is dead then.

    Returns False when that had been done before, or nothing was handed in yet.
    """
    with transaction.atomic():
        done = QuestionnaireRequest.objects.filter(
            pk=request.pk, state=State.SUBMITTED, signed_off_at__isnull=True
        ).update(
            signed_off_at=now,
            signed_off_by_id=by.pk,
            read_at=Coalesce(F("read_at"), Value(now)),
            read_by_id=Coalesce(F("read_by_id"), Value(by.pk)),
        )
        if done:
            _trace("sign-off", request, by=by, now=now)
    return bool(done)


def _trace(action: str, request: QuestionnaireRequest, *, by: User | None, now: datetime) -> None:
    audit.record(
        by=by, now=now, action=action, resource=request.form, patient_id=request.patient_id, object_id=request.pk,
        acting_as="" if by else "link",
    )  # fmt: skip

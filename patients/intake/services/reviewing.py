"""A practitioner has read a form, and sets an answer right beside it: what was sent stays as it was sent."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from clinic.audit import services as audit
from clinic.staff.models import User
from patients.intake.models import Correction, QuestionnaireRequest

State = QuestionnaireRequest.State


def mark_read(*, request: QuestionnaireRequest, by: User, now: datetime) -> bool:
    """Keep who read a handed-in form first, and when. Returns False when somebody had, or nothing was handed in."""
    with transaction.atomic():
        first = QuestionnaireRequest.objects.filter(pk=request.pk, state=State.SUBMITTED, read_at__isnull=True).update(
            read_at=now, read_by_id=by.pk
        )
        if first:
            _trace("review", request, by=by, now=now)
    return bool(first)


def correct(
    *, request: QuestionnaireRequest, field: str, words: str, form_token: uuid.UUID, by: User, now: datetime
) -> bool:
    """Set something right with a dated correction beside the answer; the answer itself is not touched.

    ``field`` is a part of the form. Returns False for a form that was not handed in; the same opened page sent twice
    is one correction.
    """
    if request.state != State.SUBMITTED:
        return False
    try:
        with transaction.atomic():
            Correction.objects.create(request=request, field=field, words=words, by=by, at=now, form_token=form_token)
            _trace("correct", request, by=by, now=now)
    except IntegrityError:
        return Correction.objects.filter(form_token=form_token, request=request).exists()
    return True


def _trace(action: str, request: QuestionnaireRequest, *, by: User, now: datetime) -> None:
    audit.record(
        by=by, now=now, action=action, resource=request.form, patient_id=request.patient_id, object_id=request.pk
    )

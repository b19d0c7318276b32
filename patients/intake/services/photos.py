"""A photo comes with a form by link and is kept for the practitioners."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clinic.audit import services as audit
from patients.intake.models import QuestionnaireRequest
from patients.intake.pictures import Picture
from patients.models import Photo


def keep_photo(*, request: QuestionnaireRequest, picture: Picture, now: datetime) -> str:
    """Keep a picture of the patient's medicines that came with ``request``; return its public id.

    The same picture sent again with the same form is kept once.
    """
    known = Photo.objects.filter(request_id=request.pk, sha256=picture.sha256).values_list("public_id", flat=True)
    if (before := known.first()) is not None:
        return str(before)
    with transaction.atomic():
        photo = Photo.objects.create(
            patient_id=request.patient_id,
            kind=Photo.Kind.MEDICINES,
            jpeg=picture.jpeg,
            width=picture.width,
            height=picture.height,
            sha256=picture.sha256,
            request_id=request.pk,
            received_at=now,
        )
        audit.record(
            by=None, now=now, action="send-photo", resource=request.form, patient_id=request.patient_id,
            object_id=photo.pk, acting_as="link",
        )  # fmt: skip
    return str(photo.public_id)

"""What a practitioner finds on the body goes on record beside what the patient marked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from clinic.audit.services import record
from clinic.staff.models import User
from patients import body
from patients.models import PainMark, Patient

#: The same mark within this time is a second press of the same button.
SAME_PRESS = timedelta(minutes=2)


def mark_place(
    *, patient: Patient, code: str, strength: int | None, kinds: list[str], by: User, now: datetime
) -> PainMark:
    """Put a place that a practitioner found tender on record: ``code`` of patients.body, ``strength`` 0 to 10 or None.

    A second press of the button makes no second mark. Raises patients.body.UnknownPlace.
    """
    place = body.get(code)
    said = {"place": place.place, "side": place.side, "view": place.view, "strength": strength}
    with transaction.atomic():
        # One after the other for one patient, so that a double click finds its first press.
        Patient.objects.select_for_update(no_key=True).only("pk").get(pk=patient.pk)
        before = PainMark.objects.filter(
            patient=patient, source="practitioner", recorded_at__gt=now - SAME_PRESS, kinds=kinds, **said
        ).first()
        if before is not None:
            return before
        mark = PainMark.objects.create(patient=patient, source="practitioner", kinds=kinds, recorded_at=now, **said)
        record(by=by, now=now, action="mark", resource="body-chart", patient_id=patient.pk, object_id=mark.pk)
    return mark

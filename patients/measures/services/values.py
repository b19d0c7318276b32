"""Measured values come in, are corrected by a later one, or end as entered in error."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from clinic.audit.services import record
from clinic.kernel.together import Rows
from clinic.staff.models import User
from patients.measures.asked import PREFIX, VERSIONS
from patients.measures.models import Measure, MeasureValue, MeasureVersion
from patients.measures.numbers import plain
from patients.models import Patient

Source = MeasureValue.Source
State = MeasureValue.State


class NotOnItsScale(ValueError):
    """The number lies outside the scale, or has more decimals; its text says so in words."""


class AlreadyMeasured(ValueError):
    """Another value of this measure and moment stands already; its text says so in words."""


def compose_values(
    *,
    patient_id: int,
    answers: Mapping[str, Any],
    measured_at: datetime,
    source: str = Source.LINK,
    request_id: int | None = None,
    answered_by: str = "",
) -> Rows:
    """Return the values that a form handed in, not yet stored: for ``insert_together`` with the rows of the form.

    ``answers`` is what ``patients.measures.asked.answers_of`` put into the draft, other answers may stand between. Each
    value keeps the version it was asked with. ``answered_by`` names who helped ("" for the patient). No statement.
    """
    versions: Mapping[str, Any] = answers.get(VERSIONS) or {}
    rows = []
    for code, (measure_id, version_id) in versions.items():
        value = answers.get(PREFIX + code)
        if value is not None:
            rows.append(
                MeasureValue(
                    patient_id=patient_id,
                    measure_id=measure_id,
                    version_id=version_id,
                    value=Decimal(str(value)),
                    measured_at=measured_at,
                    recorded_at=measured_at,
                    source=source,
                    request_id=request_id,
                    answered_by=answered_by[:80],
                )
            )
    return Rows(rows)


def replace_values(*, request_id: int, now: datetime) -> int:
    """End what a form handed in before, because it is handed in again. One statement. Returns how many ended."""
    standing = MeasureValue.objects.standing().filter(request_id=request_id)
    return standing.update(state=State.REPLACED, ended_at=now)


def record_value(
    *,
    patient: Patient,
    measure: Measure,
    value: Decimal,
    measured_at: datetime,
    by: User,
    now: datetime,
    source: str = Source.STAFF,
    answered_by: str = "",
    form_token: uuid.UUID | None = None,
    corrects: MeasureValue | None = None,
    why: str = "",
) -> MeasureValue:
    """Store a value on the version in use, with a trace. The same form sent twice makes one row.

    ``corrects`` names the value it stands for, and whose version it keeps: that one ends as entered in error, for the
    reason ``why``. Raises
    NotOnItsScale for a number that does not fit, AlreadyMeasured when a value of this moment stands already.
    """
    version = corrects.version if corrects else MeasureVersion.objects.get(measure=measure, version=measure.version)
    refuse_off_scale(version, value)
    try:
        with transaction.atomic():
            if corrects is not None and not _end(corrects, why=why, by=by, now=now):
                raise AlreadyMeasured("This value was corrected meanwhile. Please look at the newest one.")
            made = MeasureValue.objects.create(
                public_id=form_token or uuid.uuid4(), patient=patient, measure=measure, version=version, value=value,
                measured_at=measured_at, source=source, answered_by=answered_by, recorded_at=now,
                recorded_by_id=by.pk, corrects=corrects,
            )  # fmt: skip
            record(
                by=by, now=now, action="correct" if corrects else "enter", resource="measure", patient_id=patient.pk,
                object_id=made.pk,
            )  # fmt: skip
    except IntegrityError as clash:
        before = MeasureValue.objects.filter(public_id=form_token).first() if form_token else None
        if before is not None and (before.patient_id, before.measure_id, before.value) == (
            patient.pk, measure.pk, value,
        ):  # fmt: skip
            return before
        if MeasureValue.objects.standing().filter(patient=patient, measure=measure, measured_at=measured_at).exists():
            raise AlreadyMeasured("A value of this day and time stands already.") from clash
        raise
    return made


def take_back(*, value: MeasureValue, why: str, by: User, now: datetime) -> None:
    """End a value as entered in error, with the reason ``why`` and a trace; done twice it is done once."""
    with transaction.atomic():
        if _end(value, why=why, by=by, now=now):
            record(
                by=by, now=now, action="take-back", resource="measure", patient_id=value.patient_id, object_id=value.pk
            )


def refuse_off_scale(version: MeasureVersion, value: Decimal) -> None:
    """Raise NotOnItsScale unless ``value`` is finite, between both ends and has no more decimals than the version."""
    if not value.is_finite() or not version.lowest <= value <= version.highest:
        raise NotOnItsScale(f"Please write a number from {plain(version.lowest)} to {plain(version.highest)}.")
    if value != round(value, version.decimals):
        raise NotOnItsScale(f"At most {version.decimals} digits fit behind the point.")


def _end(value: MeasureValue, *, why: str, by: User, now: datetime) -> bool:
    standing = MeasureValue.objects.standing().filter(pk=value.pk)
    return bool(
        standing.update(state=State.ENTERED_IN_ERROR, ended_at=now, ended_by_id=by.pk, ended_why=why or "wrong number")
    )

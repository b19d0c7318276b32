"""A clinic with a patient and measures: the cast for tests of measures."""

from __future__ import annotations

from decimal import Decimal

from patients.measures.delivered import lay_down
from patients.measures.models import Measure, MeasureValue, MeasureVersion
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, a_practitioner, a_user, at

__all__ = ["NOW", "a_clinic", "a_patient", "a_practitioner", "a_user", "at"]


def with_delivered():
    """The measures that come with Deqi, also after a test that emptied every table."""
    lay_down(Measure, MeasureVersion)


def a_measure(code="flexion", asked="staff", worse="down", lowest="0", highest="160", decimals=0, **fields):
    """A measure with one version."""
    words = fields.pop("words", None) or {"en": {"name": code.capitalize(), "question": f"How much {code}?"}}
    important = fields.pop("important_change", None)
    measure = Measure.objects.create(code=code, asked=asked, **fields)
    version = MeasureVersion.objects.create(
        measure=measure, version=1, lowest=Decimal(lowest), highest=Decimal(highest), decimals=decimals, worse=worse,
        words=words, important_change=important,
    )  # fmt: skip
    return measure, version


def a_value(patient, version, value, measured_at=NOW, **fields):
    """A stored value."""
    return MeasureValue.objects.create(
        patient=patient, measure_id=version.measure_id, version=version, value=Decimal(value), measured_at=measured_at,
        recorded_at=measured_at, source=fields.pop("source", "staff"), **fields,
    )  # fmt: skip

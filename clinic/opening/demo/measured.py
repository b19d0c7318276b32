"""The try-out's own measures: one that the clinic added itself, and the headaches of somebody with migraine."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from clinic.staff.models import User
from patients.intake.conditions import meant_by
from patients.measures.asked import answers_of, questions_for
from patients.measures.services import Scale, add_measure, record_value
from patients.models import Patient

#: Degrees, weeks ago: how far somebody with back pain bends forward.
BENDING = ((40, 3), (55, 2), (70, 1))
HEADACHES = {"headache-days": 9, "headache-hours": 12, "headache-strength": 7}


def bends_further(patient: Patient, *, owner: User, by: User, now: datetime) -> None:
    """Add a measure that staff enter, and the numbers of the last weeks."""
    words = {"name": "Bending forward", "question": "Bending forward", "unit": "degrees", "low": "", "high": ""}
    scale = Scale(
        lowest=Decimal(0), highest=Decimal(110), decimals=0, worse="down", important_change=Decimal(10),
        words={"en": words},
    )  # fmt: skip
    measure = add_measure(scale=scale, asked="staff", condition_ids=(), by=owner, now=now - timedelta(weeks=8))
    for degrees, weeks in BENDING:
        then = now - timedelta(weeks=weeks)
        record_value(patient=patient, measure=measure, value=Decimal(degrees), measured_at=then, by=by, now=then)


def of_an_intake(concern: str, language: str) -> dict[str, Any]:
    """Return the answers to the measures that go with a complaint, as the form keeps them."""
    asked = questions_for(condition_ids=meant_by(concern), moment="baseline", language=language)
    said = {one.name: Decimal(HEADACHES[one.code]) for one in asked if one.code in HEADACHES}
    return dict(answers_of(asked, said))

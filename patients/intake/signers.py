"""Whose hand signs a form: an adult's own, a parent's for a child, or that of a representative on record."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from patients.intake import steps
from patients.intake.forms.base import StepFacts
from patients.safety.age import ages_possible

OF_AGE = 18
OWN, PARENT, REPRESENTATIVE = "own-hand", "parent", "representative"


@dataclass(frozen=True)
class Signer:
    """Who signs. ``says`` is what they tick for it, "" when nobody needs to be asked."""

    code: str
    says: str = ""


def signer_of(facts: StepFacts) -> Signer:
    """Return who signs this form.

    Somebody who helps never signs for an adult, unless the clinic has seen that they may: then it stands in the record.
    """
    patient = facts.request.patient
    ages = ages_possible(facts.today, patient.birth_date, patient.birth_year)
    if ages is not None and ages[1] < OF_AGE:
        said = gettext("I am a parent or guardian of %(name)s and sign for them")
        return Signer(PARENT, said % {"name": patient.full_name})
    if not steps.helper_of(facts.data):
        return Signer(OWN)
    if patient.representative:
        said = gettext("I am %(representative)s and sign for %(name)s")
        return Signer(REPRESENTATIVE, said % {"representative": patient.representative, "name": patient.full_name})
    said = gettext("I am %(name)s. Somebody wrote for me, and I sign here myself")
    return Signer(OWN, said % {"name": patient.full_name})

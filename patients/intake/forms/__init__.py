"""The six pages of the intake as forms: each reads what was typed and gives it as JSON for the draft."""

from __future__ import annotations

from patients.intake.forms.agreement import AgreementForm
from patients.intake.forms.base import StepFacts, StepForm
from patients.intake.forms.birth_date import BirthDateForm
from patients.intake.forms.check_in import CheckInForm
from patients.intake.forms.checkpoint import CheckpointForm
from patients.intake.forms.complaint import ComplaintForm
from patients.intake.forms.contact import ContactForm
from patients.intake.forms.feelings import FeelingsForm
from patients.intake.forms.health import HealthForm
from patients.intake.forms.places import PlacesForm

__all__ = [
    "AgreementForm",
    "BirthDateForm",
    "CheckInForm",
    "CheckpointForm",
    "ComplaintForm",
    "ContactForm",
    "FeelingsForm",
    "HealthForm",
    "PlacesForm",
    "StepFacts",
    "StepForm",
]

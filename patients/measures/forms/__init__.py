"""The forms of measures: a scale in the settings, a value of a patient."""

from __future__ import annotations

from patients.measures.forms.scale import MeasureForm
from patients.measures.forms.value import TakeBackForm, ValueForm

__all__ = ["MeasureForm", "TakeBackForm", "ValueForm"]

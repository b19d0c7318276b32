"""The questionnaires that Deqi brings: version, licence, languages, scores and when each is asked. To read only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.policy import policy
from clinic.practice.languages import ENGLISH_NAMES
from clinic.staff.requests import StaffRequest
from patients.intake import check_in, steps
from patients.intake.conditions import all_conditions
from patients.intake.instruments import catalogue
from patients.intake.instruments.model import Instrument, SmallestChange


@dataclass(frozen=True)
class Shown:
    """One questionnaire as the page tells of it."""

    instrument: Instrument

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Each language with the standing of its wording: original, validated, or own translation."""
        code = self.instrument.code
        return [(ENGLISH_NAMES.get(tag, tag), catalogue.get(code, tag).wording) for tag in catalogue.languages(code)]

    @property
    def asked(self) -> list[str]:
        """When it is asked, in words."""
        code, said = self.instrument.code, []
        if code in steps.INSTRUMENTS:
            said.append("at the first visit")
        if code == check_in.CODE:
            said.append("at every check-in")
        if code == check_in.CONCERN:
            said.append("at every check-in of a patient with a goal")
        if any(code in others for others in steps.INSTEAD.values()) and not said:
            said.append("where another has no words in a language")
        return said or ["when a practitioner asks for it"]

    @property
    def scores(self) -> list[str]:
        """Each number it gives: "total: sum, 0 to 12"."""
        return [
            f"{output.id.replace('_', ' ')} ({output.method.replace('_', ' ')})" for output in self.instrument.outputs
        ]

    @property
    def bands(self) -> list[str]:
        """Each band: "mild 3 to 5", "moderate 4 to below 7"."""
        return [
            f"{band.text} {band.minimum} to {'below ' if band.exclusive else ''}{band.maximum}"
            for band in self.instrument.bands
        ]

    @property
    def changes(self) -> list[str]:
        """The smallest important changes that were published: "2 points (S-...)"."""
        return [f"{change.value} {_unit(change)} ({change.source})" for change in self.instrument.smallest_changes]

    @cached_property
    def flags(self) -> list[str]:
        """What an answer brings to a practitioner's eyes, with how pressing it is."""
        return [f"{flag.id.replace('_', ' ')}: {flag.urgency.replace('_', ' ')}" for flag in self.instrument.flags]

    @property
    def usual_with(self) -> list[str]:
        """The conditions it is usual with."""
        return [condition.name for condition in all_conditions() if self.instrument.code in condition.instruments]


def _unit(change: SmallestChange) -> str:
    if change.unit == "percent":
        return "%"
    return change.unit if change.value > 1 else change.unit.removesuffix("s")


@require_safe
@policy("measures", "read")
def questionnaires(request: StaffRequest) -> HttpResponse:
    """List every questionnaire. No statement."""
    shown = [Shown(catalogue.get(code)) for code in catalogue.all_codes()]
    shown.sort(key=lambda one: (one.asked[0].startswith("when"), one.instrument.title))
    context = {"here": "settings", "questionnaires": shown, "excluded": catalogue.excluded_names()}
    return render(request, "intake/questionnaires.html", context)

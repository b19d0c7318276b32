"""What a practitioner reads of an intake: what worries first, then numbers, then the patient's own words.

Also of a draft: a worrying answer does not wait for the rest. Three statements at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import OuterRef, Subquery

from clinic.staff.models import User
from patients.intake import conditions, flags, steps
from patients.intake.forms.complaint import PATTERNS
from patients.intake.instruments import catalogue, form
from patients.intake.instruments.model import Instrument
from patients.intake.instruments.rounding import half_up
from patients.intake.instruments.scoring import exact_values
from patients.intake.models import QuestionnaireRequest, Score
from patients.models import Consent
from patients.safety import rules
from patients.safety.flags import SafetyFlag, flags_for

BY_LINK = "by link, not yet confirmed in person"
_NAMES = {
    ("peg", "score"): "Pain and daily life (PEG)",
    ("phq-4", "total"): "Mood and worry (PHQ-4)",
    ("phq-4", "anxiety"): "of that worry",
    ("phq-4", "depression"): "of that low mood",
    ("checkin", "pain"): "Pain on average",
    ("checkin", "interference"): "Held back by pain",
    ("checkin", "mood"): "Low mood",
    ("checkin", "sleep"): "Poor sleep",
    ("checkin", "analgesic_days"): "Days with a painkiller",
}
_CONSENTS = {"treatment": "Treatment", "privacy": "Data", "email": "Reminders by e-mail"}


@dataclass(frozen=True)
class ScoreLine:
    """One number: "6.3 of 10", its band, and which change of it matters."""

    name: str
    value: str
    most: int
    band: str = ""
    matters: str = ""


@dataclass(frozen=True)
class Tick:
    """A line that was ticked, with its detail."""

    condition: str
    detail: str


@dataclass(frozen=True)
class Agreed:
    """A text that was agreed to."""

    kind: str
    version: int
    given_at: datetime
    drawn: bool
    name: str


@dataclass(frozen=True)
class IntakeReading:
    """The newest intake of a patient. ``request`` is None when none was ever issued; ``written`` says whether there is
    anything to read."""

    request: QuestionnaireRequest | None = None
    written: bool = False
    submitted_at: datetime | None = None
    saved_at: datetime | None = None
    step: int = 0
    trust: str = ""
    confirmed_by: str = ""
    helper: str = ""
    emergencies: list[flags.Worry] = field(default_factory=list)
    worries: list[flags.Worry] = field(default_factory=list)
    taken_back: list[flags.Worry] = field(default_factory=list)
    safety: list[SafetyFlag] = field(default_factory=list)
    scores: list[ScoreLine] = field(default_factory=list)
    concern: str = ""
    story: str = ""
    about: list[tuple[str, str]] = field(default_factory=list)
    goal: str = ""
    ticks: list[Tick] = field(default_factory=list)
    none_ticked: bool = False
    medicines: list[str] = field(default_factory=list)
    agreements: list[Agreed] = field(default_factory=list)

    @property
    def may_confirm(self) -> bool:
        """Whether a practitioner can still say that it was gone through in person."""
        return self.submitted_at is not None and not self.confirmed_by


def reading_for(patient_id: int, *, today: date) -> IntakeReading:
    """Return the newest intake of a patient, handed in or not. ``today`` is the clinic's day.

    The caller has traced the look with ``open_record(resource="intake-answers")``.
    """
    by_whom = User.objects.filter(pk=OuterRef("signed_off_by_id")).values("name")[:1]
    request = (
        QuestionnaireRequest.objects.filter(patient_id=patient_id, form=QuestionnaireRequest.Form.INTAKE)
        .select_related("draft", "submission", "patient")
        .annotate(signed_off_name=Subquery(by_whom))
        .order_by("-issued_at", "-id")
        .first()
    )
    if request is None:
        return IntakeReading()
    submission, draft = getattr(request, "submission", None), getattr(request, "draft", None)
    data: Mapping[str, Any] = submission.answers if submission else draft.data if draft else {}
    scores = _stored_scores(request) if submission else _draft_scores(data, request.language)
    return IntakeReading(
        request=request,
        written=bool(data),
        submitted_at=request.submitted_at,
        saved_at=draft.updated_at if draft else None,
        step=draft.step if draft else 0,
        trust=BY_LINK if data and request.signed_off_at is None else "",
        confirmed_by=(request.signed_off_name or "somebody") if request.signed_off_at else "",
        helper=steps.helper_of(data),
        scores=scores,
        agreements=_agreements(request) if submission else [],
        **_worries(request, data, draft.flags if draft else [], today),
        **_words(data),
    )


def _worries(
    request: QuestionnaireRequest, data: Mapping[str, Any], ever: Iterable[str], today: date
) -> dict[str, Any]:
    """Return what worries now, what was ticked and taken back, and the safety flags of the answers."""
    now = flags.flags_of(data, today=today, language=request.language, handed_in=request.submitted_at is not None)
    standing = {worry.id for worry in now}
    patient = request.patient
    facts = flags.health_facts(data, today, birth_date=patient.birth_date, birth_year=patient.birth_year)
    return {
        "emergencies": [worry for worry in now if worry.urgency == "emergency"],
        "worries": [worry for worry in now if worry.urgency != "emergency"],
        "taken_back": [flags.describe(flag_id) for flag_id in ever if flag_id not in standing],
        "safety": [flag for flag in flags_for(facts) if flag.id not in standing],
    }


def _words(data: Mapping[str, Any]) -> dict[str, Any]:
    complaint, health = steps.answers_of(data, steps.COMPLAINT), steps.answers_of(data, steps.HEALTH)
    about = [
        ("Since", complaint.get("since", "")),
        ("Pattern", dict(PATTERNS).get(complaint.get("pattern", ""), "")),
        ("Better with", complaint.get("better", "")),
        ("Worse with", complaint.get("worse", "")),
    ]
    details = health.get("details") or {}
    return {
        "concern": _concern(complaint),
        "story": complaint.get("story", ""),
        "about": [(term, said) for term, said in about if said],
        "goal": complaint.get("goal", ""),
        "ticks": [Tick(rules.header(rule), details.get(rule, "")) for rule in flags.ticked_rules(health)],
        "none_ticked": "none" in (health.get("ticks") or []),
        "medicines": [line for line in str(health.get("medicines") or "").split("\n") if line],
    }


def _concern(complaint: Mapping[str, Any]) -> str:
    try:
        return conditions.get(complaint.get("condition_id", "")).name
    except conditions.UnknownCondition:
        return str(complaint.get("concern", ""))


def _stored_scores(request: QuestionnaireRequest) -> list[ScoreLine]:
    rows = Score.objects.filter(response__request=request).select_related("response").order_by("response_id", "id")
    return [
        _line(catalogue.get(row.response.instrument), row.output, row.total, row.count, row.response.severity)
        for row in rows
    ]


def _draft_scores(data: Mapping[str, Any], language: str) -> list[ScoreLine]:
    answers = steps.answers_of(data, steps.FEELINGS)
    if not answers:
        return []
    codes, _ = steps.offered(language)
    lines = []
    for code, own in form.spread(codes, answers).items():
        instrument = catalogue.get(code)
        for output, value in exact_values(instrument, own).items():
            lines.append(_line(instrument, output, value.sum if value else None, value.count if value else None, ""))
    return lines


def _line(instrument: Instrument, output: str, total: int | None, count: int | None, severity: str) -> ScoreLine:
    shape = next(one for one in instrument.outputs if one.id == output)
    mean = shape.method.startswith("mean")
    highest = [_highest(instrument, link_id) for link_id in shape.items]
    value = "not answered"
    if total is not None and count:
        value = str(half_up(Fraction(total, count if mean else 1), shape.decimals))
    return ScoreLine(
        name=_NAMES.get((instrument.code, output), f"{instrument.title}, {output}"),
        value=value,
        most=max(highest) if mean else sum(highest),
        band=instrument.band(severity).text.lower() if severity and output == instrument.band_output else "",
        matters=_matters(instrument, output),
    )


def _highest(instrument: Instrument, link_id: str) -> int:
    item = instrument.item(link_id)
    if item.maximum is not None:
        return item.maximum
    return max(value for value in item.values if isinstance(value, int))


def _matters(instrument: Instrument, output: str) -> str:
    """Say which change of this number is the smallest that matters, in the words of the published figures."""
    said = [
        f"{change.value} %" if change.unit == "percent" else f"{change.value} point{'s' if change.value != 1 else ''}"
        for change in instrument.smallest_changes
        if (change.applies_to or instrument.primary.id) == output
    ]
    return f"a change of {' or '.join(said)} matters" if said else ""


def _agreements(request: QuestionnaireRequest) -> list[Agreed]:
    if request.submitted_at is None:
        return []
    rows = Consent.objects.filter(
        patient_id=request.patient_id, given_at=request.submitted_at, channel="link"
    ).order_by("id")
    return [
        Agreed(
            _CONSENTS.get(row.kind, row.kind), row.text_version, row.given_at, row.signature_png is not None,
            row.signed_name,
        )
        for row in rows
    ]  # fmt: skip

"""What a practitioner reads of an intake: what worries first, then numbers, then the patient's own words.

Of a form that is not handed in, only the answer that worries is read, and only by the persons whom its task names: for
everybody else it does not leave the database. Two statements.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, F, JSONField, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, JSONObject

from clinic.attention import querysets as attention
from clinic.attention.models import Task
from clinic.staff.models import User
from patients import body
from patients.intake import flags, reading_measured, steps
from patients.intake.models import QuestionnaireRequest
from patients.intake.reading_measured import measured_lines
from patients.intake.reading_numbers import Asked, Numbers, ScoreLine, numbers_of
from patients.intake.reading_parts import (
    Agreed,
    Corrected,
    Mark,
    Picture,
    Shape,
    Therapy,
    Version,
    Waiting,
    agreements_of,
    corrections_of,
    marks_of,
    other_versions,
    photos_of,
    shapes_of,
    therapies_of,
    waiting_about,
    with_parts,
)
from patients.intake.reading_words import Words, words_of
from patients.intake.services.filling import INTERPRETER, WORRYING
from patients.safety.flags import SafetyFlag, flags_for

BY_LINK = "by link, not yet confirmed in person"
#: The parts of a form as its reader calls them: a correction names one.
PARTS = {
    "contact": "Who they are",
    "brings": "What brings them",
    "hurts": "Where it hurts",
    "numbers": "In numbers",
    "health": "Health",
    "medicines": "Medicines and herbs",
    "agreement": "Agreements",
}


@dataclass(frozen=True)
class IntakeReading:
    """An intake of a patient. ``request`` is None when none was ever issued; ``written`` says whether there is anything
    to read, ``whole`` whether it was handed in: until then only what worries is here, if it is for this reader."""

    request: QuestionnaireRequest | None = None
    written: bool = False
    submitted_at: datetime | None = None
    saved_at: datetime | None = None
    step: int = 0
    last_step: int = steps.LAST
    trust: str = ""
    confirmed_by: str = ""
    read_by: str = ""
    read_at: datetime | None = None
    entered_by: str = ""
    helper: str = ""
    emergencies: list[flags.Worry] = field(default_factory=list)
    worries: list[flags.Worry] = field(default_factory=list)
    taken_back: list[flags.Worry] = field(default_factory=list)
    safety: list[SafetyFlag] = field(default_factory=list)
    scores: list[ScoreLine] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    words: Words = field(default_factory=Words)
    marks: list[Mark] = field(default_factory=list)
    therapies: list[Therapy] = field(default_factory=list)
    photos: list[Picture] = field(default_factory=list)
    agreements: list[Agreed] = field(default_factory=list)
    corrected: dict[str, list[Corrected]] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    others: list[Version] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether the form was handed in."""
        return self.submitted_at is not None

    @property
    def shown_id(self) -> str:
        """The id of the form that is shown."""
        return str(self.request.public_id) if self.request else ""

    @property
    def figure(self) -> list[tuple[str, list[Shape]]]:
        """The two views of the figure with what was marked."""
        return [("Front", shapes_of(self.marks, body.FRONT)), ("Back", shapes_of(self.marks, body.BACK))]

    @property
    def may_confirm(self) -> bool:
        """Whether a practitioner can still say that it was gone through in person."""
        return self.whole and not self.confirmed_by

    @property
    def may_be_read(self) -> bool:
        """Whether nobody has said yet that it was read."""
        return self.whole and not self.read_by


def reading_for(patient_id: int, *, today: date, user: User, sent: uuid.UUID | None = None) -> IntakeReading:
    """Return the newest intake of a patient, or the one ``sent`` names, as ``user`` may read it.

    ``today`` is the clinic's day. The caller has traced the look with ``open_record(resource="intake-answers")``.
    """
    asked = _requests(patient_id, user)
    request = (asked.filter(public_id=sent) if sent else asked).first()
    if request is None:
        return IntakeReading()
    return _whole(request, today) if hasattr(request, "submission") else _of_draft(request, today)


def _requests(patient_id: int, user: User) -> QuerySet[Any]:
    """The intakes of a patient, newest first. A draft's answers come along only for who is named by a task about it."""
    may = attention.names(user.pk, kinds=(WORRYING,))
    sent = QuestionnaireRequest.objects.filter(
        patient_id=OuterRef("patient_id"), form=QuestionnaireRequest.Form.INTAKE, submitted_at__isnull=False
    ).order_by("-submitted_at", "-id")
    tasks = Task.objects.filter(
        subject_id=OuterRef("pk"), kind__in=(WORRYING, INTERPRETER), acknowledged_at__isnull=True
    ).order_by("created_at", "id")
    found = (
        QuestionnaireRequest.objects.filter(patient_id=patient_id, form=QuestionnaireRequest.Form.INTAKE)
        .select_related("submission", "patient")
        .annotate(
            draft_step=F("draft__step"),
            draft_saved_at=F("draft__updated_at"),
            draft_data=Case(When(may, then=F("draft__data")), default=Value(None), output_field=JSONField()),
            draft_flags=Case(When(Q(submitted_at__isnull=False) | Q(may), then=F("draft__flags")), default=Value(None)),
            signed_off_name=_name_of("signed_off_by_id"),
            read_name=_name_of("read_by_id"),
            entered_name=_name_of("entered_by_id"),
            measured_rows=reading_measured.rows(),
            all_sent=ArraySubquery(sent.values(json=JSONObject(id=Cast("public_id", TextField()), at="submitted_at"))),
            tasks_open=ArraySubquery(tasks.values(json=JSONObject(id=Cast("public_id", TextField()), at="created_at"))),
        )
        .order_by("-issued_at", "-id")
    )
    return with_parts(found)


def _name_of(column: str) -> Coalesce:
    named = User.objects.filter(pk=OuterRef(column)).values("name")[:1]
    return Coalesce(Subquery(named, output_field=CharField()), Value(""))


def _of_draft(request: Any, today: date) -> IntakeReading:
    """Return how far a form is, and the answers that worry when this reader is one of those they wait for."""
    data: Mapping[str, Any] = request.draft_data or {}
    ever = request.draft_flags or []
    return IntakeReading(
        request=request,
        written=bool(data or ever),
        saved_at=request.draft_saved_at,
        step=request.draft_step or 0,
        helper=steps.helper_of(data),
        waiting=waiting_about(request) if data or ever else [],
        **(_worries(request, data, ever, today) | {"safety": []}),
    )


def _whole(request: Any, today: date) -> IntakeReading:
    answers = request.submission.answers
    numbers: Numbers = numbers_of(request)
    return IntakeReading(
        request=request,
        written=True,
        submitted_at=request.submitted_at,
        saved_at=request.draft_saved_at,
        step=steps.LAST,
        trust=BY_LINK if request.signed_off_at is None and not request.entered_by_id else "",
        confirmed_by=(request.signed_off_name or "somebody") if request.signed_off_at else "",
        read_by=(request.read_name or "somebody") if request.read_at else "",
        read_at=request.read_at,
        entered_by=request.entered_name if request.entered_by_id else "",
        helper=steps.helper_of(answers),
        scores=[*numbers.lines, *measured_lines(request.measured_rows, request.pk)],
        asked=numbers.asked,
        words=words_of(answers),
        marks=marks_of(request),
        therapies=therapies_of(request),
        photos=photos_of(request, answers),
        agreements=agreements_of(request),
        corrected=corrections_of(request),
        versions=[
            Version(at=datetime.fromisoformat(one["at"]), public_id=one["id"]) for one in request.all_sent
        ],
        others=other_versions(request),
        waiting=waiting_about(request),
        **_worries(request, answers, request.draft_flags or [], today),
    )  # fmt: skip


def _worries(request: Any, data: Mapping[str, Any], ever: Iterable[str], today: date) -> dict[str, Any]:
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

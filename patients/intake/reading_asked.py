"""What a practitioner reads of the newest questionnaire that was asked for: what worries first, numbers, each answer.

Of one that is not sent, only those whom its task names read the answers that worry: for others they do not leave the
database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Exists, F, JSONField, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, JSONObject

from clinic.attention import querysets as attention
from clinic.attention.models import Task
from clinic.staff.models import User
from patients.intake import asking, check_in, flags, steps
from patients.intake.instruments.model import Item
from patients.intake.models import QuestionnaireRequest
from patients.intake.reading_check_in import concerned
from patients.intake.reading_numbers import Asked, Numbers, ScoreLine, numbers_of
from patients.intake.reading_parts import Waiting, waiting_about
from patients.intake.services.filling import WORRYING_ASKED


@dataclass(frozen=True)
class AskedReading:
    """A questionnaire. ``public_id`` is "" when none was ever asked; ``sent_at`` is None while it is not sent.

    ``by`` names who answered for the patient, "" for the patient.
    """

    public_id: str = ""
    saved_at: datetime | None = None
    sent_at: datetime | None = None
    read_by: str = ""
    worries: tuple[flags.Worry, ...] = ()
    taken_back: tuple[flags.Worry, ...] = ()
    scores: tuple[ScoreLine, ...] = ()
    asked: tuple[Asked, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    waiting: tuple[Waiting, ...] = ()
    by: str = ""

    @property
    def written(self) -> bool:
        """Whether there is anything to read for this reader."""
        return self.sent_at is not None or bool(self.worries or self.taken_back)

    @property
    def may_be_read(self) -> bool:
        """Whether nobody has said yet that it was read."""
        return self.sent_at is not None and not self.read_by


def reading_for(patient_id: int, *, user: User) -> AskedReading:
    """Return the newest questionnaire of a patient as ``user`` may read it. Two statements at most.

    The caller has traced the look with ``open_record(resource="intake-answers")``.
    """
    request = _newest(patient_id, user)
    if request is None:
        return AskedReading()
    answers = steps.answers_of(request.draft_data or {}, asking.STEP)
    is_sent = request.submitted_at is not None
    worries = asking.worries_in(request.instruments, answers, handed_in=is_sent)
    standing = {worry.id for worry in worries}
    numbers = numbers_of(request) if is_sent else Numbers([], [])
    return AskedReading(
        public_id=str(request.public_id),
        saved_at=request.draft_saved_at,
        sent_at=request.submitted_at,
        read_by=(request.read_name or "somebody") if request.read_at else "",
        worries=tuple(worries),
        taken_back=tuple(flags.describe(flag) for flag in request.draft_flags or [] if flag not in standing),
        scores=tuple(numbers.lines),
        asked=tuple(numbers.asked),
        lines=tuple(_lines(request.instruments, answers if is_sent else concerned(answers, worries))),
        waiting=tuple(waiting_about(request)),
        by=check_in.helper_in(answers),
    )


def _newest(patient_id: int, user: User) -> Any:
    may = Q(submitted_at__isnull=False) | Q(attention.names(user.pk, kinds=(WORRYING_ASKED,)))
    tasks = Task.objects.filter(subject_id=OuterRef("pk"), kind=WORRYING_ASKED, acknowledged_at__isnull=True).order_by(
        "created_at", "id"
    )
    reader = User.objects.filter(pk=OuterRef("read_by_id")).values("name")[:1]
    asked = QuestionnaireRequest.objects.filter(
        patient_id=patient_id, form=QuestionnaireRequest.Form.QUESTIONNAIRE
    ).annotate(
        draft_saved_at=F("draft__updated_at"),
        draft_data=Case(When(may, then=F("draft__data")), default=Value(None), output_field=JSONField()),
        draft_flags=Case(When(may, then=F("draft__flags")), default=Value(None)),
        read_name=Coalesce(Subquery(reader, output_field=CharField()), Value("")),
        tasks_open=ArraySubquery(
            tasks.values(json=JSONObject(id=Cast("public_id", TextField()), at="created_at"))
        ),
    )  # fmt: skip
    # One that worries and waits goes before a newer one: its task leads here, and its "seen" stands here.
    return asked.alias(waits=Exists(tasks)).order_by("-waits", "-issued_at", "-id").first()


def _lines(codes: list[str], answers: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (question.item.text, _words(question.item, answers[question.item.link_id]))
        for question in asking.questions(codes, "en")
        if question.item.link_id in answers
    ]


def _words(item: Item, answer: Any) -> str:
    if item.type == "integer":
        return f"{answer} of {item.maximum}"
    if item.type == "text":
        return f"“{answer}”"
    chosen = answer if isinstance(answer, list) else [answer]
    return ", ".join(f"{option.text} ({option.value})" for option in item.options if option.value in chosen)

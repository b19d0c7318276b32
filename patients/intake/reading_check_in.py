"""What a practitioner reads of the newest check-in, sent or not: what worries first, then question by question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from patients.intake import check_in, flags, steps
from patients.intake.instruments.model import Item
from patients.intake.models import QuestionnaireRequest


@dataclass(frozen=True)
class CheckInReading:
    """A check-in. ``sent_at`` is None while it is not handed in; ``taken_back`` was ticked and changed later."""

    saved_at: datetime | None = None
    sent_at: datetime | None = None
    worries: tuple[flags.Worry, ...] = ()
    taken_back: tuple[flags.Worry, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()


def reading_for(patient_id: int) -> CheckInReading:
    """Return the newest check-in of a patient that was begun; an empty one when there is none. One statement.

    The caller has traced the look with ``open_record(resource="intake-answers")``.
    """
    asked = QuestionnaireRequest.objects.filter(
        patient_id=patient_id, form=QuestionnaireRequest.Form.CHECK_IN, draft__isnull=False
    )
    request = asked.select_related("draft").order_by("-issued_at", "-id").first()
    if request is None:
        return CheckInReading()
    answers = steps.answers_of(request.draft.data, check_in.STEP)
    worries = check_in.worries_in(answers, handed_in=request.submitted_at is not None)
    standing = {worry.id for worry in worries}
    return CheckInReading(
        saved_at=request.draft.updated_at,
        sent_at=request.submitted_at,
        worries=tuple(worries),
        taken_back=tuple(flags.describe(flag) for flag in request.draft.flags if flag not in standing),
        lines=tuple(_lines(answers)),
    )


def _lines(answers: dict[str, Any]) -> list[tuple[str, str]]:
    goal = str(answers.get(check_in.GOAL) or "")
    lines = []
    for item in check_in.questions("en", goal=goal):
        if item.link_id in answers:
            text = f"“{goal}” {item.text}" if item.link_id == check_in.GOAL_SCORE else item.text
            lines.append((text, _words(item, answers[item.link_id])))
    return lines


def _words(item: Item, answer: Any) -> str:
    if item.type == "integer":
        return f"{answer} of {item.maximum}"
    if item.type == "text":
        return f"“{answer}”"
    chosen = answer if isinstance(answer, list) else [answer]
    return ", ".join(option.text for option in item.options if option.value in chosen)

"""What a practitioner reads of the newest check-in: what worries first, then question by question.

Of one that was not sent only what worries, and only those whom its task names: for others it stays in the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, JSONField, OuterRef, Q, Value, When

from clinic.attention import querysets as attention
from clinic.attention.models import Task
from clinic.staff.models import User
from patients.intake import check_in, flags, querysets, reading_measured, steps
from patients.intake.instruments import catalogue
from patients.intake.instruments.model import Item
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.filling import WORRYING_CHECK_IN


@dataclass(frozen=True)
class CheckInReading:
    """A check-in. ``sent_at`` is None while it is not handed in; ``taken_back`` was ticked and changed later.

    ``by`` names who answered for the patient, "" for the patient.
    """

    saved_at: datetime | None = None
    sent_at: datetime | None = None
    worries: tuple[flags.Worry, ...] = ()
    taken_back: tuple[flags.Worry, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    by: str = ""


def reading_for(patient_id: int, *, user: User) -> CheckInReading:
    """Return the newest check-in of a patient that was begun, as ``user`` may read it; an empty one when there is none.

    The questions at the end of a course are one too. One statement.

    The caller has traced the look with ``open_record(resource="intake-answers")``.
    """
    may = Q(submitted_at__isnull=False) | Q(attention.names(user.pk, kinds=(WORRYING_CHECK_IN,)))
    asked = QuestionnaireRequest.objects.filter(
        patient_id=patient_id, form__in=querysets.ON_ONE_SCREEN, draft__isnull=False
    ).annotate(
        saved_at=F("draft__updated_at"),
        draft_data=Case(When(may, then=F("draft__data")), default=Value(None), output_field=JSONField()),
        draft_flags=Case(When(may, then=F("draft__flags")), default=Value(None)),
        measured_rows=reading_measured.rows(),
    )
    # One that worries and waits goes before a newer one: its task leads here.
    waiting = Task.objects.filter(subject_id=OuterRef("pk"), kind=WORRYING_CHECK_IN, acknowledged_at__isnull=True)
    request: Any = asked.alias(waits=Exists(waiting)).order_by("-waits", "-issued_at", "-id").first()
    if request is None:
        return CheckInReading()
    is_sent = request.submitted_at is not None
    answers = steps.answers_of(request.draft_data or {}, check_in.STEP)
    worries = check_in.worries_in(answers, handed_in=is_sent)
    standing = {worry.id for worry in worries}
    return CheckInReading(
        saved_at=request.saved_at,
        sent_at=request.submitted_at,
        worries=tuple(worries),
        taken_back=tuple(flags.describe(flag) for flag in request.draft_flags or [] if flag not in standing),
        lines=(
            *_lines(answers if is_sent else concerned(answers, worries)),
            *reading_measured.said_lines(request.measured_rows, request.pk),
        ),
        by=check_in.helper_in(answers),
    )


def concerned(answers: Mapping[str, Any], worries: Iterable[flags.Worry]) -> dict[str, Any]:
    """Return the answers that worry, with the words that belong to them; the others stay the patient's own."""
    wanted: set[str] = set()
    for worry in worries:
        code, _, flag = worry.id.partition(".")
        instrument = catalogue.get(code)
        named = set(_items(instrument.flag(flag).when))
        wanted |= named
        for item in instrument.items:
            if item.type == "text" and item.enable_when is not None:
                beside = {one.link_id for one in instrument.items if one.enable_when == item.enable_when}
                wanted |= {item.link_id} if named & {item.enable_when.item, *beside} else set()
    return {link_id: said for link_id, said in answers.items() if link_id in wanted}


def _items(condition: Any) -> Iterator[str]:
    """Yield the questions that a flag's condition names, however deep it is."""
    if isinstance(condition, Mapping):
        if isinstance(condition.get("item"), str):
            yield condition["item"]
        for part in condition.values():
            yield from _items(part)
    elif isinstance(condition, list | tuple):
        for part in condition:
            yield from _items(part)


def _lines(answers: dict[str, Any]) -> list[tuple[str, str]]:
    goal = str(answers.get(check_in.GOAL) or "")
    lines = []
    for item in (*check_in.questions("en", goal=goal), *check_in.more_items()):
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

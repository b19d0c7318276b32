"""A step is saved: the draft grows by it, and a worrying answer counts from that moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.attention.models import Task
from clinic.attention.services import compose_task
from clinic.audit import services as audit
from clinic.kernel.together import Rows, insert_together
from patients.intake import flags, steps
from patients.intake.models import Draft, QuestionnaireRequest

WORRYING = "worrying-answer"
WORRYING_CHECK_IN = "worrying-check-in"
INTERPRETER = "ask-with-interpreter"
_VERSIONS = "versions"


class Closed(Exception):
    """The form was handed in, signed off or called back meanwhile."""


class Stale(Exception):
    """Another window saved this step after it was opened here; ``stored`` is what stands there now."""

    def __init__(self, stored: dict[str, Any], version: int) -> None:
        super().__init__("Another window saved this page after it was opened here.")
        self.stored = stored
        self.version = version


@dataclass(frozen=True)
class Saved:
    """What saving came to. ``new`` are the worrying answers that were not there before."""

    draft: Draft
    new: tuple[flags.Worry, ...]


def save_step(
    *, request: QuestionnaireRequest, step: int, answers: dict[str, Any], seen: int, today: date, now: datetime
) -> Saved:
    """Keep the answers of a step in the draft of ``request`` (loaded with it) and open tasks for what worries.

    ``seen`` is the draft's version when the page was opened, ``today`` the clinic's day. Raises Stale when another
    window saved other answers to this step since then, Closed when the form can no longer be filled in.
    """
    draft = request.draft
    for last_try in (False, True):
        _refuse_stale(draft, step, answers, seen)
        saved = _store(request, draft, step, answers, today, now)
        if saved is not None:
            return saved
        fresh = Draft.objects.filter(request=request, request__state=QuestionnaireRequest.State.BEGUN).first()
        if fresh is None or last_try:
            break
        draft = fresh
    raise Closed


def note_worries(
    *, request: QuestionnaireRequest, data: steps.Data, today: date, now: datetime
) -> tuple[flags.Worry, ...]:
    """Open tasks for what worries in ``data``, a page that cannot be saved yet because something else is wrong on it.

    A worrying answer must not wait for a mistyped date.
    """
    draft = request.draft
    found = flags.flags_of(data, today=today, language=request.language)
    new = tuple(worry for worry in found if worry.id not in draft.flags)
    if new:
        with transaction.atomic():
            draft.flags = [*draft.flags, *(worry.id for worry in new)]
            draft.save(update_fields=["flags"])
            insert_together(*tasks_and_trace(request, new, "note-worry", now))
    return new


def open_tasks(request: QuestionnaireRequest, worries: Sequence[flags.Worry], now: datetime) -> list[Task]:
    """Return a task for each worrying answer, not yet stored; the same answer of the same form makes one task."""
    is_intake = request.form == QuestionnaireRequest.Form.INTAKE
    return [
        compose_task(
            kind=WORRYING if is_intake else WORRYING_CHECK_IN,
            dedup_key=f"intake:{request.pk}:{worry.id}",
            urgency=worry.urgency,
            patient_id=request.patient_id,
            subject_id=request.pk,
            now=now,
        )
        for worry in worries
    ]


def _refuse_stale(draft: Draft, step: int, answers: dict[str, Any], seen: int) -> None:
    stored = draft.data.get(str(step))
    saved_in = draft.data.get(_VERSIONS, {}).get(str(step), 0)
    if stored is not None and stored != answers and saved_in > seen:
        raise Stale(stored, draft.version)


def _store(
    request: QuestionnaireRequest, draft: Draft, step: int, answers: dict[str, Any], today: date, now: datetime
) -> Saved | None:
    """Write the step over the version that was read; None when somebody wrote in between."""
    version = draft.version + 1
    data = {
        **draft.data,
        str(step): answers,
        _VERSIONS: {**draft.data.get(_VERSIONS, {}), str(step): version},
    }
    worries = flags.flags_of(data, today=today, language=request.language)
    new = tuple(worry for worry in worries if worry.id not in draft.flags)
    changed = {
        "data": data,
        "step": max(draft.step, min(step + 1, steps.LAST)),
        "version": version,
        "flags": [*draft.flags, *(worry.id for worry in new)],
        "updated_at": now,
    }
    with transaction.atomic():
        written = Draft.objects.filter(
            pk=draft.pk, version=draft.version, request__state=QuestionnaireRequest.State.BEGUN
        ).update(**changed)
        if not written:
            return None
        insert_together(*tasks_and_trace(request, new, "save-step", now))
    for name, value in changed.items():
        setattr(draft, name, value)
    return Saved(draft, new)


def tasks_and_trace(
    request: QuestionnaireRequest, new: Sequence[flags.Worry], action: str, now: datetime
) -> tuple[Rows, Rows]:
    """Return the tasks for new worries and the trace of the act, for ``insert_together``."""
    trace = audit.compose(
        by=None, now=now, action=action, resource=request.form, patient_id=request.patient_id, object_id=request.pk,
        acting_as="link",
    )  # fmt: skip
    return Rows(open_tasks(request, new, now), skip_known=True), Rows([trace])

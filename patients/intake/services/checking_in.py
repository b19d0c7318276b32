"""A check-in is kept while it is filled in, sent, and sent again until the patient arrives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce

from clinic.kernel.together import Rows, insert_together
from patients.intake import check_in, flags
from patients.intake.models import Draft, QuestionnaireRequest, QuestionnaireResponse
from patients.intake.services.filling import Closed, Saved, Stale, tasks_and_trace
from patients.intake.services.submitting import response_to, scores_of
from patients.measures.services import compose_values, replace_values

State = QuestionnaireRequest.State
_OPEN = (State.BEGUN, State.SUBMITTED)


def keep(
    *, request: QuestionnaireRequest, answers: dict[str, Any], seen: int, now: datetime, window: str = ""
) -> Saved:
    """Keep what was answered so far in the draft of ``request`` (loaded with it) and open tasks for what worries.

    ``seen`` is the draft's version when the page was opened, ``window`` the number of that page ("" for none): when our
    answer to it was lost on the way, it may save again. The first keeping leaves a trace, and each that worries. Raises
    Stale when another window saved other answers since then, Closed when it can no longer be filled in.
    """
    draft = request.draft
    _refuse_stale(draft, answers, seen, window)
    if draft.version != seen and _stored(draft) == answers:
        return Saved(draft, ())  # late, and what stands: a page opened since must not take it for another window's
    first = draft.version == 1
    with transaction.atomic():
        saved = _store(request, answers, window, now, handed_in=False)
        if saved.new or first:
            insert_together(*tasks_and_trace(request, saved.new, "save-step", now))
    return saved


def send(
    *,
    request: QuestionnaireRequest,
    answers: dict[str, Any],
    seen: int,
    now: datetime,
    window: str = "",
    ten: bool = False,
) -> Saved:
    """Hand in the answers: they are scored and stand in the chart at once. Sent again, the newer ones count.

    What was sent before stays on record as replaced. The same page sent twice is one sending. What somebody else
    answered bears their name. ``ten``: they are those of a checkpoint or an end. Raises Stale and Closed as
    ``keep`` does.
    """
    draft = request.draft
    if request.state == State.SUBMITTED and draft.version != seen and _stored(draft) == answers:
        return Saved(draft, ())
    _refuse_stale(draft, answers, seen, window)
    who = check_in.helper_in(answers)
    with transaction.atomic():
        saved = _store(request, answers, window, now, handed_in=True)
        QuestionnaireRequest.objects.filter(pk=request.pk).update(
            state=State.SUBMITTED, submitted_at=Coalesce(F("submitted_at"), Value(now)), ten_questions=ten
        )
        given = QuestionnaireResponse.objects.filter(request=request, state=QuestionnaireResponse.State.COMPLETED)
        given.update(state=QuestionnaireResponse.State.REPLACED)
        spread = check_in.apart(answers).items()
        made = [response_to(request, code, own, now, answered_by=who) for code, own in spread]
        responses = QuestionnaireResponse.objects.bulk_create(response for response in made if response)
        scores = [score for response in responses for score in scores_of(response)]
        measured = compose_values(
            patient_id=request.patient_id, answers=answers, measured_at=now, request_id=request.pk, answered_by=who
        )
        if request.state == State.SUBMITTED:
            replace_values(request_id=request.pk, now=now)
        insert_together(Rows(scores), measured, *tasks_and_trace(request, saved.new, "submit", now))
    request.state = State.SUBMITTED
    return saved


def _stored(draft: Draft) -> Mapping[str, Any] | None:
    stored: Mapping[str, Any] | None = draft.data.get(str(check_in.STEP))
    return stored


def _refuse_stale(draft: Draft, answers: dict[str, Any], seen: int, window: str) -> None:
    stored = _stored(draft)
    same_page = bool(window) and draft.data.get(check_in.WINDOW) == window
    if draft.version != seen and not same_page and stored is not None and stored != answers:
        raise Stale(dict(stored), draft.version)


def _store(
    request: QuestionnaireRequest, answers: dict[str, Any], window: str, now: datetime, *, handed_in: bool
) -> Saved:
    """Write the draft over the version that was read. Raises Closed when it is called back, Stale when beaten."""
    draft = request.draft
    worries = check_in.worries_in(answers, handed_in=handed_in)
    new: tuple[flags.Worry, ...] = tuple(worry for worry in worries if worry.id not in draft.flags)
    changed = {
        "data": {str(check_in.STEP): answers, check_in.WINDOW: window},
        "version": draft.version + 1,
        "flags": [*draft.flags, *(worry.id for worry in new)],
        "updated_at": now,
    }
    # Not by a join: see filling.py.
    still_open = QuestionnaireRequest.objects.filter(pk=OuterRef("request_id"), state__in=_OPEN)
    written = Draft.objects.filter(Exists(still_open), pk=draft.pk, version=draft.version).update(**changed)
    if not written:
        fresh = Draft.objects.filter(request=request, request__state__in=_OPEN).first()
        if fresh is None:
            raise Closed
        raise Stale(dict(_stored(fresh) or {}), fresh.version)
    for name, value in changed.items():
        setattr(draft, name, value)
    return Saved(draft, new)

"""A step is saved: the draft grows by it, and a worrying answer counts from that moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from clinic.attention.models import Task
from clinic.attention.services import compose_task
from clinic.audit import services as audit
from clinic.kernel.prepared import PreparedUpdate, given
from clinic.kernel.together import Rows, insert_together
from clinic.staff.models import User
from patients.intake import flags, steps
from patients.intake.models import Draft, QuestionnaireRequest

WORRYING = "worrying-answer"
WORRYING_CHECK_IN = "worrying-check-in"
WORRYING_ASKED = "worrying-questionnaire"
INTERPRETER = "ask-with-interpreter"
_KIND_OF = {
    QuestionnaireRequest.Form.INTAKE: WORRYING,
    QuestionnaireRequest.Form.CHECK_IN: WORRYING_CHECK_IN,
    QuestionnaireRequest.Form.COURSE_END: WORRYING_CHECK_IN,
    QuestionnaireRequest.Form.QUESTIONNAIRE: WORRYING_ASKED,
}
_VERSIONS = "versions"
_WINDOWS = "windows"


class Closed(Exception):
    """The form was handed in, signed off or called back meanwhile."""


class Stale(Exception):
    """Another window saved this step after it was opened here; ``stored`` is what stands there now."""

    def __init__(self, stored: dict[str, Any], version: int) -> None:
        super().__init__("Another window saved this page after it was opened here.")
        self.stored = stored
        self.version = version


@dataclass(frozen=True)
class Typed:
    """A page that saves itself while somebody writes. ``window`` is the number of the opened page.

    ``answers`` are what can be read of it, ``fields`` what stands in its boxes; a ``whole`` page counts as saved.
    """

    step: int
    answers: dict[str, Any]
    fields: dict[str, list[str]]
    whole: bool
    window: str


@dataclass(frozen=True)
class Saved:
    """What saving came to. ``new`` are the worrying answers that were not there before."""

    draft: Draft
    new: tuple[flags.Worry, ...]


def save_step(
    *,
    request: QuestionnaireRequest,
    step: int,
    answers: dict[str, Any],
    seen: int,
    today: date,
    now: datetime,
    window: str = "",
    by: User | None = None,
) -> Saved:
    """Keep the answers of a step in the draft of ``request`` (loaded with it) and open tasks for what worries.

    ``seen`` is the draft's version when the page was opened, ``today`` the clinic's day, ``by`` who copies it from
    paper. Raises Stale when another window (its page has another number than ``window``) saved other answers to this
    step since then, Closed when the form can no longer be filled in.
    """
    change = _Change(step, answers, seen, "save-step", window=window, reached=min(step + 1, steps.LAST), by=by)
    return _save(request, change, today, now)


def keep_typed(
    *, request: QuestionnaireRequest, typed: Typed, seen: int, today: date, now: datetime, by: User | None = None
) -> Saved:
    """Keep a page as far as it was typed. It leaves one trace for each opened page, however often it is kept.

    A page that is not whole stands beside what was saved before, until it is. Raises as ``save_step`` does.
    """
    fields = None if typed.whole else typed.fields
    change = _Change(typed.step, typed.answers, seen, "keep-step", window=typed.window, fields=fields, by=by)
    return _save(request, change, today, now)


@dataclass(frozen=True)
class _Change:
    """What one saving does to a draft. ``fields`` are of a page that is not whole, ``reached`` 0 when none is."""

    step: int
    answers: dict[str, Any]
    seen: int
    action: str
    window: str = ""
    fields: dict[str, list[str]] | None = None
    reached: int = 0
    by: User | None = None

    def applied(self, data: steps.Data, version: int) -> dict[str, Any]:
        """Return the draft's data with this change as ``version``."""
        key = str(self.step)
        changed = dict(data)
        typed = {step: kept for step, kept in (data.get(steps.TYPED) or {}).items() if step != key}
        if self.fields is None:
            changed[key] = self.answers
        else:
            typed[key] = {"fields": self.fields, "answers": self.answers}
        changed[steps.TYPED] = typed
        windows = {step: window for step, window in (data.get(_WINDOWS) or {}).items() if step != key}
        changed[_WINDOWS] = windows | ({} if self.reached else {key: self.window})
        versions = data.get(_VERSIONS) or {}
        # What stands already is no newer than it was: it must not look like another window's to a page opened since.
        changed[_VERSIONS] = versions if key in versions and self.stands_in(data) else {**versions, key: version}
        return changed

    def stands_in(self, data: steps.Data) -> bool:
        """Whether the draft's data says the same for this page."""
        return steps.answers_of(data, self.step) == self.answers and steps.fields_of(data, self.step) == (
            self.fields or {}
        )

    def comes_late(self, data: steps.Data) -> bool:
        """Whether the page was saved after ``seen``."""
        return bool(int((data.get(_VERSIONS) or {}).get(str(self.step), 0)) > self.seen)

    def leaves_a_trace(self, data: steps.Data) -> bool:
        """Whether this saving is the first of its window, or one that somebody asked for."""
        return bool(self.reached) or (data.get(_WINDOWS) or {}).get(str(self.step)) != self.window


def _save(request: QuestionnaireRequest, change: _Change, today: date, now: datetime) -> Saved:
    draft = request.draft
    for last_try in (False, True):
        _refuse_stale(draft, change)
        if not change.reached and change.comes_late(draft.data) and change.stands_in(draft.data):
            # A page that was left with its button may still be on its way here by itself.
            return Saved(draft, ())
        saved = _store(request, draft, change, today, now)
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
    return [
        compose_task(
            kind=_KIND_OF[QuestionnaireRequest.Form(request.form)],
            dedup_key=f"intake:{request.pk}:{worry.id}",
            urgency=worry.urgency,
            patient_id=request.patient_id,
            subject_id=request.pk,
            now=now,
        )
        for worry in worries
    ]


def _refuse_stale(draft: Draft, change: _Change) -> None:
    # The answer to this window's own saving may have been lost on its way: it is no other window.
    mine = bool(change.window) and (draft.data.get(_WINDOWS) or {}).get(str(change.step)) == change.window
    if change.comes_late(draft.data) and not mine and not change.stands_in(draft.data):
        raise Stale(steps.answers_of(draft.data, change.step), draft.version)


def _store(request: QuestionnaireRequest, draft: Draft, change: _Change, today: date, now: datetime) -> Saved | None:
    """Write the step over the version that was read; None when somebody wrote in between."""
    data = change.applied(draft.data, draft.version + 1)
    worries = flags.flags_of(data, today=today, language=request.language)
    new = tuple(worry for worry in worries if worry.id not in draft.flags)
    changed = {
        "data": data,
        "step": max(draft.step, change.reached),
        "version": draft.version + 1,
        "flags": [*draft.flags, *(worry.id for worry in new)],
        "updated_at": now,
    }
    tasks, trace = tasks_and_trace(request, new, change.action, now, by=change.by)
    if not (new or change.leaves_a_trace(draft.data)):
        trace = Rows([])
    with transaction.atomic():
        if not _WRITTEN.run(pk=draft.pk, seen=draft.version, **changed):
            return None
        insert_together(tasks, trace)
    for name, value in changed.items():
        setattr(draft, name, value)
    return Saved(draft, new)


def _open_form() -> QuerySet[QuestionnaireRequest]:
    return QuestionnaireRequest.objects.filter(pk=OuterRef("request_id"), state=QuestionnaireRequest.State.BEGUN)


def _over_what_was_read() -> QuerySet[Draft]:
    # Not by a join: Django would put the version into a subquery, which a row that waited is not held against.
    return Draft.objects.filter(Exists(_open_form()), pk=given("pk"), version=given("seen"))


_WRITTEN = PreparedUpdate(
    _over_what_was_read, **{name: given(name) for name in ("data", "step", "version", "flags", "updated_at")}
)


def tasks_and_trace(
    request: QuestionnaireRequest,
    new: Sequence[flags.Worry],
    action: str,
    now: datetime,
    *,
    by: User | None = None,
) -> tuple[Rows, Rows]:
    """Return the tasks for new worries and the trace of the act, for ``insert_together``."""
    trace = audit.compose(
        by=by, now=now, action=action, resource=request.form, patient_id=request.patient_id, object_id=request.pk,
        acting_as="" if by else "link",
    )  # fmt: skip
    return Rows(open_tasks(request, new, now), skip_known=True), Rows([trace])

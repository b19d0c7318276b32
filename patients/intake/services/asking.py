"""A practitioner asks for a questionnaire, and the patient answers it on one screen, kept at every answer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce

from clinic.attention.models import Task
from clinic.attention.services import open_task
from clinic.audit import services as audit
from clinic.kernel.links import hash_token
from clinic.kernel.together import Rows, insert_together
from clinic.outbox import services as outbox
from clinic.practice import languages
from clinic.staff.models import User
from patients.intake import asking, check_in, flags
from patients.intake.models import Draft, QuestionnaireRequest, QuestionnaireResponse
from patients.intake.presence import Presence
from patients.intake.services.filling import INTERPRETER, Closed, Saved, Stale, tasks_and_trace
from patients.intake.services.requests import begin, token_of
from patients.intake.services.submitting import response_to, scores_of
from patients.models import Patient

State = QuestionnaireRequest.State
_LIVE = (State.OPEN, State.BEGUN)
LINK_KIND = "questionnaire-link"
HERE, CODE, MAIL = "here", "code", "mail"
OPEN_IN_CLINIC = timedelta(hours=12)
OPEN_BY_MAIL = timedelta(days=7)
MAIL_KEEPS = timedelta(hours=24)


class Refused(Exception):
    """It may not be asked so; the text is a sentence for the practitioner."""


@transaction.atomic
def ask(
    *, patient: Patient, instruments: Sequence[str], where: str, presence: Presence, by: User, now: datetime
) -> QuestionnaireRequest | None:
    """Ask a patient for questionnaires: on this device (HERE), by a code to scan in the clinic, or by mail.

    One that has no words in the patient's language becomes a task for an interpreter; None when none is left. An older
    one that was not sent is called back. Raises Refused.
    """
    language = languages.of_a_new_form(patient.language)
    # What worries must be answered in the same language: one that the clinic does not offer is asked by an interpreter.
    is_offered = languages.known(patient.language) == language
    codes, unspoken = asking.spoken(instruments, language) if is_offered else ([], list(instruments))
    _refuse(patient, codes, where, presence)
    if unspoken:
        open_task(
            kind=INTERPRETER, dedup_key=f"asked:{patient.pk}:{now:%Y%m%d}:{'+'.join(unspoken)}",
            urgency=Task.Urgency.PROMPT, patient_id=patient.pk, subject_id=None, now=now,
        )  # fmt: skip
    if not codes:
        return None
    # Who asks at the same time waits for the patient's row, so that one request comes of it.
    Patient.objects.select_for_update(no_key=True).only("pk").get(pk=patient.pk)
    live = QuestionnaireRequest.objects.filter(
        patient=patient, form=QuestionnaireRequest.Form.QUESTIONNAIRE, state__in=_LIVE
    )
    live.update(state=State.REVOKED)
    request = QuestionnaireRequest(
        public_id=uuid.uuid4(),
        patient=patient,
        form=QuestionnaireRequest.Form.QUESTIONNAIRE,
        instruments=codes,
        in_clinic=where != MAIL,
        language=language,
        issued_at=now,
        expires_at=now + (OPEN_BY_MAIL if where == MAIL else OPEN_IN_CLINIC),
    )
    request.token_hash = hash_token(token_of(request))
    request.save(force_insert=True)
    audit.record(by=by, now=now, action="ask", resource="questionnaire", patient_id=patient.pk, object_id=request.pk)
    if where == MAIL:
        _mail(request, patient, now)
    elif where == HERE:
        begin(request=request, now=now)
    return request


def _refuse(patient: Patient, codes: Sequence[str], where: str, presence: Presence) -> None:
    if where == MAIL and (not patient.email or patient.deceased_on):
        raise Refused("There is no e-mail address on file. It can be asked here in the clinic.")
    if not asking.needs_somebody(codes):
        return
    if where == MAIL and not presence.rings:
        raise Refused(
            "The PHQ-9 asks about thoughts of self-harm. It goes by mail only where two persons and who steps in are "
            "named under “Who is told”, with telephones that ring. It can be asked here in the clinic."
        )
    if where == CODE:
        raise Refused("The PHQ-9 asks about thoughts of self-harm. In the clinic it is asked on a device of ours.")
    if where == HERE and not presence.somebody_is_in:
        raise Refused("The PHQ-9 is asked in opening hours, while a practitioner is in the building.")


def _mail(request: QuestionnaireRequest, patient: Patient, now: datetime) -> None:
    outbox.enqueue(
        kind=LINK_KIND,
        dedup_key=f"{LINK_KIND}:{request.pk}:{request.version}",
        to_address=patient.email,
        not_before=now,
        not_after=now + MAIL_KEEPS,
        now=now,
        patient_id=patient.pk,
        subject_id=request.pk,
        priority=1,
    )


def keep(
    *, request: QuestionnaireRequest, answers: dict[str, Any], seen: int, now: datetime, window: str = ""
) -> Saved:
    """Keep what was answered so far in the draft of ``request`` (loaded with it) and open tasks for what worries.

    ``seen`` is the draft's version when the page was opened, ``window`` the number of that page ("" for none): when our
    answer to it was lost on the way, it may save again. Raises Stale when another window saved other answers since
    then, Closed when it can no longer be filled in.
    """
    draft = request.draft
    if request.state == State.BEGUN and draft.version != seen and draft.data.get(str(asking.STEP)) == answers:
        return Saved(draft, ())  # late, and what stands: a page opened since must not take it for another window's
    first = draft.version == 1
    with transaction.atomic():
        saved = _store(request, _Page(answers, seen, window), now, handed_in=False)
        if saved.new or first:
            insert_together(*tasks_and_trace(request, saved.new, "save-step", now))
    return saved


def send(
    *, request: QuestionnaireRequest, answers: dict[str, Any], seen: int, now: datetime, window: str = ""
) -> Saved:
    """Hand in the answers: they are scored and stand on record at once. What somebody else answered bears their name.

    Raises as ``keep`` does.
    """
    codes, who = request.instruments, check_in.helper_in(answers)
    with transaction.atomic():
        saved = _store(request, _Page(answers, seen, window), now, handed_in=True)
        QuestionnaireRequest.objects.filter(pk=request.pk).update(
            state=State.SUBMITTED, submitted_at=Coalesce(F("submitted_at"), Value(now))
        )
        spread = asking.apart(codes, answers).items()
        made = [response_to(request, code, own, now, answered_by=who) for code, own in spread]
        responses = QuestionnaireResponse.objects.bulk_create(response for response in made if response)
        scores = [score for response in responses for score in scores_of(response)]
        insert_together(Rows(scores), *tasks_and_trace(request, saved.new, "submit", now))
    request.state = State.SUBMITTED
    return saved


@dataclass(frozen=True)
class _Page:
    """What was on the page, the version it was opened at, and its number."""

    answers: dict[str, Any]
    seen: int
    window: str


def _store(request: QuestionnaireRequest, page: _Page, now: datetime, *, handed_in: bool) -> Saved:
    """Write the draft over the version that was read. Raises Closed when it is over, Stale when beaten."""
    draft, answers = request.draft, page.answers
    stored = draft.data.get(str(asking.STEP))
    same_page = bool(page.window) and draft.data.get(check_in.WINDOW) == page.window
    if draft.version != page.seen and not same_page and stored is not None and stored != answers:
        raise Stale(dict(stored), draft.version)
    worries = asking.worries_in(request.instruments, answers, handed_in=handed_in)
    new: tuple[flags.Worry, ...] = tuple(worry for worry in worries if worry.id not in draft.flags)
    changed = {
        "data": {str(asking.STEP): answers, check_in.WINDOW: page.window},
        "version": draft.version + 1,
        "flags": [*draft.flags, *(worry.id for worry in new)],
        "updated_at": now,
    }
    # The state in the same statement: a second sending of the same page finds nothing to write.
    # Not by a join: see filling.py.
    still_open = QuestionnaireRequest.objects.filter(pk=OuterRef("request_id"), state=State.BEGUN)
    written = Draft.objects.filter(Exists(still_open), pk=draft.pk, version=draft.version).update(**changed)
    if not written:
        fresh = Draft.objects.filter(request=request, request__state=State.BEGUN).first()
        if fresh is None:
            raise Closed
        raise Stale(dict(fresh.data.get(str(asking.STEP)) or {}), fresh.version)
    for name, value in changed.items():
        setattr(draft, name, value)
    return Saved(draft, new)

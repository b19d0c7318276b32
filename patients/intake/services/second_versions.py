"""Other answers to the same page: what another window typed, or what came after the form was handed in.

Nothing that somebody wrote is thrown away. A second version stands beside what counts, and a practitioner sees it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.audit import services as audit
from clinic.kernel.together import Rows, insert_together
from patients.intake import steps
from patients.intake.models import QuestionnaireRequest, SecondVersion
from patients.intake.services.filling import Saved, save_step

MOST = 20
"""More second versions of one form are not kept: somebody would have to write them on purpose."""


def keep_second(*, request: QuestionnaireRequest, step: int, answers: dict[str, Any], now: datetime) -> bool:
    """Keep other answers to a step beside those that count. Returns False when they are kept already, or too many."""
    canonical = json.dumps(answers, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    with transaction.atomic():
        kept = SecondVersion.objects.filter(request=request).values_list("step", "answers_sha256")
        known = set(kept[: MOST + 1])
        if (step, digest) in known or len(known) >= MOST:
            return False
        row = SecondVersion(request=request, step=step, answers=answers, answers_sha256=digest, kept_at=now)
        trace = audit.compose(
            by=None, now=now, action="keep-second", resource=request.form, patient_id=request.patient_id,
            object_id=request.pk, acting_as="link",
        )  # fmt: skip
        insert_together(Rows([row], skip_known=True), Rows([trace]))
    return True


def choose_mine(
    *, request: QuestionnaireRequest, step: int, answers: dict[str, Any], seen: int, today: date, now: datetime
) -> Saved:
    """Let what was typed here take the place of what another window saved, which is kept as a second version.

    ``seen`` is the draft's version when both were shown. Raises Stale and Closed as ``save_step`` does.
    """
    stored = steps.answers_of(request.draft.data, step)
    with transaction.atomic():
        saved = save_step(request=request, step=step, answers=answers, seen=seen, today=today, now=now)
        if stored and stored != answers:
            keep_second(request=request, step=step, answers=stored, now=now)
    return saved


def keep_late(*, request: QuestionnaireRequest, step: int, answers: dict[str, Any], now: datetime) -> bool:
    """Keep what a second window sent after the form (loaded with its submission) was handed in, when it differs."""
    if steps.answers_of(request.submission.answers, step) == answers:
        return False
    return keep_second(request=request, step=step, answers=answers, now=now)

"""Check-ins that mails bring: the request behind the link, made by the worker from ids and times alone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic.audit import services as audit
from clinic.kernel.links import hash_token
from clinic.kernel.together import Rows, insert_together
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.requests import token_of

CHECK_IN = QuestionnaireRequest.Form.CHECK_IN.value
LAST_REMINDER = "last-reminder"
#: Mails that may bring a check-in; those that do name its request as their subject.
WITH_QUESTIONS = (CHECK_IN, LAST_REMINDER)


@dataclass(frozen=True)
class Wanted:
    """A check-in to ask, since a visit or before one. Its link ends at arrival, or at ``expires_at``."""

    appointment_id: int
    patient_id: int
    language: str
    expires_at: datetime
    before_visit: bool = False


def ask(wanted: Sequence[Wanted], now: datetime) -> dict[int, int]:
    """Store a request for each and return the ids of those that stand, by the visit. All are of one sort.

    Check-ins of these patients that were never sent back end: a patient has one at a time, and the newest is meant.
    To be called in a transaction. Two workers in one moment make one request: the database refuses the other.
    """
    if not wanted:
        return {}
    visits = [one.appointment_id for one in wanted]
    own = {"form": CHECK_IN, "before_visit": wanted[0].before_visit, "appointment_id__in": visits}
    live = QuestionnaireRequest.objects.filter(
        patient_id__in=[one.patient_id for one in wanted], form=CHECK_IN, state__in=("open", "begun")
    )
    kept = QuestionnaireRequest.objects.filter(**own).values("pk")
    live.exclude(pk__in=kept).update(state="revoked")
    asked = QuestionnaireRequest.objects.filter(**own)
    known = set(asked.values_list("appointment_id", flat=True))
    QuestionnaireRequest.objects.bulk_create([_request(one, now) for one in wanted], ignore_conflicts=True)
    stand = list(asked.values_list("appointment_id", "pk", "patient_id"))
    traces = [
        audit.compose(by=None, now=now, action="issue", resource=CHECK_IN, patient_id=patient_id, object_id=pk)
        for visit, pk, patient_id in stand
        if visit not in known
    ]
    insert_together(Rows(traces))  # the worker may add a trace, but not read it back
    return {visit: pk for visit, pk, _ in stand if visit is not None}


def _request(one: Wanted, now: datetime) -> QuestionnaireRequest:
    request = QuestionnaireRequest(
        public_id=uuid.uuid4(),
        patient_id=one.patient_id,
        form=CHECK_IN,
        appointment_id=one.appointment_id,
        before_visit=one.before_visit,
        language=one.language,
        issued_at=now,
        expires_at=one.expires_at,
    )
    request.token_hash = hash_token(token_of(request))
    return request

"""Check-ins that mails bring: the request behind the link, made by the worker from ids and times alone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat

from clinic.attention.models import Task
from clinic.attention.services import compose_task
from clinic.audit import services as audit
from clinic.kernel.links import hash_token
from clinic.kernel.together import Rows, insert_together
from clinic.outbox.models import OutgoingMessage
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.filling import INTERPRETER
from patients.intake.services.requests import token_of

CHECK_IN = QuestionnaireRequest.Form.CHECK_IN.value
COURSE_END = QuestionnaireRequest.Form.COURSE_END.value
LAST_REMINDER = "last-reminder"
#: Mails that may bring a check-in; those that do name its request as their subject.
WITH_QUESTIONS = (CHECK_IN, LAST_REMINDER, COURSE_END)


#: The key of the message that asks about the end of a course: one after each last visit.
END_KEY = "course-end:visit="


def after_the_end(visit: str) -> Exists:
    """Tell by an expression whether an end was asked about after a visit; ``visit`` is the outer column of its id."""
    key = Concat(Value(END_KEY), Cast(OuterRef(visit), TextField()), output_field=CharField())
    return Exists(OutgoingMessage.objects.filter(dedup_key=key))


@dataclass(frozen=True)
class Wanted:
    """A check-in to ask, since a visit or before one, or the end of a course after its last visit.

    Its link ends at arrival, or at ``expires_at``. ``course_id`` names the course whose end it is.
    """

    appointment_id: int
    patient_id: int
    language: str
    expires_at: datetime
    before_visit: bool = False
    course_id: int | None = None

    @property
    def form(self) -> str:
        """Which form it is."""
        return CHECK_IN if self.course_id is None else COURSE_END


def ask(wanted: Sequence[Wanted], now: datetime) -> dict[int, int]:
    """Store a request for each and return the ids of those that stand, by the visit. All are of one sort.

    Check-ins of these patients that were never sent back end: a patient has one at a time, and the newest is meant. The
    end of a course stays open beside a check-in.
    To be called in a transaction. Two workers in one moment make one request: the database refuses the other.
    """
    if not wanted:
        return {}
    visits = [one.appointment_id for one in wanted]
    form = wanted[0].form
    own = {"form": form, "before_visit": wanted[0].before_visit, "appointment_id__in": visits}
    live = QuestionnaireRequest.objects.filter(
        patient_id__in=[one.patient_id for one in wanted], form__in=(CHECK_IN, form), state__in=("open", "begun")
    )
    kept = QuestionnaireRequest.objects.filter(**own).values("pk")
    live.exclude(pk__in=kept).update(state="revoked")
    asked = QuestionnaireRequest.objects.filter(**own)
    known = set(asked.values_list("appointment_id", flat=True))
    QuestionnaireRequest.objects.bulk_create([_request(one, now) for one in wanted], ignore_conflicts=True)
    stand = list(asked.values_list("appointment_id", "pk", "patient_id"))
    traces = [
        audit.compose(by=None, now=now, action="issue", resource=form, patient_id=patient_id, object_id=pk)
        for visit, pk, patient_id in stand
        if visit not in known
    ]
    insert_together(Rows(traces))  # the worker may add a trace, but not read it back
    return {visit: pk for visit, pk, _ in stand if visit is not None}


def with_interpreter(key: str, patient_id: int, appointment_id: int, now: datetime) -> Task:
    """Return the task, not yet stored, to ask somebody whose language has no questions; ``key`` is the message's."""
    return compose_task(
        kind=INTERPRETER,
        dedup_key=f"{key}:interpreter",
        urgency=Task.Urgency.PROMPT,
        patient_id=patient_id,
        subject_id=appointment_id,
        now=now,
    )


def _request(one: Wanted, now: datetime) -> QuestionnaireRequest:
    request = QuestionnaireRequest(
        public_id=uuid.uuid4(),
        patient_id=one.patient_id,
        form=one.form,
        appointment_id=one.appointment_id,
        course_id=one.course_id,
        before_visit=one.before_visit,
        language=one.language,
        issued_at=now,
        expires_at=one.expires_at,
    )
    request.token_hash = hash_token(token_of(request))
    return request

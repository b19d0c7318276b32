"""What is asked about calls: which are owed, and what was answered. The ledger of mails knows the moments."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject

from clinic.outbox import kinds as mails
from clinic.outbox.models import OutgoingMessage
from patients.models import Consent, Patient
from sessions.appointments.models import Appointment
from sessions.calls import kinds
from sessions.courses.models import Course
from sessions.events.models import AdverseEvent
from sessions.models import Addendum

if TYPE_CHECKING:
    from sessions.calls.models import CallAnswer  # noqa: F401 - named in the base class

#: What was not done for so long is no call any more.
LONGEST = timedelta(days=14)
EVENT_KEY = f"{kinds.NEXT_DAY}:"
COURSE_KEY = f"{kinds.NEXT_VISIT}:visit="
#: So long after the last visit of a course somebody asks whether there is to be a next one.
NEXT_VISIT_AFTER = timedelta(days=7)


class CallAnswerQuerySet(QuerySet["CallAnswer"]):
    """Answers, to be chained."""

    def standing_since(self, moment: datetime) -> CallAnswerQuerySet:
        """The newest answer of each call, if it was given at ``moment`` or later and not taken back."""
        newer = self.model._default_manager.filter(key=OuterRef("key"), number__gt=OuterRef("number"))
        return self.filter(~Exists(newer), at__gte=moment).exclude(answer="taken-back")


def answers(key: str = "dedup_key") -> ArraySubquery:
    """The answers of a call as JSON, oldest first; ``key`` is the outer column of its key."""
    given = _answers().filter(key=OuterRef(key)).order_by("number")
    columns = ("number", "answer", "again_at", "at")
    return ArraySubquery(given.values(json=JSONObject(**{name: name for name in columns}, who=F("by__name"))))


def _answers() -> Any:
    return apps.get_model("calls", "CallAnswer")._default_manager


def _stands(key: str) -> Coalesce:
    """The newest answer of a call, "" when there is none."""
    newest = _answers().filter(key=OuterRef(key)).order_by("-number").values("answer")[:1]
    return Coalesce(Subquery(newest), Value(""), output_field=CharField())


def skipped_mails() -> QuerySet[OutgoingMessage]:
    """Return the mails that did not go because their patient is phoned, of kinds that are called."""
    return OutgoingMessage.objects.filter(
        state=OutgoingMessage.State.CANCELLED,
        reason__in=kinds.BY_PHONE,
        kind__in=[kind.code for kind in kinds.all_kinds()],
        patient_id__isnull=False,
    )


def owed_mails(*, now: datetime, until: datetime) -> QuerySet[OutgoingMessage]:
    """Return the skipped mails that somebody still owes a call, the oldest first, with their answers.

    ``until`` is the end of today: what comes later is not asked for yet. What no longer makes sense (cancelled, moved,
    answered) falls out by the conditions of the mail itself.
    """
    each = [_makes_sense(kind, now) for kind in kinds.all_kinds()]
    return (
        skipped_mails()
        .filter(reduce(or_, each, Q(pk__in=[])), not_before__lt=until, not_before__gte=now - LONGEST)
        .alias(stands=_stands("dedup_key"))
        .exclude(stands__in=_answers().model.CLOSING)
        .annotate(answers=answers())
        .order_by("not_before", "id")
    )


def _makes_sense(kind: kinds.CallKind, now: datetime) -> Q:
    """Return the condition that a call of this kind is still to be made."""
    ahead = Appointment.objects.filter(pk=OuterRef("appointment_id"), starts_at__gt=now)
    of_the_mail = [
        one.condition for one in mails.get(kind.code).still_true(now) if one.else_reason not in kinds.OF_THE_ADDRESS
    ]
    own = Q(kind=kind.code, not_before__gte=now - kind.lasts)
    if kind.before_visit:
        own &= Q(Exists(ahead))
    if kind.care:
        # One call for one session: whoever calls about what happened asks how it is.
        own &= ~Q(Exists(AdverseEvent.objects.reactions().filter(session_id=OuterRef("subject_id"))))
    return reduce(and_, of_the_mail, own)


def owed_events(*, since: datetime, today: datetime) -> QuerySet[AdverseEvent]:
    """Return the patients' events opened since then and before ``today`` began that nobody called about yet.

    With patient, practitioner and answers, the oldest first.
    """
    key = Concat(Value(EVENT_KEY), Cast("pk", TextField()), output_field=CharField())
    wrong = Addendum.objects.filter(session_id=OuterRef("session_id"), kind="entered-in-error")
    return (
        AdverseEvent.objects.reactions()
        .filter(~Exists(wrong), opened_at__gte=since, opened_at__lt=today)
        .filter(session__patient__deceased_on__isnull=True)
        .alias(call_key=key)
        .alias(stands=_stands("call_key"))
        .exclude(stands__in=_answers().model.CLOSING)
        .annotate(answers=answers("call_key"))
        .select_related("session__patient", "session__practitioner")
        .order_by("opened_at", "id")
    )


def courses() -> QuerySet[Any]:
    """Return the running courses with when their last visit took place (``visited_at``), and with ``call_key``.

    That is the key of the call that asks for a next visit: after each visit it is another call.
    """
    kept = Appointment.objects.filter(course=OuterRef("pk"), state=Appointment.State.COMPLETED)
    newest = kept.order_by("-starts_at", "-id")
    running: QuerySet[Any] = Course.objects.running()
    found: QuerySet[Any] = (
        running.alias(visit_id=Subquery(newest.values("pk")[:1]))
        .annotate(
            visited_at=Subquery(newest.values("starts_at")[:1]),
            call_key=Concat(Value(COURSE_KEY), Cast("visit_id", TextField()), output_field=CharField()),
        )
        .filter(visit_id__isnull=False)
    )
    return found


def owed_courses(*, now: datetime, until: datetime) -> QuerySet[Any]:
    """Return the courses without a next visit whose patient gets no mail, a week after the last visit, oldest first.

    With patient and answers. Who has come as often as was planned is not asked.
    """
    ahead = Appointment.objects.filter(
        patient_id=OuterRef("patient_id"), state__in=Appointment.HOLDING, starts_at__gt=now - timedelta(hours=12)
    )
    words = Consent.objects.filter(patient_id=OuterRef("patient_id"), kind="email").order_by("-given_at", "-id")
    by_phone = (
        Q(patient__email="")
        | Q(patient__desk_facts__contains=[Patient.DeskFact.NO_EMAIL])
        | Q(word=Consent.State.INACTIVE)
    )
    found: QuerySet[Any] = (
        courses()
        .filter(
            patient__deceased_on__isnull=True,
            sessions_done__lt=F("planned_sessions"),
            visited_at__lt=until - NEXT_VISIT_AFTER,
            visited_at__gte=now - NEXT_VISIT_AFTER - LONGEST,
        )
        .alias(word=Subquery(words.values("state")[:1]), stands=_stands("call_key"))
        .filter(by_phone, ~Exists(ahead))
        .exclude(stands__in=_answers().model.CLOSING)
        .annotate(answers=answers("call_key"))
        .select_related("patient")
        .order_by("visited_at", "id")
    )
    return found

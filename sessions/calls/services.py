"""What happens to calls: made, tried, given up, taken back. Rows are only added, with who and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from clinic.attention.services import acknowledge_about
from clinic.audit import services as audit
from clinic.outbox.models import OutgoingMessage
from clinic.staff.models import User
from sessions.calls import kinds
from sessions.calls.models import CallAnswer
from sessions.calls.problems import AnsweredAlready
from sessions.calls.querysets import EVENT_KEY
from sessions.courses.models import Course
from sessions.events.models import AdverseEvent

Answer = CallAnswer.Answer


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is owed: its key, its kind, whose it is, and whether only who treats may make it."""

    key: str
    kind: str
    patient_id: int
    care: bool = False
    event_id: int | None = None

    @classmethod
    def of_mail(cls, message: OutgoingMessage) -> Call:
        """Return the call that stands for a skipped mail. Raises KeyError for a kind that nobody phones about."""
        assert message.patient_id is not None, "skipped_mails() asks for patients"
        return cls(message.dedup_key, message.kind, message.patient_id, care=kinds.get(message.kind).care)

    @classmethod
    def of_event(cls, event: AdverseEvent) -> Call:
        """Return the call on the day after an event."""
        return cls(f"{EVENT_KEY}{event.pk}", kinds.NEXT_DAY, event.session.patient_id, care=True, event_id=event.pk)

    @classmethod
    def of_course(cls, course: Course, key: str) -> Call:
        """Return the call that asks for a next visit; ``key`` as ``querysets.courses`` brings it."""
        return cls(key, kinds.NEXT_VISIT, course.patient_id)


def answer_call(
    *, call: Call, answer: str, number: int, again_at: datetime | None = None, by: User, now: datetime
) -> CallAnswer:
    """Keep what became of a call; ``number`` says which answer it is, from 1, as the page saw it.

    ``answer`` is a value of CallAnswer.Answer, with ``again_at`` when nobody answered. Done twice it is done once.
    A call about an event that is over is seen on the practitioners' list too. Raises AnsweredAlready when somebody
    else was first.
    """
    wanted = CallAnswer(
        key=call.key, number=number, kind=call.kind, patient_id=call.patient_id, answer=answer, again_at=again_at,
        at=now, by=by,
    )  # fmt: skip
    with transaction.atomic():
        newest = CallAnswer.objects.filter(key=call.key).order_by("-number").select_related("by").first()
        is_next = number == (newest.number if newest else 0) + 1
        if newest is not None and not (is_next and newest.answer not in CallAnswer.CLOSING):
            return _beaten(newest, wanted)
        if not is_next:
            raise AnsweredAlready("it was taken back", "Somebody")
        try:
            with transaction.atomic():
                wanted.save(force_insert=True)
        except IntegrityError:
            return _beaten(CallAnswer.objects.select_related("by").get(key=call.key, number=number), wanted)
        _trace("answer", wanted, by, now)
        if call.event_id is not None and answer in CallAnswer.CLOSING:
            acknowledge_about(subject_id=call.event_id, kinds=(kinds.NEXT_DAY,), by=by, now=now)
    return wanted


def take_back(*, answer: CallAnswer, by: User, now: datetime) -> None:
    """Let a call be owed again as it was before ``answer``. Done twice it is done once.

    Raises AnsweredAlready when somebody answered after it. What was seen on the practitioners' list stays seen.
    """
    back = CallAnswer(
        key=answer.key, number=answer.number + 1, kind=answer.kind, patient_id=answer.patient_id,
        answer=Answer.TAKEN_BACK, at=now, by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            back.save(force_insert=True)
            _trace("take-back", back, by, now)
    except IntegrityError:
        later = CallAnswer.objects.select_related("by").get(key=answer.key, number=answer.number + 1)
        if later.answer != Answer.TAKEN_BACK:
            raise AnsweredAlready(later.get_answer_display(), later.by.name) from None


def _beaten(stored: CallAnswer, wanted: CallAnswer) -> CallAnswer:
    """Return what stands when it is the same act sent twice; say what stands when it is another one."""
    if (stored.number, stored.answer, stored.by_id) == (wanted.number, wanted.answer, wanted.by_id):
        return stored
    raise AnsweredAlready(stored.get_answer_display(), stored.by.name)


def _trace(action: str, answer: CallAnswer, by: User, now: datetime) -> None:
    audit.record(
        by=by, now=now, action=action, resource="call", patient_id=answer.patient_id, object_id=answer.pk
    )  # fmt: skip

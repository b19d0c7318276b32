"""The one decision at a checkpoint: it stays on the record, and the course follows it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from clinic.audit import services as audit
from clinic.staff.models import User
from sessions.appointments.models import Appointment
from sessions.checkpoint.judging import Line
from sessions.courses.models import Checkpoint, Course
from sessions.courses.services import CourseProblem, end_course, extend, open_course

_AHEAD = (Appointment.State.BOOKED, Appointment.State.CONFIRMED)


@dataclass(frozen=True)
class Decision:
    """What was decided and why, in one sentence.

    ``more`` sessions are planned on top (continue, change); with ``new_course`` a change ends this course and opens one
    of ``more`` sessions; ``end_reason`` (of Course.EndReason) is said when the decision is to finish.
    """

    kind: str
    why: str
    more: int = 0
    new_course: bool = False
    end_reason: str = ""


@transaction.atomic
def decide(
    *,
    course: Course,
    decision: Decision,
    session_number: int,
    lines: Sequence[Line],
    form_token: uuid.UUID,
    by: User,
    now: datetime,
) -> Checkpoint:
    """Keep a decision with the figures it was taken on, and let the course follow: extended, ended, or a new one.

    The same ``form_token`` twice is one decision. Visits ahead go with a new course. Raises CourseProblem when the
    course has ended meanwhile, or would have more than 200 sessions; then nothing is kept.
    """
    locked = (
        Course.objects.select_for_update(no_key=True, of=("self",))
        .select_related("patient", "practitioner")
        .get(pk=course.pk)
    )
    kept = Checkpoint.objects.filter(form_token=form_token).first()
    if kept is not None:
        return kept
    if locked.state != Course.State.ACTIVE:
        raise CourseProblem("This course has ended: there is nothing to decide any more.")
    decided = Checkpoint.objects.create(
        course=locked,
        session_number=session_number,
        decision=decision.kind,
        why=decision.why,
        more_sessions=decision.more,
        end_reason=_end_reason(decision),
        figures=[asdict(line) for line in lines],
        by=by,
        at=now,
        form_token=form_token,
    )
    audit.record(
        by=by, now=now, action="decide", resource="checkpoint", patient_id=locked.patient_id, object_id=decided.pk
    )  # fmt: skip
    _follow(locked, decision, by, now)
    return decided


def _follow(course: Course, decision: Decision, by: User, now: datetime) -> None:
    reason = _end_reason(decision)
    if reason:
        end_course(course=course, reason=reason, by=by, now=now)
    if decision.new_course:
        new = open_course(
            patient=course.patient, practitioner=course.practitioner, planned_sessions=decision.more,
            complaint=course.complaint, goal=course.goal, by=by, now=now,
        )  # fmt: skip
        Appointment.objects.filter(course=course, state__in=_AHEAD, starts_at__gt=now).update(course=new)
    elif decision.more and not reason:
        extend(course=course, more=decision.more, by=by, now=now)


def _end_reason(decision: Decision) -> str:
    if decision.kind == Checkpoint.Decision.FINISH:
        return decision.end_reason or Course.EndReason.WELL
    if decision.kind == Checkpoint.Decision.REFER:
        return Course.EndReason.REFERRED
    return Course.EndReason.CHANGED if decision.new_course else ""

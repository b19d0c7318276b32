"""What happens to a course: it opens, visits count in it, its plan changes, it ends and is taken up again."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction
from django.db.models import F

from clinic.audit import services as audit
from clinic.practice.models import Practice
from clinic.staff.models import Practitioner, User
from patients.models import Patient
from sessions.courses.models import Course

#: product.md: a course is 1 to 200 sessions.
MOST_SESSIONS = 200


class CourseProblem(Exception):
    """It cannot be done so; the text is a sentence for the practitioner."""


#: The checkpoint lies at session 6 unless the practice has a number of its own, never behind the end of the course.
CHECKPOINT = 6


@transaction.atomic
def open_course(
    *,
    patient: Patient,
    practitioner: Practitioner | None,
    planned_sessions: int,
    by: User,
    now: datetime,
    complaint: str = "",
    goal: str = "",
) -> Course:
    """Open a course of ``planned_sessions`` (1 to 200).

    Its checkpoint is the practice's session of now (the sixth by default), or the last of a shorter course; it keeps it
    when the practice changes its own.
    """
    course = Course.objects.create(
        patient=patient,
        practitioner=practitioner,
        planned_sessions=planned_sessions,
        checkpoint_session=min(_first_checkpoint(), planned_sessions),
        opened_at=now,
        complaint=complaint,
        goal=goal,
    )
    audit.record(by=by, now=now, action="open", resource="course", patient_id=patient.pk, object_id=course.pk)
    return course


def _first_checkpoint() -> int:
    set_by_owner = Practice.objects.filter(id=1).values_list("checkpoint_session", flat=True).first()
    return set_by_owner or CHECKPOINT


def count_session(*, course_id: int) -> None:
    """Count one completed visit. Called inside the transaction that completes it, which writes the trace."""
    Course.objects.filter(pk=course_id).update(sessions_done=F("sessions_done") + 1)


def uncount_session(*, course_id: int) -> None:
    """Take back one counted visit, never below none. Called inside the transaction that reopens it."""
    Course.objects.filter(pk=course_id, sessions_done__gt=0).update(sessions_done=F("sessions_done") - 1)


@dataclass(frozen=True)
class Plan:
    """What is agreed: how many sessions (1 to 200), how often, where the first checkpoint lies, for what."""

    planned_sessions: int
    frequency: str
    checkpoint_session: int
    complaint: str
    goal: str


@transaction.atomic
def change_plan(*, course: Course, plan: Plan, by: User, now: datetime) -> Course:
    """Change what is agreed. Raises CourseProblem when fewer sessions are planned than took place."""
    locked = _locked(course)
    if plan.planned_sessions < locked.sessions_done:
        raise CourseProblem(f"{locked.sessions_done} sessions took place already.")
    for field in fields(plan):
        setattr(locked, field.name, getattr(plan, field.name))
    locked.save(update_fields=[field.name for field in fields(plan)])
    _trace(locked, "edit", by, now)
    return locked


@transaction.atomic
def extend(*, course: Course, more: int, by: User, now: datetime) -> Course:
    """Plan ``more`` sessions on top. Raises CourseProblem beyond 200 in all, or when the course has ended."""
    locked = _locked(course)
    if locked.state != Course.State.ACTIVE:
        raise CourseProblem("This course has ended.")
    if locked.planned_sessions + more > MOST_SESSIONS:
        raise CourseProblem("A course has at most 200 sessions.")
    locked.planned_sessions += more
    locked.save(update_fields=["planned_sessions"])
    _trace(locked, "extend", by, now)
    return locked


@transaction.atomic
def end_course(*, course: Course, reason: str, by: User, now: datetime) -> Course:
    """End a course with one of Course.EndReason. Raises CourseProblem when it has ended already."""
    locked = _locked(course)
    if locked.state != Course.State.ACTIVE:
        raise CourseProblem("This course has ended already.")
    locked.state, locked.end_reason, locked.ended_at = Course.State.COMPLETED, reason, max(now, locked.opened_at)
    locked.save(update_fields=["state", "end_reason", "ended_at"])
    _trace(locked, "end", by, now)
    return locked


@transaction.atomic
def reopen_course(*, course: Course, by: User, now: datetime) -> Course:
    """Take an ended course up again. Raises CourseProblem when it runs, or another one runs for this patient."""
    # Whoever opens or reopens at the same time waits for the patient's row.
    Patient.objects.select_for_update(no_key=True).only("pk").get(pk=course.patient_id)
    locked = _locked(course)
    if locked.state == Course.State.ACTIVE:
        raise CourseProblem("This course runs already.")
    if Course.objects.running().filter(patient_id=locked.patient_id).exists():
        raise CourseProblem("Another course of this patient runs. End that one first.")
    locked.state, locked.end_reason, locked.ended_at = Course.State.ACTIVE, "", None
    locked.save(update_fields=["state", "end_reason", "ended_at"])
    _trace(locked, "reopen", by, now)
    return locked


def _locked(course: Course) -> Course:
    return Course.objects.select_for_update(no_key=True).get(pk=course.pk)


def _trace(course: Course, action: str, by: User, now: datetime) -> None:
    audit.record(by=by, now=now, action=action, resource="course", patient_id=course.patient_id, object_id=course.pk)

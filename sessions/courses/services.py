"""What happens to a course: it opens, and visits count in it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from clinic.audit import services as audit
from clinic.staff.models import Practitioner, User
from patients.models import Patient
from sessions.courses.models import Course

#: The checkpoint lies at session 6 by default, and never behind the end of a shorter course.
CHECKPOINT = 6


@transaction.atomic
def open_course(
    *, patient: Patient, practitioner: Practitioner | None, planned_sessions: int, by: User, now: datetime
) -> Course:
    """Open a course of ``planned_sessions`` (1 to 200); its checkpoint is session 6, or the last of a shorter one."""
    course = Course.objects.create(
        patient=patient,
        practitioner=practitioner,
        planned_sessions=planned_sessions,
        checkpoint_session=min(CHECKPOINT, planned_sessions),
        opened_at=now,
    )
    audit.record(by=by, now=now, action="open", resource="course", patient_id=patient.pk, object_id=course.pk)
    return course


def count_session(*, course_id: int) -> None:
    """Count one completed visit. Called inside the transaction that completes it, which writes the trace."""
    Course.objects.filter(pk=course_id).update(sessions_done=F("sessions_done") + 1)


def uncount_session(*, course_id: int) -> None:
    """Take back one counted visit, never below none. Called inside the transaction that reopens it."""
    Course.objects.filter(pk=course_id, sessions_done__gt=0).update(sessions_done=F("sessions_done") - 1)

"""A course: an agreed number of sessions for one complaint, with a goal, a baseline and a checkpoint."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from clinic.kernel.models import Record
from clinic.staff.models import Practitioner
from patients.models import Patient
from sessions.courses.querysets import CourseQuerySet


class Course(Record):
    """FHIR CarePlan: how many sessions, for what, and how it ended."""

    class State(models.TextChoices):
        ACTIVE = "active", "running"
        COMPLETED = "completed", "finished"

    class EndReason(models.TextChoices):
        WELL = "well", "well for now"
        CHANGED = "changed", "changed"
        REFERRED = "referred", "referred"
        NO_HELP = "no-help", "did not help"
        STOPPED = "stopped", "stopped coming"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="courses")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, null=True, related_name="courses")
    complaint = models.CharField(max_length=200, blank=True, help_text="In a few words; clinical, not for the desk.")
    goal = models.TextField(blank=True, help_text="In the patient's own words.")
    planned_sessions = models.PositiveSmallIntegerField(default=8)
    checkpoint_session = models.PositiveSmallIntegerField(default=6)
    sessions_done = models.PositiveSmallIntegerField(default=0, help_text="Counted when a visit completes.")
    check_in_after_days = models.PositiveSmallIntegerField(default=3)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    end_reason = models.CharField(max_length=10, choices=EndReason, blank=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(planned_sessions__range=(1, 200)), name="course_plans_1_to_200"),
            models.CheckConstraint(
                condition=Q(state="active", ended_at__isnull=True, end_reason="")
                | (Q(state="completed", ended_at__isnull=False) & ~Q(end_reason="")),
                name="course_end_has_time_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("opened_at")), name="course_ends_after_it_opens"
            ),
        ]
        indexes = [models.Index(fields=["patient"], condition=Q(state="active"), name="course_active")]

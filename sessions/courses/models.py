"""A course: an agreed number of sessions for one complaint, with a goal, a baseline and a checkpoint."""

from __future__ import annotations

from django.conf import settings
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

    class Frequency(models.TextChoices):
        NOT_SAID = "", "not said"
        TWICE = "twice", "twice a week"
        WEEKLY = "weekly", "once a week"
        FORTNIGHTLY = "fortnightly", "every two weeks"
        MONTHLY = "monthly", "once a month"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="courses")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, null=True, related_name="courses")
    complaint = models.CharField(max_length=200, blank=True, help_text="In a few words; clinical, not for the desk.")
    goal = models.TextField(blank=True, help_text="In the patient's own words.")
    planned_sessions = models.PositiveSmallIntegerField(default=8)
    checkpoint_session = models.PositiveSmallIntegerField(default=6)
    frequency = models.CharField(max_length=12, choices=Frequency, blank=True, default=Frequency.NOT_SAID)
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

    @property
    def is_at_end(self) -> bool:
        """Whether a practitioner has ended it, or every planned session took place."""
        return self.state == self.State.COMPLETED or self.sessions_done >= self.planned_sessions


class Checkpoint(Record):
    """What was decided at a checkpoint, and on which figures. Only ever added: a trigger refuses any change."""

    class Decision(models.TextChoices):
        CONTINUE = "continue", "Continue"
        CHANGE = "change", "Change"
        FINISH = "finish", "Finish"
        REFER = "refer", "Refer"

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="checkpoints")
    session_number = models.PositiveSmallIntegerField(help_text="Sessions of the course until then, that day's too.")
    decision = models.CharField(max_length=8, choices=Decision)
    why = models.TextField(help_text="One sentence.")
    more_sessions = models.PositiveSmallIntegerField(default=0, help_text="Planned on top of what was planned.")
    end_reason = models.CharField(max_length=10, choices=Course.EndReason, blank=True)
    figures = models.JSONField(default=list, help_text="The lines as they stood on the page: name, from, to, words, n.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    form_token = models.UUIDField(unique=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="checkpoint_says_why"),
            models.CheckConstraint(condition=Q(more_sessions__lte=199), name="checkpoint_adds_at_most_199"),
        ]
        indexes = [models.Index(fields=["course", "-at"], name="checkpoint_newest")]

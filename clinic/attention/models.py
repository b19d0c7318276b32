"""Who must look: work that stays open until a person says "seen", and who those persons are."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.kernel.models import Record


class Task(Record):
    """Something a person must see. It never carries the answer itself, only which record to open.

    Nobody is named in the moment it opens; the worker names somebody within seconds, and a second person later.
    """

    class Urgency(models.TextChoices):
        EMERGENCY = "emergency", "emergency"
        SAME_DAY = "same-day", "today"
        PROMPT = "prompt", "soon"

    kind = models.CharField(max_length=40)
    dedup_key = models.CharField(max_length=200, unique=True)
    urgency = models.CharField(max_length=10, choices=Urgency)
    patient_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(null=True, help_text="The intake request or response it speaks of.")
    created_at = models.DateTimeField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    escalated_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    escalated_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="task_seen_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(assigned_to__isnull=True, assigned_at__isnull=True)
                | Q(assigned_to__isnull=False, assigned_at__isnull=False),
                name="task_named_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(escalated_to__isnull=True, escalated_at__isnull=True)
                | Q(escalated_to__isnull=False, escalated_at__isnull=False),
                name="task_passed_on_has_who_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["patient_id"], condition=Q(acknowledged_at__isnull=True), name="task_open"),
            models.Index(fields=["subject_id"], name="task_subject"),
        ]


class Duty(models.Model):
    """One row: who is told of a worrying answer first, who second, and who steps in when one of them is away."""

    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cover = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_rings = models.CharField(max_length=254, blank=True, help_text="An address whose mails ring a telephone.")
    second_rings = models.CharField(max_length=254, blank=True, help_text="An address whose mails ring a telephone.")
    rang_at = models.DateTimeField(null=True, blank=True, help_text="When the owner said that both were tried.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_duty_only")]


class Absence(Record):
    """Days on which a person is away, both included, in the clinic's calendar."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        ordering = ["first_day", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="absence_ends_after_it_begins")
        ]

"""Who must look: work that stays open until a named person says "seen"."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kernel.models import Record


class Task(Record):
    """Something a person must see. It never carries the answer itself, only which record to open."""

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
            )
        ]
        indexes = [models.Index(fields=["patient_id"], condition=Q(acknowledged_at__isnull=True), name="task_open")]

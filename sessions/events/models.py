"""Unintended harm in or after a session, and what followed it. Fields after the treatment record, section 7."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kernel.models import Record
from sessions.events.querysets import AdverseEventQuerySet
from sessions.models import TreatmentSession
from sessions.vocabularies import label


class AdverseEvent(Record):
    """One event of one session. A draft until it is recorded; a trigger locks it once the note is signed as well."""

    class Source(models.TextChoices):
        NOTE = "note", "the note"
        HELP = "help", "a call for help"
        CHECK_IN = "check-in", "a check-in"
        COUNT = "count", "the count of needles"

    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="adverse_events")
    source = models.CharField(max_length=8, choices=Source)
    dedup_key = models.CharField(max_length=80, unique=True, help_text="What opened it: a second press finds it.")
    opened_at = models.DateTimeField(help_text="When it was opened; of a call for help, when the call came.")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    of_patient = models.BooleanField(default=True, help_text="False when it happened to staff.")
    code = models.CharField(max_length=30, blank=True, help_text="A kind of the vocabulary.")
    grade = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 mild to 5 death.")
    causality = models.CharField(max_length=16, blank=True)
    point_code = models.CharField(max_length=20, blank=True)
    side = models.CharField(max_length=7, blank=True)
    onset = models.CharField(max_length=12, blank=True)
    words = models.TextField(blank=True, help_text="What happened.")
    action_taken = models.TextField(blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    reported_to = models.CharField(max_length=200, blank=True)

    objects = AdverseEventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_at__isnull=True, recorded_by__isnull=True)
                | (
                    Q(recorded_at__isnull=False, recorded_by__isnull=False, grade__isnull=False)
                    & ~Q(code="")
                    & ~Q(onset="")
                    & ~Q(outcome="")
                ),
                name="event_recorded_is_whole",
            ),
            models.CheckConstraint(condition=Q(grade__isnull=True) | Q(grade__range=(1, 5)), name="event_grade_1_to_5"),
        ]
        indexes = [models.Index(fields=["opened_at"], name="event_by_time")]


class EventFollowUp(models.Model):
    """What was learned or done later. Dated, only ever added; the newest outcome counts."""

    event = models.ForeignKey(AdverseEvent, on_delete=models.PROTECT, related_name="follow_ups")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    outcome = models.CharField(max_length=16, blank=True)
    reported_to = models.CharField(max_length=200, blank=True)
    reviewed = models.BooleanField(default=False, help_text="The writer has gone through the whole event.")
    form_token = models.UUIDField(unique=True)

    class Meta:
        ordering = ["at", "id"]

    @property
    def said_outcome(self) -> str:
        """How it stood then, in words; "" when that was left as it was."""
        return label("adverse_events.outcome", self.outcome) if self.outcome else ""

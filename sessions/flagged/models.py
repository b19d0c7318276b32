"""What was said to a flag: a stop with its written reason, a look that was read. Never changed, never taken back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kernel.models import Record
from patients.models import Patient
from sessions.courses.models import Course


class Acknowledgement(Record):
    """One flag, answered once in a course by one person; ``fingerprint`` says what exactly it was about."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="acknowledgements")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True, related_name="acknowledgements")
    session = models.ForeignKey(
        "treatments.TreatmentSession", on_delete=models.PROTECT, related_name="acknowledgements"
    )
    rule_id = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=16, help_text="Drug, dose, points and techniques that it was about.")
    title = models.CharField(max_length=300, help_text="The flag as it read, with the points it named.")
    stops = models.BooleanField(help_text="It wanted a written reason; otherwise it was read and passed.")
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "rule_id", "fingerprint"], name="flag_answered_once_a_note"),
            models.CheckConstraint(condition=Q(stops=False) | ~Q(reason=""), name="answered_stop_has_a_reason"),
        ]
        indexes = [models.Index(fields=["course"], name="flag_answered_in_course")]

    def __str__(self) -> str:
        return f"{self.rule_id} answered"

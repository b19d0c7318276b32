"""What practitioners tell each other about a patient: one note a patient, in versions that are only ever added."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from patients.models import Patient


class PrivateNote(models.Model):
    """One version of the note between practitioners. The newest counts; an empty text takes it off the pages."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="private_notes")
    version = models.PositiveIntegerField(help_text="1 for the first; each follows the one before.")
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    form_token = models.UUIDField(unique=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "version"], name="private_note_version_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="private_note_versions_from_1"),
        ]

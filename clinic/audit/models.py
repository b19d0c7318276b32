"""Who looked, who changed: ids only, append-only, no content ever."""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """One act by one actor. The web role may insert and read; nobody may change or delete."""

    class Result(models.TextChoices):
        OK = "ok", "done"
        DENIED = "denied", "refused"

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, help_text="User; empty for a patient's link and for processes.")
    acting_as = models.CharField(max_length=60, blank=True, help_text="Roles at that moment, or link, or worker.")
    action = models.CharField(max_length=40)
    resource = models.CharField(max_length=40)
    patient_id = models.BigIntegerField(null=True)
    object_id = models.BigIntegerField(null=True)
    patients_shown = models.JSONField(default=list, help_text="Ids shown by a list; one row for a list.")
    result = models.CharField(max_length=8, choices=Result, default=Result.OK)
    request_id = models.UUIDField(null=True)
    session_hash = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            # "who opened this record", newest first
            models.Index(fields=["patient_id", "-at"], name="audit_by_patient"),
            models.Index(fields=["actor_id", "-at"], name="audit_by_actor"),
        ]

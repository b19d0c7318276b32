"""Needle clocks. The clock itself is the note: counted in, minutes, counted out. Here stands what the note leaves out.

So a clock survives whatever happens to a page: it is the same row that is signed in the end.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kernel.models import Record
from clinic.staff.models import Practitioner
from sessions.clock.querysets import HelpCallQuerySet
from sessions.models import TreatmentSession


class Minding(models.Model):
    """Who minds the needles of a session now, and that its clock was stopped before they were counted."""

    session = models.OneToOneField(TreatmentSession, on_delete=models.PROTECT, related_name="minding")
    minder = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Who took the clock over; empty while it is the practitioner of the note.",
    )  # fmt: skip
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


class HelpCall(Record):
    """Somebody called for help from a room. Open until somebody says that it is over."""

    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="help_calls")
    called_at = models.DateTimeField()
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    heard_at = models.DateTimeField(null=True, blank=True, help_text="When the desk said that it heard.")
    heard_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True, help_text="When a colleague took the other clocks over.")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HelpCallQuerySet.as_manager()

    class Meta:
        ordering = ["called_at", "id"]
        constraints = [
            # Two presses in one moment are one call.
            models.UniqueConstraint(
                fields=["session"], condition=Q(ended_at__isnull=True), name="one_open_call_of_a_session"
            )
        ]
        indexes = [models.Index(fields=["called_at"], condition=Q(ended_at__isnull=True), name="call_open")]

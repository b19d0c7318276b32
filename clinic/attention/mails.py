"""The mail that calls a practitioner to an open task. It says that something waits, and neither whose nor what."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from clinic.attention.models import Task
from clinic.attention.querysets import PRESSING
from clinic.outbox import letters
from clinic.outbox.kinds import Kind, Mail, StillTrue
from clinic.outbox.models import OutgoingMessage
from clinic.staff.models import User

ALARM = "form-needs-you"


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when the mail leaves; uses only columns the worker may read."""
    theirs = Q(assigned_to_id=OuterRef("user_id")) | Q(escalated_to_id=OuterRef("user_id"))
    waiting = Task.objects.filter(theirs, acknowledged_at__isnull=True, urgency__in=PRESSING)
    people = User.objects.filter(pk=OuterRef("user_id"), is_active=True)
    return [
        StillTrue(Q(Exists(waiting)), "somebody has seen it"),
        StillTrue(Q(Exists(people)), "the person no longer signs in"),
    ]


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the mail."""
    return letters.write(
        ALARM,
        practice=message.practice,
        context={"link": settings.BASE_URL + reverse("attention:list")},
    )


KIND = Kind(code=ALARM, title="A form needs a practitioner", render=render, still_true=still_true, private=True)

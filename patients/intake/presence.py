"""Whether somebody is near enough for a question about self-harm: in the building, or behind a telephone that rings.

A practitioner counts as in the building when one has worked with Deqi today (the clinic's day) and the clinic is open
now: whoever looks at anything leaves a trace, and sign-ins end by themselves after twelve hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from clinic.attention import hours, querysets
from clinic.audit.models import AuditEvent


@dataclass(frozen=True)
class Presence:
    """``somebody_is_in``: a practitioner is in the building. ``rings``: two persons and their cover are named, and
    the telephones of both ring."""

    somebody_is_in: bool
    rings: bool


def somebody_is_in(now: datetime) -> bool:
    """Tell whether a practitioner is in the building. Two statements."""
    zone = ZoneInfo(timezone.get_current_timezone_name())
    today = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    treating = querysets.practitioners().values("pk")
    worked = AuditEvent.objects.filter(actor_id__in=treating, at__gte=today, at__lte=now).exists()
    return worked and hours.is_open(querysets.week(), zone, now)


def look(now: datetime) -> Presence:
    """Return who is near now. Three statements."""
    duty = querysets.duty()
    people = {duty.first_id, duty.second_id, duty.cover_id}
    named = None not in people and len(people) == 3
    rings = named and bool(duty.first_rings and duty.second_rings) and duty.rang_at is not None
    return Presence(somebody_is_in=somebody_is_in(now), rings=rings)

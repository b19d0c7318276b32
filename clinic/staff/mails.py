"""The mail by which a user sets a password. It holds a link that works once, and nothing else of use to others."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from clinic.kernel import clinic_words
from clinic.outbox import letters
from clinic.outbox.kinds import Kind, Mail, StillTrue
from clinic.outbox.models import OutgoingMessage
from clinic.staff.models import StaffLink
from clinic.staff.services import links


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when the link leaves."""
    live = StaffLink.objects.filter(
        pk=OuterRef("subject_id"), used_at__isnull=True, expires_at__gt=now, user__is_active=True
    )
    return [StillTrue(Q(Exists(live)), "the link has ended, or a newer one took its place")]


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the mail with the link made again from its row. Raises DoesNotExist when the link is gone."""
    # Named one by one: the worker must not read the user's password, not even its hash.
    columns = ("public_id", "purpose", "version", "expires_at", "user__name")
    link = StaffLink.objects.select_related("user").only(*columns).get(pk=message.subject_id or 0)
    user, practice = link.user, message.practice
    until = link.expires_at.astimezone(ZoneInfo(practice.timezone if practice else "UTC"))
    return letters.write(
        links.MAIL_KIND,
        practice=practice,
        context={
            "name": user.name if user else "",
            "link": links.url_of(link),
            "until": f"{clinic_words.day_long(until.date())}, {clinic_words.time_of_day(until.time())}",
        },
    )


KIND = Kind(code=links.MAIL_KIND, title="Link to set a password", render=render, still_true=still_true, repeatable=True)

"""A word to a practitioner whose notes still wait for a signature after 48 hours. It names no patient and no session.

The list itself stands on the rail from the moment a note is begun; this is for whoever did not look (product rule).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q
from django.urls import reverse

from clinic.outbox.kinds import Kind, Mail, StillTrue
from clinic.outbox.letters import write
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.services import compose
from clinic.practice.models import Practice
from clinic.staff.models import User
from sessions.models import TreatmentSession

NOTES_TO_SIGN = "notes-to-sign"
AFTER = timedelta(hours=48)
#: A note older than this is on the owner's list; no mail brings it back.
UNTIL = timedelta(days=30)
#: A mail that could not leave for so long says nothing new: the next note says it.
KEEPS = timedelta(hours=24)


def plan(now: datetime) -> None:
    """Plan one mail for each practitioner on each day on which a note has waited for 48 hours.

    Two statements while nothing waits; a second round plans nothing, the key holds the day.
    """
    practice = Practice.objects.filter(id=1, opened_at__isnull=False).only("timezone").first()
    if practice is None:
        return
    zone = ZoneInfo(practice.timezone)
    mails = [_message(user, email, begun + AFTER, now, zone) for user, email, begun in due(now)]
    if mails:
        OutgoingMessage.objects.bulk_create(mails, ignore_conflicts=True)


def due(now: datetime) -> list[tuple[int, str, datetime]]:
    """Return who has notes that wait for 48 hours: user, address, and when the youngest of them was begun."""
    waiting = TreatmentSession.objects.filter(
        signed_at__isnull=True,
        started_at__lte=now - AFTER,
        started_at__gt=now - UNTIL,
        practitioner__user__is_active=True,
    )
    people = waiting.order_by().values(user=F("practitioner__user_id"), email=F("practitioner__user__email"))
    return [(one["user"], one["email"], one["begun"]) for one in people.annotate(begun=Max("started_at"))]


def _message(user: int, email: str, since: datetime, now: datetime, zone: ZoneInfo) -> OutgoingMessage:
    return compose(
        kind=NOTES_TO_SIGN,
        dedup_key=f"{NOTES_TO_SIGN}:user={user}:day={since.astimezone(zone).date()}",
        to_address=email,
        not_before=now,
        not_after=now + KEEPS,
        now=now,
        user_id=user,
    )


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when the mail leaves; uses only columns the worker may read."""
    waiting = TreatmentSession.objects.filter(
        practitioner__user_id=OuterRef("user_id"), signed_at__isnull=True, started_at__lte=now - AFTER
    )
    people = User.objects.filter(pk=OuterRef("user_id"), is_active=True, email=OuterRef("to_address"))
    return [
        StillTrue(Q(Exists(waiting)), "all is signed"),
        StillTrue(Q(Exists(people)), "the person no longer signs in, or has another address"),
    ]


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the mail."""
    link = settings.BASE_URL + reverse("treatments:unsigned")
    return write(NOTES_TO_SIGN, practice=message.practice, context={"link": link})


KIND = Kind(code=NOTES_TO_SIGN, title="Notes to sign", render=render, still_true=still_true, private=True)

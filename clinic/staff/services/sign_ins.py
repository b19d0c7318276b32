"""Ending sign-ins. They stand in the database, so that ending one holds from the next request on."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from clinic.audit import services as audit
from clinic.staff.models import User


def end_sign_ins(*, user: User, keep: str = "") -> int:
    """End the sign-ins of ``user`` on every device, but for the session ``keep``. Returns how many.

    A session is opaque to the database, so each is opened; a clinic has some dozen at a time.
    """
    theirs = [
        session.session_key
        for session in Session.objects.exclude(session_key=keep)
        if str(session.get_decoded().get(SESSION_KEY, "")) == str(user.pk)
    ]
    if theirs:
        Session.objects.filter(session_key__in=theirs).delete()
    return len(theirs)


@transaction.atomic
def sign_out_everywhere(*, user: User, keep: str, by: User, now: datetime) -> int:
    """End the sign-ins of ``user`` elsewhere; ``keep`` is the session of this device. Returns how many."""
    ended = end_sign_ins(user=user, keep=keep)
    audit.record(by=by, now=now, action="sign-out-everywhere", resource="users", object_id=user.pk)
    return ended

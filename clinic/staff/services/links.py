"""One-time links for staff: the opening day, and setting a password. Of the token only a hash is kept."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from clinic.audit import services as audit
from clinic.kernel import links
from clinic.outbox import services as outbox
from clinic.practice.models import Practice
from clinic.staff.models import StaffLink, User

SET_UP_LIVES = timedelta(hours=24)
SET_PASSWORD_LIVES = timedelta(hours=72)
DOUBLE_CLICK = timedelta(seconds=3)
MAIL_KIND = "set-password"


class LinkEnded(Exception):
    """The link was used, is too old, or never was."""


def token_of(link: StaffLink) -> str:
    """Return the token of a link, made again from its row."""
    return links.make_token(purpose=link.purpose, public_id=link.public_id, version=link.version)


def url_of(link: StaffLink) -> str:
    """Return the whole address of a link, under BASE_URL."""
    name = "opening:set_up" if link.purpose == StaffLink.Purpose.SET_UP else "staff:set_password"
    return settings.BASE_URL + reverse(name, args=[token_of(link)])


def _issue(*, purpose: str, user: User | None, now: datetime, lives: timedelta) -> StaffLink:
    link = StaffLink(purpose=purpose, user=user, public_id=uuid.uuid4(), created_at=now, expires_at=now + lives)
    link.token_hash = links.hash_token(token_of(link))
    link.save(force_insert=True)
    return link


def find_live(*, purpose: str, token: str, now: datetime) -> StaffLink:
    """Return the link of a token while it may be used. Raises LinkEnded."""
    link = (
        StaffLink.objects.select_related("user")
        .filter(purpose=purpose, token_hash=links.hash_token(token), used_at=None, expires_at__gt=now)
        .first()
    )
    if link is None or (link.user is not None and not link.user.is_active):
        raise LinkEnded
    return link


@transaction.atomic
def issue_set_up_link(*, now: datetime) -> StaffLink:
    """Make the link that opens a new clinic, valid for a day. Earlier ones stay valid until the first owner stands."""
    link = _issue(purpose=StaffLink.Purpose.SET_UP, user=None, now=now, lives=SET_UP_LIVES)
    audit.record(by=None, now=now, action="issue-set-up-link", resource="users", object_id=link.pk)
    return link


@transaction.atomic
def issue_password_link(*, user: User, by: User | None, now: datetime) -> StaffLink:
    """Make the link by which ``user`` sets a password, valid for three days; earlier ones end.

    It is mailed through the outbox when the practice has an address to mail from. When somebody asks twice within
    three seconds (a double click), the first link is returned; the machine itself (``by`` is None) always gets another.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    just_made = _living(user, now).filter(created_at__gt=now - DOUBLE_CLICK).order_by("-id").first()
    if by is not None and just_made is not None:
        return just_made
    end_password_links(user=user, now=now)
    link = _issue(purpose=StaffLink.Purpose.SET_PASSWORD, user=user, now=now, lives=SET_PASSWORD_LIVES)
    audit.record(by=by, now=now, action="issue-password-link", resource="users", object_id=user.pk)
    if Practice.objects.filter(id=1).exclude(mail_from="").exists():
        outbox.enqueue(
            kind=MAIL_KIND,
            dedup_key=f"{MAIL_KIND}:{link.public_id}",
            to_address=user.email,
            not_before=now,
            not_after=link.expires_at,
            now=now,
            user_id=user.pk,
            subject_id=link.pk,
            priority=1,
        )
    return link


def end_password_links(*, user: User, now: datetime) -> None:
    """End every link of ``user`` that still lives. A link that was just made may end in the same second."""
    _living(user, now).update(expires_at=now)


def _living(user: User, now: datetime) -> QuerySet[StaffLink]:
    return StaffLink.objects.filter(user=user, purpose=StaffLink.Purpose.SET_PASSWORD, used_at=None, expires_at__gt=now)

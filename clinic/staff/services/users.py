"""Users come by a link that sets their password, have a set of roles, and are switched off, never deleted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction

from clinic.audit import services as audit
from clinic.policy.table import OWNER, PRACTITIONER, ROLES
from clinic.staff.models import Practitioner, StaffLink, User
from clinic.staff.services import links, sign_ins


class Refused(Exception):
    """The change is not allowed; the text is a sentence for the one who asked. ``field`` is where it belongs."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def in_order(roles: Collection[str]) -> list[str]:
    """Return known roles once each, in the order of the policy table."""
    return [role for role in ROLES if role in roles]


def has_owner() -> bool:
    """Tell whether somebody owns this installation."""
    return User.objects.filter(is_active=True, roles__contains=[OWNER]).exists()


@transaction.atomic
def create_first_owner(
    *, link: StaffLink, name: str, email: str, password: str, roles: Collection[str], now: datetime
) -> User:
    """Store the owner of a new clinic, by the link of the opening day, which ends. ``roles`` beside owner.

    Raises LinkEnded when the link, or another one, has made an owner already.
    """
    held = StaffLink.objects.select_for_update().filter(pk=link.pk, used_at=None, expires_at__gt=now).first()
    if held is None or User.objects.exists():
        raise links.LinkEnded
    user = User.objects.create_user(email, password, name=name, roles=in_order({OWNER, *roles}), created_at=now)
    _settle_hands(user)
    StaffLink.objects.filter(purpose=StaffLink.Purpose.SET_UP, used_at=None).update(used_at=now)
    audit.record(by=user, now=now, action="create-first-owner", resource="users", object_id=user.pk)
    return user


@transaction.atomic
def amend_first_owner(*, user: User, name: str, roles: Collection[str], now: datetime) -> User:
    """Correct name and roles of the owner while the clinic is not open; later nobody gives themselves a role."""
    user.name, user.roles = name, in_order({OWNER, *roles})
    user.save(update_fields=["name", "roles"])
    _settle_hands(user)
    audit.record(by=user, now=now, action="amend", resource="users", object_id=user.pk)
    return user


@transaction.atomic
def add_user(
    *, email: str, name: str, roles: Collection[str], by: User | None, now: datetime
) -> tuple[User, StaffLink]:
    """Store a user without a password and issue the link that sets one. Raises Refused when the address is taken."""
    if User.objects.filter(email__iexact=email).exists():
        raise Refused("There is a user with this address already.", "email")
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, name=name, roles=in_order(roles), created_at=now)
    except IntegrityError:  # two people added the same address in one second
        raise Refused("There is a user with this address already.", "email") from None
    _settle_hands(user)
    audit.record(by=by, now=now, action="add", resource="users", object_id=user.pk)
    return user, links.issue_password_link(user=user, by=by, now=now)


@transaction.atomic
def amend_user(*, user: User, name: str, email: str, roles: Collection[str], by: User, now: datetime) -> User:
    """Change name, address and roles of a user; it holds from their next request. Raises Refused."""
    wanted = in_order(roles)
    kept = _locked(user)
    if by.pk == kept.pk and wanted != in_order(kept.roles):
        raise Refused("Nobody changes their own roles. Another owner can do it for you.", "roles")
    if OWNER in kept.roles and OWNER not in wanted:
        _refuse_last(kept, "This is the last owner. Make somebody else an owner first.", "roles")
    if User.objects.filter(email__iexact=email).exclude(pk=kept.pk).exists():
        raise Refused("There is a user with this address already.", "email")
    if kept.email != email.lower():
        links.end_password_links(user=kept, now=now)  # the old mailbox may be somebody else's
    changed = wanted != in_order(kept.roles)
    kept.name, kept.email, kept.roles = name, email.lower(), wanted
    kept.save(update_fields=["name", "email", "roles"])
    if changed:
        _settle_hands(kept)
    audit.record(by=by, now=now, action="amend", resource="users", object_id=kept.pk)
    return kept


@transaction.atomic
def switch_off(*, user: User, by: User, now: datetime) -> User:
    """Let a user in no longer: sign-ins and links end at once, what they wrote stays. Raises Refused."""
    kept = _locked(user)
    if by.pk == kept.pk:
        raise Refused("You cannot switch yourself off. Another owner can do it.")
    if OWNER in kept.roles:
        _refuse_last(kept, "This is the last owner. Make somebody else an owner first.")
    kept.is_active = False
    kept.save(update_fields=["is_active"])
    _settle_hands(kept)
    links.end_password_links(user=kept, now=now)
    sign_ins.end_sign_ins(user=kept)
    audit.record(by=by, now=now, action="switch-off", resource="users", object_id=kept.pk)
    return kept


@transaction.atomic
def switch_on(*, user: User, by: User, now: datetime) -> User:
    """Let a user in again, with the password they had."""
    kept = _locked(user)
    kept.is_active = True
    kept.save(update_fields=["is_active"])
    _settle_hands(kept)
    audit.record(by=by, now=now, action="switch-on", resource="users", object_id=kept.pk)
    return kept


@transaction.atomic
def set_password(*, link: StaffLink, password: str, now: datetime) -> User:
    """Store the password that somebody chose by a link; the link ends, and so does every sign-in. Raises LinkEnded."""
    used = StaffLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now)
    if not used or link.user_id is None:
        raise links.LinkEnded
    user = User.objects.select_for_update().get(pk=link.user_id)
    if not user.is_active:
        raise links.LinkEnded
    user.set_password(password)
    user.save(update_fields=["password"])
    links.end_password_links(user=user, now=now)
    sign_ins.end_sign_ins(user=user)
    audit.record(by=user, now=now, action="set-password", resource="users", object_id=user.pk, acting_as="link")
    return user


@transaction.atomic
def rename(*, user: User, name: str, now: datetime) -> User:
    """Store how a user wants to be called; their own act."""
    user.name = name
    user.save(update_fields=["name"])
    audit.record(by=user, now=now, action="rename", resource="users", object_id=user.pk)
    return user


@transaction.atomic
def owner_link(*, email: str, now: datetime) -> StaffLink:
    """Make the link by which ``email`` becomes or stays an owner, from the machine itself. Raises Refused.

    For a clinic that starts without the opening day's pages, or whose owner forgot the password.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        return add_user(email=email, name="", roles=[OWNER], by=None, now=now)[1]
    if not user.is_active or OWNER not in user.roles:
        raise Refused(f"{user.email} is a user already, but no owner who may sign in. An owner can change that.")
    return links.issue_password_link(user=user, by=None, now=now)


def _settle_hands(user: User) -> None:
    """Keep hands in step with the role: who may treat has a name on the board and can be booked, others cannot."""
    treats = user.is_active and PRACTITIONER in user.roles
    if treats:
        Practitioner.objects.get_or_create(user=user, defaults={"display_name": (user.name or user.email)[:120]})
    Practitioner.objects.filter(user=user).exclude(active=treats).update(active=treats)


def _locked(user: User) -> User:
    """Lock a user and all owners, in one order, so that two owners cannot switch each other off in one moment."""
    rows = User.objects.select_for_update().order_by("pk")
    owners_and_user = rows.filter(roles__contains=[OWNER]) | rows.filter(pk=user.pk)
    return next(row for row in owners_and_user if row.pk == user.pk)


def _refuse_last(user: User, sentence: str, field: str = "") -> None:
    others = User.objects.filter(is_active=True, roles__contains=[OWNER]).exclude(pk=user.pk)
    if not others.exists():
        raise Refused(sentence, field)

"""A user's hands: who treats, under which licence, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.db import transaction

from clinic.audit import services as audit
from clinic.policy.table import PRACTITIONER
from clinic.staff.models import Practitioner, User, WeeklyHours
from clinic.staff.services.users import Refused, in_order

Stretch = tuple[int, time, time]
"""Weekday (0 is Monday), opening, closing in the clinic's wall-clock time."""


@transaction.atomic
def make_practitioner(
    *,
    user: User,
    display_name: str,
    hanzi_name: str,
    licence: str,
    by: User,
    now: datetime,
    opening: bool = False,
) -> Practitioner:
    """Give a user the role and the name on the board; called again it corrects both.

    Nobody gives themselves the role, but for the owner on the opening day (``opening``). Raises Refused.
    """
    kept = User.objects.select_for_update().get(pk=user.pk)
    if PRACTITIONER not in kept.roles:
        if by.pk == kept.pk and not opening:
            raise Refused("Nobody gives themselves a role. Another owner can make you a practitioner.")
        kept.roles = in_order({*kept.roles, PRACTITIONER})
        kept.save(update_fields=["roles"])
    practitioner, made = Practitioner.objects.update_or_create(
        user=kept,
        defaults={"display_name": display_name, "hanzi_name": hanzi_name, "licence": licence, "active": True},
    )
    action = "add" if made else "amend"
    audit.record(by=by, now=now, action=action, resource="practitioner", object_id=practitioner.pk)
    return practitioner


@transaction.atomic
def amend_practitioner(
    *,
    practitioner: Practitioner,
    display_name: str,
    hanzi_name: str,
    licence: str,
    active: bool,
    by: User,
    now: datetime,
) -> Practitioner:
    """Correct what stands on the board and under notes to come; ``active`` tells whether one can book with them."""
    practitioner.display_name, practitioner.hanzi_name = display_name, hanzi_name
    practitioner.licence, practitioner.active = licence, active
    practitioner.save(update_fields=["display_name", "hanzi_name", "licence", "active"])
    audit.record(by=by, now=now, action="amend", resource="practitioner", object_id=practitioner.pk)
    return practitioner


@transaction.atomic
def set_hours(*, practitioner: Practitioner, hours: Sequence[Stretch], by: User, now: datetime) -> None:
    """Store a practitioner's whole week in place of the one before. Visits that are booked stay."""
    Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    WeeklyHours.objects.filter(practitioner=practitioner).delete()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(practitioner=practitioner, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in hours
    )
    audit.record(by=by, now=now, action="set-hours", resource="practitioner", object_id=practitioner.pk)

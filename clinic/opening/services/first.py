"""The opening day's own acts: each puts together several of the rooms below, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from clinic.practice import services as practice_services
from clinic.practice.models import Practice, Room, Service
from clinic.staff.models import Practitioner, StaffLink, User
from clinic.staff.services import practitioners, users

Minutes = tuple[int, int, int, int, int]


class NotReady(Exception):
    """A step of the opening day is still to be done."""


@transaction.atomic
def invite_practitioner(
    *, email: str, display_name: str, hanzi_name: str, licence: str, by: User, now: datetime
) -> tuple[Practitioner, StaffLink]:
    """Add the first practitioner when it is not the owner: a user with a link, and their name on the board.

    Raises Refused when the address is taken.
    """
    user, link = users.add_user(email=email, name=display_name, roles=["practitioner"], by=by, now=now)
    practitioner = practitioners.make_practitioner(
        user=user, display_name=display_name, hanzi_name=hanzi_name, licence=licence, by=by, now=now
    )
    return practitioner, link


@transaction.atomic
def keep_bookable(
    *,
    first: tuple[str, Minutes],
    follow: tuple[str, Minutes],
    rooms: Sequence[str],
    by: User,
    now: datetime,
) -> None:
    """Store the two services of the opening day and the rooms, in place of what the same step stored before.

    Raises NameTaken when another service has one of the names.
    """
    Practice.objects.select_for_update().get(id=1)
    for stored, (name, minutes), first_visit in zip(standing_services(), (first, follow), (True, False), strict=True):
        if stored is None:
            practice_services.add_service(name=name, minutes=minutes, first_visit=first_visit, by=by, now=now)
        else:
            practice_services.amend_service(
                service=stored, name=name, minutes=minutes, first_visit=first_visit, active=True, by=by, now=now
            )
    _keep_rooms(rooms, by=by, now=now)


def _keep_rooms(names: Sequence[str], *, by: User, now: datetime) -> None:
    wanted = {name.lower(): name for name in names}
    for room in Room.objects.all():
        name = wanted.pop(room.name.lower(), "")
        if bool(name) != room.active or (name and name != room.name):
            practice_services.amend_room(room=room, name=name or room.name, active=bool(name), by=by, now=now)
    for name in wanted.values():
        practice_services.add_room(name=name, by=by, now=now)


def standing_services() -> tuple[Service | None, Service | None]:
    """Return the first service for first visits and the first for the others, as far as they stand."""
    in_use = list(Service.objects.in_use().order_by("id"))
    return (
        next((service for service in in_use if service.first_visit), None),
        next((service for service in in_use if not service.first_visit), None),
    )

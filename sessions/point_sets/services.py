"""What happens to point sets: made, changed, retired, brought back. And the side that a practitioner leaves unsaid."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clinic.audit.services import record
from clinic.staff.models import Practitioner, User
from sessions.point_sets.models import PointSet
from sessions.shelf.services import Refused, Shelf

#: More sets than this in one house are no longer found by anyone.
MOST_SETS = 500
_SHELF = Shelf(PointSet, resource="point-set", noun="set")


def make_set(*, name: str, line: str, shared: bool, by: User, now: datetime) -> PointSet:
    """Keep a new set. ``line`` is understood, each point with its side. Raises NameTaken or Refused."""
    if PointSet.objects.count() >= MOST_SETS:
        raise Refused(f"There are {MOST_SETS} sets already. Please change one that is not used.")
    return _SHELF.put(name=name, line=line, shared=shared, by=by, now=now)


def change_set(*, point_set: PointSet, seen: int, name: str, line: str, shared: bool, by: User, now: datetime) -> None:
    """Rename a set, change its points, share it. ``seen`` is the version of the page.

    Sharing is for good: what others use is not taken back, it is retired. Raises NameTaken, ChangedMeanwhile,
    Refused.
    """
    _SHELF.change(one=point_set, seen=seen, name=name, line=line, shared=shared, by=by, now=now)


def retire_set(*, point_set: PointSet, by: User, now: datetime) -> None:
    """Offer a set no more; a second call changes nothing. Notes that used it keep their points."""
    _SHELF.retire(one=point_set, by=by, now=now)


def bring_back_set(*, point_set: PointSet, by: User, now: datetime) -> None:
    """Offer a retired set again; a second call changes nothing. Raises NameTaken when its name went on."""
    _SHELF.bring_back(one=point_set, by=by, now=now)


def set_side_unsaid(*, practitioner: Practitioner, side: str, by: User, now: datetime) -> None:
    """Say what a point without a side means in this practitioner's lines: "" asks, "both" is both sides.

    Lines that were stored keep the sides they were stored with.
    """
    with transaction.atomic():
        Practitioner.objects.filter(pk=practitioner.pk).update(side_unsaid=side)
        record(by=by, now=now, action="amend", resource="practitioner", object_id=practitioner.pk)

"""What happens to point sets: made, changed, retired, brought back. And the side that a practitioner leaves unsaid."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from clinic.audit.services import record
from clinic.staff.models import Practitioner, User
from sessions.point_sets.models import PointSet

#: More sets than this in one house are no longer found by anyone.
MOST_SETS = 500


class SetRefused(ValueError):
    """What was asked cannot be; its text says why in words."""


class NameTaken(SetRefused):
    """Another set in use has this name."""


class ChangedMeanwhile(SetRefused):
    """Somebody else changed the set since the page was opened."""


def make_set(*, name: str, line: str, shared: bool, by: User, now: datetime) -> PointSet:
    """Keep a new set. ``line`` is understood, each point with its side. Raises NameTaken or SetRefused."""
    if PointSet.objects.count() >= MOST_SETS:
        raise SetRefused(f"There are {MOST_SETS} sets already. Please change one that is not used.")
    try:
        with transaction.atomic():
            made = PointSet.objects.create(name=name, line=line, shared=shared, made_by=by, made_at=now)
            record(by=by, now=now, action="add", resource="point-set", object_id=made.pk)
    except IntegrityError as clash:
        raise _taken(name, clash) from clash
    return made


def change_set(*, point_set: PointSet, seen: int, name: str, line: str, shared: bool, by: User, now: datetime) -> None:
    """Rename a set, change its points, share it. ``seen`` is the version of the page.

    Sharing is for good: what others use is not taken back, it is retired. Raises NameTaken, ChangedMeanwhile,
    SetRefused.
    """
    if point_set.shared and not shared:
        raise SetRefused("Others use this set. Retire it, or keep it shared.")
    try:
        with transaction.atomic():
            kept = PointSet.objects.filter(pk=point_set.pk, version=seen).update(
                name=name, line=line, shared=shared, version=seen + 1
            )
            if not kept:
                raise ChangedMeanwhile("Somebody changed this set meanwhile. Please look at it again.")
            record(by=by, now=now, action="amend", resource="point-set", object_id=point_set.pk)
    except IntegrityError as clash:
        raise _taken(name, clash) from clash


def retire_set(*, point_set: PointSet, by: User, now: datetime) -> None:
    """Offer a set no more; a second call changes nothing. Notes that used it keep their points."""
    with transaction.atomic():
        if PointSet.objects.filter(pk=point_set.pk, retired_at__isnull=True).update(retired_at=now):
            record(by=by, now=now, action="retire", resource="point-set", object_id=point_set.pk)


def bring_back_set(*, point_set: PointSet, by: User, now: datetime) -> None:
    """Offer a retired set again; a second call changes nothing. Raises NameTaken when its name went on."""
    try:
        with transaction.atomic():
            if PointSet.objects.filter(pk=point_set.pk, retired_at__isnull=False).update(retired_at=None):
                record(by=by, now=now, action="bring-back", resource="point-set", object_id=point_set.pk)
    except IntegrityError as clash:
        raise _taken(point_set.name, clash) from clash


def set_side_unsaid(*, practitioner: Practitioner, side: str, by: User, now: datetime) -> None:
    """Say what a point without a side means in this practitioner's lines: "" asks, "both" is both sides.

    Lines that were stored keep the sides they were stored with.
    """
    with transaction.atomic():
        Practitioner.objects.filter(pk=practitioner.pk).update(side_unsaid=side)
        record(by=by, now=now, action="amend", resource="practitioner", object_id=practitioner.pk)


def _taken(name: str, clash: IntegrityError) -> Exception:
    if "set_has_its_name" not in str(clash):
        return clash
    return NameTaken(f"There is a set with the name {name} already.")

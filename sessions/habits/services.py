"""What happens to needles and habits: a box is opened and finished, a needle becomes the usual one, a habit is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from clinic.audit.services import record
from clinic.staff.models import Practitioner, User
from sessions.details import Details
from sessions.habits.models import Habit, NeedleBox, NeedleProduct


class BoxRefused(ValueError):
    """The box cannot be opened so; the text is a sentence."""


@dataclass(frozen=True)
class Bought:
    """A needle as it stands on the box; millimetres."""

    maker: str
    product: str
    diameter_mm: Decimal
    length_mm: int
    material: str
    coating: str


def open_box(*, bought: Bought, lot: str, expires_on: date, today: date, by: User, now: datetime) -> NeedleBox:
    """Open a box; its product is kept with the first box of it. Raises BoxRefused: it ran out, or is open."""
    if expires_on < today:
        raise BoxRefused("This box has run out. Its needles are not used.")
    try:
        with transaction.atomic():
            product, _ = NeedleProduct.objects.get_or_create(**vars(bought), defaults={"made_at": now})
            box = NeedleBox.objects.create(product=product, lot=lot, expires_on=expires_on, opened_at=now, opened_by=by)
            record(by=by, now=now, action="open", resource="needle-box", object_id=box.pk)
    except IntegrityError as clash:
        if "lot_is_open_once" not in str(clash):
            raise
        raise BoxRefused("A box of this lot is open already.") from clash
    return box


def finish_box(*, box: NeedleBox, by: User, now: datetime) -> None:
    """Offer a box no more; a second call changes nothing."""
    with transaction.atomic():
        if NeedleBox.objects.filter(pk=box.pk, finished_at__isnull=True).update(finished_at=now):
            record(by=by, now=now, action="finish", resource="needle-box", object_id=box.pk)


def use_by_default(*, product: NeedleProduct, practitioner: Practitioner, by: User, now: datetime) -> None:
    """Begin this practitioner's notes with the newest box of a product."""
    with transaction.atomic():
        habit, _ = Habit.objects.update_or_create(practitioner=practitioner, defaults={"product": product})
        record(by=by, now=now, action="amend", resource="habit", object_id=habit.pk)


def keep_habit(
    *, details: Details, minutes: int | None, practitioner: Practitioner, course_id: int | None, by: User, now: datetime
) -> None:
    """Begin later notes with these details and minutes: those of a course, or without one the practitioner's."""
    kept = {"details": details.lasting().as_json(), "retention_minutes": minutes}
    with transaction.atomic():
        if course_id is None:
            habit, _ = Habit.objects.update_or_create(practitioner=practitioner, defaults=kept)
        else:
            habit, _ = Habit.objects.update_or_create(course_id=course_id, defaults=kept)
        record(by=by, now=now, action="amend", resource="habit", object_id=habit.pk)

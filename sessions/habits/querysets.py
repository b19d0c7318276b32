"""What is asked about open boxes and about what a note begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast, JSONObject

from clinic.staff.models import Practitioner
from sessions.details import Details, Needle, read_details
from sessions.habits.models import Habit, NeedleBox

#: More open boxes than this are not looked through beside a note.
MOST_OFFERED = 40


def open_boxes() -> QuerySet[NeedleBox]:
    """Boxes that are in use, the one opened last first."""
    return NeedleBox.objects.filter(finished_at__isnull=True).order_by("-opened_at", "-id")


def offered_boxes() -> ArraySubquery:
    """The open boxes as JSON needles, to hang on another statement; those that ran out are left out by ``needles``."""
    said = JSONObject(
        maker="product__maker",
        product="product__product",
        diameter_mm=Cast("product__diameter_mm", CharField()),
        length_mm=Cast("product__length_mm", CharField()),
        material="product__material",
        coating="product__coating",
        lot="lot",
        expires_on=Cast("expires_on", CharField()),
    )
    return ArraySubquery(open_boxes().values(json=said)[:MOST_OFFERED])


def needles(offered: list[Mapping[str, Any]] | None, day: date) -> list[Needle]:
    """The needles of ``offered_boxes`` that may be used on ``day``."""
    return [needle for needle in map(Needle.of, offered or []) if not needle.expired_on(day)]


def needle_of(box: NeedleBox) -> Needle:
    """The copy of a box and its product that a note keeps. ``box`` comes with its product."""
    product = box.product
    return Needle(
        maker=product.maker,
        product=product.product,
        diameter_mm=str(product.diameter_mm),
        length_mm=str(product.length_mm),
        material=product.material,
        coating=product.coating,
        lot=box.lot,
        expires_on=box.expires_on.isoformat(),
    )


def begins_with(practitioner: Practitioner, course_id: int | None, day: date) -> tuple[Details, int | None]:
    """What a note begins with: details and minutes of the practitioner's habit, over them those of the course, and
    the box.

    The box is the newest open one of the usual product that has not run out by ``day``; without a usual product the
    newest that the practitioner opened. Two statements.
    """
    habits = list(Habit.objects.filter(Q(practitioner=practitioner) | Q(course_id=course_id, course__isnull=False)))
    own = next((habit for habit in habits if habit.practitioner_id), None)
    of_course = next((habit for habit in habits if habit.course_id), None)
    said: dict[str, Any] = {}
    minutes = None
    for habit in (own, of_course):
        if habit is not None:
            said |= habit.details
            minutes = habit.retention_minutes if habit.retention_minutes is not None else minutes
    details = read_details(said)
    usual = own.product_id if own else None
    wanted = Q(product_id=usual) if usual else Q(opened_by_id=practitioner.user_id)
    box = open_boxes().filter(wanted, expires_on__gte=day).select_related("product").first()
    return (replace(details, needle=needle_of(box)) if box else details), minutes

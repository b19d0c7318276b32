"""What the diary tells the rooms below when they ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, JSONField, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from patients.intake.visits import After, Visit
from sessions.appointments.models import Appointment
from sessions.courses.due import is_due
from sessions.courses.models import Checkpoint, Course

#: What tells whether a checkpoint is due at the next session of a visit's course.
_DUE = {
    "state_of_course": F("course__state"),
    "done": F("course__sessions_done"),
    "checkpoint": F("course__checkpoint_session"),
    "decided": Subquery(Checkpoint.objects.filter(course_id=OuterRef("course_id")).order_by("-at").values("at")[:1]),
}


def visit_of(appointment_id: int) -> Visit | None:
    """Return who expects the patient, and when; None when the visit no longer takes place."""
    found = (
        Appointment.objects.holding()
        .filter(pk=appointment_id)
        .values_list("practitioner__display_name", "starts_at")
        .first()
    )
    return Visit(*found) if found else None


def after_visit(appointment_id: int, since: datetime, now: datetime) -> After | None:
    """Return what came after a visit, in one statement: an arrival after ``since``, the next visit from ``now`` on."""
    # The visit itself, too: of a check-in before it, it is the one ahead, and its arrival ends the changing.
    theirs = Appointment.objects.filter(patient_id=OuterRef("patient_id"))
    ahead = theirs.filter(starts_at__gte=now, state__in=("booked", "confirmed")).order_by("starts_at", "id")
    found = (
        Appointment.objects.filter(pk=appointment_id)
        .values(
            reader=F("practitioner__display_name"),
            goal=F("course__goal"),
            **_DUE,
            arrived=Exists(theirs.filter(arrived_at__gt=since)),
            next=Subquery(
                ahead.values(json=JSONObject(name="practitioner__display_name", at="starts_at"))[:1],
                output_field=JSONField(),
            ),
        )
        .first()
    )
    if found is None:
        return None
    coming = found["next"]
    visit = Visit(coming["name"], datetime.fromisoformat(coming["at"])) if coming else None
    reader = visit.practitioner_name if visit else found["reader"]
    due = _is_checkpoint(found, visit.starts_at if visit else now)
    return After(arrived=found["arrived"], reader=reader, next=visit, goal=found["goal"] or "", checkpoint=due)


def at_checkpoint(appointment_ids: Collection[int]) -> set[int]:
    """Return those of these visits ahead at which a checkpoint of their course is due.

    One statement, none for no visit, in columns the worker may read.
    """
    if not appointment_ids:
        return set()
    visits = Appointment.objects.filter(pk__in=appointment_ids).values("pk", "starts_at", **_DUE)
    return {one["pk"] for one in visits if _is_checkpoint(one, one["starts_at"])}


def _is_checkpoint(found: Mapping[str, Any], moment: datetime) -> bool:
    return found["state_of_course"] == Course.State.ACTIVE and is_due(
        number=found["done"] + 1,
        checkpoint_session=found["checkpoint"],
        last=timezone.localdate(found["decided"]) if found["decided"] else None,
        on=timezone.localdate(moment),
    )


def who_treats(patient_ids: Collection[int]) -> dict[int, int]:
    """Return the user who treats each patient: of the running course, else of the newest visit that is not off.

    Two statements, in columns the worker may read.
    """
    kept = (*Appointment.HOLDING, Appointment.State.COMPLETED)
    visits = Appointment.objects.filter(patient_id__in=patient_ids, state__in=kept)
    newest = visits.order_by("patient_id", "-starts_at", "-id").distinct("patient_id")
    courses = Course.objects.filter(
        patient_id__in=patient_ids, state=Course.State.ACTIVE, practitioner__isnull=False
    ).order_by("id")
    own = ("patient_id", "practitioner__user_id")
    return dict(newest.values_list(*own)) | dict(courses.values_list(*own))

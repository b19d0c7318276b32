"""The diary: booked time in two lanes. The database itself refuses a clash."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from clinic.kernel.models import Record
from clinic.practice.models import Room, Service
from clinic.staff.models import Practitioner
from patients.models import Patient
from sessions.appointments.querysets import AppointmentQuerySet, HandsOnQuerySet, RoomUseQuerySet
from sessions.courses.models import Course


def _same(column: str) -> Func:
    """One id as a range: without contrib extensions an equality cannot stand in a gist exclusion."""
    return Func(F(column), F(column), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class Appointment(Record):
    """Booked time. Planned and actual times are kept apart: clash rules bind plans only."""

    class State(models.TextChoices):
        BOOKED = "booked", "booked"
        CONFIRMED = "confirmed", "confirmed"
        ARRIVED = "arrived", "here"
        IN_TREATMENT = "in-treatment", "in treatment"
        COMPLETED = "completed", "done"
        CANCELLED = "cancelled", "cancelled"
        LATE_CANCELLED = "late-cancelled", "late cancelled"
        NO_SHOW = "noshow", "no-show"
        RESCHEDULED = "rescheduled", "moved"
        ENTERED_IN_ERROR = "entered-in-error", "entered in error"

    #: While in one of these the visit holds its practitioner and its room.
    HOLDING = ("booked", "confirmed", "arrived", "in-treatment")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="appointments")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    state = models.CharField(max_length=16, choices=State, default=State.BOOKED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="End of turnover: the room is free again.")
    sequence = models.PositiveIntegerField(default=0, help_text="+1 at each move; the calendar's SEQUENCE.")
    squeezed = models.BooleanField(default=False)
    form_token = models.UUIDField(unique=True, null=True, help_text="A double click makes one row.")
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="visit_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "booked", "confirmed", "arrived", "in-treatment", "completed",
                        "cancelled", "late-cancelled", "noshow", "rescheduled", "entered-in-error",
                    ]
                ),
                name="visit_state_is_known",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["starts_at"], name="visit_by_start"),
            models.Index(fields=["patient", "starts_at"], name="visit_by_patient"),
        ]


class AppointmentEvent(models.Model):
    """Every change of a visit keeps its time and its user. Append-only."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=16, choices=Appointment.State)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True, help_text="User; empty when the patient did it by link.")
    note = models.CharField(max_length=200, blank=True)
    moved_from = models.DateTimeField(null=True, help_text="When the visit began before this change moved it.")


class HandsOn(models.Model):
    """One stretch in which the practitioner's hands are taken. Two of one practitioner never overlap."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="hands_on")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField()
    squeezed = models.BooleanField(default=False)
    held = models.BooleanField(default=True, help_text="Kept in step with the visit's state by a trigger.")

    objects = HandsOnQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="hands_on_never_overlap",
                expressions=[
                    (_same("practitioner"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(held=True, squeezed=False),
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="hands_on_is_not_empty"),
        ]


class RoomUse(models.Model):
    """The whole visit, from settling to turnover: a room or chair holds one person."""

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="room_use")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField()
    held = models.BooleanField(default=True, help_text="Kept in step with the visit's state by a trigger.")

    objects = RoomUseQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="rooms_never_overlap",
                expressions=[(_same("room"), RangeOperators.OVERLAPS), ("during", RangeOperators.OVERLAPS)],
                condition=Q(held=True),
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="room_use_is_not_empty"),
        ]

"""A visit is moved: the same visit at another time, its course, its links and its calendar entry go along."""

from __future__ import annotations

from datetime import datetime

from clinic.audit import services as audit
from clinic.practice.models import Room
from clinic.staff.models import Practitioner, User
from patients.intake.models import QuestionnaireRequest
from sessions.appointments import lanes
from sessions.appointments.models import Appointment, AppointmentEvent, HandsOn, RoomUse
from sessions.appointments.services import booking, telling
from sessions.appointments.services.states import State, WrongState, locked, must_be


def move(
    *,
    appointment: Appointment,
    starts_at: datetime,
    by: User | None,
    now: datetime,
    practitioner: Practitioner | None = None,
    room: Room | None = None,
    send_now: bool = False,
) -> Appointment:
    """Move a visit to ``starts_at``, with its own practitioner unless another one is named, and plan one mail.

    Without ``room`` the first free one is taken. A confirmed visit is to be confirmed again. Moved to where it is, it
    stays as it is: a double click moves once. ``by`` is None when the patient moves it by link. Raises WrongState
    when it is past being booked, NotBookable and Clash as ``book`` does; then nothing is changed.
    """
    return _move(
        appointment, starts_at, practitioner or appointment.practitioner, room, by=by, now=now, at_once=send_now
    )


def take_back_move(*, appointment: Appointment, by: User | None, now: datetime) -> Appointment:
    """Move a visit back to the time it had before its last move, while that is free.

    Raises WrongState when it was not moved last, NotBookable and Clash as ``move`` does.
    """
    last = appointment.events.order_by("-id").first()
    if last is None or last.moved_from is None:
        raise WrongState("There is nothing to take back.")
    return _move(appointment, last.moved_from, appointment.practitioner, None, by=by, now=now, undone=True)


def _move(
    appointment: Appointment, starts_at: datetime, practitioner: Practitioner, room: Room | None, *,
    by: User | None, now: datetime, at_once: bool = False, undone: bool = False,
) -> Appointment:  # fmt: skip
    with booking.clash_in_words(
        service=appointment.service, practitioner=practitioner, room=room, starts_at=starts_at, now=now
    ):
        booking.hold(practitioner)
        visit = locked(appointment)
        must_be(visit, State.BOOKED, State.CONFIRMED)
        if (visit.starts_at, visit.practitioner_id) == (starts_at, practitioner.pk) and room in (None, visit.room):
            return visit
        before, laid = visit.starts_at, lanes.lay_out(starts_at, visit.service)
        visit.hands_on.all().delete()
        RoomUse.objects.filter(appointment=visit).update(held=False)
        visit.room_id = booking.free_place(
            service=visit.service, practitioner=practitioner, room=room, starts_at=starts_at, now=now
        )
        visit.practitioner, visit.state = practitioner, State.BOOKED
        visit.starts_at, visit.ends_at = laid.room
        visit.sequence += 1
        visit.save(update_fields=["practitioner", "room", "state", "starts_at", "ends_at", "sequence"])
        HandsOn.objects.bulk_create(
            HandsOn(appointment=visit, practitioner=practitioner, during=stretch) for stretch in laid.hands_on
        )
        RoomUse.objects.filter(appointment=visit).update(room_id=visit.room_id, during=laid.room, held=True)
        _keep(visit, before, by=by, now=now)
        # The questions before it are open until it begins, now.
        QuestionnaireRequest.objects.filter(form="check-in", appointment_id=visit.pk, before_visit=True).update(
            expires_at=visit.starts_at
        )
        telling.of_move(visit, now=now, at_once=at_once, undone=undone)
    return visit


def _keep(visit: Appointment, before: datetime, *, by: User | None, now: datetime) -> None:
    AppointmentEvent.objects.create(
        appointment=visit, state=visit.state, at=now, by_id=by.pk if by else None, moved_from=before
    )
    audit.record(
        by=by, now=now, action="move", resource="appointment", patient_id=visit.patient_id, object_id=visit.pk,
        acting_as="" if by else "link",
    )  # fmt: skip

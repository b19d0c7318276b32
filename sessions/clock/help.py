"""A call for help: everybody hears it, a colleague takes the other clocks, an event is opened with the time."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from clinic.audit import services as audit
from clinic.staff.models import Practitioner, User
from sessions.clock.models import HelpCall, Minding
from sessions.clock.querysets import in_the_needles
from sessions.clock.times import LONGEST
from sessions.events.models import AdverseEvent
from sessions.events.services import open_event
from sessions.models import TreatmentSession


def call_help(*, note: TreatmentSession, by: User, now: datetime) -> HelpCall:
    """Call desk and colleagues to the room of this session, and open the draft of an event with this time.

    A second press while the call is open returns the same call.
    """
    try:
        with transaction.atomic():
            call = HelpCall.objects.create(session=note, called_at=now, called_by=by)
            open_event(session=note, source=AdverseEvent.Source.HELP, key=str(call.pk), by=by, now=now)
            _trace("call", call, by, now)
    except IntegrityError:
        call = HelpCall.objects.open().get(session=note)
    return call


@transaction.atomic
def hear(*, call: HelpCall, by: User, now: datetime) -> HelpCall:
    """Keep that the desk heard the call: it is quiet there. Done twice it is done once."""
    held = _held(call)
    if held.heard_at is None and held.ended_at is None:
        held.heard_at, held.heard_by = now, by
        held.save(update_fields=["heard_at", "heard_by"])
        _trace("hear", held, by, now)
    return held


@transaction.atomic
def take_over(*, call: HelpCall, by: User, now: datetime) -> int:
    """Take the other running clocks of whoever called: from now on they sound for ``by``. Returns how many.

    Taken twice, or by a second colleague, the first one keeps them. ``by`` is a practitioner of the house; for anybody
    else, and for the caller, nothing is handed over.
    """
    held = _held(call)
    minder = Practitioner.objects.filter(user_id=by.pk, active=True).first()
    if minder is None or held.taken_at is not None or held.ended_at is not None or by.pk == held.called_by_id:
        return 0
    sessions = list(others_of(held, now))
    for session in sessions:
        Minding.objects.update_or_create(session=session, defaults={"minder": minder})
    held.taken_at, held.taken_by = now, by
    held.save(update_fields=["taken_at", "taken_by"])
    _trace("take-over", held, by, now)
    return len(sessions)


@transaction.atomic
def end_call(*, call: HelpCall, by: User, now: datetime) -> HelpCall:
    """Say that the call is over; clocks that were handed over stay where they are. Done twice it is done once."""
    held = _held(call)
    if held.ended_at is None:
        held.ended_at, held.ended_by = now, by
        held.save(update_fields=["ended_at", "ended_by"])
        _trace("end-call", held, by, now)
    return held


def others_of(call: HelpCall, now: datetime) -> list[TreatmentSession]:
    """Return the running clocks of whoever called, without the one of the call, needles out next first."""
    running = in_the_needles(now - LONGEST).exclude(pk=call.session_id)
    found = running.select_related("appointment__room", "minding__minder", "practitioner")
    return [
        session for session in found.order_by("needles_in_at", "id") if minder_of(session).user_id == call.called_by_id
    ]


def minder_of(session: TreatmentSession) -> Practitioner:
    """Return who minds the needles of a session: whoever took them over, else the practitioner of the note."""
    minding: Minding | None = getattr(session, "minding", None)
    return minding.minder if minding is not None and minding.minder is not None else session.practitioner


def _held(call: HelpCall) -> HelpCall:
    found = HelpCall.objects.select_for_update(no_key=True, of=("self",)).select_related("session")
    return found.get(pk=call.pk)


def _trace(action: str, call: HelpCall, by: User, now: datetime) -> None:
    audit.record(by=by, now=now, action=action, resource="help", patient_id=call.session.patient_id, object_id=call.pk)

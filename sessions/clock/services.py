"""What happens to needle clocks: counted in, stopped, counted out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from clinic.audit import services as audit
from clinic.staff.models import User
from sessions.appointments.services import complete_within
from sessions.clock.models import Minding
from sessions.clock.problems import CountedAlready, NotRunning, WhyTheyDiffer
from sessions.events.services import needles_lost
from sessions.models import TreatmentSession


def count_in(*, note: TreatmentSession, needles: int, minutes: int, by: User, now: datetime) -> TreatmentSession:
    """Start the clock: ``needles`` (1 to 200) are in, due out after ``minutes`` (0 to 120). Done twice it is done once.

    The draft that is open elsewhere learns of it by its version. Raises NotRunning for a signed note and CountedAlready
    when another number was counted in.
    """
    with transaction.atomic():
        fresh = TreatmentSession.objects.filter(pk=note.pk, signed_at__isnull=True, needles_in__isnull=True)
        started = fresh.update(
            needles_in=needles, needles_in_at=now, retention_minutes=minutes, no_needles=False,
            version=F("version") + 1, updated_at=now, saved_by=by,
        )  # fmt: skip
        if started:
            _trace("start", note, by, now)
    stored = _fresh(note)
    if not started and stored.is_signed:
        raise NotRunning("This note is signed: its needles were counted.")
    if not started and stored.needles_in != needles:
        raise CountedAlready(f"{stored.needles_in} were counted in already. A correction is made in the note.")
    return stored


@transaction.atomic
def stop(*, note: TreatmentSession, by: User, now: datetime) -> None:
    """Stop the alarm because somebody takes the needles out now; until they are counted the board says so.

    Done twice it is done once: the first stop of a count stays. Raises NotRunning.
    """
    held = _held(note)
    if held.is_signed or held.needles_in_at is None or held.needles_out is not None:
        raise NotRunning
    minding, _ = Minding.objects.get_or_create(session=held)
    if minding.stopped_at is not None and minding.stopped_at >= held.needles_in_at:
        return
    minding.stopped_at, minding.stopped_by = now, by
    minding.save(update_fields=["stopped_at", "stopped_by"])
    _trace("stop", note, by, now)


def count_out(
    *, note: TreatmentSession, needles: int, reason: str, who: str, by: User, now: datetime
) -> TreatmentSession:
    """Count the needles out: the clock is over and the visit completes. Done twice it is done once.

    A count that differs wants ``reason`` and the name ``who`` gives it; it is recorded as an event of its own. Raises
    NotRunning, WhyTheyDiffer, and CountedAlready when somebody else counted another number: theirs stands.
    """
    if note.is_signed or note.needles_in is None:
        raise NotRunning
    differs = needles != note.needles_in
    if differs and not (reason and who):
        raise WhyTheyDiffer(note.needles_in, needles)
    with transaction.atomic():
        # The empty count stands in the WHERE: of two who stop in one moment one counts.
        running = TreatmentSession.objects.filter(
            pk=note.pk, signed_at__isnull=True, needles_in=note.needles_in, needles_out__isnull=True
        )
        told = {"difference_reason": reason, "difference_by": who} if differs else {}
        written = {"version": F("version") + 1, "updated_at": now, "saved_by": by}
        counted = running.update(needles_out=needles, ended_at=now, **written, **told)
        stored = _fresh(note)
        if counted:
            _trace("count-out", note, by, now)
            if stored.appointment is not None:
                complete_within(appointment=stored.appointment, by=by, now=now)
            if differs:
                needles_lost(session=stored, reason=reason, who=who, by=by, now=now)
    if not counted:
        _beaten(stored, needles)
    return stored


def _beaten(stored: TreatmentSession, needles: int) -> None:
    """Say what stands when somebody was first; the same count is the same act."""
    if stored.needles_out is None:
        raise CountedAlready(f"The count in was corrected meanwhile: {stored.needles_in} are in. Please count again.")
    if stored.needles_out != needles:
        raise CountedAlready(f"Somebody counted {stored.needles_out} out already. A correction is made in the note.")


def _held(note: TreatmentSession) -> TreatmentSession:
    return TreatmentSession.objects.select_for_update(no_key=True).get(pk=note.pk)


def _fresh(note: TreatmentSession) -> TreatmentSession:
    return TreatmentSession.objects.select_related("appointment").get(pk=note.pk)


def _trace(action: str, note: TreatmentSession, by: User, now: datetime) -> None:
    audit.record(by=by, now=now, action=action, resource="clock", patient_id=note.patient_id, object_id=note.pk)

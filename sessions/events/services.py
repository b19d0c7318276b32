"""What happens to adverse events: opened, recorded, followed up, reviewed."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from clinic.attention.services import compose_task
from clinic.audit import services as audit
from clinic.kernel.together import Rows, insert_together
from clinic.staff.models import User
from sessions.events.models import AdverseEvent, EventFollowUp
from sessions.events.problems import EventIsLocked
from sessions.models import TreatmentSession
from sessions.vocabularies import AdverseEventKind, adverse_event_kinds

SAME_DAY, NEXT_DAY_CALL = "adverse-event", "next-day-call"
NEEDLE_LOST = "needle_lost"
#: Kinds that happen to staff: they say nothing about how the patient is.
STAFF_ONLY = ("staff_needlestick",)


@dataclass(frozen=True, slots=True)
class Said:
    """What is written about an event; names are those of the columns, codes those of the vocabulary."""

    code: str
    grade: int
    onset: str
    outcome: str
    causality: str = ""
    point_code: str = ""
    side: str = ""
    words: str = ""
    action_taken: str = ""
    reported_to: str = ""


def kind_of(code: str) -> AdverseEventKind | None:
    """Return the kind of an event; None for "" and for a code that left the vocabulary."""
    return next((kind for kind in adverse_event_kinds() if kind.code == code), None)


@transaction.atomic
def open_event(*, session: TreatmentSession, source: str, key: str, by: User, now: datetime) -> AdverseEvent:
    """Open the draft of an event; a second call with the same ``source`` and ``key`` returns the first one.

    With it stands a call on the next day on the list of what waits. ``source`` is a value of AdverseEvent.Source.
    """
    wanted = AdverseEvent(
        session=session, source=source, dedup_key=f"{source}:{key}", opened_at=now, opened_by=by,
    )  # fmt: skip
    AdverseEvent.objects.bulk_create([wanted], ignore_conflicts=True)
    event: AdverseEvent = AdverseEvent.objects.with_all().get(dedup_key=wanted.dedup_key)
    if event.public_id == wanted.public_id:
        _told(event, NEXT_DAY_CALL, "prompt", action="open", by=by, now=now)
    return event


@transaction.atomic
def record_event(*, event: AdverseEvent, said: Said, by: User, now: datetime) -> AdverseEvent:
    """Store what is known of an event. Kinds that want a look on the same day make a task for the practitioners.

    Raises EventIsLocked when it is recorded already and its note is signed.
    """
    stored: AdverseEvent = AdverseEvent.objects.select_for_update(of=("self",), no_key=True).with_all().get(pk=event.pk)
    if stored.recorded_at is not None and stored.session.is_signed:
        raise EventIsLocked
    for name, value in asdict(said).items():
        setattr(stored, name, value)
    stored.of_patient = said.code not in STAFF_ONLY
    stored.recorded_at, stored.recorded_by = now, by
    stored.save()
    kind = kind_of(said.code)
    urgency = "same-day" if kind is not None and kind.same_day_alert else ""
    _told(stored, SAME_DAY, urgency, action="record", by=by, now=now)
    return stored


def needles_lost(*, session: TreatmentSession, reason: str, who: str, by: User, now: datetime) -> AdverseEvent:
    """Record that the needles out are not those that went in; once for a session. Inside the counting's transaction.

    ``reason`` and ``who`` are what was given for the difference. Source: the treatment record, section 6.
    """
    event = open_event(session=session, source=AdverseEvent.Source.COUNT, key=str(session.pk), by=by, now=now)
    if event.recorded_at is not None:
        return event
    kind = kind_of(NEEDLE_LOST)
    assert kind is not None, "the vocabulary has it"
    words = f"{session.needles_in} in, {session.needles_out} out. {reason} ({who})"
    said = Said(code=NEEDLE_LOST, grade=kind.usual_grade, onset="during", outcome="unknown", words=words)
    return record_event(event=event, said=said, by=by, now=now)


def follow_up(
    *,
    event: AdverseEvent,
    words: str,
    outcome: str = "",
    reported_to: str = "",
    reviewed: bool = False,
    form_token: uuid.UUID,
    by: User,
    now: datetime,
) -> EventFollowUp:
    """Add what was learned later, with its date; a double click makes one row. ``outcome`` "" leaves it as it was."""
    added = EventFollowUp(
        event=event, at=now, by=by, words=words, outcome=outcome, reported_to=reported_to, reviewed=reviewed,
        form_token=form_token,
    )  # fmt: skip
    try:
        with transaction.atomic():
            added.save()
            audit.record(
                by=by, now=now, action="follow-up", resource="event", patient_id=event.session.patient_id,
                object_id=event.pk,
            )  # fmt: skip
    except IntegrityError:
        return EventFollowUp.objects.get(form_token=form_token)
    return added


def _told(event: AdverseEvent, kind: str, urgency: str, *, action: str, by: User, now: datetime) -> None:
    """Leave the trace, and a task where the act wants one (``urgency`` not "")."""
    patient_id = event.session.patient_id
    trace = audit.compose(by=by, now=now, action=action, resource="event", patient_id=patient_id, object_id=event.pk)
    tasks = (
        [
            compose_task(
                kind=kind, dedup_key=f"{kind}:{event.pk}", urgency=urgency, patient_id=patient_id,
                subject_id=event.pk, now=now,
            )
        ]
        if urgency
        else []
    )  # fmt: skip
    insert_together(Rows([trace]), *([Rows(tasks, skip_known=True)] if tasks else []))

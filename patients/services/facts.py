"""What a practitioner records of a patient's safety: a fact begins, and it ends. Nothing is deleted or rewritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from clinic.audit.services import record
from clinic.staff.models import User
from patients.models import Patient, SafetyFact


@dataclass(frozen=True)
class SafetySaid:
    """One fact as a form says it: the rule, words, a due date (pregnancy only), marked places, and who cleared it."""

    rule_id: str
    detail: str = ""
    due_on: date | None = None
    places: tuple[str, ...] = ()
    cleared_by: str = ""
    cleared_on: date | None = None


def record_fact(*, patient: Patient, said: SafetySaid, by: User, now: datetime) -> None:
    """Record a fact; an open one of the same rule ends, so that the newest words speak.

    What stands already in the same words stays as it is.
    """
    with transaction.atomic():
        Patient.objects.select_for_update().get(pk=patient.pk)  # two clicks make one row
        held = SafetyFact.objects.filter(patient=patient, rule_id=said.rule_id, ended_at=None).first()
        if held is not None and _says(held) == said and timezone.localdate(held.recorded_at) == timezone.localdate(now):
            return
        if held is not None:
            SafetyFact.objects.filter(pk=held.pk).update(ended_at=now)
        fact = SafetyFact.objects.create(
            patient=patient, rule_id=said.rule_id, detail=said.detail, due_on=said.due_on, places=list(said.places),
            cleared_by=said.cleared_by, cleared_on=said.cleared_on, source="practitioner", recorded_at=now,
        )  # fmt: skip
        record(by=by, now=now, action="record", resource="safety-fact", patient_id=patient.pk, object_id=fact.pk)


def end_fact(*, patient: Patient, rule_id: str, by: User, now: datetime) -> bool:
    """Say that a fact holds no longer; it stays on record with its end. False when none was open."""
    with transaction.atomic():
        held = SafetyFact.objects.filter(patient=patient, rule_id=rule_id, ended_at=None)
        ended = held.values_list("pk", flat=True).first()
        if ended is None or not held.update(ended_at=now):
            return False
        record(by=by, now=now, action="end", resource="safety-fact", patient_id=patient.pk, object_id=ended)
    return True


def _says(fact: SafetyFact) -> SafetySaid:
    return SafetySaid(fact.rule_id, fact.detail, fact.due_on, tuple(fact.places), fact.cleared_by, fact.cleared_on)

"""What the patient told of their health, kept as rows of the record: complaint, safety, medicines, agreements."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models.functions import Lower

from clinic.kernel.together import Rows
from clinic.practice.models import ConsentText
from patients import body
from patients.models import Complaint, Consent, Medication, OtherTherapy, PainMark, Patient, SafetyFact

PREGNANCY = "pregnancy_t1"
"""Rule id of a pregnancy, kept with its due date; which trimester it is follows from the day it is shown."""


@dataclass(frozen=True)
class Told:
    """What a form says about a patient's health.

    ``complaint`` holds fields of Complaint, ``safety`` details by rule id, ``places`` code, strength and kinds of each
    marked place, ``therapies`` fields of OtherTherapy. ``due_on`` is the due date of a pregnancy, ``answered_by`` who
    answered for the patient ("" for the patient).
    """

    complaint: Mapping[str, str] = field(default_factory=dict)
    safety: Mapping[str, str] = field(default_factory=dict)
    due_on: date | None = None
    medicines: Sequence[str] = ()
    places: Sequence[Mapping[str, Any]] = ()
    therapies: Sequence[Mapping[str, str]] = ()
    answered_by: str = ""


@dataclass(frozen=True)
class Signature:
    """How somebody signed: a typed name, or a drawing as PNG."""

    name: str = ""
    png: bytes | None = None


def compose_told(
    *, patient: Patient, told: Told, agreements: Sequence[Consent], source: str, known: bool, now: datetime
) -> list[Rows]:
    """Return the rows of what was told, for ``insert_together`` inside the transaction of the form.

    ``source`` is "intake" or "practitioner". ``known`` says that something was told before: then what the same source
    said of the same rules ends first, so that the newest detail speaks, and a medicine already listed is not listed
    twice. What the same source said of other therapies ends too. Nothing is deleted.
    """
    facts = _facts(patient, told, source, now)
    medicines = list(dict.fromkeys(told.medicines))
    if known:
        rule_ids = [fact.rule_id for fact in facts]
        patient.safety_facts.filter(rule_id__in=rule_ids, source=source, ended_at=None).update(ended_at=now)
        listed = set(patient.medications.filter(stopped_at=None).values_list(Lower("words"), flat=True))
        medicines = [words for words in medicines if words.lower() not in listed]
        if told.therapies:
            patient.other_therapies.filter(source=source, ended_at=None).update(ended_at=now)
    return [
        Rows([Complaint(patient=patient, recorded_at=now, **told.complaint)] if told.complaint else []),
        Rows(facts, skip_known=True),
        Rows([Medication(patient=patient, words=words, recorded_at=now) for words in medicines]),
        Rows(_marks(patient, told, source, now)),
        Rows([OtherTherapy(patient=patient, source=source, recorded_at=now, **said) for said in told.therapies]),
        Rows(list(agreements)),
    ]


def _marks(patient: Patient, told: Told, source: str, now: datetime) -> list[PainMark]:
    marks = []
    for said in told.places:
        place = body.get(said["code"])
        marks.append(
            PainMark(
                patient=patient, place=place.place, side=place.side, view=place.view, strength=said["strength"],
                kinds=list(said["kinds"]), source=source, answered_by=told.answered_by[:80], recorded_at=now,
            )
        )  # fmt: skip
    return marks


def _facts(patient: Patient, told: Told, source: str, now: datetime) -> list[SafetyFact]:
    facts = [
        SafetyFact(patient=patient, rule_id=rule_id, detail=detail, source=source, recorded_at=now)
        for rule_id, detail in told.safety.items()
    ]
    if told.due_on:
        facts.append(SafetyFact(patient=patient, rule_id=PREGNANCY, due_on=told.due_on, source=source, recorded_at=now))
    return facts


def agreement(
    *,
    patient: Patient,
    text: ConsentText,
    signature: Signature,
    channel: str,
    now: datetime,
    by_user_id: int | None = None,
) -> Consent:
    """Return one agreement, not yet stored, with the hash of exactly what was signed."""
    return Consent(
        patient=patient,
        kind=text.kind,
        state=Consent.State.ACTIVE,
        text_version=text.version,
        text_language=text.language,
        signed_sha256=signed_sha256(text=text, signature=signature, given_at=now),
        signed_name=signature.name,
        signature_png=signature.png,
        channel=channel,
        given_at=now,
        by_user_id=by_user_id,
    )


def signed_sha256(*, text: ConsentText, signature: Signature, given_at: datetime) -> str:
    """Return the SHA-256 of a text as it was shown and how it was signed, over canonical JSON."""
    signed: dict[str, Any] = {
        "kind": text.kind,
        "version": text.version,
        "language": text.language,
        "title": text.title,
        "body": text.body,
        "name": signature.name,
        "drawing": hashlib.sha256(signature.png).hexdigest() if signature.png else "",
        "at": given_at.isoformat(),
    }
    canonical = json.dumps(signed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def as_it_was_signed(consent: Consent, text: ConsentText) -> bool:
    """Tell whether a stored agreement still matches the text it names and its own signature."""
    png = bytes(consent.signature_png) if consent.signature_png is not None else None
    signature = Signature(consent.signed_name, png)
    return consent.signed_sha256 == signed_sha256(text=text, signature=signature, given_at=consent.given_at)

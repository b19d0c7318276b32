"""An intake is handed in: once, whole, with its scores, agreements and tasks, or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from clinic.attention.models import Task
from clinic.attention.services import compose_task
from clinic.audit import services as audit
from clinic.kernel.together import Rows, insert_together
from clinic.practice.models import ConsentText
from clinic.staff.models import User
from patients.intake import flags, steps
from patients.intake.instruments import catalogue, form
from patients.intake.instruments.scoring import exact_values, score
from patients.intake.models import Draft, IntakeSubmission, QuestionnaireRequest, QuestionnaireResponse, Score
from patients.intake.services.filling import INTERPRETER, open_tasks
from patients.measures.models import MeasureValue
from patients.measures.services import compose_values
from patients.models import Consent, Patient
from patients.services import record

#: Contact data of the form that are the patient's own to mend.
CONTACT = (
    "given_name", "family_name", "address_as", "email", "phone", "emergency_contact", "physician", "desk_facts",
    "interpreter", "heard_from",
)  # fmt: skip


@dataclass(frozen=True)
class Signed:
    """The last step: the texts agreed to, and the one signature under all of them.

    ``signer`` says whose hand it is (signers.py). ``channel`` is "link", or "paper" when ``by`` copies what was signed
    there.
    """

    texts: Sequence[ConsentText]
    signature: record.Signature
    channel: str = "link"
    by: User | None = None
    signer: str = "own-hand"


def submit(
    *, request: QuestionnaireRequest, signed: Signed, told_before: bool, today: date, now: datetime
) -> IntakeSubmission | None:
    """Hand in the draft of ``request`` (loaded with draft and patient). None when that had been done before, or when
    another window saved a page in this very moment: then the form is still open.

    ``told_before``: an earlier intake of this patient exists. ``today`` is the clinic's day.
    """
    patient, data = request.patient, request.draft.data
    # Whoever began to copy it from paper and left it is not who hands it in.
    request.entered_by_id = signed.by.pk if signed.by else None
    with transaction.atomic():
        # The guard and the row lock in one: a second sending waits here and then finds it done.
        first = QuestionnaireRequest.objects.filter(
            pk=request.pk, state=QuestionnaireRequest.State.BEGUN, expires_at__gt=now
        ).update(state=QuestionnaireRequest.State.SUBMITTED, submitted_at=now, entered_by_id=request.entered_by_id)
        if not first or not _is_whole(request.draft):
            transaction.set_rollback(True)
            return None
        worries = flags.flags_of(data, today=today, language=request.language, handed_in=True)
        agreements = [
            record.agreement(
                patient=patient,
                text=text,
                signature=signed.signature,
                channel=signed.channel,
                now=now,
                by_user_id=signed.by.pk if signed.by else None,
            )
            for text in signed.texts
        ]
        submission = _submission(request, agreements, signed.signer, worries, now)
        responses = QuestionnaireResponse.objects.bulk_create(_responses(request, now))
        told = record.compose_told(
            patient=patient, told=_told(data), agreements=agreements, source="intake", known=told_before, now=now
        )
        _mend_contact(patient, steps.answers_of(data, steps.CONTACT))
        measured = compose_values(
            patient_id=patient.pk, answers=steps.answers_of(data, steps.FEELINGS), measured_at=now,
            source=_source(request), request_id=request.pk, answered_by=steps.helper_of(data),
        )  # fmt: skip
        trace = audit.compose(
            by=signed.by, now=now, action="submit", resource="intake", patient_id=patient.pk, object_id=request.pk,
            acting_as="" if signed.by else "link",
        )  # fmt: skip
        insert_together(
            *told,
            Rows([submission]),
            Rows([made for response in responses for made in scores_of(response)]),
            measured,
            Rows(_tasks(request, worries, now), skip_known=True),
            Rows([trace]),
        )
    return submission


def _is_whole(draft: Draft) -> bool:
    """Close the draft over what was read of it; False when another window saved a page in this very moment."""
    return bool(Draft.objects.filter(pk=draft.pk, version=draft.version).update(version=draft.version + 1))


def content_sha256(answers: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the answers over canonical JSON."""
    canonical = json.dumps(answers, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _submission(
    request: QuestionnaireRequest,
    agreements: Sequence[Consent],
    signer: str,
    worries: Sequence[flags.Worry],
    now: datetime,
) -> IntakeSubmission:
    answers = {str(step): steps.answers_of(request.draft.data, step) for step in range(1, steps.LAST)}
    answers[str(steps.AGREEMENT)] = {
        "texts": [[a.kind, a.text_version, a.text_language, a.signed_sha256] for a in agreements],
        "name": agreements[0].signed_name if agreements else "",
        "signer": signer,
    }
    return IntakeSubmission(
        request=request,
        patient=request.patient,
        answers=answers,
        flags=[worry.id for worry in worries],
        content_sha256=content_sha256(answers),
        entered_by_id=request.entered_by_id,
        submitted_at=now,
    )


def _responses(request: QuestionnaireRequest, now: datetime) -> list[QuestionnaireResponse]:
    codes, _ = steps.offered(request.language)
    data = request.draft.data
    spread = form.spread(codes, steps.answers_of(data, steps.FEELINGS))
    made = [response_to(request, code, own, now, answered_by=steps.helper_of(data)) for code, own in spread.items()]
    return [response for response in made if response is not None]


def response_to(
    request: QuestionnaireRequest, code: str, answers: Mapping[str, Any], now: datetime, *, answered_by: str = ""
) -> QuestionnaireResponse | None:
    """Return the scored answers to one questionnaire, not yet stored; None for no answers, or refused ones."""
    instrument = catalogue.get(code)
    result = score(instrument, answers)
    if not answers or "error" in result:
        return None
    return QuestionnaireResponse(
        patient_id=request.patient_id,
        request=request,
        instrument=code,
        instrument_version=instrument.version,
        language=request.language,
        answers=answers,
        status=result["status"],
        severity=result["severity"] or "",
        flags=result["flags"],
        answered_by=answered_by[:80],
        answered_at=now,
    )


def scores_of(response: QuestionnaireResponse) -> list[Score]:
    """Return a score for each numeric output; sum and count keep the exact fraction."""
    rows = []
    for output, value in exact_values(response.instrument, response.answers).items():
        if value is None:
            rows.append(Score(response=response, output=output))
        else:
            shown = (Decimal(value.exact.numerator) / Decimal(value.exact.denominator)).quantize(Decimal("0.001"))
            rows.append(Score(response=response, output=output, value=shown, total=value.sum, count=value.count))
    return rows


def _told(data: steps.Data) -> record.Told:
    complaint = steps.answers_of(data, steps.COMPLAINT)
    health = steps.answers_of(data, steps.HEALTH)
    details = health.get("details") or {}
    due = health.get("due_on")
    names = ("condition_id", "words", "since", "pattern", "better", "worse", "goal")
    return record.Told(
        complaint={name: str(complaint.get(name) or "") for name in names},
        safety={rule: str(details.get(rule) or "") for rule in flags.ticked_rules(health)},
        due_on=date.fromisoformat(due) if due else None,
        medicines=[line for line in str(health.get("medicines") or "").split("\n") if line],
        places=steps.answers_of(data, steps.PLACES).get("places") or [],
        therapies=health.get("therapies") or [],
        answered_by=steps.helper_of(data),
    )


def _source(request: QuestionnaireRequest) -> str:
    return MeasureValue.Source.PAPER if request.entered_by_id else MeasureValue.Source.LINK


def _mend_contact(patient: Patient, contact: Mapping[str, Any]) -> None:
    """Take over what the patient mended, and count the record's version on, so that an open desk form notices."""
    changed = {name: contact[name] for name in CONTACT if name in contact and contact[name] != getattr(patient, name)}
    if changed:
        Patient.objects.filter(pk=patient.pk).update(**changed, version=F("version") + 1)


def _tasks(request: QuestionnaireRequest, worries: Sequence[flags.Worry], now: datetime) -> list[Task]:
    """Return what is not on the practitioners' list yet: late worries, questions to ask with an interpreter."""
    tasks = open_tasks(request, [worry for worry in worries if worry.id not in request.draft.flags], now)
    _, unspoken = steps.offered(request.language)
    if unspoken:
        tasks.append(
            compose_task(
                kind=INTERPRETER,
                dedup_key=f"intake:{request.pk}:interpreter",
                urgency=Task.Urgency.PROMPT,
                patient_id=request.patient_id,
                subject_id=request.pk,
                now=now,
            )
        )
    return tasks

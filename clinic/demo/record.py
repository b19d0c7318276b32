"""The record of one invented patient: who they are, what they told at the intake, what they answered since."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any

from clinic.attention.models import Task
from clinic.demo.house import House, drawn_id
from clinic.demo.people import Person
from clinic.demo.stories import Numbers, Story, as_values
from clinic.demo.tables import Lines, Tables
from clinic.kernel.links import hash_token, make_token
from patients import body
from patients.intake import conditions, flags, steps
from patients.intake.instruments import catalogue, form
from patients.intake.instruments.scoring import exact_values, score
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.filling import WORRYING
from patients.intake.services.requests import LIVES
from patients.intake.services.submitting import content_sha256
from patients.measures.models import Measure, MeasureValue
from patients.services.record import Signature, signed_sha256

State = QuestionnaireRequest.State

#: What people have beside their pain: rule of the safety list -> share.
FACTS = {
    "anticoagulant": 0.04, "antiplatelet": 0.05, "diabetes": 0.07, "needle_phobia": 0.04, "vasovagal": 0.03,
    "joint_prosthesis": 0.05, "metal_allergy": 0.02, "epilepsy": 0.01, "pacemaker_icd": 0.015, "arrhythmia": 0.03,
}  # fmt: skip
DETAILS = {"anticoagulant": "apixaban 5 mg", "antiplatelet": "aspirin 75 mg", "pacemaker_icd": "pacemaker, 2019"}
MEDICINES = (
    "ibuprofen 400 mg when needed", "paracetamol 1 g", "ramipril 5 mg", "metformin 500 mg", "levothyroxine 75 mcg",
    "vitamin D", "magnesium", "amitriptyline 10 mg at night", "turmeric capsules", "omeprazole 20 mg",
)  # fmt: skip
#: What some had or have beside our treatment: words, how many years ago it began, and whether it is over.
_THERAPY = 0.3
THERAPIES = (
    ("physiotherapy", "exercises twice a week", 1, False),
    ("manual", "", 3, True),
    ("injections", "", 2, True),
)


@dataclass(frozen=True)
class Scored:
    """Answers as they are stored: with the scores of the house's own scoring function."""

    answers: Mapping[str, Any]
    version: str
    status: str
    severity: str
    flags: tuple[str, ...]
    scores: tuple[tuple[str, str | None, int | None, int | None], ...]


@lru_cache(maxsize=1 << 18)
def scored(code: str, answers: str) -> Scored:
    """Score answers (canonical JSON) once for all who answer the same."""
    own = json.loads(answers)
    result = score(code, own)
    values = exact_values(code, own)
    return Scored(
        answers=own,
        version=catalogue.get(code).version,
        status=result["status"],
        severity=result["severity"] or "",
        flags=tuple(result["flags"]),
        scores=tuple(
            (output, _shown(value.exact.numerator, value.exact.denominator), value.sum, value.count)
            if value
            else (output, None, None, None)
            for output, value in values.items()
        ),
    )


def _shown(numerator: int, denominator: int) -> str:
    return str((Decimal(numerator) / Decimal(denominator)).quantize(Decimal("0.001")))


@lru_cache
def _urgency(code: str, flag: str) -> str:
    """How pressing a stored flag is, in the words of a task; "" when it can wait for the next visit."""
    known = catalogue.get(code).flag(flag)
    urgent = known.urgency in ("emergency", "same_day", "prompt")
    return flags.describe(f"{code}.{flag}").urgency if urgent else ""


def _therapy(kind: str, words: str, years: int, is_over: bool, year: int) -> dict[str, str]:
    stopped = str(year - years + 1) if is_over else ""
    return {"kind": kind, "words": words, "started": str(year - years), "stopped": stopped}


class Record:
    """Writes the rows of one patient."""

    def __init__(self, tables: Tables, lines: Lines, house: House, rng: Random, person: Person) -> None:
        self.tables, self.lines, self.house, self.rng, self.person = tables, lines, house, rng, person
        self.patient_id = 0
        self.public_id = drawn_id(rng)
        self.consent_id: int | None = None
        self.facts: list[str] = []
        self.medicines: list[str] = []

    def register(self, created_at: datetime) -> None:
        """The front desk takes them in."""
        person = self.person
        self.patient_id = self.tables.patients.add(
            {
                "public_id": self.public_id, "given_name": person.given_name, "family_name": person.family_name,
                "address_as": person.address_as, "birth_date": person.birth_date, "sex": person.sex,
                "email": person.email, "phone": person.phone, "language": person.language,
                "emergency_contact": person.emergency_contact, "physician": person.physician,
                "heard_from": person.heard_from, "desk_facts": person.desk_facts, "created_at": created_at,
            }
        )  # fmt: skip

    def request(self, form_code: str, visit: int | None, issued_at: datetime, state: str, **moments: Any) -> int:
        """A form was asked for; returns the id of its row."""
        public_id = drawn_id(self.rng)
        token = make_token(purpose=form_code, public_id=public_id, version=1)
        return self.tables.requests.add(
            {
                "public_id": public_id, "patient_id": self.patient_id, "form": form_code, "appointment_id": visit,
                "language": self.person.language, "token_hash": hash_token(token), "state": state,
                "issued_at": issued_at, "expires_at": issued_at + LIVES, **moments,
            }
        )  # fmt: skip

    def respond(self, request: int | None, code: str, answers: Mapping[str, Any], at: datetime) -> None:
        """A questionnaire was answered; a worrying answer made a task that somebody saw the same day."""
        known = scored(code, json.dumps(answers, sort_keys=True))
        response = self.tables.responses.add(
            {
                "public_id": drawn_id(self.rng), "patient_id": self.patient_id, "request_id": request,
                "instrument": code, "instrument_version": known.version, "language": self.person.language,
                "answers": known.answers, "status": known.status, "severity": known.severity, "flags": known.flags,
                "answered_at": at,
            }
        )  # fmt: skip
        for said in known.scores:
            self.lines.score(response, *said)
        for flag in known.flags:
            urgency = _urgency(code, flag)
            if urgency and request is not None:
                self._task(request, f"{code}.{flag}", urgency, at)

    def _task(self, request: int, worry: str, urgency: str, at: datetime) -> None:
        self.tables.tasks.add(
            {
                "public_id": drawn_id(self.rng), "kind": WORRYING, "dedup_key": f"intake:{request}:{worry}",
                "urgency": Task.Urgency(urgency), "patient_id": self.patient_id, "subject_id": request,
                "created_at": at, "acknowledged_at": at + timedelta(minutes=self.rng.randint(10, 400)),
                "acknowledged_by_id": self.house.practitioners[0].user_id,
            }
        )  # fmt: skip

    def check_in(self, visit: int, numbers: Numbers, visit_at: datetime) -> None:
        """The check-in that rides on the reminder of a visit."""
        issued, answered = visit_at - timedelta(hours=30), visit_at - timedelta(minutes=self.rng.randint(90, 1700))
        request = self.request(
            "check-in", visit, issued, State.SUBMITTED, before_visit=True, sent_at=issued, begun_at=answered,
            submitted_at=answered,
        )  # fmt: skip
        self.respond(request, "checkin", as_values(numbers), answered)

    def intake(self, visit: int, story: Story, booked_at: datetime, at: datetime, signed_off_by: int | None) -> None:
        """The whole intake, handed in at ``at``, with what follows from it."""
        request = self.request(
            "intake", visit, booked_at, State.SUBMITTED, sent_at=booked_at + timedelta(minutes=3),
            begun_at=at - timedelta(minutes=9), submitted_at=at,
            read_at=at + timedelta(hours=20) if signed_off_by else None, read_by_id=signed_off_by,
            signed_off_at=at + timedelta(days=2) if signed_off_by else None, signed_off_by_id=signed_off_by,
        )  # fmt: skip
        data = self.draft_data(story, at)
        agreed = self._consents(at)
        self._told(story, data, at)
        answers = {str(step): data[str(step)] for step in range(1, steps.LAST)}
        answers[str(steps.AGREEMENT)] = {"texts": agreed, "name": self._full_name}
        self.tables.drafts.add(
            {"request_id": request, "data": data, "step": steps.LAST, "version": 5, "updated_at": at}
        )
        self.tables.submissions.add(
            {
                "request_id": request, "patient_id": self.patient_id, "answers": answers,
                "content_sha256": content_sha256(answers), "submitted_at": at,
            }
        )  # fmt: skip
        self.measured(story.condition_id, story.begin, at, request)
        codes, _ = steps.offered(self.person.language)
        for code, own in form.spread(codes, data[str(steps.FEELINGS)]).items():
            if own:
                self.respond(request, code, own, at)

    def measured(self, condition: str, numbers: Numbers, at: datetime, request: int | None) -> None:
        """What the clinic measures of who has this condition: as far up its scale as the pain is on its own."""
        for scale in self.house.scales:
            measure = scale.measure
            if measure.asked == Measure.Asked.STAFF or condition not in measure.condition_ids:
                continue
            share = Decimal(numbers.pain) / 10 if scale.worse == "up" else 1 - Decimal(numbers.pain) / 10
            value = scale.lowest + (scale.highest - scale.lowest) * share
            self.tables.measured.add(
                {
                    "public_id": drawn_id(self.rng), "patient_id": self.patient_id, "measure_id": measure.pk,
                    "version_id": scale.pk, "value": round(value, scale.decimals), "measured_at": at,
                    "source": MeasureValue.Source.LINK if request else MeasureValue.Source.TABLET,
                    "request_id": request, "recorded_at": at,
                }
            )  # fmt: skip

    def draft_data(self, story: Story, at: datetime) -> dict[str, Any]:
        """What the steps before the agreement hold. Draws the facts and medicines of this patient."""
        person, rng = self.person, self.rng
        self.facts = [rule for rule, share in FACTS.items() if rng.random() < share]
        self.medicines = rng.sample(MEDICINES, rng.randint(0, 3))
        therapies = [_therapy(*rng.choice(THERAPIES), at.year)] if rng.random() < _THERAPY else []
        treatment, condition = story.treatment, conditions.get(story.condition_id)
        places = story.places()
        data: dict[str, Any] = {
            str(steps.CONTACT): {
                **{name: getattr(person, name) for name in _CONTACT}, "desk_facts": list(person.desk_facts),
                "interpreter": False, "filled_by": "self", "helper": "",
            },
            str(steps.COMPLAINT): {
                "concern": condition.name, "story": treatment.words[0], "since": "for about two years",
                "pattern": "comes-and-goes", "better": treatment.better, "worse": treatment.worse,
                "goal": rng.choice(treatment.goals), "condition_id": condition.id, "condition_guesses": [],
                "words": treatment.words[0], "back_pain": condition.is_back_pain,
            },
            str(steps.PLACES): {"places": places, "nowhere": not places},
            str(steps.HEALTH): {
                "ticks": self.facts or ["none"], "details": {r: DETAILS[r] for r in self.facts if r in DETAILS},
                "due_on": "", "medicines": "\n".join(self.medicines), "brings_list": False, "photo": "",
                "therapies": therapies,
            },
            str(steps.FEELINGS): self.feelings(story.begin),
            "versions": {str(step): step + 1 for step in range(1, steps.LAST)},
        }  # fmt: skip
        data[str(steps.HEALTH)]["back_asked"] = steps.has_back_pain(data)
        return data

    def feelings(self, begin: Numbers) -> dict[str, int]:
        """The numbers of the first visit: PEG, PHQ-4, and of the check-in what is not asked with them."""
        low = round(begin.mood * 0.3)
        return {
            "peg-1": begin.pain, "peg-2": max(0, begin.interference - 1), "peg-3": begin.interference,
            **{f"phq4-{n}": min(3, max(0, low + self.rng.randint(-1, 1))) for n in range(1, 5)},
            "ci-mood": begin.mood, "ci-sleep": begin.sleep, "ci-analgesic-days": begin.medicine_days,
        }  # fmt: skip

    def complaint(self, story: Story, at: datetime, goal: str) -> None:
        """What brings them, this time."""
        treatment = story.treatment
        self.tables.complaints.add(
            {
                "public_id": drawn_id(self.rng), "patient_id": self.patient_id, "condition_id": story.condition_id,
                "words": self.rng.choice(treatment.words), "since": "for about two years",
                "pattern": "comes-and-goes", "better": treatment.better, "worse": treatment.worse, "goal": goal,
                "recorded_at": at,
            }
        )  # fmt: skip

    @property
    def _full_name(self) -> str:
        return f"{self.person.given_name} {self.person.family_name}"

    def _told(self, story: Story, data: Mapping[str, Any], at: datetime) -> None:
        self.complaint(story, at, data[str(steps.COMPLAINT)]["goal"])
        for rule in self.facts:
            self.tables.facts.add(
                {
                    "patient_id": self.patient_id, "rule_id": rule, "detail": DETAILS.get(rule, ""),
                    "source": "intake", "recorded_at": at,
                }
            )  # fmt: skip
        for marked in data[str(steps.PLACES)]["places"]:
            place = body.get(marked["code"])
            self.tables.marks.add(
                {
                    "patient_id": self.patient_id, "place": place.place, "side": place.side, "view": place.view,
                    "strength": marked["strength"], "kinds": marked["kinds"], "source": "intake", "recorded_at": at,
                }
            )  # fmt: skip
        for said in data[str(steps.HEALTH)]["therapies"]:
            self.tables.therapies.add({"patient_id": self.patient_id, "source": "intake", "recorded_at": at, **said})
        for words in self.medicines:
            self.tables.medications.add({"patient_id": self.patient_id, "words": words, "recorded_at": at})

    def _consents(self, at: datetime) -> list[Sequence[Any]]:
        signature = Signature(self._full_name)
        agreed: list[Sequence[Any]] = []
        for text in self.house.texts:
            if not text.required and not self.person.email:
                continue
            digest = signed_sha256(text=text, signature=signature, given_at=at)
            consent = self.tables.consents.add(
                {
                    "patient_id": self.patient_id, "kind": text.kind, "state": "active", "text_version": text.version,
                    "text_language": text.language, "signed_sha256": digest, "signed_name": signature.name,
                    "channel": "link", "given_at": at,
                }
            )  # fmt: skip
            agreed.append([text.kind, text.version, text.language, digest])
            if text.kind == "treatment":
                self.consent_id = consent
        return agreed


_CONTACT = ("given_name", "family_name", "address_as", "email", "phone", "emergency_contact", "physician", "heard_from")

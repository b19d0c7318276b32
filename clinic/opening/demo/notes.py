"""What was written in the try-out: forms that were handed in, notes that were signed or stand open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from clinic.opening.demo import measured
from clinic.opening.demo.cast import Slot
from clinic.opening.demo.house import House
from clinic.practice.models import ConsentText
from patients.intake import steps
from patients.intake.models import QuestionnaireRequest
from patients.intake.services import begin, issue_request, save_step, submit
from patients.intake.services.checking_in import send
from patients.intake.services.submitting import Signed
from patients.models import Consent, Patient
from patients.services.record import Signature
from sessions import services as treatments
from sessions.appointments.models import Appointment
from sessions.content import NoteContent
from sessions.models import TreatmentSession
from sessions.needling import read

SAID = (
    ("“The first week was quiet, then it came back.”", "Tender along the course of the pain.", "Qi stagnation."),
    ("“Slept through twice. The stairs are easier.”", "Less guarding, range wider by a hand.", "Moving, still thin."),
    ("“I forgot about it for a whole day.”", "Only one tender spot left.", "Better; keep the rhythm."),
)


@dataclass(frozen=True)
class Story:
    """What somebody wrote into the form before the first visit."""

    concern: str
    words: str
    since: str
    goal: str
    ticks: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    medicines: str = ""
    pain: int = 6
    mood: int = 1
    places: tuple[str, ...] = ()


STORIES = {
    "thinner": Story(
        "Knee pain", "Both knees, worse on the stairs. My daughter found you.", "since the winter",
        "carry my grandson up the stairs", ("anticoagulant", "diabetes"), (("anticoagulant", "apixaban 5 mg"),),
        "apixaban 5 mg\nmetformin 500 mg", pain=7,
        places=("front-knee-left", "front-knee-right"),
    ),
    "migraine": Story(
        "Migraine", "Two or three a month, on the left, with light hurting.", "since I was nineteen",
        "read a whole evening without a dark room", ("needle_phobia",), (), "sumatriptan when it comes", pain=5, mood=2,
        places=("front-head",),
    ),
    "back": Story(
        "Chronic low back pain", "Low back and left leg. Sitting is the worst.", "since last autumn",
        "walk to the market and carry the bags home", (), (), "paracetamol 500 mg", pain=7,
        places=("low-back", "back-thigh-left"),
    ),
    "neck": Story(
        "Neck pain", "Stiff every morning, worse at the desk.", "for two years", "turn my head when I park",
        pain=5, places=("neck",),
    ),
}  # fmt: skip


def hand_in(request: QuestionnaireRequest, story: str, house: House, *, now: datetime) -> None:
    """Fill in the whole form as the patient did, step by step, and sign it with a typed name."""
    begin(request=request, now=now)
    held = QuestionnaireRequest.objects.select_related("draft", "patient").get(pk=request.pk)
    today = now.astimezone(house.zone).date()
    for step, answers in _answers(held.patient, STORIES[story], request.language).items():
        save_step(request=held, step=step, answers=answers, seen=held.draft.version, today=today, now=now)
    texts = ConsentText.objects.newest(request.language)
    signature = Signature(name=held.patient.full_name[:200])
    done = now + timedelta(minutes=9)
    submit(request=held, signed=Signed(texts, signature), told_before=False, today=today, now=done)


def check_in(visit: Appointment, said: tuple[int, int, int, int, int], house: House, *, now: datetime) -> None:
    """Answer the check-in after a session, as the patient did on the phone."""
    request = issue_request(
        patient=visit.patient, appointment_id=visit.pk, by=None, now=now, form=QuestionnaireRequest.Form.CHECK_IN
    )
    begin(request=request, now=now)
    held = QuestionnaireRequest.objects.select_related("draft", "patient").get(pk=request.pk)
    pain, held_back, mood, sleep, days = said
    answers = {
        "ci-pain": pain, "ci-interference": held_back, "ci-mood": mood, "ci-sleep": sleep, "ci-analgesic-days": days,
        "ci-analgesic-change": 0, "ci-new": 0, "ci-worried": 0,
    }  # fmt: skip
    send(request=held, answers=answers, seen=held.draft.version, now=now + timedelta(minutes=1))


def _answers(patient: Patient, story: Story, language: str) -> dict[int, dict[str, Any]]:
    contact = ("given_name", "family_name", "address_as", "email", "phone", "emergency_contact", "physician")
    return {
        steps.CONTACT: {name: getattr(patient, name) for name in contact}
        | {"desk_facts": list(patient.desk_facts), "filled_by": "self", "helper": ""},
        steps.COMPLAINT: {
            "concern": story.concern, "story": story.words, "since": story.since, "pattern": "comes-and-goes",
            "better": "warmth and rest", "worse": "cold, and long days", "goal": story.goal, "condition_id": "",
            "words": f"{story.concern}\n\n{story.words}", "back_pain": False,
        },
        steps.PLACES: {
            "places": [{"code": code, "strength": story.pain, "kinds": ["ache"]} for code in story.places],
            "nowhere": not story.places,
        },
        steps.HEALTH: {
            "ticks": list(story.ticks) or ["none"], "details": dict(story.details), "due_on": "",
            "medicines": story.medicines, "back_asked": False,
        },
        steps.FEELINGS: {
            question.item.link_id: min(story.pain, question.item.maximum or 10)
            if question.item.type == "integer"
            else story.mood
            for question in steps.questions(language)
        }
        | measured.of_an_intake(story.concern, language),
    }  # fmt: skip


def treat(slot: Slot, visit: Appointment, house: House, *, start: datetime, needles_are_out: bool, better: int) -> None:
    """Open the note of a visit, needles in, and out again when ``needles_are_out``: then the visit is done."""
    note, content = _begun(slot, visit, house, start, better)
    by = house.hands[slot.hands].user
    written = replace(content, needles_out=content.needles_in if needles_are_out else None)
    # Counted in when they stood, out when they were taken.
    treatments.save_note(note=note, content=replace(content, needles_out=None), version=note.version, by=by,
                         now=start + timedelta(minutes=16))  # fmt: skip
    if needles_are_out:
        treatments.save_note(note=note, content=written, version=note.version, by=by, now=start + timedelta(minutes=46))


def treat_and_sign(slot: Slot, visit: Appointment, house: House, *, start: datetime, better: int) -> None:
    """Treat, and sign eight minutes after the needles came out."""
    treat(slot, visit, house, start=start, needles_are_out=True, better=better)
    note = TreatmentSession.objects.with_people().with_safety().with_previous_hash().get(appointment=visit)
    content = replace(NoteContent.of(note), pain_after=max(0, (note.pain_before or 1) - 2))
    treatments.sign_note(
        note=note, content=content, version=note.version, stops=[], by=house.hands[slot.hands].user,
        now=start + timedelta(minutes=54),
    )  # fmt: skip


def _begun(
    slot: Slot, visit: Appointment, house: House, start: datetime, better: int
) -> tuple[TreatmentSession, NoteContent]:
    by, now = house.hands[slot.hands].user, start + timedelta(minutes=2)
    treatments.start_note(appointment=visit, by=by, now=now)
    held = TreatmentSession.objects.with_people().with_trace(by.pk, "edit", now).get(appointment=visit)
    if not Consent.objects.filter(patient_id=visit.patient_id, kind="treatment").exists():
        treatments.record_paper_consent(note=held, by=by, now=now)
    subjective, objective, assessment = SAID[min(better, len(SAID) - 1)]
    content = replace(
        NoteContent.of(held),
        changes="none", subjective=subjective, objective=objective, assessment=assessment,
        plan="The same points next week.", pain_before=max(1, slot.pain - better), points_line=slot.points,
        needles_in=read(slot.points).needles,
    )  # fmt: skip
    return held, content

"""A house with more of everything: patients, visits, notes, answers, mails, tasks, users, rooms, services."""

from __future__ import annotations

import uuid
from datetime import time, timedelta

from clinic.attention.services import open_task
from clinic.outbox import services as outbox
from clinic.outbox.models import OutgoingMessage
from clinic.policy.tests.house import a_call
from clinic.practice.models import Room, Service
from clinic.staff.models import Practitioner, WeeklyHours
from clinic.staff.tests.cast import a_user
from patients.intake.models import QuestionnaireResponse, Score
from patients.intake.services import issue_request
from patients.intake.tasks_shown import WORRYING
from patients.intake.tests.check_ins import WELL, Phone, a_check_in
from patients.measures.tests.world import a_measure, a_value
from patients.models import Complaint, Consent, Medication
from sessions.appointments.models import AppointmentEvent
from sessions.appointments.tests.world import NOW, a_patient, at
from sessions.calls.services import Call, answer_call
from sessions.courses.models import Course
from sessions.events.services import open_event
from sessions.models import TreatmentSession
from sessions.services import add_addendum, start_note
from sessions.tests.world import READY, a_visit, send
from sessions.text_blocks.services import make_block

STATES = ("booked", "arrived", "in-treatment", "completed", "noshow")


class Growth:
    """Adds rows to a house, the same of each kind each time."""

    def __init__(self, house, charlies_browser):
        self.house = house
        self.world = house  # what the helpers of notes ask for
        house.browser = charlies_browser
        self.number = 0
        someone = a_patient("Pattern")
        Phone(a_check_in(someone, issued_at=NOW)).send(WELL)
        self.pattern = list(QuestionnaireResponse.objects.filter(patient=someone).prefetch_related("scores"))
        assert self.pattern, "the check-in was handed in"

    def add(self, count):
        for _ in range(count):
            self.number += 1
            self._people(self.number)
            self._of_others(self.number)
            self._of_greta(self.number)

    def _people(self, number):
        user = a_user(f"Hand{number}", "practitioner", "front-desk")
        hands = Practitioner.objects.create(user=user, display_name=user.name, licence="L")
        WeeklyHours.objects.bulk_create(
            WeeklyHours(practitioner=hands, weekday=day, opens=time(9), closes=time(17)) for day in range(5)
        )
        Room.objects.create(location=self.house.clinic.location, name=f"Corner {number}")
        Service.objects.create(name=f"Visit {number}")
        make_block(name=f"Text {number}", words="Rest.", part="any", shared=True, by=self.house.charlie, now=NOW)
        _, scale = a_measure(f"angle-{number}", asked=("check-in", "checkpoint")[number % 2])
        a_value(self.house.greta, scale, "90", measured_at=NOW - timedelta(days=40))
        a_value(self.house.greta, scale, "95")

    def _of_others(self, number):
        """A visit of today with its form, its note and its mails, of somebody who is called as Greta is."""
        house, bob = self.house, self.house.bob
        other = a_patient("Greta", f"Lindqvist {number}")
        course = Course.objects.create(patient=other, practitioner=house.clinic.chen, opened_at=NOW)
        state = STATES[number % len(STATES)]
        visit = a_visit(house.clinic, other, course, state=state, starts_at=at(8) + timedelta(minutes=5 * number))
        AppointmentEvent.objects.create(appointment=visit, state=state, at=NOW, by_id=bob.pk)
        asked = issue_request(patient=other, appointment_id=visit.pk, by=bob, now=NOW)
        here = a_visit(house.clinic, other, course, starts_at=at(9) + timedelta(minutes=5 * number))
        start_note(appointment=here, by=house.charlie, now=NOW)
        self._mails(other, visit, number)
        open_task(kind=WORRYING, dedup_key=f"other {number}", urgency="same-day", patient_id=other.pk,
                  subject_id=asked.pk, now=NOW)  # fmt: skip

    def _of_greta(self, number):
        """One more of everything that stands in one record."""
        house, greta = self.house, self.house.greta
        before = timedelta(days=3 * number)
        past = a_visit(house.clinic, greta, house.signed.course, starts_at=at(9) - before)
        note = start_note(appointment=past, by=house.charlie, now=NOW)
        TreatmentSession.objects.filter(pk=note.pk).update(started_at=NOW - before)
        answer = send(self.world, note, page="sign", **READY)
        assert answer.status_code == 302, answer.content.decode()
        signed = TreatmentSession.objects.get(pk=house.signed.pk)
        add_addendum(
            note=signed, kind="addition", text=f"More {number}.", form_token=uuid.uuid4(), by=house.charlie, now=NOW
        )
        ahead = a_visit(house.clinic, greta, state="booked", starts_at=at(9) + before)
        answer_call(call=Call.of_mail(a_call(ahead)), answer="no-answer", number=1, again_at=NOW, by=house.bob, now=NOW)
        yesterday = NOW - timedelta(days=1)
        open_event(session=signed, source="note", key=f"growth {number}", by=house.charlie, now=yesterday)
        Complaint.objects.create(patient=greta, words=f"Also the knee {number}", recorded_at=NOW)
        Medication.objects.create(patient=greta, words=f"Tea {number}", recorded_at=NOW)
        Consent.objects.create(
            patient=greta, kind=("treatment", "privacy", "email")[number % 3], state="active", text_version=1,
            text_language="en", signed_sha256="0" * 64, channel="link", given_at=NOW - before,
        )  # fmt: skip
        self._mails(greta, past, number)
        open_task(kind=WORRYING, dedup_key=f"greta {number}", urgency="prompt", patient_id=greta.pk,
                  subject_id=house.intake.pk, now=NOW)  # fmt: skip
        self._answers(greta, NOW - before + timedelta(days=1))

    def _answers(self, patient, at_moment):
        for pattern in self.pattern:
            scores = list(pattern.scores.all())
            fields = {
                field.attname: getattr(pattern, field.attname)
                for field in pattern._meta.concrete_fields
                if field.name not in ("id", "public_id", "patient", "request", "answered_at")
            }
            response = QuestionnaireResponse.objects.create(patient=patient, answered_at=at_moment, **fields)
            Score.objects.bulk_create(
                Score(response=response, output=one.output, value=one.value, total=one.total, count=one.count)
                for one in scores
            )

    def _mails(self, patient, visit, number):
        for state in ("queued", "sent", "unsure", "failed"):
            message = outbox.enqueue(
                kind="intake-link", dedup_key=f"{patient.pk} {state} {number} {uuid.uuid4()}", now=NOW,
                to_address=patient.email, not_before=NOW + timedelta(hours=1), not_after=NOW + timedelta(days=1),
                patient_id=patient.pk, appointment_id=visit.pk,
            )  # fmt: skip
            if state != "queued":
                OutgoingMessage.objects.filter(pk=message.pk).update(state=state, sent_at=NOW)

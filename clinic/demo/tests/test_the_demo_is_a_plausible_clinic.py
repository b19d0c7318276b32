"""A small demo clinic stands up to every rule of the house, and looks like one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Avg, Count, F, Q, Sum

from clinic.audit.models import AuditEvent
from clinic.demo import usual
from clinic.demo.models import DemoRun
from clinic.demo.services import Refused, make_demo
from clinic.staff.models import Practitioner
from clinic.testing import acting_as
from patients import body
from patients.intake import steps
from patients.intake.instruments.scoring import score
from patients.intake.models import IntakeSubmission, QuestionnaireRequest, QuestionnaireResponse, Score
from patients.measures.delivered import lay_down
from patients.measures.models import Measure, MeasureValue, MeasureVersion
from patients.models import Complaint, Consent, OtherTherapy, PainMark, Patient
from sessions.appointments.models import Appointment, HandsOn, RoomUse
from sessions.content import NoteContent
from sessions.courses.models import Course
from sessions.details import read_details
from sessions.flagged.models import Acknowledgement
from sessions.habits.models import NeedleBox
from sessions.habits.querysets import begins_with, needle_of, open_boxes
from sessions.models import NeedlePlacement, TreatmentSession
from sessions.pages import NotePage
from sessions.services.signing import verify_chain

TODAY = date(2026, 11, 20)
PATIENTS, SESSIONS = 200, 1_500


def make(patients=40, sessions=200, seed=1):
    return make_demo(patients=patients, sessions=sessions, seed=seed, today=TODAY, say=lambda sentence: None)


@pytest.fixture(scope="module")
def clinic(django_db_setup, django_db_blocker):
    """One demo for all tests of this file: whoever changes something takes it back (see ``taken_back``)."""
    with django_db_blocker.unblock(), transaction.atomic():
        lay_down(Measure, MeasureVersion)  # tests that empty the tables take along what migrations laid down
        yield make(PATIENTS, SESSIONS, seed=7)
        transaction.set_rollback(True)


@pytest.fixture
def taken_back(clinic):
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def guards():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
        )
        constraints = cursor.fetchall()
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
        indexes = cursor.fetchall()
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
        )
        return constraints, indexes, cursor.fetchall()


def plain(rows):
    return [re.sub(r"::(character varying|text)|[()\[\] ]|ARRAY", "", str(row)) for row in rows]


def everything():
    """The rows of all tables that the demo fills, as text."""
    rows = {}
    with connection.cursor() as cursor:
        for table in ("patients_patient", "treatments_treatmentsession", "treatments_needleplacement", "intake_score",
                      "appointments_appointment", "intake_intakesubmission", "staff_practitioner"):  # fmt: skip
            cursor.execute(f'SELECT md5(string_agg(t::text, chr(10) ORDER BY id)) FROM "{table}" t')
            rows[table] = cursor.fetchone()[0]
    return rows


def test_it_has_the_size_that_was_asked_for(clinic):
    assert Patient.objects.count() == PATIENTS
    assert TreatmentSession.objects.count() == SESSIONS
    signed = TreatmentSession.objects.filter(signed_at__isnull=False).count()
    assert NeedlePlacement.objects.count() == 8 * signed
    assert 4.5 <= Score.objects.count() / SESSIONS <= 6


def test_the_same_arguments_give_the_same_clinic_and_another_seed_another(taken_back):
    def run(seed):
        make(seed=seed)
        return everything()

    first = run(3)
    assert run(3) == first
    assert run(4) != first


def test_every_guard_stands_afterwards_as_before(taken_back):
    before = guards()
    make(seed=1)
    # PostgreSQL writes the casts of a condition in another place when it has read its own writing once.
    assert [plain(row) for row in before] == [plain(row) for row in guards()]


def test_signed_notes_are_what_was_signed_and_follow_each_other(clinic):
    for patient in Patient.objects.order_by("id")[:40]:
        assert verify_chain(patient.pk) == []


def test_signed_notes_have_what_signing_asks_for(clinic):
    signed = TreatmentSession.objects.filter(signed_at__isnull=False)
    assert not signed.filter(consent__isnull=True).exists()
    assert not signed.filter(changes="").exists()
    assert not signed.exclude(needles_in=F("needles_out")).exists()
    assert not signed.exclude(stops=[]).filter(override_reason="").exists()
    counted = signed.annotate(placed=Sum("needles__needles")).exclude(placed=F("needles_in"))
    assert not counted.exists()


def test_nobody_is_in_two_places_and_no_practitioner_either(clinic):
    by_person = {}
    for patient_id, starts, ends in Appointment.objects.order_by("starts_at").values_list(
        "patient_id", "starts_at", "ends_at"
    ):
        by_person.setdefault(patient_id, []).append((starts, ends))
    assert all(one[1] <= other[0] for visits in by_person.values() for one, other in pairwise(visits))
    for model, owner in ((HandsOn, "practitioner_id"), (RoomUse, "room_id")):
        lanes = {}
        for who, during in model.objects.values_list(owner, "during"):
            lanes.setdefault(who, []).append((during.lower, during.upper))
        for stretches in lanes.values():
            assert all(one[1] <= other[0] for one, other in pairwise(sorted(stretches)))


def test_nobody_comes_on_a_holiday(clinic):
    days = {starts.date() for starts in Appointment.objects.values_list("starts_at", flat=True)}
    assert not {day for day in days if (day.month, day.day) in {(12, 25), (1, 1), (3, 17)}}
    assert all(day.weekday() < 5 for day in days)


def test_todays_board_has_sixty_visits_over_four_practitioners_in_every_state(clinic):
    today = Appointment.objects.filter(starts_at__date=TODAY)
    assert today.count() == 60
    assert today.values("practitioner").distinct().count() == 4
    states = set(today.values_list("state", flat=True))
    assert {"booked", "confirmed", "arrived", "in-treatment", "completed"} <= states
    assert Appointment.objects.filter(starts_at__date__gt=TODAY).count() > 100


def test_courses_get_better_stay_or_get_worse_and_some_people_stop(clinic):
    reasons = Course.objects.filter(state="completed").values("end_reason").annotate(n=Count("id"))
    found = {row["end_reason"]: row["n"] for row in reasons}
    assert {"well", "stopped", "no-help"} <= found.keys()
    pain = {
        row["number_in_course"]: row["average"]
        for row in TreatmentSession.objects.values("number_in_course").annotate(average=Avg("pain_before"))
    }
    assert pain[6] < pain[1]
    counted = Course.objects.annotate(done=Count("appointments", filter=Q(appointments__state="completed")))
    assert not counted.exclude(done=F("sessions_done")).exists()


def test_answers_are_scored_as_the_house_scores(clinic):
    for response in QuestionnaireResponse.objects.prefetch_related("scores").order_by("id")[:150]:
        result = score(response.instrument, response.answers)
        assert (response.status, response.severity, response.flags) == (
            result["status"], result["severity"] or "", result["flags"],
        )  # fmt: skip
        stored = {one.output: float(one.value) for one in response.scores.all() if one.value is not None}
        assert stored == pytest.approx({k: v for k, v in result["outputs"].items() if v is not None}, abs=0.05)


def test_intakes_are_in_every_state_and_those_treated_have_agreed(clinic):
    states = set(QuestionnaireRequest.objects.filter(form="intake").values_list("state", flat=True))
    assert "submitted" in states
    assert {"open", "begun"} & states
    treated = TreatmentSession.objects.values("patient").distinct()
    agreed = Consent.objects.filter(kind="treatment", state="active").values("patient")
    assert not treated.exclude(patient__in=agreed).exists()


def test_intakes_hold_every_step_and_the_marks_stand_in_the_record(clinic):
    for submission in IntakeSubmission.objects.select_related("request__draft").order_by("id")[:60]:
        data = submission.request.draft.data
        assert steps.first_missing(data) == 0
        marks = PainMark.objects.filter(patient=submission.patient_id)
        told = {(mark["code"], mark["strength"]) for mark in steps.answers_of(data, steps.PLACES)["places"]}
        assert {(body.code_of(one.place, one.side, one.view), one.strength) for one in marks} == told
    assert PainMark.objects.filter(view="back").exists()
    assert not OtherTherapy.objects.filter(started__gt=TODAY.year).exists()
    assert OtherTherapy.objects.exists()


def test_the_next_record_gets_an_id_of_its_own(taken_back):
    highest = Patient.objects.order_by("-id").first().pk
    with acting_as("web"):
        patient = Patient.objects.create(given_name="Greta", created_at="2026-11-20T12:00:00Z")
    assert patient.pk > highest


def test_it_refuses_where_somebody_entered_a_record(taken_back):
    Patient.objects.create(given_name="Greta", created_at="2026-11-20T12:00:00Z")
    with pytest.raises(Refused, match="1 patient that the demo did not make"):
        make(seed=1)
    assert Patient.objects.count() == PATIENTS + 1
    assert DemoRun.objects.get().seed == 7


def test_it_refuses_sizes_that_no_clinic_has(taken_back):
    for patients, sessions in ((3, 10), (40, 400_000), (40, -1)):
        with pytest.raises(Refused, match="at least 20 patients"):
            make(patients, sessions)


def test_who_has_a_condition_with_a_measure_has_values_on_its_scale_and_the_rest_have_none(clinic):
    values = MeasureValue.objects.select_related("version", "measure")
    assert values.exists()
    for value in values:
        assert value.version.lowest <= value.value <= value.version.highest
        told = Complaint.objects.filter(patient_id=value.patient_id, condition_id__in=value.measure.condition_ids)
        assert told.exists()
    followed = values.values("patient", "measure").annotate(n=Count("id")).filter(n__gt=1)
    assert followed.exists(), "a line needs two values"


def test_every_intake_that_was_gone_through_was_read_before_by_its_practitioner(clinic):
    gone_through = QuestionnaireRequest.objects.filter(form="intake", signed_off_at__isnull=False)
    assert gone_through.exists()
    assert not gone_through.exclude(read_at__lt=F("signed_off_at"), read_by_id=F("signed_off_by_id")).exists()


def test_its_practitioners_begin_notes_with_their_habit_and_the_open_box(clinic):
    box = open_boxes().get()
    assert (box.lot, box.expires_on > TODAY) == ("A20262", True)
    assert NeedleBox.objects.filter(finished_at__isnull=False).exists()
    for practitioner in Practitioner.objects.filter(active=True):
        details, minutes = begins_with(practitioner, None, TODAY)
        assert (details, minutes) == (replace(usual.HABIT, needle=needle_of(box)), usual.MINUTES)
    today = TreatmentSession.objects.filter(started_at__date=TODAY).order_by("id").first()
    assert read_details(today.details) == details


def test_its_notes_are_as_whole_as_the_defaults_make_them(clinic):
    out = StringIO()
    call_command("stricta", stdout=out)

    assert all("100.0 %" in line for line in out.getvalue().splitlines())


def spoken_at(note):
    """What the flags say on the page of a note, with the answers of its course."""
    found = TreatmentSession.objects.with_people().with_safety().with_last().with_stopped().get(pk=note.pk)
    return NotePage(found, NoteContent.of(found), found.started_at).speaking


def test_a_flag_was_answered_where_it_first_spoke_in_a_course_as_the_page_says_it(clinic):
    answers = list(Acknowledgement.objects.select_related("session"))
    assert answers
    for answer in answers[:60]:
        said = spoken_at(answer.session).of(answer.rule_id, answer.fingerprint)
        assert (said.title, said.warning.stops) == (answer.title, answer.stops)
        assert answer.session.signed_at >= answer.at
        assert (answer.session.course_id, answer.session.patient_id) == (answer.course_id, answer.patient_id)
    once = {(answer.course_id, answer.rule_id, answer.fingerprint) for answer in answers}
    assert len(once) == len(answers)
    traced = AuditEvent.objects.filter(action="acknowledge", resource="flag")
    assert traced.count() == sum(not answer.stops for answer in answers)


def test_a_draft_of_today_asks_only_what_was_not_answered_in_its_course(clinic):
    silent = 0
    for draft in TreatmentSession.objects.filter(signed_at__isnull=True):
        said = spoken_at(draft)
        before = {
            (one.warning.flag_id, one.warning.fingerprint)
            for note in TreatmentSession.objects.filter(course_id=draft.course_id, signed_at__isnull=False)
            for one in spoken_at(note).all
        }
        waiting = {(one.warning.flag_id, one.warning.fingerprint) for one in (*said.stops, *said.looks)}
        answered = {(one.warning.flag_id, one.warning.fingerprint) for one in said.answered}
        assert not waiting & before
        assert answered <= before
        silent += bool(answered)
    assert silent, "no draft has a flag that was answered before"

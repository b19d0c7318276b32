"""A flag is answered once in a course, by name; it speaks again when drug, dose, points or technique change."""

from __future__ import annotations

import re
import uuid

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from clinic.audit.models import AuditEvent
from patients.intake.models import QuestionnaireResponse
from patients.models import Complaint, Medication, SafetyFact
from sessions.alerts import safety_flags
from sessions.content import NoteContent
from sessions.entered import entered_in
from sessions.flagged.models import Acknowledgement
from sessions.flagged.speaking import speaking
from sessions.models import TreatmentSession
from sessions.needling import read
from sessions.services import verify_hash
from sessions.tests.world import NOW, READY, a_treatment, a_visit, at, begin, counted, holds, send, signed, takes

pytestmark = pytest.mark.django_db

ANSWERS = "flagged_acknowledgement"
ADD_ONE = (
    f"INSERT INTO {ANSWERS} (public_id, patient_id, course_id, session_id, rule_id, fingerprint, title, stops, reason, "
    "by_id, at) SELECT gen_random_uuid(), patient_id, course_id, session_id, 'cancer', 'x', 'x', true, 'x', by_id, at "
    f"FROM {ANSWERS}"
)


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world():
    world = a_treatment()
    holds(world.patient, "pregnancy_t1", due_on="2027-04-01")
    return world


def warnings(world, note, line, **fields):
    """What stands in the page while a line of points is typed."""
    return send(world, note, "points", points_line=line, **fields).content.decode()


def buttons(page):
    """{rule: value} of the buttons that answer a flag."""
    values = re.findall(r'name="acknowledge" value="([^"]+)"', page)
    return {value.partition(":")[0]: value for value in values}


def answer(world, note, line, rule, reason="", **fields):
    """Type a line, read what speaks, and answer one flag in the page."""
    pressed = buttons(warnings(world, note, line))[rule]
    return press(world, note, line, pressed, **{f"reason-{rule}": reason}, **fields)


def press(world, note, line, pressed, **fields):
    version = TreatmentSession.objects.get(pk=note.pk).version
    said = {"form_token": str(uuid.uuid4()), "end": "1", "version": version, "points_line": line, **fields}
    return world.browser.post(
        reverse("treatments:answer_flag", args=[note.public_id]),
        {**said, "acknowledge": pressed},
        headers={"X-Deqi-In-Page": "1"},
    )


def test_typing_a_cautioned_point_brings_the_stop_and_no_other_point_does(world):
    note = begin(world)

    assert "Pregnant" not in warnings(world, note, "st36 b")
    page = warnings(world, note, "st36 b, li4 b")
    assert "Pregnant: 20 weeks, due 1 Apr 2027 (LI4)" in page
    assert 'role="alert"' in page
    assert 'name="reason-pregnancy_t2"' in page


def test_what_has_not_changed_is_not_said_twice_while_one_types(world):
    note = begin(world)
    first = warnings(world, note, "li4 b")
    mark = re.search(r'name="speaking" value="([^"]+)"', first)[1]

    assert 'id="warnings"' not in warnings(world, note, "li4 b, st36 b", speaking=mark)
    assert 'id="warnings"' in warnings(world, note, "li4 b, sp6 b", speaking=mark)


def test_a_reason_is_stored_with_its_stop_by_name(world):
    note = begin(world)

    said = answer(world, note, "li4 b", "pregnancy_t2", "The midwife agrees.").json()

    assert said["problem"] == ""
    assert "data-stop" not in said["warnings"]
    assert "The midwife agrees." in said["warnings"]
    row = Acknowledgement.objects.get()
    assert (row.rule_id, row.course, row.session, row.stops) == ("pregnancy_t2", world.course, note, True)
    assert (row.reason, row.by, row.title) == (
        "The midwife agrees.", world.clinic.chen.user, "Pregnant: 20 weeks, due 1 Apr 2027 (LI4)",
    )  # fmt: skip
    assert row.fingerprint
    assert AuditEvent.objects.filter(action="acknowledge", resource="flag", patient_id=world.patient.pk).count() == 1
    assert SafetyFact.objects.get().ended_at is None


@pytest.mark.parametrize("nothing", ["", "   ", "\n"])
def test_a_stop_without_words_stays(world, nothing):
    note = begin(world)

    said = answer(world, note, "li4 b", "pregnancy_t2", nothing)

    assert said.status_code == 422
    assert said.json()["problem"] == "Please write why you go on."
    assert not Acknowledgement.objects.exists()


def test_a_reason_that_is_too_long_says_so_and_is_kept(world):
    note = begin(world)

    said = answer(world, note, "li4 b", "pregnancy_t2", "x" * 2_001)

    assert "2,001 characters" in said.json()["problem"]
    assert "x" * 2_001 in said.json()["warnings"]


def test_it_is_silent_in_the_next_session_of_the_course_and_speaks_for_another_point(world):
    signed(
        world,
        **{"reason-pregnancy_t2": "The midwife agrees.", "points_line": "li4 b", "needles_in": "2", "needles_out": "2"},
    )
    note = begin(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(10)))

    page = warnings(world, note, "li4 b")
    assert "data-stop" not in page
    assert "1 acknowledged in this course" in page
    page = warnings(world, note, "li4 b, sp6 b")
    assert "data-stop" in page
    assert "(LI4, SP6)" in page


def test_another_course_asks_again(world):
    signed(
        world,
        **{"reason-pregnancy_t2": "The midwife agrees.", "points_line": "li4 b", "needles_in": "2", "needles_out": "2"},
    )
    note = begin(world, a_visit(world.clinic, world.patient, None, starts_at=at(10)))

    assert "data-stop" in warnings(world, note, "li4 b")
    answer(world, note, "li4 b", "pregnancy_t2", "Asked once more.")
    assert "data-stop" not in warnings(world, note, "li4 b")
    assert Acknowledgement.objects.get(session=note).course is None


def test_a_look_is_read_once_and_again_with_another_dose():
    world = a_treatment()
    takes(world.patient, "apixaban 5 mg")
    note = begin(world)

    answer(world, note, "st36 b", "anticoagulant")
    assert "anticoagulant" not in buttons(warnings(world, note, "st36 b"))
    assert "anticoagulant" in buttons(warnings(world, note, "st36 b, li4 b"))
    Medication.objects.update(words="apixaban 2,5 mg")
    assert "anticoagulant" in buttons(warnings(world, note, "st36 b"))
    assert Acknowledgement.objects.get().stops is False


def test_a_flag_that_changed_meanwhile_is_not_answered_blindly(world):
    note = begin(world)
    pressed = buttons(warnings(world, note, "li4 b"))["pregnancy_t2"]

    said = press(world, note, "li4 b, sp6 b", pressed, **{"reason-pregnancy_t2": "Yes."})

    assert said.status_code == 422
    assert "has changed" in said.json()["problem"]
    assert "Yes." in said.json()["warnings"]
    assert not Acknowledgement.objects.exists()


def test_a_double_click_is_one_answer(world):
    note = begin(world)
    pressed = buttons(warnings(world, note, "li4 b"))["pregnancy_t2"]

    for _ in range(2):
        assert press(world, note, "li4 b", pressed, **{"reason-pregnancy_t2": "Yes."}).status_code == 200

    assert Acknowledgement.objects.count() == 1


def test_without_the_script_the_same_button_saves_the_note_and_answers(world):
    note = begin(world)
    pressed = buttons(warnings(world, note, "li4 b"))["pregnancy_t2"]

    said = send(
        world,
        note,
        "answer_flag",
        points_line="li4 b",
        plan="Kept.",
        acknowledge=pressed,
        **{"reason-pregnancy_t2": "Yes."},
    )

    assert said.status_code == 302
    note.refresh_from_db()
    assert note.plan == "Kept."
    assert Acknowledgement.objects.get().reason == "Yes."
    again = send(world, note, "answer_flag", points_line="li4 b, sp6 b", acknowledge=pressed)
    assert again.status_code == 422
    assert "has changed" in again.content.decode()


@pytest.mark.parametrize("button", ["save", "consent"])
def test_another_button_loses_no_reason(world, button):
    note = begin(world)

    send(world, note, button, points_line="li4 b", **{"reason-pregnancy_t2": "The midwife agrees."})

    assert Acknowledgement.objects.get().reason == "The midwife agrees."


def test_a_signature_that_is_refused_loses_no_reason(world):
    holds(world.patient, "cancer")
    note = begin(world)

    send(world, note, "sign", **{**READY, "reason-pregnancy_t2": "The midwife agrees."})

    note.refresh_from_db()
    assert not note.is_signed
    assert Acknowledgement.objects.get().rule_id == "pregnancy_t2"


def test_a_signed_note_keeps_which_stops_spoke_and_what_was_said(world):
    holds(world.patient, "cancer")
    takes(world.patient, "apixaban 5 mg")
    note = begin(world)
    answer(world, note, READY["points_line"], "cancer", "The oncologist knows.")

    send(world, note, "sign", **{**READY, "reason-pregnancy_t2": "The midwife agrees."})

    note.refresh_from_db()
    assert note.is_signed
    assert sorted(note.stops) == ["cancer", "pregnancy_t2"]
    assert "The oncologist knows. " in note.override_reason
    assert str(world.clinic.chen.user) in note.override_reason
    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()
    assert "Went on in spite of" in page
    assert "The midwife agrees." in page
    note = TreatmentSession.objects.select_related("patient", "practitioner", "signed_by").get(pk=note.pk)
    assert verify_hash(note)
    note.override_reason = "Another reason."
    assert not verify_hash(note)


def test_an_autosave_brings_what_speaks_only_when_it_changed(world):
    note = begin(world)

    parts = send(world, note, by_itself=True, points_line="li4 b").json()["parts"]
    assert "Pregnant" in parts["warnings"]
    mark = re.search(r'name="speaking" value="([^"]+)"', parts["warnings"])[1]
    parts = send(world, note, by_itself=True, points_line="li4 b", plan="More.", speaking=mark).json()["parts"]
    assert "warnings" not in parts


def test_a_device_stops_when_current_is_entered_and_shows_the_dated_clearance():
    world = a_treatment()
    fact = holds(world.patient, "pacemaker_icd")
    note = begin(world)
    line = "st36 l, sp6 l, st36~sp6 l 2hz 20min"

    assert "data-stop" not in warnings(world, note, "st36 l, sp6 l")
    assert "No dated clearance by the cardiologist" in warnings(world, note, line)
    SafetyFact.objects.filter(pk=fact.pk).update(cleared_by="Dr Meyer", cleared_on="2026-11-03")
    page = warnings(world, note, line)
    assert "data-stop" in page
    assert "Cleared by Dr Meyer, " in page
    answer(world, note, line, "pacemaker_icd", "Cleared, far from the chest, low dose.")
    assert "data-stop" not in warnings(world, note, line)


def test_a_restricted_entry_speaks_beside_the_needles_and_not_in_the_head():
    world = a_treatment()
    holds(world.patient, "bloodborne")
    note = begin(world)

    head, _, body = (
        world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode().partition("<main")
    )
    assert "Blood-borne" not in head
    assert "Standard precautions" not in body
    assert "Standard precautions" in warnings(world, note, "st36 b")


def test_what_was_so_yesterday_is_silent_today():
    world = a_treatment()
    fact = holds(world.patient, "fever_acute")
    note = begin(world)

    assert "data-stop" in warnings(world, note, "st36 b")
    SafetyFact.objects.filter(pk=fact.pk).update(recorded_at=at(8).replace(day=at(8).day - 1))
    assert "data-stop" not in warnings(world, note, "st36 b")


def test_a_positive_ninth_item_stands_in_every_note_until_it_is_read():
    world = a_treatment()
    QuestionnaireResponse.objects.create(
        patient=world.patient, instrument="phq-9", instrument_version="1", answers={}, status="complete",
        flags=["item9_positive"], answered_at=at(8),
    )  # fmt: skip
    note = begin(world)
    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()

    assert "Same-day clinician review" in page
    assert "suicidal" in buttons(page)


def test_the_desk_cannot_answer_a_flag(world):
    note = begin(world)
    world.browser.force_login(world.clinic.desk)

    assert press(world, note, "li4 b", "pregnancy_t2:x").status_code == 403


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE {ANSWERS} SET reason = 'never said'",
        f"DELETE FROM {ANSWERS}",
        f"TRUNCATE {ANSWERS}",
        f"ALTER TABLE {ANSWERS} DISABLE TRIGGER answer_guard",
        ADD_ONE,
    ],
)
def test_sql_of_the_web_role_changes_no_answer_of_a_signed_note(world, sql):
    signed(world, **{"reason-pregnancy_t2": "The midwife agrees."})

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert Acknowledgement.objects.get().reason == "The midwife agrees."


def test_the_owner_of_the_tables_is_refused_too(world, in_role):
    signed(world, **{"reason-pregnancy_t2": "The midwife agrees."})

    with in_role("owner"), pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {ANSWERS} SET reason = 'never said'")
    assert "never changed" in str(refused.value)


def test_reading_back_with_flags_takes_two_statements_and_an_answer_at_most_eight(world):
    note = begin(world)
    with counted() as typing:
        pressed = buttons(send(world, note, "points", version=1, points_line="li4 b").content.decode())["pregnancy_t2"]
    with counted() as answering:
        press(world, note, "li4 b", pressed, **{"reason-pregnancy_t2": "Yes."})

    assert len(typing) <= 2, "\n".join(typing)
    assert len(answering) <= 8, "\n".join(answering)


def test_what_is_so_today_is_recorded_by_one_press_and_taken_back_by_another(world):
    note = begin(world)

    send(world, note, "fact_of_today", today="empty_stomach", plan="Kept.")
    fact = SafetyFact.objects.get(rule_id="empty_stomach")
    assert (fact.source, fact.ended_at) == ("practitioner", None)
    note.refresh_from_db()
    assert note.plan == "Kept."
    assert "Offer a snack" in warnings(world, note, "st36 b")

    send(world, note, "fact_of_today", today="empty_stomach:no", plan="Kept.")
    assert "Offer a snack" not in warnings(world, note, "st36 b")
    fact.refresh_from_db()
    assert fact.ended_at is not None


def test_other_rules_are_not_recorded_by_that_press(world):
    note = begin(world)

    send(world, note, "fact_of_today", today="cancer")

    assert not SafetyFact.objects.filter(rule_id="cancer").exists()


def test_back_pain_prompts_the_practitioner_and_a_recorded_sign_is_a_look(world):
    Complaint.objects.create(patient=world.patient, words="My lower back hurts", recorded_at=NOW)
    note = begin(world)
    address = reverse("treatments:note", args=[note.public_id])

    assert "Back pain, worth asking: night pain" in world.browser.get(address).content.decode()
    holds(world.patient, "red_flag_back.prompt", detail="night pain, long steroid use")
    page = world.browser.get(address).content.decode()
    assert "worth asking" not in page
    assert "Back pain, look closer: night pain, long steroid use" in page
    assert "red_flag_back.prompt" in buttons(warnings(world, note, "bl23 b"))


def test_techniques_speak_where_they_are_and_herbs_stand_beside_the_blood_thinner():
    def said(*others, **facts):
        content = NoteContent(others=list(others), no_needles=True)
        entered = entered_in(content, read(""), first=False)
        flags = safety_flags(
            today=NOW.date(), birth_date=None, birth_year=None, herbs=entered.herbs,
            safety_facts=[{"rule_id": "pregnancy_t1", "due_on": "2027-07-01"}],
            medications=[{"words": "warfarin 5 mg"}],
        )  # fmt: skip
        return {one.warning.flag_id: one.warning for one in speaking(flags, entered).all}

    moxa = {"kind": "moxa_stick"}
    assert "pregnancy_t1" not in said({**moxa, "area": "st36, sp9 l"})
    assert said({**moxa, "area": "cv4"})["pregnancy_t1"].stops
    assert said({**moxa, "area": "lower belly"})["pregnancy_t1"].stops
    assert said({**moxa, "area": "st36"}, {**moxa, "area": "the back"})["pregnancy_t1"].stops
    assert said({"kind": "bleeding_lancet"})["anticoagulant"].stops
    herbs = said({"kind": "herbs", "formula": "Dan Shen Yin", "dose": "9 g"})
    assert herbs["anticoagulant"].together == ("May bleed more: Dan Shen Yin",)
    assert said({"kind": "diet_advice"}) == {}


def test_the_position_on_the_table_speaks():
    content = NoteContent(points_line="st36 b", details={"position": "prone"})
    entered = entered_in(content, read(content.points_line), first=False)
    flags = safety_flags(
        today=NOW.date(), birth_date=None, birth_year=None, medications=[],
        safety_facts=[{"rule_id": "pregnancy_t1", "due_on": "2027-04-01"}],
    )  # fmt: skip

    assert speaking(flags, entered).stops

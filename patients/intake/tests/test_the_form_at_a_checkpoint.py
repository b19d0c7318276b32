"""At a checkpoint ten questions at most take the place of the check-in, on its link and with its safe path."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.attention.models import Task
from clinic.kernel import clock
from clinic.practice.models import Practice, WorryText
from clinic.staff.tests.cast import a_user
from patients.intake import checkpoint, visits
from patients.intake.models import QuestionnaireResponse, Score
from patients.intake.reading_check_in import reading_for
from patients.intake.tests.check_ins import Phone, a_check_in
from patients.models import Complaint, Patient

TEN = {
    "gc-1": "2", "peg-1": "4", "peg-2": "3", "peg-3": "4", "ci-sleep": "5", "ci-analgesic-days": "2",
    "phq4-1": "1", "phq4-2": "0", "phq4-3": "1", "phq4-4": "0",
}  # fmt: skip


@pytest.fixture
def maria(db):
    now = clock.now()
    practice = {"name": "Old Mill", "country": "US", "timezone": "America/New_York", "opened_at": now}
    Practice.objects.update_or_create(id=1, defaults=practice)
    WorryText.objects.create(kind="emergency", language="en", body="Please call 911 now.")
    patient = Patient.objects.create(given_name="Maria", created_at=now, birth_date=date(1961, 3, 12))
    Complaint.objects.create(patient=patient, words="Low back", goal="Walk to the market.", recorded_at=now)
    return patient


@pytest.fixture
def at_checkpoint(monkeypatch):
    monkeypatch.setattr(visits, "_look_after", [lambda *_: visits.After(checkpoint=True)])


def begun(patient, **fields):
    return Phone(a_check_in(patient, appointment_id=1, before_visit=True, **fields))


def shown(phone):
    form = phone.page().context["form"]
    return [field.name for group in form.groups for field in group.fields]


@given(language=st.sampled_from(["en", "es", "zh-Hans"]), goal=st.booleans(), measures=st.integers(0, 12))
def test_it_never_asks_more_than_ten_questions(language, goal, measures):
    chosen = checkpoint.chosen(language, goal=goal, measures=measures)

    asked = [item.link_id for group in chosen.groups for item in group.items]
    assert chosen.questions <= checkpoint.MOST
    assert asked[0] == "gc-1"
    assert {"ci-sleep", "ci-analgesic-days"} <= set(asked)
    assert {"ci-mood", "phq4-1"} & set(asked)
    assert chosen.measures == min(measures, chosen.measures)


@pytest.mark.parametrize(("language", "measures", "asked", "not_asked"), [
    ("en", 0, {"peg-1", "peg-2", "peg-3", "phq4-4"}, {"ci-pain", "ci-interference", "ci-mood"}),
    ("es", 0, {"ci-pain", "ci-interference", "phq4-4"}, {"peg-1", "peg-2", "ci-mood"}),
    ("zh-Hans", 0, {"ci-pain", "ci-interference", "phq4-4"}, {"peg-1", "peg-2", "ci-mood"}),
    ("en", 1, {"peg-1", "ci-mood"}, {"phq4-1"}),
])  # fmt: skip
def test_what_has_no_words_or_no_room_gives_way_to_the_check_ins_own_question(language, measures, asked, not_asked):
    chosen = checkpoint.chosen(language, goal=True, measures=measures)

    found = {item.link_id for group in chosen.groups for item in group.items}
    assert asked <= found
    assert not (not_asked & found)


def test_the_ten_answers_are_scored_as_their_questionnaires_and_as_the_check_in(maria, at_checkpoint):
    phone = begun(maria)

    assert sorted(shown(phone)) == sorted(TEN)
    assert phone.send(TEN).status_code == 302
    stored = {row.instrument: row for row in QuestionnaireResponse.objects.filter(patient=maria, state="completed")}
    assert set(stored) == {"checkin", "peg", "phq-4", "global-change"}
    peg = Score.objects.get(response=stored["peg"], output="score")
    assert Fraction(peg.total, peg.count) == Fraction(11, 3)
    pain = Score.objects.get(response=stored["checkin"], output="pain")
    assert pain.total == 4
    assert stored["global-change"].severity == "important_improvement"
    chen = a_user("Chen", "practitioner")
    lines = dict(reading_for(maria.pk, user=chen).lines)
    assert lines["Compared with before treatment, my main concern is:"] == "Much better"


def test_nothing_must_be_answered(maria, at_checkpoint):
    phone = begun(maria)

    assert phone.send({"gc-1": "4"}).status_code == 302
    stored = QuestionnaireResponse.objects.filter(patient=maria, state="completed").values_list("instrument", "status")
    assert ("global-change", "complete") in stored
    assert not {"peg", "phq-4"} & {code for code, _ in stored}


def test_what_worries_counts_at_its_step_as_on_a_check_in(maria, at_checkpoint):
    phone = begun(maria)

    phone.send({**TEN, "ci-worried": "1", "ci-effects": ["breath"]}, by_itself=True)

    assert Task.objects.get(kind="worrying-check-in").urgency == "emergency"


def test_much_worse_is_a_task_for_the_practitioner(maria, at_checkpoint):
    begun(maria).send({**TEN, "gc-1": "6"})

    assert Task.objects.filter(kind="worrying-check-in").exists()


@pytest.mark.parametrize(("due", "before_visit", "is_asked"), [
    (True, True, True), (True, False, False), (False, True, False),
])  # fmt: skip
def test_it_takes_the_place_of_the_check_in_before_that_session_alone(maria, monkeypatch, due, before_visit, is_asked):
    monkeypatch.setattr(visits, "_look_after", [lambda *_: visits.After(checkpoint=due)])
    phone = Phone(a_check_in(maria, appointment_id=1, before_visit=before_visit))

    page = phone.page().content.decode()

    assert ('name="gc-1"' in page) is is_asked
    assert ('name="ci-mood"' in page) is not is_asked


def test_by_a_code_in_the_clinic_it_is_the_same_form(maria, at_checkpoint):
    phone = begun(maria, expires_at=clock.now() + timedelta(hours=1))

    assert "gc-1" in shown(phone)


def test_what_somebody_else_answered_bears_their_name(maria, at_checkpoint):
    begun(maria).send({**TEN, "who": "her sister"})

    by = QuestionnaireResponse.objects.filter(patient=maria).values_list("answered_by", flat=True)
    assert set(by) == {"her sister"}

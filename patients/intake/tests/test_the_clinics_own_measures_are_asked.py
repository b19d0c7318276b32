from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from clinic.kernel import clock
from patients.intake import reading_measured, visits
from patients.intake.conditions import all_conditions
from patients.intake.models import QuestionnaireRequest
from patients.intake.tests.check_ins import WELL, Phone, a_check_in
from patients.intake.tests.conftest import ANSWERS
from patients.measures.delivered import delivered, lay_down
from patients.measures.models import Measure, MeasureValue, MeasureVersion
from patients.models import Complaint

pytestmark = pytest.mark.django_db

COMPLAINT, FEELINGS = 2, 5


@pytest.fixture(autouse=True)
def _delivered(practice):
    lay_down(Measure, MeasureVersion)


@pytest.fixture
def index(practice):
    """Oswestry per cent, at every check-in."""
    measure = Measure.objects.create(code="oswestry", asked="check-in")
    words = {"en": {"name": "Oswestry", "question": "Your Oswestry result?", "unit": "%"}}
    return MeasureVersion.objects.create(
        measure=measure, version=1, lowest=0, highest=100, decimals=1, worse="up", words=words
    )


def values(patient):
    return [
        (value.measure.code, value.value, value.state)
        for value in MeasureValue.objects.filter(patient=patient).select_related("measure").order_by("id")
    ]


def test_a_check_in_asks_and_keeps_it_and_the_newer_answer_counts(maria, index):
    phone = Phone(a_check_in(maria))

    assert 'name="measure_oswestry"' in phone.page().content.decode()
    phone.send({**WELL, "measure_oswestry": "42,5"})
    phone.send({**WELL, "measure_oswestry": "40"})

    assert values(maria) == [
        ("oswestry", Decimal("42.5"), "replaced"),
        ("oswestry", Decimal("40"), "completed"),
    ]


def test_an_answer_beside_the_scale_is_refused_in_words_and_the_rest_is_kept(maria, index):
    phone = Phone(a_check_in(maria))

    page = phone.send({**WELL, "measure_oswestry": "140"}).content.decode()

    assert "Please write a number from 0 to 100." in page
    assert 'value="140"' in page
    assert not values(maria)


def test_it_may_stay_open(maria, index):
    assert Phone(a_check_in(maria)).send(WELL).status_code == 302
    assert not values(maria)


def test_nobody_is_asked_in_a_language_that_it_has_no_words_in(maria, index):
    phone = Phone(a_check_in(maria, language="es"))

    assert "measure_oswestry" not in phone.page().content.decode()


def test_a_draft_stays_with_the_scale_it_was_answered_on(maria, index):
    asked = a_check_in(maria)
    phone = Phone(asked)
    phone.send({"ci-pain": "4", "measure_oswestry": "95"}, by_itself=True)
    kept = asked.draft.__class__.objects.get(request=asked).data["1"]

    assert kept["measure_oswestry"] == "95"
    assert kept["measure_versions"] == {"oswestry": [index.measure_id, index.pk]}


@pytest.mark.parametrize(("checkpoint", "days_ago", "is_asked"), [
    (False, 90, False), (True, 90, True), (True, 10, False),
])  # fmt: skip
def test_headache_days_are_asked_again_at_the_checkpoint_and_not_twice_in_four_weeks(
    maria, monkeypatch, checkpoint, days_ago, is_asked
):
    Complaint.objects.create(patient=maria, condition_id="migraine", words="Migraine", recorded_at=clock.now())
    version = MeasureVersion.objects.get(measure__code="headache-days")
    before = clock.now() - timedelta(days=days_ago)
    MeasureValue.objects.create(
        patient=maria, measure=version.measure, version=version, value=18, measured_at=before, recorded_at=before,
        source="link",
    )  # fmt: skip
    monkeypatch.setattr(visits, "_look_after", [lambda *_: visits.After(checkpoint=checkpoint)])

    page = Phone(a_check_in(maria, appointment_id=1)).page().content.decode()

    assert ("measure_headache-days" in page) is is_asked


def test_the_first_visit_asks_what_belongs_to_the_complaint(phone, link):
    phone.begin(link)
    for step in range(1, FEELINGS):
        answers = ANSWERS[step] | ({"concern": "Migraine"} if step == COMPLAINT else {})
        assert phone.send(step, answers).status_code == 302

    page = phone.get(f"/i/form/{FEELINGS}/").content.decode()

    assert "On how many of the last 28 days did you have a headache?" in page
    assert "measure_stiffness-minutes" not in page
    refused = phone.send(FEELINGS, {**ANSWERS[FEELINGS], "measure_headache-days": "29"})
    assert "Please write a number from 0 to 28." in refused.content.decode()
    assert phone.send(FEELINGS, {**ANSWERS[FEELINGS], "measure_headache-days": "18"}).status_code == 302


def test_what_comes_with_deqi_has_words_in_every_language_and_known_conditions():
    known = {condition.id for condition in all_conditions()}
    for measure in delivered():
        assert set(measure["words"]) == {"en", "es", "zh-Hans"}
        assert all(words["name"] and words["question"] for words in measure["words"].values())
        assert measure["condition_ids"]
        assert set(measure["condition_ids"]) <= known
        assert "own translation" in measure["source"].lower()


def test_practitioners_read_it_among_the_numbers_beside_the_value_of_last_time(maria, index, charlie):
    MeasureValue.objects.create(
        patient=maria, measure=index.measure, version=index, value=50, measured_at=clock.now() - timedelta(days=7),
        recorded_at=clock.now(), source="staff",
    )  # fmt: skip
    phone = Phone(a_check_in(maria))
    phone.send({**WELL, "measure_oswestry": "42,5"})
    browser = Client()
    browser.force_login(charlie)

    page = browser.get(f"/patients/{maria.public_id}/check-in/").content.decode()

    assert "Oswestry" in page
    assert "42.5 of 100 %" in page


def test_an_intake_is_read_with_its_measures(phone, link, maria, asked):
    phone.begin(link)
    for step in range(1, 7):
        more = {COMPLAINT: {"concern": "Migraine"}, FEELINGS: {"measure_headache-days": "18"}}.get(step, {})
        assert phone.send(step, ANSWERS[step] | more).status_code == 302
    rows = reading_measured.rows()
    sent = QuestionnaireRequest.objects.annotate(found=rows).get(pk=asked.pk)

    [line] = reading_measured.measured_lines(sent.found, sent.pk)

    assert (line.name, line.value, line.most) == ("Headache days", "18", "28 days")
    assert values(maria) == [("headache-days", Decimal(18), "completed")]

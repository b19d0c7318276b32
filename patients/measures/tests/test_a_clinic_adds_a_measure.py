from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client

from clinic.practice.models import Practice
from patients.measures.models import Measure, MeasureVersion
from patients.measures.tests.world import a_clinic, a_patient, a_user, a_value, with_delivered

pytestmark = pytest.mark.django_db

INDEX = {
    "version": "0", "name": "Headache index", "question": "What was your headache index of four weeks?",
    "unit": "points", "lowest": "0", "highest": "140", "low": "", "high": "", "decimals": "0", "worse": "up",
    "asked": "checkpoint", "conditions": ["migraine"], "important_change": "28",
}  # fmt: skip


@pytest.fixture
def owner():
    a_clinic()
    browser = Client()
    browser.force_login(a_user("olga", ["owner"]))
    return browser


def send(browser, path="/settings/measures/new/", **fields):
    data = {"form_token": str(uuid.uuid4()), "end": "1", **INDEX, **fields}
    return browser.post(path, {name: value for name, value in data.items() if value is not None})


def page_of(measure):
    return f"/settings/measures/{measure.public_id}/"


def test_a_headache_index_from_0_to_140_is_added_without_code(owner):
    answer = send(owner)

    assert answer.status_code == 302
    version = MeasureVersion.objects.get(measure__code="headache-index")
    assert (version.lowest, version.highest, version.worse, version.important_change) == (0, 140, "up", 28)
    assert version.measure.condition_ids == ["migraine"]
    assert "Headache index" in owner.get("/settings/measures/").content.decode()


def test_it_is_looked_at_as_the_patient_sees_it_before_it_is_kept(owner):
    answer = send(owner, preview="1", lowest="0", highest="10", important_change="")

    page = answer.content.decode()
    assert "As the patient sees it" in page
    assert page.count('name="preview-en-measure_preview"') == 11
    assert not Measure.objects.filter(code="headache-index").exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Please fill this in."),
        ("lowest", "140", "The highest number lies above the lowest."),
        ("highest", "a lot", "Please write one number in digits, such as 3.5 or 3,5."),
        ("highest", "99.5", "99.5 has more digits behind the point than the measure itself."),
        ("important_change", "141", "The scale is shorter than this change."),
        ("important_change", "0", "A change that matters is more than 0."),
        ("worse", "sideways", "Please choose one of these."),
        ("conditions", ["no-such-thing"], "Please tick some of these."),
        ("name", "Headache days", "There is a measure called Headache days already."),
    ],
)
def test_what_does_not_fit_gets_a_sentence_and_keeps_what_was_typed(owner, field, value, sentence):
    with_delivered()

    answer = send(owner, **{field: value})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert "What was your headache index of four weeks?" in page
    assert not Measure.objects.filter(code="headache-index").exists()


def test_another_range_is_a_new_version_and_old_values_stay_with_theirs(owner):
    send(owner)
    old = MeasureVersion.objects.get(measure__code="headache-index")
    value = a_value(a_patient(), old, "120")

    answer = send(owner, page_of(old.measure), version="1", highest="100", important_change="20", active="on")

    assert answer.status_code == 302
    measure = Measure.objects.get(code="headache-index")
    assert measure.version == 2
    assert [int(one.highest) for one in measure.versions.all()] == [140, 100]
    value.refresh_from_db()
    assert (value.version_id, value.value) == (old.pk, 120)


def test_other_conditions_alone_make_no_new_version(owner):
    send(owner)
    measure = Measure.objects.get(code="headache-index")

    send(owner, page_of(measure), version="1", conditions=["migraine", "neck-pain"], asked="check-in", active="on")

    measure.refresh_from_db()
    assert (measure.version, measure.asked, measure.condition_ids) == (1, "check-in", ["migraine", "neck-pain"])


def test_a_change_that_somebody_else_made_meanwhile_is_not_overwritten(owner):
    send(owner)
    measure = Measure.objects.get(code="headache-index")
    send(owner, page_of(measure), version="1", highest="100", important_change="", active="on")

    answer = send(owner, page_of(measure), version="1", highest="90", important_change="", active="on")

    assert "Somebody else changed this measure meanwhile" in answer.content.decode()
    assert measure.versions.count() == 2


def test_a_measure_is_switched_off_and_its_name_is_free_again(owner):
    send(owner)
    measure = Measure.objects.get(code="headache-index")

    send(owner, page_of(measure), version="1")

    measure.refresh_from_db()
    assert not measure.active
    assert send(owner).status_code == 302
    assert Measure.objects.filter(code="headache-index-2", active=True).exists()


def test_words_in_another_language_are_whole_or_not_there(owner):
    Practice.objects.update(languages=["en", "es"])

    answer = send(owner, es_name="Índice")
    assert "Please write it in Spanish too, or clear all five." in answer.content.decode()

    send(owner, es_name="Índice de dolor de cabeza", es_question="¿Cuál fue su índice?", es_unit="puntos")
    words = MeasureVersion.objects.get(measure__code="headache-index").words
    assert words["es"]["question"] == "¿Cuál fue su índice?"


def test_only_owners_change_measures_and_the_desk_does_not_see_them(owner):
    practitioner, desk = Client(), Client()
    practitioner.force_login(a_user("paul", ["practitioner"]))
    desk.force_login(a_user("dora", ["front-desk"]))

    assert practitioner.get("/settings/measures/").status_code == 200
    assert practitioner.get("/settings/measures/new/").status_code == 403
    assert desk.get("/settings/measures/").status_code == 403


def test_a_clinic_without_measures_is_told_what_to_do(owner, in_role):
    with in_role("owner"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE measures_measurevalue, measures_measureversion, measures_measure")

    assert "No measure yet" in owner.get("/settings/measures/").content.decode()

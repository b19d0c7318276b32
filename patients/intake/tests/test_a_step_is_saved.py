from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.intake.models import Draft
from patients.intake.tests.conftest import COMPLAINT, CONTACT, FEELINGS, HEALTH, row

_NOT_COUNTED = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)")


def counted(queries):
    return [query["sql"] for query in queries if not _NOT_COUNTED.match(query["sql"])]


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_saved_step_takes_four_statements(link, phone, step):
    phone.fill(link, until=step - 1)
    version = phone.version(step)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert phone.send(step, version=version).status_code == 302

    assert len(counted(queries)) <= 4, counted(queries)


def test_a_saved_step_that_worries_takes_no_more(link, phone):
    phone.fill(link, until=3)
    version = phone.version(4)

    with CaptureQueriesContext(connection) as queries:
        phone.send(4, HEALTH | {"ticks": ["acute_emergency"]}, version=version)

    assert len(counted(queries)) <= 4, counted(queries)


def test_each_step_is_on_the_server_before_the_next_page(link, asked, phone):
    phone.fill(link)

    draft = row(asked).draft
    assert draft.step == 6
    assert draft.data["1"]["address_as"] == "Mafer"
    assert draft.data["2"]["condition_id"] == "neck-pain"
    assert draft.data["4"]["details"] == {"anticoagulant": "apixaban 5 mg"}
    assert draft.data["4"]["medicines"] == "Apixaban 5 mg\nAmitriptyline"
    assert draft.data["5"]["ci-mood"] == 4
    assert "saved" in phone.get("/i/form/6/").content.decode()


def test_the_first_page_knows_the_contact_data(link, phone):
    phone.begin(link)
    page = phone.get("/i/form/1/").content.decode()

    assert 'value="maria@mail.example"' in page
    assert 'value="Gutiérrez"' in page


def test_pages_that_were_not_reached_lead_back(link, phone):
    phone.fill(link, until=1)

    assert phone.get("/i/form/5/").headers["Location"] == "/i/form/"
    assert phone.get("/i/form/9/").status_code == 404
    assert phone.get("/i/form/0/").status_code == 404


def test_back_saves_what_was_typed(link, asked, phone):
    phone.fill(link, until=1)

    answer = phone.send(2, go="back")

    assert answer.headers["Location"] == "/i/form/1/"
    assert row(asked).draft.data["2"]["goal"] == "Swim again"


def test_back_from_an_untouched_page_goes_back_and_from_a_half_typed_one_asks(link, phone):
    phone.fill(link, until=1)

    assert phone.send(2, {}, go="back").headers["Location"] == "/i/form/1/"
    kept = phone.send(2, {"goal": "Swim again"}, go="back")
    assert kept.status_code == 200
    assert "Swim again" in kept.content.decode()


def test_two_windows_never_overwrite_silently(link, asked, phone):
    phone.fill(link, until=1)
    seen = phone.version(2)
    phone.send(2, COMPLAINT | {"goal": "Swim again"}, version=seen)

    second = phone.send(2, COMPLAINT | {"goal": "Walk to the shop"}, version=seen)

    page = second.content.decode()
    assert second.status_code == 409
    assert "Swim again" in page
    assert "Walk to the shop" in page
    assert row(asked).draft.data["2"]["goal"] == "Swim again"

    version = re.search(r'name="version" value="(\d+)"', page)[1]
    assert phone.send(2, COMPLAINT | {"goal": "Walk to the shop"}, version=version).status_code == 302
    assert row(asked).draft.data["2"]["goal"] == "Walk to the shop"


def test_two_windows_on_different_pages_do_not_disturb_each_other(link, phone, asked):
    phone.fill(link, until=3)
    seen = phone.version(4)
    phone.send(2, COMPLAINT | {"goal": "Something else"})

    assert phone.send(4, version=seen).status_code == 302


def test_the_same_page_sent_twice_is_saved_once(link, asked, phone):
    phone.fill(link, until=1)
    seen = phone.version(2)

    first = phone.send(2, version=seen)
    second = phone.send(2, version=seen)

    assert first.headers["Location"] == second.headers["Location"] == "/i/form/3/"
    assert Draft.objects.count() == 1


def test_own_words_stay_as_they_were_typed(link, asked, phone):
    phone.fill(link, until=1)
    phone.send(2, {"concern": "My shoulder cracks"})

    kept = row(asked).draft.data["2"]
    assert (kept["condition_id"], kept["words"], kept["back_pain"]) == ("", "My shoulder cracks", False)


@pytest.mark.parametrize("concern", ["Chronic low back pain", "my lower BACK hurts", "sciatica"])
def test_back_pain_brings_its_own_questions(link, phone, concern):
    phone.fill(link, until=1)
    phone.send(2, {"concern": concern})
    phone.send(3)

    assert "red_flag_back.saddle" in phone.get("/i/form/4/").content.decode()


def test_back_pain_named_later_asks_the_safety_list_again(link, phone):
    phone.fill(link)
    phone.send(2, {"concern": "Chronic low back pain"})

    assert phone.get("/i/form/6/").headers["Location"] == "/i/form/4/"


def test_a_helper_may_leave_feelings_open(link, asked, phone):
    phone.begin(link)
    assert phone.send(1, CONTACT | {"filled_by": "helper"}).status_code == 200
    phone.send(1, CONTACT | {"filled_by": "helper", "helper": "her sister"})
    phone.send(2)
    phone.send(3)
    phone.send(4)

    assert "Please let them answer" in phone.get("/i/form/5/").content.decode()
    assert phone.send(5, {}).status_code == 302
    assert row(asked).draft.data["5"] == {}


def test_the_patient_is_asked_every_number_once(link, phone):
    phone.fill(link, until=4)
    page = phone.get("/i/form/5/").content.decode()

    assert all(f'name="{name}"' in page for name in FEELINGS)
    assert not any(name in page for name in ("ci-pain", "ci-interference", "ci-analgesic-change", "ci-worried"))
    assert phone.send(5, FEELINGS | {"peg-2": None}).status_code == 200


def test_a_due_date_is_asked_only_where_it_can_be(link, maria, phone):
    phone.fill(link, until=3)
    assert "when is the baby due" not in phone.get("/i/form/4/").content.decode()

    type(maria).objects.filter(pk=maria.pk).update(birth_date="1995-05-05")
    assert "when is the baby due" in phone.get("/i/form/4/").content.decode()
    boxes = {"due_on_day": "12", "due_on_month": "3", "due_on_year": "2027"}
    assert phone.send(4, HEALTH | boxes | {"due_on_year": "1997"}).status_code == 200
    assert phone.send(4, HEALTH | boxes).status_code == 302

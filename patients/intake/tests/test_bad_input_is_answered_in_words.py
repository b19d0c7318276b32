from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patients.intake.tests.conftest import ANSWERS, COMPLAINT, CONTACT, FEELINGS, HEALTH, row

TOKEN = "2b0a1a1e-6b0a-4b61-a1f5-6f3a3ad1b2c4"


def raw(answers):
    """A body as a broken browser sends it: half of a character pair, percent-encoded."""
    return urlencode(answers, doseq=True, errors="surrogatepass")


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_a_page_that_arrives_cut_off_is_kept_and_said(link, asked, phone, step):
    phone.fill(link, until=step - 1)

    page = phone.send(step, end=None)

    assert page.status_code == 200
    assert "arrived cut off" in page.content.decode()
    assert str(step) not in row(asked).draft.data
    assert row(asked).state == "begun"


@pytest.mark.parametrize("field", ["story", "better", "worse", "goal"])
def test_fifty_thousand_characters_are_refused_in_words_and_kept(link, phone, field):
    phone.fill(link, until=1)

    page = phone.send(2, COMPLAINT | {field: "x" * 50_000})

    assert page.status_code == 200
    assert "50,000 characters long; 5,000 fit here" in page.content.decode()
    assert "x" * 50_000 in page.content.decode()


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "a\x1bb"])
@pytest.mark.parametrize(("step", "field"), [(1, "address_as"), (2, "concern"), (2, "goal"), (4, "medicines")])
def test_characters_that_cannot_be_kept_are_said_beside_their_field(link, phone, step, field, text):
    phone.fill(link, until=step - 1)

    said = ANSWERS[step] | {field: text, "version": phone.version(step), "form_token": TOKEN, "end": "1"}
    page = phone.client.post(f"/i/form/{step}/", raw(said), content_type="application/x-www-form-urlencoded")

    assert page.status_code == 200
    assert "cannot be kept" in page.content.decode()


def test_a_thousand_and_one_fields_are_refused_in_words_with_the_text_kept(link, phone):
    phone.fill(link, until=1)

    page = phone.send(2, COMPLAINT | {f"extra{n}": "1" for n in range(1001)})

    assert page.status_code == 200
    assert "More arrived than this page holds" in page.content.decode()
    assert "Since the move." in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"given_name": ""}, "Please write a given name"),
        ({"email": "maria"}, "has an @"),
        ({"email": "mıke@example.org"}, "plain letters"),
        ({"phone": "12"}, "too few digits"),
        ({"email": "", "phone": ""}, "an e-mail address or a phone number"),
        ({"given_name": "x" * 201}, "201 characters"),
        ({"desk_facts": ["secret"]}, "tick some of these"),
        ({"filled_by": "nobody"}, "choose one of these"),
    ],
)
def test_contact_data_that_cannot_be_right(link, asked, phone, changes, says):
    phone.begin(link)

    page = phone.send(1, CONTACT | changes)

    assert page.status_code == 200
    assert says in page.content.decode()
    assert "1" not in row(asked).draft.data


@pytest.mark.parametrize("name", ["A", "Ł" * 200, "O’Súilleabháin"])
def test_short_and_long_names_are_names(link, phone, name):
    phone.begin(link)

    assert phone.send(1, CONTACT | {"given_name": name}).status_code == 302


@pytest.mark.parametrize(
    ("ticks", "says"),
    [
        ([], "tick what is true"),
        (["none", "diabetes"], "cannot stand beside"),
        (["bloodborne"], "tick some of these"),
        (["red_flag_back.saddle"], "tick some of these"),
        (["pregnancy_possible"], "tick some of these"),
    ],
)
def test_ticks_that_cannot_be(link, phone, ticks, says):
    phone.fill(link, until=3)

    page = phone.send(4, HEALTH | {"ticks": ticks})

    assert page.status_code == 200
    assert says in page.content.decode()
    assert "Amitriptyline" in page.content.decode()


def test_none_of_these_alone_is_an_answer(link, phone):
    phone.fill(link, until=3)

    assert phone.send(4, {"ticks": ["none"]}).status_code == 302


@pytest.mark.parametrize("number", ["11", "-1", "3.0", "x", "", "١"])
def test_numbers_that_are_none(link, phone, number):
    phone.fill(link, until=4)

    assert phone.send(5, FEELINGS | {"peg-1": number}).status_code == 200
    assert phone.send(5, FEELINGS | {"phq4-1": number}).status_code == 200


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_version_that_is_none_is_said(link, phone, version):
    phone.begin(link)

    assert phone.send(1, version=version).status_code == 200


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.sampled_from([*COMPLAINT, "pattern", "version"]), st.text(max_size=60), max_size=4))
def test_whatever_is_typed_is_saved_or_said(link, phone, answers):
    phone.fill(link, until=1)
    answers.pop("version", None)

    assert phone.send(2, COMPLAINT | answers).status_code in (200, 302, 409)

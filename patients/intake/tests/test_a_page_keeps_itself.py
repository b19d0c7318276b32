"""While somebody writes, the page is kept on the server: half of it is no mistake, and a worry in it counts at once."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.attention.models import Task
from clinic.audit.models import AuditEvent
from patients.intake import steps
from patients.intake.models import QuestionnaireRequest
from patients.intake.tests.conftest import ANSWERS, CONTACT, row
from patients.intake.tests.test_a_step_is_saved import counted

WINDOW, OTHER_WINDOW = str(uuid.UUID(int=1, version=4)), str(uuid.UUID(int=2, version=4))


def keep(phone, step, answers, *, version=None, window=WINDOW, **more):
    said = {"version": phone.version(step) if version is None else version, "form_token": window, "end": "1"}
    said |= answers | more
    return phone.client.post(
        f"/i/form/{step}/keep/", {name: value for name, value in said.items() if value is not None}
    )


def shown(phone, step):
    return phone.get(f"/i/form/{step}/").content.decode()


@pytest.mark.parametrize("step", range(1, steps.LAST))
def test_an_empty_page_is_kept_without_blame(link, asked, phone, step):
    phone.fill(link, until=step - 1)

    answer = keep(phone, step, {})

    assert answer.status_code == 200, answer.content
    page = phone.get(f"/i/form/{step}/")
    assert page.status_code == 200
    assert "field-problem" not in page.content.decode()
    assert row(asked).draft.step == step


@pytest.mark.parametrize("step", range(1, steps.LAST))
def test_a_kept_page_takes_four_statements_and_the_next_two_or_three(link, phone, step):
    phone.fill(link, until=step - 1)
    version = phone.version(step)

    with CaptureQueriesContext(connection) as first:
        assert keep(phone, step, ANSWERS[step], version=version).status_code == 200
    with CaptureQueriesContext(connection) as again:
        assert keep(phone, step, ANSWERS[step], version=version).status_code == 200

    assert len(counted(first)) <= 4, "\n".join(one[:150] for one in counted(first))
    assert len(counted(again)) <= 3, counted(again)


def test_half_an_address_comes_back_as_it_was_typed(link, asked, phone, other_phone):
    phone.begin(link)

    said = keep(phone, 1, CONTACT | {"email": "maria@", "given_name": "Marí"})

    assert re.fullmatch(r"saved \d{1,2}:\d\d.*", said.json()["says"])
    page = shown(phone, 1)
    assert 'value="maria@"' in page
    assert 'value="Marí"' in page
    assert "needs a look" not in page
    assert "field-problem" not in page
    assert "1" not in row(asked).draft.data


def test_another_device_finds_what_was_being_typed(link, phone, other_phone):
    phone.fill(link, until=1)
    keep(phone, 2, {"concern": "", "story": "Since the move I can"})

    other_phone.begin(link)
    parts = {"birth_date_day": "12", "birth_date_month": "3", "birth_date_year": "1961"}
    other_phone.client.post("/i/birth-date/", parts | {"form_token": WINDOW, "end": "1"})

    assert "Since the move I can" in shown(other_phone, 2)


def test_a_device_that_is_not_known_keeps_nothing(link, asked, phone, other_phone):
    phone.fill(link, until=1)
    other_phone.begin(link)

    answer = keep(other_phone, 2, {"story": "mine"}, version=99)

    assert answer.status_code == 302
    assert steps.TYPED not in row(asked).draft.data or not row(asked).draft.data[steps.TYPED]


def test_next_makes_a_page_whole_and_leaves_nothing_half_typed(link, asked, phone):
    phone.fill(link, until=1)
    keep(phone, 2, {"story": "Since the"})

    assert phone.send(2).status_code == 302

    data = row(asked).draft.data
    assert data[steps.TYPED] == {}
    assert data["2"]["story"] == "Since the move."


def test_a_page_that_was_opened_up_again_leads_back_before_the_agreement(link, asked, phone):
    phone.fill(link)
    keep(phone, 2, {"story": "something else", "concern": ""})

    assert phone.get(f"/i/form/{steps.LAST}/").headers["Location"] == "/i/form/2/"
    assert row(asked).draft.data["2"]["story"] == "Since the move."


def test_a_worrying_tick_counts_the_moment_it_is_kept(link, asked, maria, phone):
    phone.fill(link, until=steps.HEALTH - 1)

    said = keep(phone, steps.HEALTH, {"ticks": ["acute_emergency"], "medicines": "x" * 30_000})

    assert [text["heading"] for text in said.json()["texts"]]
    assert "911" in said.json()["texts"][0]["body"]
    assert Task.objects.get().urgency == "emergency"
    assert row(asked).draft.flags == ["acute_emergency"]
    again = keep(phone, steps.HEALTH, {"ticks": ["acute_emergency"], "medicines": "x" * 30_001})
    assert again.json()["texts"] == []
    assert Task.objects.count() == 1


def test_keeping_leaves_one_trace_for_an_opened_page(link, phone):
    phone.fill(link, until=1)
    for length in range(1, 8):
        assert keep(phone, 2, {"concern": "Neck pain"[:length]}, version=phone.version(2)).status_code == 200

    assert AuditEvent.objects.filter(action="keep-step").count() == 1
    keep(phone, 2, {"concern": "Neck"}, window=OTHER_WINDOW)
    assert AuditEvent.objects.filter(action="keep-step").count() == 2


def test_two_windows_that_keep_themselves_never_overwrite_silently(link, asked, phone):
    phone.fill(link, until=1)
    seen = phone.version(2)
    assert keep(phone, 2, {"concern": "Neck", "story": "left"}, version=seen).status_code == 200

    beaten = keep(phone, 2, {"concern": "Neck", "story": "right"}, version=seen, window=OTHER_WINDOW)

    assert beaten.status_code == 409
    assert "another window" in beaten.json()["says"]
    assert steps.answers_of(row(asked).draft.data, 2)["story"] == "left"
    pressed = phone.send(2, {"concern": "Neck", "story": "right"}, version=seen, form_token=OTHER_WINDOW)
    assert pressed.status_code == 409
    assert "left" in pressed.content.decode()
    assert "right" in pressed.content.decode()


def test_a_window_whose_answer_was_lost_on_the_way_is_not_another_one(link, asked, phone):
    phone.fill(link, until=1)
    seen = phone.version(2)
    keep(phone, 2, {"concern": "Neck", "story": "Since"}, version=seen)

    assert keep(phone, 2, {"concern": "Neck", "story": "Since the move"}, version=seen).status_code == 200
    assert phone.send(2, {"concern": "Neck"}, version=seen, form_token=WINDOW).status_code == 302


@pytest.mark.parametrize("changes", [{"end": None}, {"version": "x"}, {"form_token": "7"}])
def test_what_arrives_cut_off_is_not_kept_over_what_is_there(link, asked, phone, changes):
    phone.fill(link, until=1)
    keep(phone, 2, {"concern": "Neck", "story": "Since the move"})

    said = keep(phone, 2, {"concern": "Neck"}, **changes)

    assert said.status_code == 422
    assert "cut off" in said.json()["says"]
    assert steps.answers_of(row(asked).draft.data, 2)["story"] == "Since the move"


def test_a_page_that_was_not_reached_is_not_kept(link, phone):
    phone.begin(link)

    assert keep(phone, 4, {}, version=1).status_code == 404
    assert keep(phone, steps.LAST, {}, version=1).status_code == 404
    assert phone.get("/i/form/1/keep/").status_code == 405


def test_after_it_was_handed_in_nothing_is_kept(link, asked, phone):
    phone.fill(link)
    version = phone.version(2)
    phone.send(steps.LAST)

    assert keep(phone, 2, {"concern": "Neck"}, version=version).status_code in (302, 404, 410)
    assert QuestionnaireRequest.objects.get().state == "submitted"

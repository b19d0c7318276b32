"""A check-in is one screen: begun by a button, kept at once, sent, and sent again until the patient comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.attention.models import Task
from clinic.audit.models import AuditEvent
from clinic.kernel import clock
from patients.intake import check_in, visits
from patients.intake.models import Draft, QuestionnaireRequest, QuestionnaireResponse, Score
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.intake.tests.check_ins import BREATHLESS, WELL, Phone, a_check_in, link_of
from patients.intake.tests.test_a_link_is_opened import hashes
from patients.models import Complaint

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(maria):
    return a_check_in(maria)


@pytest.fixture
def goal(maria):
    return Complaint.objects.create(
        patient=maria, words="Low back", goal="Walk to the market.", recorded_at=clock.now()
    )


def answered(asked):
    return QuestionnaireResponse.objects.filter(request=asked, state="completed").order_by("instrument")


def scores(asked):
    rows = Score.objects.filter(response__request=asked, response__state="completed")
    return {row.output: row.total for row in rows}


def test_the_link_shows_a_page_that_changes_nothing(asked):
    before = hashes()
    answer = Client().get(link_of(asked))

    assert answer.status_code == Client().head(link_of(asked)).status_code == 200
    assert not answer.cookies
    assert hashes() == before
    assert "Clinic at the Old Mill" in answer.content.decode()
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert QuestionnaireRequest.objects.get(pk=asked.pk).state == "open"
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"state": "revoked"}, {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, {"form": "intake"}]
)
def test_every_link_that_opens_nothing_gets_the_same_page_with_one_button(asked, changes):
    never = Client().get("/i/check-in/" + "x" * 43 + "/")
    QuestionnaireRequest.objects.filter(pk=asked.pk).update(**changes)

    for method in ("get", "post"):
        ended = getattr(Client(), method)(link_of(asked))
        assert ended.status_code == never.status_code == 404
        assert ended.content.replace(link_of(asked).encode(), b"") == never.content
    assert never.content.decode().partition("<main")[2].count('class="btn') == 1
    assert not Draft.objects.exists()


def test_the_button_begins_and_leaves_the_token_behind(asked):
    answer = Phone().begin(asked)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/i/check-in/")
    assert QuestionnaireRequest.objects.get(pk=asked.pk).state == "begun"


def test_a_token_of_one_form_opens_no_other(asked, maria):
    intake = issue_request(patient=maria, appointment_id=None, by=None, now=clock.now())

    assert Client().post(f"/i/{token_of(asked)}/").status_code == 404
    assert Client().post(f"/i/check-in/{token_of(intake)}/").status_code == 404


def test_eight_questions_for_the_thumb_and_a_ninth_for_her_own_goal(asked, goal):
    form = Phone(asked).page().context["form"]

    taps = [field.name for field, shown in form.asked if not shown or field.name == "ci-analgesic-change"]
    assert taps == [
        "ci-pain", "mc-goal-score", "ci-interference", "ci-mood", "ci-sleep", "ci-analgesic-days",
        "ci-analgesic-change", "ci-new", "ci-worried",
    ]  # fmt: skip
    assert form["mc-goal-score"].label == "“Walk to the market.” How hard is this for you at present?"


def test_what_is_sent_is_scored_and_stands_at_once(asked, goal):
    answer = Phone(asked).send({**WELL, "mc-goal-score": "6"})

    assert answer.headers["Location"] == "/i/check-in/sent/"
    assert [(row.instrument, row.instrument_version) for row in answered(asked)] == [
        ("checkin", "1.1"), ("main-concern", "1.0")
    ]  # fmt: skip
    assert scores(asked) == {
        "pain": 4, "interference": 3, "mood": 3, "sleep": 5, "analgesic_days": 2, "goal_score": 6,
        "concern_score": None,
    }  # fmt: skip
    stored = QuestionnaireRequest.objects.get(pk=asked.pk)
    assert stored.state == "submitted"
    assert stored.submitted_at is not None


def test_after_sending_it_says_who_reads_it(asked, monkeypatch):
    soon = visits.Visit("Dr. Chen", clock.now() + timedelta(days=4))
    monkeypatch.setattr(visits, "_look_after", [lambda *_: visits.After(reader="Dr. Chen", next=soon)])
    asked.appointment_id = 1
    asked.save()
    phone = Phone(asked)
    assert "Send to Dr. Chen" in phone.page().content.decode()

    phone.send(WELL)

    page = phone.client.get("/i/check-in/sent/").content.decode()
    assert "Thank you" in page
    assert "Dr. Chen reads this before you come on" in page
    assert 'href="tel:911"' in page


def test_it_can_be_changed_and_the_newer_answers_count(asked):
    phone = Phone(asked)
    phone.send(WELL)
    again = Phone(asked)
    assert again.page().context["form"]["ci-pain"].value() == 4

    again.send({**WELL, "ci-pain": "7"})

    assert scores(asked)["pain"] == 7
    states = QuestionnaireResponse.objects.filter(request=asked).order_by("id").values_list("state", flat=True)
    assert list(states) == ["replaced", "completed"]


def test_a_double_click_is_one_sending(asked):
    phone = Phone(asked)
    phone.send(WELL, version=1)
    phone.send(WELL, version=1)

    assert QuestionnaireResponse.objects.filter(request=asked).count() == 1


def test_two_windows_never_overwrite_silently(asked):
    first, second = Phone(asked), Phone(asked)
    first.send(WELL, version=1)

    answer = second.send({**WELL, "ci-pain": "9"}, version=1)

    assert "Another window saved other answers" in answer.content.decode()
    assert scores(asked)["pain"] == 4
    second.send({**WELL, "ci-pain": "9"}, version=answer.context["form"]["version"].value())
    assert scores(asked)["pain"] == 9


def test_every_answer_is_kept_as_it_is_given(asked):
    phone = Phone(asked)

    first = phone.send({"ci-pain": "4"}, by_itself=True, version=1).json()
    second = phone.send({"ci-pain": "4", "ci-mood": "6"}, by_itself=True, version=first["version"]).json()

    assert second["version"] == 3
    assert Draft.objects.get(request=asked).data["1"] == {"ci-pain": 4, "ci-mood": 6}
    assert not answered(asked).exists()
    assert AuditEvent.objects.filter(resource="check-in", action="save-step").count() == 1


def test_what_is_missing_is_said_and_the_rest_is_kept(asked):
    answer = Phone(asked).send({"ci-pain": "4"})

    assert answer.status_code == 200
    page = answer.content.decode()
    assert page.count("Please choose a number from 0 to 10.") >= 3
    assert Draft.objects.get(request=asked).data["1"] == {"ci-pain": 4}


@pytest.mark.parametrize(
    "bad",
    [
        {"ci-pain": "11"}, {"ci-pain": "-1"}, {"ci-pain": "four"}, {"ci-new": "7"}, {"ci-effects": ["teeth"]},
        {"ci-effects": ["none", "bruise"]}, {"version": "x"}, {"end": ""}, {"ci-new-text": "\x00" * 5, "ci-new": "1"},
        {"ci-new-text": "a" * 1001, "ci-new": "1"}, {"version": "999999999999"},
    ],
)  # fmt: skip
def test_bad_input_is_answered_in_words(asked, bad):
    phone = Phone(asked)

    for by_itself in (True, False):
        answer = phone.send({**WELL, "ci-worried": "1", "version": "1", **bad}, by_itself=by_itself, version=1)
        assert answer.status_code in (200, 302, 409, 422)


def test_an_answer_to_a_question_that_is_not_asked_does_not_count():
    given = {"ci-analgesic-days": 0, "ci-analgesic-change": 2, "ci-worried": 0, "ci-effects": ["breath"], "ci-new": 0}

    assert check_in.sensible(given, goal="") == {"ci-analgesic-days": 0, "ci-worried": 0, "ci-new": 0}


def test_what_worries_counts_at_once_and_shows_the_clinics_own_words(asked):
    answer = Phone(asked).send(BREATHLESS)

    assert answer.headers["Location"] == "/i/check-in/please-read/"
    task = Task.objects.get()
    assert (task.kind, task.urgency, task.subject_id) == ("worrying-check-in", "emergency", asked.pk)


def test_what_worries_counts_before_anything_is_sent(asked):
    phone = Phone(asked)

    said = phone.send({"ci-worried": "1", "ci-effects": ["breath"]}, by_itself=True, version=1).json()

    assert said["texts"] == [
        {"heading": "Please get help now", "body": '<p>Please call <a href="tel:911">911</a> now.</p>'}
    ]
    assert Task.objects.get().urgency == "emergency"
    page = phone.client.get("/i/check-in/please-read/").content.decode()
    assert "Please get help now" in page


def test_it_counts_once_and_stays_also_when_it_is_taken_back(asked):
    phone = Phone(asked)
    phone.send(BREATHLESS)
    phone.send(WELL)
    phone.send(BREATHLESS)

    assert Task.objects.count() == 1
    assert Draft.objects.get(request=asked).flags == ["checkin.urgent_chest"]


def test_something_new_is_a_task_for_the_practitioners(asked):
    Phone(asked).send({**WELL, "ci-new": "1", "ci-new-text": "A new tablet."})

    assert Task.objects.get().urgency == "prompt"


def test_practitioners_read_it_from_the_list_and_the_front_desk_never(asked, charlie, bob):
    Phone(asked).send({"ci-pain": "4", "ci-worried": "1", "ci-effects": ["breath"]}, by_itself=True, version=1)
    reads, books = Client(), Client()
    reads.force_login(charlie)
    books.force_login(bob)

    listed = reads.get("/attention/").content.decode()
    address = f"/patients/{asked.patient.public_id}/check-in/"
    assert address in listed
    page = reads.get(address).content.decode()
    assert "Short of breath or chest pain after treatment" in page
    assert "not sent yet" in page
    assert books.get(address).status_code == 403
    assert AuditEvent.objects.filter(resource="intake-answers", actor_id=charlie.pk).exists()


@pytest.mark.parametrize("closed", ["arrived", "too old", "called back"])
def test_it_closes_when_she_arrives_after_a_week_or_when_a_newer_one_is_asked(asked, closed, monkeypatch):
    phone = Phone(asked)
    page = phone.page()
    if closed == "arrived":
        monkeypatch.setattr(visits, "_look_after", [lambda *_: visits.After(arrived=True)])
        QuestionnaireRequest.objects.update(appointment_id=1)
    elif closed == "too old":
        QuestionnaireRequest.objects.update(expires_at=clock.now())
    else:
        QuestionnaireRequest.objects.update(state="revoked")

    for answer in (
        phone.client.get(link_of(asked)), phone.client.post(link_of(asked)), phone.page(),
        phone.send(WELL, version=page.context["form"]["version"].value()), phone.client.get("/i/check-in/sent/"),
    ):  # fmt: skip
        assert answer.status_code == 404
        assert "These questions are closed" in answer.content.decode()
    assert not QuestionnaireResponse.objects.exists()


def test_without_a_link_nothing_is_open():
    answer = Client().get("/i/check-in/")

    assert answer.status_code == 404
    assert "Please open the link in your mail" in answer.content.decode()


def test_statements(asked, goal):
    phone = Phone(asked)
    phone.page()
    counts = {}
    for name, act in {
        "page": phone.page,
        "keep": lambda: phone.send({"ci-pain": "4"}, by_itself=True, version=1),
        "send": lambda: phone.send({**WELL, "mc-goal-score": "6"}, version=2),
    }.items():
        with CaptureQueriesContext(connection) as captured:
            act()
        control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
        counts[name] = sum(1 for query in captured if not query["sql"].startswith(control))

    assert counts["page"] <= 3
    assert counts["keep"] <= 5
    assert counts["send"] <= 8

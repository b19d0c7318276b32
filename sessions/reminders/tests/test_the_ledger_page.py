"""One page says what will go, went, failed, was skipped and why."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.audit.models import AuditEvent
from clinic.kernel import clock
from clinic.outbox import services
from clinic.outbox.models import Heartbeat, OutgoingMessage

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


@pytest.mark.parametrize("name", ["olga", "paula", "bob"])
def test_all_staff_may_read_it(as_, plan, samuel, name):
    plan("sent", patient=samuel, after=-HOUR)

    answer = as_(name).get("/reminders/")

    assert answer.status_code == 200
    assert "Samuel Okonkwo" in text_of(answer)
    assert "s***@okonkwo.example" in answer.content.decode()
    assert "samuel@" not in answer.content.decode()


def test_nobody_else_may(client, practice):
    assert client.get("/reminders/").headers["Location"].startswith("/accounts/login/")


def test_an_empty_ledger_says_where_to_begin(as_, practice):
    answer = as_("bob").get("/reminders/")

    assert "No message yet" in text_of(answer)
    assert '/visits/new/"' in answer.content.decode()


def test_every_state_has_its_word_and_its_reason(as_, plan, samuel):
    plan("queued", after=HOUR, patient=samuel)
    plan("claimed")
    plan("transmitting")
    plan("sent")
    plan("failed", reason="550 no such mailbox", patient=samuel)
    plan("unsure", reason="line broke after sending")
    plan("cancelled", reason="the visit was moved")

    said = text_of(as_("bob").get("/reminders/"))

    for words in (
        "planned", "going out", "sent", "failed", "unsure", "skipped", "the visit was moved",
        "550 no such mailbox; please phone, and look at the name and the address",
        "line broke after sending; may or may not have arrived: please decide",
    ):  # fmt: skip
        assert words in said


def test_newest_first_with_the_line_of_now_between(as_, plan):
    plan("sent", after=-2 * HOUR)
    plan("queued", after=2 * HOUR)

    said = text_of(as_("bob").get("/reminders/"))

    assert said.index(" planned ") < said.index(" now ") < said.rindex(" sent ")


def test_what_is_unsure_stands_on_top_with_its_two_buttons(as_, plan):
    plan("queued", after=HOUR)
    unsure = plan("unsure", after=-3 * HOUR)

    page = as_("bob").get("/reminders/").content.decode()

    assert page.index("Needs you</th>") < page.index(f"/reminders/{unsure.public_id}/send-again/")
    assert page.index(f"/reminders/{unsure.public_id}/leave/") < page.index("/send-now/")


def test_what_is_late_says_since_when(as_, plan):
    plan("queued", after=timedelta(minutes=4), first_tried_at=clock.now() - HOUR, reason="451 try later")

    assert re.search(r"delayed since \d+:\d\d: 451 try later", text_of(as_("bob").get("/reminders/")))


@pytest.mark.parametrize(
    ("show", "states"),
    [
        ("sent", {"sent"}), ("planned", {"queued", "claimed", "transmitting"}), ("skipped", {"cancelled"}),
        ("needs-you", {"failed", "unsure"}),
    ],
)  # fmt: skip
def test_one_may_look_at_one_state_only(as_, plan, show, states):
    for state in OutgoingMessage.State.values:
        plan(state, reason=f"because of {state}" if state != "sent" else "")

    answer = as_("bob").get("/reminders/", {"state": show})

    shown = {entry.row.state for entry in answer.context["page"].entries if entry.row}
    assert shown == states


def test_a_patient_is_found_by_name(as_, plan, samuel):
    plan("sent", patient=samuel)
    plan("sent")

    answer = as_("bob").get("/reminders/", {"q": "okonkwo sam"})

    assert [e.row.name for e in answer.context["page"].entries if e.row] == ["Samuel Okonkwo"]
    assert 'value="okonkwo sam"' in answer.content.decode()
    assert "Nothing fits this choice" in text_of(as_("bob").get("/reminders/", {"q": "nobody"}))


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=%ED%A0%80",
        "?page=x",
        "?page=-3",
        "?page=99999999",
        "?page=%C2%B2",
        "?state=evil",
        f"?q={'a' * 5000}",
    ],
)
def test_bad_choices_never_break_the_page(as_, plan, query):
    plan("sent")

    assert as_("bob").get(f"/reminders/{query}").status_code == 200


def test_fifty_a_page_with_the_same_statements_whatever_the_number(as_, plan, samuel):
    client = as_("bob")
    counts = []
    for more in (1, 130):
        for number in range(more):
            plan("sent", patient=samuel if number % 2 else None, after=-timedelta(minutes=number))
        for address in ("/reminders/", "/reminders/?page=2", "/reminders/?state=sent&q=okonkwo"):
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(address)
            left_out = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET ROLE")
            counts.append(len([q for q in captured if not q["sql"].startswith(left_out)]))
            assert answer.status_code == 200
    page = client.get("/reminders/").context["page"]

    assert len([entry for entry in page.entries if entry.row]) == 50
    assert page.has_more
    assert counts[:3] == counts[3:]
    assert max(counts) <= 13


def test_who_looked_is_traced_with_the_patients_shown(as_, people, plan, samuel):
    plan("sent", patient=samuel)

    as_("bob").get("/reminders/")

    trace = AuditEvent.objects.get(action="list", resource="outbox")
    assert (trace.actor_id, trace.patients_shown) == (people["bob"].pk, [samuel.pk])


def test_the_worker_s_sleep_is_told(as_, plan):
    plan("sent")
    Heartbeat.objects.create(name="worker", alive_at=clock.now(), tick_at=clock.now() - timedelta(minutes=4))
    assert "mail is delayed: the worker last looked" in text_of(as_("bob").get("/reminders/"))

    Heartbeat.objects.update(tick_at=clock.now())
    assert "mail worker awake" in text_of(as_("bob").get("/reminders/"))


def test_a_pause_is_told_to_all_and_lifted_by_the_owner_only(as_, plan, people):
    services.pause(why="restored from a backup", now=clock.now())

    assert "Restored from a backup" in text_of(as_("bob").get("/reminders/"))
    assert as_("bob").post("/reminders/resume/").status_code == 403
    assert as_("paula").post("/reminders/pause/").status_code == 403
    as_("olga").post("/reminders/resume/")
    assert "No mail leaves the house" not in text_of(as_("bob").get("/reminders/"))
    as_("olga").post("/reminders/pause/")
    assert "Held back by Olga" in text_of(as_("bob").get("/reminders/"))

"""Send again, leave it, send now: by anybody of the house, with name and time; the text is for the owner alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("name", ["olga", "paula", "bob"])
def test_an_unsure_mail_is_sent_again_and_the_list_stays_where_it_was(as_, people, plan, name):
    message = plan("unsure")

    answer = as_(name).post(f"/reminders/{message.public_id}/send-again/?state=needs-you&q=")

    message.refresh_from_db()
    assert answer.headers["Location"] == "/reminders/?state=needs-you"
    assert (message.state, message.resolution, message.resolved_by_id) == ("queued", "send-again", people[name].pk)
    assert AuditEvent.objects.filter(action="send-again", actor_id=people[name].pk).exists()


def test_leaving_it_keeps_who_and_when_on_the_page(as_, people, plan):
    message = plan("unsure", reason="line broke after sending")

    page = as_("bob").post(f"/reminders/{message.public_id}/leave/", follow=True).content.decode()

    assert "left as it is by Bob" in page
    assert "Needs you</th>" not in page


def test_a_failed_mail_is_done_with_once_somebody_phoned(as_, plan, samuel):
    message = plan("failed", patient=samuel, reason="550 no such mailbox")
    assert f"/reminders/{message.public_id}/leave/" in as_("bob").get("/reminders/").content.decode()

    as_("bob").post(f"/reminders/{message.public_id}/leave/")

    assert as_("bob").get("/reminders/").context["page"].waiting == []


def test_a_planned_mail_goes_now(as_, plan):
    message = plan("queued", after=HOUR)
    before = message.not_before

    as_("bob").post(f"/reminders/{message.public_id}/send-now/")

    message.refresh_from_db()
    assert message.not_before < before - timedelta(minutes=59)
    assert AuditEvent.objects.filter(action="send-now").exists()


@pytest.mark.parametrize(("state", "act"), [("sent", "send-again"), ("sent", "leave"), ("sent", "send-now")])
def test_what_is_decided_already_gets_a_sentence(as_, plan, state, act):
    message = plan(state)

    page = as_("bob").post(f"/reminders/{message.public_id}/{act}/", follow=True)

    assert "does not wait for this any more" in page.content.decode()
    message.refresh_from_db()
    assert message.state == state


def test_past_its_moment_there_is_no_send_again(as_, plan):
    message = plan("unsure", after=-30 * HOUR)

    page = as_("bob").get("/reminders/").content.decode()
    answer = as_("bob").post(f"/reminders/{message.public_id}/send-again/", follow=True).content.decode()

    assert "/send-again/" not in page
    assert "/leave/" in page
    assert "moment has passed" in answer


@pytest.mark.parametrize("act", ["send-again", "leave", "send-now"])
def test_opening_an_address_changes_nothing(as_, plan, act):
    message = plan("unsure")

    assert as_("bob").get(f"/reminders/{message.public_id}/{act}/").status_code == 405
    message.refresh_from_db()
    assert message.state == "unsure"


def test_the_text_is_for_the_owner_alone_and_the_look_is_traced(as_, people, plan, samuel):
    message = plan("sent", patient=samuel)
    address = f"/reminders/{message.public_id}/"

    for name in ("bob", "paula"):
        assert as_(name).get(address).status_code == 403
        assert address + '"' not in as_(name).get("/reminders/").content.decode()
        assert "Come on Monday." not in as_(name).get("/reminders/").content.decode()
    assert address + '"' in as_("olga").get("/reminders/").content.decode()
    page = as_("olga").get(address).content.decode()

    assert "Come on Monday." in page
    assert "samuel@" not in page
    assert AuditEvent.objects.filter(actor_id=people["olga"].pk, resource="message", patient_id=samuel.pk).count() == 1


def test_a_made_up_message_is_not_there(as_, practice):
    made_up = "00000000-0000-4000-8000-000000000000"

    assert as_("bob").post(f"/reminders/{made_up}/leave/").status_code == 404
    assert as_("bob").get(f"/reminders/{made_up}/").status_code == 403
    assert as_("olga").get(f"/reminders/{made_up}/").status_code == 404

"""One press says what became of a call; it is kept with who and when, and can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from clinic.audit.models import AuditEvent
from clinic.outbox.models import OutgoingMessage
from sessions.calls.models import CallAnswer
from sessions.calls.problems import AnsweredAlready
from sessions.calls.services import Call, answer_call
from sessions.calls.tests.world import (
    SUNDAY,
    a_first_session,
    a_user,
    a_visit_ahead,
    at,
    lines,
    press,
    signed_in,
    the_list,
    the_worker,
)
from sessions.reminders import after_care, last_reminder

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def world(in_role):
    made = a_visit_ahead()
    the_worker(in_role, last_reminder.plan, SUNDAY)
    made.desk = made.clinic.desk
    return made


def the_line(world, now=SUNDAY, user=None):
    page = the_list(user or world.desk, now).context["page"]
    [line] = [*page.now, *page.later]
    return line


@pytest.mark.parametrize("said", ["reached", "message", "not-needed"])
def test_a_call_that_was_made_is_not_asked_again(world, said):
    page = press(world.desk, the_line(world), said, SUNDAY)

    kept = CallAnswer.objects.get()
    assert (kept.answer, kept.by, kept.at, kept.patient) == (said, world.desk, SUNDAY, world.patient)
    assert lines(world.desk, SUNDAY) == []
    assert f"Greta Lindqvist: {kept.get_answer_display()}" in page.content.decode()
    assert AuditEvent.objects.filter(action="answer", resource="call", patient_id=world.patient.pk).count() == 1


def test_nobody_answered_so_the_call_comes_back_at_its_time(world):
    press(world.desk, the_line(world), "no-answer", SUNDAY, again="three-hours")

    assert lines(world.desk, SUNDAY + 2 * HOUR) == []
    [later] = the_list(world.desk, SUNDAY + 2 * HOUR).context["page"].later
    assert (later.again_at, later.number) == (SUNDAY + 3 * HOUR, 2)
    assert later.tried == "no answer by Rosa, Sun 22 Nov, 9:00"
    assert lines(world.desk, SUNDAY + 3 * HOUR) == ["Confirm Mon 23 Nov, 15:00"]


def test_put_off_until_tomorrow_it_stands_there_tomorrow(world):
    press(world.desk, the_line(world), "no-answer", SUNDAY, again="tomorrow")

    today = the_list(world.desk, SUNDAY).context["page"]
    assert (today.now, today.later) == ([], [])
    assert [one.words for one in today.made] == ["no answer, again Mon 23 Nov, 9:00"]
    assert lines(world.desk, SUNDAY + 24 * HOUR) == ["Confirm Mon 23 Nov, 15:00"]


def test_an_answer_is_taken_back_by_the_word_below_and_the_call_is_owed_again(world):
    line = the_line(world)
    page = press(world.desk, line, "reached", SUNDAY).content.decode()
    back = reverse("calls:take_back", args=[CallAnswer.objects.get().public_id])
    assert back in page

    with time_machine.travel(SUNDAY + HOUR, tick=False):
        for _ in range(2):
            signed_in(world.desk).post(back)

    assert lines(world.desk, SUNDAY + HOUR) == [line.words]
    assert [one.answer for one in CallAnswer.objects.order_by("number")] == ["reached", "taken-back"]


def test_taken_back_the_answer_before_it_stands_again(world):
    press(world.desk, the_line(world), "no-answer", SUNDAY, again="three-hours")
    later = SUNDAY + 3 * HOUR
    press(world.desk, the_line(world, later), "reached", later)
    with time_machine.travel(later, tick=False):
        signed_in(world.desk).post(reverse("calls:take_back", args=[CallAnswer.objects.get(number=2).public_id]))

    line = the_line(world, later)

    assert (line.tried, line.number) == ("no answer by Rosa, Sun 22 Nov, 9:00", 4)
    press(world.desk, line, "message", later)
    assert lines(world.desk, later) == []


def test_a_double_click_is_one_answer(world):
    line = the_line(world)

    press(world.desk, line, "reached", SUNDAY)
    page = press(world.desk, line, "reached", SUNDAY)

    assert CallAnswer.objects.count() == 1
    assert "meanwhile" not in page.content.decode()


def test_who_comes_second_reads_what_the_first_one_said(world):
    line = the_line(world)
    press(world.desk, line, "reached", SUNDAY)

    page = press(a_user("Ben"), line, "message", SUNDAY)

    assert "Rosa answered this call meanwhile: reached." in page.content.decode()
    assert CallAnswer.objects.count() == 1


def test_an_answer_after_one_that_was_taken_back_does_not_slip_in_from_an_old_page(world):
    line = the_line(world)
    press(world.desk, line, "reached", SUNDAY)
    with time_machine.travel(SUNDAY, tick=False):
        signed_in(world.desk).post(reverse("calls:take_back", args=[CallAnswer.objects.get().public_id]))
    call = Call.of_mail(OutgoingMessage.objects.get(kind="last-reminder"))

    with pytest.raises(AnsweredAlready):
        answer_call(call=call, answer="message", number=1, by=a_user("Ben"), now=SUNDAY)
    with pytest.raises(AnsweredAlready):
        answer_call(call=call, answer="message", number=7, by=a_user("Ben"), now=SUNDAY)


@pytest.mark.parametrize(
    "sent", [{}, {"answer": "sang"}, {"answer": "reached", "number": "x"}, {"answer": "taken-back"}]
)
def test_what_no_button_says_is_asked_again(world, sent):
    with time_machine.travel(SUNDAY, tick=False):
        page = signed_in(world.desk).post(the_line(world).act, {"number": 1, **sent}, follow=True)

    assert "Please press what became of the call." in page.content.decode()
    assert not CallAnswer.objects.exists()


def test_the_desk_answers_no_call_of_those_who_treat(in_role):
    world = a_first_session()
    the_worker(in_role, after_care.plan, at(9, 30))
    tuesday = at(10) + 24 * HOUR
    line = the_line(world, tuesday, world.clinic.chen.user)

    with time_machine.travel(tuesday, tick=False):
        assert signed_in(world.clinic.desk).post(line.act, {"number": 1, "answer": "reached"}).status_code == 403
    press(world.clinic.chen.user, line, "reached", tuesday)
    with time_machine.travel(tuesday, tick=False):
        back = reverse("calls:take_back", args=[CallAnswer.objects.get().public_id])
        assert signed_in(world.clinic.desk).post(back).status_code == 403
        assert signed_in(world.clinic.chen.user).post(back).status_code == 302


def test_the_ledger_says_that_somebody_phones_and_what_became_of_it(world):
    def the_ledger():
        with time_machine.travel(SUNDAY, tick=False):
            return signed_in(world.desk).get("/reminders/").content.decode()

    assert "by phone" in the_ledger()

    press(world.desk, the_line(world), "message", SUNDAY)

    assert "phoned" in the_ledger()
    assert "left a message by Rosa, Sun 22 Nov, 9:00" in the_ledger()


@pytest.mark.parametrize(
    "statement", ["UPDATE calls_callanswer SET answer = 'message'", "DELETE FROM calls_callanswer"]
)
@pytest.mark.parametrize("role", ["web", "owner"])
def test_an_answer_is_never_changed(world, in_role, role, statement):
    press(world.desk, the_line(world), "reached", SUNDAY)

    refused = "permission denied" if role == "web" else "never changed"
    with pytest.raises(DatabaseError, match=refused), in_role(role), transaction.atomic():
        connection.cursor().execute(statement)
    assert CallAnswer.objects.get().answer == "reached"

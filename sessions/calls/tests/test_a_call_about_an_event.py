"""On the day after something happened a practitioner calls. The desk knows that and by whom, and nothing more."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from clinic.attention.models import Task
from clinic.outbox import states
from clinic.outbox.models import OutgoingMessage
from sessions.calls.models import CallAnswer
from sessions.calls.tests.world import DAY, a_first_session, at, lines, press, signed_in, the_list
from sessions.events.models import AdverseEvent
from sessions.events.services import Said, open_event, record_event
from sessions.reminders import after_care

pytestmark = pytest.mark.django_db
TUESDAY = at(9) + DAY
HOUR = timedelta(hours=1)
SECRET = "Fainted after LI4"


@pytest.fixture
def world():
    made = a_first_session(email="greta@example.org")
    made.chen = made.clinic.chen.user
    made.event = open_event(session=made.note, source="note", key="1", by=made.chen, now=at(9, 40))
    return made


def written(world, code="fainting"):
    said = Said(code=code, grade=2, onset="during", outcome="recovered", words=SECRET)
    record_event(event=world.event, said=said, by=world.chen, now=at(9, 50))


def test_who_had_an_event_is_called_on_the_next_day_also_with_an_address(world):
    assert lines(world.chen, at(18)) == []

    [line] = the_list(world.chen, TUESDAY).context["page"].now

    assert line.words == "Dr. Mei-Ling Chen calls the day after the visit. Something happened on Mon 16 Nov, 9:40"
    assert str(world.event.public_id) in line.read


def test_after_care_and_an_event_of_one_session_are_one_call(world, in_role):
    type(world.patient).objects.filter(pk=world.patient.pk).update(desk_facts=["no-email"])
    with in_role("worker"):
        after_care.plan(at(9, 50))
        states.claim(now=at(10) + DAY, size=10)
    assert OutgoingMessage.objects.get(kind="after-care").reason == "wants no e-mail: phone"

    [line] = the_list(world.chen, TUESDAY + HOUR).context["page"].now

    assert "Something happened" in line.words


def test_the_desk_reads_that_a_call_is_owed_and_by_whom_alone(world):
    written(world)

    page = the_list(world.clinic.desk, TUESDAY)

    [line] = page.context["page"].now
    assert (line.words, line.act, line.read) == ("Dr. Mei-Ling Chen calls the day after the visit", "", "")
    for word in (SECRET, "faint", "event", "happened", str(world.event.public_id)):
        assert word.lower() not in page.content.decode().lower().split("<main")[1], word


def test_the_desk_cannot_answer_it(world):
    [line] = the_list(world.chen, TUESDAY).context["page"].now

    with time_machine.travel(TUESDAY, tick=False):
        assert signed_in(world.clinic.desk).post(line.act, {"number": 1, "answer": "reached"}).status_code == 403
    assert not CallAnswer.objects.exists()


def test_reached_it_is_done_here_and_on_the_list_of_what_waits(world):
    [line] = the_list(world.chen, TUESDAY).context["page"].now

    press(world.chen, line, "reached", TUESDAY)

    assert lines(world.chen, TUESDAY) == []
    task = Task.objects.get(kind="next-day-call")
    assert (task.acknowledged_by, task.acknowledged_at) == (world.chen, TUESDAY)


def test_nobody_answered_so_it_goes_on_waiting(world):
    [line] = the_list(world.chen, TUESDAY).context["page"].now

    press(world.chen, line, "no-answer", TUESDAY)

    assert Task.objects.get(kind="next-day-call").acknowledged_at is None


def test_seen_is_not_called(world):
    Task.objects.filter(kind="next-day-call").update(acknowledged_at=at(10), acknowledged_by=world.chen)

    assert len(lines(world.chen, TUESDAY)) == 1


def test_what_happened_to_staff_is_no_call(world):
    written(world, code="staff_needlestick")

    assert AdverseEvent.objects.get().of_patient is False
    assert lines(world.chen, TUESDAY) == []


def test_it_waits_for_two_weeks_and_says_since_when(world):
    [line] = the_list(world.chen, TUESDAY + 5 * DAY).context["page"].now
    assert line.is_overdue

    assert lines(world.chen, at(10) + 14 * DAY) == []

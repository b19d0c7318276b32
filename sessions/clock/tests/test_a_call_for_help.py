"""“Help, room 2”: desk and colleague hear it, the other clocks change hands, the time is kept, an event is opened."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from clinic.attention.models import Task
from sessions.clock.help import call_help, end_call, hear, others_of, take_over
from sessions.clock.models import HelpCall
from sessions.clock.tests.world import (
    NOW,
    a_needled,
    a_practitioner,
    a_treatment,
    another_room,
    browser_of,
    heard_by,
    in_minutes,
)
from sessions.events.models import AdverseEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """Dr. Chen with needles in rooms 1 and 2, a colleague in room 3, the desk."""
    world = a_treatment()
    world.note = a_needled(world, minutes=30)
    world.other = another_room(world, minutes=20, room=1)
    world.ibarra = a_practitioner("Dr. Ibarra")
    world.hers, world.desk, world.colleague = world.clinic.chen.user, world.clinic.desk, world.ibarra.user
    return world


def is_loud(user, minute):
    return 'data-sounds="help"' in heard_by(browser_of(user), in_minutes(minute))


def test_one_press_calls_the_desk_and_the_colleague_and_opens_the_event(house):
    with time_machine.travel(in_minutes(10), tick=False):
        answer = browser_of(house.hers).post(reverse("clock:help", args=[house.note.public_id]))

    call = HelpCall.objects.get()
    event = AdverseEvent.objects.get()
    assert answer.status_code == 302
    assert call.called_at == event.opened_at == in_minutes(10)
    assert (event.session_id, event.source, event.recorded_at) == (house.note.pk, "help", None)
    assert (is_loud(house.desk, 11), is_loud(house.colleague, 11), is_loud(house.hers, 11)) == (True, True, False)
    assert "Help, Room 1" in heard_by(browser_of(house.desk), in_minutes(11))


def test_a_press_from_the_note_leaves_the_page_where_it_is(house):
    answer = browser_of(house.hers).post(
        reverse("clock:help", args=[house.note.public_id]), headers={"X-Deqi-Stay": "1"}
    )

    assert (answer.status_code, answer.content) == (204, b"")
    assert HelpCall.objects.count() == 1


def test_a_second_press_is_the_same_call(house):
    first = call_help(note=house.note, by=house.hers, now=in_minutes(10))

    assert call_help(note=house.note, by=house.hers, now=in_minutes(11)) == first
    assert AdverseEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_presses_in_one_moment_are_one_call(house):
    start = Barrier(4)

    def press(_):
        try:
            start.wait(30)
            return call_help(note=house.note, by=house.hers, now=in_minutes(10)).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(press, range(4)))

    assert len(made) == HelpCall.objects.count() == AdverseEvent.objects.count() == 1


def test_a_colleague_who_comes_takes_the_other_clocks(house):
    call = call_help(note=house.note, by=house.hers, now=in_minutes(10))
    with time_machine.travel(in_minutes(11), tick=False):
        page = browser_of(house.colleague).get(reverse("clock:call", args=[call.public_id])).content.decode()
    assert "I come and take 1 clock" in page

    with time_machine.travel(in_minutes(11), tick=False):
        browser_of(house.colleague).post(reverse("clock:take_over", args=[call.public_id]))

    def hears(user):
        html = heard_by(browser_of(user), in_minutes(12))
        line = next(line for line in html.split("<li") if "Room 2" in line)
        return int(re.search(r'data-since="(\d+)"', line).group(1))

    due = int(in_minutes(20).timestamp())
    assert (hears(house.colleague), hears(house.hers)) == (due, due + 8 * 60)
    assert not is_loud(house.colleague, 12)
    assert f"{house.hers} called, {house.colleague} comes" in heard_by(browser_of(house.desk), in_minutes(12))


def test_the_clock_of_the_room_itself_stays_with_who_called(house):
    call = call_help(note=house.note, by=house.hers, now=in_minutes(10))

    assert [one.pk for one in others_of(call, in_minutes(10))] == [house.other.pk]


def test_only_the_first_colleague_takes_them_and_never_the_caller(house):
    call = call_help(note=house.note, by=house.hers, now=in_minutes(10))
    second = a_practitioner("Dr. Vandenbroucke").user

    taken = [take_over(call=call, by=user, now=in_minutes(11)) for user in (house.hers, house.colleague, second)]

    assert taken == [0, 1, 0]
    assert HelpCall.objects.get().taken_by == house.colleague


def test_the_desk_says_that_it_heard_and_takes_no_needles(house):
    call = call_help(note=house.note, by=house.hers, now=in_minutes(10))

    hear(call=call, by=house.desk, now=in_minutes(11))

    assert (is_loud(house.desk, 12), is_loud(house.colleague, 12)) == (False, True)
    assert take_over(call=call, by=house.desk, now=in_minutes(11)) == 0
    answer = browser_of(house.desk).post(reverse("clock:take_over", args=[call.public_id]))
    assert answer.status_code == 403


def test_a_call_that_is_over_is_heard_no_more_and_another_may_follow(house):
    call = call_help(note=house.note, by=house.hers, now=in_minutes(10))

    end_call(call=call, by=house.hers, now=in_minutes(20))

    assert not is_loud(house.colleague, 21)
    assert call_help(note=house.note, by=house.hers, now=in_minutes(22)) != call


def test_the_desk_reads_the_call_and_never_the_event(house):
    call = call_help(note=house.note, by=house.hers, now=in_minutes(10))
    event = AdverseEvent.objects.get()
    desk = browser_of(house.desk)

    page = desk.get(reverse("clock:call", args=[call.public_id])).content.decode()

    assert "Help, Room 1" in page
    assert not re.search(f"Greta|Lindqvist|{event.public_id}", page)
    assert desk.get(reverse("events:event", args=[event.public_id])).status_code == 403


def test_a_locked_screen_hears_the_call(house):
    browser = browser_of(house.desk)
    heard_by(browser, in_minutes(1))
    browser.post("/accounts/logout/")
    call_help(note=house.note, by=house.hers, now=in_minutes(10))

    with time_machine.travel(in_minutes(11), tick=False):
        door = browser.get(reverse("clock:door")).content.decode()

    assert "Help, Room 1" in door
    assert 'data-sounds="help"' in door


def test_the_next_day_call_stands_on_the_list(house):
    call_help(note=house.note, by=house.hers, now=NOW)

    assert [(task.kind, task.urgency) for task in Task.objects.all()] == [("next-day-call", "prompt")]
    page = browser_of(house.hers).get("/attention/").content.decode()
    assert "A call on the day after the session" in page

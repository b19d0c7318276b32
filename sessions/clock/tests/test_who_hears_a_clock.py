"""Time is up: the practitioner hears it, the desk after three minutes, everybody after eight."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from sessions.appointments.tests.world import a_user
from sessions.clock.services import stop
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
from sessions.clock.times import LONGEST, due_at, running
from sessions.tests.world import counted

pytestmark = pytest.mark.django_db


def since(html, room="Room 1"):
    """From when on this page shows and sounds the clock of a room."""
    line = next(line for line in html.split("<li") if room in line)
    return datetime.fromtimestamp(int(re.search(r'data-since="(\d+)"', line).group(1)), NOW.tzinfo)


def sounds(html):
    return 'data-sounds="clock"' in html


def test_the_practitioner_hears_at_once_the_desk_later_everybody_last():
    world = a_treatment()
    a_needled(world, minutes=25)
    colleague = a_practitioner("Dr. Ibarra")

    heard = {
        who: since(heard_by(browser_of(user), in_minutes(1)))
        for who, user in (("hers", world.clinic.chen.user), ("desk", world.clinic.desk), ("other", colleague.user))
    }

    assert heard == {"hers": in_minutes(25), "desk": in_minutes(28), "other": in_minutes(33)}


def test_several_rooms_run_at_once_needles_out_next_first():
    world = a_treatment()
    a_needled(world, minutes=30)
    another_room(world, minutes=15)

    html = heard_by(browser_of(world.clinic.desk), in_minutes(1))

    assert html.index("Room 2") < html.index("Room 1")


def test_no_patient_is_named():
    world = a_treatment()
    a_needled(world)

    html = heard_by(browser_of(world.clinic.chen.user), in_minutes(30))

    assert "Room 1" in html
    assert "Greta" not in html
    assert "Lindqvist" not in html


def test_minutes_that_nobody_said_are_the_usual_ones():
    world = a_treatment()
    a_needled(world, minutes=None)

    assert since(heard_by(world.browser, in_minutes(1))) == in_minutes(25)


def test_a_stopped_clock_is_seen_and_not_heard():
    world = a_treatment()
    note = a_needled(world)
    assert sounds(heard_by(world.browser, in_minutes(30)))

    stop(note=note, by=world.clinic.chen.user, now=in_minutes(26))

    html = heard_by(world.browser, in_minutes(30))
    assert "needles not counted" in html
    assert not sounds(html)


def test_a_locked_screen_hears_room_and_time_of_whoever_sat_there_last():
    world = a_treatment()
    a_needled(world, minutes=25)
    heard_by(world.browser, in_minutes(1))
    world.browser.post("/accounts/logout/")

    with time_machine.travel(in_minutes(30), tick=False):
        refused = world.browser.get(reverse("clock:heard"))
        door = world.browser.get(reverse("clock:door")).content.decode()

    assert refused.status_code == 302
    assert "Room 1" in door
    assert since(door) == in_minutes(25)
    assert not re.search("Greta|Lindqvist|/notes/", door)


def test_a_device_nobody_of_the_house_used_learns_nothing():
    world = a_treatment()
    a_needled(world)
    stranger, forger = Client(), Client()
    forger.cookies["deqi-listens"] = "1:practitioner:forged"

    answers = [one.get(reverse("clock:door")) for one in (stranger, forger)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]


def test_the_sign_in_page_and_every_page_of_the_staff_listen():
    world = a_treatment()

    assert f'data-heard="{reverse("clock:door")}"' in Client().get("/accounts/login/").content.decode()
    assert f'data-heard="{reverse("clock:heard")}"' in world.browser.get("/today/").content.decode()


def test_a_second_device_and_a_new_process_hear_the_same():
    """Nothing of a clock lives in a process or a page: every answer is made from the rows alone."""
    world = a_treatment()
    a_needled(world)

    first = heard_by(browser_of(world.clinic.chen.user), in_minutes(26))
    second = heard_by(browser_of(world.clinic.chen.user), in_minutes(26))

    assert first == second
    assert sounds(first)


def test_a_clock_that_was_forgotten_in_a_note_falls_silent():
    world = a_treatment()
    a_needled(world)

    assert sounds(heard_by(world.browser, NOW + LONGEST - timedelta(minutes=1)))
    assert not sounds(heard_by(world.browser, NOW + LONGEST + timedelta(minutes=1)))


def test_listening_is_three_statements_whatever_runs():
    world = a_treatment()
    a_needled(world)
    heard_by(world.browser, in_minutes(1))
    with counted() as few:
        heard_by(world.browser, in_minutes(2))
    for number in range(5):
        another_room(world, given=f"Ida{number}")
    with counted() as many:
        heard_by(world.browser, in_minutes(3))

    assert len(few) == len(many) == 3


def test_an_owner_without_a_room_hears_it_last():
    world = a_treatment()
    a_needled(world)

    assert since(heard_by(browser_of(a_user("Alice", ("owner",))), in_minutes(1))) == in_minutes(33)


@pytest.mark.parametrize(
    ("seconds", "words", "due"),
    [(0, "25 min", False), (1, "25 min", False), (60, "24 min", False), (1499, "1 min", False), (1500, "0 min", False),
     (1501, "1 min over", True), (1620, "2 min over", True)],
)  # fmt: skip
def test_minutes_are_said_as_people_count_them(seconds, words, due):
    clock = running(
        room="Room 1", counted_in=NOW, minutes=25, needles=10, stopped_at=None, now=NOW + timedelta(seconds=seconds)
    )

    assert (clock.words, clock.is_due) == (words, due)
    assert clock.out_at == due_at(NOW, 25)

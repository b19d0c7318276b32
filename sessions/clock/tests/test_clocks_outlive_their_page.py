"""A clock lives in its row: a reload, another device, a locked screen and a server that starts anew change nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.urls import reverse

from clinic.practice.models import Room
from sessions.clock.help import call_help, take_over
from sessions.clock.models import HelpCall
from sessions.clock.services import count_out, stop
from sessions.clock.tests.world import (
    NOW,
    a_needled,
    a_practitioner,
    a_treatment,
    another_room,
    browser_of,
    counted_in,
    heard_by,
    in_minutes,
)
from sessions.models import TreatmentSession

pytestmark = pytest.mark.django_db

#: What a process that has just begun says of every clock and call to one person, from the database alone.
ASKED = """
from datetime import datetime
from django.test import Client
import time_machine
from clinic.staff.models import User
import django
django.conf.settings.ALLOWED_HOSTS = ["*"]
browser = Client()
with time_machine.travel(datetime.fromisoformat({now!r}), tick=False):
    browser.force_login(User.objects.get(pk={user}))
    print("SAID" + browser.get("/clocks/").content.decode())
"""


def a_new_process_says(user, now):
    """Start Deqi anew on the database of this test and return what its page hears."""
    address = connection.settings_dict
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_URL_")}
    environment |= {
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**address),
        "DEQI_ROLE": "web",
        "DEBUG": "1",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", ASKED.format(now=now.isoformat(), user=user.pk)],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.partition("SAID")[2].strip()


def strip(user, now):
    """The patients on the strip of the board, needles out next first."""
    with time_machine.travel(now, tick=False):
        return [one.name for one in browser_of(user).get(reverse("desk:board")).context["strip"]]


@pytest.mark.django_db(transaction=True)
def test_a_server_that_starts_anew_knows_every_clock_who_minds_it_and_every_call():
    world = a_treatment()
    chen, ibarra = world.clinic.chen.user, a_practitioner("Dr. Ibarra").user
    note = a_needled(world, minutes=20)
    a_handed_over = another_room(world, minutes=25)
    call = call_help(note=note, by=chen, now=in_minutes(5))
    take_over(call=call, by=ibarra, now=in_minutes(6))
    now = in_minutes(26)

    said = a_new_process_says(ibarra, now)

    assert said == heard_by(browser_of(ibarra), now).strip()
    assert "Help, Room 1" in said
    assert str(a_handed_over.public_id) in said
    # The control: the other process reads the rows, and says no more once the needles are out.
    for one in (note, a_handed_over):
        count_out(note=one, needles=one.needles_in, reason="", who="", by=chen, now=now)
    HelpCall.objects.update(ended_at=now, ended_by=chen)
    assert "data-key" not in a_new_process_says(ibarra, now)


@pytest.mark.parametrize("page", ["clock:clock", "treatments:note", "desk:board"])
def test_a_reload_starts_and_stops_nothing(page):
    world = a_treatment()
    note = a_needled(world)
    stop(note=note, by=world.clinic.chen.user, now=in_minutes(20))

    def stands():
        return heard_by(world.browser, in_minutes(26)), TreatmentSession.objects.filter(pk=note.pk).values().get()

    before = stands()

    with time_machine.travel(in_minutes(26), tick=False):
        for _ in range(3):
            address = reverse(page, args=[] if page == "desk:board" else [note.public_id])
            assert world.browser.get(address).status_code == 200

    assert (
        heard_by(world.browser, in_minutes(26)),
        TreatmentSession.objects.filter(pk=note.pk).values().get(),
    ) == before


def test_what_is_counted_on_one_device_is_silent_on_the_other_and_on_a_locked_one():
    world = a_treatment()
    note = a_needled(world)
    tablet, laptop, locked = (browser_of(world.clinic.chen.user) for _ in range(3))
    for device in (tablet, laptop, locked):
        assert 'data-sounds="clock"' in heard_by(device, in_minutes(26))
    locked.post("/accounts/logout/")

    def door():
        with time_machine.travel(in_minutes(26), tick=False):
            return locked.get(reverse("clock:door")).content.decode()

    assert 'data-sounds="clock"' in door()

    with time_machine.travel(in_minutes(26), tick=False):
        tablet.post(reverse("clock:out", args=[note.public_id]), {"needles": "10", "end": "1", "form_token": TOKEN})

    assert TreatmentSession.objects.get(pk=note.pk).needles_out == 10
    assert "data-key" not in heard_by(laptop, in_minutes(26))
    assert "data-key" not in door()


def test_who_signs_in_again_hears_with_names_of_rooms_what_the_locked_screen_heard():
    world = a_treatment()
    a_needled(world)
    heard_by(world.browser, in_minutes(1))
    world.browser.post("/accounts/logout/")
    with time_machine.travel(in_minutes(26), tick=False):
        world.browser.force_login(world.clinic.chen.user)

    html = heard_by(world.browser, in_minutes(26))

    assert 'data-sounds="clock"' in html
    assert "Count out" in html


def test_in_a_community_session_the_chair_whose_needles_are_out_next_stands_first():
    """Three chairs in one window: who came first, and whose chair is first, is not asked."""
    world = a_treatment(given="Anna")
    world.clinic.rooms += [Room.objects.create(location=world.clinic.location, name=f"Chair {n}") for n in (3, 4)]
    desk = world.clinic.desk
    counted_in(a_needled(world), minutes=40, now=NOW)
    another_room(world, given="Berit", minutes=20, now=in_minutes(10), room=2)
    last = another_room(world, given="Cleo", minutes=15, now=in_minutes(12), room=3)

    assert strip(desk, in_minutes(15)) == ["Cleo Solheim", "Berit Solheim", "Anna Lindqvist"]
    # A clock that is over stays in front until it is counted; then the next one moves up.
    assert strip(desk, in_minutes(29)) == ["Cleo Solheim", "Berit Solheim", "Anna Lindqvist"]
    count_out(note=last, needles=8, reason="", who="", by=world.clinic.chen.user, now=in_minutes(29))
    assert strip(desk, in_minutes(29)) == ["Berit Solheim", "Anna Lindqvist"]


TOKEN = "0b9f1d44-6a51-4a7b-8a41-0e5f4d0b8a11"

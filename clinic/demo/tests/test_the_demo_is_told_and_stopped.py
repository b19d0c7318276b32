"""Somebody who waits sees that it goes on; who stops it in the middle has lost nothing."""

from __future__ import annotations

import os
import signal
import time
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clinic.demo.models import DemoRun
from clinic.demo.telling import telling
from clinic.practice.models import Room
from clinic.staff.models import User

TODAY = date(2026, 11, 20)


class Terminal:
    """Standard output that sends the process a signal when a word comes."""

    def __init__(self, number=None, at="nothing"):
        self.number, self.at, self.lines = number, at, []

    def write(self, text):
        self.lines.append(text)
        if self.number and self.at in text:
            os.kill(os.getpid(), self.number)
            self.number = None

    def flush(self):
        pass


def guards():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace")
        constraints = cursor.fetchone()
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE tgenabled = 'O') FROM pg_trigger WHERE NOT tgisinternal"
        )
        return constraints, cursor.fetchone()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("at", ["Planning", "Writing", "Building"])
def test_stopped_in_the_middle_it_leaves_nothing(as_owner, settings, number, at):
    settings.DEBUG = True
    before, handler = guards(), signal.getsignal(signal.SIGTERM)

    with pytest.raises(CommandError, match="nothing was changed") as stopped:
        call_command("demo", patients=40, sessions=400, today=TODAY, stdout=Terminal(number, at))

    assert stopped.value.returncode == 130
    assert not User.objects.exists()
    assert not Room.objects.exists()
    assert not DemoRun.objects.exists()
    assert guards() == before
    assert signal.getsignal(signal.SIGTERM) is handler


def test_what_was_stopped_can_be_done_again(as_owner, settings):
    settings.DEBUG = True
    with pytest.raises(CommandError):
        call_command("demo", patients=40, sessions=400, today=TODAY, stdout=Terminal(signal.SIGINT, "Writing"))

    call_command("demo", patients=40, sessions=400, today=TODAY, stdout=Terminal())

    assert DemoRun.objects.get().sessions == 400


def test_a_long_step_says_again_and_again_how_far_it_is():
    said = []

    with telling(said.append, "Counting", every=0.02) as teller:
        teller.words = "Counting: 7 of 9"
        deadline = time.monotonic() + 10
        while len(said) < 4 and time.monotonic() < deadline:
            time.sleep(0.01)

    assert said[0] == "Counting"
    assert said[1].startswith("Counting: 7 of 9 (")
    spoken = len(said)
    time.sleep(0.1)
    assert spoken == len(said) >= 4

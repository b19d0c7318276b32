"""Somebody without e-mail, a desk and who treats: the cast for tests of the phone list."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.test import Client

from clinic.outbox import states
from sessions.tests.world import NOW, a_patient, a_practitioner, a_treatment, a_user, a_visit, at, signed

__all__ = [
    "NOW", "VISIT", "a_patient", "a_practitioner", "a_treatment", "a_user", "a_visit", "at", "signed",
]  # fmt: skip
DAY = timedelta(days=1)
#: A visit a week later at 15:00: its reminder leaves thirty hours before, on Sunday at 9:00.
VISIT = at(15) + 7 * DAY
SUNDAY = at(9) + 6 * DAY


def a_visit_ahead(**patient):
    """A visit in a week; its patient has no e-mail unless one is given."""
    world = a_treatment(**{"email": "", "phone": "+49301234567", **patient})
    world.next = world.visit
    world.next.state, world.next.starts_at, world.next.ends_at = "booked", VISIT, VISIT + timedelta(minutes=50)
    world.next.save()
    world.ruiz = a_practitioner("Dr. Ruiz")
    return world


def a_first_session(**patient):
    """A session signed on Monday at 9:20: its after-care is due on Tuesday at 10:00."""
    with time_machine.travel(at(9, 20), tick=True):
        world = a_treatment(**{"email": "", "phone": "+49301234567", **patient})
        world.note = signed(world)
    return world


def the_worker(in_role, plan, now):
    """What the worker does at that moment: it plans, and takes what is due."""
    with in_role("worker"):
        plan(now)
        states.claim(now=now, size=50)


def signed_in(user):
    """A browser of somebody."""
    client = Client()
    client.force_login(user)
    return client


def the_list(user, now):
    """The page as somebody reads it at that moment."""
    with time_machine.travel(now, tick=False):
        answer = signed_in(user).get("/calls/")
    assert answer.status_code == 200, answer.status_code
    return answer


def lines(user, now):
    """What the page says of each call that is owed now."""
    return [line.words for line in the_list(user, now).context["page"].now]


def press(user, line, answer, now, **fields):
    """Press a button of a line, as a browser does."""
    with time_machine.travel(now, tick=False):
        return signed_in(user).post(line.act, {"number": line.number, "answer": answer, **fields}, follow=True)

"""Rooms with needles in: the cast for tests of clocks."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.test import Client
from django.urls import reverse

from sessions.models import TreatmentSession
from sessions.tests.world import NOW, a_patient, a_practitioner, a_treatment, a_visit, at, begin

__all__ = ["NOW", "a_patient", "a_practitioner", "a_treatment", "at", "begin"]


def in_minutes(minutes):
    """A moment after the clinic's 8:00."""
    return NOW + timedelta(minutes=minutes)


def a_needled(world, needles=10, minutes=25, now=NOW):
    """The note of the world's visit, with its clock running."""
    note = begin(world)
    return counted_in(note, needles, minutes, now)


def counted_in(note, needles=10, minutes=25, now=NOW):
    """Needles are in, as a saved note says it."""
    TreatmentSession.objects.filter(pk=note.pk).update(needles_in=needles, needles_in_at=now, retention_minutes=minutes)
    return TreatmentSession.objects.get(pk=note.pk)


def another_room(world, needles=8, minutes=25, now=NOW, practitioner=None, room=1, given="Ingrid"):
    """A second patient of this clinic in another room, needles in."""
    practitioner = practitioner or world.clinic.chen
    patient = a_patient(given=given, family="Solheim", email=f"{given.lower()}@example.org")
    visit = a_visit(world.clinic, patient, practitioner=practitioner, state="in-treatment")
    visit.room = world.clinic.rooms[room]
    visit.save()
    note = TreatmentSession.objects.create(
        patient=patient, practitioner=practitioner, appointment=visit, started_at=now, updated_at=now
    )
    return counted_in(note, needles, minutes, now)


def browser_of(user):
    """Somebody who is signed in."""
    client = Client()
    client.force_login(user)
    return client


def heard_by(browser, now):
    """What a page of this browser hears at that moment."""
    with time_machine.travel(now, tick=False):
        return browser.get(reverse("clock:heard")).content.decode()

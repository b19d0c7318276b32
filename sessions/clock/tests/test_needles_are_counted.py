"""Needles are counted in and out: from the board's row or in the note, once, and never silently unequal."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from clinic.attention.models import Task
from clinic.audit.models import AuditEvent
from sessions.appointments.models import Appointment
from sessions.clock.models import Minding
from sessions.clock.problems import CountedAlready, NotRunning, WhyTheyDiffer
from sessions.clock.services import count_in, count_out, stop
from sessions.clock.tests.world import NOW, a_needled, a_treatment, begin, heard_by, in_minutes
from sessions.events.models import AdverseEvent
from sessions.models import TreatmentSession
from sessions.tests.world import counted, send, signed

pytestmark = pytest.mark.django_db


def press(world, note, page, moment, **fields):
    """Send one of the forms of the clock's page."""
    data = {"form_token": str(uuid.uuid4()), "end": "1", **fields}
    with time_machine.travel(moment, tick=False):
        return world.browser.post(reverse(f"clock:{page}", args=[note.public_id]), data)


def stored(note):
    return TreatmentSession.objects.get(pk=note.pk)


def board(world, moment):
    with time_machine.travel(moment, tick=False):
        return world.browser.get(reverse("desk:board")).content.decode()


def test_the_board_counts_in_and_the_clock_runs():
    world = a_treatment()
    note = begin(world)
    assert reverse("clock:clock", args=[note.public_id]) in board(world, in_minutes(1))

    press(world, note, "in", in_minutes(2), needles="10", minutes="20")

    after = stored(note)
    assert (after.needles_in, after.needles_in_at, after.retention_minutes) == (10, in_minutes(2), 20)
    assert after.version == note.version + 1
    assert "needles out in 19 min" in board(world, in_minutes(3))


def test_the_note_counts_in_and_the_clock_runs():
    world = a_treatment()
    note = begin(world)

    with time_machine.travel(in_minutes(2), tick=False):
        send(world, note, points_line="li4 b, gv20", needles_in="3", retention_minutes="20")

    assert "data-sounds" in heard_by(world.browser, in_minutes(3))
    assert "3 in" in board(world, in_minutes(3))


def test_counting_out_ends_the_clock_and_completes_the_visit():
    world = a_treatment()
    note = a_needled(world, needles=10)

    press(world, note, "out", in_minutes(26), needles="10")

    after = stored(note)
    assert (after.needles_out, after.ended_at) == (10, in_minutes(26))
    assert Appointment.objects.get(pk=world.visit.pk).state == "completed"
    assert "data-sounds" not in heard_by(world.browser, in_minutes(60))


def test_a_stop_asks_for_the_count_and_the_board_says_so_until_then():
    world = a_treatment()
    note = a_needled(world)

    page = press(world, note, "stop", in_minutes(26))

    assert page.status_code == 302
    assert "needles not counted" in board(world, in_minutes(27))
    press(world, note, "out", in_minutes(28), needles="10")
    assert "not counted" not in board(world, in_minutes(29))


def test_the_number_that_came_out_is_never_proposed():
    world = a_treatment()
    note = a_needled(world, needles=10)

    page = world.browser.get(reverse("clock:clock", args=[note.public_id]))

    assert page.context["out"]["needles"].value() is None


@pytest.mark.parametrize("why", [{}, {"reason": "One fell on the floor."}, {"who": "Dr. Chen"}])
def test_a_difference_wants_a_reason_with_a_name_and_keeps_the_number(why):
    world = a_treatment()
    note = a_needled(world, needles=10)

    page = press(world, note, "out", in_minutes(26), needles="9", **why)

    assert page.status_code == 422
    assert "10 went in and 9 came out" in page.content.decode()
    assert page.context["out"]["needles"].value() == "9"
    assert stored(note).needles_out is None


def test_a_difference_that_was_explained_is_an_event_and_a_task_for_today():
    world = a_treatment()
    note = a_needled(world, needles=10)

    press(world, note, "out", in_minutes(26), needles="9", reason="One fell on the floor.", who="Dr. Chen")

    event = AdverseEvent.objects.get(session=note)
    assert (event.code, event.recorded_at) == ("needle_lost", in_minutes(26))
    assert "10 in, 9 out. One fell on the floor. (Dr. Chen)" in event.words
    assert sorted(Task.objects.values_list("kind", "urgency")) == [
        ("adverse-event", "same-day"),
        ("next-day-call", "prompt"),
    ]


def test_a_note_that_is_signed_with_a_difference_makes_the_same_event():
    world = a_treatment()

    note = signed(world, needles_out="6", difference_reason="One fell on the floor.", difference_by="Dr. Chen")

    assert AdverseEvent.objects.get(session=note).code == "needle_lost"
    assert note.after_care


@pytest.mark.parametrize(
    ("page", "fields", "sentence"),
    [
        ("in", {"needles": "0", "minutes": "20"}, "from 1 to 200"),
        ("in", {"needles": "ten", "minutes": "20"}, "whole number"),
        ("in", {"needles": "10", "minutes": "121"}, "from 0 to 120"),
    ],
)
def test_a_number_that_is_none_is_said_beside_its_field(page, fields, sentence):
    world = a_treatment()
    note = begin(world)

    answer = press(world, note, page, in_minutes(2), **fields)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_done_twice_is_done_once():
    world = a_treatment()
    note, hers = begin(world), world.clinic.chen.user

    for minute in (1, 2):
        count_in(note=note, needles=10, minutes=20, by=hers, now=in_minutes(minute))
    note = stored(note)
    for minute in (21, 22):
        stop(note=note, by=hers, now=in_minutes(minute))
    for minute in (23, 24):
        count_out(note=note, needles=10, reason="", who="", by=hers, now=in_minutes(minute))

    after = stored(note)
    assert (after.needles_in_at, after.ended_at) == (in_minutes(1), in_minutes(23))
    assert Minding.objects.get().stopped_at == in_minutes(21)
    assert list(AuditEvent.objects.filter(resource="clock").order_by("id").values_list("action", flat=True)) == [
        "start",
        "stop",
        "count-out",
    ]


def test_needles_that_are_counted_in_again_run_anew():
    world = a_treatment()
    note = a_needled(world)
    stop(note=note, by=world.clinic.chen.user, now=in_minutes(10))
    TreatmentSession.objects.filter(pk=note.pk).update(needles_in_at=in_minutes(11))

    assert "data-sounds" in heard_by(world.browser, in_minutes(12))


def test_another_count_than_the_one_that_stands_is_refused_in_words():
    world = a_treatment()
    note, hers = a_needled(world, needles=10), world.clinic.chen.user

    with pytest.raises(CountedAlready, match="10 were counted in already"):
        count_in(note=note, needles=9, minutes=20, by=hers, now=NOW)
    count_out(note=note, needles=10, reason="", who="", by=hers, now=in_minutes(25))
    with pytest.raises(CountedAlready, match="10 out already"):
        count_out(note=note, needles=9, reason="One is lost.", who="Rosa", by=hers, now=in_minutes(26))


def test_a_signed_note_has_no_clock():
    world = a_treatment()
    note, hers = signed(world), world.clinic.chen.user

    for act in (
        lambda: count_in(note=note, needles=3, minutes=20, by=hers, now=NOW),
        lambda: stop(note=note, by=hers, now=NOW),
        lambda: count_out(note=note, needles=3, reason="", who="", by=hers, now=NOW),
    ):
        with pytest.raises(NotRunning):
            act()


def test_a_page_that_is_behind_does_not_undo_the_count():
    world = a_treatment()
    note = begin(world)
    count_in(note=note, needles=7, minutes=20, by=world.clinic.chen.user, now=NOW)

    answer = send(world, note, by_itself=True, version=note.version, subjective="Slept well.")

    assert stored(note).needles_in == 7
    assert answer.status_code in (200, 409)


def test_the_board_says_when_the_room_is_free():
    world = a_treatment()
    a_needled(world, minutes=25)
    service = world.clinic.follow
    behind = service.hands_on_end_minutes + service.turnover_minutes

    assert f"Room 1 free in {4 + behind} min" in board(world, in_minutes(21))
    assert "4 min" in board(world, in_minutes(21))
    assert "3 min over" in board(world, in_minutes(28))


def test_the_poll_of_the_board_sees_a_clock_and_its_minutes_in_one_statement():
    world = a_treatment()
    note = begin(world)

    def news(moment):
        with time_machine.travel(moment, tick=False):
            return world.browser.get(address)

    with time_machine.travel(in_minutes(1), tick=False):
        address = world.browser.get(reverse("desk:board")).context["news_url"]
    assert "HX-Trigger" not in news(in_minutes(1))
    a_count = count_in(note=note, needles=10, minutes=20, by=world.clinic.chen.user, now=in_minutes(1))
    assert news(in_minutes(1))["HX-Trigger"] == "day-changed"
    with time_machine.travel(in_minutes(1), tick=False):
        address = world.browser.get(reverse("desk:board")).context["news_url"]
    with counted() as statements:
        assert "HX-Trigger" not in news(in_minutes(1))
    assert len(statements) == 1
    assert news(in_minutes(2))["HX-Trigger"] == "day-changed"
    assert a_count.needles_in == 10


def race(note, by, counts):
    """Two people press "all counted" in one moment, from two connections; return what each was told."""
    start = Barrier(len(counts))

    def one(needles):
        try:
            start.wait(30)
            count_out(note=note, needles=needles, reason="Lost.", who="Rosa", by=by, now=in_minutes(26))
            return "counted"
        except CountedAlready:
            return "somebody was first"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(counts)) as pool:
        return list(pool.map(one, counts))


def counts_left():
    return AuditEvent.objects.filter(resource="clock", action="count-out").count()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_stop_one_clock_in_one_moment_one_counts():
    world = a_treatment()
    note = a_needled(world, needles=10)

    told = race(note, world.clinic.chen.user, [10, 9, 8, 7])

    assert sorted(told) == ["counted", *["somebody was first"] * 3]
    assert counts_left() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_empty_count_in_the_where_both_would_win(monkeypatch):
    """The control: the same race, with the guard taken out of the statement, lets the later overwrite the first."""
    world = a_treatment()
    note = a_needled(world, needles=10)
    kept = QuerySet.filter

    def unguarded(self, *args, **conditions):
        conditions.pop("needles_out__isnull", None)
        return kept(self, *args, **conditions)

    monkeypatch.setattr(QuerySet, "filter", unguarded)

    race(note, world.clinic.chen.user, [10, 9, 8, 7])

    assert counts_left() > 1


def test_why_they_differ_is_a_sentence():
    assert "Search at once" in str(WhyTheyDiffer(10, 9))

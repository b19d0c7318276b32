"""A questionnaire in two windows, and two practitioners who ask at once: nothing is lost, nothing is doubled."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import time

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from clinic.staff.models import WeeklyHours
from patients.intake import querysets
from patients.intake.models import Draft, QuestionnaireRequest
from patients.intake.presence import look
from patients.intake.services import Stale
from patients.intake.services import asking as acts
from patients.intake.services.requests import begin
from patients.intake.tests.conftest import NOW


@pytest.fixture(autouse=True)
def open_clinic(charlie):
    with time_machine.travel(NOW, tick=False):
        WeeklyHours.objects.create(practitioner=charlie.practitioner, weekday=0, opens=time(9), closes=time(12))
        yield


def ask(maria, charlie, where=acts.CODE):
    return acts.ask(
        patient=maria, instruments=["gad-7"], where=where, presence=look(NOW), by=charlie, now=NOW
    )  # fmt: skip


def both_windows(maria, charlie):
    """The same questionnaire as two windows read it, before either of them keeps anything."""
    asked = ask(maria, charlie)
    begin(request=asked, now=NOW)
    return [querysets.asked_in_work(asked.public_id, asked.version) for _ in range(2)]


def keep(request, answer, window):
    return acts.keep(request=request, answers={"gad7-1": answer}, seen=1, now=NOW, window=window)


def kept():
    return Draft.objects.get().data["1"]["gad7-1"]


def test_of_two_windows_that_read_the_same_draft_the_second_is_told(maria, charlie):
    first, second = both_windows(maria, charlie)
    keep(first, "1", "a" * 32)

    with pytest.raises(Stale) as stale:
        keep(second, "3", "b" * 32)

    assert stale.value.version == 2
    assert kept() == "1"


def test_without_the_version_in_the_statement_the_second_would_win(maria, charlie, monkeypatch):
    first, second = both_windows(maria, charlie)
    with_version = QuerySet.filter
    monkeypatch.setattr(
        QuerySet, "filter",
        lambda self, *asked, **named: with_version(self, *asked, **{k: v for k, v in named.items() if k != "version"}),
    )  # fmt: skip
    keep(first, "1", "a" * 32)
    keep(second, "3", "b" * 32)

    assert kept() == "3", "the control: the race is there when nothing holds it"


def test_the_second_of_two_sendings_finds_it_closed_and_one_answer_stands(maria, charlie):
    first, second = both_windows(maria, charlie)
    acts.send(request=first, answers={"gad7-1": 1}, seen=1, now=NOW, window="a" * 32)

    with pytest.raises(acts.Closed):
        acts.send(request=second, answers={"gad7-1": 3}, seen=1, now=NOW, window="b" * 32)

    assert first.responses.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_asks_at_the_same_moment_makes_one(maria, charlie):
    start = threading.Barrier(4)

    def one(_):
        try:
            start.wait(30)
            return ask(maria, charlie).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(one, range(4)))

    assert len(set(made)) == 4
    states = QuestionnaireRequest.objects.filter(form="questionnaire").order_by("id").values_list("state", flat=True)
    assert list(states) == ["revoked"] * 3 + ["open"]


@pytest.mark.django_db(transaction=True)
def test_without_waiting_for_each_other_the_database_refuses_the_second(maria, charlie, monkeypatch):
    """The control: both have called back what was open before either of them has asked."""
    both_called_back = threading.Barrier(2)
    update = QuerySet.update

    def meets(self, **values):
        done = update(self, **values)
        if values == {"state": QuestionnaireRequest.State.REVOKED}:
            both_called_back.wait(30)
        return done

    monkeypatch.setattr(QuerySet, "update", meets)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)

    def one(_):
        try:
            with transaction.atomic():
                return ask(maria, charlie)
        except IntegrityError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(one, range(2)))

    assert made.count(None) == 1

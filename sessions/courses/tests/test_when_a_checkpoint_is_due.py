"""The first checkpoint lies at a session, the others every 30 days; one that nobody decided stays open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sessions.courses.due import EVERY_DAYS, is_due, next_words

DAY = date(2026, 10, 5)


@pytest.mark.parametrize(("number", "due"), [(1, False), (5, False), (6, True), (7, True), (12, True)])
def test_the_first_is_due_at_its_session_and_stays_open(number, due):
    assert is_due(number=number, checkpoint_session=6, last=None, on=DAY) is due


@pytest.mark.parametrize(("days", "due"), [(0, False), (29, False), (30, True), (90, True)])
def test_the_next_is_due_thirty_days_after_the_decision(days, due):
    assert is_due(number=8, checkpoint_session=6, last=DAY, on=DAY + timedelta(days=days)) is due


def test_the_clinics_own_number_counts():
    assert is_due(number=4, checkpoint_session=4, last=None, on=DAY)
    assert not is_due(number=4, checkpoint_session=5, last=None, on=DAY)


def test_it_is_said_when_it_comes():
    assert next_words(checkpoint_session=6, last=None) == "at session 6"
    assert next_words(checkpoint_session=6, last=DAY) == f"{EVERY_DAYS} days after the last one"

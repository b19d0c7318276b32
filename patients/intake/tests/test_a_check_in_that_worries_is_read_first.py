"""Of two check-ins the one that worries is read until somebody has seen it; else the newest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from clinic.attention.models import Task
from clinic.kernel import clock
from patients.intake.reading_check_in import reading_for
from patients.intake.tests.check_ins import BREATHLESS, WELL, Phone, a_check_in

pytestmark = pytest.mark.django_db


def test_one_that_worries_goes_before_a_newer_one_until_it_was_seen(maria, charlie):
    first = a_check_in(maria)
    Phone(first).send(BREATHLESS)
    second = a_check_in(maria, issued_at=clock.now() + timedelta(seconds=1))
    Phone(second).send(WELL)
    task = Task.objects.get(kind="worrying-check-in")
    assert task.subject_id == first.pk

    assert reading_for(maria.pk, user=charlie).worries
    browser = Client()
    browser.force_login(charlie)
    browser.post(f"/attention/{task.public_id}/seen/")
    assert not reading_for(maria.pk, user=charlie).worries

"""``manage.py demo`` is for trying out only."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.management import CommandError, call_command

from clinic.demo.house import logins
from clinic.kernel import clock
from clinic.staff.models import User
from sessions.appointments.models import Appointment
from sessions.models import TreatmentSession


def test_with_debug_off_nothing_is_made(as_owner, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=1 only"):
        call_command("demo", patients=40, sessions=200)
    assert not User.objects.exists()


def test_the_three_who_sign_in_are_printed_with_passwords_that_hold(as_owner, settings, capsys):
    settings.DEBUG = True
    call_command("demo", patients=40, sessions=200, today=date(2026, 11, 20))
    printed = capsys.readouterr().out
    for who, email, password in logins():
        assert f"{who}: {email} {password}" in printed
        user = User.objects.get(email=email)
        assert user.check_password(password)
        assert user.is_active


def test_early_in_the_morning_nothing_lies_in_the_future(as_owner, settings):
    settings.DEBUG = True
    with time_machine.travel("2026-11-20T07:42:00Z"):
        call_command("demo", patients=40, sessions=200)
        assert not Appointment.objects.filter(arrived_at__gt=clock.now()).exists()
        assert not TreatmentSession.objects.filter(started_at__gt=clock.now()).exists()
        assert Appointment.objects.filter(starts_at__date="2026-11-20", state="booked").exists()

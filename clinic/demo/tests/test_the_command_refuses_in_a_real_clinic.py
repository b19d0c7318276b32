"""``manage.py demo`` is for trying out only."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from clinic.demo.house import logins
from clinic.staff.models import User


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

"""A password is long, or shorter beside a second factor."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from clinic.staff.forms.passwords import PasswordForm
from clinic.staff.tests.cast import PASSWORD, form

pytestmark = pytest.mark.django_db


def says(password, user=None):
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return " ".join(refused.messages)
    return ""


def test_fifteen_characters_stand_alone(alice):
    assert "it needs 15" in says("mill pond nine", alice)
    assert says("mill pond nine!", alice) == ""


def test_twelve_are_enough_beside_a_second_factor(alice):
    Authenticator.objects.create(user=alice, type="totp", data={})

    assert says("mill pond 12", alice) == ""
    assert "it needs 12" in says("mill pond 1", alice)


def test_recovery_codes_alone_are_no_second_factor(alice):
    Authenticator.objects.create(user=alice, type="recovery_codes", data={})

    assert "it needs 15" in says("mill pond 12", alice)


@pytest.mark.parametrize(
    "password", ["aaaaaaaaaaaaaaaaaa", "passwordpassword", "ababababababababab", "Acu1Acu1Acu1Acu1Acu1"]
)
def test_the_same_over_and_over_is_refused(password):
    assert "over and over" in says(password)


def test_a_common_one_is_refused():
    assert "common" in says("1q2w3e4r5t6y7u8i9o0p")


def test_the_own_address_is_refused(alice):
    assert "similar" in says("alice@mill.example", alice)


@pytest.mark.parametrize("sign", ["\x00", chr(0xD800), "\ufffd", "\n"])
def test_what_nobody_could_type_again_is_refused(sign):
    assert "nobody could type again" in says(f"mill pond{sign} thirteen")


def test_blanks_at_the_ends_are_kept():
    judged = PasswordForm(form(password=f" {PASSWORD} ", again=f" {PASSWORD} "))

    assert judged.is_valid()
    assert judged.cleaned_data["password"] == f" {PASSWORD} "


def test_fifty_thousand_characters_are_refused_in_words():
    judged = PasswordForm(form(password="abcde" * 10_000, again="abcde" * 10_000))

    assert "more than 1,000" in str(judged.errors["password"])


def test_two_that_differ_are_refused():
    judged = PasswordForm(form(password=PASSWORD, again=PASSWORD + "!"))

    assert "not the same" in judged.errors["again"][0]

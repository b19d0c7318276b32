"""Choosing a password: twice, since nobody sees what they type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from clinic.kernel.forms import GuardedForm
from clinic.staff.models import User
from clinic.staff.passwords import HELP


class PasswordField(forms.CharField):
    """A password as it was typed: not trimmed, not tidied; what it must be is judged by the validators."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(strip=False, widget=widget, **options)
        # The house's own validator says the same in words.
        self.validators = [v for v in self.validators if type(v).__name__ != "ProhibitNullCharactersValidator"]


class PasswordForm(GuardedForm):
    """A new password, typed twice. ``user`` is who gets it; it need not be stored yet."""

    password = PasswordField(
        label="Password",
        help_text=HELP,
    )
    again = PasswordField(label="The same once more")

    def __init__(self, *args: Any, user: User | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def judged_user(self) -> User | None:
        """Return the user whose name and address must not be the password."""
        return self.user

    def clean(self) -> dict[str, Any]:
        """Raises no error; puts each sentence beside its box."""
        cleaned = super().clean() or self.cleaned_data
        password, again = cleaned.get("password"), cleaned.get("again")
        if password:
            try:
                password_validation.validate_password(password, self.judged_user())
            except ValidationError as refused:
                self.add_error("password", refused)
        if password and again and password != again:
            self.add_error("again", "This is not the same as above. Please type both once more.")
        return cleaned

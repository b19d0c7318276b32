"""Asking for a link to choose a new password."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from clinic.kernel import clock
from clinic.kernel.fields import EmailField
from clinic.staff.forgotten import ask_for_link


class ForgottenPasswordForm(forms.Form):
    """One address. It looks nobody up: who has an account is not told by words, by time or by statements."""

    email = EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"}))

    def save(self, request: HttpRequest) -> str:
        """Plan the mail; allauth's view calls this by its name."""
        address: str = self.cleaned_data["email"]
        ask_for_link(address=address, now=clock.now())
        return address

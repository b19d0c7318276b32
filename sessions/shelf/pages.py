"""What the pages of every shelf do in one way: keep what a form says, take out of use, bring back."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clinic.kernel.words import say
from clinic.staff.requests import StaffRequest
from sessions.shelf.models import Shelved
from sessions.shelf.services import NameTaken, Refused


def is_kept(form: forms.Form, keep: Callable[[], object]) -> bool:
    """Keep what a valid form says; what is refused stands in the form, beside the name when that is taken."""
    try:
        keep()
    except NameTaken as taken:
        form.add_error("name", str(taken))
    except Refused as refused:
        form.add_error(None, str(refused))
    else:
        return True
    return False


def retired(request: StaffRequest, one: Shelved, retire: Callable[[], None], *, place: str) -> HttpResponse:
    """Take it out of use, and say how it comes back. ``place`` is the namespace of the addresses."""
    retire()
    say(request, f"{one.name} is out of use.", undo=reverse(f"{place}:bring_back", args=[one.public_id]))
    return redirect(f"{place}:list")


def brought_back(request: StaffRequest, one: Shelved, bring_back: Callable[[], None], *, place: str) -> HttpResponse:
    """Bring it back, or say why it cannot come."""
    try:
        bring_back()
    except NameTaken as taken:
        messages.error(request, f"{taken} Please rename that one first.")
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        say(request, f"{one.name} is in use again.")
    return redirect(f"{place}:list")

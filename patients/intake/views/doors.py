"""What every link of a patient has in common, whatever it opens: intake, check-in, questionnaire, own page.

Opening a link changes nothing and is told to nobody; one that opens nothing says so, and too many of those from one
address wait a minute. A device that is not known gives the birth date, five times at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.audit.context import current
from clinic.kernel import clock
from patients.intake import guesses, key
from patients.intake.forms import BirthDateForm
from patients.intake.querysets import BIRTH_DATE_TRIES

LINK = "a link's token, checked inside, opens one form or page of one patient"
COOKIE = "the cookie that a link's token was swapped for, checked inside"
SAME_FOR_ALL = "it answers the same to everybody; a mail goes only to an address on file"


def quiet(response: HttpResponse) -> HttpResponse:
    """Let no browser tell anybody the address of this page, nor keep it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def opens_nothing(
    request: HttpRequest, template: str, now: datetime, *, token: str = "", is_known: bool = False
) -> HttpResponse:
    """Say the same for every link that opens nothing: unknown, too old, called back, used, cut off.

    Links that are none of ours are counted for each address; ``is_known`` is one of ours, whose time is over.
    """
    if not is_known and guesses.count(current().address, now):
        return quiet(render(request, "intake/too_many.html", status=429))
    return quiet(render(request, template, {"token": token}, status=404))


def send_anew(request: HttpRequest, template: str, ask: Callable[[str, datetime], None]) -> HttpResponse:
    """Have ``ask`` send a fresh link to the address on file, when there is one, and say the same in any case."""
    now = clock.now()
    if guesses.count(current().address, now):
        return quiet(render(request, "intake/too_many.html", status=429))
    ask(request.POST.get("token", "")[:200], now)
    return quiet(render(request, template))


def closed(request: HttpRequest, over: str) -> HttpResponse:
    """Answer somebody who has nothing open here: its time is ``over``, or no link was opened on this device."""
    known = key.read(request, clock.now()) is not None
    return render(request, over if known else "intake/closed.html", status=404)


@dataclass(frozen=True)
class BirthDate:
    """A page that asks for the birth date: how many wrong ones there were, how one is tried, what is shown."""

    tries: int
    confirm: Callable[[date], bool]
    country: str
    template: str
    locked: str

    def asked(self, request: HttpRequest, now: datetime) -> HttpResponse | None:
        """Return the page that asks, or the one that is locked after five; None when the birth date was right."""
        tries = self.tries
        posted = request.POST if request.method == "POST" else None
        form = BirthDateForm(posted, country=self.country, today=timezone.localdate(now))
        if tries < BIRTH_DATE_TRIES and posted is not None and form.is_valid():
            if self.confirm(form.cleaned_data["birth_date"]):
                return None
            tries += 1
            left = BIRTH_DATE_TRIES - tries
            again = ngettext("You can try {left} more time.", "You can try {left} more times.", left).format(left=left)
            form.add_error("birth_date", _("This is not the birth date we have on file.") + " " + again)
        if tries >= BIRTH_DATE_TRIES:
            return render(request, self.locked, status=403)
        return render(request, self.template, {"form": form})

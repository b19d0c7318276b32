"""The test mail from both sides: its way on the owner's screen, and the button in it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.kernel import clock
from clinic.opening.services import steps, testmail
from clinic.opening.views import pages
from clinic.policy.tags import policy
from clinic.staff.requests import StaffRequest


def _page(request: HttpRequest) -> str:
    return "opening:mail" if pages.is_open(request) else f"opening:step_{steps.MAIL}"


@require_POST
@policy("settings", "edit")
def send_again(request: StaffRequest) -> HttpResponse:
    """Plan another test mail to whoever asks."""
    practice = pages.practice_of(request)
    if practice is not None and practice.mail_from:
        testmail.send(to_address=request.user.email, by=request.user, now=clock.now())
    return redirect(_page(request))


@require_safe
@policy("settings", "edit")
def status(request: StaffRequest) -> HttpResponse:
    """The test mail's way, as a piece of the page; it asks again by itself while the mail moves."""
    practice = pages.practice_of(request)
    if practice is None:
        return redirect("opening:home")
    way = testmail.follow(practice=practice, message=testmail.newest_mail(), now=clock.now())
    if not request.headers.get("HX-Request"):
        return redirect(_page(request))
    return render(request, "opening/_way.html", {"way": way})


@require_http_methods(["GET", "HEAD", "POST"])
@policy.link("the button in a test mail; it can only say that the mail arrived")
def press(request: HttpRequest, public_id: uuid.UUID, token: str) -> HttpResponse:
    """GET shows the button and changes nothing; POST notes that mail works."""
    now = clock.now()
    try:
        message = testmail.find(public_id=public_id, token=token, now=now)
    except testmail.OldMail:
        return render(request, "opening/press.html", {"is_old": True}, status=410)
    if request.method == "POST":
        testmail.press(message=message, now=now)
        return render(request, "opening/press.html", {"is_done": True})
    return render(request, "opening/press.html")

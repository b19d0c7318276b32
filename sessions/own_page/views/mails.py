"""Which mails a patient wants: the page, what it keeps, and the one click of a mail program."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.policy import policy
from patients.contact import services as contact
from patients.contact.services import GROUPS, Wish
from patients.models import Patient
from sessions.own_page.entry import Entry, Purpose, with_link
from sessions.own_page.forms import MailsForm

_COOKIE = "the cookie that a link's token was swapped for, checked inside"


@policy.link(_COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
@with_link(Purpose.OWN_PAGE, Purpose.PREFERENCES)
def mails(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Show which mails are wanted, and keep what the form says."""
    if request.method != "POST":
        return mails_page(request, entry.patient, entry.now, whole=entry.link.purpose == Purpose.OWN_PAGE)
    form = save_mails(request, entry.patient, entry.now)
    if form is None:
        return redirect("own_page:mails_kept")
    return mails_page(request, entry.patient, entry.now, form=form, whole=entry.link.purpose == Purpose.OWN_PAGE)


@policy.link(_COOKIE)
@require_safe
@with_link(Purpose.OWN_PAGE, Purpose.PREFERENCES)
def mails_kept(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Say what is kept, in one sentence."""
    wish, _ = contact.wish_of(entry.patient)
    context = {"wish": wish.value, "whole": entry.link.purpose == Purpose.OWN_PAGE}
    return render(request, "own_page/mails_kept.html", context)


def mails_page(
    request: HttpRequest, patient: Patient, now: datetime, *, form: MailsForm | None = None, whole: bool = False
) -> HttpResponse:
    """Show the form as it stands; ``whole`` adds the way back to the own page."""
    if form is None:
        wish, stopped = contact.wish_of(patient)
        ticked = sorted(GROUPS - stopped) if wish == Wish.ALL else []
        form = MailsForm(initial={"wish": wish.value, "kinds": ticked})
    status = 400 if form.is_bound else 200
    return render(request, "own_page/mails.html", {"form": form, "whole": whole}, status=status)


def save_mails(request: HttpRequest, patient: Patient, now: datetime) -> MailsForm | None:
    """Keep what the form says; return the form with its problems when it cannot be kept."""
    form = MailsForm(request.POST)
    if not form.is_valid():
        return form
    wish = Wish(form.cleaned_data["wish"])
    contact.choose_mails(patient=patient, wish=wish, stopped=form.cleaned_data["stopped"], by=None, now=now)
    return None


def one_click(request: HttpRequest) -> bool:
    """Tell whether a mail program (RFC 8058), or the one button of the page, stops the extras."""
    return request.POST.get("List-Unsubscribe") == "One-Click"

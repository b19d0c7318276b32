"""What everybody does for themselves: a first password, the own name, signing out elsewhere."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy.tags import policy
from clinic.staff.forms.passwords import PasswordForm
from clinic.staff.forms.users import ROLE_WORDS, NameForm
from clinic.staff.models import StaffLink
from clinic.staff.requests import StaffRequest
from clinic.staff.services import links, sign_ins, users

THEME = "theme"
AS_THE_DEVICE = "device"
THEMES = {"light": "Light", "dark": "Dark", AS_THE_DEVICE: "As the device"}
YEAR = 365 * 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@policy.link("the one-time link that sets a password")
def set_password(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the form and changes nothing; POST sets the password, and the link ends."""
    try:
        link = links.find_live(purpose=StaffLink.Purpose.SET_PASSWORD, token=token, now=clock.now())
    except links.LinkEnded:
        return render(request, "staff/link_ended.html", status=410)
    user = link.user
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            users.set_password(link=link, password=form.cleaned_data["password"], now=clock.now())
        except links.LinkEnded:
            return render(request, "staff/link_ended.html", status=410)
        say(request, "Your password is set. Please sign in with it.")
        return redirect("account_login")
    return render(request, "staff/welcome.html", {"form": form, "welcomed": user})


@require_http_methods(["GET", "HEAD", "POST"])
@policy("own-account", "edit")
def account(request: StaffRequest) -> HttpResponse:
    """The own name, and the ways to password, second factor and the other devices."""
    form = NameForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        users.rename(user=request.user, name=form.cleaned_data["name"], now=clock.now())
        say(request, "Your name is kept.")
        return redirect("staff:account")
    here = "settings" if request.user.is_owner else "account"
    roles = [ROLE_WORDS[role] for role in request.user.roles]
    chosen = request.COOKIES.get(THEME, "")
    context = {
        "form": form,
        "roles": roles,
        "here": here,
        "themes": THEMES.items(),
        "theme": chosen if chosen in THEMES else AS_THE_DEVICE,
    }
    return render(request, "staff/account.html", context)


@require_POST
@policy("own-account", "edit")
def theme(request: StaffRequest) -> HttpResponse:
    """Keep light or dark for this browser, in a cookie: a room is dark, not a person. Anything else is ignored."""
    answer = redirect("staff:account")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        answer.set_cookie(
            THEME, chosen, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
    return answer


@require_POST
@policy("own-account", "edit")
def sign_out_everywhere(request: StaffRequest) -> HttpResponse:
    """End the own sign-ins on every other device."""
    ended = sign_ins.sign_out_everywhere(
        user=request.user, keep=request.session.session_key or "", by=request.user, now=clock.now()
    )
    devices = {0: "You were signed in nowhere else.", 1: "You are signed out on one other device."}
    say(request, devices.get(ended, f"You are signed out on {ended} other devices."))
    return redirect("staff:account")

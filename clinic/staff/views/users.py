"""Users, as the owner keeps them. Each change wants the owner's password once more, if the last time is a while ago."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy.table import PRACTITIONER
from clinic.policy.tags import policy
from clinic.practice.models import Practice
from clinic.staff.asking_again import asks_again
from clinic.staff.forms.users import ROLE_WORDS, UserForm
from clinic.staff.models import StaffLink, User
from clinic.staff.requests import StaffRequest
from clinic.staff.services import links, users
from clinic.staff.services.users import Refused

SHOW_LINK = "show_password_link"


@require_safe
@policy("users", "list")
def listed(request: StaffRequest) -> HttpResponse:
    """Everybody who may sign in, and who no longer may."""
    waiting = StaffLink.objects.filter(
        user=OuterRef("pk"), purpose=StaffLink.Purpose.SET_PASSWORD, used_at=None, expires_at__gt=clock.now()
    )
    everybody = User.objects.annotate(has_link=Exists(waiting)).order_by("-is_active", "name", "email")
    rows = [
        {"user": user, "roles": [ROLE_WORDS[role] for role in user.roles], "state": _state(user, user.has_link)}
        for user in everybody
    ]
    return render(request, "staff/users.html", {"rows": rows, "shown_link": pop_shown_link(request)})


def _state(user: User, has_link: bool) -> tuple[str, str]:
    """Return (class of the chip, words)."""
    if not user.is_active:
        return "gone", "switched off"
    if user.has_usable_password():
        return "good", "may sign in"
    return ("booked", "link sent") if has_link else ("look", "link has ended")


@require_http_methods(["GET", "HEAD", "POST"])
@policy("users", "change")
@asks_again
def new(request: StaffRequest) -> HttpResponse:
    """Add a user, who sets a password by a link."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            user, link = users.add_user(
                email=said["email"], name=said["name"], roles=said["roles"], by=request.user, now=clock.now()
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            _tell_about_link(request, link)
            return _after(user, said["roles"])
    return render(request, "staff/user.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@policy("users", "change")
@asks_again
def change(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Change name, address and roles of a user."""
    user = get_object_or_404(User, public_id=public_id)
    form = UserForm(request.POST or None, initial={"name": user.name, "email": user.email, "roles": user.roles})
    is_self = user.pk == request.user.pk
    if is_self:
        form.fields["roles"].disabled = True
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        roles = user.roles if is_self else said["roles"]
        try:
            users.amend_user(
                user=user, name=said["name"], email=said["email"], roles=roles, by=request.user, now=clock.now()
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            say(request, f"{said['name']} is kept.")
            return _after(user, roles)
    facts = {"form": form, "user_shown": user, "is_self": is_self, "state": _state(user, True)}
    return render(request, "staff/user.html", facts)


def _after(user: User, roles: list[str]) -> HttpResponse:
    """Lead on to name and licence, where somebody treats and has none yet."""
    hands = getattr(User.objects.select_related("practitioner").get(pk=user.pk), "practitioner", None)
    if PRACTITIONER in roles and hands is not None and not hands.licence:
        return redirect("staff:practitioner", public_id=hands.public_id)
    return redirect("staff:users")


@require_POST
@policy("users", "change")
@asks_again
def send_link(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Issue another link by which a user sets a password; the earlier one ends."""
    user = get_object_or_404(User, public_id=public_id, is_active=True)
    link = links.issue_password_link(user=user, by=request.user, now=clock.now())
    _tell_about_link(request, link)
    return redirect("staff:users")


@require_POST
@policy("users", "change")
@asks_again
def off(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let a user in no longer, from their next click on."""
    return _switch(request, public_id, users.switch_off, "{} is switched off, on every device.")


@require_POST
@policy("users", "change")
@asks_again
def on(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let a user in again."""
    return _switch(request, public_id, users.switch_on, "{} may sign in again.")


def _switch(request: StaffRequest, public_id: uuid.UUID, act: Any, words: str) -> HttpResponse:
    user = get_object_or_404(User, public_id=public_id)
    try:
        act(user=user, by=request.user, now=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:user", public_id=public_id)
    say(request, words.format(user))
    return redirect("staff:users")


def _tell_about_link(request: StaffRequest, link: StaffLink) -> None:
    """Say where the link went; show it once when mail has not proved itself."""
    if request.practice.mail_from and link.user:
        say(request, f"A link to set a password goes to {link.user.email}.")
    keep_link_to_show(request, link)


def keep_link_to_show(request: HttpRequest, link: StaffLink) -> None:
    """Remember to show a password link once on the next page, when the practice's mail has not proved itself."""
    practice = Practice.objects.filter(id=1).first()
    if practice is None or practice.mail_tested_at is None:
        request.session[SHOW_LINK] = link.pk


def pop_shown_link(request: HttpRequest) -> dict[str, str] | None:
    """Return the link that is shown this once: for whom, and its address."""
    key = request.session.pop(SHOW_LINK, None)
    link = StaffLink.objects.select_related("user").filter(pk=key, used_at=None).first() if key else None
    if link is None or link.user is None:
        return None
    return {"name": str(link.user), "url": links.url_of(link)}

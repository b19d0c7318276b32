"""The door of a new clinic: the one-time link, and the owner who comes in by it."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.kernel import clock
from clinic.opening.forms.owner import KnownOwnerForm, OwnerForm
from clinic.opening.services import steps
from clinic.opening.views import pages
from clinic.policy.tags import policy
from clinic.staff.models import StaffLink, User
from clinic.staff.services import links, users

BACKEND = "clinic.attention.sign_in.Backend"


@require_safe
@policy.public("says where the opening day stands; shows nothing of the clinic")
def home(request: HttpRequest) -> HttpResponse:
    """Lead whoever comes before the house is open to where they can go on."""
    if pages.is_open(request):
        return redirect("/")
    if pages.owner_of(request):
        progress = pages.progress_of(request)
        return redirect(pages.step_url(progress.next or steps.HOURS))
    if request.user.is_authenticated:
        return render(request, "opening/waiting.html")
    if users.has_owner():
        return redirect_to_login(request.get_full_path())
    if pages.held_link(request):
        return redirect(pages.step_url(steps.OWNER))
    return render(request, "opening/no_link.html")


@require_http_methods(["GET", "HEAD", "POST"])
@policy.link("the one-time link of the opening day")
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing, since scanners open links too; POST takes the token into the session."""
    if pages.is_open(request) or users.has_owner():
        return render(request, "opening/has_owner.html", {"is_open": pages.is_open(request)}, status=410)
    try:
        link = links.find_live(purpose=StaffLink.Purpose.SET_UP, token=token, now=clock.now())
    except links.LinkEnded:
        return render(request, "opening/ended.html", status=410)
    if request.method == "POST":
        request.session.cycle_key()
        request.session[pages.LINK] = link.pk
        return redirect(pages.step_url(steps.OWNER))
    return render(request, "opening/begin.html", {"titles": list(steps.TITLES.values())})


@require_http_methods(["GET", "HEAD", "POST"])
@policy.link("the session that the one-time link was exchanged for; afterwards the owner's own")
def owner(request: HttpRequest) -> HttpResponse:
    """First step: the owner comes in. From here on the link alone opens nothing any more."""
    if pages.is_open(request):
        return redirect("opening:settings")
    known = pages.owner_of(request)
    if known:
        return _known_owner(request, known)
    link = pages.held_link(request)
    if link is None or users.has_owner():
        return redirect("opening:home")
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            user = users.create_first_owner(
                link=link, name=said["name"], email=said["email"], password=said["password"], roles=said["roles"],
                now=clock.now(),
            )  # fmt: skip
        except links.LinkEnded:
            return redirect("opening:home")
        login(request, user, backend=BACKEND)
        return redirect(pages.step_url(steps.PRACTICE))
    return pages.show(request, pages.progress_of(request, here=steps.OWNER), "step_owner", form=form)


def _known_owner(request: HttpRequest, user: User) -> HttpResponse:
    form = KnownOwnerForm(request.POST or None, initial={"name": user.name, "roles": user.roles})
    if request.method == "POST" and form.is_valid():
        users.amend_first_owner(
            user=user, name=form.cleaned_data["name"], roles=form.cleaned_data["roles"], now=clock.now()
        )
        return redirect(pages.step_url(steps.PRACTICE))
    progress = pages.progress_of(request, here=steps.OWNER)
    return pages.show(request, progress, "step_owner", form=form, known=user)

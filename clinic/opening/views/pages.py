"""What the steps of the opening day share: who may be here, the list beside the form, where to go next."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.opening.services import steps
from clinic.opening.services.steps import Progress
from clinic.practice import services as practice_services
from clinic.practice.models import Practice
from clinic.staff.models import StaffLink, User
from clinic.staff.requests import StaffRequest
from clinic.staff.services import users
from clinic.staff.views.users import pop_shown_link

LINK = "opening_link"
MAIL_LATER = "opening_mail_later"

StepView = Callable[[StaffRequest, Progress], HttpResponse]


def practice_of(request: HttpRequest) -> Practice | None:
    """Return the practice as far as it stands."""
    practice: Practice | None = getattr(request, "practice", None)
    return practice


def is_open(request: HttpRequest) -> bool:
    """Tell whether the opening day is done."""
    practice = practice_of(request)
    return practice is not None and practice.opened_at is not None


def owner_of(request: HttpRequest) -> User | None:
    """Return the signed-in owner, if that is who asks."""
    user = request.user
    return user if isinstance(user, User) and user.is_owner else None


def held_link(request: HttpRequest) -> StaffLink | None:
    """Return the opening day's link that this browser exchanged for its session, while it lives."""
    key = request.session.get(LINK)
    if not key:
        return None
    return StaffLink.objects.filter(
        pk=key, purpose=StaffLink.Purpose.SET_UP, used_at=None, expires_at__gt=clock.now()
    ).first()


def progress_of(request: HttpRequest, *, here: str = "", practice: Practice | None = None) -> Progress:
    """Return where the opening day stands, with ``here`` as the step that is shown."""
    return steps.progress(
        has_owner=owner_of(request) is not None or users.has_owner(),
        practice=practice or practice_of(request),
        mail_later=bool(request.session.get(MAIL_LATER)),
        here=here,
    )


def step(slug: str) -> Callable[[StepView], Callable[[HttpRequest], HttpResponse]]:
    """Guard a step: only while the house is not open, and only when the steps before it are done."""

    def guard(view: StepView) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(view)
        def guarded(request: StaffRequest) -> HttpResponse:
            if is_open(request):
                return redirect("opening:settings")
            progress = progress_of(request, here=slug)
            if not progress.may_open(slug):
                return redirect(step_url(progress.next))
            return view(request, progress)

        return guarded  # type: ignore[return-value]

    return guard


def step_url(slug: str) -> str:
    """Return the address of a step."""
    return reverse(f"opening:step_{slug}")


def show(request: HttpRequest, progress: Progress, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Show a step: the list of steps, its form, the way back."""
    here = next(step.slug for step in progress.steps if step.here)
    before = progress.before(here)
    facts = {
        "steps": [(step, step_url(step.slug) if step.open and not step.here else "") for step in progress.steps],
        "back": step_url(before) if before else "",
        "is_last": not progress.after(here),
        "shown_link": pop_shown_link(request),
    }
    return render(request, f"opening/{template}.html", facts | context, status=status)


def go_on(request: StaffRequest, slug: str) -> HttpResponse:
    """Go to the step after ``slug``; behind the last one open the house, or go to what is still missing."""
    practice = Practice.objects.get(id=1)
    progress = progress_of(request, here=slug, practice=practice)
    after = progress.after(slug)
    if after and progress.may_open(after):
        return redirect(step_url(after))
    if progress.next:
        return redirect(step_url(progress.next))
    practice_services.open_house(by=request.user, now=clock.now())
    for key in (LINK, MAIL_LATER):
        request.session.pop(key, None)
    say(request, "The clinic is open. Book the first visit with the button above.")
    return redirect("/")

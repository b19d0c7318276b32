"""The settings: a list of what is set, and a page for each. Everybody may read the list, owners change it."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.opening.forms.bookable import RoomForm, ServiceForm
from clinic.opening.forms.courses import CoursesForm
from clinic.opening.forms.practice import MailForm, PracticeForm
from clinic.opening.services import overview, testmail
from clinic.opening.services.zones import change_zone, future_visits
from clinic.policy.tags import policy
from clinic.practice import services as practice_services
from clinic.practice.models import Room, Service
from clinic.practice.services import FOLLOW_UP, MINUTES
from clinic.staff.requests import StaffRequest

READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@policy("settings", "read")
def settings(request: StaffRequest) -> HttpResponse:
    """What is set, one line each."""
    lines = overview.lines(request.practice, request.user, clock.now())
    return render(request, "opening/settings.html", {"lines": lines})


@READ_AND_WRITE
@policy("settings", "edit")
def practice(request: StaffRequest) -> HttpResponse:
    """Who and where the practice is. Another zone asks first what becomes of the visits that are booked."""
    form = PracticeForm(request.POST or None, initial=PracticeForm.initial_of(request.practice))
    asked = 0
    if request.method == "POST" and form.is_valid():
        said, now = form.cleaned_data, clock.now()
        keep = request.POST.get("visits", "")
        moves = said["timezone"] != request.practice.timezone
        asked = future_visits(now=now) if moves and keep not in ("wall-clock", "instant") else 0
        if not asked:
            if moves:
                change_zone(zone=said["timezone"], keep_wall_clock=keep != "instant", by=request.user, now=now)
            practice_services.keep_practice(
                name=said["name"], country=said["country"], timezone=said["timezone"], address=said["address"],
                phone=said["phone"], by=request.user, now=now,
            )  # fmt: skip
            say(request, "The practice is kept.")
            return redirect("opening:settings")
    return render(request, "opening/practice.html", {"form": form, "asked": asked})


@READ_AND_WRITE
@policy("settings", "edit")
def courses(request: StaffRequest) -> HttpResponse:
    """What new courses begin with; those that are open keep their own numbers."""
    form = CoursesForm(request.POST or None, initial=CoursesForm.initial_of(request.practice))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        practice_services.keep_courses(
            sessions=said["sessions"], checkpoint=said["checkpoint"], by=request.user, now=clock.now()
        )
        say(request, "New courses begin with these numbers.")
        return redirect("opening:settings")
    return render(request, "opening/courses.html", {"form": form})


@READ_AND_WRITE
@policy("settings", "edit")
def mail(request: StaffRequest) -> HttpResponse:
    """Where mails come from and where answers go; another address sends another test mail."""
    own = request.user.email
    form = MailForm(
        request.POST or None, own_address=own, initial=MailForm.initial_of(request.practice, own_address=own)
    )
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        before = (request.practice.mail_from, request.practice.reply_to)
        kept = practice_services.keep_mail(
            mail_from=form.cleaned_data["mail_from"], reply_to=form.cleaned_data["reply_to"], by=request.user, now=now
        )
        if before != (kept.mail_from, kept.reply_to) or kept.mail_tested_at is None:
            testmail.send(to_address=own, by=request.user, now=now)
            say(request, "The addresses are kept, and a test mail is on its way to you.")
        return redirect("opening:mail")
    way = testmail.follow(practice=request.practice, message=testmail.newest_mail(), now=clock.now())
    return render(request, "opening/mail.html", {"form": form, "way": way})


@require_safe
@policy("settings", "edit")
def rooms(request: StaffRequest) -> HttpResponse:
    """Rooms and chairs, those out of use too."""
    return render(request, "opening/rooms.html", {"rooms": Room.objects.order_by("-active", "name")})


@READ_AND_WRITE
@policy("settings", "edit")
def room(request: StaffRequest, public_id: uuid.UUID | None = None) -> HttpResponse:
    """Add a room, or change one."""
    stored = get_object_or_404(Room, public_id=public_id) if public_id else None
    form = RoomForm(request.POST or None, initial=RoomForm.initial_of(stored) if stored else None)
    if stored is None:
        del form.fields["active"]
    if request.method == "POST" and form.is_valid():
        said, by, now = form.cleaned_data, request.user, clock.now()
        try:
            if stored:
                practice_services.amend_room(room=stored, name=said["name"], active=said["active"], by=by, now=now)
            else:
                practice_services.add_room(name=said["name"], by=by, now=now)
        except practice_services.NameTaken as taken:
            form.add_error("name", str(taken))
        else:
            say(request, f"{said['name']} is kept.")
            return redirect("opening:rooms")
    return render(request, "opening/room.html", {"form": form, "room": stored})


@require_safe
@policy("settings", "edit")
def services(request: StaffRequest) -> HttpResponse:
    """What can be booked, in minutes, and what no longer can."""
    listed = Service.objects.order_by("-active", "-first_visit", "name")
    return render(request, "opening/services.html", {"services": listed})


@READ_AND_WRITE
@policy("settings", "edit")
def service(request: StaffRequest, public_id: uuid.UUID | None = None) -> HttpResponse:
    """Add a service, or change one for the bookings to come."""
    stored = get_object_or_404(Service, public_id=public_id) if public_id else None
    proposed = dict(zip(MINUTES, FOLLOW_UP[1], strict=True))
    form = ServiceForm(request.POST or None, initial=ServiceForm.initial_of(stored) if stored else proposed)
    if stored is None:
        del form.fields["active"]
    if request.method == "POST" and form.is_valid():
        try:
            _keep_service(request, form, stored)
        except practice_services.NameTaken as taken:
            form.add_error("name", str(taken))
        else:
            say(request, f"{form.cleaned_data['name']} is kept.")
            return redirect("opening:services")
    return render(request, "opening/service.html", {"form": form, "service": stored})


def _keep_service(request: StaffRequest, form: ServiceForm, stored: Service | None) -> None:
    said, by, now = form.cleaned_data, request.user, clock.now()
    if stored is None:
        practice_services.add_service(
            name=said["name"], minutes=form.minutes(), first_visit=said["first_visit"], by=by, now=now
        )
        return
    practice_services.amend_service(
        service=stored, name=said["name"], minutes=form.minutes(), first_visit=said["first_visit"],
        active=said["active"], by=by, now=now,
    )  # fmt: skip

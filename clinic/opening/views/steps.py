"""The steps of the opening day after the owner came in. Each is stored at once; one may go back and forth."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from clinic.kernel import clock
from clinic.opening.forms.bookable import FirstBookableForm
from clinic.opening.forms.practice import MailForm, PracticeForm, WorryForm
from clinic.opening.forms.practitioner import FirstPractitionerForm
from clinic.opening.services import first, steps, testmail
from clinic.opening.services.steps import Progress
from clinic.opening.views import pages
from clinic.policy.tags import policy
from clinic.practice import countries
from clinic.practice import services as practice_services
from clinic.practice.models import Room
from clinic.staff.forms.practitioners import PractitionerForm, WeekForm
from clinic.staff.models import Practitioner, WeeklyHours
from clinic.staff.requests import StaffRequest
from clinic.staff.services import practitioners
from clinic.staff.services.users import Refused
from clinic.staff.views.users import keep_link_to_show

READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@READ_AND_WRITE
@policy("settings", "edit")
@pages.step(steps.PRACTICE)
def practice(request: StaffRequest, progress: Progress) -> HttpResponse:
    """Name, country, zone, address, phone."""
    stored = pages.practice_of(request)
    initial = PracticeForm.initial_of(stored) if stored else PracticeForm.proposal()
    form = PracticeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        practice_services.keep_practice(
            name=said["name"], country=said["country"], timezone=said["timezone"], address=said["address"],
            phone=said["phone"], by=request.user, now=clock.now(),
        )  # fmt: skip
        return pages.go_on(request, steps.PRACTICE)
    return pages.show(request, progress, "step_practice", form=form)


@READ_AND_WRITE
@policy("settings", "edit")
@pages.step(steps.MAIL)
def mail(request: StaffRequest, progress: Progress) -> HttpResponse:
    """From and Reply-To, and a test mail that is followed to its end; or mail is put off, in words."""
    own = request.user.email
    initial = MailForm.initial_of(request.practice, own_address=own)
    form = MailForm(request.POST or None, own_address=own, initial=initial)
    waiting = False
    if request.method == "POST":
        if request.POST.get("act") == "later":
            request.session[pages.MAIL_LATER] = True
            return pages.go_on(request, steps.MAIL)
        if form.is_valid():
            if _keep_mail(request, form):
                return redirect(pages.step_url(steps.MAIL))
            if request.practice.mail_tested_at:
                request.session.pop(pages.MAIL_LATER, None)
                return pages.go_on(request, steps.MAIL)
            waiting = True
    newest = testmail.newest_mail() if request.practice.mail_from else None
    way = testmail.follow(practice=request.practice, message=newest, now=clock.now())
    return pages.show(request, progress, "step_mail", form=form, way=way, waiting=waiting)


def _keep_mail(request: StaffRequest, form: MailForm) -> bool:
    """Store the addresses; new ones want a test mail. Returns whether one was sent."""
    now = clock.now()
    before = (request.practice.mail_from, request.practice.reply_to)
    request.practice = practice_services.keep_mail(
        mail_from=form.cleaned_data["mail_from"], reply_to=form.cleaned_data["reply_to"], by=request.user, now=now
    )
    changed = before != (request.practice.mail_from, request.practice.reply_to)
    if not changed and (request.practice.mail_tested_at or testmail.newest_mail()):
        return False
    testmail.send(to_address=request.user.email, by=request.user, now=now)
    return True


@READ_AND_WRITE
@policy("settings", "edit")
@pages.step(steps.WORRY)
def worry(request: StaffRequest, progress: Progress) -> HttpResponse:
    """The three texts, proposed with the numbers of the country, confirmed by the owner."""
    form = WorryForm(request.POST or None, initial=WorryForm.initial_of(request.practice))
    if request.method == "POST" and form.is_valid():
        practice_services.keep_worry_texts(bodies=form.bodies(), by=request.user, now=clock.now())
        return pages.go_on(request, steps.WORRY)
    country = countries.name_of(request.practice.country)
    return pages.show(request, progress, "step_worry", form=form, country=country)


@READ_AND_WRITE
@policy("settings", "edit")
@pages.step(steps.PRACTITIONER)
def practitioner(request: StaffRequest, progress: Progress) -> HttpResponse:
    """Who treats first: the owner, or somebody who gets a link to set a password."""
    stored = Practitioner.objects.select_related("user").filter(active=True).first()
    initial = PractitionerForm.initial_of(stored) if stored else {}
    form = (PractitionerForm if stored else FirstPractitionerForm)(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _keep_practitioner(request, form, stored)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            return pages.go_on(request, steps.PRACTITIONER)
    return pages.show(request, progress, "step_practitioner", form=form, stored=stored)


def _keep_practitioner(request: StaffRequest, form: PractitionerForm, stored: Practitioner | None) -> None:
    said, by, now = form.cleaned_data, request.user, clock.now()
    if isinstance(form, FirstPractitionerForm):
        _, link = first.invite_practitioner(
            email=said["email"], display_name=said["display_name"], hanzi_name=said["hanzi_name"],
            licence=said["licence"], by=by, now=now,
        )  # fmt: skip
        keep_link_to_show(request, link)
        return
    assert stored is not None, "the form for somebody new is shown only while nobody treats"
    practitioners.make_practitioner(
        user=stored.user, display_name=said["display_name"], hanzi_name=said["hanzi_name"],
        licence=said["licence"], by=by, now=now, opening=True,
    )  # fmt: skip


@READ_AND_WRITE
@policy("settings", "edit")
@pages.step(steps.BOOKABLE)
def service(request: StaffRequest, progress: Progress) -> HttpResponse:
    """What can be booked and where."""
    rooms = [room.name for room in Room.objects.in_use()]
    form = FirstBookableForm(
        request.POST or None, initial=FirstBookableForm.initial_of(*first.standing_services(), rooms)
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            first.keep_bookable(
                first=(said["first_name"], form.minutes("first")),
                follow=(said["follow_name"], form.minutes("follow")),
                rooms=said["rooms"], by=request.user, now=clock.now(),
            )  # fmt: skip
        except practice_services.NameTaken as taken:
            form.add_error(None, str(taken))
        else:
            return pages.go_on(request, steps.BOOKABLE)
    return pages.show(request, progress, "step_service", form=form)


@READ_AND_WRITE
@policy("settings", "edit")
@pages.step(steps.HOURS)
def hours(request: StaffRequest, progress: Progress) -> HttpResponse:
    """The first practitioner's week. After it the house is open."""
    treating = Practitioner.objects.filter(active=True).first()
    assert treating is not None, "the step before stores one"
    stored = WeeklyHours.objects.filter(practitioner=treating)
    form = WeekForm(request.POST or None, initial=WeekForm.initial_of(stored) or WeekForm.proposal())
    if request.method == "POST" and form.is_valid():
        practitioners.set_hours(practitioner=treating, hours=form.week(), by=request.user, now=clock.now())
        return pages.go_on(request, steps.HOURS)
    return pages.show(request, progress, "step_hours", form=form, practitioner=treating)

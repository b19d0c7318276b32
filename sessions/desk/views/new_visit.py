"""The one screen for a visit: somebody new or known, booked with course, form and mail in one act."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from clinic.audit.services import open_list, open_record
from clinic.kernel import clinic_words, clock
from clinic.kernel.fields import DayField, showable
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.practice import languages
from clinic.practice.models import Room, Service
from clinic.staff.models import Practitioner
from clinic.staff.requests import StaffRequest
from patients.models import Patient
from patients.services.registration import same_person
from sessions.appointments import services as appointments
from sessions.appointments.free import FreeTime
from sessions.appointments.models import Appointment
from sessions.appointments.services import Clash, FirstVisit, NewPatient, NotBookable
from sessions.courses.models import Course
from sessions.desk import offers
from sessions.desk.forms import FirstVisitForm, WhenForm
from sessions.desk.views.search import with_intake

#: Fields whose typed values are carried along when the desk turns from a new patient to a known one.
_CARRIED = ("service", "practitioner", "day", "start", "time", "room", "open_course", "sessions", "send_now")


@require_http_methods(["GET", "HEAD", "POST"])
@policy("appointment", "book")
def new_visit(request: StaffRequest) -> HttpResponse:
    """Book a visit for somebody new, or for the patient that ``?patient=`` names."""
    now = clock.now()
    if request.method != "POST":
        patient = _patient(request.GET.get("patient"))
        return _page(request, _form(request, now, patient), patient, now)
    if "pick" in request.POST:
        patient = _patient(request.POST["pick"])
        carried = {name: showable(request.POST.get(name, "")) for name in _CARRIED}
        return _page(request, _form(request, now, patient, initial=carried), patient, now)
    patient = _patient(request.GET.get("patient"))
    form = _form(request, now, patient, data=request.POST)
    if not form.is_valid():
        return _page(request, form, patient, now, status=400)
    if patient is None and "another" not in request.POST:
        data = form.cleaned_data
        same = same_person(
            given_name=data["given_name"], family_name=data["family_name"], birth_date=data["birth_date"]
        )
        if same and not _sent_before(data["form_token"]):
            return _page(request, form, patient, now, same=same, status=409)
    return _book(request, form, patient, now)


def _book(request: StaffRequest, form: WhenForm, patient: Patient | None, now: datetime) -> HttpResponse:
    data = form.cleaned_data
    try:
        booked = appointments.book_first_visit(
            patient=patient or NewPatient(**{name: data[name] for name in NewPatient.__dataclass_fields__}),
            service=data["service"],
            practitioner=data["practitioner"],
            room=data["room"],
            starts_at=data["starts_at"],
            sessions=data["planned"],
            send_now=data["send_now"],
            form_token=data["form_token"],
            by=request.user,
            now=now,
        )
    except NotBookable as refused:
        form.add_error("time", str(refused))
        return _page(request, form, patient, now, status=400)
    except Clash as clash:
        form.add_error("time", f"{clash} These times are free.")
        return _page(request, form, patient, now, instead=clash.free, status=409)
    say(request, _told(booked))
    if booked.message is None and booked.request is not None:
        return redirect("desk:intake_link", booked.patient.public_id)
    return redirect(_day_of(booked))


@require_safe
@policy("appointment", "book")
def times(request: StaffRequest) -> HttpResponse:
    """Offer the free times of a service, a practitioner and a day, as a part of the screen."""
    now = clock.now()
    form = _form(request, now, None, data=request.GET)
    form.is_valid()
    return render(
        request,
        "desk/_times.html",
        {"offers": offers_for(form, now), "chosen": str(showable(request.GET.get("start", "")))},
    )


@require_safe
@policy("patient", "list")
def known(request: StaffRequest) -> HttpResponse:
    """Propose patients of the name that is being typed, as a part of the screen."""
    typed = " ".join(str(showable(request.GET.get(name, ""))) for name in ("given_name", "family_name")).strip()
    found: list[Patient] = []
    if len(typed) >= 3:
        now = clock.now()
        found = list(with_intake(Patient.objects.matching(typed[:100]), now)[:5])
        open_list(by=request.user, now=now, resource="patient", patient_ids=[one.pk for one in found])
    return render(request, "desk/_on_file.html", {"known": found})


def _patient(asked: str | None) -> Patient | None:
    """Return the patient that an address names. Raises Http404 for one that does not exist."""
    if not asked:
        return None
    try:
        return Patient.objects.get(public_id=uuid.UUID(asked))
    except (ValueError, Patient.DoesNotExist) as unknown:
        raise Http404 from unknown


def _sent_before(token: uuid.UUID) -> bool:
    """Tell whether this form has booked already: then its own patient is no namesake."""
    return Appointment.objects.filter(form_token=token).exists()


def _form(
    request: StaffRequest,
    now: datetime,
    patient: Patient | None,
    *,
    data: QueryDict | None = None,
    initial: dict[str, Any] | None = None,
) -> WhenForm:
    """Return the form with what may be chosen, read once; what stands in it when it opens, unless that is given."""
    zone = ZoneInfo(request.practice.timezone)
    services = list(Service.objects.filter(active=True))
    practitioners = list(Practitioner.objects.filter(active=True))
    shared: dict[str, Any] = {
        "services": services,
        "practitioners": practitioners,
        "rooms": list(Room.objects.filter(active=True)),
        "zone": zone,
        "today": now.astimezone(zone).date(),
        "country": request.practice.country,
        "data": data,
        "usual": request.practice.course_sessions,
        "initial": _initial(request, patient, services, practitioners) if initial is None else initial,
    }
    if patient is None:
        return FirstVisitForm(tongues=languages.offered(request.practice), **shared)
    return WhenForm(course=Course.objects.running().filter(patient=patient).first(), **shared)


def _initial(
    request: StaffRequest, patient: Patient | None, services: Sequence[Service], practitioners: Sequence[Practitioner]
) -> dict[str, Any]:
    """Return what stands in the screen when it opens: the service that fits, who asks, the day that was asked for."""
    fitting = sorted(services, key=lambda one: (one.first_visit == (patient is not None), one.name))
    own = next((one for one in practitioners if one.user_id == request.user.pk), None)
    today = clock.today(request.practice.timezone)
    try:
        day = DayField(earliest=today).to_python(request.GET.get("day", ""))
    except ValidationError:
        day = None
    return {
        "service": str(fitting[0].public_id) if fitting else "",
        "practitioner": str(own.public_id) if own else "",
        "day": day or today,
        "open_course": True,
        "sessions": request.practice.course_sessions,
    }


def _page(
    request: StaffRequest,
    form: WhenForm,
    patient: Patient | None,
    now: datetime,
    *,
    same: Sequence[Patient] = (),
    instead: Sequence[FreeTime] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the screen with what was typed. ``same`` are namesakes to ask about, ``instead`` the times of a clash."""
    if patient is not None:
        open_record(by=request.user, now=now, resource="patient", patient_id=patient.pk)
    if same:
        open_list(by=request.user, now=now, resource="patient", patient_ids=[one.pk for one in same])
    address = reverse("desk:new_visit")
    context = {
        "form": form,
        "patient": patient,
        "known_facts": _facts(patient, request.practice.country) if patient else [],
        "booked": Appointment.objects.ahead_of(patient, now)[:5] if patient else [],
        "course": form.course,
        "same": same,
        "offers": offers.instead(instead, form.zone) if instead is not None else offers_for(form, now),
        "chosen": str(showable(form["start"].value() or "")) if instead is None else "",
        "action": f"{address}?{urlencode({'patient': str(patient.public_id)})}" if patient else address,
        "quiet_minutes": request.practice.confirmation_quiet_minutes,
        "here": "today",
    }
    return render(request, "desk/new_visit.html", context, status=status)


def offers_for(form: WhenForm, now: datetime) -> offers.Offers:
    """Return the free times for what the screen says, whether it was sent or has just opened."""
    if form.is_bound:
        chosen = {name: form.cleaned_data.get(name) for name in ("service", "practitioner", "room", "day")}
    else:
        service, practitioner, room = (str(form[name].value() or "") for name in ("service", "practitioner", "room"))
        chosen = {
            "service": form.services.get(service) or next(iter(form.services.values()), None),
            "practitioner": form.practitioners.get(practitioner) or next(iter(form.practitioners.values()), None),
            "room": form.rooms.get(room),
            "day": _day(form["day"].value(), form.today),
        }
    if not (chosen["service"] and chosen["practitioner"] and chosen["day"]):
        return offers.CHOOSE
    return offers.for_a_day(**chosen, rooms=list(form.rooms.values()), now=now, zone=form.zone)  # type: ignore[arg-type]


def _day(value: Any, today: date) -> date | None:
    try:
        return DayField(earliest=today).to_python(value)
    except ValidationError:
        return None


def _facts(patient: Patient, country: str) -> list[tuple[str, str]]:
    """Return how to tell the patient from others and how to reach them."""
    return [
        ("Born", clinic_words.birth_day(patient.birth_date)),
        ("Phone", clinic_words.phone(patient.phone, country)),
        ("E-mail", patient.email or "none: QR or print"),
    ]


def _told(booked: FirstVisit) -> str:
    """Say what was booked, and what goes out when."""
    start = booked.appointment.starts_at
    name, when = booked.patient.full_name, f"{clinic_words.day(start)}, {clinic_words.time_of_day(start)}"
    if booked.message is not None:
        leaves = clinic_words.time_of_day(booked.message.not_before)
        mail = (
            "The mail goes out now."
            if booked.message.not_before <= booked.appointment.booked_at
            else (f"The mail goes out at {leaves}.")
        )
    elif booked.request is not None:
        mail = "No e-mail: show the code or print it."
    else:
        mail = "No e-mail goes out."
    return f"{name} is booked for {when}. {mail}"


def _day_of(booked: FirstVisit) -> str:
    day = timezone.localdate(booked.appointment.starts_at)
    return f"{reverse('desk:board')}?{urlencode({'day': day.isoformat()})}"

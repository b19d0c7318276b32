"""The floor: the same pages written the shortest possible way, to see what our layers cost.

Default middleware, session and user, the same base template; a write stores the same rows. No policy, no trace of
what was read, no words for people: nobody may use it for anything but measuring.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path
from django.utils import timezone

from clinic import urls
from clinic.audit.models import AuditEvent
from clinic.bench.floor_chart import chart
from clinic.practice.models import ConsentText
from patients.intake import steps
from patients.intake.instruments import form
from patients.intake.instruments.scoring import exact_values, score
from patients.intake.models import Draft, IntakeSubmission, QuestionnaireRequest, QuestionnaireResponse, Score
from patients.intake.querysets import intake_state
from patients.models import Complaint, Consent, Medication, Patient, SafetyFact
from sessions.appointments.models import Appointment, AppointmentEvent
from sessions.content import NoteContent, hash_of
from sessions.courses.models import Course
from sessions.models import NeedlePlacement, TreatmentSession
from sessions.needling import read

NOTE = [name for name in NoteContent().as_columns() if name != "no_needles"]
NUMBERS = {"pain_before", "pain_after", "retention_minutes", "needles_in", "needles_out"}


def _template(content: str) -> Any:
    return engines["django"].from_string(f"{{% extends 'staff.html' %}}{{% block content %}}{content}{{% endblock %}}")


_SEARCH = _template(
    "<ul>{% for p in found %}<li><a href='/patients/{{ p.public_id }}/'>{{ p.given_name }} {{ p.family_name }}</a>"
    " {{ p.birth_date }} {{ p.phone }} {{ p.next_visit }} {{ p.intake }}</li>{% endfor %}</ul>"
)
_VISIT = (
    "<a href='/patients/{{ v.patient.public_id }}/'>{{ v.patient.given_name }} {{ v.patient.family_name }}</a>"
    " {{ v.patient.address_as }} {{ v.starts_at }} {{ v.ends_at }} {{ v.practitioner }} {{ v.room }} {{ v.service }}"
    " {{ v.state }} {{ v.arrived_at }} {{ v.course.sessions_done }} of {{ v.course.planned_sessions }} {{ v.intake }}"
    " {% for fact in v.patient.desk_facts %}{{ fact }} {% endfor %}"
    "<form method='post' action='/visits/{{ v.public_id }}/arrive/'>{% csrf_token %}<button>Arrived</button></form>"
)
# Our page shows the day twice, as a board and as a list.
_BOARD = _template(
    f"{{% for v in visits %}}<div>{_VISIT}</div>{{% endfor %}}"
    f"<ol>{{% for v in visits %}}<li>{_VISIT}</li>{{% endfor %}}</ol>"
)


@login_required
def search(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    found = (
        Patient.objects.matching(request.GET["q"]).with_next_visit(now).annotate(intake=intake_state(now, "pk"))[:51]
    )
    return HttpResponse(_SEARCH.render({"found": found, "request": request}, request))


@login_required
def board(request: HttpRequest) -> HttpResponse:
    begins = datetime.fromtimestamp(int(request.GET["begins"]), UTC)
    visits = Appointment.objects.filter(starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1))
    people = visits.select_related("patient", "practitioner", "room", "service", "course")
    people = people.annotate(intake=intake_state(timezone.now()))
    return HttpResponse(_BOARD.render({"visits": people}, request))


def _content(request: HttpRequest) -> dict[str, Any]:
    said = {name: request.POST.get(name, "") for name in NOTE}
    return {name: (int(value) if value else None) if name in NUMBERS else value for name, value in said.items()}


@login_required
def save(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    version = int(request.POST["version"])
    note = TreatmentSession.objects.get(public_id=note_id)
    same = TreatmentSession.objects.filter(pk=note.pk, version=version)
    with transaction.atomic():
        same.update(version=version + 1, updated_at=timezone.now(), **_content(request))
    return redirect("/today/")


@login_required
def sign(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    now, content = timezone.now(), _content(request)
    note = TreatmentSession.objects.select_related("patient", "practitioner").get(public_id=note_id)
    newest = note.patient.treatment_sessions.filter(signed_at__isnull=False).order_by("-signed_at", "-id").first()
    consent = note.patient.consents.filter(kind="treatment").latest("given_at")
    changed = content | {
        "state": "completed", "signed_at": now, "updated_at": now, "signed_by": request.user, "consent": consent,
        "ended_at": now, "version": note.version + 1, "signed_licence": note.practitioner.licence,
        "previous_sha256": newest.content_sha256 if newest else "",
    }  # fmt: skip
    for name, value in changed.items():
        setattr(note, name, value)
    needles = [
        NeedlePlacement(
            session=note, position=place, point_code=one.point.code, side=one.side, needles=one.needles,
            technique=one.technique or "", place=one.place,
        )
        for place, one in enumerate(read(note.points_line).points, start=1) if one.point and one.side
    ]  # fmt: skip
    note.content_sha256 = hash_of(note, needles)
    with transaction.atomic():
        NeedlePlacement.objects.bulk_create(needles)
        note.save(update_fields=[*changed, "content_sha256"])
        _trace("sign", "note", note.patient_id, note.pk, request.user.pk)
        visit, course = int(note.appointment_id or 0), int(note.course_id or 0)
        Appointment.objects.filter(pk=visit).update(state="completed", completed_at=now)
        AppointmentEvent.objects.create(appointment_id=visit, state="completed", at=now)
        Course.objects.filter(pk=course).update(sessions_done=F("sessions_done") + 1)
    return redirect("/today/")


def step(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    draft = Draft.objects.select_related("request").get(request__public_id=request_id)
    said = {name: int(str(value)) for name, value in request.POST.items() if name.startswith(("peg", "phq", "ci-"))}
    draft.data[str(steps.FEELINGS)], draft.version, draft.updated_at = said, draft.version + 1, timezone.now()
    with transaction.atomic():
        draft.save()
        _trace("save-step", "intake", draft.request.patient_id, draft.request_id)
    return redirect("/today/")


def submit(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    mine = QuestionnaireRequest.objects.select_related("draft").get(public_id=request_id)
    data, who = mine.draft.data, mine.patient_id
    texts = ConsentText.objects.filter(language="en")
    told, health = data[str(steps.COMPLAINT)], data[str(steps.HEALTH)]
    with transaction.atomic():
        QuestionnaireRequest.objects.filter(pk=mine.pk, state="begun").update(state="submitted", submitted_at=now)
        Consent.objects.bulk_create(
            Consent(
                patient_id=who, kind=text.kind, state="active", text_version=text.version, text_language="en",
                signed_sha256="0" * 64, signed_name=request.POST["signed_name"], channel="link", given_at=now,
            )
            for text in texts
        )  # fmt: skip
        names = ("condition_id", "words", "since", "pattern", "better", "worse", "goal")
        Complaint.objects.create(patient_id=who, recorded_at=now, **{name: told[name] for name in names})
        SafetyFact.objects.bulk_create(
            SafetyFact(patient_id=who, rule_id=rule, source="intake", recorded_at=now)
            for rule in health["ticks"] if rule != "none"
        )  # fmt: skip
        Medication.objects.bulk_create(
            Medication(patient_id=who, words=words, recorded_at=now)
            for words in health["medicines"].split("\n")
            if words
        )
        IntakeSubmission.objects.create(
            request=mine,
            patient_id=who,
            answers=data,
            content_sha256="0" * 64,
            submitted_at=now,
        )
        for code, own in form.spread(("peg", "phq-4", "checkin"), data[str(steps.FEELINGS)]).items():
            result = score(code, own)
            response = QuestionnaireResponse.objects.create(
                patient_id=who, request=mine, instrument=code, instrument_version="1", answers=own,
                status=result["status"], severity=result["severity"] or "", flags=result["flags"], answered_at=now,
            )  # fmt: skip
            Score.objects.bulk_create(
                Score(response=response, output=name, value=float(v.exact), total=v.sum, count=v.count)
                for name, v in exact_values(code, own).items() if v
            )  # fmt: skip
        _trace("submit", "intake", who, mine.pk)
    return redirect("/today/")


def _trace(action: str, resource: str, patient: int, record: int, user: int | None = None) -> None:
    AuditEvent.objects.create(
        at=timezone.now(), actor_id=user, action=action, resource=resource, patient_id=patient, object_id=record
    )


urlpatterns = [
    path("floor/search/", search),
    path("floor/chart/<uuid:patient_id>/", chart),
    path("floor/board/", board),
    path("floor/save/<uuid:note_id>/", save),
    path("floor/sign/<uuid:note_id>/", sign),
    path("floor/step/<uuid:request_id>/", step),
    path("floor/submit/<uuid:request_id>/", submit),
    *urls.urlpatterns,
]

"""The mail that brings the link of a questionnaire. It names the clinic and nothing of health."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from clinic.outbox import letters
from clinic.outbox.kinds import Kind, Mail, StillTrue
from clinic.outbox.models import OutgoingMessage
from clinic.practice import languages
from clinic.practice.models import Practice
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.asking import LINK_KIND
from patients.intake.services.requests import token_of
from patients.models import Patient

_LIVE = (QuestionnaireRequest.State.OPEN, QuestionnaireRequest.State.BEGUN)


def link_of(request: QuestionnaireRequest) -> str:
    """Return the address of the questionnaire, built from the setting and never from a request."""
    return settings.BASE_URL + reverse("intake:asked_begin", args=[token_of(request)])


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when the link leaves; uses only columns the worker may read."""
    requests = QuestionnaireRequest.objects.filter(pk=OuterRef("subject_id"))
    people = Patient.objects.filter(pk=OuterRef("patient_id"))
    return [
        StillTrue(Q(Exists(requests.filter(state__in=_LIVE))), "it is answered already, or called back"),
        StillTrue(Q(Exists(requests.filter(expires_at__gt=now))), "the link has grown too old"),
        StillTrue(Q(Exists(people.filter(email=OuterRef("to_address")))), "the address was changed"),
        StillTrue(Q(Exists(people.filter(deceased_on__isnull=True))), "the patient has died"),
    ]


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the mail from the state of this moment. Raises DoesNotExist when the request is gone."""
    request = (
        QuestionnaireRequest.objects.select_related("patient")
        .only("public_id", "version", "form", "language", "patient__given_name", "patient__address_as")
        .get(pk=message.subject_id or 0)
    )
    practice = message.practice or Practice.objects.get(id=1)
    context = {
        "greeting_name": request.patient.address_as or request.patient.given_name,
        "link": link_of(request),
    }
    with languages.speaking(request.language, practice):
        return letters.write(LINK_KIND, practice=practice, context=context)


KIND = Kind(code=LINK_KIND, title="Some questions", render=render, still_true=still_true, repeatable=True)

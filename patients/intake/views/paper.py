"""The intake on paper: printed by anybody of the staff, copied into the record by practitioners alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.audit.services import open_record
from clinic.kernel import clock, words
from clinic.policy import policy
from clinic.practice import languages
from clinic.staff.requests import StaffRequest
from patients.intake import paper, querysets, services, steps
from patients.intake.forms import StepFacts, StepForm
from patients.intake.forms.complaint import suggestions
from patients.intake.forms.paper import PaperAgreementForm
from patients.intake.models import QuestionnaireRequest
from patients.intake.views.form import FORMS
from patients.models import Patient


@dataclass(frozen=True)
class Copying:
    """A form that is copied from paper right now."""

    patient: Patient
    asked: QuestionnaireRequest
    facts: StepFacts
    now: datetime


@policy("intake-status", "send")
@require_safe
def printed(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the form as it is printed, with name and date, in the patient's language and without any answer."""
    now = clock.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    open_record(by=request.user, now=now, resource="contact", patient_id=patient.pk)
    language = languages.spoken(patient.language, request.practice)
    with languages.speaking(language, request.practice):
        facts = paper.facts_of(
            patient,
            country=request.practice.country,
            today=timezone.localdate(now),
            language=language,
        )
        texts = querysets.consent_texts(language)
        context = {
            "patient": patient,
            "sheets": paper.sheets(facts, FORMS),
            "agreements": paper.agreements(facts, texts),
            "now": now,
            "here": "patients",
        }
        return render(request, "intake/paper.html", context)


@policy("intake-answers", "enter")
@require_POST
def begin(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Begin to copy a form from paper."""
    patient = get_object_or_404(Patient, public_id=public_id)
    asked = services.begin_entering(patient=patient, by=request.user, now=clock.now())
    return redirect("intake:enter", public_id, asked.draft.step if asked.begun_at else 1)


@policy("intake-answers", "enter")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: StaffRequest, public_id: uuid.UUID, step: int) -> HttpResponse:
    """Show a page of the form in the staff's shell, or save it and go on. The look at what is there leaves a trace."""
    patient = get_object_or_404(Patient, public_id=public_id)
    if not 1 <= step <= steps.LAST:
        raise Http404
    now = clock.now()
    open_record(by=request.user, now=now, resource="intake-answers", patient_id=patient.pk)
    asked = querysets.being_entered(patient.pk, now)
    if asked is None:
        return redirect("intake:reading", public_id)
    facts = StepFacts(request=asked, country=request.practice.country, today=timezone.localdate(now))
    copying = Copying(patient, asked, facts, now)
    if step > asked.draft.step:
        return redirect("intake:enter", public_id, asked.draft.step)
    return _agreement(request, copying) if step == steps.AGREEMENT else _step(request, copying, step)


def _step(request: StaffRequest, copying: Copying, step: int) -> HttpResponse:
    kind = FORMS[step]
    if request.method != "POST":
        return _page(request, copying, step, kind.reopened(copying.facts, step))
    form = kind(request.POST, facts=copying.facts)
    if not form.is_valid():
        return _page(request, copying, step, form)
    try:
        services.save_step(
            request=copying.asked, step=step, answers=form.answers(), seen=form.seen, today=copying.facts.today,
            now=copying.now, window=form.window, by=request.user,
        )  # fmt: skip
    except services.Stale:
        words.say(request, "Somebody saved this page meanwhile. Here it is as it stands now.")
        return redirect("intake:enter", copying.patient.public_id, step)
    except services.Closed:
        return redirect("intake:reading", copying.patient.public_id)
    back = request.POST.get("go") == "back"
    return redirect("intake:enter", copying.patient.public_id, max(1, step - 1) if back else step + 1)


def _agreement(request: StaffRequest, copying: Copying) -> HttpResponse:
    missing = steps.first_missing(copying.asked.draft.data)
    if missing:
        return redirect("intake:enter", copying.patient.public_id, missing)
    texts = querysets.consent_texts(copying.asked.language)
    initial = {"version": copying.asked.draft.version}
    posted = request.POST if request.method == "POST" else None
    form = PaperAgreementForm(posted, facts=copying.facts, texts=texts, initial=initial)
    if posted is None or not form.is_valid():
        return _page(request, copying, steps.AGREEMENT, form)
    handed = services.submit(
        request=copying.asked,
        signed=services.Signed(
            texts=form.agreed(),
            signature=form.signature(),
            channel="paper",
            by=request.user,
            signer=form.signer.code,
        ),
        told_before=copying.asked.told_before,  # type: ignore[attr-defined]
        today=copying.facts.today,
        now=copying.now,
    )
    if handed is not None:
        words.say(request, "Entered from paper, with your name. Please keep the signed sheet.")
    return redirect("intake:reading", copying.patient.public_id)


def _page(request: HttpRequest, copying: Copying, step: int, form: StepForm) -> HttpResponse:
    context = {
        "shell": "intake/_enter_shell.html",
        "patient": copying.patient,
        "steps": {"title": steps.TITLES[step], "number": step, "total": steps.LAST},
        "step": step,
        "form": form,
        "helper": steps.helper_of(copying.asked.draft.data),
        "suggestions": suggestions() if step == steps.COMPLAINT else [],
        "here": "patients",
    }
    page = "intake/enter_agreement.html" if step == steps.AGREEMENT else f"intake/step_{steps.NAMES[step]}.html"
    return render(request, page, context)

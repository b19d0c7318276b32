"""The pages of the form: each Next is saved at once on the server."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clinic.kernel import clock
from clinic.policy import policy
from clinic.practice import languages
from patients.intake import key, querysets, services, steps, worry_texts
from patients.intake.entry import Entry, closed, context, handed_in, in_form
from patients.intake.forms import (
    AgreementForm,
    ComplaintForm,
    ContactForm,
    FeelingsForm,
    HealthForm,
    PlacesForm,
    StepForm,
)
from patients.intake.forms.complaint import suggestions
from patients.intake.late import kept_when_late
from patients.intake.visits import visit_of
from patients.safety.medicines import drug_names

_COOKIE = "the cookie that a link's token was swapped for, checked inside"
#: The form of each page but the last, which is handed in and never kept.
FORMS: dict[int, type[StepForm]] = {
    steps.CONTACT: ContactForm,
    steps.COMPLAINT: ComplaintForm,
    steps.PLACES: PlacesForm,
    steps.HEALTH: HealthForm,
    steps.FEELINGS: FeelingsForm,
}
NOT_CARRIED = ("csrfmiddlewaretoken", "form_token", "end", "version", "go")


@policy.link(_COOKIE)
@require_safe
@in_form
def resume(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Go on where the form was left."""
    return redirect("intake:step", entry.request.draft.step)


@policy.link(_COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
@kept_when_late(FORMS)
@in_form
def step(request: HttpRequest, entry: Entry, step: int) -> HttpResponse:
    """Show a page of the form, or save it and go on."""
    if not 1 <= step <= steps.LAST:
        raise Http404
    if step > entry.request.draft.step:
        return redirect("intake:resume")
    if step < entry.key.first and step != steps.first_missing(entry.request.draft.data):
        return redirect("intake:step", entry.key.first)
    if step == steps.AGREEMENT:
        return _agreement(request, entry)
    kind = FORMS[step]
    if request.method != "POST":
        draft = entry.request.draft
        shown = step == steps.CONTACT or entry.key.may_show(draft.updated_at)
        form = kind.reopened(entry.facts, step) if shown else kind.opened(entry.facts, {})
        return _page(request, entry, step, form)
    form = kind(request.POST, request.FILES, facts=entry.facts)
    valid = form.is_valid()
    if isinstance(form, HealthForm) and form.new_photo:
        form.keep_photo(services.keep_photo(request=entry.request, picture=form.new_photo, now=entry.now))
    if valid:
        return _save(request, entry, step, form)
    if request.POST.get("go") == "back" and not _touched(form, entry, step):
        return redirect("intake:step", max(1, step - 1))
    return _page(request, entry, step, form, worries=_worries_anyway(entry, form))


@policy.link(_COOKIE)
@require_safe
@in_form
def please_read(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Show the clinic's own words after a worrying answer, calm and alone on the page."""
    texts = worry_texts.for_flags(entry.request.draft.flags, entry.request.language)
    if not texts:
        return redirect("intake:resume")
    return render(request, "intake/please_read.html", context(entry, texts=texts))


@policy.link(_COOKIE)
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say thank you, who reads it and when. Nothing that was answered can be read again."""
    now = clock.now()
    mine = key.read(request, now)
    if mine is None or not mine.sent:
        return closed(request, now)
    handed = querysets.handed_in(mine.request)
    if handed is None:
        return closed(request, now)
    languages.speak(request, handed.language)
    emergency = worry_texts.in_an_emergency(getattr(getattr(request, "practice", None), "country", ""))
    facts = {"visit": visit_of(handed.appointment_id), "now": now, "emergency": emergency}
    return render(request, "intake/sent.html", facts)


def _save(request: HttpRequest, entry: Entry, step: int, form: StepForm) -> HttpResponse:
    try:
        saved = services.save_step(
            request=entry.request,
            step=step,
            answers=form.answers(),
            seen=form.seen,
            today=entry.today,
            now=entry.now,
            window=form.window,
        )
    except services.Stale as stale:
        if entry.resting:
            # Nothing saved may be shown now; what was typed stays beside it for the practitioner.
            services.keep_second(request=entry.request, step=step, answers=form.answers(), now=entry.now)
            return redirect("intake:birth_date")
        return both(request, entry, step, form, stale)
    except services.Closed:
        return closed(request, entry.now)
    if any(worry.text for worry in saved.new):
        return redirect("intake:please_read")
    return redirect("intake:step", max(1, step - 1) if request.POST.get("go") == "back" else step + 1)


def _agreement(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Show the texts to agree to, or hand the form in."""
    data = entry.request.draft.data
    missing = steps.first_missing(data)
    if missing:
        return redirect("intake:step", missing)
    texts = querysets.consent_texts(entry.request.language)
    if request.method != "POST":
        initial = {"version": entry.request.draft.version}
        return _page(request, entry, steps.AGREEMENT, AgreementForm(facts=entry.facts, texts=texts, initial=initial))
    if request.POST.get("go") == "back":
        return redirect("intake:step", steps.AGREEMENT - 1)
    form = AgreementForm(request.POST, facts=entry.facts, texts=texts)
    if not form.is_valid():
        return _page(request, entry, steps.AGREEMENT, form)
    handed = services.submit(
        request=entry.request,
        signed=services.Signed(texts=form.agreed(), signature=form.signature(), signer=form.signer.code),
        told_before=entry.request.told_before,  # type: ignore[attr-defined]
        today=entry.today,
        now=entry.now,
    )
    if handed is None and querysets.in_work(entry.key.request, entry.key.version, entry.now) is not None:
        return redirect("intake:step", steps.AGREEMENT)  # another window saved a page in this very moment
    return handed_in(redirect("intake:sent"), entry)


def _page(request: HttpRequest, entry: Entry, step: int, form: StepForm, **more: Any) -> HttpResponse:
    place = {"title": steps.TITLES[step], "number": step, "total": steps.LAST}
    shown = context(entry, steps=place, form=form, step=step, helper=steps.helper_of(entry.request.draft.data), **more)
    if step in FORMS:
        shown["keeps"] = reverse("intake:keep", args=[step])
    if step == steps.COMPLAINT:
        shown["suggestions"] = suggestions()
    if step == steps.HEALTH:
        shown["drugs"] = drug_names()
    if step == steps.AGREEMENT:
        shown["visit"] = visit_of(entry.request.appointment_id)
    return render(request, f"intake/step_{steps.NAMES[step]}.html", shown)


def both(request: HttpRequest, entry: Entry, step: int, form: StepForm, stale: services.Stale) -> HttpResponse:
    """Show what stands and what was typed here, and ask which one is right."""
    carried = [
        (name, value) for name in request.POST if name not in NOT_CARRIED for value in request.POST.getlist(name)
    ]
    shown = context(
        entry, step=step, form=form, version=stale.version, carried=carried, pairs=form.beside(stale.stored)
    )
    return render(request, "intake/both.html", shown, status=409)


def _touched(form: StepForm, entry: Entry, step: int) -> bool:
    """Tell whether anything was typed on a page that cannot be saved."""
    form.initial = type(form).initial_of(entry.facts, steps.answers_of(entry.request.draft.data, step))
    return bool(set(form.changed_data) - set(NOT_CARRIED))


def _worries_anyway(entry: Entry, form: StepForm) -> list[worry_texts.Said]:
    """Return the texts for emergencies ticked on a page with another mistake; they count at once all the same."""
    if not isinstance(form, HealthForm):
        return []
    data = {**entry.request.draft.data, str(steps.HEALTH): {"ticks": form.ticked_anyway()}}
    found = services.note_worries(request=entry.request, data=data, today=entry.today, now=entry.now)
    return worry_texts.for_flags([worry.id for worry in found], entry.request.language)

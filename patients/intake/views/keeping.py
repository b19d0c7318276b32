"""A page keeps itself while somebody writes; and what becomes of two windows that wrote differently."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from clinic.policy import policy
from patients.intake import entry as entries
from patients.intake import services
from patients.intake.entry import Entry, in_form
from patients.intake.forms import StepForm
from patients.intake.views import kept
from patients.intake.views.form import FORMS, both

MOST = 100_000
"""Characters of a page that is kept half typed; each of its fields holds far less."""
_COOKIE = "the cookie that a link's token was swapped for, checked inside"


@policy.link(_COOKIE)
@require_POST
@in_form
def keep(request: HttpRequest, entry: Entry, step: int) -> HttpResponse:
    """Answer the page's script: when it was saved, the next version, and the clinic's words if something worries."""
    form = _form(request, entry, step)
    if form.was_cut_off:
        return kept.refused(" ".join(str(said) for said in form.non_field_errors()), 422)
    fields = form.typed()
    if sum(len(value) for values in fields.values() for value in values) > MOST:
        return kept.refused(gettext("not saved yet. A text is too long."), 413)
    typed = services.Typed(step, form.so_far(), fields, whole=form.is_valid(), window=form.window)
    try:
        saved = services.keep_typed(
            request=entry.request, typed=typed, seen=form.seen, today=entry.today, now=entry.now
        )
    except services.Stale:
        says = gettext("This page was saved in another window too. Press Next and choose which one is right.")
        return kept.refused(says, 409)
    except services.Closed:
        return kept.refused(kept.CLOSED, 410)
    return kept.stored(saved, entry.request.language)


@policy.link(_COOKIE)
@require_POST
@in_form
def choose(request: HttpRequest, entry: Entry, step: int) -> HttpResponse:
    """Of two texts for one page, take the one that was chosen; the other one stays as a second version."""
    form = _form(request, entry, step)
    if not form.is_valid():
        return redirect("intake:step", step)
    answers = form.answers()
    if request.POST.get("choice") != "mine":
        services.keep_second(request=entry.request, step=step, answers=answers, now=entry.now)
        return redirect("intake:step", step)
    try:
        saved = services.choose_mine(
            request=entry.request, step=step, answers=answers, seen=form.seen, today=entry.today, now=entry.now
        )
    except services.Stale as stale:
        return redirect("intake:birth_date") if entry.resting else both(request, entry, step, form, stale)
    except services.Closed:
        return entries.closed(request, entry.now)
    return redirect("intake:please_read") if any(worry.text for worry in saved.new) else redirect("intake:resume")


def _form(request: HttpRequest, entry: Entry, step: int) -> StepForm:
    """Return the page as it was sent, read. Raises Http404 for a page that was not reached, or has nothing to keep."""
    kind = FORMS.get(step)
    if kind is None or step > entry.request.draft.step:
        raise Http404
    form = kind(request.POST, facts=entry.facts)
    form.is_valid()
    return form

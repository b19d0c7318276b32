"""Settings of what patients read: the languages they may choose, words for worrying answers, texts to agree to."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.opening.forms.practice import WorryForm
from clinic.opening.forms.texts import ConsentForm, LanguagesForm
from clinic.policy.tags import policy
from clinic.practice import countries, languages, readiness
from clinic.practice import services as practice_services
from clinic.practice.models import ConsentText
from clinic.staff.requests import StaffRequest

READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@READ_AND_WRITE
@policy("settings", "edit")
def offered(request: StaffRequest) -> HttpResponse:
    """Which languages patients may choose, and what each still lacks."""
    known = readiness.of_all()
    form = LanguagesForm(request.POST or None, known=known, practice=request.practice)
    if request.method == "POST" and form.is_valid():
        try:
            practice_services.offer_languages(chosen=form.cleaned_data["offered"], by=request.user, now=clock.now())
        except practice_services.NotReady as lacking:
            form.add_error("offered", str(lacking))
        else:
            say(request, "The languages are kept.")
            return redirect("opening:languages")
    shown = [(one, one.language in languages.offered(request.practice)) for one in known]
    return render(request, "opening/languages.html", {"form": form, "known": shown, "kinds": ConsentText.Kind.choices})


@READ_AND_WRITE
@policy("settings", "edit")
def worry(request: StaffRequest, language: str = languages.ENGLISH) -> HttpResponse:
    """The three texts that a patient reads after a worrying answer, in one language."""
    tag = _known(language)
    form = WorryForm(request.POST or None, initial=WorryForm.initial_of(request.practice, tag))
    if request.method == "POST" and form.is_valid():
        practice_services.keep_worry_texts(bodies=form.bodies(), language=tag, by=request.user, now=clock.now())
        if tag == languages.ENGLISH:
            say(request, "The three texts are kept. Patients read them from now on.")
            return redirect("opening:settings")
        say(request, f"The three texts in {languages.ENGLISH_NAMES[tag]} are kept.")
        return redirect("opening:languages")
    shown = {"form": form, "country": countries.name_of(request.practice.country), **_named(tag)}
    return render(request, "opening/worry.html", shown)


@READ_AND_WRITE
@policy("settings", "edit")
def consent(request: StaffRequest, consent: str, language: str) -> HttpResponse:
    """One text that patients agree to: a change is a new version, what was signed stays as it was signed."""
    tag = _known(language)
    if consent not in ConsentText.Kind.values:
        raise Http404
    stands = ConsentText.objects.filter(kind=consent, language=tag).order_by("-version").first()
    form = ConsentForm(request.POST or None, initial=ConsentForm.initial_of(consent, tag, stands))
    if request.method == "POST" and form.is_valid():
        kept = practice_services.keep_consent_text(
            kind=consent, language=tag, title=form.cleaned_data["title"], body=form.cleaned_data["body"],
            by=request.user, now=clock.now(),
        )  # fmt: skip
        new = stands is None or kept.version != stands.version
        say(request, f"Version {kept.version} is kept." if new else "Nothing was changed.")
        return redirect("opening:languages")
    label = ConsentText.Kind(consent).label
    shown = {"form": form, "label": label, "version": stands.version if stands else 0, **_named(tag)}
    return render(request, "opening/consent.html", shown)


def _known(language: str) -> str:
    tag = languages.known(language)
    if not tag:
        raise Http404
    return tag


def _named(tag: str) -> dict[str, object]:
    return {"language": tag, "language_name": languages.ENGLISH_NAMES[tag], "foreign": tag != languages.ENGLISH}

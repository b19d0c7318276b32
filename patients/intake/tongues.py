"""The choice of a language on the first page of a form: which ones, which is taken, and what a press of it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from clinic.practice import languages
from patients.intake import asking, services
from patients.intake.models import QuestionnaireRequest


@dataclass(frozen=True)
class Choice:
    """The languages to choose from, as (tag, its own name, taken).

    ``stays`` and ``next`` are own names when the form was begun in another language than the patient chose since: it
    stays in the first, mails and the next form come in the second.
    """

    tongues: tuple[tuple[str, str, bool], ...] = ()
    stays: str = ""
    next: str = ""


def choice(request: HttpRequest, found: QuestionnaireRequest) -> Choice:
    """Return what a patient may choose on the first page of ``found``; nothing where one language is offered."""
    practice = getattr(request, "practice", None)
    can = _offered(request, found)
    if len(can) == 1:
        return Choice()
    begun = found.state != QuestionnaireRequest.State.OPEN
    wanted = languages.spoken(found.patient.language, practice)
    taken = wanted if begun else found.language
    tongues = tuple((tag, languages.NAMES[tag], tag == taken) for tag in can)
    if not begun or wanted == found.language:
        return Choice(tongues)
    return Choice(tongues, languages.NAMES[found.language], languages.NAMES[wanted])


def was_chosen(request: HttpRequest, found: QuestionnaireRequest, now: datetime) -> bool:
    """Keep the language whose button was pressed; False when the page was sent for another reason."""
    asked = languages.known(request.POST.get("language", ""))
    if "language" not in request.POST:
        return False
    if asked in _offered(request, found):
        services.choose_language(request=found, language=asked, now=now)
    return True


def _offered(request: HttpRequest, found: QuestionnaireRequest) -> tuple[str, ...]:
    """Return the languages that the clinic offers and in which every questionnaire of the form has words."""
    can = languages.offered(getattr(request, "practice", None))
    return tuple(tag for tag in can if tag == found.language or not asking.spoken(found.instruments, tag)[1])

"""Which languages patients are spoken to in, and the one place where a page or a mail takes one on.

The house itself speaks English. A patient's page or mail is made while their language is active; the tag that is stored
("es") becomes one with the customs of the practice's country where they differ ("es-us": 9:35 a. m., 6.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from clinic.practice.models import Practice

ENGLISH = "en"
#: Keeps beside the key of an opened link which language was spoken; it names nobody.
COOKIE = "spoken"
#: The languages that Deqi has words in, each by its own name. English is always offered.
NAMES = {ENGLISH: "English", "es": "Español", "zh-Hans": "简体中文"}
#: The same for staff.
ENGLISH_NAMES = {ENGLISH: "English", "es": "Spanish", "zh-Hans": "Chinese, simplified characters"}

#: Where Spanish is written with 9:35 a. m. and 6.5 (CLDR: es-US, es-MX and their neighbours); elsewhere 9:35 and 6,5.
_SPANISH_OF_THE_NORTH = frozenset({"US", "PR", "MX", "GT", "HN", "SV", "NI", "PA", "DO", "PE"})
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def known(language: str) -> str:
    """Return a tag as we write it ("zh-hans" is "zh-Hans"), "" for a language without words."""
    return next((tag for tag in NAMES if tag.lower() == language.lower()), "")


def offered(practice: Practice | None) -> tuple[str, ...]:
    """Return the languages a patient may choose, English first."""
    listed = practice.languages if practice else ()
    return tuple(tag for tag in NAMES if tag == ENGLISH or tag in listed)


def spoken(language: str, practice: Practice | None) -> str:
    """Return the language in which somebody who reads ``language`` is spoken to: theirs where it is offered."""
    tag = known(language)
    return tag if tag in offered(practice) else ENGLISH


def of_a_new_form(language: str) -> str:
    """Return the language a form for somebody who reads ``language`` begins in. One statement unless it is English."""
    if known(language) in ("", ENGLISH):
        return ENGLISH
    return spoken(language, Practice.objects.filter(id=1).only("languages").first())


def with_customs(language: str, country: str) -> str:
    """Return the tag to activate for ``language`` in a practice of ``country`` (ISO code)."""
    tag = known(language) or ENGLISH
    return "es-us" if tag == "es" and country in _SPANISH_OF_THE_NORTH else tag.lower()


def active() -> str:
    """Return the language that is spoken just now, as we write it."""
    now = translation.get_language() or ENGLISH
    return known(now) or known(now.split("-", maxsplit=1)[0]) or ENGLISH


@contextmanager
def speaking(language: str, practice: Practice | None) -> Iterator[None]:
    """Make a mail or a paper in ``language``, where it is offered; dates and times follow."""
    with translation.override(with_customs(spoken(language, practice), practice.country if practice else "")):
        yield


def speak(request: HttpRequest, language: str) -> None:
    """Answer this request in ``language``; the middleware ends it with the answer.

    A view behind a link calls it once it knows whose page it is. A form that was begun keeps its language, also when
    the practice does not offer it any more.
    """
    practice: Practice | None = getattr(request, "practice", None)
    translation.activate(with_customs(language, practice.country if practice else ""))


def asked_for(request: HttpRequest) -> str:
    """Return the offered language that the browser asks for first: for pages that know nobody."""
    return preferred(request, offered(getattr(request, "practice", None)))


def of_device(request: HttpRequest) -> str:
    """Return the language this device was spoken to last, else the one its browser asks for; nobody is looked up.

    For pages of patients while the database is away.
    """
    return known(request.COOKIES.get(COOKIE, "")) or preferred(request, tuple(NAMES))


def preferred(request: HttpRequest, can: tuple[str, ...]) -> str:
    """Return the language among ``can`` that the browser asks for first, English when it asks for none of them."""
    for wanted, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        tag = "zh-Hans" if wanted.startswith("zh") and not wanted.startswith(_TRADITIONAL) else wanted.split("-")[0]
        if tag in can:
            return tag
    return ENGLISH

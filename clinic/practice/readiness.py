"""What must exist in a language before patients are spoken to in it: words for worrying answers, texts to agree to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from clinic.practice import data, languages
from clinic.practice.models import ConsentText, WorryText

#: Three digits or more that can be dialled: 911, 116 123, 9-8-8.
_NUMBER = re.compile(r"(?:\d[ \-]?){3}")
NO_CRISIS_NUMBER = "a number to call, in the words for thoughts of self-harm"


@dataclass(frozen=True)
class Readiness:
    """How far one language is. ``missing`` says in words what keeps it from being offered.

    ``behind`` names the texts to agree to whose English words are newer: somebody should read the translation again.
    """

    language: str
    missing: tuple[str, ...]
    behind: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the language in English, for staff."""
        return languages.ENGLISH_NAMES[self.language]

    @property
    def is_ready(self) -> bool:
        """Whether patients may be spoken to in it."""
        return not self.missing


def of_all() -> list[Readiness]:
    """Return each language that Deqi has words in, English first. Two statements."""
    worries = {(text.kind, text.language): text.body for text in WorryText.objects.all()}
    newest = _newest_consents()
    return [
        Readiness(language, tuple(_missing(language, worries, set(newest))), _behind(language, newest))
        for language in languages.NAMES
    ]


def behind(spoken: Iterable[str]) -> list[str]:
    """Return the languages among ``spoken``, in English, with a text to agree to that is older than the English one.

    One statement, none where patients are spoken to in English alone.
    """
    others = [tag for tag in spoken if tag != languages.ENGLISH]
    newest = _newest_consents() if others else {}
    return [languages.ENGLISH_NAMES[tag] for tag in others if _behind(tag, newest)]


def is_behind(kind: str, language: str) -> bool:
    """Tell whether the newest English words of a text are newer than those of a language that has some."""
    newest = _newest_consents()
    return ConsentText.Kind(kind).label in _behind(language, newest)


def _newest_consents() -> dict[tuple[str, str], int]:
    """Return when each text was laid down last: its id, which grows with every version of any of them."""
    found = ConsentText.objects.order_by().values_list("kind", "language").annotate(newest=Max("id"))
    return {(kind, language): newest for kind, language, newest in found}


def _behind(language: str, newest: dict[tuple[str, str], int]) -> tuple[str, ...]:
    return tuple(
        str(label)
        for kind, label in ConsentText.Kind.choices
        if (kind, language) in newest and newest[kind, language] < newest.get((kind, languages.ENGLISH), 0)
    )


def _missing(language: str, worries: dict[tuple[str, str], str], consents: set[tuple[str, str]]) -> Iterable[str]:
    for kind, label in WorryText.Kind.choices:
        if (kind, language) not in worries:
            yield f"words for “{label}”"
    crisis = worries.get((data.WORRY_KINDS[0], language))
    if crisis is not None and not _NUMBER.search(crisis):
        yield NO_CRISIS_NUMBER
    for kind, label in ConsentText.Kind.choices:
        if (kind, language) not in consents:
            yield f"the text to agree to “{label}”"

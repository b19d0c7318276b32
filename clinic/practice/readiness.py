"""What must exist in a language before patients are spoken to in it: words for worrying answers, texts to agree to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from clinic.practice import data, languages
from clinic.practice.models import ConsentText, WorryText

#: Three digits or more that can be dialled: 911, 116 123, 9-8-8.
_NUMBER = re.compile(r"(?:\d[ \-]?){3}")
NO_CRISIS_NUMBER = "a number to call, in the words for thoughts of self-harm"


@dataclass(frozen=True)
class Readiness:
    """How far one language is. ``missing`` says in words what keeps it from being offered; "" names nothing."""

    language: str
    missing: tuple[str, ...]

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
    consents = set(ConsentText.objects.values_list("kind", "language"))
    return [Readiness(language, tuple(_missing(language, worries, consents))) for language in languages.NAMES]


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

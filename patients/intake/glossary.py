"""What patients read in place of staff terms, in their language (data/patient_glossary.csv).

Some staff terms must never stand in a text for patients: `forbidden_words` lists them, and a test
over the patient templates and mails looks for them.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "es", "zh-Hans")
_NEVER = ("never the staff term", "staff term not shown to patients", "no blame in any language")
# Other ways of writing the same terms.
_ALSO = (
    "no-show",
    "breakglass",
    "break glass",
    "break-glass",
    "red-flag",
    "entered-in-error",
    "lost to follow up",
)


class UnknownTerm(LookupError):
    """The glossary has no such key, or no words in this language."""


def text(key: str, language: str = "en", **values: str) -> str:
    """The patient's words for `key`; `values` fill braces as in "we read this on {time}".

    Raises UnknownTerm; KeyError when a value for a brace is missing.
    """
    tag = next((tag for tag in LANGUAGES if tag.lower() == language.lower()), None)
    words = _rows().get(key, {}).get(tag or "", "")
    if not words:
        raise UnknownTerm(f"no words for {key!r} in {language!r}")
    return words.format(**values) if values or "{" in words else words


@cache
def forbidden_words() -> tuple[str, ...]:
    """Staff terms, in small letters, that no patient may read: page texts, mails, PDF, SMS."""
    terms = {row["staff_term"].split(" (")[0] for row in _rows().values() if row["note"] in _NEVER}
    terms |= {"lost to follow-up", "addendum", *_ALSO}
    return tuple(sorted(term.lower() for term in terms))


@cache
def _rows() -> dict[str, dict[str, str]]:
    content = (files("patients.intake") / "data" / "patient_glossary.csv").read_text(encoding="utf-8")
    return {row["key"]: row for row in csv.DictReader(io.StringIO(content))}

"""Texts and numbers that a practice begins with, as files; the functions here only read them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent

#: Worry texts and consent texts in the order people meet them.
WORRY_KINDS = ("self-harm", "emergency", "call-today")
CONSENT_KINDS = ("treatment", "privacy", "email")
#: A patient may refuse this one and is treated all the same.
FREE_CONSENTS = ("email",)


@dataclass(frozen=True)
class Contacts:
    """Whom to call in one country; "" where the clinic must find the number itself."""

    emergency: str = ""
    crisis: str = ""


@dataclass(frozen=True)
class Text:
    """A text with its title."""

    title: str
    body: str


@lru_cache
def _contacts() -> dict[str, Contacts]:
    listed = json.loads((_HERE / "contacts.json").read_text(encoding="utf-8"))
    union = {code: Contacts(emergency="112") for code in listed["european_union"].split()}
    return union | {code: Contacts(**numbers) for code, numbers in listed["countries"].items()}


def contacts(country: str) -> Contacts:
    """Return the emergency number and the crisis line of ``country`` (ISO code), as far as they are known.

    Source: the crisis contacts of the PHQ-9 file; in the European Union 112 holds everywhere.
    """
    return _contacts().get(country, Contacts())


def worry_text(kind: str, *, country: str, phone: str) -> str:
    """Return the proposal for one worry text. What is not known stands in [square brackets], to be filled in."""
    numbers = contacts(country)
    body = (_HERE / "worry" / f"{kind}.en.txt").read_text(encoding="utf-8").strip()
    return (
        body.replace("{emergency}", numbers.emergency or "[emergency number]")
        .replace("{crisis}", numbers.crisis or "Call [crisis line of your country]")
        .replace("{phone}", phone or "[our phone number]")
    )


def consent_text(kind: str) -> Text:
    """Return the first version of one consent text, in English."""
    lines = (_HERE / "consent" / f"{kind}.en.txt").read_text(encoding="utf-8").strip()
    title, _, body = lines.partition("\n")
    return Text(title=title.strip(), body=body.strip())

"""Texts and numbers that a practice begins with, as files; the functions here only read them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True)
class _Gap:
    """What stands in a text for a number that nobody but the clinic knows."""

    emergency: str
    crisis: str
    phone: str


_GAPS = {
    "en": _Gap("[emergency number]", "Call [crisis line of your country]", "[our phone number]"),
    "es": _Gap("[número de emergencias]", "Llame a [línea de crisis de su país]", "[nuestro número de teléfono]"),
    "zh-Hans": _Gap("[急救电话]", "请拨打[您所在国家的危机求助热线]", "[我们的电话号码]"),
}
_OR = {"en": " or ", "es": " o ", "zh-Hans": " 或 "}


@lru_cache
def _listed() -> dict[str, Any]:
    listed: dict[str, Any] = json.loads((_HERE / "contacts.json").read_text(encoding="utf-8"))
    return listed


@lru_cache
def _contacts() -> dict[str, Contacts]:
    listed = _listed()
    union = {code: Contacts(emergency="112") for code in listed["european_union"].split()}
    return union | {code: Contacts(**numbers) for code, numbers in listed["countries"].items()}


def contacts(country: str) -> Contacts:
    """Return the emergency number and the crisis line of ``country`` (ISO code), as far as they are known.

    Source: the crisis contacts of the PHQ-9 file; in the European Union 112 holds everywhere.
    """
    return _contacts().get(country, Contacts())


def worry_text(kind: str, *, country: str, phone: str, language: str = "en") -> str:
    """Return the proposal for one worry text. What is not known stands in [square brackets], to be filled in.

    The texts in other languages are translations of our own, to be read by the clinic before it offers the language.
    """
    gaps = _GAPS[language]
    body = (_HERE / "worry" / f"{kind}.{language}.txt").read_text(encoding="utf-8").strip()
    return (
        body.replace("{emergency}", emergency_number(country, language) or gaps.emergency)
        .replace("{crisis}", _crisis(country, language) or gaps.crisis)
        .replace("{phone}", phone or gaps.phone)
    )


def emergency_number(country: str, language: str = "en") -> str:
    """Return the number to call in an emergency in ``country`` ("999 or 112"), "" where it is not known."""
    return contacts(country).emergency.replace(" or ", _OR[language])


def _crisis(country: str, language: str) -> str:
    said: dict[str, str] = _listed()["crisis_words"].get(language, {})
    return contacts(country).crisis if language == "en" else said.get(country, "")


def consent_text(kind: str, language: str = "en") -> Text:
    """Return our proposal for one consent text; in other languages than English a translation of our own."""
    lines = (_HERE / "consent" / f"{kind}.{language}.txt").read_text(encoding="utf-8").strip()
    title, _, body = lines.partition("\n")
    return Text(title=title.strip(), body=body.strip())

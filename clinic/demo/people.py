"""Invented people: names from many places, phone numbers and addresses that belong to nobody. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any
from unicodedata import normalize

#: Kept for films and books by Ireland's regulator: 020 91x xxxx rings nowhere.
PHONE = "+3532091"
#: A domain that can never exist.
DOMAIN = "patients.example"
LANGUAGES = ("en",) * 94 + ("es",) * 3 + ("zh-Hans",) * 3


@dataclass(frozen=True)
class Person:
    """Who somebody is, as the front desk has it."""

    given_name: str
    family_name: str
    address_as: str
    sex: str
    birth_date: date
    email: str
    phone: str
    language: str
    emergency_contact: str
    physician: str
    heard_from: str
    desk_facts: tuple[str, ...]
    deceased_on: date | None


@cache
def names() -> Mapping[str, Any]:
    """Return the lists of names."""
    found: Mapping[str, Any] = json.loads((files("clinic.demo.data") / "names.json").read_text(encoding="utf-8"))
    return found


def person(rng: Random, number: int, today: date) -> Person:
    """Make up patient ``number``. Pain comes with age and more often to women."""
    sex = "female" if rng.random() < 0.64 else "male"
    given, family = rng.choice(names()[sex]), rng.choice(names()["family"])
    language = rng.choice(LANGUAGES)
    if rng.random() < 0.22:
        family = f"{family}-{rng.choice(names()['family'])}"
    hanzi = rng.choice(names()["hanzi"]) if language == "zh-Hans" or rng.random() < 0.01 else ""
    if hanzi and rng.random() < 0.4:
        given, family = hanzi[1:], hanzi[:1]
        hanzi = ""
    age = min(max(rng.gauss(54, 16), 16), 96)
    no_email = rng.random() < 0.05
    return Person(
        given_name=given,
        family_name=family,
        address_as=hanzi or (rng.choice(("Mrs ", "Ms ") if sex == "female" else ("Mr ",)) + family) * (number % 9 == 0),
        sex=sex if rng.random() < 0.98 else "",
        birth_date=today - timedelta(days=int(age * 365.25) + rng.randrange(365)),
        email="" if no_email else f"{_ascii(given)}.{_ascii(family)}.{number}@{DOMAIN}",
        phone=f"{PHONE}{rng.randrange(100_000):05d}" if no_email or rng.random() < 0.9 else "",
        language=language,
        emergency_contact=f"{rng.choice(names()['female'])} {family}" if rng.random() < 0.6 else "",
        physician=f"Dr. {rng.choice(names()['family'])}" if rng.random() < 0.7 else "",
        heard_from=rng.choice(("physician", "friends", "friends", "internet", "internet", "passing", "")),
        desk_facts=_desk_facts(rng, no_email),
        deceased_on=None,
    )


def _desk_facts(rng: Random, no_email: bool) -> tuple[str, ...]:
    likely = {"stairs": 0.05, "hearing": 0.04, "prone": 0.04, "quiet": 0.03}
    return (*(fact for fact, share in likely.items() if rng.random() < share), *(("no-email",) if no_email else ()))


def _ascii(name: str) -> str:
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalpha()) or "patient"

"""Finding patients while somebody types: the question of ``PatientQuerySet.matching``, put together once a shape.

A shape is how many words there are, and whether digits may be of a phone. Birth dates are rare and asked as they come.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from clinic.kernel.prepared import Prepared, given
from patients.models import Patient
from patients.querysets import MOST_WORDS, PatientQuerySet, Question, Word, phone_digits, possible_birth_dates

#: What a list shows of a patient; nothing else leaves the database.
_SHOWN = ("public_id", "given_name", "family_name", "address_as", "birth_date", "birth_year", "phone", "code")


def find(typed: str, *, now: datetime, most: int) -> list[Patient]:
    """Return at most ``most`` patients that fit what was typed, each with ``next_visit``. One statement."""
    words = typed.split()[:MOST_WORDS]
    if not words or possible_birth_dates(typed) or any(map(possible_birth_dates, words)):
        return list(_listed(Question.of(typed), now)[:most])
    numbers = phone_digits(typed)
    values = {f"word{place}": word for place, word in enumerate(words)}
    values |= {f"digits{place}": digits for place, digits in enumerate(numbers)}
    return _prepared(len(words), len(numbers), most).ask(now=now, **values)


def _listed(asked: Question, now: datetime) -> PatientQuerySet:
    return Patient.objects.answering(asked).with_next_visit(now).only(*_SHOWN)


@lru_cache(maxsize=64)
def _prepared(words: int, numbers: int, most: int) -> Prepared[Patient]:
    asked = Question(
        words=[Word(given(f"word{place}")) for place in range(words)],
        numbers=[given(f"digits{place}") for place in range(numbers)],
    )
    return Prepared(lambda: _listed(asked, given("now"))[:most])

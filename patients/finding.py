"""Finding patients while somebody types: the question of ``PatientQuerySet.matching``, put together once a shape.

A shape is how many words there are, and whether digits may be of a phone. Birth dates are rare and asked as they come.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from clinic.kernel.fields import LINE, tidy
from clinic.kernel.prepared import Prepared, given
from clinic.kernel.text_fields import is_broken
from patients.models import Patient
from patients.querysets import MOST_WORDS, PatientQuerySet, Question, Word, phone_digits, possible_birth_dates

#: What a list shows of a patient; nothing else leaves the database.
_SHOWN = ("public_id", "given_name", "family_name", "address_as", "birth_date", "birth_year", "phone", "code")


#: Adds to each patient what a list says besides; it gets the time of asking. One function for each list, not a lambda.
Also = Callable[[PatientQuerySet, Any], PatientQuerySet]


def find(typed: str, *, now: datetime, most: int, also: Also | None = None) -> list[Patient]:
    """Return at most ``most`` patients that fit what was typed, each with ``next_visit``. One statement."""
    words = typed.split()[:MOST_WORDS]
    if not words or possible_birth_dates(typed) or any(map(possible_birth_dates, words)):
        return list(_listed(Question.of(typed), now, also)[:most])
    numbers = phone_digits(typed)
    values = {f"word{place}": word for place, word in enumerate(words)}
    values |= {f"digits{place}": digits for place, digits in enumerate(numbers)}
    return _prepared(len(words), len(numbers), most, also).ask(now=now, **values)


def readable(asked: str) -> str:
    """Return a question as it can be looked for: one line, nothing broken, no longer than a line."""
    return tidy("".join(" " if is_broken(c) else c for c in asked[:LINE]))


def _listed(asked: Question, now: Any, also: Also | None) -> PatientQuerySet:
    found = Patient.objects.answering(asked).with_next_visit(now).only(*_SHOWN)
    return also(found, now) if also else found


@lru_cache(maxsize=64)
def _prepared(words: int, numbers: int, most: int, also: Also | None) -> Prepared[Patient]:
    asked = Question(
        words=[Word(given(f"word{place}")) for place in range(words)],
        numbers=[given(f"digits{place}") for place in range(numbers)],
    )
    # What is typed decides the plan: a name of three letters and one of nine are not found the same way.
    return Prepared(lambda: _listed(asked, given("now"), also)[:most], on_server=False)

"""What is asked of patients."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.expressions import Func

if TYPE_CHECKING:
    from patients.models import Patient  # noqa: F401 - named in the base class

#: Words of a question beyond these are not looked for: nobody types more on purpose.
MOST_WORDS = 8
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"(\d{1,4})[./\- ](\d{1,2})[./\- ](\d{1,4})")
_NAMED_MONTH = re.compile(r"(\d{1,2})\.? ([a-z]{3,9}) (\d{4})", re.IGNORECASE)


class Folded(Func):
    """Lower case without accents, strokes and curly marks: "Łukasz O’Súilleabháin" is found by "lukasz o'sui".

    Accents fall off by Unicode (NFKD); letters that Unicode leaves whole (ł, ø, đ, ß, æ) are written as people type
    them on a plain keyboard.
    """

    _WHOLE = "replace(replace(replace(lower(%(expressions)s), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')"
    template = (
        f"translate(regexp_replace(normalize({_WHOLE}, NFKD), '[\u0300-\u036f]', '', 'g'), 'øłđðıŧħ’ʼ', 'olddith''''')"
    )
    output_field = TextField()


class Digits(Func):
    """The digits of a text, so that a phone number is found however it is written."""

    template = r"regexp_replace(%(expressions)s, '\D', '', 'g')"
    output_field = TextField()


def possible_birth_dates(text: str) -> list[date]:
    """Return every day that ``text`` may mean, in any order of day, month and year. Two-digit years mean none.

    A search may try both readings of 3/4/1961; a form never guesses.
    """
    named = _NAMED_MONTH.fullmatch(text)
    if named and named[2][:3].lower() in _MONTHS:
        orders = [(int(named[3]), _MONTHS.index(named[2][:3].lower()) + 1, int(named[1]))]
    elif numbers := _NUMBERS.fullmatch(text):
        one, two, three = (int(part) for part in numbers.groups())
        orders = [(one, two, three)] if one > 31 else [(three, two, one), (three, one, two)]
    else:
        return []
    return [born for order in orders if (born := _day(*order)) is not None]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= 1900 else None
    except ValueError:
        return None


class PatientQuerySet(QuerySet["Patient"]):
    """Patients."""

    def named(self, given_name: str, family_name: str) -> PatientQuerySet:
        """Patients of exactly this name, case and accents aside."""
        return self.filter(folded_name__startswith=Folded(Value(f"{given_name} {family_name} ")))

    def matching(self, question: str) -> PatientQuerySet:
        """Patients that every word of ``question`` fits: part of a name, digits of the phone, birth date or code.

        Order, case and accents do not matter; names that begin with the first word come first.
        """
        dates = possible_birth_dates(question)
        if dates:
            return self.filter(birth_date__in=dates).order_by("folded_name", "pk")
        words = question.split()[:MOST_WORDS]
        if not words:
            return self.none()
        digits = re.sub(r"\D", "", question).lstrip("0")
        found = Q()
        for word in words:
            found &= self._fits(word)
        if len(digits) >= 4 and not any(letter.isalpha() for letter in question):
            found |= Q(digits__contains=digits)
        first = Case(
            When(folded_name__startswith=Folded(Value(words[0])), then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        return self.alias(digits=Digits("phone")).filter(found).order_by(first, "folded_name", "pk")

    @staticmethod
    def _fits(word: str) -> Q:
        fits = Q(folded_name__contains=Folded(Value(word))) | Q(code__iexact=word)
        born = possible_birth_dates(word)
        return fits | Q(birth_date__in=born) if born else fits

    def with_next_visit(self, now: datetime) -> PatientQuerySet:
        """Add ``next_visit``: the start of the next booked visit, or None.

        Asked through the relation by its name: the diary stands above this room and is not imported.
        """
        visits: Any = self.model._meta.get_field("appointments").related_model
        ahead = visits.objects.filter(patient=OuterRef("pk"), starts_at__gte=now, state__in=("booked", "confirmed"))
        return self.annotate(next_visit=Subquery(ahead.order_by("starts_at").values("starts_at")[:1]))

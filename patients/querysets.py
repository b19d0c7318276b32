"""What is asked of patients."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.expressions import Func
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

if TYPE_CHECKING:
    from patients.models import Patient  # noqa: F401 - named in the base class

#: Words of a question beyond these are not looked for: nobody types more on purpose.
MOST_WORDS = 8
#: More patients than these are not put in order for one question.
MOST_FOUND = 500
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


class Pieces(Func):
    """Every piece of a patient's folded name and phone, as the index ``patient_pieces`` holds them."""

    function = "patients_pieces"
    output_field = ArrayField(TextField())

    def __init__(self, folded_name: str = "folded_name", phone: str = "phone") -> None:
        super().__init__(folded_name, phone)


class PiecesOf(Func):
    """The pieces that a folded word must have, each after a mark: "" for names, "#" for the digits of a phone."""

    function = "patients_pieces_of"
    output_field = ArrayField(TextField())


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


def phone_digits(question: str) -> list[str]:
    """The digits of a question that may be part of a phone number, zeros in front left out; none beside letters."""
    digits = re.sub(r"\D", "", question).lstrip("0")
    return [digits] if len(digits) >= 4 and not any(letter.isalpha() for letter in question) else []


@dataclass(frozen=True)
class Word:
    """One word of a question as an expression, and the days that it may mean."""

    text: Any
    dates: Sequence[date] = ()

    def holds(self) -> Q:
        """The word stands somewhere in the name or code, or is the birth date."""
        return Q(birth_date__in=self.dates) if self.dates else Q(folded_name__contains=Folded(self.text))

    def fits(self) -> Q:
        """The same, found by the index."""
        pieces = Q() if self.dates else Q(pieces__contains=PiecesOf(Folded(self.text), Value("")))
        return pieces & self.holds()

    def begins(self) -> Q:
        """The name begins with the word."""
        return Q(folded_name__startswith=Folded(self.text))


def _rings(digits: Any) -> Q:
    """The digits stand in the phone number."""
    at = StrIndex(Digits("phone"), digits)
    return Q(pieces__contains=PiecesOf(digits, Value("#"))) & Q(GreaterThan(at, 0))


@dataclass(frozen=True)
class Question:
    """What somebody typed, taken apart: the days that it means as a whole, else words and the digits of a phone."""

    dates: Sequence[date] = ()
    words: Sequence[Word] = ()
    numbers: Sequence[Any] = ()

    @classmethod
    def of(cls, typed: str) -> Question:
        """Take apart what was typed."""
        if dates := possible_birth_dates(typed):
            return cls(dates=dates)
        words = [Word(Value(word), possible_birth_dates(word)) for word in typed.split()[:MOST_WORDS]]
        return cls(words=words, numbers=[Value(digits) for digits in phone_digits(typed)])


class PatientQuerySet(QuerySet["Patient"]):
    """Patients."""

    def named(self, given_name: str, family_name: str) -> PatientQuerySet:
        """Patients of exactly this name, case and accents aside."""
        return self.filter(folded_name__startswith=Folded(Value(f"{given_name} {family_name} ")))

    def matching(self, question: str, *, most: int | None = MOST_FOUND) -> PatientQuerySet:
        """Patients that every word of ``question`` fits: part of a name, digits of the phone, birth date or code.

        Order, case and accents do not matter; names that begin with the first word come first. Of more than ``most``
        some are left out, but never those that begin so: nobody reads as many. With None all are given.
        """
        return self.answering(Question.of(question), most=most)

    def answering(self, asked: Question, *, most: int | None = MOST_FOUND) -> PatientQuerySet:
        """The same for a question that was taken apart."""
        if asked.dates:
            return self.filter(birth_date__in=asked.dates).order_by("folded_name", "pk")
        if not asked.words:
            return self.none()
        begins = asked.words[0].begins()
        first = Case(When(begins, then=Value(0)), default=Value(1), output_field=IntegerField())
        fitting: QuerySet[Any, Any] = self.order_by().alias(pieces=Pieces()).values("pk")
        named = fitting.filter(*(word.fits() for word in asked.words))
        # Each part is quick by an index of its own; joined by OR none of them could be used.
        parts = [named, *(fitting.filter(_rings(number)) for number in asked.numbers)]
        if most is not None:
            begun: QuerySet[Any, Any] = (
                self.order_by("folded_name").values("pk").filter(begins, *(word.holds() for word in asked.words[1:]))
            )
            parts = [part[:most] for part in (begun, *parts)]
        return self.filter(pk__in=parts[0].union(*parts[1:], all=True)).order_by(first, "folded_name", "pk")

    def with_next_visit(self, now: datetime) -> PatientQuerySet:
        """Add ``next_visit``: the start of the next booked visit, or None.

        Asked through the relation by its name: the diary stands above this room and is not imported.
        """
        visits: Any = self.model._meta.get_field("appointments").related_model
        ahead = visits.objects.filter(patient=OuterRef("pk"), starts_at__gte=now, state__in=("booked", "confirmed"))
        return self.annotate(next_visit=Subquery(ahead.order_by("starts_at").values("starts_at")[:1]))

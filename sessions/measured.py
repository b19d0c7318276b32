"""The clinic's own measures as the chart takes them: rows of one statement, read into lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.utils import timezone

from patients.measures.models import MeasureValue
from sessions.trend.followed import Followed, Measured, Scale, of_a_course

#: A value from so long before a course still is its baseline: the life of an intake's link, as for answers.
BASELINE_COUNTS = timedelta(days=90)

_SOURCES = {source.value: str(source.label) for source in MeasureValue.Source}


def followed_in(
    rows: Sequence[Mapping[str, Any]],
    course: Mapping[str, Any] | None = None,
    *,
    until: str | None = None,
    language: str = "en",
) -> tuple[Followed, ...]:
    """Return the measures of a patient in the clinic's order, each with its values of the ``course`` (all without one).

    ``until`` is when the course no longer counts, None while it runs.

    ``rows`` are those of ``MeasureValueQuerySet.as_json``, newest first. A measure goes by the name of its newest
    value, in English where that has none in ``language``.
    """
    opened = _day(course["opened_at"]) if course else None
    ended = _day(until) if until else None
    given: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (row["position"], row["code"])):
        given.setdefault(row["code"], []).append(row)
    found = []
    for code, own in given.items():
        values = of_a_course([_measured(row, language) for row in reversed(own)], opened, ended, BASELINE_COUNTS)
        if values:
            found.append(Followed(code, _words(own[0], language)["name"], values))
    return tuple(found)


def _measured(row: Mapping[str, Any], language: str) -> Measured:
    scale = row["scale"]
    important = scale["important_change"]
    return Measured(
        on=_day(row["measured_at"]),
        value=Fraction(row["value"]),
        scale=Scale(
            lowest=Fraction(scale["lowest"]),
            highest=Fraction(scale["highest"]),
            worse=scale["worse"],
            unit=_words(row, language).get("unit", ""),
            important=Fraction(important) if important is not None else None,
        ),
        source=_SOURCES[row["source"]],
        by=row["answered_by"],
    )


def _day(moment: str) -> date:
    return timezone.localdate(datetime.fromisoformat(moment))


def _words(row: Mapping[str, Any], language: str) -> Mapping[str, str]:
    words: Mapping[str, Mapping[str, str]] = row["scale"]["words"]
    return words.get(language) or words["en"]

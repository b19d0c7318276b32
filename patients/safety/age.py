"""Ages from a birth date, or from a year of birth where no more is on record."""

from __future__ import annotations

from datetime import date


def age_on(today: date, birth_date: date) -> int:
    """Completed years; someone born on 29 February is a year older on 1 March of other years."""
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))


def ages_possible(today: date, birth_date: date | None, birth_year: int | None) -> tuple[int, int] | None:
    """The youngest and oldest age that fits what is known; None when nothing is."""
    if birth_date is not None:
        age = age_on(today, birth_date)
        return age, age
    if birth_year is not None:
        return today.year - birth_year - 1, today.year - birth_year
    return None


def could_be_aged(lowest: int, highest: int, today: date, birth_date: date | None, birth_year: int | None) -> bool:
    """Whether an age from `lowest` to `highest` fits what is known; true when nothing is known."""
    ages = ages_possible(today, birth_date, birth_year)
    return ages is None or (ages[1] >= lowest and ages[0] <= highest)

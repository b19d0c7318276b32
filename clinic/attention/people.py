"""Who is told first and who second: the owner's choice, else the patient's practitioner, then any other. Pure but for
``who_treats``: the diary lies above this room and registers its answer when its app is ready."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

Lookup = Callable[[Collection[int]], Mapping[int, int]]
_lookups: list[Lookup] = []


def register(lookup: Lookup) -> None:
    """Let ``lookup`` tell the users who treat: ids of patients -> patient id -> user id."""
    _lookups.append(lookup)


def who_treats(patient_ids: Collection[int]) -> dict[int, int]:
    """Return the user who treats each patient, as far as anybody does."""
    found: dict[int, int] = {}
    for lookup in _lookups:
        found |= lookup(patient_ids)
    return found


@dataclass(frozen=True)
class Roster:
    """Everybody who may be told: users who treat and may sign in, those away today, and the owner's order of them."""

    practitioners: Sequence[int]
    away: frozenset[int] = frozenset()
    named: Sequence[int] = ()

    def order(self, own: int | None) -> list[int]:
        """Return the users to tell, the first one first. ``own`` is the patient's practitioner.

        Who is away comes last: when all are away somebody is named all the same.
        """
        wanted = [*self.named, *([own] if own is not None else []), *self.practitioners]
        known = [one for one in dict.fromkeys(wanted) if one in self.practitioners]
        return sorted(known, key=lambda one: one in self.away)

    def first(self, own: int | None) -> int | None:
        """Return who is told first; None in a house where nobody treats."""
        return next(iter(self.order(own)), None)

    def second(self, own: int | None, first: int) -> int:
        """Return who is told next. Where there is nobody else it is the first one again."""
        return next((one for one in self.order(own) if one != first), first)

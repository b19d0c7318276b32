"""What was entered for a treatment, as far as a safety rule bears on it. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ESTIM = "estim"
"""Electrical stimulation of needles, beside the kinds of other treatments (vocabularies.json, `components`)."""

ARM_REGIONS = frozenset({"hand", "wrist", "forearm", "elbow", "upper arm", "shoulder", "axilla"})
LEG_REGIONS = frozenset({"foot", "ankle", "lower leg", "knee", "thigh", "hip", "groin", "buttock"})
# The trunk quadrant beside a limb (rule lymphoedema: "the limb and adjacent trunk quadrant").
BESIDE_ARM = frozenset({"chest", "upper back", "scapula"})
BESIDE_LEG = frozenset({"lower abdomen", "lumbar", "sacrum", "flank", "perineum"})


@dataclass(frozen=True, slots=True)
class Needled:
    """A point that is needled, or treated in another way.

    `side`: left, right, both, midline, or "" when it is not known. `region`: the region of acupoints.csv, "" or "any"
    when it is not known. `needles`: how many, both sides counted.
    """

    code: str
    side: str = ""
    region: str = ""
    needles: int = 1

    def lies_on(self, side: str) -> bool:
        """Whether it touches this side of the body; an unknown side touches both, the midline none."""
        return self.side in (side, "both", "")

    @property
    def is_placed(self) -> bool:
        """Whether its region is known."""
        return self.region not in ("", "any")


@dataclass(frozen=True, slots=True)
class Entered:
    """The needles and the other parts of one treatment.

    `techniques`: kinds of other treatments, and "estim". `at`: for a technique the points it is on, where that is
    known; a technique that is not named there may be anywhere. `pairs`: the two leads of a current. `position`: a code
    of the vocabulary, as "prone". `herbs`: what is given, as it was typed. `first`: the first session of the patient.
    """

    needles: tuple[Needled, ...] = ()
    techniques: frozenset[str] = frozenset()
    at: Mapping[str, tuple[Needled, ...]] = field(default_factory=dict)
    pairs: tuple[tuple[Needled, Needled], ...] = ()
    position: str = ""
    herbs: str = ""
    first: bool = False

    @property
    def count(self) -> int:
        """How many needles go in."""
        return sum(one.needles for one in self.needles)

    def places_of(self, techniques: frozenset[str]) -> tuple[Needled, ...] | None:
        """The points that these techniques are on; None when the place of one of them is not known."""
        if not all(self.at.get(one) for one in techniques):
            return None
        return tuple(place for one in sorted(techniques) for place in self.at[one])


def in_limb(place: Needled, limb: str) -> bool:
    """Whether a point lies in a limb ("left-arm", "right-leg") or the trunk quadrant beside it.

    A point whose region is not known may lie anywhere, also there.
    """
    side, _, part = limb.partition("-")
    regions = ARM_REGIONS | BESIDE_ARM if part == "arm" else LEG_REGIONS | BESIDE_LEG
    return place.lies_on(side) and (not place.is_placed or place.region in regions)

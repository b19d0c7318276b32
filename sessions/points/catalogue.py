"""The acupuncture points: 361 channel points, 55 extra points, 21 ear points, and ASHI.

Read once from data/acupoints.csv. Codes and names: WHO 2008 and 1991 nomenclature, GB/T 12346-2021,
ear zones GB/T 13734-2008 (keys S-... in docs/domain/SOURCES.md). `confidence` concerns code and
names, `caution_confidence` the cautions.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

Side = Literal["left", "right", "both", "midline"]
Laterality = Literal["bilateral", "midline", "left", "right", "group", "any"]

ASHI = "ASHI"
# Sishencong: four needles around GV20, in front, behind, left and right (S-WHO1991). The other groups
# of needles lie on paired limbs or beside the spine and have a left and a right half.
UNPAIRED_GROUPS = frozenset({"EX-HN1"})


class UnknownPoint(LookupError):
    """No point has this code."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point. `code` is the WHO code without a space (LI4, EX-HN3, EAR-TF4).

    `needles_if_all`: needles when the whole point or group is used on both sides.
    `do_not_needle` holds for ST17 and CV8 only. `order` is its place in the catalogue.
    """

    order: int
    code: str
    channel: str
    number: int | None
    pinyin: str
    pinyin_plain: str
    chinese: str
    english_name: str
    region: str
    laterality: Laterality
    needles_if_all: int
    cautions: str
    do_not_needle: bool
    pregnancy_caution: bool
    pregnancy_basis: str
    pneumothorax_risk: bool
    alt_names: tuple[str, ...]
    alt_codes: tuple[str, ...]
    category: Literal["channel", "extra", "ear", "ashi"]
    standard: str
    source: str
    confidence: str
    caution_source: str
    caution_confidence: str

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides it can be needled on."""
        return _SIDES_OF_UNPAIRED_GROUP if self.code in UNPAIRED_GROUPS else _SIDES[self.laterality]

    @property
    def only_side(self) -> Side | None:
        """The side when there is no choice (midline, left or right points), else None."""
        return self.sides[0] if len(self.sides) == 1 else None

    def needles(self, side: Side) -> int:
        """How many needles this point takes on `side`; ValueError when the side does not fit."""
        if side not in self.sides:
            raise ValueError(f"{self.code} is not needled on: {side}")
        if self.laterality == "any":
            return 2 if side == "both" else 1
        if side in ("left", "right") and "both" in self.sides:
            return self.needles_if_all // 2
        return self.needles_if_all


_SIDES: dict[Laterality, tuple[Side, ...]] = {
    "bilateral": ("left", "right", "both"),
    "group": ("left", "right", "both"),
    "midline": ("midline",),
    "left": ("left",),
    "right": ("right",),
    "any": ("left", "right", "both", "midline"),
}
_SIDES_OF_UNPAIRED_GROUP: tuple[Side, ...] = ("both",)
_PHRASES = frozenset({"NADA protocol point", "trigger point"})
_REMARK = re.compile(r"\s*\([^)]*\)")


@cache
def all_points() -> tuple[Point, ...]:
    """Every point in the order of the catalogue."""
    text = (files("sessions.points") / "data" / "acupoints.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text))
    return tuple(_point(order, row) for order, row in enumerate(rows))


def get(code: str) -> Point:
    """The point with exactly this code; raises UnknownPoint. For what a person types see names.find."""
    try:
        return _by_code()[code]
    except KeyError:
        raise UnknownPoint(f"no point {code!r}") from None


@cache
def _by_code() -> dict[str, Point]:
    return {point.code: point for point in all_points()}


def _point(order: int, row: dict[str, str]) -> Point:
    return Point(
        order=order,
        code=row["code"],
        channel=row["channel"],
        number=int(row["number"]) if row["number"] else None,
        pinyin=row["pinyin"],
        pinyin_plain=row["pinyin_plain"],
        chinese=row["chinese"],
        english_name=row["english_name"],
        region=row["region"],
        laterality=cast(Laterality, row["laterality"]),
        needles_if_all=int(row["needles_if_all"]),
        cautions=row["needling_cautions"],
        do_not_needle=row["do_not_needle"] == "yes",
        pregnancy_caution=row["pregnancy_caution"] == "yes",
        pregnancy_basis=row["pregnancy_basis"],
        pneumothorax_risk=row["pneumothorax_risk"] == "yes",
        alt_names=_alt_names(row["alt_names"]),
        alt_codes=tuple(_REMARK.sub("", code).strip() for code in row["alt_codes"].split(";") if code),
        category=cast(Literal["channel", "extra", "ear", "ashi"], row["category"]),
        standard=row["standard"],
        source=row["source"],
        confidence=row["confidence"],
        caution_source=row["caution_source"],
        caution_confidence=row["caution_confidence"],
    )


def _alt_names(cell: str) -> tuple[str, ...]:
    """Other names; pinyin and Chinese stand side by side ("Renzhong 人中"), phrases stay whole."""
    if cell in _PHRASES:
        return (cell,)
    return tuple(cell.replace(",", " ").split())

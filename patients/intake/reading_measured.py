"""The clinic's own measures of a form as a practitioner reads them, beside the values of last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery

from patients.intake.reading_numbers import ScoreLine
from patients.measures.models import MeasureValue
from patients.measures.numbers import plain

#: More values of one patient are not looked through for the value of last time.
MOST = 200
Row = Mapping[str, Any]


def rows() -> ArraySubquery:
    """Return an expression for a queryset of requests: every measured value of their patient, newest first."""
    return MeasureValue.objects.as_json("patient_id", most=MOST)


def measured_lines(found: Sequence[Row], request_id: int) -> list[ScoreLine]:
    """Return what was measured in one form, in the clinic's order, each beside the value before it on its scale."""
    mine = sorted(
        (row for row in found if row["request"] == request_id), key=lambda row: (row["position"], row["code"])
    )
    return [_line(row, _before(row, found)) for row in mine]


def said_lines(found: Sequence[Row], request_id: int) -> list[tuple[str, str]]:
    """Return the same as question and answer: "Oswestry", "42.5 of 100 %"."""
    return [(line.name, f"{line.value} of {line.most}") for line in measured_lines(found, request_id)]


def _before(row: Row, found: Sequence[Row]) -> Row | None:
    """The newest earlier value of the patient's own on the same scale; none for what somebody else said."""
    if row["answered_by"]:
        return None
    earlier = (
        one
        for one in found
        if one["code"] == row["code"] and one["request"] != row["request"] and not one["answered_by"]
        and one["measured_at"] < row["measured_at"] and _ends(one) == _ends(row)
    )  # fmt: skip
    return next(earlier, None)


def _ends(row: Row) -> tuple[Any, ...]:
    scale = row["scale"]
    return scale["lowest"], scale["highest"], scale["worse"], scale["words"]["en"].get("unit")


def _line(row: Row, before: Row | None) -> ScoreLine:
    scale, words = row["scale"], row["scale"]["words"]["en"]
    value = Decimal(row["value"])
    last = Decimal(before["value"]) if before else None
    important = Decimal(scale["important_change"]) if scale["important_change"] is not None else None
    unit = f" {words['unit']}" if words.get("unit") else ""
    way = ""
    if last is not None:
        way = "same" if last == value else "worse" if (value > last) == (scale["worse"] == "up") else "better"
    return ScoreLine(
        name=words["name"],
        value=plain(value),
        most=f"{plain(scale['highest'])}{unit}",
        matters=f"a change of {plain(important)} matters" if important is not None else "",
        before=plain(last) if last is not None else "",
        before_at=datetime.fromisoformat(before["measured_at"]) if before else None,
        way=way,
        counts=important is not None and last is not None and abs(value - last) >= important,
    )

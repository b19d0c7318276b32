"""Questions about measures: what is in use, on which scale, and what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef
from django.db.models.functions import Cast, JSONObject

if TYPE_CHECKING:
    from patients.measures.models import Measure, MeasureValue, MeasureVersion  # noqa: F401


def _exact(column: str) -> Cast:
    """A number as text, so that JSON makes no float of it."""
    return Cast(column, models.CharField())


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Measures, those out of use too."""

    def in_use(self) -> MeasureQuerySet:
        """Return what is asked and entered."""
        return self.filter(active=True)


class MeasureVersionQuerySet(models.QuerySet["MeasureVersion"]):
    """Scales with their words."""

    def current(self) -> MeasureVersionQuerySet:
        """Return the version in use of each active measure, with its measure, in the clinic's order. One statement."""
        return (
            self.filter(measure__active=True, version=F("measure__version"))
            .select_related("measure")
            .order_by("measure__position", "measure_id")
        )

    def as_json(self) -> ArraySubquery:
        """Return the versions in use as an expression for any queryset; ``rows.versions_of`` reads them."""
        ends = {name: _exact(name) for name in ("lowest", "highest")}
        columns = {name: name for name in ("id", "decimals", "worse", "words")}
        row = JSONObject(code="measure__code", measure="measure_id", asked="measure__asked",
                         condition_ids="measure__condition_ids", **ends, **columns)  # fmt: skip
        return ArraySubquery(self.current().values(json=row))


class MeasureValueQuerySet(models.QuerySet["MeasureValue"]):
    """Measured numbers."""

    def standing(self) -> MeasureValueQuerySet:
        """Return what counts: neither replaced nor entered in error."""
        return self.filter(state="completed")

    def as_json(self, patient_ref: str, *, most: int) -> ArraySubquery:
        """Return the newest ``most`` values of a patient as an expression for any queryset, newest first.

        ``patient_ref`` names the column that holds the patient's id. The chart reads the rows.
        """
        scale: dict[str, Any] = {name: _exact(f"version__{name}") for name in ("lowest", "highest", "important_change")}
        scale |= {name: F(f"version__{name}") for name in ("version", "decimals", "worse", "words")}
        columns = ("public_id", "measured_at", "answered_by", "source")
        row = JSONObject(
            code="measure__code", position="measure__position", request="request_id", value=_exact("value"),
            scale=JSONObject(**scale),
            **{name: name for name in columns},
        )  # fmt: skip
        own = self.standing().filter(patient_id=OuterRef(patient_ref))
        return ArraySubquery(own.order_by("-measured_at", "-id").values(json=row)[:most])

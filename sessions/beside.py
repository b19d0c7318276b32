"""What goes on beside the treatment, as the chart takes it: medicines and other therapies of one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from patients import therapies
from patients.models import Medication, OtherTherapy
from sessions.trend.beside import Beside, Taken, band_of, changes_of

#: Medicines and therapies of one patient, the newest; more are on the record's own list.
MOST = 60


def medicines_ever(patient: str) -> ArraySubquery:
    """The medicines that are taken and those that were stopped, as JSON; ``patient`` is the outer column of the id."""
    found = Medication.objects.filter(patient_id=OuterRef(patient)).order_by("-recorded_at", "-id")
    return ArraySubquery(found.values(json=JSONObject(words="words", on="recorded_at", until="stopped_at"))[:MOST])


def therapies_told(patient: str) -> ArraySubquery:
    """The other therapies as they were told last, as JSON."""
    found = OtherTherapy.objects.filter(patient_id=OuterRef(patient), ended_at__isnull=True).order_by("id")
    return ArraySubquery(
        found.values(json=JSONObject(kind="kind", words="words", started="started", stopped="stopped"))[:MOST]
    )


def beside_of(
    medicines: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]], *, since: date | None
) -> Beside:
    """Read the rows. What was told until the baseline ``since`` (None: the first list) is no change."""
    taken = [Taken(row["words"], _day(row["on"]), _day(row["until"]) if row["until"] else None) for row in medicines]
    since = since or min((one.on for one in taken), default=None)
    return Beside(
        changes=changes_of(taken, since) if since else (),
        bands=tuple(band_of(_called(row), row["started"], row["stopped"]) for row in told),
    )


def _called(row: Mapping[str, Any]) -> str:
    """Return what a therapy is, in the patient's words where they gave them."""
    return row["words"] or str(therapies.KINDS.get(row["kind"], row["kind"]))


def _day(moment: str) -> date:
    return timezone.localdate(datetime.fromisoformat(moment))

"""What is asked about point sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Q
from django.db.models.functions import JSONObject, Lower

if TYPE_CHECKING:
    from sessions.point_sets.models import PointSet  # noqa: F401 - named in the base class

#: More buttons than these are no help beside a note; the page of the sets shows all.
MOST_OFFERED = 24


class PointSetQuerySet(models.QuerySet["PointSet"]):
    """Questions about point sets, to be chained."""

    def seen_by(self, user_id: int) -> Self:
        """The practitioner's own sets and the shared ones."""
        return self.filter(Q(shared=True) | Q(made_by_id=user_id))

    def in_use(self) -> Self:
        """Those that are offered, by their names; own ones before shared ones of the same name."""
        return self.filter(retired_at__isnull=True).order_by(Lower("name"), "shared", "id")


def offered_sets(user_id: int) -> ArraySubquery:
    """The sets that a practitioner is offered, as JSON (id, name, line, shared), to hang on another statement."""
    sets = apps.get_model("point_sets", "PointSet")._default_manager.seen_by(user_id).in_use()
    said = JSONObject(id="public_id", name="name", line="line", shared="shared")
    return ArraySubquery(sets.values(json=said)[:MOST_OFFERED])

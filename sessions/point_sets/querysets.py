"""What is asked about point sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject

from sessions.shelf.querysets import ShelfQuerySet

if TYPE_CHECKING:
    from sessions.point_sets.models import PointSet  # noqa: F401 - named in the base class

#: More buttons than these are no help beside a note; the page of the sets shows all.
MOST_OFFERED = 24


class PointSetQuerySet(ShelfQuerySet["PointSet"]):
    """Questions about point sets, to be chained."""


def offered_sets(user_id: int) -> ArraySubquery:
    """The sets that a practitioner is offered, as JSON (id, name, line, shared), to hang on another statement."""
    sets = apps.get_model("point_sets", "PointSet")._default_manager.seen_by(user_id).in_use()
    said = JSONObject(id="public_id", name="name", line="line", shared="shared")
    return ArraySubquery(sets.values(json=said)[:MOST_OFFERED])

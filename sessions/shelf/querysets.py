"""What is asked about things that are kept to be used again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

if TYPE_CHECKING:
    from sessions.shelf.models import Shelved

Kept = TypeVar("Kept", bound="Shelved")


class ShelfQuerySet(models.QuerySet[Kept]):
    """Questions about a shelf, to be chained."""

    def seen_by(self, user_id: int) -> Self:
        """The own ones of this person and the shared ones."""
        return self.filter(Q(shared=True) | Q(made_by_id=user_id))

    def in_use(self) -> Self:
        """Those that are offered, by their names; own ones before shared ones of the same name."""
        return self.filter(retired_at__isnull=True).order_by(Lower("name"), "shared", "id")

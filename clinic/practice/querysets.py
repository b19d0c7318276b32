"""What the house asks of the practice: its rooms, its services, its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import models

if TYPE_CHECKING:
    from clinic.practice.models import ConsentText, Room, Service, WorryText  # noqa: F401

_Row = TypeVar("_Row", bound=models.Model)


class InUseQuerySet(models.QuerySet[_Row]):
    """Rooms and services: what is no longer used stays for the past."""

    def in_use(self) -> InUseQuerySet[_Row]:
        """Return what can be booked."""
        return self.filter(active=True)


class RoomQuerySet(InUseQuerySet["Room"]):
    """Rooms and chairs."""


class ServiceQuerySet(InUseQuerySet["Service"]):
    """Services, first visits first."""


class WorryTextQuerySet(models.QuerySet["WorryText"]):
    """What a patient reads after a worrying answer."""

    def bodies(self, language: str = "en") -> dict[str, str]:
        """Return kind -> text in one language. One statement."""
        return dict(self.filter(language=language).values_list("kind", "body"))


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    """What a patient agrees to, in versions."""

    def newest(self, language: str = "en") -> list[ConsentText]:
        """Return the newest version of each kind in one language, in the order they were laid down. One statement."""
        newest: dict[str, ConsentText] = {}
        for text in self.filter(language=language).order_by("kind", "version"):
            newest[text.kind] = text
        return sorted(newest.values(), key=lambda text: text.pk)

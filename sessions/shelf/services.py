"""What happens to things on a shelf: put there, changed, retired, brought back. Each leaves an audit event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import IntegrityError, transaction

from clinic.audit.services import record
from clinic.staff.models import User
from sessions.shelf.models import Shelved

Kept = TypeVar("Kept", bound=Shelved)


class Refused(ValueError):
    """What was asked cannot be; its text says why in words."""


class NameTaken(Refused):
    """Another one in use has this name."""


class ChangedMeanwhile(Refused):
    """Somebody else changed it since the page was opened."""


@dataclass(frozen=True)
class Shelf(Generic[Kept]):
    """One kind of thing: its model, its name in the audit trail, and its noun in sentences and constraints."""

    model: type[Kept]
    resource: str
    noun: str

    def put(self, *, by: User, now: datetime, **said: Any) -> Kept:
        """Keep a new one; ``said`` are its columns. Raises NameTaken."""
        try:
            with transaction.atomic():
                made = self.model._default_manager.create(made_by=by, made_at=now, **said)
                self._record("add", made, by, now)
        except IntegrityError as clash:
            raise self._taken(said["name"], clash) from clash
        return made

    def change(self, *, one: Kept, seen: int, by: User, now: datetime, **said: Any) -> None:
        """Change columns. ``seen`` is the version of the page.

        Sharing is for good: what others use is not taken back, it is retired. Raises NameTaken, ChangedMeanwhile,
        Refused.
        """
        if one.shared and not said["shared"]:
            raise Refused(f"Others use this {self.noun}. Retire it, or keep it shared.")
        rows = self.model._default_manager.filter(pk=one.pk, version=seen)
        try:
            with transaction.atomic():
                if not rows.update(version=seen + 1, **said):
                    raise ChangedMeanwhile(f"Somebody changed this {self.noun} meanwhile. Please look at it again.")
                self._record("amend", one, by, now)
        except IntegrityError as clash:
            raise self._taken(said["name"], clash) from clash

    def retire(self, *, one: Kept, by: User, now: datetime) -> None:
        """Offer it no more; a second call changes nothing. Notes that used it keep what they say."""
        with transaction.atomic():
            rows = self.model._default_manager.filter(pk=one.pk, retired_at__isnull=True)
            if rows.update(retired_at=now):
                self._record("retire", one, by, now)

    def bring_back(self, *, one: Kept, by: User, now: datetime) -> None:
        """Offer it again; a second call changes nothing. Raises NameTaken when its name went on."""
        try:
            with transaction.atomic():
                rows = self.model._default_manager.filter(pk=one.pk, retired_at__isnull=False)
                if rows.update(retired_at=None):
                    self._record("bring-back", one, by, now)
        except IntegrityError as clash:
            raise self._taken(one.name, clash) from clash

    def _record(self, action: str, one: Kept, by: User, now: datetime) -> None:
        record(by=by, now=now, action=action, resource=self.resource, object_id=one.pk)

    def _taken(self, name: str, clash: IntegrityError) -> Exception:
        if f"{self.noun}_has_its_name" not in str(clash):
            return clash
        return NameTaken(f"There is a {self.noun} with the name {name} already.")

"""What is asked about clocks: which run, and which calls for help are open. Rooms and times only, no names."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import F, QuerySet

from clinic.kernel.prepared import Prepared, given
from sessions.clock.times import LONGEST

if TYPE_CHECKING:
    from sessions.clock.models import HelpCall
    from sessions.models import TreatmentSession


class HelpCallQuerySet(QuerySet["HelpCall"]):
    """Calls for help, to be chained."""

    def open(self) -> HelpCallQuerySet:
        """Calls that nobody said are over."""
        return self.filter(ended_at__isnull=True)

    def with_all(self) -> HelpCallQuerySet:
        """With room, practitioner and persons, in the same statement."""
        people = self.select_related(
            "session__practitioner", "session__appointment__room", "called_by", "heard_by", "taken_by"
        )
        return people.defer("called_by__password", "heard_by__password", "taken_by__password")


def in_the_needles(since: Any) -> QuerySet[TreatmentSession]:
    """Return the sessions whose needles are in: counted in at ``since`` or later, and not out."""
    notes: Any = apps.get_model("treatments", "TreatmentSession")._default_manager
    found: QuerySet[TreatmentSession] = notes.filter(
        signed_at__isnull=True, no_needles=False, needles_in_at__gte=since, needles_out__isnull=True
    )
    return found


def _clocks() -> QuerySet[TreatmentSession, dict[str, Any]]:
    found: QuerySet[TreatmentSession, Any] = (
        in_the_needles(given("since"))
        .order_by("needles_in_at", "id")
        .values(
            "public_id",
            "needles_in_at",
            "needles_in",
            "retention_minutes",
            room=F("appointment__room__name"),
            stopped_at=F("minding__stopped_at"),
            user_id=F("practitioner__user_id"),
            minder_id=F("minding__minder__user_id"),
        )
    )
    return found


def _calls() -> QuerySet[HelpCall, dict[str, Any]]:
    calls: Any = apps.get_model("clock", "HelpCall")._default_manager
    found: QuerySet[HelpCall, dict[str, Any]] = (
        calls.open()
        .filter(called_at__gte=given("since"))
        .order_by("called_at", "id")
        .values(
            "public_id",
            "called_at",
            "called_by_id",
            "heard_at",
            "taken_at",
            room=F("session__appointment__room__name"),
            caller=F("called_by__name"),
            taker=F("taken_by__name"),
        )
    )
    return found


_CLOCKS: Prepared[dict[str, Any]] = Prepared(_clocks)
_CALLS: Prepared[dict[str, Any]] = Prepared(_calls)


def clocks(now: datetime) -> list[dict[str, Any]]:
    """Return every clock that runs or was stopped without a count, without names. One statement."""
    return _CLOCKS.ask(since=now - LONGEST)


def open_calls(now: datetime) -> list[dict[str, Any]]:
    """Return the open calls for help with room, time and who of the staff called. One statement."""
    return _CALLS.ask(since=now - LONGEST)

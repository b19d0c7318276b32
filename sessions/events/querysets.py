"""What is asked about adverse events: whether a session had a reaction, and what stands beside its note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

if TYPE_CHECKING:
    from sessions.events.models import AdverseEvent  # noqa: F401 - named in the base class


class AdverseEventQuerySet(QuerySet["AdverseEvent"]):
    """Adverse events, to be chained."""

    def reactions(self) -> AdverseEventQuerySet:
        """Events that happened to the patient, drafts included: what is called an event is asked about."""
        return self.filter(of_patient=True)

    def with_all(self) -> AdverseEventQuerySet:
        """With the session, its people and who opened it, in the same statement."""
        people = self.select_related("session__patient", "session__practitioner", "opened_by", "recorded_by")
        return people.defer("opened_by__password", "recorded_by__password")


def reaction_recorded(session: str = "pk") -> Exists:
    """Tell of each session whether a reaction of the patient was recorded: an expression for any queryset.

    ``session`` is the outer column of the session's id. It reads nothing of what happened: the worker may ask it.
    """
    events = apps.get_model("events", "AdverseEvent")._default_manager
    return Exists(events.filter(of_patient=True, session_id=OuterRef(session)))


def events_beside(session: str = "pk") -> ArraySubquery:
    """The events of a session as JSON, oldest first: public_id, code, grade, opened_at, recorded_at.

    For practitioners only; never ask it for the front desk.
    """
    events = apps.get_model("events", "AdverseEvent")._default_manager
    columns = ("public_id", "code", "grade", "opened_at", "recorded_at")
    held = events.filter(session_id=OuterRef(session)).order_by("id")
    return ArraySubquery(held.values(json=JSONObject(**{name: name for name in columns})))

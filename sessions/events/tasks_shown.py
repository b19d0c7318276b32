"""How a practitioner's list names the tasks of this room: whom they are about, never what happened."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from clinic.attention.kinds import Kind, Line
from clinic.attention.models import Task
from sessions.events.models import AdverseEvent
from sessions.events.services import NEXT_DAY_CALL, SAME_DAY


def lines(tasks: Sequence[Task]) -> dict[int, Line]:
    """Return name and the page of the event for each task. One statement."""
    wanted = [task.subject_id for task in tasks if task.subject_id is not None]
    people = ("public_id", "session__patient__given_name", "session__patient__family_name")
    events = AdverseEvent.objects.select_related("session__patient").only(*people).in_bulk(wanted)
    return {
        task.pk: Line(event.session.patient.full_name, reverse("events:event", args=[event.public_id]))
        for task in tasks
        if (event := events.get(task.subject_id or 0)) is not None
    }


KINDS = (
    Kind(code=SAME_DAY, title="An event that wants a look today", lines=lines),
    Kind(code=NEXT_DAY_CALL, title="A call on the day after the session", lines=lines),
)

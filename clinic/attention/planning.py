"""In each round of the worker: name whom an open task waits for, tell them, and tell a second person in time.

It reads ids and times alone. Two workers may plan in one moment: each takes the tasks that the other does not hold,
and the ledger lets one message of a kind, task and person stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from clinic.attention import hours, people, querysets
from clinic.attention.mails import ALARM
from clinic.attention.models import Task
from clinic.attention.people import Roster
from clinic.audit import services as audit
from clinic.audit.models import AuditEvent
from clinic.kernel.together import Rows, insert_together
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.services import compose
from clinic.practice.models import Practice

#: Opening hours that pass before a second person is told.
PATIENCE = timedelta(minutes=30)
#: A mail that could not leave for so long says nothing new: the list says it.
MAIL_KEEPS = timedelta(hours=24)
BATCH = 200
FIRST, SECOND = "first", "second"


@dataclass(frozen=True)
class _Told:
    """A task and the person who is told of it now; ``turn`` is FIRST or SECOND."""

    task: Task
    user_id: int
    turn: str


def plan(now: datetime) -> None:
    """Name and tell. Two statements while nothing waits."""
    practice = Practice.objects.filter(id=1, opened_at__isnull=False).only("timezone").first()
    if practice is None:
        return
    zone = ZoneInfo(practice.timezone)
    with transaction.atomic():
        fresh = _taken(querysets.to_name())
        if fresh:
            _tell(_name(fresh, zone, now), now)
    with transaction.atomic():
        known = _taken(querysets.to_pass_on())
        if known:
            _tell(_pass_on(known, zone, now), now)


def _taken(tasks: QuerySet[Task]) -> list[Task]:
    """Take what no other worker holds in this moment."""
    return list(tasks.select_for_update(no_key=True, skip_locked=True, of=("self",))[:BATCH])


def _name(tasks: Sequence[Task], zone: ZoneInfo, now: datetime) -> list[_Told]:
    roster, own = _who(tasks, zone, now)
    told = []
    for task in tasks:
        user_id = roster.first(own.get(task.patient_id))
        if user_id is not None and user_id != task.assigned_to_id:
            told.append(_Told(task, user_id, FIRST))
            Task.objects.filter(pk=task.pk).update(assigned_to=user_id, assigned_at=now)
    return told


def _pass_on(tasks: Sequence[Task], zone: ZoneInfo, now: datetime) -> list[_Told]:
    week = querysets.week()
    late = [task for task in tasks if hours.open_time(week, zone, task.created_at, now) >= PATIENCE]
    if not late:
        return []
    roster, own = _who(late, zone, now)
    told = []
    for task in late:
        assert task.assigned_to_id is not None, "the query asks for tasks that name somebody"
        user_id = roster.second(own.get(task.patient_id), task.assigned_to_id)
        told.append(_Told(task, user_id, SECOND))
        Task.objects.filter(pk=task.pk).update(escalated_to=user_id, escalated_at=now)
    return told


def _who(tasks: Sequence[Task], zone: ZoneInfo, now: datetime) -> tuple[Roster, dict[int, int]]:
    """Return who may be told today, and who treats the patients of these tasks."""
    return querysets.roster(now.astimezone(zone).date()), people.who_treats({task.patient_id for task in tasks})


def _tell(told: Sequence[_Told], now: datetime) -> None:
    """Plan the mails, one for each person however many tasks, and write who was named."""
    traces = [_trace(one, now) for one in told]
    pressing = [one for one in told if one.task.urgency in querysets.PRESSING]
    insert_together(Rows(_mails(pressing, now), skip_known=True), Rows(traces))


def _trace(one: _Told, now: datetime) -> AuditEvent:
    action = "assign" if one.turn == FIRST else "escalate"
    return audit.compose(
        by=None, now=now, action=action, resource="attention", patient_id=one.task.patient_id, object_id=one.task.pk
    )


def _mails(told: Sequence[_Told], now: datetime) -> list[OutgoingMessage]:
    if not told:
        return []
    duty = querysets.duty()
    rings = {duty.first_id: duty.first_rings, duty.second_id: duty.second_rings}
    addresses = {user.pk: user.email for user in querysets.practitioners()}
    mails: dict[tuple[int, str], list[OutgoingMessage]] = {}
    for one in told:
        to = [(addresses[one.user_id], ""), (rings.get(one.user_id, ""), ":rings")]
        # The first task of a person speaks for all of this round: one mail for one act.
        mails.setdefault((one.user_id, one.turn), [_mail(one, address, which, now) for address, which in to if address])
    return [mail for of_person in mails.values() for mail in of_person]


def _mail(one: _Told, address: str, which: str, now: datetime) -> OutgoingMessage:
    """Return the mail. It names no patient, not even by id: the ledger is read by the desk."""
    return compose(
        kind=ALARM,
        dedup_key=f"{ALARM}:{one.turn}:task={one.task.pk}:user={one.user_id}{which}",
        to_address=address,
        not_before=now,
        not_after=now + MAIL_KEEPS,
        now=now,
        user_id=one.user_id,
        subject_id=one.task.pk,
        priority=0,
    )

"""Mail that is held back: what waits, and what a restore makes doubtful.

Between a backup and the restore of it the clinic went on sending. What was due in that time stands in the restored
ledger as planned, and may have arrived long ago: such a message is never sent by itself, a person decides about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from clinic.audit import services as audit
from clinic.outbox.models import OutboxSwitch, OutgoingMessage

State = OutgoingMessage.State
DOUBTFUL = "due before the restore, so perhaps sent before it"


@dataclass(frozen=True)
class Held:
    """Why no mail leaves, and what becomes of the planned messages when it leaves again."""

    why: str
    since: datetime
    restored_at: datetime | None
    at_once: int = 0
    later: int = 0
    doubtful: int = 0
    too_late: int = 0

    @property
    def leaves(self) -> int:
        """How many will go by themselves."""
        return self.at_once + self.later

    def is_doubtful(self, message: OutgoingMessage) -> bool:
        """Tell whether a planned message may have gone out before the restore."""
        return self.restored_at is not None and message.not_before <= self.restored_at


def read(now: datetime) -> Held | None:
    """Return what is held back, None when mail leaves. One statement, two while held."""
    switch = OutboxSwitch.objects.filter(paused_at__isnull=False).first()
    if switch is None or switch.paused_at is None:
        return None
    doubtful = _doubtful(switch)
    in_time, due = Q(not_after__gt=now), Q(not_before__lte=now)
    counted = OutgoingMessage.objects.filter(state=State.QUEUED).aggregate(
        at_once=Count("pk", filter=in_time & due & ~doubtful),
        later=Count("pk", filter=in_time & ~due),
        doubtful=Count("pk", filter=in_time & doubtful),
        too_late=Count("pk", filter=~in_time),
    )
    return Held(switch.paused_why or "held back", switch.paused_at, switch.restored_at, **counted)


def hold_after_restore(*, why: str, now: datetime) -> None:
    """Let no mail leave, and remember from when on it is certain that nothing went out."""
    with transaction.atomic():
        OutboxSwitch.objects.update_or_create(
            id=1, defaults={"paused_at": now, "paused_why": why[:200], "restored_at": now}
        )
        audit.record(by=None, now=now, action="restore", resource="database")


def leave_to_people(*, now: datetime) -> int:
    """Make what a restore left doubtful wait for a person, when mail is about to leave again. Returns how many."""
    switch = OutboxSwitch.objects.filter(restored_at__isnull=False).first()
    if switch is None:
        return 0
    left = OutgoingMessage.objects.filter(_doubtful(switch), state=State.QUEUED, not_after__gt=now)
    return left.update(state=State.UNSURE, reason=DOUBTFUL)


def _doubtful(switch: OutboxSwitch) -> Q:
    return Q(not_before__lte=switch.restored_at) if switch.restored_at else Q(pk__in=[])

"""The steps of a message, each one statement and so one commit. Nothing here speaks SMTP.

queued -> claimed -> transmitting -> sent, failed, unsure or cancelled. ``claimed`` means that nothing has left the
house, ``transmitting`` that it may have. Every step names the state and the attempt that it found (the fence): a worker
that wakes up late has lost its row, and its statement changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, F, Func, Q, Value, When
from django.db.models.functions import Coalesce
from django.db.models.sql import UpdateQuery

from clinic.outbox import kinds
from clinic.outbox.models import OutboxSwitch, OutgoingMessage, OutgoingMessageQuerySet

State = OutgoingMessage.State

LEASE = timedelta(seconds=60)
"""How long a claim holds. The dialogue about one mail is shorter (``smtp.DIALOGUE_SECONDS``)."""
BACK_OFF = (1, 5, 15, 60)
"""Minutes until the next try after the mail server put a mail off; the last one again and again."""
TRIES = 8
"""So often a mail server may put off one mail; then it has failed."""
UNREACHABLE_WAIT = timedelta(minutes=1)
"""How long the queue rests when the mail server cannot be reached: no fault of any mail, so it counts as no try."""

TOO_LATE = "too late: its moment has passed"
LINE_BROKE = "line broke after sending"
WORKER_STOPPED = "the worker stopped while sending"


def claim(*, now: datetime, size: int) -> list[OutgoingMessage]:
    """Take up to ``size`` due messages for ``LEASE``, in one statement; two workers never take the same.

    What is no longer true or too late is cancelled by the same statement and returned as such. A paused outbox
    gives nothing. The caller looks at ``state``.
    """
    due = (
        OutgoingMessage.objects.due(now)
        .filter(~_paused())
        .order_by("priority", "not_before", "id")
        .select_for_update(skip_locked=True)
        .values("pk")[:size]
    )
    wrong = [(Q(not_after__lte=now), TOO_LATE), *_reasons_against(now)]
    with transaction.atomic():
        rows = _update_returning(
            OutgoingMessage.objects.filter(_is_one_of(due)),
            state=_choose("state", *((against, State.CANCELLED) for against, _ in wrong), default=State.CLAIMED),
            reason=_choose("reason", *wrong),
            attempt=F("attempt") + 1,
            claimed_until=now + LEASE,
            first_tried_at=Coalesce("first_tried_at", Value(now)),
        )
    return sorted(rows, key=lambda row: (row.priority, row.not_before, row.pk))


def transmit(
    message: OutgoingMessage, *, subject: str, kept: str, now: datetime, taken: OutgoingMessage | None = None
) -> bool:
    """Say that ``message`` is about to leave, if it is still ours, still true and not too late.

    ``taken`` is the message before it, which the mail server has taken: the same statement writes it down as sent, so
    that a mail costs one statement. Returns whether ``message`` may leave; the fate of ``taken`` is settled either way.
    """
    ours = _fence(message, State.CLAIMED) & Q(not_after__gt=now) & Q(~_paused())
    for demand in kinds.get(message.kind).still_true(now):
        ours &= demand.condition
    both = OutgoingMessage.objects.filter(ours | _fence(taken, State.TRANSMITTING) if taken else ours)
    is_taken = Q(pk=taken.pk if taken else None)
    changed = _update_returning(
        both,
        state=_choose("state", (is_taken, State.SENT), default=State.TRANSMITTING),
        sent_at=_choose("sent_at", (is_taken, taken.sent_at if taken else None)),
        claimed_until=_choose("claimed_until", (~is_taken, now + LEASE)),
        subject_line=_choose("subject_line", (~is_taken, subject[:200])),
        body_sent=_choose("body_sent", (~is_taken, kept)),
        reason="",
    )
    return any(row.pk == message.pk for row in changed)


def finish(taken: OutgoingMessage) -> bool:
    """Write down that the mail server took a message at ``taken.sent_at``."""
    return _step(taken, State.TRANSMITTING, state=State.SENT, sent_at=taken.sent_at, reason="")


def put_off(message: OutgoingMessage, *, words: str, now: datetime) -> bool:
    """The server said "later" (4xx), and took nothing: queue again after the back-off, or give up after 8 tries."""
    deferrals = message.deferrals + 1
    if deferrals >= TRIES:
        return fail(message, words=f"put off {deferrals} times: {words}")
    wait = timedelta(minutes=BACK_OFF[min(deferrals, len(BACK_OFF)) - 1])
    return _queue_again(Q(pk=message.pk) & _held(message), now + wait, reason=words, deferrals=deferrals) == 1


def fail(message: OutgoingMessage, *, words: str) -> bool:
    """It will never go: the server said no (5xx), or it cannot be written. ``words`` say why, for the ledger."""
    return _step(message, State.CLAIMED, State.TRANSMITTING, state=State.FAILED, reason=words[:200])


def cancel_untrue(message: OutgoingMessage, *, now: datetime) -> bool:
    """A claimed message that may not leave: say why. Quietly nothing when another worker has it."""
    reason = why_not(message, now=now)
    return bool(reason) and _step(message, State.CLAIMED, state=State.CANCELLED, reason=reason)


def why_not(message: OutgoingMessage, *, now: datetime) -> str:
    """Return the first reason against sending, or "" when there is none."""
    if message.not_after <= now:
        return TOO_LATE
    demands = kinds.get(message.kind).still_true(now)
    if not demands:
        return ""
    checks = {
        f"holds_{number}": ExpressionWrapper(demand.condition, output_field=BooleanField())
        for number, demand in enumerate(demands)
    }
    row = OutgoingMessage.objects.filter(pk=message.pk).values(**checks).first() or {}
    return next((d.else_reason for number, d in enumerate(demands) if not row.get(f"holds_{number}")), "")


def doubt(message: OutgoingMessage, *, now: datetime, reason: str = LINE_BROKE) -> bool:
    """It may have left. A repeatable kind goes once more under the same Message-ID; else a person decides."""
    return _doubt(Q(pk=message.pk) & _held(message, State.TRANSMITTING), now=now, reason=reason) == 1


def release(messages: Sequence[OutgoingMessage]) -> int:
    """Give back what was claimed and not tried, as it was."""
    return OutgoingMessage.objects.filter(_all_held(messages)).update(state=State.QUEUED) if messages else 0


def rest(messages: Sequence[OutgoingMessage], *, now: datetime, words: str) -> int:
    """Give back what could not be tried because the mail server is away; this is no fault of any mail."""
    return _queue_again(_all_held(messages), now + UNREACHABLE_WAIT, reason=words) if messages else 0


def free_leases(*, now: datetime) -> int:
    """Settle what a dead worker left: claimed goes back to the queue, transmitting is in doubt. Two statements."""
    over = Q(claimed_until__lte=now)
    freed = OutgoingMessage.objects.filter(over, state=State.CLAIMED).update(state=State.QUEUED)
    return freed + _doubt(over & Q(state=State.TRANSMITTING), now=now, reason=WORKER_STOPPED)


# --- inside ---------------------------------------------------------------------------------


def _doubt(rows: Q, *, now: datetime, reason: str) -> int:
    once_more = Q(repeatable=True, repeats=0, not_after__gt=now)
    return OutgoingMessage.objects.filter(rows).update(
        state=_choose("state", (once_more, State.QUEUED), default=State.UNSURE),
        repeats=_choose("repeats", (once_more, F("repeats") + 1)),
        reason=reason,
    )


def _queue_again(rows: Q, next_try: datetime, *, reason: str, **changes: Any) -> int:
    """Back to the queue; what cannot be tried again in time is too late."""
    in_time = Q(not_after__gt=next_try)
    return OutgoingMessage.objects.filter(rows).update(
        state=_choose("state", (in_time, State.QUEUED), default=State.CANCELLED),
        not_before=_choose("not_before", (in_time, next_try)),
        reason=_choose("reason", (in_time, reason[:200]), default=f"{TOO_LATE}; {reason}"[:200].rstrip("; ")),
        **changes,
    )


def _step(message: OutgoingMessage, *found_in: str, **changes: Any) -> bool:
    return OutgoingMessage.objects.filter(_held(message, *found_in), pk=message.pk).update(**changes) == 1


def _fence(message: OutgoingMessage, *found_in: str) -> Q:
    return Q(pk=message.pk) & _held(message, *found_in)


def _held(message: OutgoingMessage, *found_in: str) -> Q:
    """Still the attempt that we made, in one of these states (any before the end when none is named)."""
    return Q(attempt=message.attempt, state__in=found_in or (State.CLAIMED, State.TRANSMITTING))


def _all_held(messages: Sequence[OutgoingMessage]) -> Q:
    held = Q(pk__in=[])
    for message in messages:
        held |= _fence(message, State.CLAIMED)
    return held


def _paused() -> Exists:
    return Exists(OutboxSwitch.objects.filter(paused_at__isnull=False))


def _reasons_against(now: datetime) -> list[tuple[Q, str]]:
    """Return (condition under which a message must not go, what is said then), over all kinds."""
    return [
        (Q(kind=kind.code) & ~demand.condition, demand.else_reason)
        for kind in kinds.all_kinds()
        for demand in kind.still_true(now)
    ]


def _choose(column: str, *cases: tuple[Q, Any], default: Any = None) -> Case:
    """Return the value of the first case that holds, else ``default``, else what stands in the column."""
    field: Any = OutgoingMessage._meta.get_field(column)
    return Case(
        *(When(condition, then=value if hasattr(value, "resolve_expression") else Value(value, output_field=field))
          for condition, value in cases),
        default=F(column) if default is None else Value(default, output_field=field),
        output_field=field,
    )  # fmt: skip


def _is_one_of(ids: Any) -> Func:
    """Match the ids of a subquery as an array, which is made once.

    A plain IN may be planned so that the subquery runs again and locks more rows than it was asked for.
    """
    return Func(
        F("pk"), ArraySubquery(ids), template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField()
    )


def _update_returning(rows: OutgoingMessageQuerySet, **changes: Any) -> list[OutgoingMessage]:
    """Change rows and return them as they are now: one statement, which Django's ``update`` cannot give."""
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(changes)
    statement, values = query.get_compiler(connection=connection).as_sql()
    return list(OutgoingMessage.objects.raw(f"{statement} RETURNING *", values))

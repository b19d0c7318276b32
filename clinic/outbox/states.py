"""The steps of a message, each one statement and so one commit. Nothing here speaks SMTP.

queued -> claimed -> transmitting -> sent, failed, unsure or cancelled. ``claimed`` means that nothing has left the
house, ``transmitting`` that it may have. Every step names the state and the attempt that it found (the fence): a worker
that wakes up late has lost its row, and its statement changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import BooleanField, Case, CharField, ExpressionWrapper, F, Q, Value, When

from clinic.outbox import kinds
from clinic.outbox.models import OutgoingMessage

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


# The statements of every batch and every mail, by hand: the ORM takes longer to write them than PostgreSQL to run them.
# The ids stand in an array, which is made once: a plain IN may be planned so that it locks more rows than asked for.
_CLAIM = """UPDATE outbox_outgoingmessage AS mine SET
    state = CASE WHEN judged.against IS NULL THEN 'claimed' ELSE 'cancelled' END,
    reason = COALESCE(judged.against, mine.reason),
    attempt = mine.attempt + 1,
    claimed_until = %s,
    first_tried_at = COALESCE(mine.first_tried_at, %s)
    FROM (
        SELECT id, COALESCE(CASE WHEN not_after <= %s THEN %s END, {reasons}) AS against
        FROM outbox_outgoingmessage WHERE id = ANY(ARRAY(
            SELECT id FROM outbox_outgoingmessage WHERE state = 'queued' AND not_before <= %s
            AND NOT EXISTS (SELECT FROM outbox_outboxswitch WHERE paused_at IS NOT NULL)
            ORDER BY priority, not_before, id LIMIT %s FOR UPDATE SKIP LOCKED
        ))
    ) AS judged WHERE mine.id = judged.id RETURNING mine.*"""
_OPEN = """UPDATE outbox_outgoingmessage
    SET state = 'transmitting', claimed_until = %s, subject_line = %s, body_sent = %s, reason = ''"""
_CLOSE_AND_OPEN = """UPDATE outbox_outgoingmessage SET
    state = CASE WHEN id = %s THEN 'sent' ELSE 'transmitting' END,
    sent_at = CASE WHEN id = %s THEN %s ELSE sent_at END,
    claimed_until = CASE WHEN id = %s THEN claimed_until ELSE %s END,
    subject_line = CASE WHEN id = %s THEN subject_line ELSE %s END,
    body_sent = CASE WHEN id = %s THEN body_sent ELSE %s END,
    reason = ''"""
_OURS = """(id = %s AND state = 'claimed' AND attempt = %s AND not_after > %s AND {demands}
    AND NOT EXISTS (SELECT FROM outbox_outboxswitch WHERE paused_at IS NOT NULL))"""
_TAKEN = "(id = %s AND state = 'transmitting' AND attempt = %s)"


def claim(*, now: datetime, size: int) -> list[OutgoingMessage]:
    """Take up to ``size`` due messages for ``LEASE``, in one statement; two workers never take the same.

    What is no longer true or too late is cancelled by the same statement and returned as such. A paused outbox
    gives nothing. The caller looks at ``state``.
    """
    reasons, values = _reasons_as_sql(tuple(kinds.all_kinds()), _lately(now))
    rows = OutgoingMessage.objects.raw(
        _CLAIM.format(reasons=reasons), [now + LEASE, now, now, TOO_LATE, *values, now, size]
    )
    return sorted(rows, key=lambda row: (row.priority, row.not_before, row.pk))


def transmit(
    message: OutgoingMessage, *, subject: str, kept: str, now: datetime, taken: OutgoingMessage | None = None
) -> bool:
    """Say that ``message`` is about to leave, if it is still ours, still true and not too late.

    ``taken`` is the message before it, which the mail server has taken: the same statement writes it down as sent, so
    that a mail costs one statement. Returns whether ``message`` may leave; the fate of ``taken`` is settled either way.
    """
    demands, demanded = _demands_as_sql(kinds.get(message.kind), _lately(now))
    ours = _OURS.format(demands=demands)
    values: list[Any] = [now + LEASE, subject[:200], kept]
    changed = f"{_OPEN} WHERE {ours} RETURNING id"
    if taken:
        values = [taken.pk, taken.pk, taken.sent_at, taken.pk, now + LEASE, taken.pk, subject[:200], taken.pk, kept]
        changed = f"{_CLOSE_AND_OPEN} WHERE {ours} OR {_TAKEN} RETURNING id"
    values += [message.pk, message.attempt, now, *demanded]
    with connection.cursor() as cursor:
        cursor.execute(changed, values + ([taken.pk, taken.attempt] if taken else []))
        return (message.pk,) in cursor.fetchall()


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


def _lately(now: datetime) -> datetime:
    """Return the moment, rounded down to five seconds, so that a compiled condition serves more than one mail."""
    return now - timedelta(seconds=now.second % 5, microseconds=now.microsecond)


@lru_cache(maxsize=64)
def _demands_as_sql(kind: kinds.Kind, now: datetime) -> tuple[str, tuple[Any, ...]]:
    """Return what must hold for a kind, as a condition over the table, with its values."""
    rows = OutgoingMessage.objects.filter(*(demand.condition for demand in kind.still_true(now)))
    try:
        statement, values = rows.query.get_compiler(connection=connection).compile(rows.query.where)
    except EmptyResultSet:
        return "FALSE", ()
    except FullResultSet:
        return "TRUE", ()
    return (f"({statement})" if statement else "TRUE"), tuple(values)


@lru_cache(maxsize=8)
def _reasons_as_sql(registered: tuple[kinds.Kind, ...], now: datetime) -> tuple[str, tuple[Any, ...]]:
    """Return the first reason against a message of any kind, as an expression over the table, with its values."""
    reasons = [
        When(Q(kind=kind.code) & ~demand.condition, then=Value(demand.else_reason))
        for kind in registered
        for demand in kind.still_true(now)
    ]
    against = Case(*reasons, default=Value(None), output_field=CharField())
    query = OutgoingMessage.objects.annotate(against=against).query
    statement, values = query.get_compiler(connection=connection).compile(query.annotations["against"])
    return statement, tuple(values)


def _all_held(messages: Sequence[OutgoingMessage]) -> Q:
    held = Q(pk__in=[])
    for message in messages:
        held |= _fence(message, State.CLAIMED)
    return held


def _choose(column: str, *cases: tuple[Q, Any], default: Any = None) -> Case:
    """Return the value of the first case that holds, else ``default``, else what stands in the column."""
    field: Any = OutgoingMessage._meta.get_field(column)
    return Case(
        *(When(condition, then=value if hasattr(value, "resolve_expression") else Value(value, output_field=field))
          for condition, value in cases),
        default=F(column) if default is None else Value(default, output_field=field),
        output_field=field,
    )  # fmt: skip

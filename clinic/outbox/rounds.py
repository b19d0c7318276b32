"""One round of the worker: say that a tick was consumed, settle what dead workers left, plan, send."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from clinic.outbox import kinds, states
from clinic.outbox.delivery import BATCH, Sender
from clinic.outbox.models import Heartbeat
from clinic.outbox.smtp import Unreachable
from clinic.practice.models import Practice

log = logging.getLogger(__name__)

ROUND_SECONDS = 50.0


def run(
    *,
    now: datetime,
    seconds: float = ROUND_SECONDS,
    stop: Callable[[], bool] = lambda: False,
    says_alive: bool = False,
) -> Counter[str]:
    """Run one round and return how many messages were sent, failed, delayed, skipped, unsure.

    It ends when nothing is due, when the mail server cannot be reached, or when ``seconds`` have passed. Two may run at
    once. ``now`` is the moment at the start; time goes on from there. ``says_alive`` is for the worker without Celery,
    which has no thread that says so.
    """
    begun = time.monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=time.monotonic() - begun)

    def is_over() -> bool:
        return stop() or time.monotonic() - begun > seconds

    _consumed(now, says_alive=says_alive)
    states.free_leases(now=now)
    _plan(now)
    sender = Sender(practice=Practice.objects.filter(id=1).first(), clock=clock, stop=is_over)
    try:
        while not is_over() and (batch := states.claim(now=clock(), size=BATCH)):
            sender.send_batch(batch)
    except Unreachable as away:
        log.warning("No mail can leave: %s", away.words)
        sender.tally["unreachable"] += 1
    finally:
        sender.line.quit()
    if sender.tally:
        log.info("Outbox: %s", ", ".join(f"{count} {word}" for word, count in sorted(sender.tally.items()) if count))
    return sender.tally


def _consumed(now: datetime, *, says_alive: bool) -> None:
    """Write that a tick was really worked off: a worker that lives and eats nothing is found by this."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name="worker", alive_at=now, tick_at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["alive_at", "tick_at"] if says_alive else ["tick_at"],
    )


def _plan(now: datetime) -> None:
    for planner in kinds.planners:
        try:
            planner(now)
        except Exception as trouble:  # what one room plans wrongly must not keep the others' mails back
            log.error("Planning broke: %s in %s", type(trouble).__name__, planner.__module__)

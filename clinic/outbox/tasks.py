"""What the beat wakes. A task says "look into the outbox" and carries nothing: losing it loses nothing."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import DatabaseError

from clinic.kernel import clock
from clinic.outbox import rounds

log = logging.getLogger(__name__)


@shared_task(name="clinic.outbox.tasks.tick")
def tick() -> None:
    """Run one round."""
    try:
        rounds.run(now=clock.now())
    except DatabaseError as trouble:
        # Its words may hold a whole row; the next tick tries again.
        log.error("The round broke off: %s", type(trouble).__name__)

"""Two pages for balancers and people who watch machines. No sign-in, one word each."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from clinic.kernel import clock
from clinic.outbox.models import Heartbeat
from clinic.policy import policy

WORKER_SILENT = timedelta(seconds=60)
"""A worker that has not written for so long counts as away. It writes every 10 seconds."""

_seen_migrated = threading.Event()


@policy.public("balancers ask it; it says nothing but ok")
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so that a balancer does not take away the whole house."""
    return _word("ok")


@policy.public("balancers ask it; it says one word")
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 ``ok``, or 503 with what is missing: ``database``, ``migrations`` or ``worker``."""
    missing = what_is_missing()
    return _word(missing or "ok", status=503 if missing else 200)


def what_is_missing() -> str:
    """Name the first part that keeps the clinic from working, or return an empty string.

    Redis is not among them: it only wakes the worker, and the web works without it.
    """
    try:
        if not _is_migrated():
            return "migrations"
        alive_at = Heartbeat.objects.filter(name="worker").values_list("alive_at", flat=True).first()
    except DatabaseError:
        return "database"
    if alive_at is None or clock.now() - alive_at > WORKER_SILENT:
        return "worker"
    return ""


def _is_migrated() -> bool:
    # The code of a process does not change, so a yes holds until the process ends.
    if not _seen_migrated.is_set():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _seen_migrated.set()
    return True


def _word(word: str, status: int = 200) -> HttpResponse:
    return HttpResponse(word, status=status, content_type="text/plain; charset=utf-8")

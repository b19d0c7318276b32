"""The worker and the beat. Redis only wakes them: what is to be done stands in PostgreSQL.

The settings say the rest. No task of ours has a time to wait for (no ETA, no countdown, no
retry): such messages are delivered several times when they wait longer than the broker's
visibility timeout.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_shutdown

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.environ.setdefault("DEQI_ROLE", "worker")

app = Celery("deqi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _use_our_logging(**_: Any) -> None:
    """Keep the logging of the settings: Celery sets up its own only when nobody listens here."""


@worker_init.connect
def _start(**_: Any) -> None:
    from clinic.running.heartbeat import start
    from clinic.running.safety import refuse_unsafe

    refuse_unsafe()
    start()


@worker_shutdown.connect
def _stop(**_: Any) -> None:
    from clinic.running.heartbeat import stop

    stop()

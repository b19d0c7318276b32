"""The nightly backup of ``make serve``: a process that looks at the clock and mostly sleeps.

It needs neither Redis nor a beat: what was missed while the machine slept is made up for when it wakes.
"""

from __future__ import annotations

import logging
import time
from contextlib import closing
from datetime import datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg2

from clinic.kernel import clock
from clinic.running.backups import kept, writing
from clinic.running.backups.programs import Server
from clinic.running.house import Problem

AT = wall_time(2, 30)
"""In the clinic's zone."""
AGAIN_AFTER = timedelta(hours=1)
"""How long a failed one rests."""
LOOK_EVERY = 10.0

log = logging.getLogger(__name__)


def run(data_dir: Path) -> None:
    """Look every few seconds whether it is time, until the process is told to end."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    while True:
        look(data_dir)
        time.sleep(LOOK_EVERY)


def look(data_dir: Path) -> None:
    """Write a backup if it is time for one, and let go of old ones. A failure is remembered for the settings page."""
    try:
        zone = _zone()
    except psycopg2.Error:
        return  # the server is away: /readyz says so
    if zone is None or not is_due(now=clock.now(), last=kept.last(data_dir), zone=zone):
        return
    try:
        writing.backup(data_dir)
        kept.let_go(data_dir, clock.now())
    except Problem as problem:
        log.error("The backup failed: %s", problem)


def is_due(*, now: datetime, last: kept.Result | None, zone: ZoneInfo) -> bool:
    """Tell whether there was no backup since the last half past two, or a failed one has rested."""
    if last is None:
        return True
    if not last.good and now - last.at >= AGAIN_AFTER:
        return True
    here = now.astimezone(zone)
    night = datetime.combine(here.date(), AT, zone)
    if night > here:
        night = datetime.combine(here.date() - timedelta(days=1), AT, zone)
    return last.at < night


def _zone() -> ZoneInfo | None:
    """Return the clinic's zone, None before its opening day is done."""
    with closing(Server.of_settings().connect()) as line, line.cursor() as cursor:
        cursor.execute("SELECT timezone FROM practice_practice WHERE opened_at IS NOT NULL")
        row = cursor.fetchone()
        return ZoneInfo(row[0]) if row else None

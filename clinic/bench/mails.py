"""A thousand mails through the ledger, beside Django's own mail on one kept connection to the same mail server."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from statistics import median
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connections
from django.db.models import Count, Max, Min

from clinic.bench import fill, machine
from clinic.bench.blocks import BLOCKS, MAY_DIFFER, lower_quartile
from clinic.bench.client import Failed
from clinic.kernel import clock
from clinic.outbox.models import OutgoingMessage
from clinic.running.environment import BASE_DIR
from sessions.appointments.mails import CONFIRMATION, confirmation_key
from sessions.appointments.models import Appointment

MAILS = 1_000
#: So many blocks are tried.
MOST = 12
TARGET = 0.70
FROM = "Clinic at the Old Mill <desk@oldmill.example>"


def measure(
    env: Mapping[str, str], say: Callable[[str], None], *, blocks: int = BLOCKS, mails: int = MAILS,
    minutes: float = 4.0,
) -> dict[str, object]:  # fmt: skip
    """Send so many mails by Django, by the worker's own command, and by Django again, and return the figures.

    Such a block is thrown away when Django's two rates differ by over MAY_DIFFER; at most MOST of them are tried.
    """
    kept: list[tuple[float, float]] = []
    tried = 0
    until = time.monotonic() + 60 * minutes
    visits = fill.visits_ahead(mails, clock.now())
    with _server() as port:
        there = {**env, "EMAIL_URL": f"smtp://127.0.0.1:{port}", "DEBUG": "0", "DEQI_ROLE": "worker"}
        _let_out(there)
        before = _by_django(port, mails)
        while len(kept) < blocks and tried < MOST and (not tried or time.monotonic() < until):
            ours = _by_ledger(there, visits)
            after = _by_django(port, mails)
            tried += 1
            if mails < MAILS or abs(before - after) <= MAY_DIFFER * max(before, after):
                kept.append((ours, (before + after) / 2))
            before = after
    found = figures(kept, mails=mails, tried=tried)
    verdict = "met" if float(found["claim"]) >= TARGET else "MISSED"
    say(
        f"{mails:,} reminders: {found['rate']:.0f}/s; {found['claim']:.2f} of Django mail on one kept connection "
        f"(wanted {TARGET:.2f}), {len(kept)} blocks kept, {tried - len(kept)} thrown away: {verdict}"
    )
    return found


def figures(kept: Sequence[tuple[float, float]], *, mails: int, tried: int) -> dict[str, Any]:
    """Return what the kept blocks come to; each is the ledger's rate and Django's."""
    ratios = [ours / plain for ours, plain in kept] or [0.0]
    return {
        "mails": mails, "rate": round(median([ours for ours, _ in kept] or [0.0]), 1),
        "control_rate": round(median([plain for _, plain in kept] or [0.0]), 1),
        "claim": round(lower_quartile(ratios), 3), "median": round(median(ratios), 3),
        "lowest": round(min(ratios), 3), "highest": round(max(ratios), 3), "target": TARGET,
        "kept": len(kept), "thrown_away": tried - len(kept),
    }  # fmt: skip


@contextmanager
def _server() -> Iterator[int]:
    """A mail server of the loopback that takes everything and keeps nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    process = subprocess.Popen(command, cwd=machine.DATA, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _by_ledger(env: Mapping[str, str], visits: Sequence[Appointment]) -> float:
    """Plan confirmations, let the worker's command send them, and return mails a second between first and last."""
    own = OutgoingMessage.objects.filter(appointment_id__in=[visit.pk for visit in visits])
    own.delete()
    _plan(visits)
    connections.close_all()
    begun = time.monotonic()
    done = _let_out(env)
    took = time.monotonic() - begun
    sent = own.filter(state="sent")
    count = sent.count()
    if done.returncode or count != len(visits):
        states = list(own.values("state", "reason").annotate(n=Count("id"))[:5])
        raise Failed(
            f"{count} of {len(visits)} mails left within {took:.0f} s: {done.stdout}{done.stderr[-500:]} {states}"
        )
    lasted = sent.aggregate(lasted=Max("sent_at") - Min("first_tried_at"))["lasted"]
    return len(visits) / float(lasted.total_seconds())


def _let_out(env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Let the worker's command plan and send once; what the demo clinic itself has to say leaves before the first."""
    return subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), "run_outbox", "--once"],
        cwd=BASE_DIR, env={**env, "DJANGO_SETTINGS_MODULE": "clinic.settings"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def _plan(visits: Sequence[Appointment]) -> None:
    """Store a confirmation for each visit, due now."""
    now = clock.now()
    OutgoingMessage.objects.bulk_create(
        (
            OutgoingMessage(
                kind=CONFIRMATION, dedup_key=confirmation_key(visit), patient_id=visit.patient_id,
                appointment_id=visit.pk, message_id=f"<{visit.pk}.{now.timestamp()}@oldmill.example>",
                to_address=visit.patient.email, created_at=now, not_before=now, not_after=now + timedelta(days=1),
            )
            for visit in visits
        ),
        batch_size=1_000,
    )  # fmt: skip


def _by_django(port: int, mails: int) -> float:
    """Send mails of the same shape with Django on one kept connection and return mails a second."""
    begun = time.monotonic()
    with get_connection(host="127.0.0.1", port=port) as kept:
        for number in range(mails):
            letter = EmailMultiAlternatives(
                "Your visit is booked", f"Dear patient {number},\n\nyour visit is booked.\n" + "A line of text.\n" * 20,
                FROM, [f"patient.{number}@patients.example"], connection=kept,
            )  # fmt: skip
            letter.attach_alternative("<p>Your visit is booked.</p>" * 20, "text/html")
            letter.attach("visit.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar")
            letter.send()
    return mails / (time.monotonic() - begun)

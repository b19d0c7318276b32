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

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connections
from django.db.models import Count, Max, Min

from clinic.bench import fill, machine
from clinic.bench.blocks import BLOCKS, lower_quartile
from clinic.bench.client import Failed
from clinic.kernel import clock
from clinic.outbox.models import OutgoingMessage
from clinic.running.environment import BASE_DIR
from sessions.appointments.mails import CONFIRMATION, confirmation_key
from sessions.appointments.models import Appointment

MAILS = 1_000
TARGET = 0.70
FROM = "Clinic at the Old Mill <desk@oldmill.example>"


def measure(
    env: Mapping[str, str], say: Callable[[str], None], *, blocks: int = BLOCKS, mails: int = MAILS
) -> dict[str, object]:
    """Send so many mails by the worker's own command and by Django, block by block, and return the figures."""
    ratios, rates, floors = [], [], []
    visits = fill.visits_ahead(mails, clock.now())
    with _server() as port:
        there = {**env, "EMAIL_URL": f"smtp://127.0.0.1:{port}", "DEBUG": "0", "DEQI_ROLE": "worker"}
        for block in range(blocks):
            if block % 2:
                plain, ours = _by_django(port, mails), _by_ledger(there, visits)
            else:
                ours, plain = _by_ledger(there, visits), _by_django(port, mails)
            ratios.append(ours / plain)
            rates.append(ours)
            floors.append(plain)
    found: dict[str, object] = {
        "mails": mails, "rate": round(median(rates), 1), "control_rate": round(median(floors), 1),
        "claim": round(lower_quartile(ratios), 3), "median": round(median(ratios), 3),
        "lowest": round(min(ratios), 3), "highest": round(max(ratios), 3), "target": TARGET, "blocks": blocks,
    }  # fmt: skip
    verdict = "met" if lower_quartile(ratios) >= TARGET else "MISSED"
    say(
        f"{mails:,} reminders: {median(rates):.0f}/s; {lower_quartile(ratios):.2f} of Django mail on one kept "
        f"connection (wanted {TARGET:.2f}): {verdict}"
    )
    return found


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
    OutgoingMessage.objects.all().delete()
    _plan(visits)
    connections.close_all()
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), "run_outbox", "--once"],
        cwd=BASE_DIR, env={**env, "DJANGO_SETTINGS_MODULE": "clinic.settings"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    took = time.monotonic() - begun
    sent = OutgoingMessage.objects.filter(state="sent")
    count = sent.count()
    if done.returncode or count != len(visits):
        states = list(OutgoingMessage.objects.values("state", "reason").annotate(n=Count("id"))[:5])
        raise Failed(
            f"{count} of {len(visits)} mails left within {took:.0f} s: {done.stdout}{done.stderr[-500:]} {states}"
        )
    lasted = sent.aggregate(lasted=Max("sent_at") - Min("first_tried_at"))["lasted"]
    return len(visits) / float(lasted.total_seconds())


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

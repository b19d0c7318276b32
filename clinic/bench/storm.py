"""Thirty windows, each saving its own draft once a second for five minutes, beside one window alone.

What is sent is what the page sends: every field of the note's own form, as multipart, with the mark that the page
brought, one word longer each time. The sender of a window waits for its answer as the page does; a second that passes
meanwhile is left out. ``SECONDS`` sets how long. Afterwards each draft is one row that holds the last words that were
acknowledged, and each window has left one trace.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from clinic.audit.models import AuditEvent
from clinic.bench import fill, machine
from clinic.bench.blocks import Run
from clinic.bench.client import Failed, ask, get
from clinic.bench.page_forms import form_of
from clinic.bench.scripts import CSRF
from clinic.kernel import clock
from clinic.running import tryout
from sessions.models import TreatmentSession

TABS = 30
SECONDS = 300.0
QUIET_SECONDS = 20.0
EVERY = 1.0
#: The slowest twentieth of the storm: at most so many times that of one window alone, and below so many milliseconds.
MOST_RATIO, MOST_P95 = 3.0, 300.0
NAME = "thirty windows saving once a second"
FORM = "note-form"


def seconds() -> float:
    """How long the storm lasts: ``SECONDS`` of the environment, else five minutes."""
    return float(os.environ.get("SECONDS") or SECONDS)


@dataclass
class Tab:
    """A window with a draft of its own: what its form holds, the version it knows, what was acknowledged last."""

    note: str
    cookie: str
    port: int
    fields: dict[str, list[str]] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    acknowledged: str = ""
    saved: int = 0

    def open(self) -> None:
        """Read the page as a browser does. Raises Failed."""
        status, answer = ask(self.port, get(f"/notes/{self.note}/", port=self.port, cookie=self.cookie))
        self.fields = form_of(answer.decode(), FORM) if status == 200 else {}
        if "version" not in self.fields:
            raise Failed(f"{NAME}: the note answered {status}, without its form")

    def save(self, number: int) -> None:
        """Send the form once, a word longer than before."""
        words = f"{self.fields['subjective'][0]} word{number}".strip()
        self.fields["subjective"] = [words]
        began = time.monotonic()
        try:
            status, answer = ask(self.port, self._request())
        except OSError as error:
            self.errors.append(f"no answer: {error}")
            return
        self.latencies.append(time.monotonic() - began)
        body = answer.partition(b"\r\n\r\n")[2]
        if status != 200:
            self.errors.append(f"{status}: {body[:200]!r}")
            return
        said = json.loads(body)
        self.fields["version"] = [str(said["version"])]
        self.acknowledged, self.saved = words, self.saved + 1

    def _request(self) -> bytes:
        body: bytes = encode_multipart(BOUNDARY, self.fields)
        head = (
            f"POST /notes/{self.note}/save/ HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\n"
            f"X-Deqi-Autosave: 1\r\nContent-Type: {MULTIPART_CONTENT}\r\nContent-Length: {len(body)}\r\n"
            f"User-Agent: deqi-bench\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + body


def measure(
    env: Mapping[str, str], say: Callable[[str], None], *, lasting: float, tabs: int = TABS,
    quiet: float = QUIET_SECONDS,
) -> dict[str, object]:  # fmt: skip
    """Let one window save alone, then all of them, and return the figures. Raises Failed for a page without a form."""
    cookie = f"csrftoken={CSRF}; {fill.signed_in(tryout.PRACTITIONER)}"
    rows = [
        row for lane in fill.drafts([-(-(tabs + 1) // fill.ALL_LANES)] * fill.ALL_LANES, clock.now()) for row in lane
    ]
    connections.close_all()
    with machine.serving(env, machine.OURS) as server:
        alone, *all_tabs = (Tab(row.public_id, cookie, server.port) for row in rows[: tabs + 1])
        for tab in (alone, *all_tabs):
            tab.open()
        for number in range(2 * machine.WORKERS):  # each worker reads its templates with its first requests
            alone.save(number)
        alone.latencies.clear()
        one, all_of_them = _blow([alone], quiet), _blow(all_tabs, lasting)
    found = figures(one, all_of_them, [alone, *all_tabs], lasting)
    say(sentence(found))
    return found


def _blow(tabs: Sequence[Tab], lasting: float) -> Run:
    """Let each window save once a second, their seconds spread evenly, and return the run of all."""
    begin = threading.Barrier(len(tabs))

    def one(place: int) -> None:
        begin.wait(60)
        begun = time.monotonic() + EVERY * place / len(tabs)
        tick = 0
        while tick * EVERY < lasting:
            time.sleep(max(0.0, begun + tick * EVERY - time.monotonic()))
            tabs[place].save(tick)
            # A second that passed while the answer was awaited is over.
            tick = max(tick + 1, int((time.monotonic() - begun) / EVERY))

    began = time.monotonic()
    with ThreadPoolExecutor(len(tabs)) as pool:
        list(pool.map(one, range(len(tabs))))
    return Run(time.monotonic() - began, [took for tab in tabs for took in tab.latencies])


def figures(one: Run, all_of_them: Run, tabs: Sequence[Tab], lasting: float) -> dict[str, Any]:
    """Return what the storm came to, with what the database says of it."""
    notes = {
        str(note.public_id): note for note in TreatmentSession.objects.filter(public_id__in=[t.note for t in tabs])
    }
    traces = AuditEvent.objects.filter(action="edit", object_id__in=[note.pk for note in notes.values()]).count()
    connections.close_all()
    errors = [error for tab in tabs for error in tab.errors]
    return {
        "tabs": len(tabs) - 1, "seconds": lasting, "saved": sum(tab.saved for tab in tabs[1:]),
        "quiet_p50": round(one.quantile(0.5), 1), "quiet_p95": round(one.quantile(0.95), 1),
        "p50": round(all_of_them.quantile(0.5), 1), "p95": round(all_of_them.quantile(0.95), 1),
        "most": round(all_of_them.quantile(1.0), 1),
        "ratio": round(all_of_them.quantile(0.95) / (one.quantile(0.95) or 1.0), 2),
        "most_ratio": MOST_RATIO, "most_p95": MOST_P95, "errors": len(errors),
        "first_error": re.sub(r"\s+", " ", errors[0])[:200] if errors else "",
        "drafts": len(tabs), "rows": len(notes), "traces": traces,
        # What was acknowledged stands, and every saving counted once.
        "lost": sum(notes[tab.note].subjective != tab.acknowledged for tab in tabs if not tab.errors),
        "miscounted": sum(notes[tab.note].version != 1 + tab.saved for tab in tabs if not tab.errors),
    }  # fmt: skip


def is_met(found: Mapping[str, Any]) -> bool:
    """Whether the storm was weathered: time, errors, one row and one trace for each draft, nothing lost."""
    quick = found["ratio"] <= found["most_ratio"] and found["p95"] < found["most_p95"]
    whole = found["rows"] == found["traces"] == found["drafts"] and not (found["lost"] or found["miscounted"])
    return bool(quick and whole and not found["errors"])


def sentence(found: Mapping[str, Any]) -> str:
    """Say the figures in one line."""
    wrong = f" ({found['first_error']})" if found["first_error"] else ""
    return (
        f"{found['tabs']} windows saving once a second for {found['seconds']:.0f} s: p50 {found['p50']:.0f} ms, p95 "
        f"{found['p95']:.0f} ms (wanted below {found['most_p95']:.0f}), slowest {found['most']:.0f} ms; one alone p50 "
        f"{found['quiet_p50']:.0f} ms, p95 {found['quiet_p95']:.0f} ms: {found['ratio']:.2f} times (wanted at most "
        f"{found['most_ratio']:.0f}); {found['saved']} savings, {found['errors']} errors{wrong}, {found['drafts']} "
        f"drafts in {found['rows']} rows with {found['traces']} traces, {found['lost']} lost: "
        f"{'met' if is_met(found) else 'MISSED'}"
    )

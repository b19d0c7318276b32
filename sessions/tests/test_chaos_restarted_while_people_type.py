"""The web server ends again and again, as in a crash and as in an update, while people type: no word is lost.

Forty seconds in the gate; ``RESTARTS_SECONDS=300 make chaos`` goes on for five minutes.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections import Counter
from contextlib import suppress
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from clinic.running.tests import load
from clinic.running.tests.history import History, judge_registers
from clinic.testing import opened

PASSWORD = "three long words to keep"
SECONDS = float(os.environ.get("RESTARTS_SECONDS") or 40)
EVERY = 6.0  # seconds from one end of the web server to the next

PREPARE = f"""
import json
from clinic.kernel import clock
from sessions.appointments.tests.world import a_clinic, a_patient, a_practitioner
from sessions.services import start_note
from sessions.tests.world import a_visit
now = clock.now()
clinic = a_clinic(rooms=3)
people = [clinic.chen, a_practitioner("Dr. Ada Quist"), a_practitioner("Dr. Ana Ruiz")]
notes = []
for number, one in enumerate(people):
    one.user.set_password({PASSWORD!r})
    one.user.save()
    visit = a_visit(clinic, a_patient(f"Greta {{number}}"), practitioner=one)
    notes.append(start_note(appointment=visit, by=one.user, now=now))
print(json.dumps({{"people": [one.user.email for one in people], "notes": [str(one.public_id) for one in notes]}}))
"""

#: What the page ever said beside "saved", and how many panels or dialogs ever stood over it.
WATCH = """
window.said = new Set(); window.panels = 0;
new MutationObserver(() => {
  document.querySelectorAll("[data-saved]").forEach((place) => window.said.add(place.textContent.trim()));
  window.panels = Math.max(window.panels, document.querySelectorAll("#conflict, dialog[open]").length);
}).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
"""


@pytest.fixture
def clinic():
    with opened(demo=False) as running:
        said = running.manage("shell", "-v", "0", "-c", PREPARE).stdout
        running.place = SimpleNamespace(**json.loads(said.splitlines()[-1]))
        yield running


def signed_in(page, clinic, who, note):
    """Open the note of one of them in the browser."""
    page.goto(f"{clinic.url}/accounts/login/?next=/notes/{note}/")
    page.get_by_label("E-mail").fill(who)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Plan", exact=True)).to_be_visible()
    page.evaluate(WATCH)


def end_the_web(clinic, number):
    """A crash, then an update, in turn. False when it was still coming back from the one before."""
    with suppress(LookupError, ProcessLookupError):
        clinic.kill("web", signal.SIGKILL if number % 2 else signal.SIGTERM)
        return True
    return False


def type_on(page, clinic, seconds):
    """Type in two fields in turn, and end the web server meanwhile. Return how often, and how many words."""
    plan, subjective = page.get_by_label("Plan", exact=True), page.get_by_label("Subjective")
    begun, ended, words = time.monotonic(), 0, 0
    while time.monotonic() - begun < seconds:
        area = subjective if words // 12 % 2 else plan
        area.press_sequentially(f"word{words} ")
        words += 1
        page.wait_for_timeout(120)
        if time.monotonic() - begun > EVERY * (ended + 1) and end_the_web(clinic, ended):
            ended += 1
    return ended, words


@pytest.mark.chaos
@pytest.mark.browser
@pytest.mark.timeout(SECONDS + 150)
def test_nothing_that_was_typed_or_acknowledged_is_lost(clinic, page, tmp_path, capsys):
    history, place = History(tmp_path / "history.jsonl"), clinic.place
    people = load.Crowd()
    for who, note in list(zip(place.people, place.notes, strict=True))[:2]:
        caller = load.Caller(clinic.url)
        caller.sign_in(who, PASSWORD)
        people.add(caller, load.practitioner(history, note))
    signed_in(page, clinic, place.people[2], place.notes[2])
    with people:
        ended, words = type_on(page, clinic, SECONDS)
        clinic.wait_ready(30)
    saved = page.locator(".sign-bar [data-saved]")
    expect(saved).to_have_text(re.compile(r"^\s*saved \d+:\d\d\s*$"), timeout=30_000)

    drafts = judge_registers(history.read("draft"), registers(clinic, place.notes[:2]))
    seen = Counter(status for caller in people.callers for _, status, _ in caller.seen)
    said = [one for one in page.evaluate("[...window.said]") if one and not one.startswith("saved")]
    with capsys.disabled():
        print(f"\nweb ended {ended} times in {SECONDS:.0f} s while {words} words were typed; answers {dict(seen)}")
        print(f"  drafts over HTTP: {drafts}\n  the page said: {said}")
    assert drafts.clean, (drafts.lost, drafts.twice, drafts.against)
    assert drafts.acknowledged > 20  # there was something to lose
    assert ended >= SECONDS / 12, "the load saw too little of the fault"
    assert seen[0], "the load saw nothing of the fault"
    assert not seen[500]
    ((plan, subjective),) = clinic.sql(
        "SELECT plan, subjective FROM treatments_treatmentsession WHERE public_id = %s", place.notes[2]
    )
    assert sorted(f"{plan} {subjective}".split()) == sorted(f"word{number}" for number in range(words))
    assert page.evaluate("window.panels") == 0, "the page asked about its own words"
    assert any("trying" in one for one in said), "the page saw nothing of the fault"
    assert all(len(re.findall("not saved yet", one)) <= 1 for one in said), said


def registers(clinic, notes):
    """Return which saving stands in each draft."""
    found = {}
    for note in notes:
        ((words,),) = clinic.sql("SELECT subjective FROM treatments_treatmentsession WHERE public_id = %s", note)
        found[note] = int(words.removeprefix("saving ") or 0)
    return found

"""A stop of an invented patient is answered with a reason where it first speaks in a course, and kept by every note."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from clinic.demo import people
from clinic.demo.flagged import REASONS, Flags
from clinic.demo.record import Record
from clinic.demo.tables import Lines, Tables
from clinic.staff.models import User
from sessions.models import TreatmentSession

NOW = datetime(2026, 11, 20, 11, tzinfo=UTC)
LINE = "st34 l, sp10 l, st34~sp10 l 2/100hz 20min"


def a_note(number, course):
    started = NOW + timedelta(weeks=number)
    note = TreatmentSession(id=number, patient_id=1, course_id=course, started_at=started)
    note.signed_at, note.signed_by = started + timedelta(hours=1), User(id=7, name="Mei-Ling Chen")
    return note


def test_a_stop_is_answered_once_in_a_course_and_stands_in_every_note():
    tables, rng = Tables(), Random(1)
    record = Record(tables, Lines(tables), None, rng, people.person(rng, 1, NOW.date()))
    record.facts = ["pacemaker_icd"]
    flags = Flags(record)
    notes = [a_note(1, course=3), a_note(2, course=3), a_note(3, course=4)]

    rows = []
    for note in notes:
        flags.answer(note, flags.speak(LINE, note.started_at.date(), first=False))
        rows.append(tables.answers.given_out)

    assert rows == [1, 1, 2]
    assert all(note.stops == ["pacemaker_icd"] for note in notes)
    assert all(REASONS["pacemaker_icd"] in line for line in tables.answers.lines)
    assert notes[1].override_reason == notes[0].override_reason != notes[2].override_reason
    assert notes[0].override_reason.endswith("Mei-Ling Chen, Fri 27 Nov 2026")
    assert tables.traces.given_out == 0, "the signature is its trace"
    assert not flags.speak("st34 l, sp10 l", NOW.date(), first=False).every_stop, "without current it is silent"

"""What a PDF says: plain data for the template, from sessions as the history tells them. No question is asked here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from clinic.kernel import clinic_words
from clinic.practice.models import Practice
from patients.models import Patient
from sessions.history.entries import Entry

#: Countries that print on letter; everybody else has A4.
_LETTER = ("US", "CA", "MX", "PH", "CL", "CO")


def note_document(entry: Entry, *, practice: Practice, by: str, now: datetime) -> dict[str, Any]:
    """Return one note as a document. ``by`` is who asked for it."""
    title = f"Treatment note of {clinic_words.day_year(entry.note.started_at)}"
    return _document(title, entry.note.patient, [entry], practice=practice, by=by, now=now)


def history_document(
    patient: Patient, entries: Sequence[Entry], *, of: str, practice: Practice, by: str, now: datetime
) -> dict[str, Any]:
    """Return the sessions of a patient as one document, newest first. ``of`` names the course when it is one alone."""
    count = f"{len(entries)} session{'' if len(entries) == 1 else 's'}, newest first"
    about = [("Holds", count), ("For", of)] if of else [("Holds", count)]
    return _document("Treatment history", patient, entries, practice=practice, by=by, now=now, about=about)


def _document(
    title: str,
    patient: Patient,
    entries: Sequence[Entry],
    *,
    practice: Practice,
    by: str,
    now: datetime,
    about: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    today = clinic_words.day_year(now)
    return {
        "title": title,
        "name": patient.full_name,
        "born": _born(patient),
        "practice": practice.name,
        "printed": f"Made by {by}, {today}, {clinic_words.time_of_day(now)}",
        "lang": "en",
        "paper": "us-letter" if practice.country in _LETTER else "a4",
        "about": [list(one) for one in (("Patient", patient.full_name), ("Born", _born(patient)), *about) if one[1]],
        "notes": [_note(entry) for entry in entries],
    }


def _born(patient: Patient) -> str:
    if patient.birth_date:
        return clinic_words.birth_day(patient.birth_date)
    return str(patient.birth_year) if patient.birth_year else ""


def _note(entry: Entry) -> dict[str, Any]:
    counts = [str(row.needles) for row in entry.needles] or [""] * len(entry.points)
    return {
        "heading": entry.heading,
        "who": entry.who,
        "mark": entry.mark,
        "parts": [list(part) for part in entry.before],
        "points": [
            {
                "code": chip.code, "pinyin": chip.pinyin, "hanzi": chip.hanzi, "side": chip.side,
                "technique": chip.technique, "needles": count,
            }
            for chip, count in zip(entry.points, counts, strict=True)
        ],
        "rest": [list(part) for part in entry.after],
        "addenda": [
            {
                "kind": added.get_kind_display().capitalize(),
                "when": f"{clinic_words.day_year(added.at)}, {clinic_words.time_of_day(added.at)}, {added.by}",
                "words": added.text,
            }
            for added in entry.addenda
        ],
        "seal": [list(part) for part in entry.seal],
    }  # fmt: skip

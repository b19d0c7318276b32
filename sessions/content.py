"""What a note says, as one value: from the form to the row, and into the hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sessions.points.reading import plain

if TYPE_CHECKING:
    from sessions.models import NeedlePlacement, TreatmentSession

HASH_FORMAT = "deqi-note/1"


@dataclass(frozen=True, slots=True)
class NoteContent:
    """What the practitioner writes. Names are those of the columns; pain is 0 to 10, retention in minutes."""

    changes: str = ""
    changes_text: str = ""
    subjective: str = ""
    objective: str = ""
    assessment: str = ""
    plan: str = ""
    pain_before: int | None = None
    pain_after: int | None = None
    points_line: str = ""
    no_needles: bool = False
    retention_minutes: int | None = None
    needles_in: int | None = None
    needles_out: int | None = None
    difference_reason: str = ""
    difference_by: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    exam: dict[str, Any] = field(default_factory=dict)
    others: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, note: TreatmentSession) -> NoteContent:
        """What stands in the row."""
        return cls(**{column: getattr(note, column) for column in _COLUMNS})

    @classmethod
    def from_form(cls, cleaned: Mapping[str, Any]) -> NoteContent:
        """What a valid form holds."""
        return cls(**{column: cleaned[column] for column in _COLUMNS})

    def as_columns(self) -> dict[str, Any]:
        """Column by column, for an UPDATE. The values are those of the note: read them, change none."""
        return {column: getattr(self, column) for column in _COLUMNS}

    @property
    def counts_differ(self) -> bool:
        """Whether both counts stand and are not equal."""
        return None not in (self.needles_in, self.needles_out) and self.needles_in != self.needles_out


_COLUMNS = tuple(column.name for column in fields(NoteContent))

#: What each part is called on the page.
WORDS = {
    "changes": "Anything new since last time",
    "changes_text": "What changed",
    "subjective": "Subjective",
    "objective": "Objective",
    "assessment": "Assessment",
    "plan": "Plan",
    "pain_before": "Pain before",
    "pain_after": "Pain after",
    "points_line": "Points",
    "no_needles": "No needles today",
    "retention_minutes": "Minutes",
    "needles_in": "Needles in",
    "needles_out": "Needles out",
    "difference_reason": "Why the counts differ",
    "difference_by": "Who says so",
    "details": "Needling details",
    "exam": "Examination",
    "others": "Other parts of the treatment",
}


#: What "same as last time" may carry besides the points: needles and plan (product rule). Never findings, tongue,
#: pulse, pain, reactions or texts of the patient.
CARRIED = ("retention_minutes", "plan", "details")
#: Of the details of needling. Not what was felt, nor the words that said why.
CARRIED_DETAILS = ("style", "position", "depth", "sought", "manipulation", "stimulation", "needle")


def canonical(note: TreatmentSession, placements: Iterable[NeedlePlacement]) -> bytes:
    """The signed note as canonical JSON: sorted keys, no blanks, UTF-8, times in UTC.

    It holds the content, the needles, the author with the licence, the time and the hash before it, so that none of
    them can be changed alone. Needs ``patient``, ``practitioner`` and ``signed_by`` of the note.
    """
    said = {
        "format": HASH_FORMAT,
        "note": str(note.public_id),
        "patient": str(note.patient.public_id),
        "practitioner": str(note.practitioner.public_id),
        "number_in_course": note.number_in_course,
        "started_at": _instant(note.started_at),
        "ended_at": _instant(note.ended_at),
        "needles_in_at": _instant(note.needles_in_at),
        "content": NoteContent.of(note).as_columns(),
        "needles": [_needle(placement) for placement in sorted(placements, key=lambda placement: placement.position)],
        "consent": note.consent_id,
        "stops": list(note.stops),
        "override_reason": note.override_reason,
        "signed_by": str(note.signed_by.public_id) if note.signed_by else None,
        "signed_licence": note.signed_licence,
        "signed_at": _instant(note.signed_at),
        "previous": note.previous_sha256,
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _needle(placed: NeedlePlacement) -> list[object]:
    """All that is known of one placement. Numbers stand without zeros that say nothing: the row gives them back so."""
    return [
        placed.position,
        placed.point_code,
        placed.side,
        placed.needles,
        placed.technique,
        placed.place,
        plain(placed.depth) if placed.depth is not None else None,
        placed.depth_unit,
        plain(placed.diameter_mm) if placed.diameter_mm is not None else None,
        placed.length_mm,
        placed.pair,
        placed.lead,
        placed.hz,
        placed.hz_high,
        placed.current_minutes,
    ]


def hash_of(note: TreatmentSession, placements: Iterable[NeedlePlacement]) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(note, placements)).hexdigest()


def _instant(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None

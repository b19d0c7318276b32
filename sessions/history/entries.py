"""One session as the history and its paper tell it: the same words in the same order. No question is asked here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

from clinic.kernel import clinic_words
from sessions.alerts import short_of
from sessions.checkpoint.page import Decided
from sessions.content import WORDS, NoteContent
from sessions.details import read_details
from sessions.events.models import AdverseEvent
from sessions.events.services import kind_of
from sessions.exam import read_exam
from sessions.models import Addendum, NeedlePlacement, TreatmentSession
from sessions.needling import read
from sessions.point_chips import PointChip, chip_of, chip_of_row
from sessions.services.signing import verify_hash
from sessions.techniques import read_techniques

#: What stands before the points, and what is told in a line of its own; everything else follows the points.
_BEFORE = ("subjective", "objective")
_TOLD_APART = (
    "changes", "changes_text", "pain_before", "pain_after", "points_line", "no_needles", "retention_minutes",
    "needles_in", "needles_out", "difference_reason", "difference_by", "details", "exam", "others",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One session. ``note`` comes from ``querysets.whole``."""

    note: TreatmentSession

    @property
    def heading(self) -> str:
        """The day, and which session of its course it was."""
        note = self.note
        day = clinic_words.day_year(note.started_at)
        return f"{day}, session {note.number_in_course}" if note.number_in_course else day

    @property
    def who(self) -> str:
        """Who treated, when, and for what."""
        note = self.note
        ended = f" to {clinic_words.time_of_day(note.ended_at)}" if note.ended_at else ""
        complaint = note.course.complaint if note.course else ""
        parts = (note.practitioner.display_name, f"{clinic_words.time_of_day(note.started_at)}{ended}", complaint)
        return " · ".join(part for part in parts if part)

    @cached_property
    def addenda(self) -> list[Addendum]:
        """What followed, oldest first."""
        return list(self.note.addenda.all())

    @cached_property
    def is_withdrawn(self) -> bool:
        """Whether an addendum says that the note was entered in error."""
        return any(added.kind == Addendum.Kind.ENTERED_IN_ERROR for added in self.addenda)

    @property
    def mark(self) -> str:
        """What must be known before the note is read; "" for a signed one that holds."""
        if self.is_withdrawn:
            return "Entered in error. An addendum below says why."
        return "" if self.note.is_signed else "A draft: not signed."

    @cached_property
    def points(self) -> list[PointChip]:
        """The needled points; of a draft those that were understood so far."""
        if self.note.is_signed:
            return [chip_of_row(row) for row in self.needles]
        return [] if self.note.no_needles else [chip_of(reading) for reading in read(self.note.points_line).points]

    @cached_property
    def needles(self) -> list[NeedlePlacement]:
        """The rows of the needles, in the order of the note."""
        return sorted(self.note.needles.all(), key=lambda row: row.position)

    @property
    def before(self) -> list[tuple[str, str]]:
        """What stands before the points: (name, words), nothing that is empty."""
        note = self.note
        changed = note.changes_text if note.changes == "yes" else ("No changes." if note.changes else "")
        said = [("Since last time", changed), *((WORDS[name], getattr(note, name)) for name in _BEFORE)]
        return [(name, words) for name, words in (*said, *read_exam(note.exam).said) if words]

    @property
    def after(self) -> list[tuple[str, str]]:
        """What stands after the points: needles, pain, everything else that was written, the reason for going on.

        Last what was decided at the checkpoint of this session: it is on record beside the note, not under its seal.
        """
        note = self.note
        others = "\n".join(part.words for part in read_techniques(note.others))
        said = [("Needles", self._counts()), *read_details(note.details).said, ("Other parts", others)]
        said += [("Pain", self.pain), *self._rest()]
        if note.stops:
            spoke = ", ".join(short_of(rule) for rule in note.stops)
            said.append(("Went on in spite of", f"{spoke}\n{note.override_reason}".strip()))
        said += [("Event", event_words(event)) for event in note.adverse_events.all()]
        said += [("Checkpoint", Decided.of(row).in_a_line) for row in note.decided]  # type: ignore[attr-defined]
        return [(name, words) for name, words in said if words]

    @property
    def pain(self) -> str:
        """Pain on the table: "before 7, after 4"."""
        both = (("before", self.note.pain_before), ("after", self.note.pain_after))
        return ", ".join(f"{word} {value}" for word, value in both if value is not None)

    def _counts(self) -> str:
        note = self.note
        if note.no_needles:
            return "No needles."
        counts = [f"{count} {way}" for count, way in ((note.needles_in, "in"), (note.needles_out, "out"))
                  if count is not None]  # fmt: skip
        line = " · ".join(part for part in (clinic_words.minutes(note.retention_minutes), ", ".join(counts)) if part)
        if note.difference_reason:
            line += f"\n{note.difference_reason} ({note.difference_by})"
        return line

    def _rest(self) -> list[tuple[str, str]]:
        """Return every other written part, so that nothing that is added to the note is missing here."""
        others = [field.name for field in fields(NoteContent) if field.name not in (*_BEFORE, *_TOLD_APART)]
        return [(WORDS[name], _words(getattr(self.note, name))) for name in others]

    @cached_property
    def seal(self) -> list[tuple[str, str]]:
        """Who signed, with which licence, when, and the seal that was taken; empty for a draft."""
        note = self.note
        if not note.is_signed:
            return []
        fits = "unchanged since signed" if verify_hash(note) else "DOES NOT FIT: this is not what was signed"
        signed_at = f"{clinic_words.day_year(note.signed_at)}, {clinic_words.time_of_day(note.signed_at)}"
        said = [
            ("By", note.practitioner.display_name),
            ("Licence", note.signed_licence),
            ("On", signed_at),
            ("Seal (SHA-256)", note.content_sha256),
            ("Checked", fits),
        ]
        return [(name, words) for name, words in said if words]


def event_words(event: AdverseEvent) -> str:
    """Return an event in lines: what, how grave, what was done, and what was learned later."""
    kind = kind_of(event.code)
    what = kind.label if kind is not None else event.code or "Something happened"
    head = [
        what,
        f"grade {event.grade}" if event.grade else "",
        "" if event.of_patient else "to staff",
        "" if event.recorded_at else "not written yet",
    ]
    later = [f"{clinic_words.day_year(one.at)}: {one.words}" for one in event.follow_ups.all()]
    lines = [", ".join(part for part in head if part), event.words, event.action_taken, *later]
    return "\n".join(line for line in lines if line)


def _words(value: object) -> str:
    """Return a value as one reads it; "" for nothing."""
    if value is None or value == "" or value is False:
        return ""
    return "yes" if value is True else str(value)

"""What the page of a signed note shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from clinic.kernel import clinic_words
from sessions.alerts import HeadFlag, short_of
from sessions.content import NoteContent, hash_of
from sessions.details import read_details
from sessions.exam import read_exam
from sessions.models import Addendum, NeedlePlacement, TreatmentSession
from sessions.pages import NotePage
from sessions.point_chips import PointChip, chip_of_row
from sessions.techniques import read_techniques


@dataclass
class SignedPage:
    """A signed note, to read. ``note`` comes as for ``NotePage``; needles and addenda are asked here, once each."""

    note: TreatmentSession
    now: datetime

    @property
    def points(self) -> list[PointChip]:
        """The needled points."""
        return [chip_of_row(row) for row in self.placements]

    @cached_property
    def placements(self) -> list[NeedlePlacement]:
        """The rows of the needles."""
        return list(self.note.needles.all())

    @property
    def details(self) -> list[tuple[str, str]]:
        """How the needles were placed, in words."""
        return read_details(self.note.details).said

    @property
    def others(self) -> list[str]:
        """The other parts of the treatment, in words."""
        return [part.words for part in read_techniques(self.note.others)]

    @property
    def found(self) -> list[tuple[str, str]]:
        """Tongue, pulse and pattern, in words."""
        return read_exam(self.note.exam).said

    @cached_property
    def addenda(self) -> list[Addendum]:
        """What followed, oldest first."""
        return list(self.note.addenda.select_related("by"))

    @property
    def is_withdrawn(self) -> bool:
        """Whether an addendum says that the note was entered in error."""
        return any(added.kind == Addendum.Kind.ENTERED_IN_ERROR for added in self.addenda)

    @cached_property
    def is_unchanged(self) -> bool:
        """Whether content, needles, author and time are exactly what was signed."""
        return hash_of(self.note, self.placements) == self.note.content_sha256

    @property
    def stops(self) -> list[str]:
        """The stops that spoke at signing, in words."""
        return [short_of(rule_id) for rule_id in self.note.stops]

    @property
    def age(self) -> str:
        """The age on the day of the session."""
        return clinic_words.age(self.note.patient.birth_date, timezone.localdate(self.note.started_at))

    @property
    def chips(self) -> list[HeadFlag]:
        """The chips under the name, as they are today."""
        return NotePage(self.note, NoteContent.of(self.note), self.now).chips

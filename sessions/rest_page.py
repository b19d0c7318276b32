"""What the folded parts of a note say: the quiet line, the open boxes, the words of what was found, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sessions import vocabularies
from sessions.details import Details, Needle, read_details
from sessions.exam import Exam, read_exam, sections_of
from sessions.pages import NotePage
from sessions.stricta import Item, Plan, coverage
from sessions.techniques import read_techniques


@dataclass
class RestPage:
    """The folded parts of ``page``; ``boxes`` are the needles of the open boxes that may be used that day."""

    page: NotePage
    boxes: list[Needle]

    @cached_property
    def details(self) -> Details:
        """How the needles are placed."""
        return read_details(self.page.content.details)

    @cached_property
    def exam(self) -> Exam:
        """What was found."""
        return read_exam(self.page.content.exam)

    @property
    def line(self) -> str:
        """The one quiet line: "0.25 x 40 mm, Acme lot 123, 25 min, even"; "" when nothing was said."""
        return self.details.line(self.page.content.retention_minutes)

    @property
    def needles(self) -> list[Needle]:
        """The needles to choose from: those of the open boxes, and the one that stands in the note."""
        stands = [self.details.needle] if self.details.needle and self.details.needle not in self.boxes else []
        return [*stands, *self.boxes]

    @property
    def sections(self) -> str:
        """The sections of the examination that the style shows."""
        return " ".join(sections_of(self.details.style))

    @property
    def found(self) -> str:
        """What was found, in one line."""
        return "; ".join(f"{name.lower()} {words}" for name, words in self.exam.said)

    @property
    def others(self) -> list[str]:
        """The other parts in words."""
        return [part.words for part in read_techniques(self.page.content.others)]

    @property
    def blood_thinners(self) -> list[str]:
        """Flags about blood thinners, to stand beside the herbs."""
        return [flag.short for flag in self.page.flags if flag.id in ("anticoagulant", "antiplatelet")]

    @property
    def qualities(self) -> list[vocabularies.Term]:
        """The names of the pulse qualities."""
        return list(vocabularies.terms("pulse.qualities"))

    @property
    def not_said(self) -> list[Item]:
        """What STRICTA asks and the note does not say; it never stops a signature."""
        course = self.page.note.course
        plan = Plan(
            self.page.note.number_in_course,
            course.planned_sessions if course else None,
            course.frequency if course else "",
        )
        return [item for item in coverage(self.page.content, self.page.needling, plan) if not item.there]

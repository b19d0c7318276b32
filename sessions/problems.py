"""Why a note could not do what was asked. Each carries a sentence for the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sessions.missing import Missing

if TYPE_CHECKING:
    from sessions.models import TreatmentSession


class NoteProblem(Exception):
    """The act was refused and nothing changed."""


class VisitNotOpen(NoteProblem):
    """A visit that was cancelled, moved or missed takes no note."""


class StaleNote(NoteProblem):
    """Somebody saved meanwhile. ``theirs`` is what stands now; nothing was overwritten."""

    def __init__(self, theirs: TreatmentSession) -> None:
        super().__init__("This note was saved in another window meanwhile. Nothing was overwritten.")
        self.theirs = theirs


class NoteIsSigned(NoteProblem):
    """A signed note takes addenda only."""

    def __init__(self) -> None:
        super().__init__("This note is signed and cannot be changed. An addendum can follow.")


class NotTheirNote(NoteProblem):
    """Only who treated signs."""

    def __init__(self, treated: str) -> None:
        super().__init__(f"{treated} treated and signs this note. What you wrote is saved in the draft.")


class NotReadyToSign(NoteProblem):
    """Something is missing. Nothing was signed."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__("Not signed yet. Missing: " + ", ".join(thing.what for thing in missing) + ".")
        self.missing = tuple(missing)


class AlreadySaid(NoteProblem):
    """The same form came twice with different words."""

    def __init__(self) -> None:
        super().__init__("This form was sent before with other words; the first ones stand. Please open a new one.")

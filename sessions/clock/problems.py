"""Why a clock could not do what was asked. Each carries a sentence for the page."""

from __future__ import annotations


class ClockProblem(Exception):
    """The act was refused and nothing changed."""


class NotRunning(ClockProblem):
    """No needles are in, or the note is signed."""

    def __init__(self, said: str = "No needle clock runs in this session.") -> None:
        super().__init__(said)


class CountedAlready(ClockProblem):
    """Somebody else counted in the same moment, another number. The first count stands."""


class WhyTheyDiffer(ClockProblem):
    """The counts differ and no reason, or no name, was given."""

    def __init__(self, needles_in: int, needles_out: int) -> None:
        super().__init__(
            f"{needles_in} went in and {needles_out} came out. Search at once; then say why, and who says so."
        )

"""Why an event could not be written. Each carries a sentence for the page."""

from __future__ import annotations


class EventProblem(Exception):
    """The act was refused and nothing changed."""


class EventIsLocked(EventProblem):
    """The event is recorded and its note is signed."""

    def __init__(self) -> None:
        super().__init__("This event is recorded and its note is signed. What is new goes into a follow-up.")


class NoSessionBefore(EventProblem):
    """A check-in speaks of a session that is not on record."""

    def __init__(self) -> None:
        super().__init__("There is no earlier session on record that this could belong to.")

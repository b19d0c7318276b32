"""Why a call could not be answered. Each carries a sentence for the page."""

from __future__ import annotations


class CallProblem(Exception):
    """The answer was not kept and nothing changed."""


class AnsweredAlready(CallProblem):
    """Somebody else was first; theirs stands."""

    def __init__(self, what: str, who: str) -> None:
        super().__init__(f"{who} answered this call meanwhile: {what}.")

"""When a checkpoint of a course is due. Pure.

The first lies at a session (the sixth, or what was agreed); the others follow every 30 days, at the next session that
lies so long after the one before. One that nobody decided stays open at every session until somebody does.
"""

from __future__ import annotations

from datetime import date

EVERY_DAYS = 30


def is_due(*, number: int, checkpoint_session: int, last: date | None, on: date) -> bool:
    """Tell whether session ``number`` of a running course, on day ``on``, is a checkpoint.

    ``last`` is the day of the last decision, None before the first.
    """
    if last is None:
        return number >= checkpoint_session
    return (on - last).days >= EVERY_DAYS


def next_words(*, checkpoint_session: int, last: date | None) -> str:
    """Say when the next one comes: "at session 6", "30 days after the last one"."""
    return f"at session {checkpoint_session}" if last is None else f"{EVERY_DAYS} days after the last one"

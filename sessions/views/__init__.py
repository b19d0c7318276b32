"""The pages of the note: begun, written, signed, added to, and the list of what waits."""

from sessions.views.flags import answer_flag, fact_of_today
from sessions.views.habits import keep_habit
from sessions.views.notes import note, points, save, start, unsigned
from sessions.views.signing import addendum, consent, sign

__all__ = [
    "addendum",
    "answer_flag",
    "consent",
    "fact_of_today",
    "keep_habit",
    "note",
    "points",
    "save",
    "sign",
    "start",
    "unsigned",
]

"""What happens in the diary, one function for each event. Callers import them from here."""

from __future__ import annotations

from sessions.appointments.services.booking import Clash, NotBookable, book
from sessions.appointments.services.first_visit import FirstVisit, NewPatient, book_first_visit
from sessions.appointments.services.moving import move, take_back_move
from sessions.appointments.services.states import (
    WrongState,
    arrive,
    cancel,
    complete_visit,
    complete_within,
    confirm,
    free_until,
    is_late,
    miss,
    start_treatment,
    undo,
    undo_arrive,
)

__all__ = [
    "Clash",
    "FirstVisit",
    "NewPatient",
    "NotBookable",
    "WrongState",
    "arrive",
    "book",
    "book_first_visit",
    "cancel",
    "complete_visit",
    "complete_within",
    "confirm",
    "free_until",
    "is_late",
    "miss",
    "move",
    "start_treatment",
    "take_back_move",
    "undo",
    "undo_arrive",
]

"""The lines of the target table by their short names, for ``LINES=chart,search``. In the order of the table."""

from __future__ import annotations

NAMES = {
    "search": "search by name as you type",
    "chart": "whole chart",
    "note": "note with 200 sessions",
    "save": "save a draft note",
    "sign": "sign a note",
    "step": "save an intake step",
    "submit": "submit an intake",
    "board": "day board, 60 visits",
    "poll": "board poll",
}
#: Those of which the growth is measured: what is only read.
GROWN = ("search", "chart", "board", "poll")
RUSH, REMINDERS, STORM = "rush", "reminders", "storm"
LINES = (*NAMES, RUSH, REMINDERS, STORM)

"""What the house says after an act: one short sentence, with its way back when there is one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

_UNDO = "undo:"


def say(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Show ``text`` on the next page. ``undo`` is a path of ours that takes the act back by POST.

    Raises ValueError when ``undo`` leads out of the house.
    """
    if undo and (not undo.startswith("/") or undo.startswith("//") or " " in undo):
        raise ValueError(f"{undo!r} is no path of ours.")
    messages.success(request, text, extra_tags=f"{_UNDO}{undo}" if undo else "")


def undo_path(message: Message) -> str:
    """Return the path that takes back what ``message`` says, or ""."""
    tags = message.extra_tags or ""
    return next((tag.removeprefix(_UNDO) for tag in tags.split() if tag.startswith(_UNDO)), "")

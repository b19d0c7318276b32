"""Which mails become a call when they may not go. The room that plans a kind says how it is called at the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

#: Why a mail did not go although its moment had come: somebody phones instead.
NO_ADDRESS = "no e-mail on file: phone"
NO_EMAIL = "wants no e-mail: phone"
OPTED_OUT = "wants no reminders by e-mail"
BY_PHONE = (NO_ADDRESS, NO_EMAIL, OPTED_OUT)
#: What must hold for a mail alone: a call asks nothing of the address.
OF_THE_ADDRESS = (NO_EMAIL, OPTED_OUT, "the address was changed")
#: A call about an adverse event. It comes from the event itself, no mail stands for it.
NEXT_DAY = "next-day-call"
#: A call to who stopped coming without a word. It comes from the course itself, no mail asks for it.
NEXT_VISIT = "next-visit"


@dataclass(frozen=True)
class CallKind:
    """A kind of mail as a call.

    ``words`` say what the call is about, with ``{visit}`` for day and time; the front desk reads them, so they hold
    nothing of health. ``care``: a practitioner calls, and the desk reads no more than who it is. It is owed for
    ``lasts`` after its moment, and until the visit begins when it is about one ahead (``before_visit``).
    """

    code: str
    words: str
    lasts: timedelta
    before_visit: bool = False
    care: bool = False


_kinds: dict[str, CallKind] = {}


def register(kind: CallKind) -> None:
    """Make a kind known; called once by the room that plans its mails, when its app is ready."""
    _kinds[kind.code] = kind


def get(code: str) -> CallKind:
    """Return a kind. Raises KeyError for one that nobody phones about."""
    return _kinds[code]


def all_kinds() -> list[CallKind]:
    """Return every registered kind, in order of code."""
    return [_kinds[code] for code in sorted(_kinds)]


def is_phoned(kind: str, reason: str) -> bool:
    """Tell whether a mail of this kind that was skipped for this reason stands on the phone list."""
    return kind in _kinds and reason in BY_PHONE


def is_care(kind: str) -> bool:
    """Tell whether only who treats may make a call of this kind."""
    return kind == NEXT_DAY or (kind in _kinds and _kinds[kind].care)

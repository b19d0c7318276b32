"""Kinds of messages. The room that plans a kind registers how it is written and when it still makes sense."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from clinic.outbox.models import OutgoingMessage


@dataclass(frozen=True)
class Attachment:
    """A file in a mail, for example a calendar entry."""

    filename: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Mail:
    """A message as it leaves. ``kept`` is what the ledger keeps of it: the text without its tokens."""

    subject: str
    text: str
    html: str
    kept: str
    attachments: tuple[Attachment, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StillTrue:
    """A condition over OutgoingMessage rows that must hold at sending, and what is said when it does not."""

    condition: Q
    else_reason: str


def always_true(now: datetime) -> list[StillTrue]:
    """Demand nothing: for kinds that stay right until they are too late."""
    return []


@dataclass(frozen=True)
class Kind:
    """How a kind of message is written, and when it no longer makes sense.

    ``render`` finds the practice in ``message.practice`` and, when the kind gathers, its own facts in
    ``message.gathered``. ``gather`` reads for a whole batch at once, in one statement if it can: message id -> facts.
    ``private``: that such a mail went out is a matter of who treats and of the owner; the desk does not see its row.
    """

    code: str
    title: str
    render: Callable[[OutgoingMessage, datetime], Mail]
    still_true: Callable[[datetime], list[StillTrue]] = always_true
    repeatable: bool = False
    gather: Callable[[Sequence[OutgoingMessage], datetime], Mapping[int, object]] | None = None
    private: bool = False


_kinds: dict[str, Kind] = {}

#: Asked for a batch, where the practice offers more languages than one: message id -> the language of whom it goes to.
readers: list[Callable[[Sequence[OutgoingMessage]], Mapping[int, str]]] = []

#: Called in each round before sending: they enqueue what is due soon, and do nothing the second time.
planners: list[Callable[[datetime], None]] = []


def register(kind: Kind) -> None:
    """Make a kind known; called once by the planning room when its app is ready."""
    _kinds[kind.code] = kind


def get(code: str) -> Kind:
    """Return a kind. Raises KeyError for one that nobody registered."""
    return _kinds[code]


def private_codes() -> list[str]:
    """Return the kinds whose rows the front desk does not see."""
    return [code for code, kind in _kinds.items() if kind.private]


def all_kinds() -> list[Kind]:
    """Return every registered kind, in order of code."""
    return [_kinds[code] for code in sorted(_kinds)]

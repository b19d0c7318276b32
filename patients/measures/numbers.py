"""Numbers as people type them, exact. Pure."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_NUMBER = re.compile(r"([+-]?)([0-9]{1,9})(?:([.,])([0-9]{1,9}))?")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u3002": ".", "\u066b": ","})


class Unread(ValueError):
    """What was typed is no number that fits. ``code`` is letters, thousands or decimals."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_number(text: str, *, decimals: int, comma: bool = True) -> Decimal:
    """Return the number that ``text`` says, with a decimal point or, with ``comma``, a decimal comma.

    Signs for thousands are refused, since 1,000 is one to some people and a thousand to others. Raises Unread with
    code "letters", "thousands" (three digits behind a sign where fewer decimals are wanted) or "decimals".
    """
    plain = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    found = _NUMBER.fullmatch(plain)
    if not found or (found[3] == "," and not comma):
        raise Unread("letters")
    sign, whole, separator, part = found.groups()
    if separator and len(part) > decimals:
        if len(part) == 3:
            raise Unread("thousands")
        if part.rstrip("0") and len(part.rstrip("0")) > decimals:
            raise Unread("decimals")
    value = Decimal(f"{sign}{whole}.{part or 0}")
    return abs(value) if value == 0 else value


def plain(value: Decimal | float | str) -> str:
    """Write a number without needless zeros: 12, 3.5, -0.25."""
    exact = Decimal(str(value))
    text = f"{exact.normalize():f}"
    return "0" if text in ("-0", "0") else text

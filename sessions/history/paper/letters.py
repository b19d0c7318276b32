"""Text as a printed page can hold it: nothing that a person wrote may stop a document. Pure."""

from __future__ import annotations

import re
import unicodedata

#: A word without a break that is longer than a line gets places to break at.
LONGEST_WORD = 48
_LONG = re.compile(rf"[!-~]{{{LONGEST_WORD},}}")
_BREAK_HERE = "\u200b"
#: What the typefaces of the house draw for certain: Latin with its accents, marks of writing, Chinese.
_DRAWN = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x1CD, 0x1DC), (0x1EA0, 0x1EF9), (0x2013, 0x2014), (0x2018, 0x2019),
    (0x201C, 0x201D), (0x2026, 0x2026), (0x200B, 0x200B), (0x3001, 0x3002), (0x4E00, 0x9FA5), (0xFF01, 0xFF5E),
)  # fmt: skip


def clean(text: str) -> str:
    """Return text without what no page can hold: lone surrogates and controls; line breaks stay, as ``\\n``."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(_kept(sign) for sign in lines)
    return _LONG.sub(lambda word: _broken(word[0]), kept)


def drawn(text: str) -> str:
    """Return text in which every sign that a typeface may lack stands as its name: "[grinning face]".

    For the few texts that could not be drawn as they are; nothing is left out silently.
    """
    return "".join(sign if sign in "\n\t" or _is_drawn(sign) else _named(sign) for sign in text)


def _kept(sign: str) -> str:
    category = unicodedata.category(sign)
    if sign in "\n\t":
        return "\n" if sign == "\n" else " "
    if category == "Cs":
        return "?"
    # Controls, and marks that only turn the direction of writing, say nothing on paper.
    if category == "Cc" or sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff":
        return ""
    return "?" if category in ("Cn", "Co") else sign


def _broken(word: str) -> str:
    return _BREAK_HERE.join(word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD))


def _is_drawn(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in _DRAWN)


def _named(sign: str) -> str:
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return ""
    base = unicodedata.normalize("NFKD", sign)
    plain = "".join(part for part in base if not unicodedata.combining(part))
    if base != sign and plain and all(_is_drawn(part) for part in plain):
        return plain
    return f"[{unicodedata.name(sign, f'U+{ord(sign):04X}').lower()}]"

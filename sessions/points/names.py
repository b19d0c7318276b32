"""Every spelling of every point, and which points a typed name can mean.

A name that can mean several points is never decided here: `find` gives them all. The list of such
names is computed from codes, pinyin, Chinese, English and other names, not kept by hand.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from sessions.points.catalogue import Point, all_points

# What people type for the WHO channel codes. CO (colon) is also the cavum concha of the ear, so CO4,
# CO10, CO12 to CO15, CO17 and CO18 come out with two points.
CHANNEL_SPELLINGS: dict[str, tuple[str, ...]] = {
    "LU": ("L",),
    "LI": ("CO",),
    "ST": ("S",),
    "HT": ("H", "HE"),
    "BL": ("UB",),
    "KI": ("K", "KD"),
    "PC": ("P", "HC"),
    "TE": ("SJ", "TB", "TH", "TW"),
    "GB": ("G",),
    "LR": ("LV", "LIV"),
    "CV": ("REN", "RN", "RM"),
    "GV": ("DU", "DM"),
}
NADA = "NADA protocol point"  # a set of five ear points, no name of one

LONGEST_NAME = 60
_DROPPED = str.maketrans("", "", " \t-_'\N{RIGHT SINGLE QUOTATION MARK}`")
# Digits that only a separator keeps apart are two numbers: "bl3-1" is not BL31.
_TWO_NUMBERS = re.compile(r"\d[\s\-_'\N{RIGHT SINGLE QUOTATION MARK}`]+\d")
_DOT_AFTER_LETTER = re.compile(r"(?<=[a-z])\.")  # "St. 36"
_TONE_NUMBERS = re.compile(r"(?:[a-z]+[1-5]){2,}")  # "he2gu3"
_CODE = re.compile(r"([A-Za-z\-]+?)-?(\d+)(.*)")


def find(typed: str) -> tuple[Point, ...]:
    """The points a typed name can mean: none, one, or several (then a person must be asked)."""
    if len(typed) > LONGEST_NAME:
        return ()
    name = _folded(typed)
    if name.startswith("-") or name.endswith("-") or _TWO_NUMBERS.search(name):
        return ()
    found = _index().get(name.translate(_DROPPED))
    return found if found is not None else _find_otherwise(name)


def starting_with(typed: str, limit: int = 8) -> tuple[Point, ...]:
    """Points one of whose spellings begins like `typed`: exact ones first, then in catalogue order."""
    key = _key(typed)
    if not key or len(typed) > LONGEST_NAME:
        return ()
    keys = _sorted_keys()
    found: dict[str, Point] = {point.code: point for point in find(typed)}
    rest: set[Point] = set()
    for position in range(bisect_left(keys, key), len(keys)):
        if not keys[position].startswith(key):
            break
        rest.update(_index()[keys[position]])
    for point in sorted(rest, key=lambda point: point.order):
        found.setdefault(point.code, point)
    return tuple(found.values())[:limit]


def propose(typed: str, limit: int = 5) -> tuple[Point, ...]:
    """Points to propose for a name that is unknown: those that share its longest beginning."""
    key = _key(typed[:LONGEST_NAME])
    shortest = 2 if key.isascii() else 1
    for length in range(len(key), shortest - 1, -1):
        found = starting_with(key[:length], limit)
        if found:
            return found
    return ()


@cache
def ambiguous_names() -> dict[str, tuple[Point, ...]]:
    """Every spelling (folded: small letters, no spaces or tones) that must ask, with its points."""
    return {key: points for key, points in _index().items() if len(points) > 1}


def _folded(typed: str) -> str:
    text = typed if typed.isascii() else unicodedata.normalize("NFKC", typed)
    return text.strip().lower()


def _key(typed: str) -> str:
    return _folded(typed).translate(_DROPPED)


def _find_otherwise(name: str) -> tuple[Point, ...]:
    """Rarer ways of writing: a dot after the channel, wrong or partial tone marks, tone numbers."""
    index = _index()
    key = _DOT_AFTER_LETTER.sub("", name).translate(_DROPPED)
    if not key.isascii():
        key = _without_tones(key)
    if key not in index and _TONE_NUMBERS.fullmatch(key):
        key = re.sub(r"[1-5]", "", key)
    return index.get(key, ())


def _without_tones(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


@cache
def _index() -> dict[str, tuple[Point, ...]]:
    index: dict[str, list[Point]] = {}
    for point in all_points():
        for spelling in _spellings(point):
            points = index.setdefault(_key(spelling), [])
            if point not in points:
                points.append(point)
    return {key: tuple(points) for key, points in index.items()}


@cache
def _sorted_keys() -> list[str]:
    return sorted(_index())


def _spellings(point: Point) -> Iterator[str]:
    yield from _codes(point.code)
    for code in point.alt_codes:
        yield from _codes(code)
        if point.category == "ear":
            yield f"EAR-{code}"
    # Toned pinyin is its own spelling: Jùliáo (ST3) is not Jūliáo (GB29), though juliao asks.
    yield point.pinyin
    yield point.pinyin_plain
    if "ü" in _umlauts(point.pinyin):
        yield _umlauts(point.pinyin).replace("ü", "v")
    yield point.chinese
    yield from (name for name in point.alt_names if name != NADA)
    yield from _english(point.english_name)


def _codes(code: str) -> Iterator[str]:
    """A code with every usual channel spelling and with leading zeros (LI4, CO4, LI04)."""
    yield code
    yield code.replace(",", ".")
    match = _CODE.fullmatch(code)
    if match is None:
        return
    channel, number, rest = match.groups()
    for spelling in (channel, *CHANNEL_SPELLINGS.get(channel, ())):
        for width in (1, 2, 3):
            yield f"{spelling}{number.zfill(width)}{rest}".replace(",", ".")


def _umlauts(pinyin: str) -> str:
    """Pinyin without tone marks, but with ü."""
    parts = unicodedata.normalize("NFD", pinyin.lower())
    kept = (letter for letter in parts if letter == "\u0308" or not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", "".join(kept))


def _english(name: str) -> Iterator[str]:
    """The name, and both parts of "Great Mound (Big Toe)"."""
    yield name
    if name.endswith(")"):
        yield from name.removesuffix(")").split(" (")

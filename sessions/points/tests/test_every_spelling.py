"""Every point of the catalogue is found by each of its names, in every way people write them."""

from __future__ import annotations

import csv
import re
import unicodedata
from importlib.resources import files

import pytest

from sessions.points.names import ambiguous_names, find
from sessions.points.shorthand import parse

# Written here once more, from the list of the domain, so that a spelling that goes missing in the code is missed.
OTHER_CODES = {
    "BL": "UB", "TE": "SJ TB TH TW", "GV": "DU DM", "CV": "REN RN RM", "LR": "LV LIV", "HT": "H HE", "KI": "K KD",
    "PC": "P HC", "LU": "L", "LI": "CO", "ST": "S", "GB": "G",
}  # fmt: skip
TONES = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}


def rows():
    text = (files("sessions.points") / "data" / "acupoints.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def codes_of(row):
    yield row["code"]
    if row["category"] == "channel":
        for channel in [row["channel"], *OTHER_CODES.get(row["channel"], "").split()]:
            for joint in ("", " ", "-", "  "):
                for number in (row["number"], row["number"].zfill(2), row["number"].zfill(3)):
                    yield f"{channel}{joint}{number}"
    for code in filter(None, row["alt_codes"].split(";")):
        yield re.sub(r"\s*\([^)]*\)", "", code).strip()


def names_of(row):
    yield from (row["pinyin"], row["pinyin_plain"], row["chinese"])
    yield unicodedata.normalize("NFD", row["pinyin"])
    yield row["english_name"]
    if row["alt_names"] in ("NADA protocol point", "trigger point"):
        yield from [row["alt_names"]] if row["alt_names"] == "trigger point" else []
    else:
        yield from row["alt_names"].replace(",", " ").split()


def as_written(name):
    """Small, large and wide letters."""
    yield from (name, name.lower(), name.upper(), f"  {name} ")
    yield "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in name)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["code"])
def test_a_point_is_found_by_each_of_its_names_and_spellings(row):
    missed = [
        written
        for name in {*codes_of(row), *names_of(row)}
        if name
        for written in as_written(name)
        if row["code"] not in [point.code for point in find(written)]
    ]

    assert missed == []


def with_tone_numbers(row):
    """ "zu2san1li3"; None where the marks and the syllables do not go together by a simple rule."""
    spelled = unicodedata.normalize("NFD", row["pinyin"].lower())
    numbers = [str(TONES[letter]) for letter in spelled if letter in TONES]
    plain = "".join(letter for letter in spelled if letter not in TONES)
    syllables = re.findall(r"[^aeiou\u0308]*[aeiou\u0308]+(?:ng(?![aeiou])|n(?![aeiou])|r$)?", plain.replace("'", ""))
    if len(syllables) != len(numbers) or len(numbers) < 2:
        return None
    return "".join(syllable + number for syllable, number in zip(syllables, numbers, strict=True))


def test_names_are_found_with_their_tones_as_numbers():
    typed = {row["code"]: name for row in rows() if row["category"] == "channel" and (name := with_tone_numbers(row))}

    assert len(typed) > 300
    assert [code for code, name in typed.items() if code not in [point.code for point in find(name)]] == []


def test_every_name_that_two_points_share_asks():
    named = {}
    for row in rows():
        for name in {row["pinyin_plain"], row["chinese"], *names_of(row)} - {""}:
            key = re.sub(r"[\s'’-]", "", unicodedata.normalize("NFKC", name).lower())
            named.setdefault(key, set()).add(row["code"])
    shared = {name: codes for name, codes in named.items() if len(codes) > 1}

    assert len(shared) > 15
    assert set(shared) <= set(ambiguous_names())
    for name, codes in shared.items():
        (reading,) = parse(f"{name} b")
        assert reading.question == "which_point", name
        assert {point.code for point in reading.candidates} >= codes

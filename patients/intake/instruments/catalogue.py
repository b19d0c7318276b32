"""The questionnaires of Deqi, read once from data/ and kept as frozen values.

English files are the rule for items, values, scoring, bands and flags; a file under
data/i18n/<language>/ holds only words. What may not be built into software for its licence is
listed in data/excluded.json and is not offered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from patients.intake.instruments.model import Flag, Instrument, Item, Option
from patients.intake.instruments.reading import instrument_from

DATA = files("patients.intake.instruments") / "data"
ENGLISH = "en"


class UnknownInstrument(LookupError):
    """No questionnaire of this code is offered."""


class NotInThisLanguage(LookupError):
    """The questionnaire exists, but has no wording in this language: it is not offered in it.

    It then becomes a task to ask with an interpreter, never a page of two languages.
    """


@cache
def all_codes() -> tuple[str, ...]:
    """The codes of the questionnaires, in alphabetical order (the change rule is none of them)."""
    codes = []
    for entry in DATA.iterdir():
        if entry.name.endswith(".json") and _parsed(entry.name)["schema"] == "compact-questionnaire/1":
            codes.append(entry.name.removesuffix(".json"))
    return tuple(sorted(codes))


@cache
def languages(code: str) -> tuple[str, ...]:
    """The languages a questionnaire has words in, English first; raises UnknownInstrument."""
    _known(code)
    translated = [folder.name for folder in (DATA / "i18n").iterdir() if (folder / f"{code}.json").is_file()]
    return (ENGLISH, *sorted(translated))


@cache
def get(code: str, language: str = ENGLISH) -> Instrument:
    """The questionnaire `code` in `language` ("en", "es", "zh-Hans"; case does not matter).

    Raises UnknownInstrument, or NotInThisLanguage when it has no words in that language.
    """
    original = _original(code)
    tag = next((tag for tag in languages(code) if tag.lower() == language.lower()), None)
    if tag is None:
        raise NotInThisLanguage(f"{code} has no wording in {language}")
    return original if tag == ENGLISH else _translated(original, _parsed(f"i18n/{tag}/{code}.json"))


def excluded_names() -> tuple[str, ...]:
    """Instruments that are left out for their licence; a clinic may record such a score as a number."""
    return tuple(entry["name"] for entry in _parsed("excluded.json")["excluded"])


@cache
def _original(code: str) -> Instrument:
    _known(code)
    return instrument_from(_parsed(f"{code}.json"))


def _known(code: str) -> None:
    if code not in all_codes():
        raise UnknownInstrument(f"no questionnaire {code!r}")


def _parsed(name: str) -> dict[str, Any]:
    path = DATA
    for part in name.split("/"):
        path = path / part
    parsed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return parsed


def _translated(original: Instrument, words: Mapping[str, Any]) -> Instrument:
    """The English instrument with another language's words; ValueError when they are out of date."""
    if words["instrument_version"] != original.version:
        raise ValueError(f"{original.code}: words for version {words['instrument_version']}")
    notes = words.get("item_status", {})
    items = tuple(
        _translated_item(
            item,
            words["items"][item.link_id],
            words["anchors"].get(item.link_id, {}),
            notes.get(item.link_id, {}).get("status", ""),
        )
        for item in original.items
    )
    return replace(
        original,
        title=words["title"],
        language=words["language"],
        wording=words["status"],
        notice=words["licence"]["notice"],
        recall=words["recall_period"],
        stem=words["stem"],
        items=items,
        flags=tuple(_translated_flag(flag, words["flags"].get(flag.id)) for flag in original.flags),
        sources=tuple(words["sources"]),
    )


def _translated_item(item: Item, words: Mapping[str, Any], anchors: Mapping[str, str], note: str) -> Item:
    options = tuple(Option(option.value, words["options"][str(option.value)], option.loinc) for option in item.options)
    return replace(
        item,
        text=words["text"],
        options=options,
        anchor_low=anchors[str(item.minimum)] if item.anchor_low else "",
        anchor_high=anchors[str(item.maximum)] if item.anchor_high else "",
        wording_note=note,
    )


def _translated_flag(flag: Flag, words: Mapping[str, str] | None) -> Flag:
    """Only the patient's text is translated; the action is for practitioners and stays English."""
    return replace(flag, patient_text=words["patient_text"]) if words else flag

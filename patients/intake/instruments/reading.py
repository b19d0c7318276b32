"""Turn one instrument file (compact-questionnaire/1) into the frozen values of model.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from patients.intake.instruments.model import (
    Band,
    Condition,
    Flag,
    Instrument,
    Item,
    Option,
    Output,
    SmallestChange,
    WorryText,
)

_ANY_ABOVE_ZERO = re.compile(r"any of (\S+?)(\d+)\.\.(\S+?)(\d+) is above 0")
_DAYS = re.compile(r"P(\d+)D")


def instrument_from(file: Mapping[str, Any]) -> Instrument:
    """The English instrument of a parsed file; KeyError or ValueError when the file is malformed."""
    licence = file["licence"]
    missing = file["scoring"]["missing"]
    bands = file["severity_bands"]
    days = _DAYS.fullmatch(file["recall_period"]["iso8601"] or "")
    return Instrument(
        code=file["id"],
        title=file["title"],
        version=file["version"],
        language=file["language"],
        wording="original",
        licence=licence["name"],
        notice=licence["notice"],
        loinc_notice=file.get("loinc_notice", ""),
        wording_may_be_changed=licence["wording_may_be_changed"],
        recall=file["recall_period"]["text"],
        recall_days=int(days.group(1)) if days else None,
        stem=file["stem"],
        items=tuple(_item(item) for item in file["items"]),
        outputs=tuple(_output(output) for output in file["scoring"]["outputs"]),
        missing_method=missing["method"],
        max_missing=missing["max_missing"],
        band_output=bands["on"] if bands else None,
        bands=tuple(_band(band) for band in bands["bands"]) if bands else (),
        flags=tuple(_flag(flag) for flag in file["flags"]),
        smallest_changes=tuple(SmallestChange(**change) for change in file["mcid"]),
        loinc_panel=file["loinc"]["panel"],
        sources=tuple(file["source"]),
    )


def _item(item: Mapping[str, Any]) -> Item:
    in_one_form = item.get("in_one_form_with", {})
    if len(in_one_form) > 1:
        raise ValueError(f"{item['linkId']}: one question can take the answer of one other only")
    return Item(
        link_id=item["linkId"],
        text=item["text"],
        type=item["type"],
        required=item["required"],
        scored=item["scored"],
        minimum=item.get("min"),
        maximum=item.get("max"),
        max_length=item.get("max_length"),
        options=tuple(Option(o["value"], o["text"], o["loinc"]) for o in item.get("options", ())),
        exclusive=tuple(item.get("exclusive", ())),
        anchor_low=item.get("anchor_low", {}).get("text", ""),
        anchor_high=item.get("anchor_high", {}).get("text", ""),
        loinc=item["loinc"],
        same_as=item.get("same_as"),
        in_one_form_with=next(iter(in_one_form), None),
        enable_when=Condition(**item["enable_when"]) if "enable_when" in item else None,
        any_above_zero=_any_above_zero(item.get("show_when")),
        only_after_a_session=item.get("only_after_a_session", False),
    )


def _any_above_zero(sentence: str | None) -> tuple[str, ...]:
    """The items of "any of phq9-1..phq9-9 is above 0"; the files hold no other sentence."""
    if sentence is None:
        return ()
    match = _ANY_ABOVE_ZERO.fullmatch(sentence)
    if match is None or match.group(1) != match.group(3):
        raise ValueError(f"show_when not understood: {sentence}")
    first, last = int(match.group(2)), int(match.group(4))
    return tuple(f"{match.group(1)}{number}" for number in range(first, last + 1))


def _output(output: Mapping[str, Any]) -> Output:
    items = tuple(output["items"]) if "items" in output else ()
    return Output(
        id=output["id"],
        method=output["method"],
        items=items,
        decimals=output.get("decimals", 0),
        primary=output.get("primary", False),
        min_answered=output.get("min_answered", 1),
        must_have=tuple(output.get("must_have", ())),
        loinc=output.get("loinc"),
    )


def _band(band: Mapping[str, Any]) -> Band:
    exclusive = "max_exclusive" in band
    return Band(
        code=band["code"],
        text=band["text"],
        minimum=band["min"],
        maximum=band["max_exclusive"] if exclusive else band["max"],
        exclusive=exclusive,
    )


def _flag(flag: Mapping[str, Any]) -> Flag:
    by_absence = flag["when"].get("op") == "missing"
    return Flag(
        id=flag["id"],
        when=flag["when"],
        urgency=flag["urgency"],
        action=flag["action"],
        patient_text=flag.get("patient_text", ""),
        shown_for=tuple(flag.get("shown_for", ())),
        by_absence=by_absence,
        worry_text=None if by_absence else _worry_text(flag),
    )


def _worry_text(flag: Mapping[str, Any]) -> WorryText | None:
    """Which of the clinic's three texts the patient sees; crisis contacts mark self-harm."""
    if flag["urgency"] == "emergency":
        return "emergency"
    if flag["urgency"] == "same_day":
        return "self_harm" if "crisis_contacts" in flag else "call_today"
    return None

"""Which answers are refused, and with which word.

The order is fixed: first a key that is no item of the instrument, then item by item in the order
of the file: not_an_integer, out_of_range, unknown_option, exclusive_option. A missing answer (no
key, or None) is never refused: `required` is a matter of the form alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from patients.intake.instruments.model import Instrument, Item


def refusal(instrument: Instrument, answers: Mapping[str, object]) -> str | None:
    """The error of these answers, or None when they can be scored."""
    known = {item.link_id for item in instrument.items}
    if any(key not in known for key in answers):
        return "unknown_item"
    for item in instrument.items:
        answer = answers.get(item.link_id)
        if answer is not None:
            error = _item_refusal(item, answer)
            if error is not None:
                return error
    return None


def _item_refusal(item: Item, answer: object) -> str | None:
    if item.type == "multi":
        return _multi_refusal(item, answer)
    if item.type == "text":
        return _text_refusal(item, answer)
    # bool is an int in Python, but true is no number to a patient
    if isinstance(answer, bool) or not isinstance(answer, int):
        return "not_an_integer"
    if item.type == "choice":
        return None if answer in item.values else "out_of_range"
    if item.minimum is not None and answer < item.minimum:
        return "out_of_range"
    if item.maximum is not None and answer > item.maximum:
        return "out_of_range"
    return None


def _multi_refusal(item: Item, answer: object) -> str | None:
    if not isinstance(answer, list | tuple):
        return "unknown_option"
    seen: set[str] = set()
    for value in answer:
        if not isinstance(value, str) or value not in item.values or value in seen:
            return "unknown_option"
        seen.add(value)
    if len(seen) > 1 and any(value in seen for value in item.exclusive):
        return "exclusive_option"
    return None


def _text_refusal(item: Item, answer: object) -> str | None:
    """A text that is no text, or longer than the form allows, has no word of its own."""
    if not isinstance(answer, str):
        return "unknown_option"
    if item.max_length is not None and len(answer) > item.max_length:
        return "unknown_option"
    return None

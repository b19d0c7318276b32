"""One form out of several questionnaires: nothing asked twice, every one gets its answers back.

Two kinds of sharing stand in the files. `same_as`: the PHQ-4, PHQ-2 and GAD-2 hold sentences of the
PHQ-9 and GAD-7. `in_one_form_with`: the check-in's and the pain rating's average pain, and the
check-in's interference, take the answer of the PEG. Items that name the same third item are one
question too. The question is asked in the words of the item they all name when it stands in the
form, else of the first in the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patients.intake.instruments import catalogue
from patients.intake.instruments.model import Condition, Instrument, Item

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """An item to ask. `instrument` gives its stem, recall period and notice; `fills` names every
    item that its answer goes to, as (instrument code, link id), its own first."""

    instrument: Instrument
    item: Item
    fills: tuple[tuple[str, str], ...]


def one_form(codes: Sequence[str], language: str = catalogue.ENGLISH) -> list[Question]:
    """The questions of a form with these questionnaires, in their order, each asked once.

    Raises UnknownInstrument or NotInThisLanguage.
    """
    instruments = [catalogue.get(code, language) for code in dict.fromkeys(codes)]
    groups = _groups(instruments)
    questions = []
    for instrument in instruments:
        for item in instrument.items:
            members = groups[_key(item)]
            if item.link_id == members[0][1]:
                questions.append(Question(instrument, item, tuple(members)))
    return questions


def notices(instruments: Iterable[Instrument]) -> list[str]:
    """What the holders of questionnaires want to be shown with them, each once.

    What is said of our own wording ("not validated") is for those who read the numbers, not for those who answer.
    """
    theirs = [one.notice for one in instruments if not one.wording_may_be_changed]
    return [notice for notice in dict.fromkeys(theirs) if notice]


def spread(codes: Sequence[str], answers: Answers) -> dict[str, dict[str, Any]]:
    """For each questionnaire the answers that belong to it, out of what was asked once.

    `answers` is keyed by the link ids of `one_form`; an item's own answer goes before a shared one.
    Keys of no questionnaire of this form are left out. Raises UnknownInstrument.
    """
    instruments = [catalogue.get(code) for code in dict.fromkeys(codes)]
    groups = _groups(instruments)
    result: dict[str, dict[str, Any]] = {}
    for instrument in instruments:
        own = result[instrument.code] = {}
        for item in instrument.items:
            sources = (item.link_id, *(link_id for _, link_id in groups[_key(item)]))
            answer = next((answers[key] for key in sources if answers.get(key) is not None), None)
            if answer is not None:
                own[item.link_id] = answer
    return result


def enabled_items(instrument: Instrument, answers: Answers, *, after_session: bool) -> list[Item]:
    """The items to ask now, in order, given the answers so far.

    `after_session`: whether a session of this course has taken place. An item whose condition hangs
    on an item that is not asked is not asked either.
    """
    asked: dict[str, Item] = {}
    for item in instrument.items:
        if item.only_after_a_session and not after_session:
            continue
        if item.enable_when and not (item.enable_when.item in asked and _met(item.enable_when, answers)):
            continue
        if item.any_above_zero and not any(_number(answers, key) > 0 for key in item.any_above_zero):
            continue
        asked[item.link_id] = item
    return list(asked.values())


def enabled_questions(
    codes: Sequence[str], answers: Answers, *, after_session: bool, language: str = catalogue.ENGLISH
) -> list[Question]:
    """`one_form`, less the questions whose condition does not hold with the answers so far."""
    questions = one_form(codes, language)
    own = spread(codes, answers)
    shown = {
        item.link_id
        for code in own
        for item in enabled_items(catalogue.get(code), own[code], after_session=after_session)
    }
    return [question for question in questions if question.item.link_id in shown]


def _key(item: Item) -> str:
    return item.same_as or item.in_one_form_with or item.link_id


def _groups(instruments: Sequence[Instrument]) -> dict[str, list[tuple[str, str]]]:
    """Items that are one question, by the item they name; the one that leads stands first."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for instrument in instruments:
        for item in instrument.items:
            members = groups.setdefault(_key(item), [])
            leads = item.link_id == _key(item)
            members.insert(0 if leads else len(members), (instrument.code, item.link_id))
    return groups


def _met(condition: Condition, answers: Answers) -> bool:
    answer = answers.get(condition.item)
    if condition.op == "filled":
        return isinstance(answer, str) and bool(answer.strip())
    if condition.op == ">=":
        return isinstance(condition.value, int) and _number(answers, condition.item) >= condition.value
    return bool(answer == condition.value) and not isinstance(answer, bool)


def _number(answers: Answers, link_id: str) -> int:
    """A whole-number answer; below every value when there is none."""
    answer = answers.get(link_id)
    return answer if isinstance(answer, int) and not isinstance(answer, bool) else -1

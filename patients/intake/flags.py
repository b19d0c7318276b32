"""Which answers worry, read from a draft at each saved step: from that moment on they count. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from patients.intake import steps
from patients.intake.instruments import catalogue, form
from patients.intake.instruments.model import Flag
from patients.intake.instruments.scoring import score
from patients.safety.flags import Facts, SafetyFlag, flags_for
from patients.safety.rules import UnknownRule

#: The clinic's three texts, in the order in which they are shown.
EMERGENCY, SELF_HARM, CALL_TODAY = "emergency", "self-harm", "call-today"
TEXTS = (EMERGENCY, SELF_HARM, CALL_TODAY)

_URGENT = {"emergency": "emergency", "same_day": "same-day", "prompt": "prompt"}
_TEXT_OF = {"emergency": EMERGENCY, "self_harm": SELF_HARM, "call_today": CALL_TODAY}
#: Flags in the words of a head line; others are said by the questionnaire's title and their id.
_SAYS = {
    "checkin.mood_low": "Low mood troubles strongly",
    "checkin.new_information": "Something is new",
    "checkin.urgent_chest": "Short of breath or chest pain after treatment",
    "checkin.needle_left": "A needle was left in",
    "checkin.neuro": "Numbness, tingling or weakness that stayed",
    "checkin.infection_sign": "Redness, heat, swelling or pus at a point",
    "checkin.fainted": "Fainted after the session",
    "checkin.burn": "Burn or blister from heat or cups",
    "checkin.flare": "Worse for more than a day after the session",
    "checkin.sleep_poor": "Poor sleep troubles strongly",
}


@dataclass(frozen=True)
class Worry:
    """An answer that a practitioner must see.

    ``id`` is what a draft keeps: a rule of the safety list, or "<instrument>.<flag>". ``urgency`` is a value of
    Task.Urgency. ``text`` names the clinic's text that the patient sees, "" for none. ``says`` and ``action`` are
    for the practitioner.
    """

    id: str
    urgency: str
    text: str
    says: str
    action: str


def flags_of(data: steps.Data, *, today: date, language: str, handed_in: bool = False) -> list[Worry]:
    """Return the worrying answers of a draft, the most pressing first.

    Flags that speak through a missing answer mean something only when the form is ``handed_in``.
    """
    return most_pressing_first([*_of_health(data, today), *_of_feelings(data, language, handed_in=handed_in)])


def describe(flag_id: str) -> Worry:
    """Return what a stored flag says. A flag that no rule knows any more is shown by its id."""
    instrument, _, flag = flag_id.partition(".")
    if instrument in catalogue.all_codes():
        known = catalogue.get(instrument)
        try:
            return _of_instrument(known.code, known.title, known.flag(flag))
        except KeyError:
            return Worry(flag_id, "prompt", "", flag_id, "")
    try:
        raised = flags_for(Facts(today=date(2000, 1, 1), ticked=frozenset({flag_id})))
    except UnknownRule:
        return Worry(flag_id, "prompt", "", flag_id, "")
    return next(_of_rule(one) for one in raised if one.id == flag_id)


def spoken(code: str, flag_ids: Collection[str]) -> tuple[Worry, ...]:
    """Return what stored flags of a questionnaire say, the most pressing first.

    Flags that speak for some complaints only are left out: their number stands on the page anyway.
    """
    instrument = catalogue.get(code)
    raised = [flag for flag in instrument.flags if flag.id in flag_ids and not flag.shown_for]
    ranks = [*_URGENT, "next_visit", "data_quality"]
    raised.sort(key=lambda flag: ranks.index(flag.urgency))
    return tuple(_of_instrument(code, instrument.title, flag) for flag in raised)


def of_answers(code: str, answers: Mapping[str, Any], *, handed_in: bool) -> list[Worry]:
    """Return the worrying answers to one questionnaire, in the order of its file.

    Flags that speak through a missing answer mean something only when the form is ``handed_in``.
    """
    instrument = catalogue.get(code)
    raised = [instrument.flag(flag_id) for flag_id in score(instrument, answers).get("flags", [])]
    return [
        _of_instrument(code, instrument.title, flag)
        for flag in raised
        if flag.urgency in _URGENT and (handed_in or not flag.by_absence)
    ]


def most_pressing_first(worries: Iterable[Worry]) -> list[Worry]:
    """Return each worry once, the most pressing first."""
    order = list(_URGENT.values())
    unique = {worry.id: worry for worry in worries}
    return sorted(unique.values(), key=lambda worry: order.index(worry.urgency))


def has_back_pain(data: steps.Data) -> bool:
    """Tell whether what brings the patient is, or may well be, a pain in the back."""
    return steps.has_back_pain(data)


def health_facts(
    data: steps.Data, today: date, *, birth_date: date | None = None, birth_year: int | None = None
) -> Facts:
    """Return what the draft says about safety, for the rules."""
    health = steps.answers_of(data, steps.HEALTH)
    due = health.get("due_on")
    return Facts(
        today=today,
        ticked=frozenset(ticked_rules(health)),
        medicines=str(health.get("medicines") or ""),
        due_date=date.fromisoformat(due) if due else None,
        birth_date=birth_date,
        birth_year=birth_year,
        back_pain=has_back_pain(data),
    )


def ticked_rules(health: Mapping[str, Any]) -> list[str]:
    """Return the rules ticked in the health step, without "none of these"."""
    return [str(rule) for rule in health.get("ticks") or [] if rule != "none"]


def _of_health(data: steps.Data, today: date) -> list[Worry]:
    raised = flags_for(health_facts(data, today))
    return [_of_rule(flag) for flag in raised if flag.urgency in _URGENT]


def _of_rule(flag: SafetyFlag) -> Worry:
    text = EMERGENCY if flag.emergency else SELF_HARM if flag.id == "suicidal" else ""
    return Worry(flag.id, _URGENT.get(flag.urgency, "prompt"), text, flag.short, flag.action)


def _of_feelings(data: steps.Data, language: str, *, handed_in: bool) -> list[Worry]:
    answers = steps.answers_of(data, steps.FEELINGS)
    if not answers:
        return []
    codes, _ = steps.offered(language)
    spread = form.spread(codes, answers)
    return [worry for code, own in spread.items() for worry in of_answers(code, own, handed_in=handed_in)]


def _of_instrument(code: str, title: str, flag: Flag) -> Worry:
    text = _TEXT_OF.get(flag.worry_text or "", "")
    says = _SAYS.get(f"{code}.{flag.id}") or f"{title}: {flag.id.replace('_', ' ')}"
    return Worry(f"{code}.{flag.id}", _URGENT.get(flag.urgency, "prompt"), text, says, flag.action)

"""From what is known of a patient to the flags that practitioners see.

Pure: the same facts give the same flags. Flags are computed anew whenever they are shown, so that
the week of a pregnancy is always today's. Order: emergencies, what always speaks, then by severity
(absolute, relative, caution), then as the rules stand in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from patients.safety import pregnancy, rules
from patients.safety.age import could_be_aged
from patients.safety.medicines import Medicine, found
from patients.safety.rules import BACK_EMERGENCY_SIGNS, BACK_PROMPT, Severity

SEVERITIES: tuple[Severity, ...] = ("absolute", "relative", "caution")
ALWAYS_SPEAK = frozenset({"anticoagulant", "antiplatelet"})
# What was so on one day: it is asked and seen at the visit and says nothing of the next.
OF_THE_DAY = frozenset({"fever_acute", "empty_stomach", "intoxication"})
CHILD_UNTIL = 15
OVER = 80  # rule frail: "or over 80"
OLDEST = 150
LONGEST_SHORT = 80
# Which questionnaire flag raises which rule (the rule's `detect`).
QUESTIONNAIRE_RULES = {"phq-9.item9_positive": "suicidal"}
CANCER_SIGN = "history of cancer"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known today.

    `ticked`: ids of tick lines and of rules that a practitioner recorded (asked_as practitioner or
    day_of_visit). `said`: the words recorded with one of them. `places`: the marked places of one, as
    "left-arm" or "right-breast". `cleared`: who cleared it and when, in words. `medicines`: free text,
    medicines, herbs and supplements. `herbs`: what is given today. `questionnaire_flags`:
    "<instrument>.<flag>". `back_signs`: prompt signs of back pain, in the rule's own words.
    """

    today: date
    ticked: frozenset[str] = frozenset()
    said: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cleared: Mapping[str, str] = field(default_factory=dict)
    medicines: str = ""
    herbs: str = ""
    due_date: date | None = None
    birth_date: date | None = None
    birth_year: int | None = None
    questionnaire_flags: frozenset[str] = frozenset()
    back_pain: bool = False
    back_signs: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class SafetyFlag:
    """A rule that holds for this patient.

    `short`: for the head of the page ("Blood thinner: apixaban 5 mg"). `detail`: what the rule was
    found by. `action`: for the practitioner. `message`: for the patient, empty when there is none.
    `level`: "stop" or "look", the chip in the head. `emergency`: show the clinic's emergency text at
    once. `beside`: ids of bleeding flags to be read together with this one. `about`: what it was about,
    the same words as long as nothing changed (a week of pregnancy is no change). `weeks`: completed weeks
    of pregnancy. `places` and `cleared`: as in Facts. `given`: it was found in the herbs of today.
    """

    id: str
    rule: rules.Rule
    short: str
    detail: str
    level: Literal["stop", "look"]
    severity: Severity
    action: str
    message: str
    emergency: bool = False
    always_speaks: bool = False
    restricted: bool = False
    beside: tuple[str, ...] = ()
    about: str = ""
    weeks: int | None = None
    places: frozenset[str] = frozenset()
    cleared: str = ""
    given: bool = False

    @property
    def urgency(self) -> str:
        """ "emergency", "same_day", "prompt" or "" (no task of its own)."""
        if self.emergency:
            return "emergency"
        return "prompt" if self.id == BACK_PROMPT else self.rule.urgency


def flags_for(facts: Facts) -> list[SafetyFlag]:
    """The flags of these facts, most pressing first; raises UnknownRule for an id that is none."""
    details = _details(facts)
    bleeding = _bleeding_beside(details)
    flags = [_flag(flag_id, detail, bleeding, facts) for flag_id, detail in details.items()]
    return sorted(flags, key=_pressing)


def emergencies(flags: list[SafetyFlag]) -> list[SafetyFlag]:
    """Those that show the emergency text at once."""
    return [flag for flag in flags if flag.emergency]


def _details(facts: Facts) -> dict[str, str]:
    """The ids that hold, each with the words it was found by."""
    details: dict[str, str] = {}
    for ticked in sorted(facts.ticked - {BACK_PROMPT}):
        rules.get(ticked)
        details[ticked] = facts.said.get(ticked, "")
    details.update(_from_medicines("\n".join((facts.medicines, facts.herbs))))
    details.update(_from_dates(facts, details))
    _settle_pregnancy(facts, details)
    for flag in facts.questionnaire_flags & QUESTIONNAIRE_RULES.keys():
        details[QUESTIONNAIRE_RULES[flag]] = ""
    if "neuropathy" in details:
        details["heat_no_sense"] = details["neuropathy"]
    signs = _back_prompt_signs(facts)
    if signs:
        details[BACK_PROMPT] = ", ".join(signs)
    return details


def _settle_pregnancy(facts: Facts, details: dict[str, str]) -> None:
    """A due date decides: "could be" falls silent beside it, and both once the pregnancy is over."""
    if facts.due_date is None:
        return
    details.pop("pregnancy_possible", None)
    if pregnancy.rule_for(facts.due_date, facts.today) is None:
        details.pop("pregnancy_complicated", None)


def _from_medicines(text: str) -> Iterator[tuple[str, str]]:
    """Rules by drug lists; two antiplatelets are treated as an anticoagulant (rule antiplatelet)."""
    lists: dict[str, tuple[Medicine, ...]] = {
        rule.id: found(text, rule.drug_list) for rule in rules.all_rules() if rule.drug_list
    }
    antiplatelets = lists["antiplatelet"]
    for rule_id, medicines in lists.items():
        if medicines:
            yield rule_id, _listed(medicines)
    if not lists["anticoagulant"] and len(antiplatelets) > 1:
        yield "anticoagulant", _listed(antiplatelets)


def _listed(medicines: tuple[Medicine, ...]) -> str:
    return ", ".join(dict.fromkeys(medicine.words for medicine in medicines))


def _from_dates(facts: Facts, details: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    rule_id = pregnancy.rule_for(facts.due_date, facts.today) if facts.due_date else None
    if rule_id and facts.due_date:
        yield rule_id, pregnancy.words(facts.due_date, facts.today)
    if not (facts.birth_date or facts.birth_year):
        return
    if could_be_aged(0, CHILD_UNTIL, facts.today, facts.birth_date, facts.birth_year):
        yield "children", ""
    if could_be_aged(OVER + 1, OLDEST, facts.today, facts.birth_date, facts.birth_year):
        yield "frail", details.get("frail") or f"over {OVER}"


def _back_prompt_signs(facts: Facts) -> list[str]:
    """Signs that are a prompt to the practitioner, never a fright for the patient."""
    if not facts.back_pain:
        return []
    split = rules.get(rules.RED_FLAG_BACK).split
    known = facts.back_signs | ({CANCER_SIGN} if "cancer" in facts.ticked else frozenset())
    return [sign for sign in split.prompt_signs if sign in known] if split else []


def _bleeding_beside(details: dict[str, str]) -> tuple[str, ...]:
    """The bleeding flags, when there are several: they are shown together (rule bleeding_other)."""
    bleeding = tuple(rule.id for rule in rules.all_rules() if rule.drug_list and rule.id in details)
    return bleeding if len(bleeding) > 1 else ()


def _flag(flag_id: str, detail: str, bleeding: tuple[str, ...], facts: Facts) -> SafetyFlag:
    if flag_id == BACK_PROMPT:
        return _back_prompt(detail)
    rule = rules.get(flag_id)
    emergency = flag_id in BACK_EMERGENCY_SIGNS or rule.urgency == "emergency"
    always = flag_id in ALWAYS_SPEAK
    stop = emergency or always or rule.severity == "absolute"
    due = facts.due_date if rule.weeks else None
    return SafetyFlag(
        id=flag_id,
        rule=rule,
        short=_short(flag_id, detail),
        detail=detail,
        level="stop" if stop else "look",
        severity=rule.severity,
        action=rule.required_action,
        message=rule.message,
        emergency=emergency,
        always_speaks=always,
        restricted=rule.restricted,
        beside=tuple(other for other in bleeding if other != flag_id) if flag_id in bleeding else (),
        about=due.isoformat() if due else detail,
        weeks=pregnancy.weeks_pregnant(due, facts.today) if due else None,
        places=facts.places.get(flag_id, frozenset()),
        cleared=facts.cleared.get(flag_id, ""),
        given=bool(rule.drug_list and facts.herbs and found(facts.herbs, rule.drug_list)),
    )


def _short(flag_id: str, detail: str) -> str:
    """The header with what it was found by, as far as that fits into the head of a page."""
    header = rules.header(flag_id)
    if len(detail) > LONGEST_SHORT:
        detail = f"{detail[:LONGEST_SHORT].rsplit(' ', 1)[0]} …"
    return f"{header}: {detail}" if detail else header


def _back_prompt(signs: str) -> SafetyFlag:
    """The practitioner's half of the split rule: a look, no stop, and no word to the patient."""
    rule = rules.get(rules.RED_FLAG_BACK)
    return SafetyFlag(
        id=BACK_PROMPT,
        rule=rule,
        short=f"{rules.header(BACK_PROMPT)}: {signs}" if signs else rules.header(BACK_PROMPT),
        detail=signs,
        level="look",
        severity="caution",
        action=rule.split.prompt_note if rule.split else rule.required_action,
        message="",
        about=signs,
    )


def _pressing(flag: SafetyFlag) -> tuple[bool, bool, int, int, str]:
    return (
        not flag.emergency,
        flag.level != "stop",
        SEVERITIES.index(flag.severity),
        flag.rule.order,
        flag.id,
    )

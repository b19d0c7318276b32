"""The specification of the flags: for each of the 41 rules a treatment in which it speaks and one in which it is silent.

A line reads: rule, what is known, what was entered when it speaks, "stop" or "look", what when it is silent. The silent
half has the same facts, unless a line names others: then the same treatment is silent for them.
"""

# ruff: noqa: E501 - a table, one line a row

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest

from patients.safety import rules
from patients.safety.entered import Entered, Needled
from patients.safety.flags import Facts, flags_for
from patients.safety.warnings import warnings_for

TODAY = date(2026, 11, 16)
REGIONS = {
    "ST36": "lower leg", "SP6": "lower leg", "LI4": "hand", "GV20": "head", "GB21": "shoulder", "ST9": "neck",
    "ST18": "chest", "CV12": "upper abdomen", "CV4": "lower abdomen", "EAR-CO18": "ear", "GV22": "head",
}  # fmt: skip


def needles(*typed):
    """ "LI4 left" is a needle at LI4 on the left; without a side it is on both."""
    placed = [text.partition(" ") for text in typed]
    return tuple(Needled(code, side or "both", REGIONS[code], 1 if side else 2) for code, _, side in placed)


def done(*typed, at=None, **more):
    """What was entered: points in capitals, techniques in small letters, "prone" and the like as position."""
    points = needles(*(one for one in typed if one[0].isupper()))
    said = {one for one in typed if one[0].islower()}
    where = {kind: needles(*places) for kind, places in (at or {}).items()}
    position = next((one for one in said if one in ("prone", "supine", "seated")), "")
    return Entered(points, frozenset(said - {position}) | where.keys(), where, position=position, **more)


def has(*ticked, **more):
    return Facts(TODAY, frozenset(ticked), **more)


def takes(words, **more):
    return Facts(TODAY, medicines=words, **more)


def pregnant(weeks, **more):
    return Facts(TODAY, due_date=TODAY + timedelta(days=280 - 7 * weeks), **more)


def aged(years):
    return Facts(TODAY, birth_date=TODAY.replace(year=TODAY.year - years))


class Line(NamedTuple):
    rule: str
    known: Facts
    speaks: Entered
    how: str
    silent: Entered
    unless: Facts | None = None


ANY, ALSO_MOXA, NOTHING = done("ST36"), done(at={"moxa_stick": ["ST36"]}), done("tuina", "diet_advice")

TABLE = [
    Line("anticoagulant", takes("apixaban 5 mg"), ANY, "look", NOTHING),
    Line("anticoagulant", takes("apixaban 5 mg"), done("ST36", "bleeding_lancet"), "stop", NOTHING),
    Line("anticoagulant", takes("apixaban 5 mg"), done("cupping_sliding"), "look", done("ear_seeds")),
    Line("anticoagulant", takes("warfarin"), done("herbs", herbs="chuan xiong 9 g"), "look", done("diet_advice")),
    Line("antiplatelet", takes("clopidogrel 75 mg"), ANY, "look", NOTHING),
    Line("antiplatelet", takes("clopidogrel 75 mg"), done("cupping_wet"), "stop", done("cupping_flash")),
    Line("bleeding_other", takes("ibuprofen 400 mg"), ANY, "look", done("cupping_sliding")),
    Line("bleeding_other", Facts(TODAY, herbs="dan shen 9 g"), done("herbs", herbs="dan shen 9 g"), "look", done("herbs", herbs="gan cao"), Facts(TODAY, herbs="gan cao")),
    Line("bleeding_disorder", has("bleeding_disorder"), ANY, "stop", done("moxa_stick")),
    Line("pregnancy_t1", pregnant(9), done("ST36", "SP6"), "stop", done("ST36", "CV12")),
    Line("pregnancy_t1", pregnant(9), done(at={"moxa_stick": ["CV4"]}), "stop", done(at={"moxa_stick": ["ST36"]})),
    Line("pregnancy_t1", pregnant(9), done("estim"), "stop", done("tens")),
    Line("pregnancy_t1", pregnant(9), done("EAR-CO18"), "stop", ANY),
    Line("pregnancy_t2", pregnant(20), done("CV12"), "stop", done("ST36", "GV20")),
    Line("pregnancy_t2", pregnant(20), done("ST36", "prone"), "stop", done("ST36", "supine")),
    Line("pregnancy_t2", pregnant(21), done("ST36", "supine"), "look", done("ST36", "seated")),
    Line("pregnancy_t3", pregnant(30), done("LI4"), "stop", ANY),
    Line("pregnancy_t3", pregnant(37), done("LI4"), "look", ANY),
    Line("pregnancy_t3", pregnant(30), done("ST36", "supine"), "stop", done("ST36", "seated")),
    Line("pregnancy_possible", has("pregnancy_possible"), done("SP6"), "look", ANY),
    Line("pregnancy_possible", has("pregnancy_possible"), done("SP6"), "look", done("SP6"), pregnant(9, ticked=frozenset({"pregnancy_possible"}))),
    Line("pregnancy_complicated", pregnant(20, ticked=frozenset({"pregnancy_complicated"})), ANY, "stop", NOTHING),
    Line("pregnancy_complicated", has("pregnancy_complicated"), ANY, "stop", ANY, pregnant(44, ticked=frozenset({"pregnancy_complicated"}))),
    Line("pacemaker_icd", has("pacemaker_icd"), done("ST36", "estim"), "stop", done("ST36", "moxa_stick")),
    Line("pacemaker_icd", has("pacemaker_icd"), done("tens"), "stop", ANY),
    Line("pacemaker_icd", has("pacemaker_icd"), done("magnets"), "stop", done("laser")),
    Line("arrhythmia", has("arrhythmia"), done("ST36", "estim"), "look", done("moxa_stick")),
    Line("electro_neck", has(), done("ST9", "ST36", at={"estim": ["ST9"]}), "stop", done("ST9", "ST36", at={"estim": ["ST36"]})),
    Line("electro_neck", has(), done("ST9", "estim"), "stop", done("ST9")),
    Line("electro_neck", has(), done("estim", pairs=(needles("LI4 left", "LI4 right"),)), "stop", done("estim", pairs=(needles("LI4 left", "ST36 left"),))),
    Line("epilepsy", has("epilepsy"), done("ST36", "estim"), "stop", done("moxa_stick")),
    Line("epilepsy", has("epilepsy"), ANY, "look", NOTHING),
    Line("immunosuppression", has("immunosuppression"), ANY, "stop", NOTHING),
    Line("immunosuppression", has("immunosuppression"), done("ear_press_tacks"), "stop", done("ear_seeds")),
    Line("immunosuppression", has("immunosuppression"), done("cupping_wet"), "stop", done("cupping_flash")),
    Line("immunosuppression", has("immunosuppression"), done("moxa_stick"), "look", done("heat_lamp")),
    Line("neutropenia", has("neutropenia"), ANY, "stop", done("acupressure")),
    Line("lymphoedema", has("lymphoedema", places={"lymphoedema": frozenset({"left-arm"})}), done("LI4 left"), "stop", done("LI4 right", "ST36")),
    Line("lymphoedema", has("lymphoedema", places={"lymphoedema": frozenset({"left-arm"})}), done("ST18 left"), "stop", done("GV20")),
    Line("lymphoedema", has("lymphoedema", places={"lymphoedema": frozenset({"left-leg"})}), done(at={"moxa_stick": ["ST36"]}), "stop", done(at={"moxa_stick": ["LI4"]})),
    Line("lymphoedema", has("lymphoedema"), done("LI4 left"), "look", done("GV20")),
    Line("metal_allergy", has("metal_allergy"), ANY, "look", done("ear_seeds")),
    Line("metal_allergy", has("metal_allergy"), done("ear_press_tacks"), "look", NOTHING),
    Line("latex_adhesive", has("latex_adhesive"), done("ear_seeds"), "look", NOTHING),
    Line("diabetes", has("diabetes"), ANY, "look", NOTHING),
    Line("diabetes", has("diabetes"), done("moxa_stick"), "look", done("acupressure")),
    Line("neuropathy", has("neuropathy"), done("ST36", "heat_lamp"), "look", ANY),
    Line("needle_phobia", has("needle_phobia"), ANY, "look", done("ear_seeds")),
    Line("vasovagal", has("vasovagal"), done("ST36", "seated"), "look", NOTHING),
    Line("valvular_heart", has("valvular_heart"), done("ear_press_tacks"), "stop", done("ST36", "ear_seeds")),
    Line("joint_prosthesis", has("joint_prosthesis"), ANY, "look", done("moxa_stick")),
    Line("implants_breast", has("implants_breast"), done("ST18"), "stop", ANY),
    Line("implants_breast", has("implants_breast", places={"implants_breast": frozenset({"left-breast"})}), done("ST18 left"), "stop", done("ST18 right")),
    Line("cancer", has("cancer"), ANY, "stop", NOTHING),
    Line("cancer", has("cancer"), done("cupping_sliding"), "look", done("tuina")),
    Line("skin_lesion", has("skin_lesion"), ANY, "look", NOTHING),
    Line("acute_emergency", has("acute_emergency"), ANY, "stop", NOTHING),
    Line("red_flag_back.saddle", has("red_flag_back.saddle"), ANY, "stop", NOTHING),
    Line("red_flag_back.prompt", Facts(TODAY, back_pain=True, back_signs=frozenset({"night pain"})), ANY, "look", ANY, Facts(TODAY, back_signs=frozenset({"night pain"}))),
    Line("fever_acute", has("fever_acute"), ANY, "stop", NOTHING),
    Line("fever_acute", has("fever_acute"), done("moxa_stick"), "stop", done("tuina")),
    Line("fever_acute", has("fever_acute"), done("cupping_flash"), "look", done("tuina")),
    Line("bloodborne", has("bloodborne"), ANY, "look", NOTHING),
    Line("children", aged(15), ANY, "look", ANY, aged(16)),
    Line("children", aged(1), done("GV22"), "look", done("tuina")),
    Line("frail", has("frail"), done("GB21"), "look", ANY),
    Line("frail", aged(81), done("GB21"), "look", done("GB21"), aged(80)),
    Line("copd_emphysema", has("copd_emphysema"), done("GB21"), "stop", ANY),
    Line("cupping_skin", has("cupping_skin"), done("cupping_flash"), "stop", ANY),
    Line("moxa_airway", has("moxa_airway"), done("moxa_stick"), "look", done("moxa_smokeless")),
    Line("heat_no_sense", has("neuropathy"), done("heat_lamp"), "stop", ANY),
    Line("intoxication", has("intoxication"), ANY, "stop", NOTHING),
    Line("empty_stomach", has("empty_stomach"), ANY, "look", done("acupressure")),
    Line("unable_to_consent", has("unable_to_consent"), ANY, "stop", NOTHING),
    Line("suicidal", Facts(TODAY, questionnaire_flags=frozenset({"phq-9.item9_positive"})), done(), "look", ANY, Facts(TODAY, questionnaire_flags=frozenset({"phq-9.severe"}))),
]  # fmt: skip


def spoken(known, entered):
    return {warning.flag_id: warning for warning in warnings_for(flags_for(known), entered)}


@pytest.mark.parametrize("line", TABLE, ids=lambda line: line.rule)
def test_it_speaks(line):
    warning = spoken(line.known, line.speaks)[line.rule]

    assert ("stop" if warning.stops else "look") == line.how
    assert warning.short
    assert warning.fingerprint


@pytest.mark.parametrize("line", TABLE, ids=lambda line: line.rule)
def test_it_is_silent(line):
    assert line.rule not in spoken(line.unless or line.known, line.silent)


def test_every_rule_stands_in_the_table():
    written = {line.rule.partition(".")[0] for line in TABLE}

    assert written == {rule.id for rule in rules.all_rules()}
    assert len(written) == 41


def test_nobody_without_facts_hears_anything():
    busy = done("ST36", "SP6", "GB21", "CV4", "estim", "cupping_wet", "moxa_stick", "heat_lamp", "herbs", "prone")

    assert spoken(Facts(TODAY), busy) == {}

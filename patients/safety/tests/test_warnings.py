from __future__ import annotations

from datetime import date, timedelta

import pytest

from patients.safety.entered import Entered, Needled
from patients.safety.flags import Facts, flags_for
from patients.safety.warnings import warnings_for

TODAY = date(2026, 11, 16)


def flags(*ticked, **facts):
    return flags_for(Facts(today=TODAY, ticked=frozenset(ticked), **facts))


def done(points=(), techniques=(), **more):
    return Entered(tuple(Needled(code, "both", "", 2) for code in points), frozenset(techniques), **more)


def spoken(found, points=(), techniques=(), **more):
    return {warning.flag_id: warning for warning in warnings_for(found, done(points, techniques, **more))}


def pregnant(weeks):
    return flags(due_date=TODAY + timedelta(days=280 - 7 * weeks))


@pytest.mark.parametrize("weeks", [5, 20, 30])
def test_pregnancy_speaks_when_a_cautioned_point_is_entered(weeks):
    found = pregnant(weeks)

    assert spoken(found, ["ST36", "GV20"]) == {}
    (warning,) = spoken(found, ["ST36", "SP6", "LI4"]).values()
    assert (warning.points, warning.stops, warning.severity) == (("SP6", "LI4"), True, "relative")


def test_a_device_wants_a_dated_clearance_and_asks_again_all_the_same():
    without = spoken(flags("pacemaker_icd"), ["ST36"], ["estim"])["pacemaker_icd"]
    cleared = {"pacemaker_icd": "Dr Meyer, 3 Nov 2026"}
    with_one = spoken(flags("pacemaker_icd", cleared=cleared), ["ST36"], ["estim"])["pacemaker_icd"]

    assert without.stops
    assert "No dated clearance by the cardiologist is on record" in without.notes
    assert (with_one.stops, with_one.cleared) == (True, "Dr Meyer, 3 Nov 2026")
    assert not any("clearance" in note for note in with_one.notes)


def test_a_blood_thinner_looks_again_at_every_new_point_and_dose():
    first = spoken(flags(medicines="apixaban 5 mg"), ["ST36", "LU9"])["anticoagulant"]
    same = spoken(flags(medicines="apixaban 5 mg"), ["LU9", "ST36"])["anticoagulant"]
    point = spoken(flags(medicines="apixaban 5 mg"), ["ST36", "LU9", "KI3"])["anticoagulant"]
    dose = spoken(flags(medicines="apixaban 2,5 mg"), ["ST36", "LU9"])["anticoagulant"]

    assert (first.points, first.stops) == (("LU9",), False)
    assert first.fingerprint == same.fingerprint
    assert len({first.fingerprint, point.fingerprint, dose.fingerprint}) == 3


def test_a_general_caution_is_acknowledged_once():
    first = spoken(flags("needle_phobia"), ["ST36"])["needle_phobia"]
    later = spoken(flags("needle_phobia"), ["LI4", "GV20"])["needle_phobia"]

    assert not first.stops
    assert first.fingerprint == later.fingerprint


def test_stops_come_first():
    found = flags("needle_phobia", "pacemaker_icd", "bleeding_disorder")
    order = [w.flag_id for w in warnings_for(found, done(["ST36"], ["estim"]))]

    assert order == ["pacemaker_icd", "bleeding_disorder", "needle_phobia"]


def test_any_text_has_a_fingerprint():
    assert spoken(flags(medicines="warfarin \ud800"), ["ST36"])["anticoagulant"].fingerprint


def test_a_pregnancy_is_acknowledged_once_though_the_weeks_go_by():
    due = TODAY + timedelta(days=150)
    week, next_week = (
        warnings_for(flags_for(Facts(day, due_date=due)), done(["SP6"]))[0]
        for day in (TODAY, TODAY + timedelta(days=7))
    )

    assert week.fingerprint == next_week.fingerprint
    assert week.short != next_week.short


def test_a_look_that_becomes_a_stop_speaks_again():
    look = spoken(flags("epilepsy"), ["ST36"])["epilepsy"]
    stop = spoken(flags("epilepsy"), ["ST36"], ["estim"])["epilepsy"]

    assert (look.stops, stop.stops) == (False, True)
    assert look.fingerprint != stop.fingerprint


def test_a_herb_of_today_stands_beside_the_blood_thinner():
    warnings = spoken(flags(medicines="warfarin 5 mg", herbs="dan shen 9 g"), [], ["herbs"], herbs="dan shen 9 g")

    assert warnings["anticoagulant"].together == ("May bleed more: dan shen 9 g",)
    assert warnings["bleeding_other"].together == ("Blood thinner: warfarin 5 mg",)
    assert "herbs" in warnings["bleeding_other"].techniques


def test_who_is_afraid_gets_few_needles_the_first_time():
    def notes(count, first):
        entered = Entered((Needled("ST36", "both", "lower leg", count),), first=first)
        return warnings_for(flags("needle_phobia"), entered)[0].notes

    assert any("at most 4" in note for note in notes(5, first=True))
    assert not any("at most 4" in note for note in notes(4, first=True))
    assert not any("at most 4" in note for note in notes(5, first=False))

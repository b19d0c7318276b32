from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.points.catalogue import all_points
from sessions.points.names import NADA, ambiguous_names, find, propose, starting_with

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def codes(typed):
    return [point.code for point in find(typed)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("LI4", "LI4"),
        ("li-4", "LI4"),
        ("LI 04", "LI4"),
        ("li.4", "LI4"),
        ("St. 36", "ST36"),
        ("UB60", "BL60"),
        ("SJ5", "TE5"),
        ("tb 5", "TE5"),
        ("TH5", "TE5"),
        ("tw5", "TE5"),
        ("Du 20", "GV20"),
        ("DM20", "GV20"),
        ("Ren-4", "CV4"),
        ("RN4", "CV4"),
        ("RM4", "CV4"),
        ("LV3", "LR3"),
        ("Liv 3", "LR3"),
        ("H7", "HT7"),
        ("HE7", "HT7"),
        ("K3", "KI3"),
        ("KD3", "KI3"),
        ("P6", "PC6"),
        ("HC6", "PC6"),
        ("L7", "LU7"),
        ("CO5", "LI5"),
        ("S36", "ST36"),
        ("G20", "GB20"),
        ("ＬＩ４", "LI4"),
        ("ex-hn3", "EX-HN3"),
        ("EX HN 03", "EX-HN3"),
        ("exb2", "EX-B2"),
        ("GV29", "EX-HN3"),
        ("GV24+", "EX-HN3"),
        ("du29", "EX-HN3"),
        ("anmian", "EX-HN-ANMIAN"),
        ("TF4", "EAR-TF4"),
        ("ear tf4", "EAR-TF4"),
        ("AH6", "EAR-AH6"),
        ("ah6a", "EAR-AH6a"),
        ("SF4,5", "EAR-SF4.5"),
        ("ear sf4.5", "EAR-SF4.5"),
        ("ear co4", "EAR-CO4"),
        ("Zusanli", "ST36"),
        ("zu san li", "ST36"),
        ("Zúsānlǐ", "ST36"),
        ("Zu\u0301sa\u0304nli\u030c", "ST36"),
        ("zu2san1li3", "ST36"),
        ("he2gu3", "LI4"),
        ("Fu'ai", "SP16"),
        ("zhonglvshu", "BL29"),
        ("zhonglüshu", "BL29"),
        ("足三里", "ST36"),
        ("人中", "GV26"),
        ("Juegu", "GB39"),
        ("Jùliáo", "ST3"),
        ("Jūliáo", "GB29"),
        ("Four Alert Spirits", "EX-HN1"),
        ("trigger point", "ASHI"),
    ],
)
def test_every_usual_spelling_is_found(typed, code):
    assert codes(typed) == [code]


@pytest.mark.parametrize(
    ("typed", "several"),
    [
        ("erjian", ["LI2", "EX-HN6", "EAR-HX6.7i"]),
        ("Futu", ["LI18", "ST32"]),
        ("juliao", ["ST3", "GB29"]),
        ("Shenmen", ["HT7", "EAR-TF4"]),
        ("神门", ["HT7", "EAR-TF4"]),
        ("wangu", ["SI4", "GB12"]),
        ("zhongzhu", ["KI15", "TE3"]),
        ("zhongdu", ["GB32", "LR6"]),
        ("yinjiao", ["GV28", "CV7"]),
        ("zigong", ["CV19", "EX-CA1"]),
        ("sanli", ["LI10", "ST36"]),
        ("wuli", ["LI13", "LR10"]),
        ("tonggu", ["BL66", "KI20"]),
        ("linqi", ["GB15", "GB41"]),
        ("yangguan", ["GB33", "GV3"]),
        ("heliao", ["LI19", "TE22"]),
        *((f"co{n}", [f"LI{n}", f"EAR-CO{n}"]) for n in (4, 10, 12, 13, 14, 15, 17, 18)),
    ],
)
def test_a_name_of_several_points_gives_them_all(typed, several):
    assert codes(typed) == several
    assert typed.lower() in ambiguous_names()


def test_the_set_of_five_ear_points_is_no_name_of_one():
    assert codes(NADA) == []


@pytest.mark.parametrize("typed", ["", "x", "li21", "li0", "bl3-1", "bl31-34", "hegu hegu", "b", "36", "-li4"])
def test_what_is_no_name_finds_nothing(typed):
    assert codes(typed) == []


def test_each_point_is_found_by_each_of_its_own_names():
    for point in all_points():
        names = {point.code, point.pinyin, point.pinyin_plain, point.chinese, point.english_name}
        names |= {*point.alt_codes, *point.alt_names} - {NADA}
        assert all(point in find(name) for name in names)


def test_an_unknown_name_proposes_by_its_beginning():
    assert [point.code for point in propose("hegux")] == ["LI4"]
    assert propose("li21")[0].code == "LI2"
    assert propose("") == ()


def test_searching_gives_the_exact_point_first():
    assert starting_with("st3")[0].code == "ST3"
    assert [point.code for point in starting_with("zusan")] == ["ST36"]
    assert len(starting_with("s", limit=10)) == 10


@calm
@given(st.text())
def test_no_text_whatever_makes_the_look_up_raise(typed):
    find(typed)
    assert len(propose(typed)) <= 5

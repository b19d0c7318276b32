from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patients.intake.instruments import catalogue
from patients.intake.instruments.form import enabled_items, enabled_questions, notices, one_form, spread

CODES = catalogue.all_codes()
# the first text of a run builds hypothesis' table of characters, which takes a while
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def asked(codes, **kwargs):
    return [question.item.link_id for question in one_form(codes, **kwargs)]


def test_the_check_in_takes_pain_and_interference_from_the_peg():
    ids = asked(["checkin", "peg"])

    assert "ci-pain" not in ids
    assert "ci-interference" not in ids
    assert ids[0] == "ci-mood"
    assert ids[-3:] == ["peg-1", "peg-2", "peg-3"]


def test_without_the_peg_the_average_pain_is_asked_once_in_the_first_forms_words():
    ids = asked(["nrs-pain", "checkin"], language="es")

    assert "nrs-average" in ids
    assert "ci-pain" not in ids
    assert "ci-interference" in ids


def test_alone_a_questionnaire_asks_all_its_items():
    for code in CODES:
        assert asked([code]) == [item.link_id for item in catalogue.get(code).items]


def test_short_forms_ask_nothing_beside_the_long_ones():
    assert asked(["phq-4", "gad-7", "phq-9"]) == asked(["gad-7", "phq-9"])
    assert asked(["phq-2", "phq-4"]) == ["phq2-1", "phq2-2", "phq4-1", "phq4-2"]


def test_answers_go_back_to_every_questionnaire_they_belong_to():
    answers = {"peg-1": 6, "peg-2": 5, "peg-3": 4, "ci-mood": 3, "phq9-1": 0, "elsewhere": 1}

    assert spread(["peg", "checkin", "phq-4"], answers) == {
        "peg": {"peg-1": 6, "peg-2": 5, "peg-3": 4},
        "checkin": {"ci-pain": 6, "ci-interference": 4, "ci-mood": 3},
        "phq-4": {},
    }


def test_a_question_names_every_item_it_fills():
    by_id = {question.item.link_id: question for question in one_form(["peg", "checkin", "nrs-pain"])}

    assert by_id["peg-1"].fills == (("peg", "peg-1"), ("checkin", "ci-pain"), ("nrs-pain", "nrs-average"))
    assert by_id["peg-1"].instrument.code == "peg"


@calm
@given(st.lists(st.sampled_from(CODES), min_size=1, unique=True))
def test_every_item_of_every_form_is_asked_exactly_once(codes):
    filled = [target for question in one_form(codes) for target in question.fills]
    wanted = [(code, item.link_id) for code in codes for item in catalogue.get(code).items]

    assert sorted(filled) == sorted(wanted)


@calm
@given(st.lists(st.sampled_from(CODES), min_size=1, unique=True))
def test_what_is_asked_once_answers_all(codes):
    answers = {question.item.link_id: 1 for question in one_form(codes)}

    given_back = spread(codes, answers)

    for code in codes:
        assert set(given_back[code]) == {item.link_id for item in catalogue.get(code).items}


def shown(code, answers, *, after_session=True):
    items = enabled_items(catalogue.get(code), answers, after_session=after_session)
    return [item.link_id for item in items]


def test_follow_up_questions_wait_for_their_answer():
    assert "ci-analgesic-change" not in shown("checkin", {"ci-analgesic-days": 0})
    assert "ci-analgesic-change" in shown("checkin", {"ci-analgesic-days": 1})
    assert "ci-new-text" in shown("checkin", {"ci-new": 1})
    assert "ci-new-text" not in shown("checkin", {"ci-new": 0})
    assert "mc-1-score" not in shown("main-concern", {"mc-1-name": "   "})
    assert "mc-1-score" in shown("main-concern", {"mc-1-name": "headache"})


def test_worries_about_the_last_session_are_asked_only_after_one():
    answers = {"ci-worried": 1}

    assert {"ci-worried", "ci-effects", "ci-effects-text"} <= set(shown("checkin", answers))
    before = shown("checkin", answers, after_session=False)
    assert {"ci-worried", "ci-effects", "ci-effects-text"}.isdisjoint(before)


def test_the_difficulty_question_waits_for_a_problem():
    assert "phq9-difficulty" not in shown("phq-9", {"phq9-1": 0})
    assert "phq9-difficulty" in shown("phq-9", {"phq9-9": 1})


def test_conditions_hold_over_a_shared_answer_too():
    questions = enabled_questions(["checkin", "peg"], {"ci-analgesic-days": 2}, after_session=False)
    ids = [question.item.link_id for question in questions]

    assert "ci-analgesic-change" in ids
    assert "ci-worried" not in ids
    assert "peg-1" in ids


@calm
@given(st.sampled_from(CODES), st.dictionaries(st.sampled_from(["ci-new", "mc-1-name"]), st.none() | st.text()))
def test_odd_answers_never_break_the_conditions(code, answers):
    assert shown(code, answers)


def test_patients_read_what_the_holders_want_and_not_what_is_said_of_our_own_wording():
    asked = [catalogue.get(code) for code in ("peg", "phq-4", "checkin", "global-change", "phq-2")]

    shown = notices(asked)

    assert [one[:10] for one in shown] == ["Cite Krebs", "Developed "]
    assert "Not a validated instrument. Do not compare with published norms." in {one.notice for one in asked}

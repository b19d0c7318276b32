from __future__ import annotations

import pytest

from patients.intake.instruments import catalogue


def test_eleven_questionnaires_are_offered_and_no_excluded_one():
    assert catalogue.all_codes() == (
        "checkin", "gad-2", "gad-7", "global-change", "main-concern", "nrs-pain",
        "peg", "phq-2", "phq-4", "phq-9", "sleep-nrs",
    )  # fmt: skip
    titles = {catalogue.get(code).title for code in catalogue.all_codes()}
    assert titles.isdisjoint(catalogue.excluded_names())
    for code in ("excluded", "nrs-change", "who-5", "../peg", ""):
        with pytest.raises(catalogue.UnknownInstrument):
            catalogue.get(code)


def test_link_ids_are_unique_over_all_instruments():
    link_ids = [item.link_id for code in catalogue.all_codes() for item in catalogue.get(code).items]

    assert len(link_ids) == len(set(link_ids))


@pytest.mark.parametrize("code", catalogue.all_codes())
def test_a_translation_changes_words_only(code):
    english = catalogue.get(code)
    for language in catalogue.languages(code)[1:]:
        other = catalogue.get(code, language)

        assert other.language == language
        assert other.wording in {"validated", "own translation"}
        assert other.outputs == english.outputs
        assert other.bands == english.bands
        assert [flag.when for flag in other.flags] == [flag.when for flag in english.flags]
        for item, original in zip(other.items, english.items, strict=True):
            assert item.values == original.values
            assert item.text != original.text


def test_language_tags_are_read_in_any_case():
    assert catalogue.get("phq-4", "zh-hans") is not None
    assert catalogue.get("phq-4", "zh-hans").language == "zh-Hans"


def test_what_has_no_wording_is_not_offered_in_that_language():
    assert catalogue.languages("peg") == ("en",)
    with pytest.raises(catalogue.NotInThisLanguage):
        catalogue.get("peg", "es")


def test_a_wording_that_is_not_confirmed_says_so():
    assert catalogue.get("phq-9", "zh-Hans").item("phq9-difficulty").wording_note.startswith("not confirmed")


def test_the_phq_and_gad_forms_carry_their_notice():
    for code in ("phq-2", "phq-4", "phq-9", "gad-2", "gad-7"):
        for language in catalogue.languages(code):
            assert "Spitzer" in catalogue.get(code, language).notice


def test_a_worrying_answer_names_the_text_the_patient_sees():
    phq9, checkin = catalogue.get("phq-9"), catalogue.get("checkin")

    assert phq9.flag("item9_positive").worry_text == "self_harm"
    assert phq9.flag("item9_unanswered").worry_text is None
    assert phq9.flag("item9_unanswered").by_absence
    assert checkin.flag("urgent_chest").worry_text == "emergency"
    assert checkin.flag("needle_left").worry_text == "call_today"
    assert checkin.flag("mood_low").worry_text is None


def test_unknown_parts_raise_key_errors():
    peg = catalogue.get("peg")
    for lookup in (peg.item, peg.flag, peg.band):
        with pytest.raises(KeyError):
            lookup("nothing")
    assert peg.band("mild").text == "Mild"
    assert peg.smallest_changes[0].value == 1

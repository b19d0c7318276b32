"""A language is offered once its words exist, and each text keeps its versions."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from clinic.practice import data, languages, readiness, services
from clinic.practice.models import ConsentText, Practice, WorryText
from clinic.staff.tests.cast import NOW

pytestmark = pytest.mark.django_db

WORRIES = {"self-harm": "Llame al 911 o al 988.", "emergency": "Llame al 911.", "call-today": "Llámenos."}


def translated(by, language="es", *, worries=WORRIES):
    services.keep_worry_texts(bodies=worries, language=language, by=by, now=NOW)
    for kind in data.CONSENT_KINDS:
        text = data.consent_text(kind, language)
        services.keep_consent_text(kind=kind, language=language, title=text.title, body=text.body, by=by, now=NOW)


@pytest.fixture
def laid_down(practice, alice):
    services.lay_down_consent_texts()
    services.keep_worry_texts(
        bodies={kind: data.worry_text(kind, country="US", phone="1") for kind in data.WORRY_KINDS}, by=alice, now=NOW
    )
    return practice


def test_english_is_ready_on_the_opening_day_and_the_others_are_not(laid_down):
    english, spanish, chinese = readiness.of_all()

    assert english.is_ready
    assert not spanish.is_ready
    assert len(chinese.missing) == 6


def test_a_language_without_its_texts_cannot_be_offered(laid_down, alice):
    with pytest.raises(services.NotReady, match="Spanish still lacks words for"):
        services.offer_languages(chosen=["es"], by=alice, now=NOW)

    assert Practice.objects.get().languages == ["en"]


def test_one_missing_text_is_enough_to_refuse(laid_down, alice):
    services.keep_worry_texts(bodies=WORRIES, language="es", by=alice, now=NOW)
    for kind in ("treatment", "privacy"):
        services.keep_consent_text(kind=kind, language="es", title="T", body="B", by=alice, now=NOW)

    with pytest.raises(services.NotReady, match="Reminders by e-mail"):
        services.offer_languages(chosen=["es"], by=alice, now=NOW)


def test_words_for_thoughts_of_self_harm_without_a_number_are_not_enough(laid_down, alice):
    translated(alice, worries=WORRIES | {"self-harm": "Hable con alguien."})

    with pytest.raises(services.NotReady, match="a number to call"):
        services.offer_languages(chosen=["es"], by=alice, now=NOW)


def test_with_all_its_texts_it_is_offered_and_taken_back(laid_down, alice):
    translated(alice)
    practice = services.offer_languages(chosen=["es"], by=alice, now=NOW)

    assert languages.offered(practice) == ("en", "es")
    assert languages.spoken("es", practice) == "es"
    assert languages.spoken("zh-Hans", practice) == "en"
    assert languages.of_a_new_form("es") == "es"
    assert languages.of_a_new_form("zh-hans") == "en"
    assert languages.offered(services.offer_languages(chosen=[], by=alice, now=NOW)) == ("en",)


def test_another_words_are_a_new_version_and_the_old_one_stays(laid_down, alice):
    first = ConsentText.objects.get(kind="treatment", language="en")
    kept = services.keep_consent_text(kind="treatment", language="en", title="T", body="New.", by=alice, now=NOW)
    again = services.keep_consent_text(kind="treatment", language="en", title="T", body="New.", by=alice, now=NOW)

    assert (kept.version, again.pk) == (2, kept.pk)
    assert ConsentText.objects.get(pk=first.pk).body == first.body


def test_the_web_cannot_change_a_version_that_may_have_been_signed(laid_down):
    with pytest.raises(ProgrammingError), transaction.atomic():
        ConsentText.objects.update(body="other words")


def test_the_database_knows_no_language_without_words(laid_down):
    with pytest.raises(IntegrityError), transaction.atomic():
        Practice.objects.update(languages=["en", "fr"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Practice.objects.update(languages=["es"])


@pytest.mark.parametrize("language", list(languages.NAMES))
@pytest.mark.parametrize("kind", data.WORRY_KINDS)
def test_each_proposal_has_the_numbers_of_its_country_alone(kind, language):
    american = data.worry_text(kind, country="US", phone="555", language=language)
    japanese = data.worry_text(kind, country="JP", phone="", language=language)
    german = data.worry_text(kind, country="DE", phone="555", language=language)

    assert "911" in american
    assert "[" not in american
    assert "{" not in american + japanese
    assert "[" in japanese
    assert "911" not in german + japanese
    assert "988" not in german + japanese
    assert "112" in german


def test_each_country_of_the_list_has_its_crisis_line_in_each_language():
    for country in ("US", "CA", "GB", "IE", "AU", "NZ"):
        digits = "".join(c for c in data.contacts(country).crisis if c.isdigit())
        for language in ("es", "zh-Hans"):
            text = data.worry_text("self-harm", country=country, phone="5", language=language)
            assert digits in "".join(c for c in text if c.isdigit())


def test_a_text_of_one_language_is_not_shown_in_another(laid_down, alice):
    translated(alice)

    assert WorryText.objects.bodies("es") == WORRIES
    assert ConsentText.objects.newest("es")[0].body != ConsentText.objects.newest("en")[0].body

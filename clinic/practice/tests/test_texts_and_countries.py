"""What a practice begins with: the numbers of its country, its texts, its zones."""

from __future__ import annotations

import re

import pytest

from clinic.practice import countries, data, services
from clinic.practice.models import ConsentText, Location, Practice
from clinic.staff.tests.cast import NOW

PROMISES = re.compile(r"\b(cures?|heals?|guarantee[ds]?|proven|promise)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    ("country", "emergency", "crisis"),
    [
        ("IE", "999 or 112", "Samaritans 116 123"),
        ("US", "911", "988"),
        ("AU", "000", "Lifeline 13 11 14"),
        ("DE", "112", "[crisis line of your country]"),
        ("JP", "[emergency number]", "[crisis line of your country]"),
    ],
)
def test_worry_texts_carry_the_numbers_of_the_country_or_a_gap(country, emergency, crisis):
    text = data.worry_text("self-harm", country=country, phone="01 555 0142")

    assert emergency in text
    assert crisis in text
    assert "{" not in text


def test_no_other_countrys_number_stands_in_a_text():
    for kind in data.WORRY_KINDS:
        assert "911" not in data.worry_text(kind, country="IE", phone="")


@pytest.mark.parametrize("kind", data.CONSENT_KINDS)
def test_consent_texts_promise_nothing(kind):
    text = data.consent_text(kind)

    assert text.title
    assert len(text.body) > 300
    assert not PROMISES.search(text.body)


def test_every_zone_of_a_country_can_be_used():
    assert all(countries.is_zone(zone) for zone in countries.zones())
    assert countries.zones_of("IE") == ("Europe/Dublin",)
    assert countries.country_of("Europe/Berlin") == "DE"
    assert len(countries.zones_of("US")) > 10
    assert countries.name_of("IE") == "Ireland"
    assert not countries.is_zone("../etc/passwd")
    assert not countries.is_zone("")


def keep(**changed):
    said = {"name": "Mill", "country": "IE", "timezone": "Europe/Dublin", "address": "1 Lane", "phone": "+35315550142"}
    return services.keep_practice(**said | changed, by=None, now=NOW)


@pytest.mark.django_db
def test_the_first_time_it_gets_a_place_and_its_consent_texts():
    keep()
    ConsentText.objects.create(kind="privacy", version=2, title="Privacy", body="our own words")
    keep(name="Old Mill", address="2 Lane")

    assert Practice.objects.get().name == "Old Mill"
    assert Location.objects.get().address == "2 Lane"
    texts = {text.kind: text for text in ConsentText.objects.newest()}
    assert sorted(texts) == sorted(data.CONSENT_KINDS)
    assert texts["privacy"].body == "our own words"
    assert {kind for kind, text in texts.items() if not text.required} == {"email"}


@pytest.mark.django_db
def test_the_newest_version_counts():
    keep()
    ConsentText.objects.create(kind="treatment", version=2, title="Treatment", body="new words")

    assert {text.kind: text.version for text in ConsentText.objects.newest()}["treatment"] == 2

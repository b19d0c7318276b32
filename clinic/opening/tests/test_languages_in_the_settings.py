"""The owner reads the texts of a language, keeps them, and then offers it."""

from __future__ import annotations

import uuid

import pytest

from clinic.practice import data
from clinic.practice import services as practice_services
from clinic.practice.models import ConsentText, Practice, WorryText
from clinic.staff.tests.cast import NOW, signed_in

pytestmark = pytest.mark.django_db


def said(**fields):
    return {"form_token": str(uuid.uuid4()), "end": "1", **fields}


@pytest.fixture
def owner(alice, practice):
    practice_services.lay_down_consent_texts()
    Practice.objects.update(country="US", phone="+12025550142")
    return signed_in(alice)


def test_the_page_says_what_each_language_lacks(owner):
    page = owner.get("/settings/languages/").content.decode()

    assert "Chinese, simplified characters" in page
    assert "words for “Thoughts of self-harm”" in page
    assert "the text to agree to “Treatment with needles”" in page


def test_it_refuses_in_words_what_is_not_ready(owner):
    page = owner.post("/settings/languages/", said(offered="es"))

    assert "Spanish still lacks" in page.content.decode()
    assert Practice.objects.get().languages == ["en"]


def test_the_proposals_are_read_kept_and_the_language_offered(owner):
    for language in ("es", "zh-Hans"):
        page = owner.get(f"/settings/worry/{language}/")
        shown = page.context["form"].initial
        assert "988" in shown["self-harm"]
        assert "translation of our own" in page.content.decode()
        kept = owner.post(f"/settings/worry/{language}/", said(**shown, confirmed="on"))
        assert kept.status_code == 302, kept.context["form"].errors
        for kind in data.CONSENT_KINDS:
            initial = owner.get(f"/settings/consents/{kind}/{language}/").context["form"].initial
            assert owner.post(f"/settings/consents/{kind}/{language}/", said(**initial)).status_code == 302
    answer = owner.post("/settings/languages/", said(offered=["es", "zh-Hans"]))

    assert answer.status_code == 302
    assert Practice.objects.get().languages == ["en", "es", "zh-Hans"]
    assert WorryText.objects.filter(language="es").count() == 3


def test_a_changed_text_is_a_new_version_and_the_same_text_is_none(owner):
    address = "/settings/consents/treatment/en/"
    initial = owner.get(address).context["form"].initial
    owner.post(address, said(**initial))
    owner.post(address, said(title=initial["title"], body=initial["body"] + " More."))

    versions = ConsentText.objects.filter(kind="treatment", language="en").values_list("version", flat=True)
    assert sorted(versions) == [1, 2]


def test_a_gap_is_refused_in_every_language(owner):
    Practice.objects.update(country="JP")
    initial = owner.get("/settings/worry/es/").context["form"].initial
    page = owner.post("/settings/worry/es/", said(**initial, confirmed="on"))

    assert "There is a gap left: [número de emergencias]" in page.content.decode()


@pytest.mark.parametrize(
    "path", ["/settings/worry/fr/", "/settings/consents/treatment/fr/", "/settings/consents/no/en/"]
)
def test_what_does_not_exist_is_not_found(owner, path):
    assert owner.get(path).status_code == 404


def test_only_owners_change_them(bob, practice):
    assert signed_in(bob).get("/settings/languages/").status_code == 403


def test_what_is_kept_stands_in_its_language_alone(owner, alice):
    practice_services.keep_worry_texts(bodies={"emergency": "Llame al 911."}, language="es", by=alice, now=NOW)

    assert "Llame al 911." not in owner.get("/settings/worry/").content.decode()


def keep(alice, kind, language, body):
    practice_services.keep_consent_text(kind=kind, language=language, title="T", body=body, by=alice, now=NOW)


def test_a_translation_that_is_older_than_the_english_words_is_named_until_it_is_kept_again(owner, alice):
    Practice.objects.update(languages=["en", "es"])
    keep(alice, "privacy", "es", "Guardamos sus datos.")
    assert "newer in English" not in owner.get("/settings/").content.decode(), "the control"
    keep(alice, "privacy", "en", "We keep your data in this house.")

    assert "a text to agree to is newer in English than in Spanish" in owner.get("/settings/").content.decode()
    page = owner.get("/settings/languages/").content.decode()
    assert "The English words are newer." in page
    assert page.count("<li>How we keep your data</li>") == 1

    keep(alice, "privacy", "es", "Guardamos sus datos.")  # read again, and right as it is
    assert ConsentText.objects.filter(kind="privacy", language="es").count() == 2
    assert "newer in English" not in owner.get("/settings/").content.decode()
    keep(alice, "privacy", "es", "Guardamos sus datos.")
    assert ConsentText.objects.filter(kind="privacy", language="es").count() == 2


def test_a_language_that_is_not_offered_warns_nobody(owner, alice):
    keep(alice, "privacy", "es", "Guardamos sus datos.")
    keep(alice, "privacy", "en", "We keep your data in this house.")

    assert "newer in English" not in owner.get("/settings/").content.decode()

"""What patients read is translated whole into each language, keeps its places, and holds no word of the staff."""

from __future__ import annotations

import os
import re

import pytest
from babel.messages.catalog import Catalog

from clinic.running import words
from patients.intake import glossary

LANGUAGES = list(words.LANGUAGES)
PLACE = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}")
#: English words that no translation needs; names of people and brands stand in the strings of none of them.
ENGLISH = re.compile(r"\b(the|your|you|please|and|with|this|that|what|when|from|visit|mail|we|our|is|are|not)\b")
#: Spanish that speaks to somebody as one speaks to a friend or a child.
FAMILIAR = re.compile(r"\b(tú|te|ti|tus|tu|contigo|puedes|tienes|eres|estás|haz|dinos|llámanos)\b", re.IGNORECASE)


def forms_of(message):
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def key_of(message):
    return message.id if isinstance(message.id, str) else message.id[0]


@pytest.fixture(scope="module")
def found():
    return words.gather()


@pytest.fixture(scope="module", params=LANGUAGES)
def catalog(request):
    return words.read(request.param)


def test_every_string_is_translated_by_somebody_who_is_sure(found, catalog):
    stand = {key_of(message) for message in catalog if message.id and words.is_whole(message)}

    assert sorted(set(found) - stand) == [], "say `make words`, then translate what is empty"


def test_no_string_stands_that_nobody_says(found, catalog):
    assert sorted({key_of(message) for message in catalog if message.id} - set(found)) == [], "say `make words`"


def test_each_translation_keeps_the_places_for_names_and_numbers(catalog):
    lost = []
    for message in catalog:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        # A singular may say "one" in place of its number; nothing else may be lost, and nothing be made up.
        may, must = {p for text in ids for p in PLACE.findall(text)}, set(PLACE.findall(ids[-1]))
        for text in forms_of(message)[-1:]:
            if set(PLACE.findall(text)) != must:
                lost.append((ids[-1], text))
        lost += [(ids[0], text) for text in forms_of(message) if not set(PLACE.findall(text)) <= may]

    assert lost == []


def test_each_language_has_its_own_number_of_plurals(catalog):
    wrong = [key_of(message) for message in catalog if not isinstance(message.id, str) and message.id
             and len(forms_of(message)) != catalog.num_plurals]  # fmt: skip

    assert wrong == []


def test_no_word_of_the_staff_and_no_english_stands_in_a_translation(catalog):
    said = [(key_of(message), text) for message in catalog if message.id for text in forms_of(message)]
    forbidden = [text for _, text in said if any(word in text.lower() for word in glossary.forbidden_words())]
    english = [text for _, text in said if ENGLISH.search(PLACE.sub("", text))]

    assert forbidden == []
    assert english == []


def test_no_word_of_the_staff_stands_in_the_english(found):
    terms = [re.compile(rf"\b{re.escape(word)}\b") for word in glossary.forbidden_words()]

    assert [text for text in found if any(term.search(text.lower()) for term in terms)] == []


def test_spanish_says_usted_and_chinese_nin():
    spanish = [text for message in words.read("es") if message.id for text in forms_of(message)]
    chinese = [text for message in words.read("zh_Hans") if message.id for text in forms_of(message)]

    assert [text for text in spanish if FAMILIAR.search(text)] == []
    assert [text for text in chinese if "你" in text] == []


@pytest.mark.parametrize(("language", "tag"), [("es", "es"), ("zh_Hans", "zh-Hans")])
def test_what_the_glossary_says_is_said_in_its_words(language, tag):
    english = {row["en"].lower(): row[tag] for row in glossary._rows().values()}
    said = {key_of(message).lower(): forms_of(message)[0] for message in words.read(language) if message.id}
    shared = {text for text in said if text in english}

    assert shared, "the glossary and the pages have words in common"
    assert {text: said[text] for text in shared} == {text: english[text] for text in shared}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('{% translate "Go on" %}', [("Go on", "")]),
        ("{% blocktranslate %}Dear {{ name }},{% endblocktranslate %}", [("Dear %(name)s,", "")]),
        (
            "{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}",
            [("%(n)s day", "%(n)s days")],
        ),
        ('{% include "a.html" with words=_("It\'s here") %}', [("It's here", "")]),
        ("<p>Not for patients</p>", []),
    ],
)
def test_templates_are_read(template, expected):
    assert list(words.of_template("{% load i18n %}" + template)) == expected


def test_code_is_read():
    code = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext
a = _("One")
b = gettext_lazy("Two")
c = ngettext("%(n)s day", "%(n)s days", n)
d = other("Three")
"""

    assert sorted(words.of_code(code)) == [("%(n)s day", "%(n)s days"), ("One", ""), ("Two", "")]


def test_a_new_string_is_seen_as_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    found = {"Hello": words.Said(places={"a.html"}), "Bye": words.Said(places={"b.html"})}
    assert words.update("es", found) == (2, 2)

    catalog = words.read("es")
    catalog.get("Hello").string = "Hola"
    catalog.get("Bye").string = "Adiós"
    catalog.get("Bye").flags.add("fuzzy")
    words.write("es", catalog)

    assert words.update("es", found) == (2, 1), "a fuzzy one is not whole"
    assert isinstance(words.read("es"), Catalog)
    assert words.read("es").get("Hello").string == "Hola"


def test_what_was_compiled_is_made_again_when_its_words_change(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    for language in LANGUAGES:
        words.update(language, {"Hello": words.Said(places={"a.html"})})
    words.compile_where_old()
    made = words.path_of("es").with_suffix(".mo")
    first = made.read_bytes()
    catalog = words.read("es")
    catalog.get("Hello").string = "Hola"
    words.write("es", catalog)
    seconds = made.stat().st_mtime_ns + 10**9
    os.utime(words.path_of("es"), ns=(seconds, seconds))
    words.compile_where_old()

    assert b"Hola" in made.read_bytes()
    assert first != made.read_bytes()
    assert sorted(path.suffix for path in made.parent.iterdir()) == [".mo", ".po"]

"""No template that a patient may see holds words that were not given to the translators."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR / "templates"
#: Mails that go to staff; every other one goes to patients.
TO_STAFF = ("form-needs-you", "notes-to-sign", "password-reset", "set-password", "test-mail")
NAMED = re.compile(r'{% (?:extends|include) "([^"]+)"')
#: What is no word to read: comments, tags, values, markup with its attributes, style sheets.
NO_WORDS = (
    re.compile(r"{% comment %}.*?{% endcomment %}", re.DOTALL),
    re.compile(r"{#.*?#}"),
    re.compile(r"{% blocktranslate\b.*?{% endblocktranslate %}", re.DOTALL),
    re.compile(r"{% plural %}"),
    re.compile(r"<style>.*?</style>", re.DOTALL),
)
SAID_BY_ATTRIBUTES = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"')
TAGS = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
MARKUP = re.compile(r"<[^>]*>|\b(?:data-[a-z-]+|class)=\"[^\"]*\"")
WORD = re.compile(r"[A-Za-z]{2,}")
#: Joined by a filter or handed over as a bare string, words escape the translators as well.
JOINED = re.compile(
    r'"[^"]*[a-z][^"]*"\|add|\|add:"[^"]*[a-z]|\|default:"[^"]*[a-z]|with [^%]*\b(?:words|soft|title)="'
)
#: Names, and what is the same in every language.
SAME = {"Deqi", "QR"}


def before_patients():
    """Return the templates that extend the patients' shell or are part of one that does, and their mails."""
    named = {path: NAMED.findall(path.read_text()) for path in ROOT.rglob("*.html")}
    pages = {ROOT / "patient.html"}
    while True:
        more = {path for path, names in named.items() if {ROOT / name for name in names[:1]} & pages} - pages
        if not more:
            break
        pages |= more
    pages |= {path for path in (ROOT / "emails").iterdir() if not path.name.startswith(TO_STAFF)}
    while True:
        more = {ROOT / name for path in pages for name in named.get(path, [])} - pages - {ROOT / "base.html"}
        if not more:
            return sorted(pages)
        pages |= more


def bare_words(text):
    """Return the words of a template that nobody could translate."""
    for no_words in NO_WORDS:
        text = no_words.sub(" ", text)
    joined = JOINED.findall(text)
    text = TAGS.sub(" ", text)
    said = " ".join(SAID_BY_ATTRIBUTES.findall(text)) + " " + MARKUP.sub(" ", text)
    return [word for word in WORD.findall(said) if word not in SAME] + joined


@pytest.mark.parametrize("path", before_patients(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_words_stand_bare(path):
    assert bare_words(path.read_text()) == []


def test_the_pages_of_every_room_are_looked_at():
    looked_at = {path.relative_to(ROOT).parts[0] for path in before_patients()}

    assert {"check_in", "intake", "own_page", "emails", "components", "patient.html"} <= looked_at


@pytest.mark.parametrize(
    "text",
    [
        "<p>Please call</p>",
        '<button aria-label="Close"></button>',
        '{% with greeting="Dear "|add:name %}',
        '{% include "a.html" with url=link words="Go on" %}',
        "{% translate 'Go on' %} to {{ reader }}",
    ],
)
def test_a_bare_word_is_seen(text):
    assert bare_words(text)

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from patients.intake import glossary

ROOT = Path(settings.BASE_DIR) / "templates"
STAFF = {
    "intake/_beside_note.html", "intake/_state.html", "intake/_answers.html", "intake/reading.html",
    "check_in/reading.html", "asked/ask.html", "asked/code.html", "asked/reading.html",
}  # fmt: skip
FOLDERS = ("intake", "check_in", "asked")
FOUND = {path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).glob("*.html")}
MAILS = {path.relative_to(ROOT).as_posix() for path in (ROOT / "emails").glob("intake-link*")}
PATIENT = sorted((FOUND - STAFF) | MAILS | {"patient.html"})
WORDS = [*glossary.forbidden_words(), "todo", "lorem", "oops"]
HIDDEN = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
SAID = re.compile(r"""{% translate (?P<mark>["'])(?P<words>.*?)(?P=mark)""")
MARKUP = re.compile(r"{%.*?%}|{{.*?}}|<[^>]*>", re.DOTALL)


def shown(text):
    """What stands on the page of a template, what is handed to be translated included."""
    text = HIDDEN.sub(" ", text)
    said = " ".join(found["words"] for found in SAID.finditer(text))
    return " ".join(f"{said} {MARKUP.sub(' ', text)}".split()).lower()


def staff_words(text):
    return [word for word in WORDS if re.search(rf"\b{re.escape(word)}\b", text)]


@pytest.mark.parametrize("name", PATIENT)
def test_no_staff_word_stands_in_a_template_for_patients(name):
    text = shown((ROOT / name).read_text())

    assert staff_words(text) == []
    assert "!" not in text


@pytest.mark.parametrize(
    "written",
    ["<p>A red flag</p>", '<p>{% translate "A red flag" %}</p>', "<p title=\"{% translate 'A red flag' %}\"></p>",
     "{% blocktranslate %}A red flag for {{ name }}{% endblocktranslate %}"],
)  # fmt: skip
def test_a_staff_word_would_be_seen(written):
    assert staff_words(shown(written)) == ["red flag"]


def test_every_staff_template_named_here_still_exists():
    assert sorted(STAFF - FOUND) == []


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_no_staff_word_stands_on_a_page_of_the_form(link, phone, step):
    phone.fill(link, until=step - 1)
    text = shown(phone.get(f"/i/form/{step}/").content.decode())

    assert staff_words(text) == []

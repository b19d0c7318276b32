from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from patients.intake import glossary

ROOT = Path(settings.BASE_DIR) / "templates"
STAFF = {"_beside_note.html", "_state.html", "_answers.html", "reading.html"}
PATIENT = [path for path in sorted((ROOT / "intake").glob("*.html")) if path.name not in STAFF]
PATIENT += [ROOT / "patient.html", *sorted((ROOT / "emails").glob("intake-link*"))]
WORDS = [*glossary.forbidden_words(), "todo", "lorem", "oops"]


def shown(text):
    text = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", " ", text, flags=re.DOTALL)
    return " ".join(text.split()).lower()


@pytest.mark.parametrize("path", PATIENT, ids=lambda path: path.name)
def test_no_staff_word_stands_in_a_template_for_patients(path):
    text = shown(path.read_text())

    assert [word for word in WORDS if re.search(rf"\b{re.escape(word)}\b", text)] == []
    assert "!" not in text


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_no_staff_word_stands_on_a_page_of_the_form(link, phone, step):
    phone.fill(link, until=step - 1)
    text = shown(phone.get(f"/i/form/{step}/").content.decode())

    assert [word for word in WORDS if re.search(rf"\b{re.escape(word)}\b", text)] == []

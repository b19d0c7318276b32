"""The pages and mails of a patient's own page speak plainly: no staff word stands in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from patients.intake import glossary
from sessions.own_page import changing, forms, progress

ROOT = Path(settings.BASE_DIR) / "templates"
MAILS = ("change", "cancellation", "own-page", "_visit", "_mails")
TEMPLATES = sorted((ROOT / "own_page").glob("*.html"))
TEMPLATES += [path for path in sorted((ROOT / "emails").iterdir()) if path.name.startswith(MAILS)]
CODE = [Path(module.__file__) for module in (changing, forms, progress)]
WORDS = [*glossary.forbidden_words(), "todo", "lorem", "oops", "cure", "heal"]


def said(path):
    text = path.read_text()
    if path.suffix == ".py":
        return " ".join(re.findall(r'\b_\("(.+?)"\)', text)).lower()
    text = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}", " ", text, flags=re.DOTALL)
    translated = " ".join(re.findall(r'{% translate "(.+?)"', text))
    return f"{translated} {re.sub(r'{%.*?%}|{{.*?}}|<[^>]*>', ' ', text, flags=re.DOTALL)}".lower()


@pytest.mark.parametrize("path", [*TEMPLATES, *CODE], ids=lambda path: path.name)
def test_no_staff_word_stands_in_what_patients_read(path):
    text = said(path)

    assert [word for word in WORDS if re.search(rf"\b{re.escape(word)}\b", text)] == []
    assert "!" not in text


def test_the_words_are_found_where_they_stand():
    assert "cancel this visit" in said(ROOT / "own_page" / "visit.html")
    assert "your pain went from" in said(Path(progress.__file__))

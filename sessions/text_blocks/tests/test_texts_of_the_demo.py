"""The texts that both demos bring along could be kept by hand."""

from __future__ import annotations

from clinic.demo.texts import texts
from sessions.text_blocks.forms import TextBlockForm
from sessions.text_blocks.models import TextBlock


def test_each_text_of_the_demo_is_what_the_page_would_keep():
    for text in texts():
        form = TextBlockForm({**text, "form_token": "3f0a2a6e-0000-4000-8000-000000000000", "end": "1"}, own=True)

        assert form.is_valid(), form.errors
        assert form.said == text

    assert {text["part"] for text in texts()} == set(TextBlock.Part.values)
    assert {text["shared"] for text in texts()} == {True, False}

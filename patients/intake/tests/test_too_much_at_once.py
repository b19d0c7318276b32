"""Ten megabytes, a thousand and one fields, more than a request may hold: words, and what was there stays."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from patients.intake.tests.conftest import COMPLAINT, row

TOKEN = "2b0a1a1e-6b0a-4b61-a1f5-6f3a3ad1b2c4"


def test_ten_megabytes_of_text_are_refused_in_words_and_kept(link, phone):
    phone.fill(link, until=1)

    page = phone.send(2, COMPLAINT | {"story": "x" * 10_000_000})

    assert page.status_code == 200
    assert "10,000,000 characters long; 5,000 fit here" in page.content.decode()
    assert "x" * 10_000_000 in page.content.decode()


def test_ten_megabytes_are_not_kept_as_half_a_page(link, asked, phone):
    phone.fill(link, until=1)
    said = COMPLAINT | {"story": "x" * 10_000_000, "version": phone.version(2), "form_token": TOKEN, "end": "1"}

    answer = phone.client.post("/i/form/2/keep/", said)

    assert answer.status_code == 413
    assert "too long" in answer.json()["says"]
    assert len(str(row(asked).draft.data)) < 10_000


@pytest.mark.parametrize("answers", [{"story": "x" * 11_000_000}, {f"extra{n}": "1" for n in range(2_500)}])
def test_more_than_a_request_may_hold_is_said_on_a_page_of_its_own(link, asked, phone, answers):
    phone.fill(link, until=1)
    before = row(asked).draft.version
    said = COMPLAINT | answers | {"version": before, "form_token": TOKEN, "end": "1"}
    phone.client.raise_request_exception = False

    for path in ("/i/form/2/", "/i/form/2/keep/"):
        page = phone.client.post(path, urlencode(said, doseq=True), content_type="application/x-www-form-urlencoded")
        assert page.status_code == 413
        assert "more than we can take at once" in page.content.decode()
    assert row(asked).draft.version == before

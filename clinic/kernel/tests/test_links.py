"""A link's token cannot be guessed, belongs to one purpose and one version, and is kept as a hash."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from clinic.kernel.links import hash_token, make_token, mask_address

ID = uuid.UUID("6c1f3bd0-5b8a-4c55-9d43-0a9c6a7a2a11")


def test_the_same_link_makes_the_same_token():
    assert make_token(purpose="intake", public_id=ID, version=1) == make_token(
        purpose="intake", public_id=ID, version=1
    )


def test_purpose_version_and_row_each_change_the_token():
    tokens = {
        make_token(purpose="intake", public_id=ID, version=1),
        make_token(purpose="check-in", public_id=ID, version=1),
        make_token(purpose="intake", public_id=ID, version=2),
        make_token(purpose="intake", public_id=uuid.uuid4(), version=1),
    }

    assert len(tokens) == 4
    assert all(len(token) == 43 for token in tokens)


def test_another_key_makes_another_token(settings):
    before = make_token(purpose="intake", public_id=ID, version=1)
    settings.LINK_KEY = "another-key"

    assert make_token(purpose="intake", public_id=ID, version=1) != before


@given(st.text())
def test_any_text_can_be_hashed(text):
    assert len(hash_token(text)) == 64


def test_an_address_is_masked_to_its_first_letter():
    assert mask_address("samuel@okonkwo.example") == "s***@okonkwo.example"
    assert mask_address("") == ""

from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.intake.signature import PREFIX, NotASignature, png_of
from patients.intake.tests.conftest import a_png, as_data_url


@pytest.mark.parametrize("colour", [0, 2, 4, 6])
def test_a_plain_drawing_is_taken_as_it_is(colour):
    png = a_png(colour=colour)

    assert png_of(as_data_url(png)) == png


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "data:image/svg+xml;base64,AAAA",
        "data:image/png;base64,not base64!",
        PREFIX + base64.b64encode(b"GIF89a").decode(),
        as_data_url(a_png()[:-8]),
        as_data_url(a_png() + b"more"),
        as_data_url(a_png(blank=True)),
        as_data_url(a_png(width=3001, height=1)),
        as_data_url(a_png(width=1, height=1501)),
        PREFIX + "A" * 600_000,
        as_data_url(a_png().replace(b"IDAT", b"tEXt")),
    ],
)
def test_what_is_no_small_whole_drawing_is_refused_in_words(sent):
    with pytest.raises(NotASignature, match="Please sign"):
        png_of(sent)


@given(st.binary(max_size=200), st.integers(0, 300))
def test_a_changed_drawing_is_refused_or_the_same(noise, at):
    png = a_png(20, 10)
    changed = png[:at] + noise + png[at + len(noise) :]

    with suppress(NotASignature):
        assert png_of(as_data_url(changed)) == changed

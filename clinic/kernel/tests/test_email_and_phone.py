from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from clinic.kernel.fields import EmailField, PhoneField


def refused(field: EmailField | PhoneField, text: str) -> str:
    with pytest.raises(ValidationError) as caught:
        field.clean(text)
    return caught.value.messages[0]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("rosa@oldmill.example", "rosa@oldmill.example"),
        ("  Rosa.D@OldMill.Example ", "Rosa.D@oldmill.example"),
        ("a+b_c'd@mail.co.uk", "a+b_c'd@mail.co.uk"),
        ("x" * 64 + "@a.io", "x" * 64 + "@a.io"),
    ],
)
def test_an_address_is_kept(typed: str, kept: str) -> None:
    assert EmailField().clean(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "rosa", "@a.com", "rosa@", "rosa@oldmil", "a..b@c.com", ".a@c.com", "a@b@c.com", "a b@c.com", "a@c.c0m",
        "a@-b.com", "a@b-.com", "a@.com", "a@b..com", "x" * 65 + "@a.io", "a@" + "b" * 64 + ".com", '"a"@b.com',
        "a@b.com\nBcc: x@y.com", "<a@b.com>",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_words(typed: str) -> None:
    assert refused(EmailField(), typed).endswith((".", "?"))


@pytest.mark.parametrize("letter", ["\u0131", "\u212a", "\u017f", "é", "\u0430"])
@pytest.mark.parametrize("pattern", ["m{}ke@mail.com", "mike@mai{}.com"])
def test_letters_that_fold_onto_others_are_refused(letter: str, pattern: str) -> None:
    assert "plain letters" in refused(EmailField(), pattern.format(letter))


def test_a_missing_ending_is_said_with_what_was_probably_meant() -> None:
    field = EmailField(domains=("oldmill.example",))

    assert refused(field, "desk@oldmil") == (
        "This address has no ending such as .com. Did you mean desk@oldmill.example?"
    )
    assert refused(field, "desk@zzzzzz") == "This address has no ending such as .com."


@given(st.text(max_size=80))
def test_an_address_that_passes_is_ascii_with_one_at_and_an_ending(text: str) -> None:
    try:
        kept = EmailField(required=False).clean(text)
    except ValidationError:
        return
    assert kept == "" or (kept.isascii() and kept.count("@") == 1 and "." in kept.rpartition("@")[2])


@pytest.mark.parametrize(
    ("region", "typed", "kept"),
    [
        ("US", "(212) 555-0142", "+12125550142"),
        ("US", "+44 20 7946 0018", "+442079460018"),
        ("DE", "030 901820", "+4930901820"),
        ("US", "212-555-0142 ext. 12", "+12125550142x12"),
        ("", "+34 612 345 678", "+34612345678"),
    ],
)
def test_a_phone_number_is_read_as_the_country_writes_it(region: str, typed: str, kept: str) -> None:
    assert PhoneField(region=region).clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("call my sister", "digits only"),
        ("555 0142", "area code"),
        ("12", "too few"),
        ("+1 212 555 0142 0142 0142", "too many"),
        ("+999 123456", "country"),
    ],
)
def test_what_nobody_could_dial_is_refused_in_words(typed: str, says: str) -> None:
    assert says in refused(PhoneField(region="US"), typed)


@given(st.text(max_size=45))
def test_whatever_is_typed_as_a_phone_is_read_or_refused(text: str) -> None:
    try:
        kept = PhoneField(region="US", required=False).clean(text)
    except ValidationError as problem:
        said = problem.messages[0]
    else:
        said = "Kept."
        assert kept == "" or kept.startswith("+")
    assert said.endswith(".")

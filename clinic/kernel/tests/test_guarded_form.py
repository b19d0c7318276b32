from __future__ import annotations

import uuid

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django import forms
from django.core.exceptions import ValidationError

from clinic.kernel.fields import BirthDateField, CleanText, PhoneField, PickField, ScaleField, TickField
from clinic.kernel.forms import CUT_OFF, GuardedForm

TOKEN = "7f6c1f0e-9d1b-4b52-9a52-0d7a3f1f2c11"


class Booking(GuardedForm):
    name = CleanText(label="Name")
    phone = PhoneField(label="Phone", required=False)
    born = BirthDateField(label="Birth date", required=False)
    service = forms.ChoiceField(label="Service", choices=[("1", "First visit")])


def sent(**values: str) -> dict[str, str]:
    return {"form_token": TOKEN, "end": "1", "name": "Li Wei", "service": "1", **values}


def test_a_whole_form_gives_its_token_and_keeps_its_end_to_itself() -> None:
    form = Booking(sent())

    assert form.is_valid()
    assert form.cleaned_data["form_token"] == uuid.UUID(TOKEN)
    assert "end" not in form.cleaned_data


@pytest.mark.parametrize("lost", ["end", "form_token"])
def test_a_form_that_was_cut_off_says_so_once_and_keeps_what_was_typed(lost: str) -> None:
    values = sent()
    del values[lost]

    form = Booking(values)

    assert not form.is_valid()
    assert form.non_field_errors() == [CUT_OFF]
    assert 'value="Li Wei"' in form.as_p()


def test_a_cut_off_form_can_be_sent_again() -> None:
    page = Booking({"name": "Li Wei"}).as_p()

    assert 'name="end" value="1"' in page
    assert 'name="form_token" value=""' not in page


def test_a_refused_form_keeps_its_token() -> None:
    form = Booking(sent(name=""))

    assert not form.is_valid()
    assert TOKEN in form.as_p()


def test_the_end_is_the_last_thing_on_the_page() -> None:
    page = as_crispy_form(Booking())

    assert page.rindex('name="end"') > page.rindex('name="service"')


def test_the_country_sets_how_phones_and_dates_are_read() -> None:
    form = Booking(sent(phone="030 901820"), country="DE")

    assert form.is_valid()
    assert form.cleaned_data["phone"] == "+4930901820"
    assert form.fields["born"].widget.order == "dmy"
    assert Booking(country="US").fields["born"].widget.order == "mdy"


def test_a_problem_stands_beside_its_field_and_first_on_the_page() -> None:
    page = as_crispy_form(Booking(sent(name="", service="<b>9")))

    assert 'href="#id_name"' in page
    assert 'aria-describedby="id_name_error"' in page
    assert 'id="id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert "Please fill this in." in page
    assert "Please choose one of these." in page
    assert "<b>9" not in page


def test_zero_is_an_answer_and_none_is_none() -> None:
    field = ScaleField(required=False)

    assert field.clean("0") == 0
    assert field.clean("10") == 10
    assert field.clean("") is None


@pytest.mark.parametrize("value", ["11", "-1", "5.5", "x", "٥"])
def test_a_number_off_the_scale_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="from 0 to 10"):
        ScaleField().clean(value)


def test_none_of_these_stands_alone() -> None:
    field = TickField(choices=[("a", "A"), ("none", "None of these")], none="none")

    assert field.clean(["none"]) == ["none"]
    with pytest.raises(ValidationError, match="cannot stand beside"):
        field.clean(["a", "none"])
    with pytest.raises(ValidationError, match="None of these"):
        field.clean([])


def test_choices_are_drawn_with_their_hints_and_none_last() -> None:
    class Health(GuardedForm):
        health = TickField(
            label="Is any of this true?",
            choices=[("thinner", "I take a blood thinner"), ("none", "None of these")],
            none="none",
            hints={"thinner": "such as warfarin"},
        )
        row = PickField(label="Anything new?", choices=[("n", "No"), ("y", "Yes")], row=True)
        pain = ScaleField(label="Pain", low="no pain", high="worst")

    page = as_crispy_form(Health())

    assert "<small>such as warfarin</small>" in page
    assert 'class="choice is-none"' in page
    assert 'class="choices is-row"' in page
    assert page.count('type="radio"') == 2 + 11
    assert "<legend>Pain" in page

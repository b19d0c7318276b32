"""A form copies its fields for itself, and shares the lists that nobody changes."""

from __future__ import annotations

from django import forms

from clinic.kernel.fields import BirthDateField, CleanText, PickField
from clinic.kernel.forms import GuardedForm


class Small(GuardedForm):
    name = CleanText(label="Name")
    kind = PickField(label="Kind", choices=[("a", "one"), ("b", "two")])
    born = BirthDateField(label="Born", required=False)


class Plain(forms.Form):
    kind = forms.ChoiceField(choices=[("a", "one")])


class Heir(GuardedForm, Plain):
    pass


def test_what_one_form_changes_is_not_seen_by_the_next():
    first = Small()
    first.fields["name"].label = "Other"
    first.fields["name"].required = False
    first.fields["name"].widget.attrs["rows"] = 9
    first.fields["name"].error_messages["required"] = "Other words."
    first.fields["name"].validators.append(print)
    first.fields["kind"].choices = [("c", "three")]
    first.fields["extra"] = CleanText(label="Extra")
    second = Small({"kind": "a"})
    assert second.fields["name"].label == "Name"
    assert second.fields["name"].required
    assert "rows" not in second.fields["name"].widget.attrs
    assert second.errors["name"] == ["Please fill this in."]
    assert print not in second.fields["name"].validators
    assert list(second.fields["kind"].choices) == [("a", "one"), ("b", "two")]
    assert list(second.fields["kind"].widget.choices) == [("a", "one"), ("b", "two")]
    assert "extra" not in second.fields


def test_a_date_of_several_boxes_is_copied_whole():
    first, second = Small(country="US"), Small(country="DE")
    assert first.fields["born"].widget.order != second.fields["born"].widget.order
    assert first.fields["born"].widget.widgets[0] is not second.fields["born"].widget.widgets[0]


def test_a_field_that_was_inherited_keeps_the_words_of_its_own_form():
    assert Heir({"kind": "x"}).errors["kind"] == ["Please choose one of these."]
    assert Plain({"kind": "x"}).errors["kind"] != ["Please choose one of these."]


def test_a_field_added_by_hand_speaks_the_words_of_the_house():
    form = Small({})
    form.fields["more"] = forms.ChoiceField(choices=[("a", "one")])
    form.settle_fields()
    assert form.errors["more"] == ["Please choose one."]

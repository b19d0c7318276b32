"""What every form of the house brings along: a number of its own, a mark at its end, the customs of the country."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy

from clinic.kernel.date_fields import BirthDateField, date_order
from clinic.kernel.text_fields import PhoneField
from clinic.kernel.twins import FieldSource, twin

CUT_OFF = gettext_lazy("The form arrived cut off. Please send it again; your text is kept.")


class _Token(forms.HiddenInput):
    """A token that is none (cut off, changed) is not given back: the next sending gets a fresh one."""

    def format_value(self, value: Any) -> str:
        try:
            return str(uuid.UUID(str(value)))
        except ValueError:
            return str(uuid.uuid4())


class _End(forms.HiddenInput):
    """Always given out as "1", however the form came in."""

    def format_value(self, value: Any) -> str:
        return "1"


class GuardedForm(forms.Form):
    """A form that knows when it is sent twice or arrives cut off.

    ``cleaned_data["form_token"]`` is a UUID, the same for each sending of one opened form: services store it to make
    one row of a double click. ``end`` travels as the last value; without it the form was cut off. ``country`` (ISO
    code) sets how phones and birth dates are read, ``today`` the last possible birth date.
    """

    use_required_attribute = False  # the server's sentences are the ones people read
    mark_optional = True

    form_token = forms.UUIDField(
        widget=_Token, initial=uuid.uuid4, error_messages={"required": CUT_OFF, "invalid": CUT_OFF}
    )
    end = forms.CharField(widget=_End, initial="1", required=False)

    def __init__(self, *args: Any, country: str = "", today: date | None = None, **options: Any) -> None:
        self._ready()
        super().__init__(*args, **options)
        self.settle_fields(country=country, today=today)

    @classmethod
    def _ready(cls) -> None:
        """Teach the fields of the class the words of the house once, not with every form that is made of it."""
        if not isinstance(cls.base_fields, FieldSource):  # set by the metaclass for each class anew
            own = FieldSource({name: twin(field) for name, field in cls.base_fields.items()})
            for field in own.values():
                cls._speak(field)
            cls.base_fields = own

    def settle_fields(self, *, country: str = "", today: date | None = None) -> None:
        """Hand the customs of the country to the fields; call again after adding fields by hand."""
        for field in self.fields.values():
            if not getattr(field, "speaks", False):
                self._speak(field)
            if isinstance(field, PhoneField) and country:
                field.region = country
            if isinstance(field, BirthDateField):
                field.today = today or field.today
                if country:
                    field.widget.order = date_order(country)

    @staticmethod
    def _speak(field: forms.Field) -> None:
        """Give fields of Django that still speak its words the words of the house; none repeats what was sent."""
        chosen = isinstance(field, forms.ChoiceField)
        plain = {
            "required": gettext_lazy("Please choose one.") if chosen else gettext_lazy("Please fill this in."),
            "invalid_choice": gettext_lazy("Please choose one of these."),
        }
        for code, sentence in plain.items():
            theirs = [getattr(kind, "default_error_messages", {}).get(code) for kind in type(field).__mro__]
            if field.error_messages.get(code) in [said for said in theirs if said]:
                field.error_messages[code] = sentence
        field.speaks = True  # type: ignore[attr-defined]  # a twin of it speaks as well

    def __iter__(self) -> Iterator[forms.BoundField]:
        yield from (self[name] for name in self.fields if name != "end")
        yield self["end"]

    def clean_end(self) -> str:
        """Raises ValidationError when the last value of the form did not arrive."""
        if self.cleaned_data.get("end") != "1":
            raise ValidationError(CUT_OFF, code="cut_off")
        return "1"

    def _post_clean(self) -> None:
        """Say what is wrong with a hidden field above the form, once; nobody could see it beside the field."""
        super()._post_clean()  # type: ignore[misc]
        self.cleaned_data.pop("end", None)
        hidden = [name for name in self.errors if name in self.fields and self.fields[name].widget.is_hidden]
        sentences = {str(sentence): sentence for name in hidden for sentence in self.errors.pop(name)}
        for sentence in sentences.values():
            if sentence not in self.errors.get(NON_FIELD_ERRORS, []):
                self.add_error(None, sentence)

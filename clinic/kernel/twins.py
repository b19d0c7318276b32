"""Copies of form fields that cost little: a form may change its own, and shares what nobody changes.

Django copies every field of a form for each request, and with each choice field all of its choices. A note has ninety
fields; that was half of the time of saving it.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django import forms
from django.forms.models import ModelChoiceField

#: What holds other fields or widgets, or a question to the database, is copied as Django does it.
_DEEP = (forms.MultiValueField, ModelChoiceField)


class FieldSource(dict[str, forms.Field]):
    """The fields of a form class. A deep copy of it, as every form takes one, is a plain dict of twins."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return {name: twin(field) for name, field in self.items()}


class SharedFields(dict[str, forms.Field]):
    """The fields of a form class that is read and never shown: its forms share them, and may only leave some out."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)


def twin(field: forms.Field) -> forms.Field:
    """Return a field like ``field`` whose label, choices, messages and widget may be set without changing it.

    The lists of choices are shared: set new ones, never add to them.
    """
    if isinstance(field, _DEEP) or isinstance(field.widget, forms.MultiWidget):
        return deepcopy(field)
    mine: forms.Field = _same(field)
    mine.error_messages = field.error_messages.copy()
    mine.validators = field.validators[:]
    mine.widget = _same(field.widget)
    mine.widget.attrs = field.widget.attrs.copy()
    return mine


def _same(thing: Any) -> Any:
    # What copy() does, without asking the class how it wants to be pickled.
    made = thing.__class__.__new__(thing.__class__)
    made.__dict__.update(thing.__dict__)
    return made

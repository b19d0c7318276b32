"""Answers by thumb: a scale of numbers, a pick of one, ticks with "none of these"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: What is said of a choice, perhaps only when somebody reads it, in their language.
Words = str | Promise
Choices = Iterable[tuple[Any, Words]]


class ScaleInput(forms.RadioSelect):
    """Radio buttons drawn as the two rows of a scale."""

    house = "components/fields/scale.html"

    def __init__(self, *, steps: int, low: str, high: str, small: bool) -> None:
        self.steps, self.low, self.high, self.small = steps, low, high, small
        super().__init__()


class ScaleField(forms.TypedChoiceField):
    """A whole number from 0 to ``steps`` (10, or 7 for days of a week). Zero is an answer; None is none."""

    def __init__(self, *, steps: int = 10, low: str = "", high: str = "", small: bool = False, **options: Any) -> None:
        # Of a field that stands in a class: said later, in the language of whoever reads.
        said = format_lazy(gettext_lazy("Please choose a number from 0 to {most}."), most=steps)
        options.setdefault("error_messages", {}).setdefault("required", said)
        options["error_messages"].setdefault("invalid_choice", said)
        super().__init__(
            choices=[(str(number), str(number)) for number in range(steps + 1)],
            coerce=int,
            empty_value=None,
            widget=ScaleInput(steps=steps, low=low, high=high, small=small),
            **options,
        )


class _Hinted(forms.RadioSelect):
    """Choices drawn as big as a thumb; ``hints`` stand small under a choice, ``none`` is the one that stands alone."""

    house = "components/fields/choices.html"

    def __init__(self, *, hints: Mapping[Any, Words] | None = None, row: bool = False, small: bool = False) -> None:
        self.hints = {str(key): hint for key, hint in (hints or {}).items()}
        self.row, self.small, self.none = row, small, ""
        super().__init__()

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        option["hint"] = self.hints.get(str(value), "")
        option["none"] = bool(self.none) and str(value) == self.none
        return option


class PickInput(_Hinted):
    """One of a few, as radio buttons."""


class TickInput(_Hinted, forms.CheckboxSelectMultiple):
    """Any of a few, as check boxes."""


class PickField(forms.ChoiceField):
    """One choice, big as a thumb. ``row`` puts short ones side by side, ``hints`` explains a choice."""

    def __init__(
        self, *, choices: Choices, hints: Mapping[Any, Words] | None = None, row: bool = False, small: bool = False,
        **options: Any,
    ) -> None:  # fmt: skip
        messages = options.setdefault("error_messages", {})
        messages.setdefault("required", gettext_lazy("Please choose one."))
        messages.setdefault("invalid_choice", gettext_lazy("Please choose one of these."))
        super().__init__(choices=choices, widget=PickInput(hints=hints, row=row, small=small), **options)


class TickField(forms.MultipleChoiceField):
    """Any number of ticks. The choice with the value ``none`` stands last and alone; it is dropped from the answer's
    other ticks by refusing both together, since guessing which was meant would lose one."""

    def __init__(
        self, *, choices: Choices, none: str = "", hints: Mapping[Any, Words] | None = None, row: bool = False,
        small: bool = False, **options: Any,
    ) -> None:  # fmt: skip
        widget = TickInput(hints=hints, row=row, small=small)
        widget.none = self.none = none
        listed = list(choices)
        self.none_says = next((label for value, label in listed if str(value) == none), gettext_lazy("None of these"))
        messages = options.setdefault("error_messages", {})
        required = (
            format_lazy(gettext_lazy("Please tick what is true, or “{none}”."), none=self.none_says)
            if none
            else gettext_lazy("Please tick what is true.")
        )
        messages.setdefault("required", required)
        messages.setdefault("invalid_choice", gettext_lazy("Please tick some of these."))
        messages.setdefault("invalid_list", gettext_lazy("Please tick some of these."))
        super().__init__(choices=listed, widget=widget, **options)

    def clean(self, value: Any) -> list[str]:
        """Return the ticked values. Raises ValidationError when "none" stands beside another."""
        ticked: list[str] = super().clean(value)
        if self.none and self.none in ticked and len(ticked) > 1:
            said = _("“{none}” cannot stand beside another tick.").format(none=self.none_says)
            raise ValidationError(said, code="none_and_some")
        return ticked

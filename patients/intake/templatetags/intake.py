"""What the pages of the intake need to be drawn."""

from __future__ import annotations

from django import template
from django.forms import BaseForm, BoundField

register = template.Library()


@register.simple_tag
def detail_of(form: BaseForm, rule: str) -> BoundField | None:
    """Return the field that asks more about a ticked rule, None when nothing more is asked."""
    name = f"detail_{rule}"
    return form[name] if name in form.fields else None

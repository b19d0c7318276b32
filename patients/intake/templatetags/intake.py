"""What the pages of the intake need to be drawn."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django import template
from django.forms import BaseForm, BoundField
from django.utils import timezone
from django.utils.translation import gettext

from clinic.attention import hours
from clinic.attention import querysets as attention
from clinic.kernel import clinic_words, clock
from patients.intake import steps

register = template.Library()


@register.simple_tag
def detail_of(form: BaseForm, rule: str) -> BoundField | None:
    """Return the field that asks more about a ticked rule, None when nothing more is asked."""
    name = f"detail_{rule}"
    return form[name] if name in form.fields else None


@register.simple_tag
def details_of(form: BaseForm, kind: str) -> list[BoundField]:
    """Return the fields that ask more about a ticked treatment."""
    return [form[name] for name in form.fields if name in (f"words_{kind}", f"started_{kind}", f"stopped_{kind}")]


@register.simple_tag
def read_not_before(step: int | None = None) -> str:
    """Say when somebody reads a form: while we are open, or not before we open again. One statement.

    Of the steps of the intake the first one says so, and the one that asks how somebody is.
    """
    if step not in (None, steps.CONTACT, steps.FEELINGS):
        return ""
    now = clock.now()
    zone = ZoneInfo(timezone.get_current_timezone_name())
    opens = hours.next_open(attention.week(), zone, now)
    if opens is None:
        return gettext("A practitioner of ours reads this, but not at once.")
    if opens == now:
        return gettext("A practitioner of ours reads this while we are open, but not at once.")
    return gettext("A practitioner of ours reads this, not before %(day)s, %(time)s.") % {
        "day": clinic_words.day_long(opens),
        "time": clinic_words.time_of_day(opens),
    }

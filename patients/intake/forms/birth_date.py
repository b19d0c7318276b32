"""The one question a new device is asked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clinic.kernel.fields import BirthDateField
from clinic.kernel.forms import GuardedForm


class BirthDateForm(GuardedForm):
    """Three boxes, in the order of the country."""

    birth_date = BirthDateField(label=_("Your birth date"))

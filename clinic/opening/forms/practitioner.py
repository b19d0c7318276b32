"""The first practitioner, when the owner does not treat."""

from __future__ import annotations

from clinic.kernel.fields import EmailField
from clinic.staff.forms.practitioners import PractitionerForm


class FirstPractitionerForm(PractitionerForm):
    """A name on the board, a licence, and an address to sign in with."""

    email = EmailField(label="E-mail", help_text="They sign in with it, and set their own password by a link.")

    field_order = ("form_token", "display_name", "hanzi_name", "licence", "email")

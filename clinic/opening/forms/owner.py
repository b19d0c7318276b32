"""The owner, as they come in and as they are corrected before the house is open."""

from __future__ import annotations

from typing import Any

from clinic.kernel.clock import now
from clinic.kernel.fields import CleanText, EmailField, TickField
from clinic.kernel.forms import GuardedForm
from clinic.policy.table import FRONT_DESK, PRACTITIONER
from clinic.staff.forms.passwords import PasswordForm
from clinic.staff.models import User

_ALSO = ((PRACTITIONER, "I treat patients"), (FRONT_DESK, "I keep the front desk"))


def _roles() -> TickField:
    return TickField(
        label="Besides owning it", choices=_ALSO, required=False, small=True,
        hints={
            PRACTITIONER: "Reads intakes, writes and signs notes.",
            FRONT_DESK: "Books, greets, keeps contacts.",
        },
    )  # fmt: skip


class OwnerForm(PasswordForm):
    """Who owns this clinic: a name, an address to sign in with, a password."""

    name = CleanText(label="Your name", max_length=120)
    email = EmailField(label="E-mail", help_text="You sign in with it.")
    roles = _roles()

    field_order = ("form_token", "name", "email", "password", "again", "roles")

    def judged_user(self) -> User:
        """Return a user that is not stored, for the check against name and address."""
        typed: dict[str, Any] = self.cleaned_data
        return User(name=typed.get("name", ""), email=typed.get("email", ""), created_at=now())


class KnownOwnerForm(GuardedForm):
    """Name and roles, corrected while the house is not open."""

    name = CleanText(label="Your name", max_length=120)
    roles = _roles()

"""Who signs in, and what they may do."""

from __future__ import annotations

from clinic.kernel.fields import CleanText, EmailField, TickField
from clinic.kernel.forms import GuardedForm
from clinic.policy.table import FRONT_DESK, OWNER, PRACTITIONER

ROLE_WORDS = {FRONT_DESK: "Front desk", PRACTITIONER: "Practitioner", OWNER: "Owner"}
ROLE_HINTS = {
    FRONT_DESK: "Books, greets, keeps contacts. Never sees answers about health, nor notes.",
    PRACTITIONER: "Treats: reads intakes, writes and signs notes.",
    OWNER: "Keeps users and settings. Reads no charts unless a practitioner too.",
}


def say_roles(roles: list[str]) -> str:
    """Say a set of roles in words: "Front desk, owner"."""
    return ", ".join(ROLE_WORDS[role] for role in ROLE_WORDS if role in roles).capitalize()


class UserForm(GuardedForm):
    """A user as the owner sees them."""

    name = CleanText(label="Name", max_length=120)
    email = EmailField(label="E-mail", help_text="They sign in with it.")
    roles = TickField(
        label="What they do here", choices=ROLE_WORDS.items(), hints=ROLE_HINTS, small=True,
        error_messages={"required": "Please tick at least one."},
    )  # fmt: skip


class NameForm(GuardedForm):
    """One's own name."""

    name = CleanText(label="Your name", max_length=120, help_text="As colleagues see it.")

"""What a password must be: long, or shorter with a second factor beside it. No rules about signs and digits.

Length is what protects; rules about signs make people write the same word with a 1 behind it (NIST SP 800-63B).
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError

from clinic.kernel.text_fields import is_broken

ALONE = 15
"""Characters of a password that stands alone."""
WITH_SECOND_FACTOR = 12
"""Characters of a password that a code or a key follows."""
MOST = 1_000
"""Longer ones are no safer, and each costs the server time."""
HELP = f"At least {ALONE} characters. Three or four words that have nothing to do with each other keep well."
_FEWEST_DIFFERENT = 5


def least_length(user: Any = None) -> int:
    """Return how long the password of ``user`` must be at least, in characters. One statement for a stored user."""
    if getattr(user, "pk", None) is None:
        return ALONE
    factors = Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return WITH_SECOND_FACTOR if factors.exists() else ALONE


class LengthValidator:
    """12 characters beside a second factor, else 15."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError in words."""
        least = least_length(user)
        if len(password) < least:
            more = f"This has {len(password)} characters; it needs {least}."
            raise ValidationError(f"{more} Three or four words make a good one.", code="too_short")
        if len(password) > MOST:
            raise ValidationError(f"This has more than {MOST:,} characters. Please take fewer.", code="too_long")

    def get_help_text(self) -> str:
        """Return the sentence that stands under the box."""
        return HELP


class PlainValidator:
    """Characters that can be typed again, and not the same few over and over."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError in words."""
        if any(is_broken(character) or character in "\n\t" for character in password):
            raise ValidationError("There is a character in here that nobody could type again.", code="broken")
        if len(set(password)) < _FEWEST_DIFFERENT or _is_repeated(password):
            raise ValidationError(
                "This is the same over and over, and quickly guessed. Please take different words.", code="repeated"
            )

    def get_help_text(self) -> str:
        """Nothing that is worth reading beforehand."""
        return ""


def _is_repeated(password: str) -> bool:
    """Tell whether a password is one piece, written two times or more."""
    return password.casefold() in (password.casefold() * 2)[1:-1]

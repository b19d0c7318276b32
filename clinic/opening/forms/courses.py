"""What new courses begin with."""

from __future__ import annotations

from typing import Any

from clinic.kernel.forms import GuardedForm
from clinic.kernel.number_fields import WholeNumber
from clinic.practice.models import Practice

_NEEDED = {"required": "Please write a number."}


class CoursesForm(GuardedForm):
    """How many sessions a new course has, and at which of them its first checkpoint lies."""

    mark_optional = False

    sessions = WholeNumber(
        label="Sessions of a new course", least=1, most=200, max_length=20, error_messages=_NEEDED,
        help_text="1 to 200. Whoever books sees this number and may write another one.",
    )  # fmt: skip
    checkpoint = WholeNumber(
        label="First checkpoint at session", least=2, most=20, max_length=20, error_messages=_NEEDED,
        help_text="2 to 20. A course that is shorter has it at its last session; the next ones follow after 30 days.",
    )  # fmt: skip

    @staticmethod
    def initial_of(practice: Practice) -> dict[str, Any]:
        """Return what stands in the form for the stored practice."""
        return {"sessions": practice.course_sessions, "checkpoint": practice.checkpoint_session}

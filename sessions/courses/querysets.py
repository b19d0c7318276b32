"""What is asked of courses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

if TYPE_CHECKING:
    from sessions.courses.models import Course  # noqa: F401 - named in the base class


class CourseQuerySet(QuerySet["Course"]):
    """Courses."""

    def running(self) -> CourseQuerySet:
        """Courses that have not ended, the newest first."""
        return self.filter(state=self.model.State.ACTIVE).order_by("-opened_at", "-id")

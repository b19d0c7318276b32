"""Who is signed in, with the number of open tasks: it rides on the statement that reads the user anyway."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Case, IntegerField, QuerySet, Value, When

from clinic.attention.querysets import open_count
from clinic.kernel.prepared import Prepared, given
from clinic.policy.table import PRACTITIONER
from clinic.staff.models import User


def _with_tasks() -> QuerySet[User]:
    counted = Case(
        When(roles__contains=[PRACTITIONER], then=open_count()), default=Value(0), output_field=IntegerField()
    )
    return User.objects.annotate(open_tasks=counted).filter(pk=given("user"))


# Asked as it stands, so that the sign-in check can be told from what a page asks.
_USER = Prepared(_with_tasks, on_server=False)


class Backend(AuthenticationBackend):
    """Gives each request its user with ``open_tasks``. For who does not treat the tasks are not even counted."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the user of a session; None for one who is gone or switched off."""
        user = _USER.first(user=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

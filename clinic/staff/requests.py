"""The request as a view of the staff knows it: the policy has let somebody in, the practice is open."""

from __future__ import annotations

from django.http import HttpRequest

from clinic.practice.models import Practice
from clinic.staff.models import User


class StaffRequest(HttpRequest):
    """For annotations only: views with a cell of the policy table run for a signed-in user of the practice."""

    user: User
    practice: Practice

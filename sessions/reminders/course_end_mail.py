"""The mail that asks about the end of a course, and what must hold when it leaves. It says nothing of health."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from clinic.outbox.kinds import Kind, Mail, StillTrue
from clinic.outbox.models import OutgoingMessage
from sessions.appointments.models import Appointment
from sessions.reminders.asking import COURSE_END
from sessions.reminders.check_in_mail import Facts, gather, still_asked, written


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when the questions leave; uses only columns the worker may read."""
    over = Appointment.objects.filter(pk=OuterRef("appointment_id")).filter(
        Q(course__state="completed") | Q(course__sessions_done__gte=F("course__planned_sessions"))
    )
    return still_asked(now, StillTrue(Q(Exists(over)), "the course goes on"))


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the mail from the state of this moment. Raises LookupError when its form is gone."""
    return written(COURSE_END, message, now, _read_when)


def _read_when(facts: Facts) -> str:
    return _("{reader} reads it with your record, not at once.").format(reader=facts.reader)


KIND = Kind(code=COURSE_END, title="End of a course", render=render, still_true=still_true, gather=gather)

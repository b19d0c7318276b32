"""Links that ended long ago are forgotten: what is kept of a token goes 90 days after its end, every night.

The row stays, since answers and mails name it, and a link that is wanted again is made anew. "Which mails" never ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from clinic.audit import services as audit
from clinic.kernel.links import FORGOTTEN
from clinic.kernel.together import Rows, insert_together
from clinic.practice.models import Practice
from patients.contact.models import PatientLink
from patients.intake.models import QuestionnaireRequest
from sessions.appointments.models import Appointment
from sessions.courses.models import Course
from sessions.own_page.entry import AFTER_THE_COURSE

KEPT_AFTER_END = timedelta(days=90)
#: The clinic's hour in which it is done, and its first minutes: a worker that was away then does it the next night.
HOUR, MINUTES = 3, 10
_OFF = (Appointment.State.ENTERED_IN_ERROR,)


def plan(now: datetime) -> None:
    """Forget in the night, in a round of the worker."""
    practice = Practice.objects.filter(id=1).only("timezone").first()
    local = now.astimezone(ZoneInfo(practice.timezone)) if practice else None
    if local is not None and local.hour == HOUR and local.minute < MINUTES:
        forget(now=now)


def forget(*, now: datetime) -> int:
    """Forget the hashes of all links that ended 90 days before ``now``, and return how many.

    Done twice it is done once. Runs with the worker's rights: ids, times and states are read, no answer.
    """
    since = now - KEPT_AFTER_END
    with transaction.atomic():
        forgotten = sum(
            links.exclude(token_hash__startswith=FORGOTTEN).update(token_hash=_nothing())
            for links in (_forms(since), _visits(since), _own_pages(since))
        )
        if forgotten:
            insert_together(Rows([audit.compose(by=None, now=now, action="forget", resource="links")]))
    return forgotten


def _nothing() -> Concat:
    """What stands instead of the hash: no token has it, and it is another one in each row."""
    return Concat(Value(FORGOTTEN), Cast("public_id", CharField()))


def _forms(since: datetime) -> QuerySet[QuestionnaireRequest]:
    """Forms by link end when they were gone through in the clinic, or when their time is over."""
    return QuestionnaireRequest.objects.filter(Q(expires_at__lt=since) | Q(signed_off_at__lt=since))


def _visits(since: datetime) -> QuerySet[PatientLink]:
    """The link to a visit ends when the visit begins; one whose visit is nowhere ended when it was made."""
    begins = Appointment.objects.filter(pk=OuterRef("subject_id")).values("starts_at")
    links = PatientLink.objects.filter(purpose=PatientLink.Purpose.VISIT)
    return links.alias(ends=Coalesce(Subquery(begins), F("made_at"))).filter(ends__lt=since)


def _own_pages(since: datetime) -> QuerySet[PatientLink]:
    """The own page ends a year after the last course and the last visit; see ``entry.lasts``."""
    year_before = since - AFTER_THE_COURSE
    theirs = {"patient": OuterRef("patient_id")}
    runs = Course.objects.filter(Q(state="active") | Q(ended_at__gt=year_before), **theirs)
    came = Appointment.objects.filter(starts_at__gt=year_before, **theirs).exclude(state__in=_OFF)
    links = PatientLink.objects.filter(purpose=PatientLink.Purpose.OWN_PAGE, made_at__lt=year_before)
    return links.filter(~Exists(runs), ~Exists(came))

"""How we reach patients: the links in their mails that are no forms, and which mails they want."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from clinic.kernel.models import Record
from patients.models import Patient


class PatientLink(Record):
    """A link for one purpose and one patient, of which only the hash of its token is kept.

    It has no end of its own: the purpose ends with its visit, some time after the course, or never. It belongs to the
    address it went to; whoever read that address when another one is on file opens nothing.
    """

    class Purpose(models.TextChoices):
        OWN_PAGE = "own-page", "own page"
        VISIT = "visit", "one visit"
        PREFERENCES = "preferences", "which mails"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=12, choices=Purpose)
    subject_id = models.BigIntegerField(default=0, help_text="The visit it is for, 0 for none.")
    version = models.PositiveIntegerField(default=1, help_text="Part of the token; +1 makes older links stale.")
    token_hash = models.CharField(max_length=64, unique=True)
    sent_to = models.CharField(max_length=254, help_text="The address it was made for.")
    made_at = models.DateTimeField()
    birth_date_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "purpose", "subject_id"], name="one_link_a_purpose_and_subject"),
        ]


class ContactPreference(models.Model):
    """Which groups of mails a patient has stopped. No row: none. Who wants no mail at all has the desk's fact."""

    class Group(models.TextChoices):
        CHECK_INS = "check-ins", "short questions between visits"
        GUIDANCE = "guidance", "advice, and how things are going later"

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="preference")
    stopped = ArrayField(models.CharField(max_length=12, choices=Group), default=list)
    changed_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True, help_text="User; empty when the patient did it by link.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stopped__contained_by=["check-ins", "guidance"]), name="stopped_groups_are_known"
            ),
        ]

"""What became of a call. A call that nobody made has no row: it is owed because of what stands elsewhere."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kernel.models import Record
from patients.models import Patient
from sessions.calls.querysets import CallAnswerQuerySet


class CallAnswer(Record):
    """One answer to one call. Only ever added: a trigger refuses any change; the newest one counts."""

    class Answer(models.TextChoices):
        REACHED = "reached", "reached"
        MESSAGE = "message", "left a message"
        NO_ANSWER = "no-answer", "no answer"
        NOT_NEEDED = "not-needed", "no longer needed"
        TAKEN_BACK = "taken-back", "taken back"

    #: After one of these nobody calls again.
    CLOSING = ("reached", "message", "not-needed")

    key = models.CharField(max_length=200, help_text="Which call: the key of its message, or of its event.")
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3: of two who answer in one moment one is first.")
    kind = models.CharField(max_length=40, help_text="Kind of the message, or next-day-call.")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="call_answers")
    answer = models.CharField(max_length=10, choices=Answer)
    again_at = models.DateTimeField(null=True, blank=True, help_text="When nobody answered: when to try again.")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = CallAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="call_answers_one_after_the_other"),
            models.CheckConstraint(
                condition=Q(answer__in=["reached", "message", "no-answer", "not-needed", "taken-back"]),
                name="call_answer_is_known",
            ),
            models.CheckConstraint(
                condition=Q(answer="no-answer", again_at__isnull=False)
                | (~Q(answer="no-answer") & Q(again_at__isnull=True)),
                name="call_again_only_after_no_answer",
            ),
        ]
        indexes = [models.Index(fields=["-at"], name="call_answer_newest")]

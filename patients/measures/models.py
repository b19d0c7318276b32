"""Numbers that the clinic follows besides the questionnaires: what is measured, on which scale, and each value."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinic.kernel.models import Record
from patients.measures.querysets import MeasureQuerySet, MeasureValueQuerySet, MeasureVersionQuerySet
from patients.models import Patient

#: Beyond this no scale of a clinic goes; three decimals are the finest.
FARTHEST = Decimal(99_999)
MOST_DECIMALS = 3


class Measure(Record):
    """Something that is measured as one number: whom it is asked, and when. Its scale stands in its versions."""

    class Asked(models.TextChoices):
        BASELINE = "baseline", "At the first visit"
        CHECK_IN = "check-in", "At the first visit and at every check-in"
        CHECKPOINT = "checkpoint", "At the first visit and at checkpoints"
        STAFF = "staff", "Never: staff enter it"

    code = models.SlugField(max_length=40, unique=True, help_text="Stays for good: field names and files use it.")
    asked = models.CharField(max_length=12, choices=Asked)
    condition_ids = ArrayField(
        models.CharField(max_length=60), default=list, blank=True,
        help_text="Ids of the conditions list; none means everybody.",
    )  # fmt: skip
    version = models.PositiveSmallIntegerField(default=1, help_text="The number of the version in use.")
    active = models.BooleanField(default=True)
    delivered = models.BooleanField(default=False, help_text="Came with Deqi; a clinic's own measures did not.")
    position = models.PositiveSmallIntegerField(default=0)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="measure_code_is_a_slug"),
            models.CheckConstraint(
                condition=Q(asked__in=["baseline", "check-in", "checkpoint", "staff"]), name="measure_asked_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class MeasureVersion(models.Model):
    """One scale of a measure with its words. Never changed: another scale or other words are a new version.

    ``words`` is language -> name, question, unit, low, high; only name and question must say something.
    """

    class Worse(models.TextChoices):
        UP = "up", "a higher number is worse"
        DOWN = "down", "a lower number is worse"

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField()
    lowest = models.DecimalField(max_digits=8, decimal_places=3)
    highest = models.DecimalField(max_digits=8, decimal_places=3)
    decimals = models.PositiveSmallIntegerField(default=0)
    worse = models.CharField(max_length=4, choices=Worse)
    important_change = models.DecimalField(
        max_digits=8, decimal_places=3, null=True, blank=True, help_text="The smallest change that matters to a person."
    )
    words = models.JSONField()
    source = models.CharField(max_length=200, blank=True, help_text="Where scale and words come from.")
    made_at = models.DateTimeField(null=True, help_text="Null for what came with Deqi.")
    made_by_id = models.BigIntegerField(null=True)

    objects = MeasureVersionQuerySet.as_manager()

    class Meta:
        ordering = ["measure_id", "version"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "version"], name="one_measure_version_a_number"),
            # NaN is above every number in PostgreSQL, so these three refuse it too.
            models.CheckConstraint(
                condition=Q(lowest__gte=-FARTHEST, lowest__lt=F("highest"), highest__lte=FARTHEST),
                name="measure_scale_has_two_ends",
            ),
            models.CheckConstraint(condition=Q(decimals__lte=MOST_DECIMALS), name="measure_decimals_at_most_three"),
            models.CheckConstraint(condition=Q(worse__in=["up", "down"]), name="measure_worse_is_a_way"),
            models.CheckConstraint(
                condition=Q(important_change__isnull=True)
                | Q(important_change__gt=0, important_change__lte=F("highest") - F("lowest")),
                name="measure_important_change_fits",
            ),
        ]


class MeasureValue(Record):
    """One measured number, on the scale it was measured with. A wrong one is ended with a reason, never changed."""

    class Source(models.TextChoices):
        LINK = "link", "by link"
        TABLET = "tablet", "on the clinic's tablet"
        PAPER = "paper", "on paper"
        STAFF = "staff", "entered by staff"
        IMPORT = "import", "imported"

    class State(models.TextChoices):
        COMPLETED = "completed", "completed"
        REPLACED = "replaced", "replaced by a later answer"
        ENTERED_IN_ERROR = "entered-in-error", "entered in error"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measured")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="values")
    version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="values")
    value = models.DecimalField(max_digits=8, decimal_places=3)
    measured_at = models.DateTimeField(help_text="Noon of the clinic's day when only the day is known.")
    source = models.CharField(max_length=6, choices=Source)
    answered_by = models.CharField(
        max_length=80, blank=True, help_text="Who answered for the patient: stays out of baseline and chart."
    )
    state = models.CharField(max_length=16, choices=State, default=State.COMPLETED)
    request_id = models.BigIntegerField(null=True, help_text="The form by link it was answered in.")
    recorded_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField(null=True)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections", help_text="The value it stands for."
    )
    ended_at = models.DateTimeField(null=True, help_text="When it was replaced, or found to be wrong.")
    ended_by_id = models.BigIntegerField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    objects = MeasureValueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "measure", "measured_at"],
                condition=Q(state="completed"),
                name="one_measure_value_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["completed", "replaced", "entered-in-error"]), name="measure_value_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="completed", ended_at__isnull=True)
                | Q(state__in=["replaced", "entered-in-error"], ended_at__isnull=False),
                name="measure_value_ended_with_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="entered-in-error") | ~Q(ended_why=""), name="measure_value_error_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(source__in=["link", "tablet", "paper", "staff", "import"]),
                name="measure_value_source_known",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-measured_at"], name="measure_value_newest"),
            models.Index(fields=["request_id"], condition=Q(request_id__isnull=False), name="measure_value_request"),
        ]

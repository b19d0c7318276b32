"""What took place: the treatment session with its needles. Signed, it never changes again."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic.kernel.models import Record
from clinic.staff.models import Practitioner
from patients.models import Consent, Patient
from sessions.appointments.models import Appointment
from sessions.courses.models import Course
from sessions.querysets import TreatmentSessionQuerySet


class TreatmentSession(Record):
    """One treatment and its note. The unsigned row is the draft; a trigger locks it once it is signed."""

    class State(models.TextChoices):
        IN_PROGRESS = "in-progress", "draft"
        COMPLETED = "completed", "signed"

    class Changes(models.TextChoices):
        NOT_ASKED = "", "not asked yet"
        NONE = "none", "no changes"
        YES = "yes", "something changed"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="treatment_sessions")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="treatment_sessions")
    appointment = models.OneToOneField(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="treatment_session"
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    number_in_course = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.IN_PROGRESS)
    version = models.PositiveIntegerField(default=1, help_text="Optimistic lock: a save names the version it saw.")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When the needles were counted out.")
    updated_at = models.DateTimeField()
    # No index: a draft is written every few seconds, and nobody asks for what a person saved.
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        help_text="Who wrote the draft last; a window that is behind is told.",
    )  # fmt: skip

    changes = models.CharField(max_length=4, choices=Changes, blank=True, default=Changes.NOT_ASKED)
    changes_text = models.TextField(blank=True)
    subjective = models.TextField(blank=True)
    objective = models.TextField(blank=True)
    assessment = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    pain_before = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0 to 10, asked on the table.")
    pain_after = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0 to 10, asked on the table.")

    points_line = models.TextField(blank=True, help_text="What was typed, as it was typed.")
    no_needles = models.BooleanField(default=False)
    retention_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    needles_in = models.PositiveSmallIntegerField(null=True, blank=True)
    needles_in_at = models.DateTimeField(null=True, blank=True, help_text="When they were counted in.")
    needles_out = models.PositiveSmallIntegerField(null=True, blank=True)
    difference_reason = models.TextField(blank=True, help_text="Why counts differ, and who says so.")
    difference_by = models.CharField(max_length=120, blank=True)
    details = models.JSONField(default=dict, blank=True, help_text="How needles were placed: sessions.details.")
    exam = models.JSONField(default=dict, blank=True, help_text="Tongue, pulse, pattern: sessions.exam.")
    others = models.JSONField(default=list, blank=True, help_text="Other parts of the treatment: sessions.techniques.")
    override_reason = models.TextField(
        blank=True, help_text="What was said to the stops, each with its name; written by signing."
    )

    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    consent = models.ForeignKey(
        Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="In force at signing."
    )
    stops = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, help_text="Stops that spoke at signing."
    )
    signed_licence = models.CharField(max_length=80, blank=True)
    after_care = models.BooleanField(
        db_default=False, default=False, help_text="A word on the next day is wanted; signing says so, not why."
    )
    content_sha256 = models.CharField(max_length=64, blank=True)
    previous_sha256 = models.CharField(max_length=64, blank=True)

    # Filled by the queryset's with_safety, with_last, with_stopped, with_next, with_previous_hash, with_same_name,
    # with_trace and with_badges.
    safety_facts: list[dict[str, Any]]
    medications: list[dict[str, Any]]
    depression_flags: list[str] | None
    answered_flags: list[dict[str, Any]]
    consent_on_file: dict[str, Any] | None
    last: dict[str, Any] | None
    complaint: dict[str, Any] | None
    newest_hash: str
    point_sets: list[dict[str, Any]]
    texts: list[dict[str, str]]
    stopped: list[dict[str, Any]]
    next_unsigned: uuid.UUID | None
    same_name: bool
    traced: bool
    unsigned_count: int
    attention_count: int

    objects = TreatmentSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, content_sha256="", state="in-progress")
                | (Q(signed_at__isnull=False, signed_by__isnull=False, state="completed") & ~Q(content_sha256="")),
                name="signed_note_has_signer_time_and_hash",
            ),
            models.CheckConstraint(
                condition=Q(pain_before__isnull=True) | Q(pain_before__lte=10), name="pain_before_is_0_to_10"
            ),
            models.CheckConstraint(
                condition=Q(pain_after__isnull=True) | Q(pain_after__lte=10), name="pain_after_is_0_to_10"
            ),
            models.CheckConstraint(
                condition=(Q(needles_in__isnull=True) | Q(needles_in__lte=200))
                & (Q(needles_out__isnull=True) | Q(needles_out__lte=200)),
                name="needles_are_0_to_200",
            ),
            models.CheckConstraint(
                condition=Q(retention_minutes__isnull=True) | Q(retention_minutes__lte=120),
                name="retention_is_0_to_120",
            ),
            # A signed count that differs has a reason and a name.
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True)
                | Q(no_needles=True)
                | Q(needles_in=models.F("needles_out"))
                | (~Q(difference_reason="") & ~Q(difference_by="")),
                name="signed_count_differs_with_reason",
            ),
            # The signed notes of a patient are one chain: two that are signed in one moment cannot share a forerunner.
            models.UniqueConstraint(
                fields=["patient", "previous_sha256"],
                condition=Q(signed_at__isnull=False),
                name="one_note_follows_another",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-started_at"], name="session_newest"),
            models.Index(fields=["practitioner"], condition=Q(signed_at__isnull=True), name="session_unsigned"),
            # the worker's look every ten seconds: without it a round reads through every note there ever was
            models.Index(fields=["started_at"], condition=Q(after_care=True), name="session_after_care"),
        ]

    def __str__(self) -> str:
        return f"note {self.public_id}"

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None


class NeedlePlacement(models.Model):
    """One point needled in one session."""

    class Side(models.TextChoices):
        LEFT = "left", "left"
        RIGHT = "right", "right"
        BOTH = "both", "both"
        MIDLINE = "midline", "midline"

    class Technique(models.TextChoices):
        NONE = "", "not said"
        REINFORCING = "reinforcing", "reinforcing"
        REDUCING = "reducing", "reducing"
        EVEN = "even", "even"

    class DepthUnit(models.TextChoices):
        NOT_SAID = "", "not said"
        MM = "mm", "mm"
        CUN = "cun", "cun"

    class Lead(models.TextChoices):
        NONE = "", "none"
        RED = "red", "red"
        BLACK = "black", "black"

    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="needles")
    position = models.PositiveSmallIntegerField(help_text="Order in the note.")
    point_code = models.CharField(max_length=20)
    side = models.CharField(max_length=7, choices=Side)
    needles = models.PositiveSmallIntegerField(help_text="Needles at this point, both sides counted.")
    technique = models.CharField(max_length=12, choices=Technique, blank=True, default=Technique.NONE)
    place = models.CharField(max_length=120, blank=True, help_text="Where, for a tender point.")
    depth = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, help_text="As it was typed.")
    depth_unit = models.CharField(
        max_length=3, choices=DepthUnit, blank=True, db_default="", default="", help_text="Cun is never converted."
    )
    diameter_mm = models.DecimalField(
        max_digits=3, decimal_places=2, null=True, blank=True, help_text="Of the needle, when it is not the usual one."
    )
    length_mm = models.PositiveSmallIntegerField(null=True, blank=True)
    pair = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Number of the pair that carries current; on both sides it is one on each."
    )
    lead = models.CharField(max_length=5, choices=Lead, blank=True, db_default="", default="")
    hz = models.PositiveSmallIntegerField(null=True, blank=True)
    hz_high = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The second of dense-disperse, 2/100.")
    current_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(depth__isnull=True, depth_unit="")
                | Q(depth__isnull=False, depth__gt=0, depth_unit__in=["mm", "cun"]),
                name="depth_has_its_unit",
            ),
            models.CheckConstraint(
                condition=Q(diameter_mm__isnull=True, length_mm__isnull=True)
                | Q(diameter_mm__isnull=False, diameter_mm__gt=0, length_mm__isnull=False, length_mm__gt=0),
                name="needle_has_both_sizes",
            ),
            models.CheckConstraint(
                condition=Q(
                    pair__isnull=True, lead="", hz__isnull=True, hz_high__isnull=True, current_minutes__isnull=True
                )
                | Q(pair__isnull=False, pair__gt=0, lead__in=["red", "black"]),
                name="current_flows_in_a_pair",
            ),
            models.CheckConstraint(
                condition=(Q(hz__isnull=True, hz_high__isnull=True) | Q(hz__isnull=False, hz__range=(1, 100)))
                & (Q(hz_high__isnull=True) | Q(hz_high__range=(1, 100)))
                & (Q(current_minutes__isnull=True) | Q(current_minutes__range=(1, 120))),
                name="current_is_1_to_100_hz_up_to_120_min",
            ),
            models.CheckConstraint(condition=Q(needles__range=(1, 50)), name="point_has_1_to_50_needles"),
            models.CheckConstraint(condition=Q(side__in=["left", "right", "both", "midline"]), name="side_is_known"),
        ]


class TreatmentComponent(models.Model):
    """Another part of a signed treatment: cups, moxa, herbs, advice. Made at signing from the note's ``others``."""

    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="components")
    position = models.PositiveSmallIntegerField(help_text="Order in the note.")
    kind = models.CharField(max_length=40, help_text="Code of the list “components”.")
    area = models.CharField(max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    tolerance = models.CharField(max_length=200, blank=True)
    herbs = models.JSONField(default=dict, blank=True, help_text="Formula, form, dose, days, interactions checked.")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["session", "position"], name="component_has_its_place")]


class Addendum(Record):
    """A later addition to a signed note. The note itself stays as it was signed."""

    class Kind(models.TextChoices):
        ADDITION = "addition", "addition"
        CORRECTION = "correction", "correction"
        ENTERED_IN_ERROR = "entered-in-error", "entered in error"

    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="addenda")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.ADDITION)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    form_token = models.UUIDField(unique=True)

    class Meta:
        ordering = ["at", "id"]

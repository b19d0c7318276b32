"""The record: who the patient is, what brings them, what is known of their health, what they agreed to."""

from __future__ import annotations

import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Value
from django.db.models.functions import Coalesce, Concat

from clinic.kernel.models import Record
from patients.querysets import Folded, PatientQuerySet


class Patient(Record):
    """A person receiving care."""

    class Sex(models.TextChoices):
        FEMALE = "female", "female"
        MALE = "male", "male"
        OTHER = "other", "other"
        NOT_RECORDED = "", "not recorded"

    class DeskFact(models.TextChoices):
        STAIRS = "stairs", "no stairs"
        HEARING = "hearing", "hard of hearing"
        PRONE = "prone", "cannot lie face down"
        QUIET = "quiet", "prefers a quiet room"
        NO_EMAIL = "no-email", "no e-mail: phone"

    class HeardFrom(models.TextChoices):
        PHYSICIAN = "physician", "a physician"
        FRIENDS = "friends", "family or friends"
        INTERNET = "internet", "the internet"
        INSURER = "insurer", "the insurer"
        PASSING = "passing", "passing by"
        BEFORE = "before", "was here before"
        OTHER = "other", "another way"

    given_name = models.CharField(max_length=200)
    family_name = models.CharField(max_length=200, blank=True)
    address_as = models.CharField(max_length=200, blank=True, help_text="How to address them, in their words.")
    birth_date = models.DateField(null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    sex = models.CharField(max_length=6, choices=Sex, blank=True, default=Sex.NOT_RECORDED)
    code = models.CharField(max_length=40, unique=True, null=True, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="en")
    interpreter = models.BooleanField(default=False, help_text="Wants an interpreter at the visits.")
    heard_from = models.CharField(max_length=12, choices=HeardFrom, blank=True, help_text="How they heard of us.")
    emergency_contact = models.CharField(max_length=200, blank=True)
    physician = models.CharField(max_length=200, blank=True)
    representative = models.CharField(
        max_length=200, blank=True, help_text="Who signs for them, as the clinic has seen it on paper: name and role."
    )
    desk_facts = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    deceased_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    folded_name = models.GeneratedField(
        expression=Folded(
            Concat(
                F("given_name"), Value(" "), F("family_name"), Value(" "), F("address_as"), Value(" "),
                Coalesce(F("code"), Value("")),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
        help_text="What is looked for: the name as people type it, how to address them, and the code.",
    )  # fmt: skip

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(given_name=""), name="patient_has_a_name"),
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True) | Q(birth_date__gte=datetime.date(1900, 1, 1)),
                name="patient_born_since_1900",
            ),
            models.CheckConstraint(
                condition=Q(desk_facts__contained_by=["stairs", "hearing", "prone", "quiet", "no-email"]),
                name="desk_facts_are_of_the_list",
            ),
        ]
        indexes = [
            models.Index(fields=["folded_name"], opclasses=["text_pattern_ops"], name="patient_folded_name"),
            models.Index(fields=["birth_date"], name="patient_birth_date"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Given name and family name as one writes them."""
        return f"{self.given_name} {self.family_name}".strip()

    def was_born_on(self, day: datetime.date) -> bool:
        """Tell whether a birth date is this patient's; where only a year is on record, the year decides."""
        if self.birth_date:
            return day == self.birth_date
        return self.birth_year is not None and day.year == self.birth_year


class Complaint(Record):
    """Why the patient came, in their own words where they gave them."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="complaints")
    condition_id = models.CharField(max_length=60, blank=True, help_text="Id of the conditions list, when chosen.")
    words = models.TextField(blank=True)
    since = models.CharField(max_length=120, blank=True)
    pattern = models.CharField(max_length=16, blank=True, help_text="constant or comes-and-goes.")
    better = models.TextField(blank=True)
    worse = models.TextField(blank=True)
    goal = models.TextField(blank=True)
    recorded_at = models.DateTimeField()


class SafetyFact(models.Model):
    """One thing of the safety list that holds for this patient. Ended, never deleted."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="safety_facts")
    rule_id = models.CharField(max_length=40)
    detail = models.CharField(max_length=300, blank=True)
    due_on = models.DateField(null=True, blank=True, help_text="Due date, for a pregnancy only.")
    places = ArrayField(
        models.CharField(max_length=12),
        default=list,
        blank=True,
        help_text="Where it holds, as left-arm: a marked limb.",
    )
    cleared_by = models.CharField(max_length=120, blank=True, help_text="Who agreed to go on, as the cardiologist.")
    cleared_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=12, help_text="intake or practitioner.")
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "rule_id"], condition=Q(ended_at__isnull=True), name="safety_fact_open_once"
            ),
            models.CheckConstraint(
                condition=Q(cleared_on__isnull=True) | ~Q(cleared_by=""), name="safety_clearance_has_a_name"
            ),
        ]


class Medication(models.Model):
    """A medicine, herb or supplement as the patient wrote it, one line each."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="medications")
    words = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]


class PainMark(models.Model):
    """A place that hurts, as it was marked on one day; all marks of one moment are one picture. Never changed."""

    class View(models.TextChoices):
        FRONT = "front", "front"
        BACK = "back", "back"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="pain_marks")
    place = models.CharField(max_length=20, help_text="A place of patients.body.")
    side = models.CharField(max_length=5, blank=True, help_text="left or right of the patient; empty in the middle.")
    view = models.CharField(max_length=5, choices=View)
    strength = models.PositiveSmallIntegerField(null=True, help_text="0 to 10; null when it was left open.")
    kinds = ArrayField(models.CharField(max_length=12), default=list, help_text="Kinds of patients.body.")
    source = models.CharField(max_length=12, help_text="intake or practitioner.")
    answered_by = models.CharField(
        max_length=80, blank=True, help_text="Who answered for the patient: stays out of baseline and chart."
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "recorded_at", "place", "side", "view"], name="each_place_marked_once"
            ),
            models.CheckConstraint(
                condition=Q(strength__isnull=True) | Q(strength__lte=10), name="pain_mark_is_0_to_10"
            ),
            models.CheckConstraint(condition=Q(side__in=["", "left", "right"]), name="pain_mark_side_is_known"),
            models.CheckConstraint(condition=Q(view__in=["front", "back"]), name="pain_mark_view_is_known"),
        ]
        indexes = [models.Index(fields=["patient", "-recorded_at"], name="pain_mark_newest")]


class OtherTherapy(models.Model):
    """Another treatment beside ours, with its start and stop as far as they are known."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="other_therapies")
    kind = models.CharField(max_length=20, help_text="A kind of patients.therapies.")
    words = models.CharField(max_length=200, blank=True, help_text="What it is, in the patient's words.")
    started = models.CharField(max_length=7, blank=True, help_text="2025 or 2025-03; empty when not known.")
    stopped = models.CharField(max_length=7, blank=True, help_text="2025 or 2025-03; empty while it goes on.")
    source = models.CharField(max_length=12, help_text="intake or practitioner.")
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When newer words took its place.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(started__regex=r"^(\d{4}(-\d{2})?)?$", stopped__regex=r"^(\d{4}(-\d{2})?)?$"),
                name="therapy_dates_are_years_or_months",
            )
        ]


class Photo(Record):
    """A picture that a patient sent, made anew by us: a plain JPEG without a word about where it was taken."""

    class Kind(models.TextChoices):
        MEDICINES = "medicines", "list of medicines"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="photos")
    kind = models.CharField(max_length=12, choices=Kind)
    jpeg = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    request_id = models.BigIntegerField(null=True, help_text="The form by link it came with.")
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class Consent(models.Model):
    """Given or withdrawn: a ledger that only grows. The newest row of a kind counts."""

    class State(models.TextChoices):
        ACTIVE = "active", "given"
        INACTIVE = "inactive", "withdrawn"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=State)
    text_version = models.PositiveSmallIntegerField()
    text_language = models.CharField(max_length=10)
    signed_sha256 = models.CharField(max_length=64, help_text="SHA-256 of the text and signature that were signed.")
    signed_name = models.CharField(max_length=200, blank=True)
    signature_png = models.BinaryField(null=True, help_text="The drawn signature, when it was drawn.")
    channel = models.CharField(max_length=12, help_text="link, clinic or paper.")
    given_at = models.DateTimeField()
    by_user_id = models.BigIntegerField(null=True, help_text="Staff who took it on paper or by phone.")

    class Meta:
        indexes = [models.Index(fields=["patient", "kind", "-given_at"], name="consent_newest")]

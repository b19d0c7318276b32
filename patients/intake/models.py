"""Forms by link: the request, the draft that is saved at every step, and what was answered."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic.kernel.models import Record
from patients.models import Patient


class QuestionnaireRequest(Record):
    """An invitation to fill in a form, with a link. One live request for each form and patient."""

    class Form(models.TextChoices):
        INTAKE = "intake", "Intake"
        CHECK_IN = "check-in", "Check-in"
        QUESTIONNAIRE = "questionnaire", "Questionnaire"
        COURSE_END = "course-end", "Questions at the end of a course"

    class State(models.TextChoices):
        OPEN = "open", "not begun"
        BEGUN = "begun", "begun"
        SUBMITTED = "submitted", "done"
        REVOKED = "revoked", "called back"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="requests")
    form = models.CharField(max_length=14, choices=Form)
    appointment_id = models.BigIntegerField(null=True, help_text="The visit it belongs to.")
    before_visit = models.BooleanField(
        default=False, help_text="Of a check-in: it is asked before its visit, not some days after."
    )
    course_id = models.BigIntegerField(null=True, help_text="The course whose end it asks about.")
    ten_questions = models.BooleanField(
        default=False, db_default=False, help_text="Handed in as the ten questions of a checkpoint or an end."
    )
    language = models.CharField(max_length=10, default="en")
    version = models.PositiveIntegerField(default=1, help_text="Part of the token; +1 makes older links stale.")
    token_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    issued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    signed_off_at = models.DateTimeField(null=True)
    signed_off_by_id = models.BigIntegerField(null=True)
    read_at = models.DateTimeField(null=True, help_text="When a practitioner had read it.")
    read_by_id = models.BigIntegerField(null=True)
    instruments = ArrayField(
        models.CharField(max_length=40), default=list, help_text="What a practitioner asks; empty for the other forms."
    )
    in_clinic = models.BooleanField(
        default=False, help_text="Opens only in the clinic, while a practitioner is in the building."
    )
    entered_by_id = models.BigIntegerField(null=True, help_text="Who copies it from paper, when it is not the patient.")
    expires_at = models.DateTimeField()
    birth_date_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "form"],
                condition=Q(state__in=["open", "begun"]),
                name="one_live_request_a_form_and_patient",
            ),
            # Two processes that plan in one moment ask once before each visit and once after it.
            models.UniqueConstraint(
                fields=["appointment_id", "before_visit"], condition=Q(form="check-in"), name="one_check_in_a_visit"
            ),
            # A course may be taken up again and end again: its end is asked about once after each last session.
            models.UniqueConstraint(
                fields=["appointment_id"], condition=Q(form="course-end"), name="one_end_of_a_course_a_visit"
            ),
        ]


class Draft(models.Model):
    """What has been typed so far, step by step. Each saved step is stored at once."""

    request = models.OneToOneField(QuestionnaireRequest, on_delete=models.PROTECT, related_name="draft")
    data = models.JSONField(default=dict, help_text="{step: {field: answer}}")
    step = models.PositiveSmallIntegerField(default=1, help_text="The step reached, 1 is the first.")
    version = models.PositiveIntegerField(default=1)
    flags = ArrayField(
        models.CharField(max_length=60), default=list, help_text="Worrying answers, also those taken back later."
    )
    updated_at = models.DateTimeField()


class IntakeSubmission(models.Model):
    """The whole intake as it was sent. Never changed: the practitioner adds dated corrections elsewhere."""

    request = models.OneToOneField(QuestionnaireRequest, on_delete=models.PROTECT, related_name="submission")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="intakes")
    answers = models.JSONField()
    flags = ArrayField(models.CharField(max_length=60), default=list)
    content_sha256 = models.CharField(max_length=64)
    entered_by_id = models.BigIntegerField(null=True, help_text="Who copied it from paper, when it is not the patient.")
    submitted_at = models.DateTimeField()


class SecondVersion(models.Model):
    """Other answers to a page of a form, from another window or too late. Kept beside what counts, never changed."""

    request = models.ForeignKey(QuestionnaireRequest, on_delete=models.PROTECT, related_name="second_versions")
    step = models.PositiveSmallIntegerField()
    answers = models.JSONField()
    answers_sha256 = models.CharField(max_length=64)
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["kept_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "step", "answers_sha256"], name="each_second_version_once")
        ]


class QuestionnaireResponse(Record):
    """One filled-in questionnaire, with the version that scored it. Old answers stay as they were scored."""

    class State(models.TextChoices):
        COMPLETED = "completed", "completed"
        REPLACED = "replaced", "replaced by a later answer"
        ENTERED_IN_ERROR = "entered-in-error", "entered in error"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="responses")
    request = models.ForeignKey(QuestionnaireRequest, on_delete=models.PROTECT, null=True, related_name="responses")
    instrument = models.CharField(max_length=40)
    instrument_version = models.CharField(max_length=40)
    language = models.CharField(max_length=10, default="en")
    state = models.CharField(max_length=16, choices=State, default=State.COMPLETED)
    answers = models.JSONField()
    status = models.CharField(max_length=12, help_text="complete, prorated, partial or not_scorable.")
    severity = models.CharField(max_length=30, blank=True)
    flags = ArrayField(models.CharField(max_length=40), default=list)
    answered_by = models.CharField(
        max_length=80, blank=True, help_text="Who answered for the patient: stays out of baseline and chart."
    )
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "instrument"],
                condition=Q(state="completed"),
                name="one_response_an_instrument_and_request",
            )
        ]
        indexes = [models.Index(fields=["patient", "-answered_at"], name="response_newest")]


class Score(models.Model):
    """A derived value. Sum and count are kept, so that a change of a mean uses the exact fraction."""

    response = models.ForeignKey(QuestionnaireResponse, on_delete=models.PROTECT, related_name="scores")
    output = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    total = models.IntegerField(null=True, help_text="Sum of the answers.")
    count = models.PositiveSmallIntegerField(null=True, help_text="How many answers the sum has.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "output"], name="one_score_an_output")]


class Correction(Record):
    """A dated correction beside an answer. The answer itself stays as it was given; a correction is never changed."""

    request = models.ForeignKey(QuestionnaireRequest, on_delete=models.PROTECT, related_name="corrections")
    response = models.ForeignKey(
        QuestionnaireResponse, on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    field = models.CharField(max_length=60, help_text="The part of the form that it corrects.")
    words = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    form_token = models.UUIDField(unique=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="correction_says_something")]


class Guess(models.Model):
    """How many links that are none an address opened in one minute. One row an address, so it cannot grow."""

    address = models.GenericIPAddressField(primary_key=True)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

"""The practice itself: one installation serves one practice."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from clinic.kernel.models import Record
from clinic.practice.querysets import ConsentTextQuerySet, RoomQuerySet, ServiceQuerySet, WorryTextQuerySet


def english_alone() -> list[str]:
    """Return the languages of a practice that has not chosen any."""
    return ["en"]


class Practice(models.Model):
    """The one row that says who we are, where, and by which rules mail leaves the house."""

    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 code; gives phone region, date order, contacts.")
    timezone = models.CharField(max_length=64, help_text="IANA zone, for example Europe/Dublin.")
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    mail_from = models.EmailField(blank=True)
    reply_to = models.EmailField(blank=True, help_text="A mailbox that the desk reads.")
    mail_tested_at = models.DateTimeField(null=True, blank=True)
    notice_hours = models.PositiveSmallIntegerField(default=24)
    confirmation_quiet_minutes = models.PositiveSmallIntegerField(default=3)
    small_practice = models.BooleanField(default=True, help_text="Charts are shared among the practitioners.")
    languages = ArrayField(
        models.CharField(max_length=10), default=english_alone, help_text="What patients may choose; English always."
    )
    course_sessions = models.PositiveSmallIntegerField(default=8, help_text="What a new course begins with.")
    checkpoint_session = models.PositiveSmallIntegerField(
        default=6, help_text="Where the first checkpoint of a new course lies; its last session when it is shorter."
    )
    opened_at = models.DateTimeField(null=True, blank=True, help_text="Set when the opening day is done.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_practice_only"),
            models.CheckConstraint(
                condition=Q(course_sessions__range=(1, 200), checkpoint_session__range=(2, 20)),
                name="practice_courses_are_sane",
            ),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="practice_country_is_iso"),
            models.CheckConstraint(
                condition=Q(languages__contains=["en"], languages__contained_by=["en", "es", "zh-Hans"]),
                name="practice_languages_have_words",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Location(Record):
    """A place with an address of its own."""

    name = models.CharField(max_length=80)
    address = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class Room(Record):
    """A room, or a chair in a community room: it holds one person from settling to turnover."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=40)
    active = models.BooleanField(default=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["location", "name"], name="room_name_once_a_location")]

    def __str__(self) -> str:
        return self.name


class Service(Record):
    """What can be booked, in minutes: settling, hands on, resting with needles, hands on, turnover."""

    name = models.CharField(max_length=60, unique=True)
    settling_minutes = models.PositiveSmallIntegerField(default=5)
    hands_on_start_minutes = models.PositiveSmallIntegerField(default=15)
    resting_minutes = models.PositiveSmallIntegerField(default=25)
    hands_on_end_minutes = models.PositiveSmallIntegerField(default=10)
    turnover_minutes = models.PositiveSmallIntegerField(default=5)
    first_visit = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["-first_visit", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settling_minutes__lte=60, hands_on_start_minutes__range=(1, 240), resting_minutes__lte=120)
                & Q(hands_on_end_minutes__lte=120, turnover_minutes__lte=60),
                name="service_minutes_are_sane",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def total_minutes(self) -> int:
        """Minutes that the room is taken, from settling to turnover."""
        hands_on = self.hands_on_start_minutes + self.hands_on_end_minutes
        return self.settling_minutes + hands_on + self.resting_minutes + self.turnover_minutes


class WorryText(models.Model):
    """What a patient reads after a worrying answer: the clinic's own words, numbers of its country only."""

    class Kind(models.TextChoices):
        SELF_HARM = "self-harm", "Thoughts of self-harm"
        EMERGENCY = "emergency", "Emergency now"
        CALL_TODAY = "call-today", "Please call us or your doctor today"

    kind = models.CharField(max_length=12, choices=Kind)
    language = models.CharField(max_length=10, default="en")
    body = models.TextField()
    updated_at = models.DateTimeField(db_default=Now())

    objects = WorryTextQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="one_worry_text_a_kind_and_language"),
            models.CheckConstraint(condition=~Q(body=""), name="worry_text_says_something"),
        ]


class ConsentText(models.Model):
    """One version of a text that patients agree to. A changed text is a new version; old ones stay."""

    class Kind(models.TextChoices):
        TREATMENT = "treatment", "Treatment with needles"
        PRIVACY = "privacy", "How we keep your data"
        EMAIL = "email", "Reminders by e-mail"

    kind = models.CharField(max_length=12, choices=Kind)
    version = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=10, default="en")
    title = models.CharField(max_length=120)
    body = models.TextField()
    required = models.BooleanField(default=True)

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version", "language"], name="one_consent_text_a_version")
        ]

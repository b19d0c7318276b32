"""People who sign in, what they may be, and when practitioners work."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5, Lower

from clinic.kernel.models import Record
from clinic.policy.table import FRONT_DESK, OWNER, PRACTITIONER, ROLES


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Store a user. Without a password nobody can sign in until a link has set one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find by e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class User(Record, AbstractBaseUser):
    """Someone who signs in. Roles are a set: a solo practitioner holds all three."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    roles = ArrayField(models.CharField(max_length=20), default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    password_stamp = models.GeneratedField(
        expression=MD5("password"),
        output_field=models.CharField(max_length=32),
        db_persist=True,
        help_text="Changes with the password: the worker makes reset links from it and never sees the hash itself.",
    )

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_case"),
            # Letters beyond ASCII fold onto others (dotless i, Kelvin sign): two accounts could look like one.
            models.CheckConstraint(condition=Q(email__regex=r"^[\x21-\x7e]+$"), name="user_email_is_ascii"),
            models.CheckConstraint(condition=Q(roles__contained_by=list(ROLES)), name="user_roles_are_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_practitioner(self) -> bool:
        return PRACTITIONER in self.roles

    @property
    def is_front_desk(self) -> bool:
        return FRONT_DESK in self.roles

    @property
    def is_owner(self) -> bool:
        return OWNER in self.roles


class Practitioner(Record):
    """A user's hands: the name on the board and the licence copied into each signed note."""

    class SideUnsaid(models.TextChoices):
        ASK = "", "ask me"
        BOTH = "both", "both sides"

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="practitioner")
    display_name = models.CharField(max_length=120)
    hanzi_name = models.CharField(max_length=40, blank=True)
    licence = models.CharField(max_length=80, blank=True)
    active = models.BooleanField(default=True)
    side_unsaid = models.CharField(
        max_length=4,
        choices=SideUnsaid,
        blank=True,
        default=SideUnsaid.ASK,
        help_text="What a point without a side means in this practitioner's line of points.",
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.display_name


class WeeklyHours(models.Model):
    """One stretch of a practitioner's week, in the clinic's wall-clock time."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="hours")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday.")
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekday_is_a_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="hours_close_after_they_open"),
            models.UniqueConstraint(fields=["practitioner", "weekday", "opens"], name="hours_begin_once"),
        ]


class StaffLink(Record):
    """A one-time link: opening day, or setting a password. Only the token's hash is kept."""

    class Purpose(models.TextChoices):
        SET_UP = "set-up", "Opening day"
        SET_PASSWORD = "set-password", "Set a password"

    purpose = models.CharField(max_length=12, choices=Purpose)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="links")
    version = models.PositiveIntegerField(default=1)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="set-up") | Q(user__isnull=False), name="password_link_names_a_user"
            )
        ]

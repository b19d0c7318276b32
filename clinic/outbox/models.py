"""Messages as rows: a mail is a row in this ledger before it is a mail."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from clinic.kernel.models import Record
from clinic.practice.models import Practice


class OutgoingMessageQuerySet(models.QuerySet["OutgoingMessage"]):
    """Questions to the ledger."""

    def due(self, now: datetime) -> OutgoingMessageQuerySet:
        """Queued, and its moment has come."""
        return self.filter(state="queued", not_before__lte=now)

    def needs_you(self) -> OutgoingMessageQuerySet:
        """Unsure or failed, and nobody has said yet that it may be left so."""
        return self.filter(Q(state__in=["unsure", "failed"]) & ~Q(resolution="leave-it"))


class OutgoingMessage(Record):
    """One message to one address. Its text is rendered when it is sent, never when it is planned."""

    class State(models.TextChoices):
        QUEUED = "queued", "planned"
        CLAIMED = "claimed", "being sent"
        TRANSMITTING = "transmitting", "on the wire"
        SENT = "sent", "sent"
        FAILED = "failed", "failed"
        UNSURE = "unsure", "may or may not have arrived"
        CANCELLED = "cancelled", "skipped"

    class Resolution(models.TextChoices):
        SEND_AGAIN = "send-again", "sent again"
        LEAVE_IT = "leave-it", "left as it is"

    kind = models.CharField(max_length=40)
    dedup_key = models.CharField(max_length=200, unique=True)
    repeatable = models.BooleanField(default=False, help_text="Password and intake links on their own, nothing else.")
    priority = models.SmallIntegerField(default=5, help_text="Lower goes first.")
    patient_id = models.BigIntegerField(null=True)
    appointment_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True, help_text="The row the kind speaks of: a request, a staff link.")
    message_id = models.CharField(max_length=200, unique=True)
    to_address = models.CharField(max_length=254)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was skipped or failed, in plain words.")
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=0, help_text="+1 at each claim: the fence against a late worker.")
    deferrals = models.PositiveSmallIntegerField(default=0, help_text="How often the mail server put it off (4xx).")
    repeats = models.PositiveSmallIntegerField(default=0, help_text="Sent once more by the machine, when repeatable.")
    first_tried_at = models.DateTimeField(null=True, help_text="What is still queued is delayed since then.")
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    subject_line = models.CharField(max_length=200, blank=True)
    body_sent = models.TextField(blank=True, help_text="What was sent, without its tokens; blanked after 30 days.")
    resolved_by_id = models.BigIntegerField(null=True, help_text="Who decided about an unsure message.")
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=12, blank=True, choices=Resolution)

    #: Never stored. Delivery puts here what the kind gathered for the batch, the practice, and the language of
    #: whom the message goes to, before it renders.
    gathered: object = None
    practice: Practice | None = None
    language: str = "en"

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(not_after__gt=F("not_before")), name="message_window_is_open"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_message_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "claimed", "transmitting", "sent", "failed", "unsure", "cancelled"]),
                name="message_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "transmitting"]) | Q(claimed_until__isnull=False),
                name="claimed_message_has_a_lease",
            ),
        ]
        indexes = [
            # the claim: next queued message
            models.Index(fields=["priority", "not_before"], condition=Q(state="queued"), name="outbox_queued"),
            # leases that ran out
            models.Index(
                fields=["claimed_until"], condition=Q(state__in=["claimed", "transmitting"]), name="outbox_leases"
            ),
            # the ledger: what will go, then what went
            models.Index(fields=["-not_before", "-id"], name="outbox_newest"),
            # what waits for a person
            models.Index(
                fields=["not_before"],
                condition=Q(state__in=["unsure", "failed"]) & ~Q(resolution="leave-it"),
                name="outbox_needs_you",
            ),
            models.Index(fields=["patient_id", "-created_at"], name="outbox_by_patient"),
        ]


class OutboxSwitch(models.Model):
    """One row: whether mail may leave at all. After a restore, or at an unusual volume, it is paused."""

    paused_at = models.DateTimeField(null=True, blank=True)
    paused_why = models.CharField(max_length=200, blank=True)
    restored_at = models.DateTimeField(
        null=True, blank=True, help_text="What was due before this moment may have gone out before the restore."
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_outbox_switch_only")]


class Heartbeat(models.Model):
    """When a process was last alive (a thread that needs no Redis), and when it last consumed a tick."""

    name = models.CharField(max_length=80, unique=True)
    alive_at = models.DateTimeField()
    tick_at = models.DateTimeField(null=True)

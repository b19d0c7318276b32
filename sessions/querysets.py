"""What is asked about notes. One statement carries all that stands in the head of a note."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from clinic.attention.querysets import open_count
from clinic.audit.models import AuditEvent
from patients.intake.models import QuestionnaireResponse
from patients.models import Complaint, Consent, Medication, SafetyFact
from sessions.content import CARRIED
from sessions.flagged.querysets import answered_flags
from sessions.point_sets.querysets import offered_sets
from sessions.text_blocks.querysets import offered_texts

if TYPE_CHECKING:
    from sessions.models import TreatmentSession  # noqa: F401 - named in the base class

#: Saves and looks of one person at one note within this time are one edit session: one trace, not a flood.
EDIT_SESSION = timedelta(minutes=30)
TREATMENT = "treatment"
#: Medicines that were stopped before these are old news.
MOST_STOPPED = 10


def unsigned_count(user_id: int) -> models.Expression:
    """How many notes of this user wait for a signature: hang it on a statement that is asked anyway."""
    notes = apps.get_model("treatments", "TreatmentSession")._default_manager
    mine = notes.filter(practitioner__user_id=user_id, signed_at__isnull=True).order_by()
    counted = mine.values("practitioner__user_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=models.IntegerField()), Value(0))


def open_safety_facts(patient: str) -> ArraySubquery:
    """The safety facts that hold, as JSON; ``patient`` is the outer column of the patient's id."""
    held = SafetyFact.objects.filter(patient_id=OuterRef(patient), ended_at__isnull=True).order_by("id")
    return ArraySubquery(
        held.values(
            json=JSONObject(
                rule_id="rule_id", detail="detail", due_on="due_on", source="source", since="recorded_at",
                places="places", cleared_by="cleared_by", cleared_on="cleared_on",
            )
        )
    )  # fmt: skip


def newest_depression_flags(patient: str) -> Subquery:
    """The flags of the newest PHQ-9, whose ninth item asks for self-harm; null when it was never answered."""
    answered = QuestionnaireResponse.objects.filter(
        patient_id=OuterRef(patient), instrument="phq-9", state=QuestionnaireResponse.State.COMPLETED
    )
    return Subquery(answered.order_by("-answered_at", "-id").values("flags")[:1])


def taken_medications(patient: str) -> ArraySubquery:
    """The medicines that are taken, as JSON, in the order they were written down."""
    taken = Medication.objects.filter(patient_id=OuterRef(patient), stopped_at__isnull=True).order_by("id")
    return ArraySubquery(taken.values(json=JSONObject(words="words", since="recorded_at")))


def treatment_consent(patient: str) -> Subquery:
    """The newest word on treatment consent, given or withdrawn, as JSON; null when there is none."""
    newest = Consent.objects.filter(patient_id=OuterRef(patient), kind=TREATMENT).order_by("-given_at", "-id")
    return Subquery(
        newest.values(json=JSONObject(id="id", state="state", given_at="given_at", channel="channel"))[:1],
        output_field=models.JSONField(),
    )


def newest_complaint(patient: str) -> Subquery:
    """What brings the patient and what they want to do again, in their words, as JSON; null when not asked yet."""
    newest = Complaint.objects.filter(patient_id=OuterRef(patient)).order_by("-recorded_at", "-id")
    return Subquery(
        newest.values(
            json=JSONObject(
                words="words", since="since", goal="goal", recorded_at="recorded_at", condition_id="condition_id"
            )
        )[:1],
        output_field=models.JSONField(),
    )


class TreatmentSessionQuerySet(models.QuerySet["TreatmentSession"]):
    """Questions about treatment sessions, to be chained."""

    def unsigned_of(self, user_id: int) -> Self:
        """Drafts of this user, oldest first."""
        return self.filter(practitioner__user_id=user_id, signed_at__isnull=True).order_by("started_at", "id")

    def valid(self) -> Self:
        """Without the notes that an addendum calls entered in error."""
        wrong = apps.get_model("treatments", "Addendum")._default_manager.filter(
            session_id=OuterRef("pk"), kind="entered-in-error"
        )
        return self.filter(~Exists(wrong))

    def with_people(self) -> Self:
        """With patient, practitioner, visit, room and course in the same statement."""
        people = self.select_related("patient", "practitioner", "appointment__room", "course", "signed_by")
        return people.defer("signed_by__password")

    def with_safety(self) -> Self:
        """With what speaks before a needle, and what was said to it in the course.

        ``safety_facts``, ``medications``, ``consent_on_file``, ``depression_flags``, ``answered_flags``.
        """
        return self.annotate(
            depression_flags=newest_depression_flags("patient_id"),
            answered_flags=answered_flags(),
            safety_facts=open_safety_facts("patient_id"),
            medications=taken_medications("patient_id"),
            consent_on_file=treatment_consent("patient_id"),
        )

    def with_last(self) -> Self:
        """With ``last``: what the session before this one left, as JSON, null for the first; and ``complaint``."""
        began = OuterRef("started_at")
        before = (
            self.model._default_manager.valid()
            .filter(patient_id=OuterRef("patient_id"))
            .filter(Q(started_at__lt=began) | Q(started_at=began, id__lt=OuterRef("id")))
            .order_by("-started_at", "-id")
        )
        fields = dict.fromkeys(
            ("started_at", "pain_before", "pain_after", "plan", "points_line", "no_needles", *CARRIED)
        )
        left = before.values(json=JSONObject(**{name: name for name in fields}))[:1]
        return self.annotate(
            last=Subquery(left, output_field=models.JSONField()), complaint=newest_complaint("patient_id")
        )

    def with_stopped(self) -> Self:
        """With ``stopped``: the medicines that were stopped last, as JSON, the newest first."""
        stopped = Medication.objects.filter(patient_id=OuterRef("patient_id"), stopped_at__isnull=False)
        newest = stopped.order_by("-stopped_at", "-id").values(json=JSONObject(words="words", stopped="stopped_at"))
        return self.annotate(stopped=ArraySubquery(newest[:MOST_STOPPED]))

    def with_next(self, user_id: int) -> Self:
        """With ``next_unsigned``: the id of this user's next draft, later ones first, then around; null when none."""
        others = self.model._default_manager.unsigned_of(user_id).exclude(pk=OuterRef("pk")).values("public_id")
        later = others.filter(started_at__gt=OuterRef("started_at"))
        return self.annotate(next_unsigned=Coalesce(Subquery(later[:1]), Subquery(others[:1])))

    def with_previous_hash(self) -> Self:
        """With ``newest_hash``: the hash of the note that was signed last for this patient; "" before the first."""
        # The end of the chain, not the latest time: two that sign in one moment may commit in another order.
        notes = self.model._default_manager.filter(signed_at__isnull=False)
        followers = notes.filter(patient_id=OuterRef("patient_id"), previous_sha256=OuterRef("content_sha256"))
        ends = notes.filter(~Exists(followers), patient_id=OuterRef("patient_id")).order_by("-signed_at", "-id")
        signed = ends.values("content_sha256")[:1]
        return self.annotate(newest_hash=Coalesce(Subquery(signed), Value("")))

    def with_point_sets(self, user_id: int) -> Self:
        """With ``point_sets``: the sets that this practitioner is offered, as JSON."""
        return self.annotate(point_sets=offered_sets(user_id))

    def with_texts(self, user_id: int) -> Self:
        """With ``texts``: the texts that this person is offered to insert, as JSON."""
        return self.annotate(texts=offered_texts(user_id))

    def with_badges(self, user_id: int) -> Self:
        """With ``unsigned_count`` and ``attention_count`` for the badges on the rail."""
        return self.annotate(unsigned_count=unsigned_count(user_id), attention_count=open_count())

    def with_same_name(self, begins: datetime, ends: datetime) -> Self:
        """With ``same_name``: whether somebody else of this name has a visit from ``begins`` until ``ends``."""
        visits = apps.get_model("appointments", "Appointment")._default_manager
        others = visits.filter(
            starts_at__gte=begins,
            starts_at__lt=ends,
            patient__given_name__iexact=OuterRef("patient__given_name"),
            patient__family_name__iexact=OuterRef("patient__family_name"),
            state__in=("booked", "confirmed", "arrived", "in-treatment", "completed"),
        ).exclude(patient_id=OuterRef("patient_id"))
        return self.annotate(same_name=Exists(others))

    def with_trace(self, user_id: int, action: str, now: datetime) -> Self:
        """With ``traced``: whether this user's act on this note left a trace within the edit session."""
        recent = AuditEvent.objects.filter(
            patient_id=OuterRef("patient_id"),
            object_id=OuterRef("id"),
            actor_id=user_id,
            resource="note",
            action=action,
            at__gt=now - EDIT_SESSION,
        )
        return self.annotate(traced=Exists(recent))

    def signed_of(self, patient_id: int) -> Self:
        """The signed notes of a patient."""
        return self.filter(patient_id=patient_id, signed_at__isnull=False).order_by("signed_at", "id")

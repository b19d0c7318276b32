"""What is asked for the history: all that took place with one patient, in so many statements whatever its length."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count, F, Prefetch, QuerySet, Window

from clinic.attention.querysets import open_count
from patients.models import Patient
from sessions.courses.decided import decided_at
from sessions.courses.models import Course
from sessions.models import Addendum, TreatmentSession
from sessions.querysets import unsigned_count


def patient_for(patient_id: int, *, user_id: int) -> Patient:
    """Return the patient as the head of a page needs them, with the badges of the rail. Raises Patient.DoesNotExist."""
    found: Patient = Patient.objects.annotate(unsigned_count=unsigned_count(user_id), attention_count=open_count()).get(
        pk=patient_id
    )
    return found


def sessions_of(patient_id: int, *, course: uuid.UUID | None = None) -> QuerySet[TreatmentSession]:
    """Return the sessions of a patient, newest first, with needles and addenda; ``course`` keeps those of one course.

    Each carries ``in_all``, how many there are without a page's cut. As many statements for two as for two hundred.
    """
    found = TreatmentSession.objects.filter(patient_id=patient_id)
    if course is not None:
        found = found.filter(course__public_id=course)
    return whole(found).annotate(in_all=Window(Count("id"))).order_by("-started_at", "-id")


def whole(notes: QuerySet[TreatmentSession]) -> QuerySet[TreatmentSession]:
    """Return notes with all that stands in them: people, course, needles, addenda, events with what was learned.

    Each carries ``decided``: what was decided at the checkpoint of its session, the newest first.
    """
    addenda = Addendum.objects.select_related("by").defer("by__password").order_by("at", "id")
    return (
        notes.annotate(decided=decided_at("course_id", "number_in_course"))
        .select_related("patient", "practitioner", "course", "signed_by")
        .defer("signed_by__password")
        .prefetch_related("needles", "components", Prefetch("addenda", queryset=addenda), "adverse_events__follow_ups")
    )


def courses_of(patient_id: int) -> QuerySet[Course, Any]:
    """Return the courses of a patient, newest first, each with ``held``, the number of its sessions."""
    return Course.objects.filter(patient_id=patient_id).annotate(held=Count("sessions")).order_by(
        F("ended_at").desc(nulls_first=True), "-id"
    )  # fmt: skip

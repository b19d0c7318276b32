"""The end of a course: what was asked about it and how, and the change from the baseline to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import JSONField, OuterRef, Subquery
from django.db.models.functions import JSONObject

from clinic.kernel import clinic_words
from clinic.outbox.models import OutgoingMessage
from patients.intake.models import QuestionnaireRequest
from sessions.appointments.models import Appointment
from sessions.checkpoint import reading
from sessions.checkpoint.judging import Line
from sessions.courses.models import Course
from sessions.trends import Answers

_FORM = QuestionnaireRequest.Form.COURSE_END
_SENT, _QUEUED = OutgoingMessage.State.SENT, OutgoingMessage.State.QUEUED


def asked_about_the_end() -> Subquery:
    """The last visit of a course that took place, with its form and its mail about the end, as JSON; null without one.

    An expression for courses: ``EndPage`` reads it.
    """
    form = QuestionnaireRequest.objects.filter(form=_FORM, appointment_id=OuterRef("pk"))
    mail = OutgoingMessage.objects.filter(
        kind=_FORM, patient_id=OuterRef("patient_id"), appointment_id=OuterRef("pk")
    ).order_by("-id")
    last = (
        Appointment.objects.filter(course_id=OuterRef("pk"), state=Appointment.State.COMPLETED)
        .order_by("-starts_at", "-id")
        .annotate(
            form=_json(form.values(json=JSONObject(state="state", issued_at="issued_at", expires_at="expires_at"))),
            mail=_json(
                mail.values(json=JSONObject(state="state", at="not_before", sent_at="sent_at", reason="reason"))
            ),
        )
    )
    return _json(last.values(json=JSONObject(visit="public_id", form="form", mail="mail")))


def _json(found: Any) -> Subquery:
    return Subquery(found[:1], output_field=JSONField())


@dataclass(frozen=True)
class EndPage:
    """The end of a course on its page. ``asked`` is what ``asked_about_the_end`` brought."""

    course: Course
    answers: Answers
    asked: Mapping[str, Any] | None
    now: datetime

    @property
    def is_shown(self) -> bool:
        """Whether the course is at its end, after a session at least."""
        return self.course.is_at_end and self.asked is not None

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The change from the baseline to the end."""
        return reading.lines_at_end(self.answers)

    @cached_property
    def answered_at(self) -> datetime | None:
        """When the patient answered, None when nothing of their own came."""
        told = reading.told_at_end(self.answers)
        at: datetime | None = told[-1]["answered_at"] if told else None
        return at

    @property
    def words(self) -> str:
        """What became of the questions, in a sentence."""
        form, mail = self._part("form"), self._part("mail")
        if self.answered_at is not None:
            return f"Answered on {clinic_words.day_year(self.answered_at)}."
        if form and form["state"] == QuestionnaireRequest.State.SUBMITTED:
            return "Answered by somebody else: that stays out of the change."
        if form and _moment(form["expires_at"]) <= self.now:
            return f"Not answered: asked on {clinic_words.day_year(_moment(form['issued_at']))}, the link has ended."
        if mail and mail["state"] == _SENT:
            return f"Not answered yet: asked by mail on {clinic_words.day_year(_moment(mail['sent_at']))}."
        if mail and mail["state"] == _QUEUED:
            return f"Not asked yet: the mail goes out on {clinic_words.day_year(_moment(mail['at']))}."
        if form:
            return "Not answered yet: asked in the clinic."
        return f"Not asked by mail: {mail['reason']}." if mail else "Not asked yet."

    @property
    def visit_id(self) -> str:
        """The last visit, after which it can be asked in the clinic; "" once it is answered."""
        form = self._part("form")
        done = self.answered_at is not None or (form and form["state"] == QuestionnaireRequest.State.SUBMITTED)
        return "" if done or self.asked is None else str(self.asked["visit"])

    def _part(self, name: str) -> Mapping[str, Any] | None:
        part: Mapping[str, Any] | None = (self.asked or {}).get(name)
        return part


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)

"""What practitioners type about a course: its plan, its end, and the decision at a checkpoint."""

from __future__ import annotations

from typing import Any

from django import forms

from clinic.kernel.fields import CleanText, PickField
from clinic.kernel.forms import GuardedForm
from clinic.kernel.number_fields import WholeNumber
from sessions.checkpoint.services import Decision
from sessions.courses.models import Checkpoint, Course
from sessions.courses.services import MOST_SESSIONS, Plan

_KINDS = Checkpoint.Decision
#: How a course may end at a checkpoint that finishes it; "referred" and "changed" have decisions of their own.
_FINISHED = [(reason.value, str(reason.label)) for reason in (Course.EndReason.WELL, Course.EndReason.NO_HELP)]


def _count(label: str, *, least: int, required: bool, **options: Any) -> WholeNumber:
    needed = {"required": "Please write a number, such as 8."}
    return WholeNumber(
        label=label, least=least, most=MOST_SESSIONS, required=required, error_messages=needed, max_length=20, **options
    )


class DecisionForm(GuardedForm):
    """Continue, change, finish or refer, with a sentence why."""

    mark_optional = False

    decision = PickField(
        label="The decision", choices=_KINDS.choices, row=True, small=True,
        error_messages={"required": "Please choose one of the four."},
    )  # fmt: skip
    why = CleanText(
        label="Why, in a sentence", max_length=1000, lines=True,
        error_messages={"required": "Please say why, in a sentence."},
    )  # fmt: skip
    more = _count("More sessions", least=0, required=False, help_text="On top of what is planned, when it goes on.")
    new_course = forms.BooleanField(
        label="Begin a new course with them", required=False, help_text="Change only: this one ends as changed."
    )
    end_reason = PickField(label="If it is finished", choices=_FINISHED, required=False, row=True, small=True)
    back = CleanText(widget=forms.HiddenInput, required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        """Put a sentence beside what does not go with the decision."""
        said = super().clean() or self.cleaned_data
        kind, more = said.get("decision"), said.get("more") or 0
        ends = kind in (_KINDS.FINISH, _KINDS.REFER)
        if ends and more:
            self.add_error("more", "A course that ends has no more sessions.")
        if said.get("new_course") and kind and kind != _KINDS.CHANGE:
            self.add_error("new_course", "A new course goes with “Change”.")
        elif said.get("new_course") and not more and "more" not in self.errors:
            self.add_error("more", "Please say how many sessions the new course has.")
        if kind == _KINDS.FINISH and not said.get("end_reason") and "end_reason" not in self.errors:
            self.add_error("end_reason", "Please say how it ended.")
        return said

    @property
    def decided(self) -> Decision:
        """The decision of a valid form."""
        said = self.cleaned_data
        finished = said["decision"] == _KINDS.FINISH
        return Decision(
            kind=said["decision"], why=said["why"], more=said.get("more") or 0, new_course=bool(said.get("new_course")),
            end_reason=said["end_reason"] if finished else "",
        )  # fmt: skip


class PlanForm(GuardedForm):
    """What is agreed for a course."""

    mark_optional = False

    planned_sessions = _count("Sessions", least=1, required=True)
    frequency = forms.ChoiceField(label="How often", required=False, choices=Course.Frequency.choices)
    checkpoint_session = _count("First checkpoint at session", least=1, required=True)
    complaint = CleanText(label="For what, in a few words", required=False, max_length=200)
    goal = CleanText(
        label="The goal, in the patient’s own words", required=False, max_length=1000, lines=True,
        help_text="Asked about in these words at each check-in.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a first checkpoint behind the last session."""
        said = super().clean() or self.cleaned_data
        planned, checkpoint = said.get("planned_sessions"), said.get("checkpoint_session")
        if planned and checkpoint and checkpoint > planned:
            self.add_error("checkpoint_session", f"The course has {planned} sessions.")
        return said

    @property
    def plan(self) -> Plan:
        """The plan of a valid form."""
        names = ("planned_sessions", "frequency", "checkpoint_session", "complaint", "goal")
        return Plan(**{name: self.cleaned_data[name] for name in names})


class ExtendForm(GuardedForm):
    """So many sessions more."""

    mark_optional = False
    more = _count("More sessions", least=1, required=True)


class EndForm(GuardedForm):
    """How a course ended."""

    mark_optional = False
    reason = PickField(
        label="How it ended", choices=Course.EndReason.choices, small=True,
        error_messages={"required": "Please say how it ended."},
    )  # fmt: skip

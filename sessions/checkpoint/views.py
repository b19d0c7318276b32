"""The page of a course, and what practitioners do there: plan, extend, end, take up again, decide at a checkpoint."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clinic.audit.services import open_record
from clinic.kernel import clock
from clinic.kernel.forms import GuardedForm
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from sessions.appointments.counting import counter
from sessions.appointments.walltime import day_bounds
from sessions.checkpoint import services
from sessions.checkpoint.ending import EndPage, asked_about_the_end
from sessions.checkpoint.forms import DecisionForm, EndForm, ExtendForm, PlanForm
from sessions.checkpoint.page import CheckpointPage, CoursePage, checkpoint_of
from sessions.courses import services as courses
from sessions.courses.models import Course
from sessions.trends import answers_for

#: Other courses of the patient on the page, newest first.
MOST_COURSES = 20
_NOTE = "note:"


@policy("course", "read")
@require_safe
def course(request: StaffRequest, course_id: uuid.UUID) -> HttpResponse:
    """Show a course: its plan, how it was kept, its checkpoints. The look is traced."""
    now = clock.now()
    return _page(request, _found(request, course_id, now), now)


@dataclass(frozen=True)
class _Act:
    """A form of the page: what reads it, what it does with what it says, and what is told afterwards."""

    form: Callable[..., GuardedForm]
    does: Callable[..., object]
    words: str
    says: Callable[[Any], dict[str, object]] = lambda _: {}


_ACTS = {
    "plan": _Act(PlanForm, courses.change_plan, "The plan is changed.", lambda form: {"plan": form.plan}),
    "extend": _Act(
        ExtendForm, courses.extend, "The course is extended.", lambda form: {"more": form.cleaned_data["more"]}
    ),
    "end": _Act(
        EndForm, courses.end_course, "The course has ended. Visits that are booked stay booked.",
        lambda form: {"reason": form.cleaned_data["reason"]},
    ),
    "reopen": _Act(GuardedForm, courses.reopen_course, "The course runs again."),
}  # fmt: skip


@policy("course", "edit")
@require_POST
def change(request: StaffRequest, course_id: uuid.UUID, name: str) -> HttpResponse:
    """Change the plan, extend, end or reopen a course, as ``name`` says; what is wrong stands beside its field."""
    now, act = clock.now(), _ACTS[name]
    form = act.form(request.POST, auto_id=f"id_{name}_%s")
    found = _found(request, course_id, now)
    if form.is_valid():
        try:
            act.does(course=found, by=request.user, now=now, **act.says(form))
        except courses.CourseProblem as refused:
            form.add_error(None, str(refused))
        else:
            say(request, act.words)
            return redirect("courses:course", found.public_id)
    return _page(request, found, now, status=422, **{f"{name}_form": form})


@policy("course", "decide")
@require_POST
def decide(request: StaffRequest, course_id: uuid.UUID) -> HttpResponse:
    """Keep the one decision of a checkpoint, and go back to where it was taken."""
    now = clock.now()
    found = _found(request, course_id, now)
    form = DecisionForm(request.POST, auto_id="id_checkpoint_%s")
    checkpoint = _checkpoint(found, now, form)
    if not form.is_valid():
        return _undecided(request, found, checkpoint, now)
    try:
        services.decide(
            course=found, decision=form.decided, session_number=checkpoint.number, lines=checkpoint.lines,
            form_token=form.cleaned_data["form_token"], by=request.user, now=now,
        )  # fmt: skip
    except courses.CourseProblem as refused:
        form.add_error(None, str(refused))
        return _undecided(request, found, checkpoint, now)
    if _by_itself(request):
        decided = _checkpoint(_found(request, course_id, now), now, None)
        return render(request, "checkpoint/_checkpoint.html", {"checkpoint": decided, "course": found})
    say(request, "The decision is on the record.")
    return redirect(_way_back(found, str(form.cleaned_data["back"])))


def _undecided(request: StaffRequest, found: Course, checkpoint: CheckpointPage, now: datetime) -> HttpResponse:
    """Show what was typed again, with the sentence beside its field."""
    if _by_itself(request):
        context = {"checkpoint": checkpoint, "course": found}
        return render(request, "checkpoint/_checkpoint.html", context, status=422)
    return _page(request, found, now, status=422, checkpoint=checkpoint)


def _by_itself(request: StaffRequest) -> bool:
    """Tell whether the script of a note asks: it puts the answer in the place of the old part, the note stays open."""
    return request.headers.get("X-Deqi-Part") == "1"


def _way_back(found: Course, back: str) -> str:
    patient = reverse("desk:patient", args=[found.patient.public_id])
    if back.startswith(_NOTE):
        try:
            return reverse("treatments:note", args=[uuid.UUID(back.removeprefix(_NOTE))]) + "#checkpoint"
        except ValueError:
            return patient
    return patient if back == "patient" else reverse("courses:course", args=[found.public_id])


def _found(request: StaffRequest, course_id: uuid.UUID, now: datetime) -> Course:
    """The course with its patient, ``number`` and ``end``, its look traced. Raises Http404."""
    _, day_ends = day_bounds(timezone.localdate(now), ZoneInfo(request.practice.timezone))
    wanted = Course.objects.select_related("patient").annotate(number=counter(day_ends), end=asked_about_the_end())
    found = get_object_or_404(wanted, public_id=course_id)
    open_record(by=request.user, now=now, resource="course", patient_id=found.patient_id, object_id=found.pk)
    return found


def _checkpoint(found: Course, now: datetime, typed: DecisionForm | None) -> CheckpointPage:
    answers = answers_for(found.patient_id, course_id=found.pk)
    number: int = max(found.number, 1)  # type: ignore[attr-defined]
    page = checkpoint_of(answers, number=number, today=timezone.localdate(now), back="course")
    assert page is not None, "the answers are of this course"
    return CheckpointPage(page.answers, page.course, page.number, page.today, page.back, typed)


def _page(request: StaffRequest, found: Course, now: datetime, *, status: int = 200, **typed: object) -> HttpResponse:
    checkpoint = typed.get("checkpoint")
    if not isinstance(checkpoint, CheckpointPage):
        checkpoint = _checkpoint(found, now, None)
    today = timezone.localdate(now)
    others = Course.objects.filter(patient_id=found.patient_id).exclude(pk=found.pk).order_by("-opened_at", "-id")
    initial = {
        name: getattr(found, name)
        for name in ("planned_sessions", "frequency", "checkpoint_session", "complaint", "goal")
    }
    context = {
        "here": "patients",
        "patient": found.patient,
        "course": found,
        "page": CoursePage(found, checkpoint.answers, today),
        "end": EndPage(found, checkpoint.answers, found.end, now),  # type: ignore[attr-defined]
        "checkpoint": checkpoint,
        "others": list(others[:MOST_COURSES]),
        "plan_form": PlanForm(initial=initial, auto_id="id_plan_%s"),
        "extend_form": ExtendForm(auto_id="id_extend_%s"),
        "end_form": EndForm(auto_id="id_end_%s"),
        "reopen_form": GuardedForm(auto_id="id_reopen_%s"),
        **{name: form for name, form in typed.items() if name != "checkpoint"},
    }
    return render(request, "checkpoint/course.html", context, status=status)

"""What stands in a note becomes what later notes begin with."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from sessions import services
from sessions.details import read_details
from sessions.habits.services import keep_habit as keep
from sessions.problems import NoteProblem, StaleNote
from sessions.views.shared import draft_page, note_to_write, posted_form, stale_page


@policy("note", "edit")
@require_POST
def keep_habit(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Save the note, and begin later notes of its practitioner, or of its course, with its details and minutes."""
    now = clock.now()
    found = note_to_write(request, note_id, now)
    form = posted_form(request, found)
    if not form.is_valid():
        return draft_page(request, found, form=form, status=422)
    if found.practitioner.user_id != request.user.pk:
        say(request, f"This is {found.practitioner.display_name}'s note: its defaults are theirs to keep.")
        return redirect("treatments:note", note_id)
    version = form.cleaned_data["version"]
    try:
        services.save_note(note=found, content=form.content, version=version, by=request.user, now=now)
    except StaleNote as stale:
        return stale_page(request, found, stale.theirs)
    except NoteProblem as refused:
        say(request, str(refused))
        return redirect("treatments:note", note_id)
    of_course = request.POST.get("habit") == "course" and found.course_id is not None
    keep(
        details=read_details(form.content.details),
        minutes=form.content.retention_minutes,
        practitioner=found.practitioner,
        course_id=found.course_id if of_course else None,
        by=request.user,
        now=now,
    )
    say(request, "Later notes of this course begin so." if of_course else "Your later notes begin so.")
    return redirect(f"{reverse('treatments:note', args=[note_id])}#details")

"""What the views of the note share: one fetch that authorises and traces, and the page itself."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from clinic.audit.services import open_record
from clinic.kernel import clock
from clinic.kernel.prepared import Prepared, given
from clinic.staff.requests import StaffRequest
from patients.intake.reading import reading_for
from sessions.appointments.walltime import day_bounds
from sessions.charts import Chart
from sessions.checkpoint.page import checkpoint_of
from sessions.clash import clash_of
from sessions.content import NoteContent
from sessions.courses.decided import decided_at
from sessions.events import shown as events
from sessions.events.querysets import events_beside
from sessions.forms import NoteForm, PartsOfNote
from sessions.habits.querysets import needles, offered_boxes
from sessions.models import TreatmentSession
from sessions.offered import Offer
from sessions.pages import NotePage
from sessions.points.shorthand import settled
from sessions.private_notes.querysets import newest_private_note, private_text
from sessions.querysets import TreatmentSessionQuerySet
from sessions.repeat import confirmed
from sessions.rest_page import RestPage
from sessions.text_blocks.querysets import texts_for
from sessions.trend.head import head_line
from sessions.trends import answers_for


def opened_note(request: StaffRequest, note_id: uuid.UUID, now: datetime) -> TreatmentSession:
    """The note with all that its page shows. The look is traced before anything of it is read. Raises Http404."""
    found = TreatmentSession.objects.filter(public_id=note_id).values_list("pk", "patient_id").first()
    if found is None:
        raise Http404
    open_record(by=request.user, now=now, resource="note", patient_id=found[1], object_id=found[0])
    return _found(_TO_SHOW.first(**_asked(request, note_id, now)))


def whole(request: StaffRequest, note_id: uuid.UUID, now: datetime) -> TreatmentSession:
    """The note with people, safety, the session before, and the badges of the rail, in one statement.

    Raises Http404.
    """
    return _found(_WHOLE.first(**_asked(request, note_id, now)))


def note_to_write(request: StaffRequest, note_id: uuid.UUID, now: datetime) -> TreatmentSession:
    """The note for a save or a signature: as the page shows it, with its trace and the hash before it.

    Raises Http404.
    """
    return _found(_TO_WRITE.first(**_asked(request, note_id, now), now=now))


def note_to_save(request: StaffRequest, note_id: uuid.UUID, now: datetime) -> TreatmentSession:
    """The note for a saving by itself: what its answer needs, without the rest of the page. Raises Http404."""
    return _found(_TO_SAVE.first(note=note_id, user=request.user.pk, now=now))


def _found(note: TreatmentSession | None) -> TreatmentSession:
    if note is None:
        raise Http404
    return note


def _asked(request: StaffRequest, note_id: uuid.UUID, now: datetime) -> dict[str, object]:
    begins, ends = day_bounds(timezone.localdate(now), ZoneInfo(request.practice.timezone))
    return {"note": note_id, "user": request.user.pk, "begins": begins, "ends": ends}


def _spoken() -> TreatmentSessionQuerySet:
    notes = TreatmentSession.objects.filter(public_id=given("note")).with_people()
    return notes.with_safety().with_last().with_stopped()


def _notes() -> TreatmentSessionQuerySet:
    return (
        _spoken()
        .with_point_sets(given("user"))
        .with_same_name(given("begins"), given("ends"))
        .with_badges(given("user"))
        .annotate(private=newest_private_note("patient_id"), events=events_beside(), open_boxes=offered_boxes())
    )


_WHOLE = Prepared(_notes)
_TO_SHOW = Prepared(
    lambda: _notes().with_texts(given("user")).annotate(decided=decided_at("course_id", "number_in_course"))
)
_TO_SAVE = Prepared(lambda: _spoken().with_trace(given("user"), "edit", given("now")))
_TO_WRITE = Prepared(
    lambda: _notes().with_previous_hash().with_next(given("user")).with_trace(given("user"), "edit", given("now"))
)


def draft_page(
    request: StaffRequest,
    note: TreatmentSession,
    *,
    form: NoteForm | None = None,
    theirs: TreatmentSession | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the draft. ``form`` keeps what was typed; ``theirs`` is what somebody else saved meanwhile."""
    now = clock.now()
    form, content = _filled(note, form)
    page = NotePage(note, content, now, typed=form.data)
    context = {
        **_said_by_the_patient(request, page),
        "page": page,
        "note": note,
        "patient": note.patient,
        "events": events.lines(note.events),  # type: ignore[attr-defined]
        "private": private_text(note.private),  # type: ignore[attr-defined]
        "rest": RestPage(page, needles(note.open_boxes, timezone.localdate(note.started_at))),  # type: ignore[attr-defined]
        "form": form,
        # A save does not ask for them; a save that comes back as a page does.
        "texts": note.texts if "texts" in vars(note) else list(texts_for(request.user.pk)),
        "clash": clash_of(content, theirs, me=request.user, now=now) if theirs else None,
        "unsigned_count": note.unsigned_count,
        "attention_count": note.attention_count,
        "mine": note.practitioner.user_id == request.user.pk,
    }
    return render(request, "treatments/note.html", context, status=status)


def _filled(note: TreatmentSession, form: NoteForm | None) -> tuple[NoteForm, NoteContent]:
    """The fields, and what stands in them: the stored draft, or what was just typed."""
    content = NoteContent.of(note)
    if form is None:
        return NoteForm(initial={**content.as_columns(), "version": note.version}), content
    if form.is_valid():
        return form, form.content
    # What is wrong stays in its field; what could be read speaks in points and warnings.
    return form, NoteContent(**{**content.as_columns(), **readable(form)})


def _said_by_the_patient(request: StaffRequest, page: NotePage) -> dict[str, object]:
    """The intake, the answers of the course and what follows from them: offer, chart, checkpoint."""
    note, today = page.note, timezone.localdate(page.now)
    # The intake stands beside the note: answers of health, a look of its own.
    open_record(by=request.user, now=page.now, resource="intake-answers", patient_id=note.patient_id)
    intake = reading_for(note.patient_id, today=today, user=request.user)
    last_session = page.last["started_at"] if page.last else None
    answers = answers_for(note.patient_id, course_id=note.course_id).since(last_session)
    offer = Offer(page, answers)
    return {
        "intake": intake,
        "answers": answers,
        "offer": offer,
        "asks": bool(offer.news) and not page.content.changes,
        "chart": Chart(answers.trend, answers.followed, answers.beside),
        "in_words": head_line(answers.spoken, page.goal),
        "checkpoint": checkpoint_of(
            answers,
            number=note.number_in_course,
            today=today,
            back=f"note:{note.public_id}",
            course_id=note.course_id,
        ),
        # What the intake does not show itself: facts that were recorded since.
        "emergencies": [flag for flag in page.emergencies if flag.id not in {said.id for said in intake.emergencies}],
    }


def readable(form: NoteForm) -> dict[str, object]:
    """The parts of a form with problems that could be read."""
    names = NoteContent().as_columns()
    return {name: value for name, value in form.cleaned_data.items() if name in names}


def stale_page(request: StaffRequest, note: TreatmentSession, theirs: TreatmentSession) -> HttpResponse:
    """Both texts, side by side: mine in the fields, theirs beside them. The next save knows of theirs."""
    data = request.POST.copy()
    data["version"] = str(theirs.version)
    return draft_page(request, note, form=NoteForm(data), theirs=theirs, status=409)


def posted_form(request: StaffRequest, note: TreatmentSession) -> NoteForm:
    """The note as it was sent. A button that completes or turns the line of points sends the whole line.

    A side that the practitioner of the note leaves unsaid is written out here, before anything is read or stored.
    """
    form = NoteForm(_as_sent(request, note))
    form.standing, form.day = NoteContent.of(note), timezone.localdate(note.started_at)
    return form


def posted_parts(request: StaffRequest, note: TreatmentSession) -> PartsOfNote:
    """The parts that a page sent by itself, above what stands."""
    day = timezone.localdate(note.started_at)
    return PartsOfNote(_as_sent(request, note), standing=NoteContent.of(note), day=day)


def _as_sent(request: StaffRequest, note: TreatmentSession) -> QueryDict:
    buttons = (("line", "points_line"), ("chip", "points_line"), ("count_in", "needles_in"))
    pressed = {field: request.POST[button] for button, field in buttons if button in request.POST}
    both = note.practitioner.side_unsaid == "both" and "points_line" in (request.POST.keys() | pressed.keys())
    if not pressed and not both:
        return request.POST
    data = request.POST.copy()
    for field, value in pressed.items():
        data[field] = str(value)
    if both:
        data["points_line"] = settled(data.get("points_line", ""), "both")
    return data


def asks_first(form: NoteForm, note: TreatmentSession) -> bool:
    """Whether something differs today and the question of what is new was not answered yet."""
    news = form.cleaned_data.get("proposed_news") or NotePage(note, NoteContent.of(note), clock.now()).record_news
    return bool(news) and not form.cleaned_data.get("changes")


def taken_over(request: StaffRequest, form: NoteForm, page: NotePage) -> NoteContent | None:
    """What a valid form says, with what its button takes over: ``take`` is "same" (as last time) or "words".

    None when the question of what is new must be answered first; the form then says so.
    """
    take, content = request.POST.get("take"), form.content
    words = form.cleaned_data["proposed_words"]
    if take == "words" and not content.subjective:
        return replace(content, subjective=words)
    if take != "same" or page.proposal is None:
        return content
    if asks_first(form, page.note):
        form.add_error("changes", "Please say first what is new since last time.")
        return None
    news = form.cleaned_data["proposed_news"] or "; ".join(page.record_news)
    return confirmed(content, page.proposal, words=words, news=news)

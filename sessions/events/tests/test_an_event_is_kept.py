"""What went wrong is written down, reaches whoever must look, and is never rewritten once the note is signed."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from clinic.attention.models import Task
from clinic.kernel import grants
from patients.intake.models import QuestionnaireResponse
from sessions.events.models import AdverseEvent, EventFollowUp
from sessions.events.problems import EventIsLocked
from sessions.events.querysets import reaction_recorded
from sessions.events.services import Said, follow_up, open_event, record_event
from sessions.models import TreatmentSession
from sessions.tests.world import NOW, READY, a_treatment, a_visit, at, begin, send, signed
from sessions.vocabularies import adverse_event_kinds

pytestmark = pytest.mark.django_db

FAINT = Said(
    code="syncope", grade=2, onset="during", outcome="recovered", causality="probable", point_code="LI4", side="left",
    words="Pale at minute 12.", action_taken="Needles out, legs up, sweet tea.", reported_to="",
)  # fmt: skip
FORM = {
    "code": "syncope", "grade": "2", "onset": "during", "outcome": "recovered", "words": "Pale at minute 12.",
    "action_taken": "Legs up.", "causality": "probable", "point_code": "hegu", "side": "left",
}  # fmt: skip


def opened(world, note, key="1"):
    return open_event(session=note, source="note", key=key, by=world.clinic.chen.user, now=NOW)


def recorded(world, note, said=FAINT):
    return record_event(event=opened(world, note), said=said, by=world.clinic.chen.user, now=NOW)


def post(world, address, **fields):
    return world.browser.post(address, {"form_token": str(uuid.uuid4()), "end": "1", **fields})


def test_it_is_opened_from_the_note_and_written():
    world = a_treatment()
    note = begin(world)

    page = post(world, reverse("events:from_note", args=[note.public_id]))
    answer = post(world, page.url, **FORM)

    event = AdverseEvent.objects.get()
    assert answer.status_code == 302
    assert (event.code, event.grade, event.point_code, event.side) == ("syncope", 2, "LI4", "left")
    assert event.recorded_by == world.clinic.chen.user
    assert "Fainting" in world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()


def test_two_presses_open_one_draft():
    world = a_treatment()
    note = begin(world)

    pages = {post(world, reverse("events:from_note", args=[note.public_id])).url for _ in range(2)}

    assert len(pages) == AdverseEvent.objects.count() == 1


@pytest.mark.parametrize("missing", ["code", "grade", "onset", "outcome"])
def test_what_is_needed_is_asked_beside_its_field_and_the_text_is_kept(missing):
    world = a_treatment()
    event = opened(world, begin(world))

    answer = post(world, reverse("events:event", args=[event.public_id]), **{**FORM, missing: ""})

    assert answer.status_code == 422
    assert missing in answer.context["form"].errors
    assert "Pale at minute 12." in answer.content.decode()


def test_a_point_that_is_none_is_asked_again():
    world = a_treatment()
    event = opened(world, begin(world))

    answer = post(world, reverse("events:event", args=[event.public_id]), **{**FORM, "point_code": "qqzz"})

    assert "Please write one point by its code" in answer.content.decode()


@pytest.mark.parametrize("kind", adverse_event_kinds(), ids=lambda kind: kind.code)
def test_each_kind_makes_a_task_for_today_when_it_wants_one(kind):
    world = a_treatment()
    recorded(world, begin(world), Said(code=kind.code, grade=kind.usual_grade, onset="during", outcome="unknown"))

    tasks = Task.objects.filter(kind="adverse-event")
    assert [task.urgency for task in tasks] == (["same-day"] if kind.same_day_alert else [])


def test_recorded_twice_it_makes_one_task():
    world = a_treatment()
    note = begin(world)

    for _ in range(2):
        recorded(world, note)

    assert Task.objects.filter(kind="adverse-event").count() == 1


def a_second_session(said):
    """A signed second session in which this happened; a first one wants after-care anyway."""
    world, short = a_treatment(), {"points_line": "st36 b, li4 r", "needles_in": "3", "needles_out": "3"}
    signed(world, **short)
    note = begin(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(10)))
    if said is not None:
        recorded(world, note, said)
    assert send(world, note, "sign", **{**READY, **short}).status_code == 302
    return TreatmentSession.objects.annotate(reacted=reaction_recorded()).get(pk=note.pk)


@pytest.mark.parametrize(
    ("said", "reacted"),
    [
        (None, False),
        (FAINT, True),
        (Said(code="staff_needlestick", grade=1, onset="during", outcome="recovered"), False),
    ],
    ids=["nothing", "a faint", "a pricked finger of staff"],
)
def test_a_reaction_of_the_patient_wants_after_care(said, reacted):
    note = a_second_session(said)

    assert (note.reacted, note.after_care) == (reacted, reacted)


def test_after_the_note_is_signed_only_follow_ups_are_added():
    world = a_treatment()
    note = begin(world)
    event = recorded(world, note)
    signed_note(world, note)

    with pytest.raises(EventIsLocked):
        record_event(event=event, said=FAINT, by=world.clinic.chen.user, now=NOW)
    answer = post(
        world, reverse("events:follow_up", args=[event.public_id]), words="Well this morning.", outcome="recovered",
        reviewed="on",
    )  # fmt: skip

    assert answer.status_code == 302
    added = EventFollowUp.objects.get()
    assert (added.words, added.outcome, added.reviewed) == ("Well this morning.", "recovered", True)
    page = world.browser.get(reverse("events:event", args=[event.public_id])).content.decode()
    assert "Pale at minute 12." in page
    assert "Record it" not in page


def signed_note(world, note):
    assert send(world, note, "sign", **READY).status_code == 302


def test_a_draft_of_a_signed_note_can_still_be_written_once():
    world = a_treatment()
    note = begin(world)
    event = opened(world, note)
    signed_note(world, note)

    assert record_event(event=event, said=FAINT, by=world.clinic.chen.user, now=NOW).recorded_at == NOW
    with pytest.raises(EventIsLocked):
        record_event(event=event, said=FAINT, by=world.clinic.chen.user, now=NOW)


def test_a_follow_up_that_is_sent_twice_is_one():
    world = a_treatment()
    event, token = recorded(world, begin(world)), uuid.uuid4()

    for _ in range(2):
        follow_up(event=event, words="Well.", form_token=token, by=world.clinic.chen.user, now=NOW)

    assert EventFollowUp.objects.count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE events_adverseevent SET grade = 1",
        "UPDATE events_adverseevent SET recorded_at = NULL, recorded_by_id = NULL",
        "UPDATE events_adverseevent SET opened_at = now()",
        "DELETE FROM events_adverseevent",
        "UPDATE events_eventfollowup SET words = 'nothing'",
        "DELETE FROM events_eventfollowup",
        "TRUNCATE events_adverseevent CASCADE",
    ],
)
def test_sql_of_the_web_role_cannot_change_it(sql):
    world = a_treatment()
    note = begin(world)
    event = recorded(world, note)
    follow_up(event=event, words="Well.", form_token=uuid.uuid4(), by=world.clinic.chen.user, now=NOW)
    signed_note(world, note)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert AdverseEvent.objects.get().grade == 2
    assert EventFollowUp.objects.get().words == "Well."


def test_the_worker_learns_that_something_happened_and_not_what():
    readable, writable = grants.WORKER_MAY["events_adverseevent"]

    assert (readable, writable) == ("id, session_id, of_patient, opened_at", "")
    assert "events_eventfollowup" not in grants.WORKER_MAY


def a_check_in_says(patient, worried, at_):
    return QuestionnaireResponse.objects.create(
        patient=patient, instrument="checkin", instrument_version="1", answers={"ci-worried": worried},
        status="complete", answered_at=at_,
    )  # fmt: skip


def test_what_worried_after_the_last_session_becomes_an_event_of_that_session_by_one_press():
    world = a_treatment()
    before = signed(world)
    a_check_in_says(world.patient, 1, before.started_at + timedelta(hours=1))
    visit = a_visit(world.clinic, world.patient, world.course, starts_at=at(12))
    today = begin(world, visit)

    for _ in range(2):
        answer = post(world, reverse("events:from_check_in", args=[today.public_id]))

    event = AdverseEvent.objects.get()
    assert answer.url == reverse("events:event", args=[event.public_id])
    assert (event.session_id, event.source) == (before.pk, "check-in")


def test_a_check_in_without_a_worry_makes_no_event():
    world = a_treatment()
    before = signed(world)
    a_check_in_says(world.patient, 0, before.started_at + timedelta(hours=1))
    today = begin(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(12)))

    answer = post(world, reverse("events:from_check_in", args=[today.public_id]))

    assert answer.url == reverse("treatments:note", args=[today.public_id])
    assert not AdverseEvent.objects.exists()


def test_the_list_names_the_patient_and_never_what_happened():
    world = a_treatment()
    recorded(world, begin(world))

    page = world.browser.get("/attention/").content.decode()

    assert "An event that wants a look today" in page
    assert "Fainting" not in page

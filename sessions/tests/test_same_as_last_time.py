"""Same as last time: points, technique, needles and plan go over, once confirmed, and nothing else ever does."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.content import CARRIED, NoteContent
from sessions.models import TreatmentSession
from sessions.needling import read
from sessions.points.reading import to_text
from sessions.repeat import confirmed, is_open, proposal_from
from sessions.tests.world import READY, a_treatment, a_visit, at, begin, holds, send, signed, takes

LAST = {
    "started_at": "2026-11-05T08:00:00+00:00",
    "points_line": "bl23 b, bl40 l, gb30 l, gb34 l -, gv20",
    "no_needles": False,
    "retention_minutes": 25,
    "plan": "Add KI3 if the heel is cold.",
    "pain_before": 7,
    "pain_after": 4,
}


def proposed(**last):
    return proposal_from({**LAST, **last})


def codes(line):
    return [(one.point.code, one.side, one.technique) for one in read(line).points]


def test_the_confirmation_takes_points_technique_minutes_and_plan_and_counts_the_needles_in():
    content = confirmed(NoteContent(), proposed())

    assert codes(content.points_line) == codes(LAST["points_line"])
    assert (content.retention_minutes, content.plan, content.needles_in) == (25, LAST["plan"], 6)
    assert content.changes == "none"


def test_nothing_else_goes_over_ever():
    never = {"changes_text", "subjective", "objective", "assessment", "pain_before", "pain_after", "needles_out"}
    full = {**LAST, **dict.fromkeys(never, "a word of last time")}

    content = confirmed(NoteContent(), proposal_from(full))

    assert not never & set(CARRIED)
    for field in fields(NoteContent):
        if field.name not in {*CARRIED, "points_line", "changes", "needles_in"}:
            assert getattr(content, field.name) == getattr(NoteContent(), field.name), field.name


def test_of_the_details_technique_and_needle_go_over_and_what_was_felt_does_not():
    details = {"manipulation": "even", "position": "prone", "felt": ["ache"], "reasoning": "Why", "varied": "Different"}

    content = confirmed(NoteContent(details={"position": "supine"}), proposed(details=details))

    assert content.details == {"manipulation": "even", "position": "supine"}


def test_what_is_typed_before_the_confirmation_changes_the_proposal():
    content = confirmed(NoteContent(points_line="-gb30, ki3 l, gb34 r +, shenmen"), proposed())

    assert codes(content.points_line) == [
        ("BL23", "both", None), ("BL40", "left", None), ("GV20", "midline", None), ("KI3", "left", None),
        ("GB34", "right", "reinforcing"),
    ]  # fmt: skip
    assert "shenmen" in content.points_line, "what asks still asks"
    assert content.needles_in is None, "nobody knows how many needles an open question is"


def test_what_was_written_is_never_replaced():
    written = NoteContent(
        plan="Mine.", retention_minutes=0, needles_in=9, subjective="Hers.", changes="yes", changes_text="A fall."
    )

    content = confirmed(written, proposed(), words="From the check-in.", news="New medicine.")

    assert content.plan == "Mine."
    assert (content.retention_minutes, content.needles_in) == (0, 9)
    assert (content.subjective, content.changes, content.changes_text) == ("Hers.", "yes", "A fall.")


def test_news_are_never_confirmed_as_no_changes():
    assert confirmed(NoteContent(), proposed(), news="Apixaban, new").changes == ""
    answered = confirmed(NoteContent(changes="yes"), proposed(), news="Apixaban, new")
    assert answered.changes_text == "Apixaban, new"


def test_the_proposal_is_open_until_something_of_it_stands_in_the_line():
    proposal = proposed()

    assert is_open(proposal, NoteContent(), read(""))
    assert is_open(proposal, NoteContent(points_line="ki3 l"), read("ki3 l"))
    assert not is_open(proposal, NoteContent(points_line="gv20"), read("gv20"))
    assert not is_open(proposal, NoteContent(no_needles=True), read(""))
    assert not is_open(None, NoteContent(), read(""))


@pytest.mark.parametrize("last", [None, {**LAST, "no_needles": True}, {**LAST, "points_line": "qqzz"}])
def test_without_points_there_is_nothing_to_propose(last):
    assert proposal_from(last) is None


_PARTS = st.sampled_from(
    ["bl23 b", "-bl23", "gb34 l", "gb34 r +", "gv20", "shenmen", "qqzz", "st17", "ashi left knee", "li4"]
)


@settings(deadline=None)
@given(st.lists(_PARTS, max_size=6).map(", ".join))
def test_a_confirmation_loses_no_point_and_a_second_one_changes_nothing(typed):
    proposal = proposed()
    once = confirmed(NoteContent(points_line=typed), proposal)
    merged = proposal.with_typed(read(typed))

    assert codes(once.points_line) == [(one.point.code, one.side, one.technique) for one in merged.points]
    assert len(read(once.points_line).questions) == len(read(typed).questions)
    twice = confirmed(once, proposal)
    assert {one[0] for one in codes(once.points_line)} <= {one[0] for one in codes(twice.points_line)}


CURRENT = "bl23 b, bl25 b, st36 l 20mm, sp6 l, gv20, bl23~bl25 b 2/100hz 20min, st36~sp6 l 4hz"


def currents(line):
    return [(one.point.code, one.side, one.pair, one.lead, one.current) for one in read(line).placements if one.pair]


def test_current_goes_over_with_its_hz_and_minutes():
    content = confirmed(NoteContent(), proposed(points_line=CURRENT))

    assert currents(content.points_line) == currents(CURRENT)
    assert len(currents(CURRENT)) == 4
    assert content.needles_in == 7


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("-sp6", ["bl23~bl25 b 2/100hz 20min"]),
        ("-bl23, -bl25", ["st36~sp6 l 4hz"]),
        ("sp6 r", ["bl23~bl25 b 2/100hz 20min"]),
        ("st36~sp6 l 10hz 15min", ["bl23~bl25 b 2/100hz 20min", "st36~sp6 l 10hz 15min"]),
        ("gb34 l", ["bl23~bl25 b 2/100hz 20min", "st36~sp6 l 4hz"]),
    ],
)
def test_current_leaves_with_its_needle_and_gives_way_to_what_is_typed(typed, left):
    proposal = proposed(points_line=CURRENT)

    content = confirmed(NoteContent(points_line=typed), proposal)

    needling = read(content.points_line)
    assert not needling.asks
    assert sorted(to_text([pair]).lower() for pair in needling.pairs) == sorted(left)


_NEEDLED = ["bl23", "bl25", "st36", "sp6", "gb34", "gb30", "li4"]


@st.composite
def _lines(draw):
    """A line of points with technique, depth and size, and of pairs between some of them."""
    codes = draw(st.lists(st.sampled_from(_NEEDLED), min_size=1, max_size=6, unique=True))
    side = draw(st.sampled_from(["b", "l", "r"]))
    more = st.sampled_from(["", " +", " -", " =", " 20mm", " + 0.5cun 0.25x40"])
    parts = [f"{code} {side}{draw(more)}" for code in codes]
    for red, black in zip(codes[::2], codes[1::2], strict=False):
        flows = draw(st.sampled_from(["", " 2hz", " 2/100hz", " 2/15hz 20min", " 30min", None]))
        parts += [] if flows is None else [f"{red}~{black} {side}{flows}"]
    return ", ".join([*parts, *draw(st.sampled_from([[], ["gv20"], ["-gv20"], ["ashi left knee"]]))])


@settings(deadline=None)
@given(_lines())
def test_the_proposed_line_makes_the_same_placements_again(line):
    before = read(line)
    proposal = proposal_from({**LAST, "points_line": line})

    assert read(proposal.line).placements == before.placements
    assert read(confirmed(NoteContent(), proposal).points_line).placements == before.placements


# ---- the page ----


def second_session(**patient):
    """A patient whose first session is signed, and the draft of the next one."""
    world = a_treatment(**patient)
    signed(world, subjective="Words of last time.", objective="Found last time.")
    world.visit = a_visit(world.clinic, world.patient, world.course, starts_at=at(11))
    # The first one lies a week back: what is recorded now is recorded since.
    world.note = begin(world)
    return world


def page_of(world):
    return world.browser.get(reverse("treatments:note", args=[world.note.public_id])).content.decode()


@pytest.mark.django_db
def test_the_page_proposes_and_nothing_counts_before_the_confirmation():
    world = second_session()

    page = page_of(world)

    assert "nothing counts until you confirm" in page
    assert "Same as last time, nothing new" in page
    world.note.refresh_from_db()
    assert (world.note.points_line, world.note.changes, world.note.plan) == ("", "", "")
    assert "points, or “no needles”" in page, "the proposal is no treatment"


@pytest.mark.django_db
def test_one_press_confirms_and_three_values_complete_the_note():
    world = second_session()

    answer = send(world, world.note, take="same", pain_before="6")

    assert answer.status_code == 302
    world.note.refresh_from_db()
    assert codes(world.note.points_line) == codes(READY["points_line"])
    assert (world.note.changes, world.note.needles_in, world.note.retention_minutes) == ("none", 7, 25)
    assert world.note.plan == READY["plan"]
    assert world.note.needles_in_at is not None
    assert (world.note.subjective, world.note.objective) == ("", "")
    page = page_of(world)
    assert "nothing counts until you confirm" not in page
    content = {name: "" if value is None else value for name, value in NoteContent.of(world.note).as_columns().items()}
    content.pop("no_needles")
    answer = send(world, world.note, "sign", **{**content, "pain_after": "3", "needles_out": "7"})
    world.note.refresh_from_db()
    assert world.note.is_signed, answer.content.decode()


@pytest.mark.django_db
def test_by_itself_the_confirmation_answers_with_the_fields_it_filled():
    world = second_session()

    said = send(world, world.note, by_itself=True, take="same", points_line="-gv20").json()

    assert said["fields"]["changes"] == "none"
    assert said["fields"]["retention_minutes"] == 25
    assert "GV20" not in said["fields"]["points_line"]
    assert "subjective" not in said["fields"]


@pytest.mark.django_db
def test_after_the_confirmation_taken_out_is_struck_and_added_is_marked():
    world = second_session()
    send(world, world.note, take="same", points_line="-gv20, ki6 r")

    page = page_of(world)

    marked = {code: words for words, code in re.findall(r'<li class="point([^"]*)"><b>(\w+)</b>', page)}
    assert "is-out" in marked["GV20"]
    assert "is-new" in marked["KI6"]
    assert "is-" not in marked["BL23"]


def change(world, what):
    """Something is different today: a medicine, one that was stopped, a fact of the safety list."""
    later = world.note.started_at + timedelta(seconds=1)
    if what == "medicine":
        one = takes(world.patient, "apixaban 5 mg")
        type(one).objects.filter(pk=one.pk).update(recorded_at=later)
    elif what == "stopped":
        one = takes(world.patient, "amitriptyline 10 mg")
        type(one).objects.filter(pk=one.pk).update(recorded_at=at(1), stopped_at=later)
    else:
        one = holds(world.patient, "needle_phobia")
        type(one).objects.filter(pk=one.pk).update(recorded_at=later)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "says"),
    [("medicine", "apixaban 5 mg, new"), ("stopped", "amitriptyline 10 mg, stopped"), ("fact", "Afraid of needles")],
)
def test_what_differs_today_is_asked_first(what, says):
    world = second_session()
    change(world, what)

    page = page_of(world)
    refused = send(world, world.note, take="same")

    assert says in page
    assert "Same as last time, nothing new" not in page
    assert refused.status_code == 422
    assert "Please say first what is new" in refused.content.decode()
    world.note.refresh_from_db()
    assert world.note.points_line == ""
    send(world, world.note, take="same", changes="yes")
    world.note.refresh_from_db()
    assert world.note.changes_text == says
    assert world.note.needles_in == 7


@pytest.mark.django_db
def test_carried_current_stops_as_typed_current_does():
    world = a_treatment()
    signed(world, points_line="st36 l, sp6 l, st36~sp6 l 2hz 20min", needles_in="2", needles_out="2")
    holds(world.patient, "pacemaker_icd")
    world.visit = a_visit(world.clinic, world.patient, world.course, starts_at=at(11))
    world.note = begin(world)
    assert "ST36 to SP6 left" in page_of(world)
    assert "id_reason-pacemaker_icd" not in page_of(world), "a proposal does not speak"

    send(world, world.note, take="same", changes="none")

    world.note.refresh_from_db()
    assert currents(world.note.points_line)
    assert "id_reason-pacemaker_icd" in page_of(world)


@pytest.mark.django_db
def test_without_a_session_before_there_is_no_proposal():
    world = a_treatment()
    world.note = begin(world)

    assert "until you confirm" not in page_of(world)
    answer = send(world, world.note, take="same", points_line="gv20")

    assert answer.status_code == 302
    assert TreatmentSession.objects.get().points_line == "gv20"

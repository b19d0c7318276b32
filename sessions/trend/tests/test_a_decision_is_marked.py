"""What was decided at a checkpoint stands on the chart as a mark with its word, in its sentence and in its table."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.charts import Chart
from sessions.trend.chart import NARROW, WIDE, draw
from sessions.trend.labels import Labels
from sessions.trend.model import Decision, Said, Tick, Trend
from sessions.trend.words import described

START = date(2026, 9, 28)
KINDS = ("continue", "change", "finish", "refer")


def after(days):
    return START + timedelta(days=days)


def a_course(*decisions, sessions=8):
    said = tuple(Said(after(7 * n), "check-in", pain=Fraction(7 - n % 5)) for n in range(sessions))
    ticks = tuple(Tick(n + 1, after(7 * n), done=True, checkpoint=n == 5) for n in range(sessions))
    return Trend(said, ticks, decisions)


DECIDED = a_course(Decision(6, after(35), "continue"))


def marks(drawing):
    elements = list(ET.fromstring(drawing).iter())
    words = [element.text for element in elements if element.get("class") == "check-word"]
    return words, [element.get("d") for element in elements if element.get("class") == "check"]


@pytest.mark.parametrize(("frame", "words"), [(WIDE, "checkpoint: continue"), (NARROW, "continue")])
def test_the_mark_says_what_was_decided(frame, words):
    assert marks(draw(DECIDED, frame))[0] == [words]


def test_an_undecided_checkpoint_stays_as_it_was():
    assert marks(draw(a_course(), WIDE))[0] == ["checkpoint"]


def test_a_decision_later_than_its_session_stands_on_its_own_day_alone():
    later = a_course(Decision(6, after(40), "refer"))

    assert len(marks(draw(later, WIDE))[1]) == 1
    assert marks(draw(later, WIDE))[1] != marks(draw(DECIDED, WIDE))[1]


def test_one_after_the_last_answer_still_lies_on_the_axis():
    late = a_course(Decision(8, after(80), "finish"))

    line = marks(draw(late, WIDE))[1][-1]
    assert WIDE.left <= float(line[1:].split(" ")[0]) <= WIDE.right


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 90), st.sampled_from(KINDS)), min_size=1, max_size=8))
def test_words_never_lie_on_each_other_nor_beyond_the_drawing(drawn):
    trend = a_course(*(Decision(n + 1, after(days), kind) for n, (days, kind) in enumerate(sorted(drawn))))

    for frame in (WIDE, NARROW):
        spans = []
        for element in ET.fromstring(draw(trend, frame)).iter("text"):
            if element.get("class") == "check-word":
                x, length = float(element.get("x")), 6.6 * len(element.text)
                spans.append((x - length, x) if element.get("text-anchor") == "end" else (x, x + length))
        spans.sort()
        assert spans
        assert all(begin >= 0 and end <= frame.width for begin, end in spans)
        assert all(one[1] <= other[0] + 0.2 for one, other in pairwise(spans))
        assert len(marks(draw(trend, frame))[1]) >= len({days for days, _ in drawn})


def test_the_sentence_and_the_table_say_it_too():
    rows = Chart(DECIDED).rows

    assert "Decided at session 6: continue." in described(DECIDED)
    assert [row.decided for row in rows if row.decided] == ["Decided at session 6: continue"]
    assert [row.on for row in rows] == sorted((row.on for row in rows), reverse=True)


def test_a_patients_own_drawing_leaves_it_out():
    own = replace(WIDE, labels=Labels(checkpoint="we look together", described="Yours."))

    assert "continue" not in draw(DECIDED, own)
    assert "we look together" in draw(DECIDED, own)
    late = a_course(Decision(8, after(80), "finish"))
    assert draw(late, own) == draw(replace(late, decisions=()), own)

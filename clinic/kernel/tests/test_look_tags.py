from __future__ import annotations

from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages.storage.base import Message
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from clinic.kernel import clinic_words, marks, words
from clinic.kernel.templatetags import deqi


def drawn(text: str, **context: object) -> str:
    return Template("{% load deqi %}" + text).render(Context(context))


def test_an_icon_is_silent_beside_a_word_and_named_without_one() -> None:
    assert 'aria-hidden="true"' in drawn('{% icon "pen" %}')
    assert 'role="img" aria-label="To &lt;sign&gt;"' in drawn('{% icon "pen" label=said %}', said="To <sign>")


@pytest.mark.parametrize("name", ["no-such-icon", "../secret", ""])
def test_an_unknown_icon_fails_at_once(name: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        drawn("{% icon name %}", name=name)


def test_every_state_has_an_icon_that_exists_and_a_word() -> None:
    for table in (deqi.VISIT_STATES, deqi.MESSAGE_STATES):
        for _kind, mark, word in table.values():
            assert word
            assert not mark or marks.icon_shape(mark)


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        ('{% state "arrived" "4 min" %}', "here 4 min</span>"),
        ('{% state "in-treatment" words="out 10:21" %}', "out 10:21</span>"),
        ('{% state "late-cancelled" %}', "late cancelled</span>"),
        ('{% message_state "cancelled" %}', "skipped</span>"),
        ('{% state "something-new" %}', "something new</span>"),
        ("{% state x %}", "&lt;i&gt;</span>"),
    ],
)
def test_a_state_is_a_word(tag: str, says: str) -> None:
    assert says in drawn(tag, x="<i>")


def test_a_course_shows_what_is_done_today_and_to_come() -> None:
    page = drawn("{% course 4 8 checkpoint=6 today=True %}")

    assert page.count('class="done"') == 3
    assert page.count('class="today"') == 1
    assert page.count('class="todo"') == 4
    assert page.count('class="check"') == 1
    assert "4 of 8" in page


def test_the_checkpoint_of_today_is_filled_and_a_past_one_is_gone() -> None:
    assert 'class="check is-due"' in drawn("{% course 6 8 checkpoint=6 today=True %}")
    assert "check" not in drawn("{% course 7 8 checkpoint=6 today=True %}")


@given(st.integers(-2, 60), st.integers(-2, 60), st.one_of(st.none(), st.integers(-2, 60)), st.booleans())
def test_any_course_can_be_drawn(number: int, total: int, checkpoint: int | None, today: bool) -> None:
    ticks = marks.needles(number, total, checkpoint=checkpoint, today=today).count("<path")

    assert ticks == (max(number, total) if 0 < max(number, total) <= marks.MOST_TICKS else 0)
    marks.course_line(number, total, checkpoint=checkpoint, dates={1: "<", total: ">"})


@given(st.integers(1, 12), st.integers(1, 12))
def test_any_step_can_be_drawn(number: int, total: int) -> None:
    assert marks.step_needles(number, total).count("<path") == total + 1


def test_a_point_can_be_read_aloud() -> None:
    page = drawn('{% point "GB34" "Yánglíngquán" "阳陵泉" "left" "reducing" %}')

    assert "<b>GB34</b>" in page
    assert 'lang="zh">阳陵泉' in page
    assert "left, reducing" in page
    assert "midline" not in drawn('{% point "GV20" side="midline" %}')


def test_times_and_days_are_said_in_the_zone_of_the_clinic() -> None:
    moment = datetime(2026, 11, 16, 23, 35, tzinfo=UTC)

    with timezone.override(ZoneInfo("Asia/Shanghai")):
        assert clinic_words.time_of_day(moment) == "7:35"
        assert clinic_words.day(moment) == "Tue 17 Nov"
        assert clinic_words.day_year(moment) == "Tue 17 Nov 2026"
        assert clinic_words.day_long(moment) == "Tuesday 17 November"
        assert clinic_words.at_class(moment) == "at-0735"


def test_what_is_missing_is_said_as_nothing() -> None:
    assert drawn("{{ x|clinic_time }}{{ x|clinic_day }}{{ x|age:x }}{{ x|masked }}{{ x|min_class }}", x=None) == ""


@pytest.mark.parametrize(
    ("born", "said"),
    [
        (date(1961, 3, 12), "65 years"),
        (date(1961, 11, 16), "65 years"),
        (date(1961, 11, 17), "64 years"),
        (date(2024, 11, 16), "2 years"),
        (date(2026, 4, 16), "7 months"),
        (date(2026, 11, 7), "9 days"),
        (date(2026, 11, 16), "0 days"),
        (date(2027, 1, 1), ""),
    ],
)
def test_an_age_is_said_in_years_months_or_days(born: date, said: str) -> None:
    assert clinic_words.age(born, date(2026, 11, 16)) == said


def test_places_on_the_board_are_steps_of_five_minutes() -> None:
    assert clinic_words.at_class(time(9, 37)) == "at-0935"
    assert clinic_words.min_class(42) == "min-45"
    assert clinic_words.min_class(5000) == "min-720"


def test_an_address_is_masked_and_a_phone_is_said_as_at_home() -> None:
    assert clinic_words.masked("samuel@okonkwo.example") == "s***@okonkwo.example"
    assert clinic_words.phone("+12125550142", "US") == "(212) 555-0142"
    assert clinic_words.phone("+12125550142", "DE") == "+1 212-555-0142"
    assert clinic_words.phone("ask Rosa", "US") == "ask Rosa"
    assert clinic_words.tel(" +1 (212) 555-0142") == "+12125550142"


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/a b"])
def test_a_way_back_never_leads_out_of_the_house(path: str) -> None:
    with pytest.raises(ValueError, match="no path of ours"):
        words.say(SimpleNamespace(), "Arrived", undo=path)


def test_a_word_carries_its_way_back() -> None:
    assert words.undo_path(Message(25, "Arrived", extra_tags="undo:/desk/1/undo/")) == "/desk/1/undo/"
    assert words.undo_path(Message(25, "Arrived")) == ""


def test_the_place_in_the_rail_follows_the_address() -> None:
    request = SimpleNamespace(resolver_match=SimpleNamespace(namespace="treatments"))

    assert drawn("{% current_place %}", request=request) == "notes"
    assert drawn("{% current_place %}", request=request, here="today") == "today"
    assert drawn("{% current_place %}") == ""


@pytest.mark.parametrize("page", ["400.html", "403_csrf.html", "404.html", "500.html", "403.html"])
def test_a_page_of_failure_needs_nothing_from_the_request(page: str) -> None:
    assert "<h1>" in drawn(f'{{% include "{page}" %}}')

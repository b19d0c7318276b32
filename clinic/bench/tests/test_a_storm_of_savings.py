"""The storm sends what the page sends, and its judge sees what went wrong."""

from __future__ import annotations

import pytest

from clinic.bench import report, storm
from clinic.bench.page_forms import form_of

PAGE = """
<form id="other"><input name="q" value="no"></form>
<form id="note-form"><input type="hidden" name="version" value="3"><input name="needles_in" value="7">
<input type="radio" name="pain" value="6"><input type="radio" name="pain" value="7" checked>
<input type="checkbox" name="felt" value="ache" checked><input type="checkbox" name="felt" value="numb">
<input type="checkbox" name="felt" value="heavy" checked><input type="checkbox" name="no_needles">
<input type="checkbox" name="herbs" checked><input name="minutes">
<textarea name="plan">
Weekly &amp; slowly.
Then less.</textarea><textarea name="objective"></textarea>
<select name="style"><option value="">not said</option><option value="japanese" selected>Japanese</option></select>
<select name="first"><option value="a">A</option><option value="b">B</option></select>
<input name="off" value="1" disabled><button name="take" value="same">Same</button><input type="submit" name="go">
</form>
"""


def test_a_form_is_read_as_a_browser_would_send_it():
    assert form_of(PAGE, "note-form") == {
        "version": ["3"], "needles_in": ["7"], "pain": ["7"], "felt": ["ache", "heavy"],
        "plan": ["Weekly & slowly.\nThen less."], "objective": [""], "style": ["japanese"], "first": ["a"],
        "herbs": ["on"], "minutes": [""],
    }  # fmt: skip


def weathered(**changed):
    return {
        "tabs": 30, "seconds": 300.0, "saved": 9000, "quiet_p50": 12.0, "quiet_p95": 20.0, "p50": 18.0, "p95": 50.0,
        "most": 90.0, "ratio": 2.5, "most_ratio": 3.0, "most_p95": 300.0, "errors": 0, "first_error": "",
        "drafts": 31, "rows": 31, "traces": 31, "lost": 0, "miscounted": 0,
    } | changed  # fmt: skip


def test_what_holds_is_met_and_stands_on_the_page():
    found = weathered()

    assert storm.is_met(found)
    shown = report.page({"small": {"machine": "two cores", "date": "2026-11-21", "storm": found}})
    assert "30 windows saving once a second for 300 s: p50 18 ms, p95 50 ms" in shown
    assert "9000 savings, 0 errors, 31 drafts in 31 rows with 31 traces, 0 lost: met" in shown


@pytest.mark.parametrize(
    "wrong",
    [{"ratio": 3.1}, {"p95": 300.0}, {"errors": 1}, {"rows": 30}, {"traces": 9000}, {"lost": 1}, {"miscounted": 1}],
)
def test_each_thing_that_went_wrong_is_a_miss_by_name(wrong):
    found = weathered(**wrong)

    assert not storm.is_met(found)
    assert f"- **{storm.NAME}**: small: " in report.page(
        {"small": {"machine": "two cores", "date": "2026-11-21", "storm": found}}
    )

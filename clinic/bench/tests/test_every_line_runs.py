"""The whole bench for a moment: every job finds its pages, its floor and its rows."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from clinic.bench import report
from clinic.bench.blocks import Block, Run
from clinic.bench.growing import line
from clinic.bench.names import GROWN, NAMES
from clinic.bench.report import page
from clinic.running.environment import BASE_DIR
from clinic.testing import TEST_DATA


@pytest.mark.bench
def test_each_job_answers_rightly_at_one_client_and_at_four():
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "clinic.bench"],
        cwd=BASE_DIR,
        env=kept | {"SIZE": "tiny", "DEQI_BENCH_DATA": str(TEST_DATA / "bench")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for job in NAMES.values():
        assert f"{job}, 1 client: " in done.stdout
        assert f"{job}, 4 clients: " in done.stdout
    assert "patients saving a step and submitting at once: " in done.stdout
    assert "reminders: " in done.stdout
    assert "windows saving once a second" in done.stdout
    assert " 0 errors, 7 drafts in 7 rows with 7 traces, 0 lost" in done.stdout
    for key in GROWN:
        assert f"Growth of {NAMES[key]}: " in done.stdout


@pytest.mark.parametrize("said", [{"SIZE": "huge"}, {"LINES": "chart,serach"}])
def test_a_size_or_line_that_does_not_exist_is_refused_with_the_names_of_those_that_do(said):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "clinic.bench"],
        cwd=BASE_DIR,
        env=kept | said,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "search, chart, note, save, sign" in done.stderr


def figures(**changed):
    return {
        "job": "whole chart", "clients": 4, "control": "floor", "rate": 100.0, "control_rate": 120.0, "claim": 0.8,
        "median": 0.82, "lowest": 0.7, "highest": 0.9, "target": 0.7, "p50": 30.0, "p95": 50.0, "statements": 7,
        "most_statements": 7, "most_bytes": 20_000, "allowed_bytes": 0, "kept": 7, "thrown_away": 1,
        "cpu": 9.0, "control_cpu": 7.0, "bare": 2000.0,
    } | changed  # fmt: skip


def results(*rows, growth=()):
    day = {"machine": "two cores", "date": "2026-11-20"}
    return {"small": {**day, "figures": rows}} | ({"growth": {**day, "growth": growth}} if growth else {})


def test_the_page_names_a_miss_as_a_miss():
    shown = page(results(figures(), figures(job="sign a note", claim=0.6)))
    assert "| whole chart | 4 |" in shown
    assert "**missed**" in shown
    assert "- **sign a note**: small, 4 clients: 0.60 of floor, wanted 0.70" in shown


def test_too_many_statements_or_bytes_are_a_miss_too():
    assert "**missed**" in page(results(figures(statements=8)))
    assert "**missed**" in page(results(figures(most_bytes=2_000, allowed_bytes=1_024)))
    assert "**missed**" not in page(results(figures()))


def a_block(small, large, *, after=1000):
    bare = Run(1.0, [0.001] * 1000)
    return Block(bare, Run(1.0, [large] * 20), Run(1.0, [small] * 20), Run(1.0, [0.001] * after))


def test_growth_beyond_a_quarter_is_a_miss():
    grown = line("whole chart", [a_block(0.010, 0.013)] * 3, (7, 7))
    assert grown["growth"] == 1.3
    assert "growth 1.30" in page(results(figures(), growth=[grown]))
    little = line("whole chart", [a_block(0.010, 0.012)] * 3, (7, 7))
    assert "growth 1.20" not in page(results(figures(), growth=[little]))


def test_growth_is_taken_inside_even_blocks_and_claimed_by_its_worse_quarter():
    blocks = [a_block(0.010, large) for large in (0.010, 0.011, 0.012, 0.013, 0.014)]
    found = line("whole chart", [*blocks, a_block(0.010, 0.090, after=500)], (7, 7))
    assert found["growth"] == pytest.approx(1.3)
    assert found["median"] == pytest.approx(1.2)
    assert (found["kept"], found["thrown_away"]) == (5, 1)


def test_a_line_without_an_even_block_claims_nothing():
    assert "**no even block**" in page(results(figures(kept=0, claim=0.0)))


def test_a_stopped_run_keeps_what_it_measured_and_the_page_names_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    monkeypatch.setattr(report, "PAGE", tmp_path / "benchmarks.md")
    day = {"machine": "two cores", "date": "2026-11-20"}
    report.keep("small", {**day, "figures": [figures(job="sign a note")]})
    report.keep("small", {**day, "figures": [figures()]})
    report.keep("small", {**day, "figures": [figures(claim=0.9, rate=123.0)]})
    written = (tmp_path / "benchmarks.md").read_text()
    assert written.count("| whole chart |") == 1
    assert "| 123 |" in written
    assert written.index("| whole chart |") < written.index("| sign a note |")
    assert (
        "- small: search by name as you type, note with 200 sessions, save a draft note, save an intake step" in written
    )
    assert "- large: search by name as you type, whole chart" in written

"""The whole bench for a moment: every job finds its pages, its floor and its rows."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from clinic.bench.report import page
from clinic.running.environment import BASE_DIR
from clinic.testing import TEST_DATA

JOBS = (
    "search by name as you type", "whole chart", "day board, 60 visits", "board poll", "save a draft note",
    "sign a note", "save an intake step", "submit an intake",
)  # fmt: skip


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
    for job in JOBS:
        assert f"{job}, 1 client: " in done.stdout
        assert f"{job}, 4 clients: " in done.stdout
    assert "reminders: " in done.stdout


def figures(**changed):
    return {
        "job": "whole chart", "clients": 4, "control": "floor", "rate": 100.0, "control_rate": 120.0, "claim": 0.8,
        "median": 0.82, "lowest": 0.7, "highest": 0.9, "target": 0.7, "p50": 30.0, "p95": 50.0, "statements": 7,
        "most_statements": 7, "most_bytes": 20_000, "allowed_bytes": 0, "kept": 7, "thrown_away": 1,
        "cpu": 9.0, "control_cpu": 7.0,
    } | changed  # fmt: skip


def results(*rows, growth=()):
    return {"small": {"machine": "two cores", "date": "2026-11-20", "figures": rows, "growth": growth}}


def test_the_page_names_a_miss_as_a_miss():
    shown = page(results(figures(), figures(job="sign a note", claim=0.6)))
    assert "| whole chart | 4 |" in shown
    assert "**missed**" in shown
    assert "- **sign a note**: small, 4 clients: 0.60 of floor, wanted 0.70" in shown


def test_too_many_statements_or_bytes_are_a_miss_too():
    assert "**missed**" in page(results(figures(statements=8)))
    assert "**missed**" in page(results(figures(most_bytes=2_000, allowed_bytes=1_024)))
    assert "**missed**" not in page(results(figures()))


def test_growth_beyond_a_quarter_is_a_miss():
    grown = {"job": "whole chart", "small": 10.0, "large": 13.0, "p95": 20.0, "growth": 1.3, "tail": 1.5,
             "statements": (7, 7)}  # fmt: skip
    assert "growth 1.30" in page(results(figures(), growth=[grown]))

"""`manage.py score` as scripts run it: its own process, no database, no server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from patients.intake.management.commands.score import result_of


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"", "not_an_object"),
        (b"\n", "not_an_object"),
        (b"[]\n", "not_an_object"),
        (b"3\n", "not_an_object"),
        (b"null\n", "not_an_object"),
        (b'{"peg-1": 3\n', "not_an_object"),
        (b"\xff\xfe\n", "not_an_object"),
        (b'"\xed\xa0\x80"\n', "not_an_object"),
        (b"[" * 100_000, "not_an_object"),
        (b'{"peg-1": NaN}\n', "not_an_integer"),
        (b'{"peg-1": Infinity}\n', "not_an_integer"),
        (b'{"peg-1": 1e999}\n', "not_an_integer"),
        (b'{"peg-1": ' + b"9" * 10_000 + b"}\n", "out_of_range"),
        (b'{"peg-1": -' + b"9" * 10_000 + b"}\n", "out_of_range"),
        (b'{"\\ud800": 1}\n', "unknown_item"),
    ],
)
def test_a_line_that_cannot_be_scored_says_why(line, expected):
    assert result_of("peg", line) == {"error": expected}


def test_a_lone_surrogate_in_a_text_is_no_reason_to_stop():
    assert result_of("main-concern", b'{"mc-1-name": "\\ud800", "mc-1-score": 3}')["status"] == "complete"


def test_a_tiny_baseline_is_still_a_number():
    result = result_of("nrs-change", b'{"baseline": 5e-324, "current": 10}')

    assert json.loads(json.dumps(result, allow_nan=False))["class"] == "below_30"


def run(*arguments, lines=b""):
    command = [sys.executable, "manage.py", "score", *arguments]
    house = Path(__file__).parents[3]
    return subprocess.run(command, input=lines, capture_output=True, cwd=house, timeout=60, check=False)


def test_one_result_a_line_comes_out_and_refused_lines_keep_exit_code_0():
    done = run("peg", lines=b'{"peg-1": 3, "peg-2": 4, "peg-3": 4}\n\n{"peg-1": 11}\n')

    assert done.returncode == 0
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"status": "complete", "outputs": {"score": 3.7}, "severity": "mild", "flags": []},
        {"error": "not_an_object"},
        {"error": "out_of_range"},
    ]


def test_an_unknown_instrument_exits_with_2():
    done = run("who-5", lines=b"{}\n")

    assert done.returncode == 2
    assert b"There is no instrument 'who-5'." in done.stderr
    assert done.stdout == b""

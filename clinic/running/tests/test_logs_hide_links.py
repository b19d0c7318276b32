"""Logs are lines of JSON, and a link's token never stands in them."""

from __future__ import annotations

import json
import logging
import sys

from hypothesis import given
from hypothesis import strategies as st

from clinic.running.logs import JsonLine, NotReadyYet, masked


def record(message, *values, **extra):
    made = logging.makeLogRecord({"name": "deqi", "levelname": "INFO", "msg": message, "args": values, **extra})
    return json.loads(JsonLine().format(made))


def test_a_token_in_a_path_is_masked():
    token = "Zk3_x9-" * 6
    assert record("GET /i/%s/begin 200", token)["message"] == "GET /i/***/begin 200"
    assert masked(f"https://clinic.example/v/{token}?x=1") == "https://clinic.example/v/***?x=1"


def test_a_token_in_a_traceback_is_masked():
    token = "a" * 43
    try:
        raise ValueError(f"/setup/{token}")
    except ValueError:
        line = record("failed", exc_info=sys.exc_info())
    assert token not in line["traceback"]
    assert "ValueError" in line["traceback"]


@given(st.text())
def test_any_message_stays_one_line_of_json(text):
    made = logging.makeLogRecord({"name": "deqi", "levelname": "INFO", "msg": "%s", "args": (text,)})
    line = JsonLine().format(made)
    assert "\n" not in line
    assert "\r" not in line
    json.loads(line)


def test_only_the_answer_no_of_readyz_is_left_out():
    quiet = NotReadyYet()
    assert not quiet.filter(logging.makeLogRecord({"name": "django.request", "msg": "Service Unavailable: /readyz"}))
    assert quiet.filter(logging.makeLogRecord({"name": "django.request", "msg": "Service Unavailable: /patients/"}))

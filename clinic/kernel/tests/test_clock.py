"""One clock for web, worker and beat; only a try-out or a test may move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clinic.kernel import clock


@pytest.fixture
def clock_file(tmp_path, monkeypatch):
    path = tmp_path / "clock"
    monkeypatch.setenv("DEQI_CLOCK_FILE", str(path))
    return path


def test_the_offset_in_the_file_moves_the_clock(clock_file, settings):
    settings.DEBUG = True
    clock_file.write_text("86400")

    assert timedelta(hours=23) < clock.now() - datetime.now(UTC) < timedelta(hours=25)


@pytest.mark.parametrize("content", ["", "tomorrow", "1e999", "nan"])
def test_an_unreadable_offset_counts_as_none(clock_file, settings, content):
    settings.DEBUG = True
    clock_file.write_text(content)

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_real_clinic_does_not_look_at_the_file(clock_file, settings):
    settings.DEBUG = False
    settings.TESTING = False
    clock_file.write_text("86400")

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)

"""With DEBUG off each unsafe value stops the start with a sentence of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from clinic.running.environment import BASE_DIR
from clinic.running.safety import refuse_unsafe, unsafe_database, unsafe_settings


@pytest.fixture
def safe(settings):
    settings.DEBUG = False
    settings.SECRET_KEY = "s" * 50
    settings.LINK_KEY = "l" * 50
    settings.BASE_URL, settings.BASE_IS_HTTPS, settings.BASE_IS_LOOPBACK = "https://clinic.example", True, False
    settings.ALLOWED_HOSTS = ["clinic.example"]
    return settings


def test_safe_settings_are_not_complained_about(safe):
    assert unsafe_settings() == []
    refuse_unsafe()


def test_the_default_keys_are_refused(safe):
    safe.SECRET_KEY = safe.LINK_KEY = safe.DEFAULT_KEY
    assert [sentence.split()[0] for sentence in unsafe_settings()] == ["SECRET_KEY", "LINK_KEY"]


def test_short_keys_are_refused(safe):
    safe.LINK_KEY = "short"
    assert unsafe_settings() == ["LINK_KEY is too short: use at least 32 characters."]


def test_one_key_for_both_is_refused(safe):
    safe.LINK_KEY = safe.SECRET_KEY
    assert unsafe_settings() == ["SECRET_KEY and LINK_KEY are the same: use two different secrets."]


def test_http_is_refused_beyond_the_loopback(safe):
    safe.BASE_URL, safe.BASE_IS_HTTPS = "http://clinic.example", False
    (sentence,) = unsafe_settings()
    assert sentence.startswith("BASE_URL is http://clinic.example, without encryption")
    safe.BASE_IS_LOOPBACK = True
    assert unsafe_settings() == []


def test_any_host_is_refused(safe):
    safe.ALLOWED_HOSTS = ["clinic.example", "*"]
    assert unsafe_settings() == ["ALLOWED_HOSTS holds *, which is any name: name the hosts of the clinic."]


def test_all_sentences_are_told_at_once(safe):
    safe.ALLOWED_HOSTS, safe.LINK_KEY = ["*"], "short"
    with pytest.raises(ImproperlyConfigured, match=r"LINK_KEY is too short.*ALLOWED_HOSTS holds"):
        refuse_unsafe()


def test_trying_out_is_not_judged(safe):
    safe.DEBUG, safe.ALLOWED_HOSTS = True, ["*"]
    assert unsafe_settings() == []


@pytest.mark.django_db
def test_commits_that_may_get_lost_are_refused():
    before = unsafe_database()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    (sentence,) = [found for found in unsafe_database() if found not in before]
    assert sentence.startswith("PostgreSQL runs with synchronous_commit off: switch it on, or saved notes")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BASE_URL", "http://clinic.example", "BASE_URL is http://clinic.example, without encryption"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS holds *"),
        ("SECRET_KEY", "deqi-default-key-that-no-clinic-may-run-with", "SECRET_KEY is the default key"),
    ],
)
def test_serve_stops_with_the_sentence_alone(tmp_path, name, value, sentence):
    done = subprocess.run(
        [sys.executable, "-m", "clinic.running", "serve"],
        cwd=BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path),
            "PORT": "18099",
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "REDIS_URL": os.environ["REDIS_URL"],
            name: value,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
    assert "Ready" not in done.stdout

"""The settings say when the last backup was written, and how it went."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from clinic.kernel import clinic_words, clock
from clinic.practice.models import Practice
from clinic.running.backups import kept

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(db, django_user_model, settings, tmp_path):
    """Return the text of the settings page, as a role sees it, over a data folder of its own."""
    settings.DATA_DIR = tmp_path
    Practice.objects.create(id=1, name="Old Mill", country="IE", timezone="UTC", opened_at=clock.now())

    def read(role: str = "owner") -> str:
        user = django_user_model.objects.create_user(
            f"{role}@mill.example", name=role.title(), roles=[role], created_at=clock.now()
        )
        client = Client()
        client.force_login(user, backend="clinic.attention.sign_in.Backend")
        page = re.sub(r'<svg[^>]*aria-label="([^"]*)"[^>]*>', r" \1 ", client.get("/settings/").content.decode())
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))

    return read


def test_before_the_first(page):
    assert "Backup please look none yet: the first night writes one, or make backup" in page()


def test_a_good_one(page, tmp_path):
    now = clock.now()
    kept.remember(tmp_path, kept.Result(now, good=True, words="12 MB, 1,234 rows, tried"))

    when = f"{clinic_words.day_year(now)}, {clinic_words.time_of_day(now)}"
    assert f"Backup last backup: {when}; 12 MB, 1,234 rows, tried" in page()


def test_one_that_is_too_old_wants_a_look(page, tmp_path):
    kept.remember(tmp_path, kept.Result(clock.now() - timedelta(days=3), good=True, words="12 MB"))

    assert "Backup please look last backup: " in page()


def test_a_failure_with_its_reason_and_the_last_good_one(page, tmp_path):
    now = clock.now()
    kept.remember(tmp_path, kept.Result(now, good=False, words="The disk is full."))
    said = page()
    assert "Backup please look last backup: failed " in said
    assert "there is no good one. The disk is full." in said


def test_a_failure_after_a_good_one(page, tmp_path):
    now = clock.now()
    kept.remember(tmp_path, kept.Result(now, good=False, words="The disk is full."))
    (tmp_path / "backups" / kept.name_for(now - timedelta(days=1))).touch()
    assert f"the last good one is of {clinic_words.day_year(now - timedelta(days=1))}. The disk is full." in page()


def test_it_is_the_owner_s_concern(page):
    assert "Backup" not in page("front-desk")

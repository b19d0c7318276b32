"""A clinic that runs is backed up, lost, and brought back; no mail leaves until the owner lets it."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from clinic.running.backups import kept
from clinic.running.environment import BASE_DIR

pytestmark = pytest.mark.chaos
TWO_ROUNDS = 25


def command(clinic, name: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clinic.running.backups", name],
        cwd=BASE_DIR,
        env=clinic.environment | more,
        capture_output=True,
        text=True,
        check=False,
    )


def plan_a_mail(clinic, key: str, *, in_seconds: float) -> None:
    """Plan a test mail, as the web would have."""
    clinic.sql(
        "INSERT INTO outbox_outgoingmessage (public_id, kind, dedup_key, repeatable, priority, user_id, message_id,"
        " to_address, state, reason, created_at, not_before, not_after, attempt, deferrals, repeats, subject_line,"
        " body_sent, resolution) SELECT gen_random_uuid(), 'test-mail', %s, false, 5, u.id, %s, %s, 'queued', '',"
        " now(), now() + %s * interval '1 second', now() + interval '1 day', 0, 0, 0, '', '', ''"
        " FROM staff_user u WHERE 'owner' = ANY(u.roles) ORDER BY id LIMIT 1",
        key, f"<{uuid.uuid4()}@deqi.test>", f"{key}@mill.example", in_seconds,
    )  # fmt: skip


def counts(clinic) -> list[tuple[int, ...]]:
    return clinic.sql(
        "SELECT (SELECT count(*) FROM patients_patient), (SELECT count(*) FROM appointments_appointment),"
        " (SELECT count(*) FROM treatments_treatmentsession), (SELECT count(*) FROM intake_questionnaireresponse)"
    )


def test_a_lost_clinic_comes_back_and_its_mail_waits(fresh_clinic, page):
    clinic = fresh_clinic
    before = counts(clinic)
    plan_a_mail(clinic, "later", in_seconds=3600)
    plan_a_mail(clinic, "went-out", in_seconds=8)
    kept_now = command(clinic, "backup")
    assert kept_now.returncode == 0, kept_now.stderr
    assert "tried" in kept_now.stdout.splitlines()[-1]
    (backup,) = kept.found(clinic.data_dir)
    clinic.wait_for_mail("went-out@mill.example")

    running = command(clinic, "restore", FILE=str(backup.path), FORCE="1")
    assert running.returncode == 1
    assert "Deqi already runs with the data in" in running.stderr
    clinic.sql("UPDATE patients_patient SET given_name = 'Lost'")
    assert clinic.stop() == 0
    assert command(clinic, "restore", FILE=str(backup.path)).stderr.startswith("The database deqi holds data.")
    done = command(clinic, "restore", FILE=str(backup.path), FORCE="1")
    assert done.returncode == 0, done.stderr
    assert "Equal: " in done.stdout

    inbox = len(clinic.inbox())
    clinic.start()
    plan_a_mail(clinic, "came-due-since", in_seconds=0)
    time.sleep(TWO_ROUNDS)
    assert len(clinic.inbox()) == inbox
    assert counts(clinic) == before
    assert clinic.sql("SELECT count(*) FROM patients_patient WHERE given_name = 'Lost'") == [(0,)]

    email, password = clinic.credentials["Owner"]
    page.goto(f"{clinic.url}/reminders/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{clinic.url}/reminders/")
    expect(page.locator("main")).to_contain_text("restored from", ignore_case=True)
    page.get_by_role("button", name="Let mail leave again").click()
    clinic.wait_for_mail("came-due-since@mill.example")
    time.sleep(TWO_ROUNDS / 2)
    assert len([mail for mail in clinic.inbox() if "went-out@mill.example" in mail.to]) == 1
    state = dict(clinic.sql("SELECT dedup_key, state FROM outbox_outgoingmessage WHERE kind = 'test-mail'"))
    assert state == {"came-due-since": "sent", "went-out": "unsure", "later": "queued"}


def test_the_night_writes_a_backup(fresh_clinic):
    """The process of ``make serve``, with the clock just before half past two."""
    clinic = fresh_clinic
    ((zone,),) = clinic.sql("SELECT timezone FROM practice_practice")
    now = datetime.now(ZoneInfo(zone))
    night = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo) + timedelta(hours=2.5)
    kept.remember(clinic.data_dir, kept.Result(night - timedelta(hours=23), good=True, words="12 MB"))
    clinic.set_clock_offset((night - now).total_seconds() - 5)
    process = subprocess.Popen(
        [sys.executable, "-m", "clinic.running.backups", "nightly"],
        cwd=BASE_DIR,
        env=clinic.environment | {"DEBUG": "1"},
    )
    try:
        time.sleep(3)
        assert kept.found(clinic.data_dir) == []
        deadline = time.monotonic() + 60
        while kept.last(clinic.data_dir).words == "12 MB" and time.monotonic() < deadline:
            time.sleep(0.2)
    finally:
        process.terminate()
        assert process.wait(10) == 0

    (written,) = kept.found(clinic.data_dir)
    assert kept.last(clinic.data_dir).good
    assert timedelta() <= written.at - night.astimezone(UTC) < timedelta(minutes=2)

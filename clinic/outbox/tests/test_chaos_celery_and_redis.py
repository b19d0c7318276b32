"""A whole clinic whose Celery workers die, and one whose Redis is not there."""

from __future__ import annotations

import http.cookiejar
import random
import re
import shutil
import signal
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from celery import Celery

from clinic import embedded
from clinic.outbox.tests.sink import Sink
from clinic.outbox.tests.workers import until
from clinic.testing import TEST_DATA, RunningClinic, free_port

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(500)]
MAILS = 100
EMAIL, PASSWORD = "bob@mill.example", "three long words to keep"

PREPARE = f"""
from clinic.kernel import clock
from clinic.practice.models import Practice
from clinic.staff.models import User
now = clock.now()
Practice.objects.create(id=1, name="Old Mill", country="IE", timezone="Europe/Dublin", opened_at=now)
User.objects.create_user("olga@mill.example", roles=["owner"], created_at=now)
User.objects.create_user({EMAIL!r}, {PASSWORD!r}, name="Bob", roles=["front-desk"], created_at=now)
"""
QUEUE = """
from datetime import timedelta
from clinic.kernel import clock
from clinic.outbox import services
now = clock.now()
for number in range({count}):
    services.enqueue(kind="test-mail", dedup_key=f"{name}:{{number}}", to_address=f"{name}{{number}}@mail.example",
                     now=now, not_before=now, not_after=now + timedelta(days=1))
"""


@contextmanager
def clinic_with(**environment: str) -> Iterator[RunningClinic]:
    """Run a clinic without demo data, with some of its surroundings replaced."""
    data_dir = Path(tempfile.mkdtemp(prefix="outbox-", dir=TEST_DATA))
    clinic = RunningClinic(data_dir, demo=False)
    clinic.environment |= environment
    try:
        clinic.start()
        clinic.manage("shell", "-v", "0", "-c", PREPARE)
        yield clinic
    finally:
        clinic.stop()
        embedded.stop(data_dir)
        shutil.rmtree(data_dir, ignore_errors=True)


class Browser:
    """Just enough of one: cookies, forms, and no patience beyond five seconds."""

    def __init__(self, clinic: RunningClinic) -> None:
        self.url = clinic.url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)

    def get(self, path: str) -> tuple[int, str]:
        with self.opener.open(self.url + path, timeout=5) as answer:
            return answer.status, answer.read().decode()

    def post(self, path: str, page: str, **values: str) -> tuple[int, str]:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **values}).encode()
        asked = urllib.request.Request(self.url + path, body, {"Referer": self.url + path})
        with self.opener.open(asked, timeout=5) as answer:
            return answer.status, answer.read().decode()

    def sign_in(self) -> None:
        _, page = self.get("/accounts/login/")
        assert self.post("/accounts/login/", page, login=EMAIL, password=PASSWORD)[0] == 200


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture(scope="module")
def clinic(sink) -> Iterator[RunningClinic]:
    with clinic_with(EMAIL_URL=f"smtp://127.0.0.1:{sink.port}") as running:
        yield running


def plan(clinic: RunningClinic, name: str, count: int) -> None:
    clinic.manage("shell", "-v", "0", "-c", QUEUE.format(count=count, name=name))


def rows_of(clinic: RunningClinic, name: str) -> dict[str, str]:
    """Return the state of each mail, by its Message-ID."""
    found = "SELECT message_id, state FROM outbox_outgoingmessage WHERE dedup_key LIKE %s"
    return dict(clinic.sql(found, f"{name}:%"))


def test_the_celery_worker_is_killed_ten_times(clinic, sink, capsys):
    chance = random.Random(812)
    sink.delay = 0.04
    wake = Celery(broker=clinic.redis_url)
    plan(clinic, "killed", MAILS)
    for kill in range(10):
        goal = len(sink.taken) + chance.randint(2, 7)
        assert until(lambda goal=goal: len(sink.taken) >= goal, 60), rows_of(clinic, "killed")
        until(lambda: False, chance.random() * 0.1)
        leader = psutil.Process(clinic.pid("worker"))
        for process in [leader, *leader.children(recursive=True)]:
            process.send_signal(signal.SIGKILL)
        clinic.set_clock_offset(61 * (kill + 1))
        # One wake-up waits for the worker that starts again; without it the beat's comes within ten seconds.
        wake.send_task("clinic.outbox.tasks.tick", queue="deqi")
    done = {"sent", "unsure"}
    assert until(lambda: set(rows_of(clinic, "killed").values()) <= done, 120), rows_of(clinic, "killed")
    sink.delay = 0
    wake.close()

    rows, copies = rows_of(clinic, "killed"), sink.copies
    unsure = [message_id for message_id, state in rows.items() if state == "unsure"]
    lost = [message_id for message_id, state in rows.items() if not copies[message_id] and state != "unsure"]
    twice = [message_id for message_id in rows if copies[message_id] > 1]
    with capsys.disabled():
        print(f"\nCelery killed 10 times: {len(rows)} mails, {len(lost)} lost, {len(twice)} twice, "
              f"{len(unsure)} unsure, {sum(not copies[m] for m in unsure)} of these not sent")  # fmt: skip
    assert (len(rows), lost, twice) == (MAILS, [], [])
    assert len(unsure) <= 2 * 10
    browser = Browser(clinic)
    browser.sign_in()
    assert browser.get("/reminders/?state=needs-you")[1].count("/send-again/") == len(unsure)


def test_redis_hangs_and_comes_back(clinic, sink):
    redis = clinic.pid("redis")
    clinic.kill("redis", signal.SIGSTOP)
    try:
        browser = Browser(clinic)
        browser.sign_in()
        for path in ("/readyz", "/today/", "/reminders/"):
            assert browser.get(path)[0] == 200, path
        plan(clinic, "hanging", 5)
        clinic.manage("run_outbox", "--once")
        assert set(rows_of(clinic, "hanging").values()) == {"sent"}
    finally:
        psutil.Process(redis).send_signal(signal.SIGCONT)
    plan(clinic, "back", 5)

    assert until(lambda: set(rows_of(clinic, "back").values()) == {"sent"}, 90)
    copies = sink.copies
    assert all(copies[message_id] == 1 for name in ("hanging", "back") for message_id in rows_of(clinic, name))


def test_without_redis_the_web_works_and_mails_go_out_by_command():
    with Sink() as sink, clinic_with(
        EMAIL_URL=f"smtp://127.0.0.1:{sink.port}", REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"
    ) as clinic:  # fmt: skip
        browser = Browser(clinic)
        browser.sign_in()
        for path in ("/healthz", "/readyz", "/today/", "/patients/", "/reminders/", "/visits/new/"):
            assert browser.get(path)[0] == 200, path
        stranger = Browser(clinic)
        stranger.post("/accounts/password/reset/", stranger.get("/accounts/password/reset/")[1], email=EMAIL)
        plan(clinic, "without", 20)
        assert "mail is delayed" in browser.get("/reminders/")[1]

        done = clinic.manage("run_outbox", "--once")

        assert "21 sent" in done.stdout
        assert browser.get("/reminders/?state=sent")[1].count('class="state is-good"') == 21
        assert set(sink.copies.values()) == {1}

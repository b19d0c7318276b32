"""A whole clinic whose Celery workers die, and one whose Redis is not there."""

from __future__ import annotations

import http.cookiejar
import random
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
import redis
from celery import Celery

from clinic import embedded
from clinic.outbox.tests.sink import Sink
from clinic.outbox.tests.workers import until
from clinic.testing import TEST_DATA, RunningClinic, free_port

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]
MAILS, KILLS = 300, 20
LATE = 90.0  # seconds
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
                     now=now, not_before=now + timedelta(seconds={every} * number), not_after=now + timedelta(days=1))
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


def plan(clinic: RunningClinic, name: str, count: int, *, every: float = 0) -> None:
    """Plan mails, each due ``every`` seconds after the one before."""
    clinic.manage("shell", "-v", "0", "-c", QUEUE.format(count=count, name=name, every=every))


def rows_of(clinic: RunningClinic, name: str) -> dict[str, str]:
    """Return the state of each mail, by its Message-ID."""
    found = "SELECT message_id, state FROM outbox_outgoingmessage WHERE dedup_key LIKE %s"
    return dict(clinic.sql(found, f"{name}:%"))


def tree_of(pid: int) -> list[psutil.Process]:
    """Return a process and all below it, none when it is gone."""
    try:
        leader = psutil.Process(pid)
        return [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


class Colleagues:
    """Two more of the clinic's own worker, alike in all: one takes over while another starts again."""

    def __init__(self, clinic: RunningClinic) -> None:
        self.clinic = clinic
        pattern = psutil.Process(clinic.pid("worker"))
        self.command, self.surroundings = pattern.cmdline(), {"env": pattern.environ(), "cwd": pattern.cwd()}
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Colleagues:
        self.processes = [self._start() for _ in range(2)]
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(60)

    def _start(self) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen(self.command, stdout=quiet, stderr=quiet, **self.surroundings)

    def kill_the_one_that_sends(self, port: int) -> bool:
        """Kill the whole worker, all its processes, of which one talks to this port. False when none does just now."""
        talking = {one.pid for one in psutil.net_connections("tcp4") if one.raddr and one.raddr.port == port}
        leaders = [process.pid for process in self.processes]
        with suppress(LookupError):
            leaders.append(self.clinic.pid("worker"))
        for tree in map(tree_of, leaders):
            if not talking & {process.pid for process in tree}:
                continue
            for process in tree:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            for number, process in enumerate(self.processes):
                if process.pid == tree[0].pid:
                    process.wait()
                    self.processes[number] = self._start()
            return True
        return False


def test_the_celery_worker_is_killed_twenty_times(clinic, sink, capsys):
    chance = random.Random(random.getrandbits(32))  # "make chaos SEED=n" repeats it
    sink.delay = 0.04
    wake = Celery(broker=clinic.redis_url)
    plan(clinic, "killed", MAILS)
    kills, deadline = 0, time.monotonic() + 500
    with Colleagues(clinic) as workers:
        while kills < KILLS:
            goal = len(sink.taken) + chance.randint(2, 9)
            while not until(lambda goal=goal: len(sink.taken) >= goal, 2):
                # Who took the last wake-up may have died of it. The beat's next comes within ten seconds by itself.
                wake.send_task("clinic.outbox.tasks.tick", queue="deqi")
                assert time.monotonic() < deadline, (kills, rows_of(clinic, "killed"))
            until(lambda: False, chance.random() * 0.1)
            if not workers.kill_the_one_that_sends(sink.port):
                continue
            kills += 1
            clinic.set_clock_offset(61 * kills)  # its lease has ended
            wake.send_task("clinic.outbox.tasks.tick", queue="deqi")
        done = {"sent", "unsure"}
        assert until(lambda: set(rows_of(clinic, "killed").values()) <= done, 240), rows_of(clinic, "killed")
    sink.delay = 0
    wake.close()

    rows, copies = rows_of(clinic, "killed"), sink.copies
    unsure = [message_id for message_id, state in rows.items() if state == "unsure"]
    lost = [message_id for message_id, state in rows.items() if not copies[message_id] and state != "unsure"]
    twice = [message_id for message_id in rows if copies[message_id] > 1]
    with capsys.disabled():
        print(f"\nCelery killed {kills} times: {len(rows)} mails, {len(lost)} lost, {len(twice)} twice, "
              f"{len(unsure)} unsure, {sum(not copies[m] for m in unsure)} of these not sent")  # fmt: skip
    assert (len(rows), lost, twice) == (MAILS, [], [])
    assert len(unsure) <= 2 * KILLS
    browser = Browser(clinic)
    browser.sign_in()
    assert browser.get("/reminders/?state=needs-you")[1].count("/send-again/") == len(unsure)


def test_redis_is_killed_and_comes_back_empty_three_times(clinic, sink, capsys):
    browser = Browser(clinic)
    browser.sign_in()
    plan(clinic, "emptied", 40, every=0.5)
    begun, kills, took = time.monotonic(), [2.0, 8.0, 14.0], []
    while set(rows_of(clinic, "emptied").values()) != {"sent"}:
        assert time.monotonic() - begun < LATE + 30, rows_of(clinic, "emptied")
        if kills and time.monotonic() - begun > kills[0]:
            kills.pop(0)
            before = redis.Redis.from_url(clinic.redis_url)
            before.set("kept", "no")
            clinic.kill("redis")
            before.close()
        asked = time.monotonic()
        status, page = browser.get(("/today/", "/patients/?q=gr", "/reminders/")[len(took) % 3])
        took.append(time.monotonic() - asked)
        assert status == 200
        assert "Sign in" not in page  # and nobody was signed out
    assert not kills
    with redis.Redis.from_url(clinic.redis_url) as empty:
        assert until(lambda: not empty.exists("kept"), 5)

    copies = sink.copies
    assert all(copies[message_id] == 1 for message_id in rows_of(clinic, "emptied"))
    lates = (
        "SELECT extract(epoch FROM sent_at - not_before) FROM outbox_outgoingmessage WHERE dedup_key LIKE 'emptied:%'"
    )
    late = [float(seconds) for (seconds,) in clinic.sql(lates)]
    pages = f"{len(took)} pages meanwhile, median {statistics.median(took):.2f} s, slowest {max(took):.2f} s"
    with capsys.disabled():
        print(f"\nRedis killed 3 times: {len(late)} mails, 0 lost, 0 twice, at most {max(late):.1f} s late; {pages}")
    assert max(late) <= LATE
    assert max(took) < 5


def test_control_without_the_beat_nobody_wakes_the_worker(clinic, sink):
    """What brings mails out after Redis was emptied is the beat: without it the check above fails."""
    clinic.kill("beat", signal.SIGSTOP)
    try:
        until(lambda: False, 2)  # a tick on its way has been worked off
        plan(clinic, "asleep", 3)
        clinic.kill("redis")
        assert not until(lambda: "queued" not in rows_of(clinic, "asleep").values(), 14)
    finally:
        clinic.kill("beat", signal.SIGCONT)
    assert until(lambda: set(rows_of(clinic, "asleep").values()) == {"sent"}, 90)


def test_redis_hangs_and_comes_back(clinic, sink):
    frozen = clinic.pid("redis")
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
        psutil.Process(frozen).send_signal(signal.SIGCONT)
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

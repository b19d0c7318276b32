"""The supervisor, with real processes of a few lines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from clinic.running.environment import BASE_DIR
from clinic.running.supervisor import Spec, Supervisor, _outlive, end_stale

ENVIRONMENT = {"PATH": os.environ["PATH"]}


def python(name, code, **options):
    return Spec(name, [sys.executable, "-c", code], ENVIRONMENT, **options)


@pytest.fixture
def supervise(tmp_path):
    started = []

    def begin(*specs, say=lambda sentence: None):
        supervisor = Supervisor(tmp_path, specs, say=say)
        started.append(supervisor)
        supervisor.start()
        return supervisor

    yield begin
    for supervisor in started:
        supervisor.stop()


def run_for(supervisor, seconds, until=lambda: False):
    begun = time.monotonic()
    supervisor.run(lambda: until() or time.monotonic() - begun > seconds)
    return time.monotonic() - begun


def test_a_killed_process_lives_again_within_five_seconds(supervise):
    supervisor = supervise(python("web", "import time; time.sleep(60)"))
    first = supervisor.pid("web")
    os.kill(first, signal.SIGKILL)
    took = run_for(supervisor, 6, lambda: supervisor.pid("web") not in (None, first))
    assert supervisor.pid("web") not in (None, first)
    assert took < 5


@pytest.mark.chaos
def test_a_process_that_dies_again_and_again_is_told_once_with_its_last_words(supervise):
    told = []
    supervisor = supervise(python("worker", "print('no such queue'); raise SystemExit(3)"), say=told.append)
    run_for(supervisor, 20, lambda: bool(told))
    assert told[0].startswith("The worker process ended 5 times within 30 seconds.")
    assert "no such queue" in told[0]
    assert supervisor.failing() == "worker"
    run_for(supervisor, 1)
    assert len(told) == 1


def test_stop_ends_what_does_not_listen(supervise):
    stubborn = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    supervisor = supervise(python("web", stubborn, grace=0.5))
    process = psutil.Process(supervisor.pid("web"))
    run_for(supervisor, 0.5)
    supervisor.stop()
    assert _outlive([process], 1.0) == []


def test_stop_ends_the_children_of_a_process_too(supervise, tmp_path):
    family = "import os, time; os.fork(); time.sleep(60)"
    supervisor = supervise(python("worker", family))
    process = psutil.Process(supervisor.pid("worker"))
    run_for(supervisor, 5, lambda: bool(process.children()))
    (child,) = process.children()
    supervisor.stop()
    assert _outlive([child], 3.0) == []


KILLED = """
import sys, time
from pathlib import Path
from clinic.running.supervisor import Spec, Supervisor
held = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
spec = Spec("web", [sys.executable, "-c", held], {"PATH": "/usr/bin"})
supervisor = Supervisor(Path(sys.argv[1]), [spec], say=print)
supervisor.start()
time.sleep(1)
print(supervisor.pid("web"), flush=True)
time.sleep(60)
"""


def test_what_a_killed_supervisor_left_is_ended_at_the_next_start(tmp_path):
    outer = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True
    )
    left = psutil.Process(int(outer.stdout.readline()))
    outer.kill()
    outer.wait()
    outer.stdout.close()
    time.sleep(0.2)
    assert left.is_running()
    assert end_stale(tmp_path) == ["web"]
    assert _outlive([left], 0.0) == []
    assert end_stale(tmp_path) == []


def test_a_number_that_another_process_got_is_left_alone(tmp_path):
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "web.json").write_text(f'{{"pid": {stranger.pid}, "created": 1}}')
    assert end_stale(tmp_path) == []
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()

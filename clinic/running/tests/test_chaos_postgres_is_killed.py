"""PostgreSQL is killed with -9 under load: what was acknowledged is there, and the clinic comes back by itself."""

from __future__ import annotations

import json
import time
from collections import Counter
from contextlib import suppress
from types import SimpleNamespace

import psutil
import psycopg2
import pytest

from clinic.running.tests import load
from clinic.running.tests.history import FAIL, OK, UNKNOWN, History, Operation, judge_registers, judge_rows
from clinic.testing import opened

PASSWORD = "three long words to keep"
BACK = 15.0  # seconds from the kill to /readyz

PREPARE = f"""
import json
from clinic.kernel import clock
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from sessions.appointments.tests.world import a_clinic, a_patient, a_practitioner
from sessions.services import start_note
from sessions.tests.world import a_visit
now = clock.now()
clinic = a_clinic(rooms=6)
clinics = [clinic.chen, *(a_practitioner(f"Dr. Ada Quist {{n}}") for n in range(5))]
for user in (clinic.desk, clinic.chen.user):
    user.set_password({PASSWORD!r})
    user.save()
note = start_note(appointment=a_visit(clinic, a_patient()), by=clinic.chen.user, now=now)
asked = issue_request(patient=a_patient("Paula"), appointment_id=None, by=clinic.desk, now=now)
print(json.dumps({{"desk": clinic.desk.email, "chen": clinic.chen.user.email, "service": str(clinic.follow.public_id),
    "practitioners": [str(one.public_id) for one in clinics], "note": str(note.public_id),
    "intake": token_of(asked), "asked": str(asked.public_id)}}))
"""


@pytest.fixture(scope="module")
def clinic():
    with opened(demo=False) as running:
        said = running.manage("shell", "-v", "0", "-c", PREPARE).stdout
        running.place = SimpleNamespace(**json.loads(said.splitlines()[-1]))
        yield running


def crowd(clinic, history, name, desks):
    """The desk in ``desks[0]`` to ``desks[1]`` windows, a practitioner, a patient, and one who looks."""
    place, people = clinic.place, load.Crowd()
    for number in range(*desks):
        caller = load.Caller(clinic.url)
        caller.sign_in(place.desk, PASSWORD)
        diary = place.practitioners[number]
        people.add(caller, load.desk(history, place, f"{name}-{number}-", diary, load.tomorrow()))
    chen = load.Caller(clinic.url)
    chen.sign_in(place.chen, PASSWORD)
    if name == "kept":
        people.add(chen, load.practitioner(history, place.note))
        paula = load.Caller(clinic.url)
        paula.get(f"/i/{place.intake}/")
        paula.ask(f"/i/{place.intake}/", {"csrfmiddlewaretoken": paula.mark})
        people.add(paula, load.patient(history, place.asked))
    looks = load.Caller(clinic.url)
    looks.sign_in(place.chen, PASSWORD)
    people.add(looks, load.onlooker(["/today/", "/patients/?q=Greta", "/notes/", f"/notes/{place.note}/"]))
    return people


def kill_and_wait(clinic, *, everything):
    """Kill the first process of PostgreSQL, or all of them in one go as a power cut does. Return when, and until when.

    For a moment a process that was left over may still answer: back means that another server is there.
    """
    leader = psutil.Process(clinic.pid("postgres"))
    others = leader.children(recursive=True) if everything else []
    killed = time.time()
    for process in [leader, *others]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    while time.time() - killed < BACK:
        with suppress(LookupError):
            if clinic.pid("postgres") != leader.pid:
                break
        time.sleep(0.02)
    clinic.wait_ready(BACK)
    back = time.time()
    assert back - killed < BACK, f"back after {back - killed:.1f} s"
    return killed, back


def stored(clinic, name):
    """Return who was booked how often, and whether somebody stands there without a visit."""
    rows = clinic.sql(
        "SELECT p.family_name, count(a.id) FROM patients_patient p"
        " LEFT JOIN appointments_appointment a ON a.patient_id = p.id WHERE p.family_name LIKE %s GROUP BY p.id",
        f"{name}-%",
    )
    booked = Counter()
    for who, visits in rows:
        assert visits == 1, f"{who} has {visits} visits: half of a booking"
        booked[who] += 1
    return booked


def registers(clinic):
    """Return which saving stands in the draft and in the intake."""
    place = clinic.place
    draft = clinic.sql("SELECT subjective FROM treatments_treatmentsession WHERE public_id = %s", place.note)
    step = clinic.sql(
        "SELECT d.data -> '1' ->> 'physician' FROM intake_draft d JOIN intake_questionnairerequest r"
        " ON r.id = d.request_id WHERE r.public_id = %s", place.asked,
    )  # fmt: skip
    found = ((place.note, draft), (place.asked, step))
    return [{where: int(rows[0][0].removeprefix("saving "))} for where, rows in found]


@pytest.mark.chaos
@pytest.mark.timeout(240)
def test_nothing_that_was_acknowledged_is_lost(clinic, tmp_path, capsys):
    history = History(tmp_path / "history.jsonl")
    faults = []
    people = crowd(clinic, history, "kept", (0, 3))
    with people:
        for everything in (False, True, False):
            time.sleep(2.5)
            faults.append(kill_and_wait(clinic, everything=everything))
        time.sleep(2)

    bookings = judge_rows(history.read("booking"), stored(clinic, "kept"))
    drafts, steps = (
        judge_registers(history.read(kind), kept)
        for kind, kept in zip(("draft", "step"), registers(clinic), strict=True)
    )
    seen = [answer for caller in people.callers for answer in caller.seen]
    statuses = Counter(status for _, status, _ in seen)
    away = ", ".join(f"{until - since:.1f}" for since, until in faults)
    with capsys.disabled():
        print(f"\nPostgreSQL killed 3 times under load; ready after {away} s; answers {dict(statuses)}")
        print(f"  bookings: {bookings}\n  drafts: {drafts}\n  steps of an intake: {steps}")
    for verdict in (bookings, drafts, steps):
        assert verdict.clean, (verdict.lost, verdict.twice, verdict.against)
        assert verdict.acknowledged > 5  # there was something to lose
    assert not statuses[500], [answer for answer in seen if answer[1] == 500]
    assert statuses[503], "the load saw nothing of the fault"
    late = [answer for answer in seen if answer[1] == 503 and not in_a_fault(answer[0], faults)]
    assert late == []
    assert all(caller.kept_words for caller in people.callers)


def in_a_fault(moment, faults):
    # A request may have come in just before the kill, and be answered by the page all the same.
    return any(since - 10 < moment < until + 1 for since, until in faults)


@pytest.mark.chaos
@pytest.mark.timeout(240)
def test_control_a_server_that_does_not_wait_for_its_log_loses_what_it_acknowledged(clinic, tmp_path, capsys):
    """The same load, the same judge, but commits are told before they are written: the judge must see it."""
    history = History(tmp_path / "history.jsonl")
    careless = {"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}
    settle(clinic, *(f"ALTER SYSTEM SET {name} = '{value}'" for name, value in careless.items()))
    try:
        with crowd(clinic, history, "told", (3, 6)):
            time.sleep(4)
            kill_and_wait(clinic, everything=True)
    finally:
        settle(clinic, "ALTER SYSTEM RESET ALL")
    bookings = judge_rows(history.read("booking"), stored(clinic, "told"))
    with capsys.disabled():
        print(f"\ncontrol, commits told before they are written: {bookings}")
    assert bookings.lost


def settle(clinic, *statements):
    """Change the server's settings as its first user, and have it read them."""
    facts = json.loads((clinic.data_dir / "servers.json").read_text())
    connection = psycopg2.connect(
        host="127.0.0.1", port=facts["postgres_port"], user="postgres", password=facts["passwords"]["postgres"],
        dbname="postgres",
    )  # fmt: skip
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in (*statements, "SELECT pg_reload_conf()"):
            cursor.execute(statement)
    connection.close()


def operation(place, value, outcome):
    return Operation("test", place, value, outcome, (), 0.0, 0.0)


def test_the_judge_sees_rows_that_are_lost_twice_or_stored_although_refused():
    acts = [operation("a", 1, OK), operation("b", 2, OK), operation("c", 3, FAIL), operation("d", 4, UNKNOWN),
            operation("e", 5, UNKNOWN), operation("f", 6, UNKNOWN)]  # fmt: skip

    verdict = judge_rows(acts, Counter({"b": 2, "c": 1, "d": 1, "e": 2}))

    assert (verdict.lost, verdict.twice, verdict.against) == (["a"], ["b", "e"], ["c"])
    assert judge_rows(acts[3:], Counter({"d": 1})).clean


@pytest.mark.parametrize(("stands", "clean"), [(1, False), (2, True), (3, False), (4, True), (5, False), (0, False)])
def test_the_judge_sees_a_register_that_fell_back_or_was_written_although_refused(stands, clean):
    acts = [operation("n", 1, OK), operation("n", 2, OK), operation("n", 3, FAIL), operation("n", 4, UNKNOWN)]

    assert judge_registers(acts, {"n": stands}).clean is clean

"""Two windows sign one note in the same moment, or one signs while the other saves: one signature, of what was seen."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client

from clinic.audit.models import AuditEvent
from clinic.kernel import clock
from clinic.kernel.prepared import PreparedUpdate
from sessions.flagged import services as flagged
from sessions.models import NeedlePlacement, TreatmentSession
from sessions.services import signing, verify_hash
from sessions.tests.world import READY, a_treatment, begin, holds, send

pytestmark = pytest.mark.django_db(transaction=True)
LATER = {**READY, "plan": "Written in the other window."}


def at_once(world, *acts):
    """Let windows that all read the note act in the same moment; return their answers."""
    start = threading.Barrier(len(acts))

    def one(act):
        browser = Client()
        browser.force_login(world.clinic.chen.user)
        try:
            start.wait(60)
            return act(browser)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def sends(world, note, page, fields, **how):
    return lambda browser: send(world, note, page, browser=browser, version=1, **fields, **how)


def both_meet(monkeypatch, *places, when=lambda *_, **__: True):
    """Let the two windows wait for each other before the first of these (owner, name) that each comes to."""
    both, met = threading.Barrier(2), threading.local()

    def meeting_before(real):
        def meets(*args, **named):
            if not getattr(met, "once", False) and when(*args, **named):
                met.once = True
                both.wait(60)
            return real(*args, **named)

        return meets

    for owner, name in places:
        monkeypatch.setattr(owner, name, meeting_before(getattr(owner, name)))


def before_the_row(monkeypatch):
    """Both have read an unsigned note, and who signs has laid the needles down."""
    writes = ((QuerySet, "update"), (PreparedUpdate, "run"))
    both_meet(monkeypatch, *writes, when=lambda *_, **values: "updated_at" in values)


def signatures(note):
    return AuditEvent.objects.filter(action="sign", object_id=note.pk).count()


def whole(note):
    return TreatmentSession.objects.select_related("patient", "practitioner", "signed_by").get(pk=note.pk)


@pytest.fixture
def world():
    return a_treatment()


@pytest.fixture(params=["before the needles", "before the row"])
def meeting(request, monkeypatch):
    """Where the two meet: both have read an unsigned note, or both have laid their needles down."""
    if request.param == "before the needles":
        both_meet(monkeypatch, (signing, "_sign"))
    else:
        before_the_row(monkeypatch)


def test_two_who_sign_in_one_moment_make_one_signature(world, meeting):
    note = begin(world)

    answers = at_once(world, *[sends(world, note, "sign", READY)] * 2)

    assert [answer.status_code for answer in answers] == [302, 302]
    assert signatures(note) == 1
    assert NeedlePlacement.objects.filter(session=note).count() == 5
    assert verify_hash(whole(note))


def test_of_two_who_sign_other_words_one_signature_stands_for_its_own_words(world, meeting):
    note = begin(world)

    at_once(world, sends(world, note, "sign", READY), sends(world, note, "sign", LATER))

    assert signatures(note) == 1
    assert whole(note).plan in (READY["plan"], LATER["plan"])
    assert verify_hash(whole(note))


def test_who_saves_while_another_signs_is_told_and_what_is_signed_is_what_was_seen(world, monkeypatch):
    note = begin(world)
    before_the_row(monkeypatch)

    signed, saved = at_once(world, sends(world, note, "sign", READY), sends(world, note, "save", LATER, by_itself=True))

    after = whole(note)
    if after.is_signed:
        assert (signed.status_code, saved.status_code) == (302, 409)
        assert "signed" in saved.json()
        assert (after.plan, verify_hash(after)) == (READY["plan"], True)
    else:
        assert (signed.status_code, saved.status_code) == (409, 200)
        page = signed.content.decode()
        assert READY["plan"] in page
        assert LATER["plan"] in page
        assert (after.plan, NeedlePlacement.objects.count()) == (LATER["plan"], 0)


@pytest.mark.parametrize("page", ["answer_flag", "save"])
def test_a_reason_that_comes_while_another_signs_leads_to_the_signed_note(world, monkeypatch, page):
    week_21 = clock.now().date() + timedelta(days=133)
    holds(world.patient, "pregnancy_t1", due_on=week_21.isoformat())
    note, signed, reason = begin(world), threading.Event(), {"reason-pregnancy_t2": "The midwife agrees."}
    speaks = send(world, note, "points", points_line=READY["points_line"]).content.decode()
    pressed = re.search(r'name="acknowledge" value="(pregnancy_t2:[^"]+)"', speaks)[1]
    insert = flagged.insert_together

    def late(*rows):
        assert signed.wait(60)
        insert(*rows)

    monkeypatch.setattr(flagged, "insert_together", late)

    def sign(browser):
        try:
            return send(world, note, "sign", browser=browser, version=2, **READY, **reason)
        finally:
            signed.set()

    send(world, note, **READY, version=1)
    answers = at_once(world, sign, sends(world, note, page, {**READY, **reason, "acknowledge": pressed}))

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (signatures(note), whole(note).is_signed) == (1, True)


def test_without_the_guards_both_would_sign(world, monkeypatch, in_role):
    """The control: the version in the statement and the lock in the database, each alone, keep it at one."""
    note = begin(world)
    with_guard, guards = QuerySet.filter, {"version", "signed_at__isnull"}
    monkeypatch.setattr(
        QuerySet, "filter",
        lambda self, *asked, **named: with_guard(self, *asked, **{k: named[k] for k in named.keys() - guards}),
    )  # fmt: skip
    both_meet(monkeypatch, (signing, "_sign"))
    with in_role("owner"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE treatments_treatmentsession DISABLE TRIGGER note_is_locked")
        cursor.execute("ALTER TABLE treatments_needleplacement DISABLE TRIGGER needles_are_locked")
    try:
        at_once(world, *[sends(world, note, "sign", READY)] * 2)
    finally:
        with in_role("owner"), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE treatments_treatmentsession ENABLE TRIGGER note_is_locked")
            cursor.execute("ALTER TABLE treatments_needleplacement ENABLE TRIGGER needles_are_locked")

    assert signatures(note) == 2
    assert NeedlePlacement.objects.filter(session=note).count() == 10

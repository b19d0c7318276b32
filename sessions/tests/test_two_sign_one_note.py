"""Two windows sign one note in the same moment, or one signs while the other saves: one signature, of what was seen."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client

from clinic.audit.models import AuditEvent
from sessions.models import NeedlePlacement, TreatmentSession
from sessions.services import signing, verify_hash
from sessions.tests.world import READY, a_treatment, begin, send

pytestmark = pytest.mark.django_db(transaction=True)
LATER = {**READY, "plan": "Written in the other window."}


def at_once(world, *acts):
    """Let windows that all read the note act in the same moment; return their answers."""
    start = threading.Barrier(len(acts))

    def one(act):
        browser = Client()
        browser.force_login(world.clinic.chen.user)
        try:
            start.wait(30)
            return act(browser)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def sends(world, note, page, fields, **how):
    return lambda browser: send(world, note, page, browser=browser, version=1, **fields, **how)


def both_meet(monkeypatch, owner, name, when=lambda *_, **__: True):
    """Let the two windows wait for each other before ``owner.name``, once each."""
    both, real, met = threading.Barrier(2), getattr(owner, name), threading.local()

    def meets(*args, **named):
        if not getattr(met, "once", False) and when(*args, **named):
            met.once = True
            both.wait(30)
        return real(*args, **named)

    monkeypatch.setattr(owner, name, meets)


def the_row_is_written(*_, **values):
    return "updated_at" in values


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
        both_meet(monkeypatch, signing, "_sign")
    else:
        both_meet(monkeypatch, QuerySet, "update", the_row_is_written)


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
    both_meet(monkeypatch, QuerySet, "update", the_row_is_written)

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


def test_without_the_guards_both_would_sign(world, monkeypatch, in_role):
    """The control: the version in the statement and the lock in the database, each alone, keep it at one."""
    note = begin(world)
    with_guard, guards = QuerySet.filter, {"version", "signed_at__isnull"}
    monkeypatch.setattr(
        QuerySet, "filter",
        lambda self, *asked, **named: with_guard(self, *asked, **{k: named[k] for k in named.keys() - guards}),
    )  # fmt: skip
    both_meet(monkeypatch, signing, "_sign")
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

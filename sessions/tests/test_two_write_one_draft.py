"""A hundred times two people save one draft in the same moment: nobody's words are overwritten, and none is lost."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from django.db import connection
from django.test import Client

from clinic.kernel.prepared import PreparedUpdate, given
from sessions.models import TreatmentSession
from sessions.services import drafts
from sessions.tests.world import a_practitioner, a_treatment, begin, send

ROUNDS = 100


class Writer:
    """A window with the plan as its person sees it."""

    def __init__(self, world, note, name, user):
        self.world, self.note, self.name = world, note, name
        self.browser = Client()
        self.browser.force_login(user)
        self.plan, self.version = "", note.version

    def save(self):
        return send(
            self.world, self.note, browser=self.browser, by_itself=True, plan=self.plan, version=self.version
        )  # fmt: skip

    def open(self):
        """Read what stands, as opening the page does."""
        self.plan, self.version = TreatmentSession.objects.values_list("plan", "version").get(pk=self.note.pk)

    def merge(self, said):
        """Keep both: what the other wrote comes behind what stands here, as the page does it line by line."""
        theirs = said["theirs"]["plan"].split("\n")
        self.plan = "\n".join(dict.fromkeys([*self.plan.split("\n"), *theirs]))
        self.version = said["version"]


def raced(writers):
    """Let all save in the same moment; return their answers."""
    start = threading.Barrier(len(writers))

    def one(writer):
        try:
            start.wait(60)
            return writer.save()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(writers)) as pool:
        return list(pool.map(one, writers))


@pytest.fixture
def writers(monkeypatch):
    """Two practitioners on one draft; in every round both have read it before either of them writes."""
    world = a_treatment()
    note = begin(world)
    both, run = threading.Barrier(2), PreparedUpdate.run

    def meets(self, **values):
        if "plan" in values and threading.current_thread() is not threading.main_thread():
            both.wait(30)
        return run(self, **values)

    monkeypatch.setattr(PreparedUpdate, "run", meets)
    people = {"Chen": world.clinic.chen.user, "Ruiz": a_practitioner("Dr. Ana Ruiz").user}
    return [Writer(world, note, name, user) for name, user in people.items()]


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_a_hundred_times_the_second_sees_both_texts_and_no_word_is_lost(writers):
    for number in range(ROUNDS):
        for writer in writers:
            writer.open()
            writer.plan = f"{writer.plan}\n{writer.name} wrote {number}.".strip()
        answers = raced(writers)

        assert sorted(answer.status_code for answer in answers) == [200, 409], number
        (winner, loser) = sorted(zip(writers, answers, strict=True), key=lambda both: both[1].status_code)
        said = loser[1].json()
        panel = unescape(said["conflict"])
        assert f"{winner[0].name} wrote {number}." in panel
        assert f"{loser[0].name} wrote {number}." in panel
        assert re.search("<h2>.*(Chen|Ruiz) saved this at", panel).group(1) == winner[0].name
        stands = TreatmentSession.objects.get(pk=loser[0].note.pk)
        assert stands.plan == winner[0].plan, "what was acknowledged is what stands"
        loser[0].merge(said)
        assert loser[0].save().status_code == 200

    stands = TreatmentSession.objects.get(pk=writers[0].note.pk)
    written = {f"{writer.name} wrote {number}." for writer in writers for number in range(ROUNDS)}
    assert sorted(stands.plan.split("\n")) == sorted(written)
    assert stands.version == 1 + 2 * ROUNDS


@pytest.mark.django_db(transaction=True)
def test_without_the_version_in_the_statement_one_is_overwritten_without_a_word(writers, monkeypatch):
    """The control: the same race, the guard taken away."""
    columns = {name: given(name) for name in drafts.WRITTEN}
    unguarded = PreparedUpdate(lambda: TreatmentSession.objects.filter(pk=given("pk")), **columns)
    monkeypatch.setattr(drafts, "_SAVED", unguarded)
    for writer in writers:
        writer.open()
        writer.plan = f"{writer.name} wrote."
    answers = raced(writers)

    assert [answer.status_code for answer in answers] == [200, 200]
    stands = TreatmentSession.objects.get(pk=writers[0].note.pk)
    assert stands.plan in ("Chen wrote.", "Ruiz wrote.")

"""What practitioners tell each other about a patient: theirs alone, only added to, never on paper."""

from __future__ import annotations

import io
import uuid

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from clinic.audit.models import AuditEvent
from sessions.private_notes.models import PrivateNote
from sessions.private_notes.services import SomebodyWrote, write
from sessions.tests.world import NOW, a_treatment, at, begin, signed

pytestmark = pytest.mark.django_db
WORDS = "Her sister waits outside; ask alone."


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(at(9, 20), tick=True):
        yield


@pytest.fixture
def world():
    return a_treatment()


def address(world):
    return reverse("private_notes:note", args=[world.patient.public_id])


def keep(world, text=WORDS, seen=0, token=None, browser=None):
    data = {"text": text, "seen": str(seen), "form_token": str(token or uuid.uuid4()), "end": "1"}
    return (browser or world.browser).post(address(world), data)


def test_it_stands_in_the_note_and_on_the_patient_page(world):
    assert keep(world).status_code == 302
    note = begin(world)

    for page in (
        reverse("treatments:note", args=[note.public_id]),
        reverse("desk:patient", args=[world.patient.public_id]),
        address(world),
    ):
        assert WORDS in world.browser.get(page).content.decode(), page


def test_the_front_desk_neither_reads_nor_finds_it(world):
    keep(world)
    desk = Client()
    desk.force_login(world.clinic.desk)

    patient_page = desk.get(reverse("desk:patient", args=[world.patient.public_id])).content.decode()

    assert desk.get(address(world)).status_code == 403
    assert keep(world, "Mine", seen=1, browser=desk).status_code == 403
    assert WORDS not in patient_page
    assert "Between practitioners" not in patient_page


def test_it_stands_in_no_pdf_and_on_no_printed_page(world):
    keep(world)
    note = signed(world)

    for name, key in (("history:note_pdf", note.public_id), ("history:history_pdf", world.patient.public_id)):
        reader = PdfReader(io.BytesIO(world.browser.get(reverse(name, args=[key])).content))
        assert "sister" not in "".join(page.extract_text() for page in reader.pages)
    assert "sister" not in world.browser.get(
        reverse("history:history", args=[world.patient.public_id])
    ).content.decode()  # fmt: skip
    on_page = world.browser.get(reverse("desk:patient", args=[world.patient.public_id])).content.decode()
    before = on_page[: on_page.index(WORDS)]
    assert 'class="sheet no-print"' in before[before.rindex("<section") :]


def test_the_page_says_plainly_who_may_come_to_read_it(world):
    said = world.browser.get(address(world)).content.decode()

    assert "The law may give the patient, or a court, the right to read it." in said


def test_each_keeping_is_a_version_and_an_empty_text_takes_it_off_the_pages(world):
    keep(world)
    keep(world, "Ask alone, still.", seen=1)
    keep(world, "", seen=2)

    assert list(PrivateNote.objects.values_list("version", "text")) == [(3, ""), (2, "Ask alone, still."), (1, WORDS)]
    said = world.browser.get(reverse("desk:patient", args=[world.patient.public_id])).content.decode()
    assert "Ask alone" not in said
    assert "Nothing is written." in said
    assert "Taken off the pages." in world.browser.get(address(world)).content.decode()


def test_a_double_click_keeps_one(world):
    token = uuid.uuid4()

    assert [keep(world, token=token).status_code for _ in range(2)] == [302, 302]
    assert PrivateNote.objects.count() == 1


def test_two_who_write_at_once_lose_nothing(world):
    keep(world)
    keep(world, "Hers, meanwhile.", seen=1)

    answer = keep(world, "Mine, slower.", seen=1)

    said = answer.content.decode()
    assert answer.status_code == 409
    assert "wrote here meanwhile" in said
    assert "Mine, slower." in said
    assert "Hers, meanwhile." in said
    assert 'name="seen" value="2"' in said
    assert keep(world, "Both.", seen=2).status_code == 302


def test_the_service_refuses_what_was_written_on_an_old_version(world):
    user = world.clinic.chen.user
    write(patient=world.patient, text="One", seen=0, form_token=uuid.uuid4(), by=user, now=NOW)

    with pytest.raises(SomebodyWrote, match="Nothing was overwritten"):
        write(patient=world.patient, text="Two", seen=0, form_token=uuid.uuid4(), by=user, now=NOW)


def test_looks_and_keepings_are_traced(world):
    keep(world)

    traced = AuditEvent.objects.filter(resource="private-note").order_by("id")
    assert [(event.action, event.patient_id) for event in traced] == [
        ("read", world.patient.pk),
        ("write", world.patient.pk),
    ]


@pytest.mark.parametrize("sql", ["UPDATE {} SET text = ''", "DELETE FROM {}"])
def test_nobody_changes_or_deletes_a_version(world, sql):
    keep(world)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format("private_notes_privatenote"))

    assert PrivateNote.objects.get().text == WORDS


def test_a_form_that_arrives_cut_off_keeps_what_was_typed(world):
    answer = world.browser.post(address(world), {"text": WORDS, "seen": "0"})

    assert answer.status_code == 422
    assert WORDS in answer.content.decode()
    assert not PrivateNote.objects.exists()

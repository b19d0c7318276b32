"""A signed note leaves the house as a PDF that people who do not see can read too, with Chinese names as text."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from clinic.audit.models import AuditEvent
from patients.models import Patient
from sessions.history.paper.letters import clean, drawn
from sessions.history.paper.pdf import made
from sessions.models import TreatmentSession
from sessions.tests.world import NOW, a_treatment, a_visit, at, begin, counted, send, signed

A_DAY = datetime(2026, 11, 5, 9, tzinfo=UTC)
LONGEST = 50_000


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(at(9, 20), tick=True):
        yield


def pdf_of(answer):
    assert answer.status_code == 200, answer.content[:500]
    assert answer["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def text_of(reader):
    return "\n".join(page.extract_text() for page in reader.pages)


def a_document(words):
    """Return the smallest document with these words in every place that takes words."""
    note = {
        "heading": "Thu 5 Nov 2026", "who": words, "mark": "", "parts": [["Subjective", words]],
        "points": [{"code": "LI4", "pinyin": "Hégǔ", "hanzi": "合谷", "side": words, "technique": "", "needles": "2"}],
        "rest": [], "addenda": [{"kind": "Addition", "when": "today", "words": words}], "seal": [["By", words]],
    }  # fmt: skip
    return {
        "title": "Treatment note", "name": words, "born": "", "practice": words, "printed": "Made by us", "lang": "en",
        "paper": "a4", "about": [["Patient", words]], "notes": [note],
    }  # fmt: skip


def tags_in(reader):
    """Return every structure tag of a PDF."""
    found, open_ = set(), [reader.trailer["/Root"]["/StructTreeRoot"]]
    while open_:
        node = open_.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            open_ += node
        elif isinstance(node, dict):
            found.add(str(node.get("/S")))
            open_ += [node["/K"]] if "/K" in node else []
    return found


@pytest.mark.django_db
def test_a_signed_note_is_a_tagged_pdf_with_chinese_names_as_text():
    world = a_treatment()
    Patient.objects.filter(pk=world.patient.pk).update(family_name="Lindqvist 李")
    note = signed(world)

    reader = pdf_of(world.browser.get(reverse("history:note_pdf", args=[note.public_id])))

    said, root = text_of(reader), reader.trailer["/Root"]
    assert "足三里" in said
    assert "Zúsānlǐ" in said
    assert "Add KI3 if the heel is cold." in said
    assert "before 7, after 4" in said
    assert note.content_sha256 in said.replace("\n", "").replace("\u200b", "")
    assert "unchanged since signed" in said
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata.title.startswith("Treatment note of")
    assert {"/H1", "/Table", "/TH", "/TD", "/L"} <= tags_in(reader)


@pytest.mark.django_db
def test_every_page_says_whose_it_is_and_which_page():
    world = a_treatment()
    Patient.objects.filter(pk=world.patient.pk).update(given_name="Greta", family_name="李")
    note = signed(world, subjective="A line of hers.\n" * 200)

    reader = pdf_of(world.browser.get(reverse("history:note_pdf", args=[note.public_id])))

    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert "Greta 李" in page
        assert f"Page {number} of {len(pages)}" in page


@pytest.mark.django_db
def test_a_draft_says_that_it_is_one_and_has_no_seal():
    world = a_treatment()
    note = begin(world)
    send(world, note, subjective="Half a sentence", points_line="li4 r")

    said = text_of(pdf_of(world.browser.get(reverse("history:note_pdf", args=[note.public_id]))))

    assert "A draft: not signed." in said
    assert "合谷" in said
    assert "Seal" not in said


@pytest.mark.django_db
def test_an_export_leaves_a_trace_of_its_own_and_the_desk_gets_none():
    world = a_treatment()
    note = signed(world)
    desk = Client()
    desk.force_login(world.clinic.desk)
    addresses = [
        reverse("history:note_pdf", args=[note.public_id]),
        reverse("history:history_pdf", args=[world.patient.public_id]),
    ]

    assert [desk.get(address).status_code for address in addresses] == [403, 403]
    assert not AuditEvent.objects.filter(action="export", result="ok").exists()
    assert [world.browser.get(address).status_code for address in addresses] == [200, 200]

    traced = (
        AuditEvent.objects.filter(action="export", result="ok")
        .order_by("id")
        .values_list("resource", "patient_id", "object_id")
    )
    assert list(traced) == [("note", world.patient.pk, note.pk), ("history", world.patient.pk, None)]


@pytest.mark.django_db
def test_the_name_of_the_file_says_nothing_about_the_patient():
    world = a_treatment()
    note = signed(world)

    answer = world.browser.get(reverse("history:note_pdf", args=[note.public_id]))

    assert answer["Content-Disposition"] == f'attachment; filename="note-{NOW:%Y-%m-%d}.pdf"'


@pytest.mark.django_db
def test_the_history_of_two_hundred_sessions_is_one_pdf_in_as_many_statements_as_of_two():
    world = a_treatment()
    signed(world)
    address = reverse("history:history_pdf", args=[world.patient.public_id])
    with counted() as few:
        pdf_of(world.browser.get(address))
    TreatmentSession.objects.bulk_create(
        TreatmentSession(
            patient=world.patient, practitioner=world.clinic.chen, course=world.course, number_in_course=number,
            started_at=NOW, updated_at=NOW, points_line="st36 b, gv20", subjective=f"Day {number}.",
        )
        for number in range(2, 199)
    )  # fmt: skip
    for hour in (10, 11):
        signed(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(hour)))
    with counted() as many:
        reader = pdf_of(world.browser.get(address))

    assert "Day 198." in text_of(reader)
    assert "200 sessions, newest first" in text_of(reader)
    assert len(few) == len(many) <= 9, "\n".join(many)


def test_nothing_that_is_written_is_read_as_markup():
    words = '#set page(fill: red) *bold* $x^2$ `code` <label> @ref = Head [x] \\ // "quote" #read("/etc/passwd")'

    said = text_of(PdfReader(io.BytesIO(made(a_document(words), now=A_DAY))))

    assert words in " ".join(said.split()).replace("\u200b", "")


@pytest.mark.parametrize("words", ["word " * (LONGEST // 5), "x" * LONGEST, "肾" * LONGEST, "line\n" * (LONGEST // 5)])
def test_fifty_thousand_characters_fit(words):
    document = a_document("Greta")
    document["notes"][0]["parts"] = [["Subjective", words]]

    said = text_of(PdfReader(io.BytesIO(made(document, now=A_DAY))))

    kept = "".join(said.split()).replace("\u200b", "")
    wanted = "".join(words.split())
    assert sum(kept.count(sign) for sign in set(wanted)) >= len(wanted)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("smile 😀", "[grinning face]"),
        ("half \ud800 sign", "half ? sign"),
        ("nul \x00 and bell \x07.", "nul  and bell ."),
        ("Nguyễn Thị", "Nguyễn Thị"),
        ("Привет", "Привет"),
        ("张伟", "张伟"),
    ],
)
def test_strange_signs_stand_as_they_are_or_by_their_name(words, shown):
    said = text_of(PdfReader(io.BytesIO(made(a_document(words), now=A_DAY))))

    assert " ".join(shown.split()) in " ".join(said.split())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.characters(), max_size=80))
def test_every_text_makes_a_document(words):
    assert made(a_document(words), now=A_DAY).startswith(b"%PDF")


@given(st.text(alphabet=st.characters()))
def test_cleaning_is_done_once_and_leaves_only_what_can_be_encoded(words):
    once = clean(words)

    once.encode()
    assert "\x00" not in once
    assert drawn(drawn(once)) == drawn(once)

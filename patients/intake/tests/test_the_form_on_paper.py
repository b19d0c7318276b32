"""On paper: printed from the forms of the screen, copied by a practitioner under their own name."""

from __future__ import annotations

import re
import uuid
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from clinic.audit.models import AuditEvent
from patients.intake import querysets, steps
from patients.intake.forms import AgreementForm
from patients.intake.models import IntakeSubmission, QuestionnaireResponse
from patients.intake.paper import facts_of, sheets
from patients.intake.tests.conftest import ANSWERS, row
from patients.intake.views.form import FORMS
from patients.models import Consent


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(bob):
    return signed_in(bob)


@pytest.fixture
def chair(charlie):
    return signed_in(charlie)


def words(answer):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())))


def test_every_question_of_the_screen_stands_on_the_paper(desk, maria, practice):
    page = words(desk.get(f"/patients/{maria.public_id}/intake/paper/"))

    facts = facts_of(maria, country="US", today=timezone.localdate(), language="en")
    asked = [one for sheet in sheets(facts, FORMS) for one in sheet.asked]
    assert len(asked) > 25
    for one in asked:
        assert re.sub(r"\s+", " ", str(one.field.label)) in page
        for option in one.options:
            assert option.words in page
            assert all(str(detail.label) in page for detail in option.details)
    assert page.index("how often have you been bothered") < page.index("Feeling nervous, anxious or on edge")
    for _, tick in AgreementForm(facts=facts, texts=querysets.consent_texts("en")).agreements:
        assert str(tick.label) in page
    assert len(sheets(facts, FORMS)) == steps.LAST - 1
    shown = {one.field.name for one in asked} | {d.name for one in asked for o in one.options for d in o.details}
    on_screen = {field.name for kind in FORMS.values() for field in kind.opened(facts, {}).visible_fields()}
    assert on_screen - shown == {"photo", "photo_kept"}


def test_the_paper_names_the_patient_and_shows_no_answer(desk, link, maria, phone):
    phone.fill(link)

    page = words(desk.get(f"/patients/{maria.public_id}/intake/paper/"))

    assert "María Gutiérrez" in page
    assert "1961" in page
    for answer in ("Since the move", "Swim again", "apixaban 5 mg", "Amitriptyline"):
        assert answer not in page


def enter(chair, maria, step, answers=None, **more):
    page = chair.get(f"/patients/{maria.public_id}/intake/enter/{step}/")
    assert page.status_code == 200, page
    said = {"form_token": str(uuid.uuid4()), "version": page.context["form"]["version"].value(), "end": "1"}
    said |= (ANSWERS[step] if answers is None else answers) | more
    return chair.post(f"/patients/{maria.public_id}/intake/enter/{step}/", said)


def test_a_practitioner_copies_the_paper_and_it_carries_the_name(chair, charlie, maria, practice):
    begun = chair.post(f"/patients/{maria.public_id}/intake/enter/")
    assert begun.headers["Location"].endswith("/intake/enter/1/")
    for step in range(1, steps.LAST):
        assert enter(chair, maria, step).headers["Location"].endswith(f"/enter/{step + 1}/")

    done = enter(chair, maria, steps.LAST)

    assert done.headers["Location"] == f"/patients/{maria.public_id}/intake/"
    submission = IntakeSubmission.objects.get()
    assert submission.entered_by_id == submission.request.entered_by_id == charlie.pk
    assert set(Consent.objects.values_list("channel", "by_user_id", "signed_name")) == {
        ("paper", charlie.pk, "María Gutiérrez")
    }
    assert QuestionnaireResponse.objects.exists()
    assert set(QuestionnaireResponse.objects.values_list("answered_by", flat=True)) == {""}
    assert set(AuditEvent.objects.filter(action__in=("save-step", "submit")).values_list("actor_id", flat=True)) == {
        charlie.pk
    }
    assert "Charlie" in words(chair.get(f"/patients/{maria.public_id}/intake/"))


def test_what_a_practitioner_began_and_the_patient_signs_is_the_patients(chair, charlie, maria, asked, link, phone):
    phone.fill(link)
    chair.post(f"/patients/{maria.public_id}/intake/enter/")
    assert row(asked).entered_by_id == charlie.pk, "the control"

    assert phone.send(steps.LAST).headers["Location"] == "/i/sent/"

    assert IntakeSubmission.objects.get().entered_by_id is None
    assert row(asked).entered_by_id is None


def test_a_paper_without_a_signature_is_not_entered(chair, maria, practice):
    chair.post(f"/patients/{maria.public_id}/intake/enter/")
    for step in range(1, steps.LAST):
        enter(chair, maria, step)

    page = enter(chair, maria, steps.LAST, signed_name="")

    assert "whose signature stands on the paper" in words(page)
    assert not IntakeSubmission.objects.exists()


def test_bad_answers_are_said_beside_their_field_and_kept(chair, maria, practice):
    chair.post(f"/patients/{maria.public_id}/intake/enter/")

    page = enter(chair, maria, 1, email="maria@")

    assert page.status_code == 200
    assert 'value="maria@"' in page.content.decode()
    assert "field-problem" in page.content.decode()


def test_what_the_patient_saved_meanwhile_is_not_written_over(chair, link, maria, asked, phone):
    phone.fill(link, until=2)
    chair.post(f"/patients/{maria.public_id}/intake/enter/")
    seen = chair.get(f"/patients/{maria.public_id}/intake/enter/2/").context["form"]["version"].value()
    phone.send(2, ANSWERS[2] | {"goal": "Dance"})

    late = enter(chair, maria, 2, ANSWERS[2] | {"goal": "Walk"}, version=seen)

    assert late.headers["Location"].endswith("/enter/2/")
    assert row(asked).draft.data["2"]["goal"] == "Dance"


@pytest.mark.parametrize("path", ["enter/", "enter/1/"])
def test_the_desk_enters_no_health_answers(desk, maria, path):
    assert desk.post(f"/patients/{maria.public_id}/intake/{path}").status_code == 403


def test_a_page_of_nothing_begun_leads_back(chair, maria, practice):
    assert chair.get(f"/patients/{maria.public_id}/intake/enter/1/").headers["Location"].endswith("/intake/")
    assert chair.get(f"/patients/{maria.public_id}/intake/enter/99/").status_code == 404

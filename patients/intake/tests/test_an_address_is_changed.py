"""A changed e-mail address: links to the old one are stale, mails to it are skipped, the form goes out anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic.kernel import clock
from clinic.outbox import services as outbox
from clinic.outbox.models import OutgoingMessage
from patients.intake.services import send_link
from patients.intake.services.requests import token_of
from patients.intake.tests.conftest import row
from patients.services.registration import amend_contact


def amend(maria, bob, **changes):
    maria.refresh_from_db()
    return amend_contact(patient=maria, version=maria.version, changes=changes, by=bob, now=clock.now())


@pytest.fixture
def mailed(maria, asked, bob):
    return send_link(patient=maria, by=bob, now=clock.now())


def test_the_old_link_opens_nothing_and_a_new_one_is_on_its_way(maria, asked, bob, link, mailed, phone):
    phone.fill(link, until=1)

    amend(maria, bob, email="maria@new.example")

    assert phone.get(link).status_code == 404
    assert phone.get("/i/form/2/").status_code == 404
    message = OutgoingMessage.objects.get()
    assert (message.state, message.to_address, message.subject_id) == ("queued", "maria@new.example", asked.pk)
    fresh = f"/i/{token_of(row(asked))}/"
    assert phone.get(fresh).status_code == 200
    assert "1" in row(asked).draft.data


def test_what_was_planned_for_the_old_address_goes_to_the_new_one(maria, asked, bob, mailed):
    OutgoingMessage.objects.update(kind="confirmation", subject_id=None)

    amend(maria, bob, email="maria@new.example")

    planned, form = OutgoingMessage.objects.order_by("id")
    assert (planned.kind, planned.state, planned.to_address) == ("confirmation", "queued", "maria@new.example")
    assert (form.kind, form.to_address) == ("intake-link", "maria@new.example")


def test_other_contact_data_leaves_the_link_alone(maria, asked, bob, link, mailed, phone):
    amend(
        maria,
        bob,
        phone="+12025550199",
        physician="Dr. Roe",
        language="es",
        representative="Her son, by deed",
    )

    assert phone.get(link).status_code == 200
    assert OutgoingMessage.objects.get().state == "queued"
    maria.refresh_from_db()
    assert (maria.language, maria.representative) == ("es", "Her son, by deed")


def test_a_first_address_calls_nothing_back_and_gets_the_form(maria, asked, bob, link, phone):
    amend(maria, bob, email="")
    fresh = f"/i/{token_of(row(asked))}/"

    amend(maria, bob, email="maria@mail.example")

    assert phone.get(link).status_code == 404
    assert phone.get(fresh).status_code == 200
    assert OutgoingMessage.objects.get().to_address == "maria@mail.example"


@pytest.mark.parametrize(("changes", "why"), [({"desk_facts": ["no-email"]}, "phone"), ({"email": ""}, "none")])
def test_who_wants_no_mail_gets_none(maria, asked, bob, changes, why):
    amend(maria, bob, **({"email": "maria@new.example"} | changes))

    assert not OutgoingMessage.objects.exists()


def test_a_form_that_is_done_is_not_sent_again(maria, asked, bob, link, phone):
    phone.fill(link)
    phone.send(6)

    amend(maria, bob, email="maria@new.example")

    assert not OutgoingMessage.objects.exists()


def test_somebody_elses_mail_to_the_same_address_still_goes(maria, asked, bob, mailed):
    other = outbox.enqueue(
        kind="intake-link", dedup_key="a sister's", to_address=maria.email, not_before=clock.now(),
        not_after=clock.now() + timedelta(hours=1), now=clock.now(), patient_id=maria.pk + 1,
    )  # fmt: skip

    amend(maria, bob, email="maria@new.example")

    other.refresh_from_db()
    assert other.state == "queued"

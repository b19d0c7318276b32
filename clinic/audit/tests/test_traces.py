"""Who looked and who was refused is written down, and stays written."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone

from clinic.audit.models import AuditEvent
from clinic.audit.services import open_list, open_record
from clinic.practice.models import Practice
from clinic.staff.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob():
    return User.objects.create_user("bob@oldmill.example", name="Bob", roles=["front-desk"], created_at=timezone.now())


def test_opening_a_record_leaves_who_what_and_when(bob):
    now = timezone.now()

    open_record(by=bob, now=now, resource="patient", patient_id=7)

    event = AuditEvent.objects.get()
    assert (event.actor_id, event.action, event.patient_id, event.at) == (bob.pk, "read", 7, now)
    assert event.acting_as == "front-desk"


def test_a_list_is_one_trace_with_the_ids_shown(bob):
    open_list(by=bob, now=timezone.now(), resource="patient", patient_ids=[3, 5])

    assert AuditEvent.objects.get().patients_shown == [3, 5]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_auditevent SET actor_id = 1", "DELETE FROM audit_auditevent", "TRUNCATE audit_auditevent"],
)
def test_the_web_role_cannot_rub_a_trace_out(bob, statement):
    open_record(by=bob, now=timezone.now(), resource="patient", patient_id=7)

    denied = pytest.raises(ProgrammingError, match="permission denied")
    with denied, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 1


def test_a_refused_page_is_traced(bob):
    Practice.objects.create(id=1, name="Old Mill", country="IE", timezone="Europe/Dublin", opened_at=timezone.now())
    client = Client()
    client.force_login(bob)

    response = client.get("/notes/")

    assert response.status_code == 403
    event = AuditEvent.objects.get(result="denied")
    assert (event.actor_id, event.resource) == (bob.pk, "note")

"""A link is made once for its purpose, keeps its token, and is made anew for another address."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.kernel.links import hash_token
from patients.contact.models import PatientLink
from patients.contact.querysets import of_key, of_token
from patients.contact.services import Purpose, Wanted, confirm_birth_date, tokens_for
from patients.models import Patient

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)


@pytest.fixture
def greta():
    return Patient.objects.create(
        given_name="Greta", email="greta@example.org", birth_date=date(1961, 3, 12), created_at=NOW
    )


@pytest.fixture
def wanted(greta):
    return Wanted(greta.pk, Purpose.OWN_PAGE, greta.email)


def token(wanted):
    return tokens_for([wanted], NOW)[wanted]


def test_the_same_link_keeps_its_token_and_only_its_hash_is_stored(wanted, greta):
    first = token(wanted)

    assert token(wanted) == first
    assert PatientLink.objects.get().token_hash == hash_token(first)
    assert of_token(first).patient == greta


def test_each_purpose_and_each_visit_has_its_own(wanted):
    others = [replace(wanted, purpose=Purpose.VISIT, subject_id=visit) for visit in (1, 2)]

    assert len(set(tokens_for([wanted, *others], NOW).values())) == 3


def test_another_address_makes_it_anew_and_the_older_one_opens_nothing(wanted, greta):
    first = token(wanted)
    Patient.objects.update(email="new@example.org")
    assert of_token(first) is None

    second = token(replace(wanted, address="new@example.org"))

    assert of_token(first) is None
    assert of_token(second).version == 2
    assert of_key(of_token(second).public_id, 1) is None


def test_the_fifth_wrong_birth_date_locks_it_until_it_is_made_anew(wanted):
    first = token(wanted)
    for _ in range(5):
        assert not confirm_birth_date(link=of_token(first), birth_date=date(1962, 3, 12), now=NOW)
    assert not confirm_birth_date(link=of_token(first), birth_date=date(1961, 3, 12), now=NOW)

    second = token(wanted)

    assert second != first
    assert confirm_birth_date(link=of_token(second), birth_date=date(1961, 3, 12), now=NOW)


def test_a_hundred_take_the_worker_two_statements(wanted, in_role):
    many = [replace(wanted, purpose=Purpose.VISIT, subject_id=visit) for visit in range(1, 101)]
    with in_role("worker"), CaptureQueriesContext(connection) as asked:
        assert len(tokens_for(many, NOW)) == 100

    said = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(said) == 2
    assert tokens_for([], NOW) == {}

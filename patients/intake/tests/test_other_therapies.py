from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from clinic.kernel import clock
from patients.intake import steps
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.intake.tests.conftest import HEALTH, row
from patients.intake.tests.test_a_step_is_saved import counted
from patients.models import OtherTherapy
from patients.therapies import Unread, is_before, read_month

THERAPIES = {
    "therapies": ["physiotherapy", "other"], "started_physiotherapy": "3/2025", "stopped_physiotherapy": "2026",
    "words_other": "Singing lessons", "started_other": "2024",
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2025", "2025"), ("3/2025", "2025-03"), ("03.2025", "2025-03"), ("12 2025", "2025-12"), ("2025-3", "2025-03"),
        ("2025年3月", "2025-03"), (" 3 / 2025 ", "2025-03"), ("", ""),
    ],
)  # fmt: skip
def test_a_month_or_a_year_is_read_as_people_write_it(typed, read):
    assert read_month(typed) == read


@pytest.mark.parametrize("typed", ["spring", "13/2025", "0/2025", "25", "1850", "3/2025/1", "٣/2025", "2025-03-04"])
def test_what_names_no_month_is_refused(typed):
    with pytest.raises(Unread):
        read_month(typed)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused(text):
    try:
        read = read_month(text)
    except Unread:
        return
    assert read == "" or read[:4].isdecimal()


@given(st.integers(1900, 2100), st.integers(1, 12))
def test_every_month_is_read_back(year, month):
    assert read_month(f"{month}/{year}") == f"{year:04d}-{month:02d}" == read_month(f"{year}-{month}")


def test_years_and_months_are_compared_as_far_as_they_are_known():
    assert is_before("2024", "2025-03")
    assert not is_before("2025", "2025-03")
    assert is_before("2025-02", "2025-03")


def test_therapies_come_into_the_record_with_start_and_stop(link, phone, asked):
    phone.fill(link, until=steps.PLACES)
    phone.send(steps.HEALTH, HEALTH | THERAPIES)
    page = phone.get(f"/i/form/{steps.HEALTH}/").content.decode()
    assert 'value="3/2025"' in page
    phone.send(steps.FEELINGS)
    phone.send(steps.AGREEMENT)

    said = OtherTherapy.objects.values_list("kind", "words", "started", "stopped", "source")
    assert list(said) == [
        ("physiotherapy", "", "2025-03", "2026", "intake"), ("other", "Singing lessons", "2024", "", "intake"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("started_physiotherapy", "in spring", "like 3/2025"),
        ("started_physiotherapy", "3/2099", "has not come yet"),
        ("stopped_physiotherapy", "2/2025", "lies before the start"),
    ],
)
def test_a_month_that_cannot_be_is_said_beside_its_box(link, asked, phone, field, typed, says):
    phone.fill(link, until=steps.PLACES)

    page = phone.send(steps.HEALTH, HEALTH | THERAPIES | {field: typed}).content.decode()

    assert says in page
    assert f'value="{typed}"' in page
    assert str(steps.HEALTH) not in row(asked).draft.data


def test_a_second_intake_ends_what_the_first_one_said(link, phone, other_phone, maria, bob):
    phone.fill(link, until=steps.PLACES)
    phone.send(steps.HEALTH, HEALTH | THERAPIES)
    phone.send(steps.FEELINGS)
    phone.send(steps.AGREEMENT)
    second = issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now())
    other_phone.fill(f"/i/{token_of(second)}/", until=steps.PLACES)
    other_phone.send(steps.HEALTH, HEALTH | {"therapies": ["manual"], "started_manual": "2026"})
    other_phone.send(steps.FEELINGS)
    version = other_phone.version(steps.AGREEMENT)
    with CaptureQueriesContext(connection) as queries:
        other_phone.send(steps.AGREEMENT, version=version)

    assert len(counted(queries)) <= 10, counted(queries)
    assert [one.kind for one in OtherTherapy.objects.filter(ended_at=None)] == ["manual"]
    assert OtherTherapy.objects.count() == 3

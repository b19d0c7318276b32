"""A form changes what it shows, once: fields nobody offered are ignored, and a double click is one click."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from datetime import date

import pytest
import time_machine
from django.apps import apps
from django.db import connection, models

from clinic.policy.tests.house import NOW, a_house, everybody, undone
from clinic.policy.tests.test_naughty_text_in_every_form import SPEAK_FOR, WELL, all_forms, sent
from clinic.staff.models import Practitioner, User
from patients.models import Patient

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

OTHER = 77_777
CANARY = "canary-7"
LONG_AGO = "1999-09-09"
FOREIGN = uuid.UUID("7a7a7a7a-7a7a-4a7a-8a7a-7a7a7a7a7a7a")
#: Rows that each request writes, however often it is sent.
LEFT_BY_ANY = {"audit_auditevent", "django_session", "deqi_cache", "intake_guess"}
#: What goes beyond the boxes of a page to make it whole.
ALSO = {"password1": "mill pond heron thirteen", "password2": "mill pond heron thirteen"}


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        house = a_house()
        someone = User.objects.create_user("other@mill.example", id=OTHER, name="Other", roles=[], created_at=NOW)
        Practitioner.objects.create(id=OTHER, public_id=FOREIGN, user=someone, display_name="Other", active=False)
        Patient.objects.create(
            id=OTHER, public_id=FOREIGN, given_name="Other", birth_date=date(1970, 1, 1), created_at=NOW
        )
        yield house


def not_offered(form):
    """Return a value for every column of every model that the form does not offer."""
    offered = {one.name for one in form.fields} | {"_state", "timezone", *SPEAK_FOR}
    said = {"_method": "DELETE", "is_staff": "1", "is_superuser": "1", "role": "owner"}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            for name in {column.name, column.attname} - offered:
                said[name] = _value(column)
    return said | {"roles": "owner"} if "roles" not in offered else said


def _value(column):
    if isinstance(column, models.UUIDField):
        return str(FOREIGN)
    if isinstance(column, models.DateField):
        return f"{LONG_AGO}T09:09:09" if isinstance(column, models.DateTimeField) else LONG_AGO
    if isinstance(column, models.BooleanField):
        return "on"
    numbers = (models.IntegerField, models.ForeignKey, models.AutoField)
    return str(OTHER) if isinstance(column, numbers) else CANARY


def rows():
    """Return {table: Counter of its rows as text}, the trace included."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name != "django_session"]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', t::text FROM \"{name}\" t" for name in tables))
        found = {}
        for table, row in cursor.fetchall():
            found.setdefault(table, Counter())[row] += 1
        return found


def well_filled(form):
    """Yield the form as a person sends it, once for each button with a name."""
    values = [(name, value or WELL.get(name, "")) for name, value in form.filled()]
    values += [(one.name, ALSO[one.name]) for one in form.fields if one.kind == "password" and one.name in ALSO]
    buttons = [(one.name, one.value) for one in form.fields if one.kind == "submit"]
    for pressed in buttons or [None]:
        yield values + ([pressed] if pressed else [])


def test_columns_that_no_form_offers_are_ignored(house):
    taken, accepted = [], 0
    for client, form in all_forms(house, everybody(house)):
        client.raise_request_exception = False
        for values in well_filled(form) if form.method == "POST" else []:
            before = rows()
            with undone(client):
                answer = sent(client, form, [*not_offered(form).items(), *values])
                after = rows()
            accepted += answer.status_code == 302
            new = [f"{table} {row}" for table in after for row in after[table] - before.get(table, Counter())]
            said = re.compile(rf"{CANARY}|{LONG_AGO}|\b{OTHER}\b|{FOREIGN}")
            taken += [f"{form.action}: {row}" for row in new if said.search(row)]
            taken += [f"{form.action}: breaks"] if answer.status_code >= 500 else []

    assert not taken, "\n".join(taken)
    assert accepted > 25
    assert User.objects.get(pk=house.bob.pk).roles == ["front-desk"]


def test_a_double_click_is_one_click(house):
    twice, accepted = [], set()
    for client, form in all_forms(house, everybody(house)):
        client.raise_request_exception = False
        for values in well_filled(form) if form.method == "POST" else []:
            with undone(client):
                first = sent(client, form, values)
                once = rows()
                again = sent(client, form, values)
                both = rows()
            accepted |= {form.action} if first.status_code == 302 else set()
            twice += [f"{form.action}: {first.status_code}, then {again.status_code}"] * (again.status_code >= 500)
            for table in set(both) - LEFT_BY_ANY:
                had, has = (sum(found.get(table, Counter()).values()) for found in (once, both))
                twice += [f"{form.action}: {table} has {has} rows, not {had}"] if has > had else []

    assert not twice, "\n".join(twice)
    assert len(accepted) > 20, accepted

"""From its second time on a connection a long statement is ready on the server, and says what it says without that."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from hypothesis import given as drawn
from hypothesis import strategies as st

from clinic.audit.models import AuditEvent
from clinic.kernel.on_server import Place, Statement
from clinic.kernel.prepared import Prepared, PreparedUpdate, given
from clinic.staff.models import User

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def ready():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE 'deqi_%'")
        return {name for (name,) in cursor.fetchall()}


def asked(question, **values):
    with CaptureQueriesContext(connection) as seen:
        rows = question.ask(**values)
    assert len(seen) == 1
    return rows, seen[0]["sql"]


def a_person(name):
    return User.objects.create(email=f"{name.lower()}@oldmill.example", name=name, created_at=NOW)


def people():
    return Prepared(lambda: User.objects.filter(Q(name__contains="%") | Q(pk=given("user"))).order_by("pk"))


@pytest.mark.django_db
def test_the_second_time_it_is_executed_by_its_name():
    ana, ben, odd = a_person("Ana"), a_person("Ben"), a_person("100%")
    question, before = people(), ready()

    first, plain = asked(question, user=ana.pk)
    second, by_name = asked(question, user=ben.pk)
    third, _ = asked(question, user=ana.pk)

    assert "EXECUTE" not in plain
    assert by_name.startswith("EXECUTE deqi_")
    assert len(ready() - before) == 1
    assert (first, second, third) == ([ana, odd], [ben, odd], [ana, odd])


@pytest.mark.django_db
def test_another_connection_prepares_its_own():
    statement = Statement("SELECT %s::integer", [Place("number")])
    texts = [statement.call(connection, {"number": 1})[0] for _ in range(2)]
    other = connection.copy()
    try:
        texts += [statement.call(other, {"number": 1})[0] for _ in range(2)]
    finally:
        other.close()

    assert ["EXECUTE" in text for text in texts] == [False, True, False, True]


@pytest.mark.django_db
def test_it_can_be_switched_off_for_a_pooler(settings):
    settings.DATABASE_PREPARE = False
    question = people()
    for _ in range(3):
        assert "EXECUTE" not in asked(question, user=1)[1]


@pytest.mark.django_db
def test_a_question_whose_plan_hangs_on_its_words_is_asked_as_it_stands():
    question = Prepared(lambda: User.objects.filter(name__startswith=given("name")), on_server=False)
    for _ in range(3):
        assert "EXECUTE" not in asked(question, name="A")[1]


@pytest.mark.django_db
def test_times_days_and_spans_mean_the_same():
    """A value that stands beside an interval would be taken for one, were its type not said."""
    for hours in (1, 5):
        AuditEvent.objects.create(at=NOW - timedelta(hours=hours), action="read", resource="note", acting_as="owner")
    lately = Prepared(
        lambda: AuditEvent.objects.filter(at__gt=given("now") - timedelta(hours=2), at__date=given("day"))
    )
    for _ in range(3):
        rows, _ = asked(lately, now=NOW, day=date(2026, 11, 21))
        assert [row.at for row in rows] == [NOW - timedelta(hours=1)]


@pytest.mark.django_db
def test_a_number_too_large_for_the_usual_size_and_none_are_asked_apart():
    ana = a_person("Ana")
    question = Prepared(lambda: User.objects.filter(pk=given("user")))
    for _ in range(2):
        assert question.ask(user=ana.pk) == [ana]
        assert question.ask(user=2**40) == []
        assert question.ask(user=None) == []


@pytest.mark.django_db
def test_a_change_counts_its_rows_and_keeps_every_kind_of_value():
    ana, ben = a_person("Ana"), a_person("Ben")
    change = PreparedUpdate(
        lambda: User.objects.filter(pk=given("user"), name=given("was")),
        name=given("name"), roles=given("roles"), created_at=given("at"), email=Concat(Value("100%"), F("email")),
    )  # fmt: skip
    for turn in range(3):
        told = {"user": ana.pk, "name": f"Ana {turn + 1}", "roles": ["owner"] * turn, "at": NOW}
        assert change.run(**told, was=f"Ana {turn}" if turn else "Ana") == 1
        assert change.run(**told, was="Nobody") == 0
    ana.refresh_from_db()
    ben.refresh_from_db()

    assert (ana.name, ana.roles, ana.created_at) == ("Ana 3", ["owner", "owner"], NOW)
    assert ana.email == "100%" * 3 + "ana@oldmill.example"
    assert ben.name == "Ben"


@pytest.mark.django_db
def test_a_value_that_was_not_given_is_an_error():
    with pytest.raises(KeyError):
        people().ask(person=1)
    with pytest.raises(KeyError):
        PreparedUpdate(lambda: User.objects.filter(pk=given("user")), name=given("name")).run(user=1)


@pytest.mark.django_db
@drawn(st.lists(st.sampled_from(["%s", "%%", "$1", "'", "ü"]), max_size=8))
def test_signs_in_the_sql_stay_what_they_are(signs):
    """Doubled per cent signs, dollars and quotes of a text are not taken for places."""
    text = "".join(sign for sign in signs if sign != "%s").replace("'", "''")
    statement = Statement(f"SELECT '{text}', %s, %s::text", ["fixed %s", Place("word")])
    told = []
    for _ in range(3):
        with connection.cursor() as cursor:
            cursor.execute(*statement.call(connection, {"word": "50 %"}))
            told.append(cursor.fetchone())
    assert set(told) == {("".join(s for s in signs if s != "%s").replace("%%", "%"), "fixed %s", "50 %")}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("boolean", True), ("integer", 7), ("bigint", 2**40), ("numeric", Decimal("0.5")), ("text", "O'Neil \\ %"),
        ("timestamptz", NOW), ("date", date(2026, 2, 28)), ("interval", timedelta(minutes=3)),
        ("uuid", UUID(int=5)), ("text[]", ["a", "b"]), ("text[]", []), ("text", None),
    ],
)  # fmt: skip
def test_every_kind_of_value_comes_through(kind, value):
    statement = Statement(f"SELECT %s::{kind}", [Place("value")])
    for _ in range(3):
        with connection.cursor() as cursor:
            cursor.execute(*statement.call(connection, {"value": value}))
            assert cursor.fetchone() == (value,)

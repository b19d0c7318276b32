"""A prepared question asks what its queryset asks, with the values of each time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.test.utils import CaptureQueriesContext

from clinic.audit.models import AuditEvent
from clinic.kernel import clock
from clinic.kernel.prepared import Prepared, given
from clinic.staff.models import User

pytestmark = pytest.mark.django_db


def a_person(name):
    return User.objects.create(email=f"{name.lower()}@oldmill.example", name=name, created_at=clock.now())


def an_act(who, action="read", ago=0):
    return AuditEvent.objects.create(
        at=clock.now() - timedelta(hours=ago), actor_id=who.pk, action=action, resource="note", acting_as="owner"
    )


def acts_of(actor, since):
    return AuditEvent.objects.filter(actor_id=actor, at__gte=since).order_by("-at", "-id")


def test_each_time_is_asked_with_its_own_values_in_one_statement():
    ana, ben = a_person("Ana"), a_person("Ben")
    old, new, other = an_act(ana, ago=5), an_act(ana, ago=1), an_act(ben)
    question = Prepared(lambda: acts_of(given("actor"), given("since")))
    long_ago, lately = clock.now() - timedelta(days=1), clock.now() - timedelta(hours=2)
    assert question.ask(actor=ana.pk, since=long_ago) == [new, old]
    with CaptureQueriesContext(connection) as asked:
        assert question.ask(actor=ana.pk, since=lately) == [new]
    assert len(asked) == 1
    assert question.ask(actor=ben.pk, since=long_ago) == [other]
    assert question.ask(actor=ben.pk, since=long_ago)[0].action == "read"


def test_the_queryset_is_built_once():
    built = []

    def build():
        built.append(1)
        return acts_of(given("actor"), given("since"))

    question = Prepared(build)
    for _ in range(3):
        question.ask(actor=1, since=clock.now())
    assert built == [1]


def test_a_text_is_a_value_and_never_a_piece_of_the_statement():
    ana = a_person("Ana")
    an_act(ana)
    question = Prepared(lambda: User.objects.filter(name=given("name")))
    assert question.ask(name="Ana") == [ana]
    assert question.ask(name="' OR 1=1 --") == []
    assert question.ask(name="%s") == []


def test_annotations_and_rows_beside_come_as_from_the_queryset():
    ana = a_person("Ana")
    an_act(ana, "read", ago=2)
    an_act(ana, "sign", ago=1)
    acts = AuditEvent.objects.filter(actor_id=OuterRef("pk"), at__gte=given("since")).order_by("at")
    question = Prepared(
        lambda: User.objects.filter(pk=given("user")).annotate(
            acts=ArraySubquery(acts.values(json=JSONObject(action="action"))), called=F("name")
        )
    )
    found = question.get(user=ana.pk, since=clock.now() - timedelta(days=1))
    assert found.acts == [{"action": "read"}, {"action": "sign"}]
    assert found.called == "Ana"
    assert question.get(user=ana.pk, since=clock.now()).acts == []


def test_values_and_flat_lists_come_as_from_the_queryset():
    ana = a_person("Ana")
    assert Prepared(lambda: User.objects.filter(pk=given("user")).values("name")).ask(user=ana.pk) == [{"name": "Ana"}]
    flat = Prepared(lambda: User.objects.filter(pk=given("user")).values_list("name", flat=True))
    assert flat.ask(user=ana.pk) == ["Ana"]


def test_nothing_found_is_none_or_the_models_own_error():
    question = Prepared(lambda: User.objects.filter(pk=given("user")))
    assert question.first(user=0) is None
    with pytest.raises(User.DoesNotExist):
        question.get(user=0)


def test_a_value_that_is_missing_is_an_error():
    with pytest.raises(KeyError):
        Prepared(lambda: User.objects.filter(pk=given("user"))).ask(person=1)


def test_prefetches_are_refused():
    with pytest.raises(TypeError):
        Prepared(lambda: User.objects.filter(pk=given("user")).prefetch_related("groups")).ask(user=1)


@pytest.mark.django_db(transaction=True)
def test_many_threads_ask_at_once_on_connections_of_their_own():
    people = [a_person(f"Person{number}") for number in range(8)]
    question = Prepared(lambda: User.objects.filter(pk=given("user")))

    def ask(person):
        try:
            return [question.get(user=person.pk).name for _ in range(20)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, people))
    assert answers == [[person.name] * 20 for person in people]

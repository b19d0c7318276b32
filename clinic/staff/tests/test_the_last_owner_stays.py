"""A clinic always has an owner who may sign in; the database says so last."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.staff.models import User
from clinic.staff.services import users
from clinic.staff.services.users import Refused
from clinic.staff.tests.cast import NOW, a_user


@pytest.mark.django_db
def test_the_last_owner_is_not_switched_off(alice):
    dora = a_user("Dora", "owner")
    dora.is_active = False
    dora.save()

    with pytest.raises(Refused, match="last owner"):
        users.switch_off(user=alice, by=dora, now=NOW)


@pytest.mark.django_db
def test_the_last_owner_keeps_the_role(alice):
    other = a_user("Dora", "front-desk")

    with pytest.raises(Refused, match="last owner"):
        users.amend_user(user=alice, name="Alice", email=alice.email, roles=["front-desk"], by=other, now=NOW)


@pytest.mark.django_db
def test_one_of_two_owners_may_go(alice):
    dora = a_user("Dora", "owner")

    users.switch_off(user=dora, by=alice, now=NOW)

    assert not User.objects.get(pk=dora.pk).is_active


@pytest.mark.django_db
def test_nobody_switches_themselves_off(alice):
    a_user("Dora", "owner")

    with pytest.raises(Refused, match="yourself"):
        users.switch_off(user=alice, by=alice, now=NOW)


@pytest.mark.django_db
def test_nobody_gives_themselves_a_role(alice):
    a_user("Dora", "owner")

    with pytest.raises(Refused, match="their own roles") as refused:
        users.amend_user(
            user=alice, name="Alice", email=alice.email, roles=["owner", "practitioner"], by=alice, now=NOW
        )
    assert refused.value.field == "roles"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [{"is_active": False}, {"roles": ["front-desk"]}, {"roles": []}])
def test_the_database_refuses_what_the_code_forgets(change):
    alice = a_user("Alice", "owner")
    a_user("Bob", "front-desk")

    with pytest.raises(IntegrityError, match="at least one owner"):
        User.objects.filter(pk=alice.pk).update(**change)

    assert User.objects.get(pk=alice.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_the_order_inside_one_transaction_does_not_matter():
    alice, dora = a_user("Alice", "owner"), a_user("Dora", "front-desk")

    with transaction.atomic():
        User.objects.filter(pk=alice.pk).update(roles=["front-desk"])
        User.objects.filter(pk=dora.pk).update(roles=["owner"])

    assert User.objects.get(pk=dora.pk).is_owner


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_switch_each_other_off_at_once_leave_one():
    alice, dora = a_user("Alice", "owner"), a_user("Dora", "owner")
    start, ends = threading.Barrier(2), []

    def switch(user, by):
        start.wait()
        try:
            users.switch_off(user=user, by=by, now=NOW)
            ends.append("off")
        except Refused:
            ends.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=switch, args=pair) for pair in ((alice, dora), (dora, alice))]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(ends) == ["off", "refused"]
    assert User.objects.filter(is_active=True, roles__contains=["owner"]).count() == 1

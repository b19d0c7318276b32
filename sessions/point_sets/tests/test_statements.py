"""How many statements the pages of point sets take."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sessions.point_sets.services import make_set
from sessions.tests.world import NOW, a_clinic, counted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sets", [1, 40])
def test_the_pages_take_the_same_for_one_set_and_for_many(sets):
    chen = a_clinic().chen.user
    made = [make_set(name=f"Set {n}", line="GV20", shared=True, by=chen, now=NOW) for n in range(sets)]
    browser = Client()
    browser.force_login(chen)
    pages = {"find": ([], 1), "list": ([], 3), "new": ([], 1), "set": ([made[0].public_id], 2)}

    for name, (ids, most) in pages.items():
        with counted() as statements:
            assert browser.get(reverse(f"point_sets:{name}", args=ids)).status_code == 200
        assert len(statements) <= most, "\n".join([name, *statements])

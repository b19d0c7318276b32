"""A page nobody judged is a page that is closed."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path

from clinic.policy.middleware import tag_of
from clinic.policy.table import ROLES, TABLE
from clinic.policy.tags import policy


def routes(resolver=None, prefix=""):
    """Walk every URL pattern; yields (path, view)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def test_every_route_carries_a_tag():
    without = [route for route, view in routes() if tag_of(view) is None]

    assert without == []


def test_open_routes_say_why():
    silent = [route for route, view in routes() if tag_of(view).kind != "cell" and not tag_of(view).why]

    assert silent == []


def test_a_tag_outside_the_table_is_refused_at_import():
    with pytest.raises(KeyError):
        policy("note", "burn")


def test_the_table_knows_only_known_roles():
    assert all(roles <= set(ROLES) for roles in TABLE.values())


def untagged(request):
    return HttpResponse("open")


urlpatterns = [path("untagged/", untagged)]


@pytest.mark.urls("clinic.policy.tests.test_every_route_has_a_policy")
@pytest.mark.django_db
def test_a_route_without_a_policy_answers_403():
    response = Client().get("/untagged/")

    assert response.status_code == 403

"""Point sets are made, renamed, shared, retired and brought back; a point is found while one types."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AuditEvent
from clinic.staff.models import Practitioner
from sessions.point_sets import services
from sessions.point_sets.models import PointSet
from sessions.tests.world import NOW, a_clinic, a_practitioner

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return a_clinic()


@pytest.fixture
def browser(clinic):
    return signed_in(clinic.chen.user)


def signed_in(user):
    browser = Client()
    browser.force_login(user)
    return browser


def post(browser, page, *args, **fields):
    data = {"form_token": str(uuid.uuid4()), "end": "1", **fields}
    return browser.post(reverse(f"point_sets:{page}", args=args), data)


def make(clinic, name="Low back", line="BL23 b", shared=False):
    return services.make_set(name=name, line=line, shared=shared, by=clinic.chen.user, now=NOW)


def test_a_set_is_kept_with_codes_and_sides_written_out(clinic, browser):
    answer = post(browser, "new", name="Low back", line="shenshu b, bl31-32 l +, mingmen, st36~sp6 l 2hz")

    assert answer.status_code == 302
    kept = PointSet.objects.get()
    assert kept.line == "BL23 b, BL31 l +, BL32 l +, GV4, ST36~SP6 l 2hz"
    assert (kept.made_by, kept.shared) == (clinic.chen.user, False)
    assert AuditEvent.objects.filter(resource="point-set", action="add", object_id=kept.pk).count() == 1


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("st36", "ST36: which side?"),
        ("shenmen b", "is the name of 2 points"),
        ("qqzz", "is no point we know"),
        ("cv8", "is a landmark"),
        ("-gb30 l", "takes a point out"),
        ("", "Please type at least one point."),
    ],
)
def test_a_line_that_asks_is_no_set_and_what_was_typed_is_kept(browser, line, sentence):
    answer = post(browser, "new", name="Mine", line=line)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    assert not PointSet.objects.exists()


def test_two_sets_of_one_practitioner_have_two_names(clinic, browser):
    make(clinic)

    answer = post(browser, "new", name="low BACK", line="gv4")

    assert "There is a set with the name low BACK already." in answer.content.decode()
    assert PointSet.objects.count() == 1


def test_own_sets_are_seen_by_nobody_else_and_shared_ones_by_all(clinic):
    mine, ours = make(clinic), make(clinic, "Calm", "GV20", shared=True)
    other = signed_in(a_practitioner("Dr. Wu").user)

    page = other.get(reverse("point_sets:list")).content.decode()

    assert "Calm" in page
    assert "Low back" not in page
    assert other.get(reverse("point_sets:set", args=[mine.public_id])).status_code == 404
    assert post(other, "retire", mine.public_id).status_code == 404
    assert other.get(reverse("point_sets:set", args=[ours.public_id])).status_code == 200


def test_a_set_is_renamed_and_two_who_change_it_do_not_overwrite(clinic, browser):
    kept = make(clinic)

    first = post(browser, "set", kept.public_id, version="1", name="Lumbar", line="bl23 b, gv4")
    second = post(browser, "set", kept.public_id, version="1", name="Other", line="gv4")

    kept.refresh_from_db()
    assert (first.status_code, kept.name, kept.line, kept.version) == (302, "Lumbar", "BL23 b, GV4", 2)
    assert "Somebody changed this set meanwhile." in second.content.decode()


def test_a_shared_set_stays_shared(clinic, browser):
    kept = make(clinic, shared=True)

    answer = post(browser, "set", kept.public_id, version="1", name="Low back", line="bl23 b")

    assert "Others use this set." in answer.content.decode()
    assert PointSet.objects.get().shared


def test_a_retired_set_is_offered_no_more_and_comes_back(clinic, browser):
    kept = make(clinic)

    post(browser, "retire", kept.public_id)
    post(browser, "retire", kept.public_id)
    retired = list(PointSet.objects.seen_by(clinic.chen.user.pk).in_use())
    post(browser, "bring_back", kept.public_id)

    assert retired == []
    assert list(PointSet.objects.seen_by(clinic.chen.user.pk).in_use()) == [kept]
    assert AuditEvent.objects.filter(resource="point-set", action="retire").count() == 1


def test_a_name_that_went_on_keeps_a_retired_set_from_coming_back(clinic, browser):
    kept = make(clinic)
    post(browser, "retire", kept.public_id)
    make(clinic)

    answer = browser.post(reverse("point_sets:bring_back", args=[kept.public_id]), follow=True)

    assert "Please rename that one first." in answer.content.decode()


def test_a_practitioner_says_what_a_missing_side_means(clinic, browser):
    post(browser, "side", side_unsaid="both")
    assert Practitioner.objects.get(pk=clinic.chen.pk).side_unsaid == "both"
    assert post(browser, "new", name="Legs", line="st36, sp6").status_code == 302
    assert PointSet.objects.get().line == "ST36 b, SP6 b"

    post(browser, "side", side_unsaid="ask")
    post(browser, "side", side_unsaid="sideways")
    assert Practitioner.objects.get(pk=clinic.chen.pk).side_unsaid == ""


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("hegu", ["LI4"]),
        ("合谷", ["LI4"]),
        ("shenmen", ["HT7", "EAR-TF4"]),
        ("st3", ["ST3", "ST30", "ST31"]),
        ("qqzz", []),
    ],
)
def test_a_point_is_found_while_one_types(browser, typed, codes):
    answer = browser.get(reverse("point_sets:find"), {"q": typed})

    found = [part.split('"')[0] for part in answer.content.decode().split('data-autocomplete-value="')[1:]]
    assert found[: len(codes)] == codes
    assert len(answer.content) < 4000
    assert ("No point is called like this." in answer.content.decode()) == (not codes)

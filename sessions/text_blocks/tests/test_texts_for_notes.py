"""Texts for notes are made, changed, shared, retired and brought back; who may do which."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AuditEvent
from clinic.staff.tests.cast import a_user
from sessions.tests.world import NOW, a_clinic, a_practitioner
from sessions.text_blocks import querysets, services
from sessions.text_blocks.models import LONGEST, TextBlock

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


def post(browser, page, *args, follow=False, **fields):
    data = {"form_token": str(uuid.uuid4()), "end": "1", **fields}
    return browser.post(reverse(f"text_blocks:{page}", args=args), data, follow=follow)


def make(user, name="rest", words="Rest after ___.", part="plan", shared=False):
    return services.make_block(name=name, words=words, part=part, shared=shared, by=user, now=NOW)


def offered(user):
    return [block.name for block in TextBlock.objects.seen_by(user.pk).in_use()]


def events(block, action):
    return AuditEvent.objects.filter(resource="text-block", action=action, object_id=block.pk).count()


def test_a_text_is_kept_as_it_was_typed(clinic, browser):
    answer = post(browser, "new", name="  rest ", words="Rest today.\r\nBack in ___ days. ", part="plan")

    assert answer.status_code == 302
    kept = TextBlock.objects.get()
    assert (kept.name, kept.words, kept.part) == ("rest", "Rest today.\nBack in ___ days.", "plan")
    assert (kept.made_by, kept.shared, events(kept, "add")) == (clinic.chen.user, False, 1)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Please give it a short name."),
        ({"name": "n" * 61}, "This is 61 characters long"),
        ({"words": " \n "}, "Please write the words."),
        ({"words": "w" * (LONGEST + 1)}, "This is 1,001 characters long; 1,000 fit here."),
        ({"part": "needles"}, "Please choose one of these."),
        ({"part": ""}, "Please choose one."),
    ],
)
def test_what_cannot_be_kept_says_why_and_keeps_what_was_typed(browser, fields, sentence):
    answer = post(browser, "new", **{"name": "rest", "words": "Rest.", "part": "plan", **fields})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert ("Rest." if "words" not in fields else 'value="rest"') in page
    assert not TextBlock.objects.exists()


def test_the_page_says_that_nothing_of_a_patient_stands_in_a_text(browser):
    page = browser.get(reverse("text_blocks:new")).content.decode()

    assert "Nothing of a patient: no name, no date, no finding of one person." in page
    assert 'id="id_words_helptext"' in page
    assert 'aria-describedby="id_words_helptext"' in page


def test_a_new_text_begins_with_the_part_it_was_asked_from(browser):
    page = browser.get(reverse("text_blocks:new"), {"part": "objective"})
    other = browser.get(reverse("text_blocks:new"), {"part": "<b>"})

    assert page.context["form"]["part"].value() == "objective"
    assert other.context["form"]["part"].value() == "any"


def test_own_texts_are_seen_by_nobody_else_and_shared_ones_by_all(clinic):
    mine, ours = make(clinic.chen.user), make(clinic.chen.user, "calm", shared=True)
    other = a_practitioner("Dr. Wu").user
    theirs = signed_in(other)

    page = theirs.get(reverse("text_blocks:list")).content.decode()

    assert "calm" in page
    assert "rest" not in offered(other)
    assert theirs.get(reverse("text_blocks:block", args=[mine.public_id])).status_code == 404
    assert post(theirs, "retire", mine.public_id).status_code == 404
    answer = post(theirs, "block", ours.public_id, version="1", name="calm", words="Calm.", part="any", shared="on")
    assert answer.status_code == 302
    ours.refresh_from_db()
    assert (ours.words, ours.part, ours.version, events(ours, "amend")) == ("Calm.", "any", 2, 1)


def test_an_owner_who_writes_no_notes_keeps_shared_texts_only(clinic):
    mine = make(clinic.chen.user)
    owner = a_user("Alice", "owner")
    browser = signed_in(owner)

    page = browser.get(reverse("text_blocks:new")).content.decode()
    post(browser, "new", name="sleep", words="Sleep well.", part="any")

    assert "Share it with all practitioners" not in page
    assert TextBlock.objects.get(name="sleep").shared
    assert browser.get(reverse("text_blocks:block", args=[mine.public_id])).status_code == 404
    assert signed_in(a_user("Bob", "front-desk")).get(reverse("text_blocks:list")).status_code == 403


def test_who_wrote_notes_once_keeps_an_own_text_own(clinic, browser):
    kept = make(clinic.chen.user)
    clinic.chen.user.roles = ["owner"]
    clinic.chen.user.save()

    post(browser, "block", kept.public_id, version="1", name="rest", words="Rest.", part="plan")

    kept.refresh_from_db()
    assert (kept.words, kept.shared) == ("Rest.", False)


def test_two_who_change_a_text_do_not_overwrite_and_a_shared_one_stays_shared(clinic, browser):
    kept = make(clinic.chen.user, shared=True)
    said = {"version": "1", "words": "Words.", "part": "plan", "shared": "on"}

    first = post(browser, "block", kept.public_id, **said, name="one")
    second = post(browser, "block", kept.public_id, **said, name="two")
    third = post(browser, "block", kept.public_id, **{**said, "version": "2", "shared": ""}, name="one")

    kept.refresh_from_db()
    assert (first.status_code, kept.name, kept.shared) == (302, "one", True)
    assert "Somebody changed this text meanwhile." in second.content.decode()
    assert "Others use this text." in third.content.decode()


def test_a_retired_text_is_offered_no_more_and_one_press_brings_it_back(clinic, browser):
    kept = make(clinic.chen.user)

    page = post(browser, "retire", kept.public_id, follow=True).content.decode()
    post(browser, "retire", kept.public_id)
    retired = offered(clinic.chen.user)
    post(browser, "bring_back", kept.public_id)
    post(browser, "bring_back", kept.public_id)

    assert f'action="{reverse("text_blocks:bring_back", args=[kept.public_id])}"' in page
    assert (retired, offered(clinic.chen.user)) == ([], ["rest"])
    assert (events(kept, "retire"), events(kept, "bring-back")) == (1, 1)


def test_a_name_that_went_on_keeps_a_retired_text_from_coming_back(clinic, browser):
    kept = make(clinic.chen.user)
    post(browser, "retire", kept.public_id)
    make(clinic.chen.user, name="REST")

    again = post(browser, "new", name="Rest", words="Rest.", part="any")
    page = post(browser, "bring_back", kept.public_id, follow=True).content.decode()

    assert "There is a text with the name Rest already." in again.content.decode()
    assert "Please rename that one first." in page
    assert offered(clinic.chen.user) == ["REST"]


def test_more_texts_than_a_note_offers_are_refused_in_words(clinic, browser, monkeypatch):
    monkeypatch.setattr(services, "MOST_OWN", 2)
    monkeypatch.setattr(services, "MOST_SHARED", 1)
    user = clinic.chen.user
    one, _, shared = make(user, "one"), make(user, "two"), make(user, "three", shared=True)

    own = post(browser, "new", name="four", words="Words.", part="any").content.decode()
    ours = post(browser, "new", name="five", words="Words.", part="any", shared="on").content.decode()
    turned = post(browser, "block", one.public_id, version="1", name="one", words="W.", part="any", shared="on")
    post(browser, "retire", shared.public_id)
    moved = post(browser, "block", one.public_id, version="1", name="one", words="W.", part="any", shared="on")
    back = post(browser, "bring_back", shared.public_id, follow=True).content.decode()

    assert "You have 2 texts already." in own
    assert "The clinic shares 1 texts already." in ours
    assert "The clinic shares 1 texts already." in turned.content.decode()
    assert moved.status_code == 302
    assert "The clinic shares 1 texts already." in back
    assert offered(user) == ["one", "two"]
    assert querysets.MOST_SHARED + querysets.MOST_OWN == 150


def test_the_house_keeps_no_endless_number(clinic, browser, monkeypatch):
    monkeypatch.setattr(services, "MOST_EVER", 1)
    make(clinic.chen.user)

    answer = post(browser, "new", name="two", words="Words.", part="any")

    assert "There are 1 texts with those out of use." in answer.content.decode()


@pytest.mark.parametrize("wrong", [{"part": "needles"}, {"words": ""}])
def test_the_database_keeps_no_text_without_words_or_part(clinic, wrong):
    kept = make(clinic.chen.user)

    with pytest.raises(IntegrityError), transaction.atomic():
        TextBlock.objects.filter(pk=kept.pk).update(**wrong)


def test_the_ways_to_what_one_keeps_stand_in_settings_and_account(clinic, browser):
    desk, owner = signed_in(clinic.desk), signed_in(a_user("Alice", "owner"))
    places = {name: reverse(name) for name in ("text_blocks:list", "point_sets:list", "habits:needles")}

    def ways(client, page):
        html = client.get(reverse(page)).content.decode()
        return [name for name, address in places.items() if f'href="{address}"' in html]

    for page in ("opening:settings", "staff:account"):
        assert ways(browser, page) == list(places)
        assert ways(owner, page) == ["text_blocks:list"]
        assert ways(desk, page) == []

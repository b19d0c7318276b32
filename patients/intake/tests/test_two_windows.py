"""Two windows with different answers: nothing is overwritten silently, nothing is lost, one form is handed in."""

from __future__ import annotations

import re
import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.kernel import clock
from patients.intake import querysets, services, steps
from patients.intake.models import Draft, IntakeSubmission, QuestionnaireRequest, SecondVersion
from patients.intake.services import filling, second_versions
from patients.intake.tests.conftest import AGREEMENT, ANSWERS, COMPLAINT, row
from patients.models import Consent
from patients.services.record import Signature

LEFT, RIGHT = COMPLAINT | {"goal": "Swim again"}, COMPLAINT | {"goal": "Walk to the shop"}


def both_pages(phone, link):
    """One page opened in two windows, saved in the first."""
    phone.fill(link, until=1)
    seen = phone.version(2)
    assert phone.send(2, LEFT, version=seen).status_code == 302
    return seen, phone.send(2, RIGHT, version=seen)


def choose(phone, page, choice):
    version = re.search(r'name="version" value="(\d+)"', page.content.decode())[1]
    said = RIGHT | {"version": version, "form_token": str(uuid.uuid4()), "end": "1", "choice": choice}
    return phone.client.post("/i/form/2/choose/", said)


def goals(asked):
    return row(asked).draft.data["2"]["goal"], [one.answers["goal"] for one in SecondVersion.objects.all()]


def test_what_is_not_chosen_stays_as_a_second_version(link, asked, phone):
    _, page = both_pages(phone, link)

    assert page.status_code == 409
    assert choose(phone, page, "mine").headers["Location"].startswith("/i/form/")
    assert goals(asked) == ("Walk to the shop", ["Swim again"])


def test_what_was_saved_may_stay_and_the_other_is_kept_beside_it_once(link, asked, phone):
    _, page = both_pages(phone, link)

    for _ in range(2):
        assert choose(phone, page, "saved").headers["Location"] == "/i/form/2/"
    assert goals(asked) == ("Swim again", ["Walk to the shop"])


def test_the_check_goes_red_for_a_window_that_claims_to_have_seen_everything(link, asked, phone):
    phone.fill(link, until=1)
    phone.send(2, LEFT)

    # The guard off: a version beyond every other one.
    assert phone.send(2, RIGHT, version=2_000_000_000).status_code == 302
    assert goals(asked) == ("Walk to the shop", [])


def test_a_page_sent_after_the_form_was_handed_in_is_kept_beside_it(link, asked, phone):
    phone.fill(link)
    seen = phone.version(2)
    assert phone.send(steps.LAST, AGREEMENT).status_code == 302

    late = phone.send(2, RIGHT, version=seen)

    assert late.headers["Location"] == "/i/sent/"
    assert [one.answers["goal"] for one in SecondVersion.objects.all()] == ["Walk to the shop"]
    assert IntakeSubmission.objects.get().answers["2"]["goal"] == COMPLAINT["goal"]
    assert "Walk to the shop" not in phone.get("/i/sent/").content.decode()


def test_the_same_page_sent_again_afterwards_is_no_second_version(link, phone):
    phone.fill(link)
    seen = phone.version(2)
    phone.send(steps.LAST, AGREEMENT)

    assert phone.send(2, ANSWERS[2], version=seen).headers["Location"] == "/i/sent/"
    assert not SecondVersion.objects.exists()


def test_nobody_fills_the_record_with_second_versions(link, asked, phone):
    phone.fill(link)
    for number in range(second_versions.MOST + 5):
        services.keep_second(request=row(asked), step=2, answers={"goal": str(number)}, now=clock.now())

    assert SecondVersion.objects.count() == second_versions.MOST


def test_a_second_version_is_never_changed(link, asked, phone):
    phone.fill(link, until=1)
    services.keep_second(request=row(asked), step=1, answers={"goal": "x"}, now=clock.now())

    for act in (lambda: SecondVersion.objects.update(step=2), lambda: SecondVersion.objects.all().delete()):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            act()


def hand_in(asked):
    now = clock.now()
    return services.submit(
        request=querysets.in_work(asked.public_id, asked.version, now),
        signed=services.Signed(querysets.consent_texts("en"), Signature("María")),
        told_before=False,
        today=timezone.localdate(now),
        now=now,
    )


def test_a_form_handed_in_twice_is_one_and_without_the_guard_the_database_says_no(link, asked, phone):
    phone.fill(link)
    assert hand_in(asked) is not None
    consents = Consent.objects.count()
    assert phone.send(steps.LAST, version=9).status_code == 404
    assert (IntakeSubmission.objects.count(), Consent.objects.count()) == (1, consents)

    # The guard off: the form has forgotten that it was handed in.
    QuestionnaireRequest.objects.filter(pk=asked.pk).update(state="begun", submitted_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        hand_in(asked)


def test_a_page_saved_in_the_moment_of_handing_in_is_not_left_out(link, asked, phone):
    phone.fill(link)
    now = clock.now()
    read_before = querysets.in_work(asked.public_id, asked.version, now)
    phone.send(2, RIGHT)

    handed = services.submit(
        request=read_before, signed=services.Signed((), Signature("María")), told_before=False,
        today=timezone.localdate(now), now=now,
    )  # fmt: skip

    assert handed is None
    assert row(asked).state == "begun"
    assert not IntakeSubmission.objects.exists()


def by_a_join(draft):
    """The guard as it must not be: with the version in a subquery, a row that waited is not looked at again."""
    return Draft.objects.filter(pk=draft.pk, version=draft.version, request__state="begun")


def by_its_own_column(draft):
    return Draft.objects.filter(filling.Exists(filling._open_form()), pk=draft.pk, version=draft.version)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("held_by", "overwritten"), [(by_its_own_column, 0), (by_a_join, 1)])
def test_of_two_savings_in_one_moment_the_second_waits_and_finds_another_version(
    link, asked, phone, held_by, overwritten
):
    phone.begin(link)
    draft, written, first_wrote = row(asked).draft, [], threading.Event()

    def second():
        try:
            first_wrote.wait(5)
            written.append(held_by(draft).update(version=draft.version + 1))
        finally:
            connection.close()

    other = threading.Thread(target=second)
    other.start()
    with transaction.atomic():
        assert held_by(draft).update(version=draft.version + 1) == 1
        first_wrote.set()
        other.join(0.5)
    other.join(5)

    assert written == [overwritten]


def test_a_saving_that_comes_late_and_says_what_stands_is_no_other_window(link, asked, phone):
    """The page was left by its button while it saved itself; it was opened again before that saving arrived."""
    phone.fill(link, until=1)
    seen = phone.version(2)
    assert phone.send(2, LEFT, version=seen).status_code == 302
    opened_again = phone.version(2)
    late = LEFT | {"version": seen, "form_token": str(uuid.uuid4()), "end": "1"}
    assert phone.client.post("/i/form/2/keep/", late).status_code == 200
    assert phone.send(2, LEFT, version=seen).status_code == 302

    typed = RIGHT | {"version": opened_again, "form_token": str(uuid.uuid4()), "end": "1"}
    assert phone.client.post("/i/form/2/keep/", typed).status_code == 200
    assert goals(asked) == ("Walk to the shop", [])

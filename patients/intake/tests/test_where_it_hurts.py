from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from patients import body
from patients.intake import steps
from patients.intake.models import QuestionnaireRequest
from patients.intake.tests.conftest import CONTACT, PLACES, row
from patients.models import PainMark


def marked(asked):
    return row(asked).draft.data[str(steps.PLACES)]


def test_each_place_keeps_its_strength_and_kinds(link, asked, phone):
    phone.fill(link, until=steps.PLACES)

    assert marked(asked) == {
        "places": [
            {"code": "front-knee-left", "strength": 3, "kinds": []},
            {"code": "neck", "strength": 6, "kinds": ["ache", "pulling"]},
        ],
        "nowhere": False,
    }


def test_places_alone_are_kept_on_the_page_and_asked_how_strong(link, asked, phone):
    phone.fill(link, until=steps.COMPLAINT)

    page = phone.send(steps.PLACES, {"places": ["low-back"]})

    words = page.content.decode()
    assert page.status_code == 200
    assert "Now please say how strong it is in each place." in words
    assert "Low back: how strong is it?" in words
    assert 'value="low-back" id="id_places_27" checked' in words or 'name="strength_low-back"' in words
    assert phone.send(steps.PLACES, {"places": ["low-back"], "strength_low-back": "0"}).status_code == 302
    assert marked(asked)["places"] == [{"code": "low-back", "strength": 0, "kinds": []}]


def test_no_one_place_is_an_answer_and_nothing_is_none(link, asked, phone):
    phone.fill(link, until=steps.COMPLAINT)

    assert "Please tap where it hurts" in phone.send(steps.PLACES, {}).content.decode()
    both = phone.send(steps.PLACES, {"places": ["neck", "nowhere"], "strength_neck": "3"})
    assert "cannot stand beside another tick" in both.content.decode()
    assert phone.send(steps.PLACES, {"places": ["nowhere"]}).status_code == 302
    assert marked(asked) == {"places": [], "nowhere": True}


@pytest.mark.parametrize("strength", ["11", "-1", "x", "3.5", ""])
def test_a_strength_that_is_none_is_said_and_the_rest_is_kept(link, phone, strength):
    phone.fill(link, until=steps.COMPLAINT)

    page = phone.send(steps.PLACES, PLACES | {"strength_neck": strength})

    words = page.content.decode()
    assert page.status_code == 200
    assert "from 0 to 10" in words
    assert 'name="strength_front-knee-left" value="3" id="id_strength_front-knee-left_3" checked' in words


def test_what_was_saved_stands_on_the_page_and_on_the_figure(link, phone):
    phone.fill(link, until=steps.PLACES)

    page = phone.get(f"/i/form/{steps.PLACES}/").content.decode()

    assert 'data-place="neck" d="M91 57H109L111 71C104 74 96 74 89 71Z" class="is-on"' in page
    assert 'data-number="front-knee-left" x="119" y="311" class="on-some">3<' in page
    assert "6 of 10" in page
    assert "dull, aching, pulling, cramping" in page


def test_a_helper_may_leave_the_strength_to_the_patient(link, asked, phone):
    phone.begin(link)
    phone.send(steps.CONTACT, CONTACT | {"filled_by": "helper", "helper": "her sister"})
    phone.send(steps.COMPLAINT)

    assert "Please let them answer" in phone.get(f"/i/form/{steps.PLACES}/").content.decode()
    assert phone.send(steps.PLACES, {"places": ["neck"]}).status_code == 302
    assert marked(asked)["places"] == [{"code": "neck", "strength": None, "kinds": []}]


@pytest.mark.parametrize("place", ["low-back", "upper-back"])
def test_a_mark_on_the_back_asks_for_the_signs_of_back_pain(link, phone, place):
    phone.fill(link, until=steps.COMPLAINT)
    health = f"/i/form/{steps.HEALTH}/"

    phone.send(steps.PLACES)
    assert "red_flag_back.saddle" not in phone.get(health).content.decode()
    phone.send(steps.PLACES, {"places": [place], f"strength_{place}": "5"})
    assert "red_flag_back.saddle" in phone.get(health).content.decode()


def test_the_back_marked_later_asks_the_safety_list_again(link, phone):
    phone.fill(link)
    phone.send(steps.PLACES, {"places": ["low-back"], "strength_low-back": "5"})

    assert phone.get(f"/i/form/{steps.AGREEMENT}/").headers["Location"] == f"/i/form/{steps.HEALTH}/"


def test_marks_come_into_the_record_with_side_and_view(link, phone, maria):
    phone.fill(link)
    phone.send(steps.AGREEMENT)

    said = PainMark.objects.values_list("place", "side", "view", "strength", "kinds", "source", "answered_by")
    assert list(said) == [
        ("knee", "left", "front", 3, [], "intake", ""),
        ("neck", "", "back", 6, ["ache", "pulling"], "intake", ""),
    ]
    assert len({mark.recorded_at for mark in maria.pain_marks.all()}) == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        PainMark.objects.create(
            patient=maria, place="neck", view="back", strength=11, source="intake", recorded_at=row_time(maria)
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        PainMark.objects.create(patient=maria, place="neck", view="back", source="intake", recorded_at=row_time(maria))


def row_time(patient):
    return patient.pain_marks.first().recorded_at


def test_marks_of_a_helper_say_so(link, phone, maria):
    phone.begin(link)
    phone.send(steps.CONTACT, CONTACT | {"filled_by": "helper", "helper": "her sister"})
    for step in range(steps.COMPLAINT, steps.LAST + 1):
        phone.send(step, **({"signer": "on"} if step == steps.AGREEMENT else {}))

    assert set(maria.pain_marks.values_list("answered_by", flat=True)) == {"her sister"}


def test_the_left_of_a_person_is_on_the_viewers_right_in_front_and_left_behind():
    assert body.get("front-knee-left").x > 100 > body.get("front-knee-right").x
    assert body.get("back-knee-left").x < 100 < body.get("back-knee-right").x
    assert len({place.code for place in body.all_places()}) == len(body.all_places()) == 46
    assert all(body.code_of(one.place, one.side, one.view) == one.code for one in body.all_places())
    with pytest.raises(body.UnknownPlace):
        body.get("third-arm")


def test_the_names_of_the_places_are_all_different():
    assert len({str(place.name) for place in body.all_places()}) == len(body.all_places())


def test_the_list_goes_down_the_figure_from_head_to_foot_in_front_then_behind():
    for view in (body.FRONT, body.BACK):
        heights = [place.y for place in body.all_places() if place.view == view]
        assert heights == sorted(heights)
    assert [place.view for place in body.all_places()] == [body.FRONT] * 23 + [body.BACK] * 23


def test_a_place_of_nobody_is_refused(link, phone, asked):
    phone.fill(link, until=steps.COMPLAINT)

    assert phone.send(steps.PLACES, {"places": ["third-arm"], "strength_third-arm": "3"}).status_code == 200
    assert str(steps.PLACES) not in QuestionnaireRequest.objects.get(pk=asked.pk).draft.data

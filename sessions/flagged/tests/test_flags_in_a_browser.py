"""A flag interrupts in the page, by keyboard, on a desk, a tablet and a phone; it never traps."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as house
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from sessions.flagged.models import Acknowledgement
from sessions.tests.world import a_treatment, begin, holds, takes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_stop_is_read_answered_and_silent(context, live_server, settings, axe):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    world = a_treatment()
    holds(world.patient, "copd_emphysema")
    takes(world.patient, "apixaban 5 mg")
    note = begin(world)
    client = Client()
    client.force_login(world.clinic.chen.user)
    cookie = client.cookies[house.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("treatments:note", args=[note.public_id]))
    line, flags = page.get_by_label("Type points"), page.locator("#warnings")

    line.fill("st36 b")
    expect(flags).to_contain_text("Blood thinner: apixaban 5 mg")
    expect(flags.get_by_role("alert")).to_have_count(0)
    line.fill("st36 b, gb21 b")
    stop = flags.get_by_role("alert")
    expect(stop).to_contain_text("Lung disease or earlier collapsed lung (GB21)")
    expect(line).to_be_focused()
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)

    reason = page.get_by_label("Why you go on")
    go_on = page.get_by_role("button", name=re.compile("^Go on"))
    go_on.click()
    expect(page.get_by_text("Please write why you go on.")).to_be_visible()
    expect(reason).to_be_focused()
    reason.fill("Superficial and transverse, he wants it.")
    line.fill("st36 b, gb21 b, gv20")
    expect(page.locator("#chips")).to_contain_text("GV20")
    expect(reason).to_have_value("Superficial and transverse, he wants it.")
    reason.focus()
    page.keyboard.press("Tab")
    expect(go_on).to_be_focused()
    page.keyboard.press("Enter")
    expect(stop).to_have_count(0)
    expect(flags).to_contain_text("1 acknowledged in this course")
    page.get_by_role("button", name=re.compile(r"^Read\b.*Blood thinner")).click()
    expect(flags).to_contain_text("2 acknowledged in this course")
    expect(line).to_be_focused()

    page.get_by_text("2 acknowledged in this course").click()
    expect(page.get_by_text("Superficial and transverse, he wants it.")).to_be_visible()
    axe(page)
    line.fill("st36 b, gb21 b, gv20, bl13 b")
    expect(stop).to_contain_text("(GB21, BL13)")
    assert Acknowledgement.objects.filter(stops=True).count() == 1

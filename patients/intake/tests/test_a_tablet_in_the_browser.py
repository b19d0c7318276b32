"""A tablet goes from the desk to a patient and back: one form, no way into the house, nothing behind "back"."""

from __future__ import annotations

import pytest

from patients.intake.tests.conftest import row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_tablet_is_handed_over_and_given_back(live_server, client, bob, maria, asked, context, page, axe):
    client.force_login(bob)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page.set_viewport_size({"width": 768, "height": 1024})
    page.goto(f"{live_server.url}/patients/{maria.public_id}/intake-link/")
    axe(page)
    page.get_by_role("button", name="Open on this tablet").click()
    page.wait_for_url("**/i/form/1/")
    axe(page)
    page.get_by_label("How may we address you?").fill("Mafer")
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**/i/form/2/")
    page.get_by_label("Tell us more, if you like").fill("Half a sentence")

    # Given back in the middle: what was typed is saved first.
    page.get_by_role("button", name="give the device back").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    axe(page)
    assert row(asked).draft.data["typed"]["2"]["answers"]["story"] == "Half a sentence"

    for _ in range(4):
        page.go_back()
        page.wait_for_load_state()
        said = page.content()
        for word in ("Mafer", "Gutiérrez", "Half a sentence", "maria@mail.example"):
            assert word not in said, page.url
    for path in ("/today/", f"/patients/{maria.public_id}/", "/i/form/2/"):
        page.goto(live_server.url + path)
        assert "Gutiérrez" not in page.content()
    page.goto(f"{live_server.url}/today/")
    assert "/accounts/login/" in page.url

    # Quiet for too long: it says so, saves, and closes by itself.
    client.force_login(bob)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page.clock.install()
    page.goto(f"{live_server.url}/patients/{maria.public_id}/intake-link/")
    page.get_by_role("button", name="Open on this tablet").click()
    page.wait_for_url("**/i/form/2/")
    page.clock.fast_forward(9 * 60_000 + 30_000)
    page.get_by_text("This page closes in a minute").wait_for()
    page.clock.fast_forward(60_000)
    page.get_by_role("heading", name="Thank you").wait_for()
    page.go_back()
    page.wait_for_load_state()
    assert "Half a sentence" not in page.content()

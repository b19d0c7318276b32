"""The page as people see it: no accessibility violation, nothing cut off on a narrow screen, a decision by a click."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from clinic.outbox.models import OutgoingMessage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_messages_in_every_state_and_one_decision(live_server, page, axe, as_, plan, samuel):
    for state in OutgoingMessage.State.values:
        plan(state, patient=samuel, after=-timedelta(hours=1), reason="550 5.1.1 no such mailbox here")
    plan("queued", patient=samuel, after=timedelta(hours=2))
    cookie = as_("olga").cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])

    for width in (1440, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_server.url}/reminders/")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Leave it").click()

    expect(page.get_by_role("status").get_by_text("Left as it is")).to_be_visible()
    page.goto(f"{live_server.url}/reminders/{OutgoingMessage.objects.get(state='sent').public_id}/")
    expect(page.get_by_text("Come on Monday.")).to_be_visible()
    axe(page)

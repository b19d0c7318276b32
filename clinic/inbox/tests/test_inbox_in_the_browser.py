"""The inbox with a real mail in a real browser."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_mail_comes_in_and_can_be_read(empty_clinic, page, axe):
    page.goto(empty_clinic.inbox_url)
    expect(page.get_by_text("No mail yet")).to_be_visible()
    axe(page)

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "hello@clinic.example", "ana@example.org", "Your visit on Monday"
    mail.set_content("Monday, 10:00")
    mail.add_alternative(
        "<p style='color: #225544'>Monday, <b>10:00</b></p><script>document.title='x'</script>", subtype="html"
    )
    port = int(empty_clinic.smtp_port)
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as connection:
        connection.send_message(mail)

    page.reload()
    axe(page)
    page.get_by_role("link", name="Your visit on Monday").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("10:00")).to_be_visible()
    axe(page)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe(page)

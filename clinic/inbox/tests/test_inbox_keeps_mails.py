"""The local mail server: it accepts everything, keeps it, and sends nothing on."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage

import pytest

from clinic.inbox.box import mails
from clinic.testing import free_port


@pytest.fixture
def server(tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "clinic.inbox.server", "--port", str(port)],
        env={"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    for _ in range(200):
        try:
            smtplib.SMTP("127.0.0.1", port, timeout=5).quit()
            break
        except OSError:
            time.sleep(0.05)
    yield port
    process.terminate()
    assert process.wait(5) == 0


def test_a_mail_is_kept_with_its_envelope(server, tmp_path):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Grüße 您好"
    mail.set_content("Bis Montag ✓")
    with smtplib.SMTP("127.0.0.1", server, timeout=5) as connection:
        connection.send_message(mail, to_addrs=["real@example.org"])
    (kept,) = mails(tmp_path / "inbox")
    assert kept.to == "real@example.org"
    assert kept.subject == "Grüße 您好"
    assert kept.text.strip() == "Bis Montag ✓"


def test_a_hundred_mails_over_one_connection_stay_in_order(server, tmp_path):
    with smtplib.SMTP("127.0.0.1", server, timeout=5) as connection:
        for number in range(100):
            connection.sendmail("a@example.org", ["b@example.org"], f"Subject: {number}\r\n\r\nx")
    subjects = [kept.subject for kept in mails(tmp_path / "inbox")]
    assert subjects == [str(number) for number in reversed(range(100))]

"""The local inbox in the browser."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from clinic.inbox.box import mails
from clinic.inbox.server import Keeper


@pytest.fixture
def inbox(settings, tmp_path):
    settings.DEBUG = True
    settings.INBOX_DIR = tmp_path / "inbox"
    return Keeper(settings.INBOX_DIR)


def letter(subject="Your visit on Monday", html="<p>Monday, 10:00</p>"):
    mail = EmailMessage()
    mail["From"] = "Harbour Clinic <hello@clinic.example>"
    mail["To"] = "Ana <ana@example.org>"
    mail["Subject"] = subject
    mail.set_content("Monday, 10:00\nhttps://clinic.example/i/abc")
    mail.add_alternative(html, subtype="html")
    mail.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="visit.ics")
    return b"X-Envelope-To: ana@example.org\r\n" + mail.as_bytes()


@pytest.mark.django_db
def test_an_empty_inbox_says_what_to_do(client, inbox):
    assert b"No mail yet" in client.get("/dev/inbox/").content


@pytest.mark.django_db
def test_the_newest_mail_stands_first(client, inbox):
    inbox.keep(letter("First"))
    inbox.keep(letter("Second"))
    page = client.get("/dev/inbox/").content.decode()
    assert page.index("Second") < page.index("First")


@pytest.mark.django_db
def test_one_mail_shows_headers_text_attachments_and_html_in_a_closed_frame(client, inbox):
    inbox.keep(letter())
    number = mails(inbox.folder)[0].id
    page = client.get(f"/dev/inbox/{number}/").content.decode()
    assert "ana@example.org" in page
    assert "visit.ics" in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "Monday, 10:00\n" in page


@pytest.mark.django_db
def test_the_html_of_a_mail_may_run_and_fetch_nothing(client, inbox):
    inbox.keep(letter(html="<script>alert(1)</script><p>Monday</p>"))
    number = mails(inbox.folder)[0].id
    answer = client.get(f"/dev/inbox/{number}/html/")
    rule = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rule
    assert "sandbox" in rule
    assert "script-src" not in rule
    assert "frame-ancestors 'self'" in rule
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db
def test_attachments_and_the_whole_mail_can_be_saved(client, inbox):
    path = inbox.keep(letter())
    kept = mails(inbox.folder)[0]
    (calendar,) = kept.attachments
    answer = client.get(f"/dev/inbox/{kept.id}/{calendar.number}/")
    assert answer.content.startswith(b"BEGIN:VCALENDAR")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="visit.ics"'
    assert client.get(f"/dev/inbox/{kept.id}.eml").content == path.read_bytes()


@pytest.mark.django_db
def test_the_list_for_machines_names_id_to_subject_and_date(client, inbox):
    inbox.keep(letter())
    (entry,) = client.get("/dev/inbox.json").json()
    assert set(entry) == {"id", "to", "subject", "date"}
    assert entry["to"] == "ana@example.org"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?utf-8?q?=FF=FE?=\r\nContent-Type: text/plain; charset=nowhere\r\n\r\n\xff",
        b"To: <<<>>>,,;\r\nSubject: a\r\n b\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--y\r\n",
    ],
)
def test_a_broken_mail_is_shown_as_far_as_it_goes(client, inbox, raw):
    inbox.keep(raw)
    number = mails(inbox.folder)[0].id
    for address in ("/dev/inbox/", f"/dev/inbox/{number}/", f"/dev/inbox/{number}/html/", "/dev/inbox.json"):
        assert client.get(address).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/dev/inbox/", "/dev/inbox.json", "/dev/inbox/1/", "/dev/inbox/1.eml"])
def test_a_real_clinic_has_no_such_pages(client, inbox, settings, address):
    inbox.keep(letter())
    settings.DEBUG = False
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_a_mail_that_does_not_exist_is_not_found(client, inbox):
    assert client.get("/dev/inbox/12345/").status_code == 404
    assert client.get("/dev/inbox/99999999999999999999999/").status_code == 404

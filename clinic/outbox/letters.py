"""From a row to the bytes of a mail: three templates for the words, one function for the headers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template

from clinic.outbox.kinds import Attachment, Mail
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice

# A capability in a link: twenty-four or more characters of base64 or hex behind a slash.
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_\-]{24,}")
_ONE_ADDRESS = re.compile(r"[^\s@,;<>()\"\x00-\x20\x7f]+@[^\s@,;<>()\"\x00-\x20\x7f]+")
#: What Python takes for the end of a line besides CR and LF, and would fold a header at.
_OTHER_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def write(
    name: str,
    *,
    practice: Practice | None,
    context: Mapping[str, object],
    attachments: Sequence[Attachment] = (),
    headers: Mapping[str, str] | None = None,
) -> Mail:
    """Render ``templates/emails/<name>-subject.txt``, ``-body.txt`` and ``-body.html``.

    The two plain ones are not escaped. ``kept`` is the text without its tokens. Raises TemplateDoesNotExist.
    """
    facts = {"practice": practice, "base_url": settings.BASE_URL, **context}
    text = _plain(f"emails/{name}-body.txt", facts)
    return Mail(
        subject=_plain(f"emails/{name}-subject.txt", facts).removesuffix("\n"),
        text=text,
        html=get_template(f"emails/{name}-body.html").render(facts),
        kept=without_tokens(text),
        attachments=tuple(attachments),
        headers=dict(headers or {}),
    )


def without_tokens(text: str) -> str:
    """Return a text fit for keeping: whatever may be a link's token is ``***``, no character a database refuses."""
    return _CONTROLS.sub("", _TOKEN.sub("***", text))


def compose(message: OutgoingMessage, mail: Mail, *, now: datetime) -> bytes:
    """Return the mail as it goes over the line.

    Raises BadHeaderError for a line break in a header, ValueError for an address that is not exactly one.

    The Message-ID is the row's own: a mail that has to go twice carries the same.
    """
    practice = message.practice
    if not _ONE_ADDRESS.fullmatch(message.to_address):
        raise ValueError("The address is not exactly one.")
    letter = EmailMultiAlternatives(
        subject=_OTHER_BREAKS.sub(" ", mail.subject),
        body=mail.text,
        from_email=from_header(practice),
        to=[message.to_address],
        reply_to=[practice.reply_to] if practice and practice.reply_to else None,
        headers={
            # first, so that a kind cannot take their place by accident
            **mail.headers,
            "Message-ID": message.message_id,
            "Date": format_datetime(now),
            "Auto-Submitted": "auto-generated",
        },
    )
    letter.attach_alternative(mail.html, "text/html")
    for file in mail.attachments:
        letter.attach(file.filename, file.content, file.mimetype)
    return bytes(letter.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]


def from_header(practice: Practice | None) -> str:
    """Return who writes: the practice by name, from its own address when it has one."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if practice:
        name = " ".join(_CONTROLS.sub(" ", practice.name).split())
        address = practice.mail_from or address
    return formataddr((name, address))


def sender_address(practice: Practice | None) -> str:
    """Return the address that the envelope names, where a refusal would come back to."""
    return parseaddr(from_header(practice))[1]


def recipient_address(message: OutgoingMessage) -> str:
    """Return the address that the envelope names: a domain with letters beyond ASCII in its travelling form.

    Raises UnicodeError for a domain that has none.
    """
    local, _, domain = message.to_address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"


def _plain(template: str, facts: Mapping[str, object]) -> str:
    return str(get_template(template).template.render(Context(dict(facts), autoescape=False)))  # type: ignore[attr-defined]

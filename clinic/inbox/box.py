"""Reading what the local mail server kept. A mail that makes no sense is shown as far as it goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

NAME = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail."""

    number: int
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One kept mail; ``id`` is the microsecond of its arrival."""

    id: int
    path: Path

    @cached_property
    def raw(self) -> bytes:
        """The bytes as they came over SMTP, with the envelope in two headers on top."""
        return self.path.read_bytes()

    @cached_property
    def message(self) -> EmailMessage:
        """The parsed mail."""
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def date(self) -> datetime:
        """The moment of its arrival, UTC."""
        return datetime.fromtimestamp(self.id / 1_000_000, tz=UTC)

    @property
    def to(self) -> str:
        """The recipients of the envelope: where it really went."""
        return self._header("X-Envelope-To") or self._header("To")

    @property
    def sender(self) -> str:
        """The From header."""
        return self._header("From")

    @property
    def subject(self) -> str:
        """The subject, in words."""
        return self._header("Subject")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers in their order."""
        return [(name, self._header_text(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        """The plain text, empty when there is none."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML text, empty when there is none."""
        return self._body("html")

    @property
    def attachments(self) -> list[Attachment]:
        """What is neither of the two texts; an alternative of another type (a calendar entry) counts as well."""
        bodies = {id(self.message.get_body([kind])) for kind in ("plain", "html")}
        leaves = [part for part in self.message.walk() if not part.is_multipart() and id(part) not in bodies]
        return [
            Attachment(
                number,
                part.get_filename() or f"part-{number}",
                part.get_content_type(),
                payload if isinstance(payload := part.get_payload(decode=True), bytes) else b"",
            )
            for number, part in enumerate(leaves, 1)
        ]

    def _header(self, name: str) -> str:
        try:
            return self._header_text(self.message.get(name, ""))
        except (ValueError, TypeError, LookupError, IndexError, AttributeError):
            return ""  # the parser of the standard library stumbles over some broken addresses

    @staticmethod
    def _header_text(value: object) -> str:
        return str(value).encode("utf-8", "replace").decode()

    def _body(self, kind: str) -> str:
        part = self.message.get_body([kind])
        if part is None:
            return ""
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        try:
            return data.decode(part.get_content_charset("utf-8"), "replace")
        except LookupError:
            return data.decode("utf-8", "replace")


def mails(folder: Path, limit: int | None = None) -> list[Mail]:
    """Return the kept mails, newest first, at most ``limit``."""
    names = (path.stem for path in folder.glob("*.eml"))
    ids = sorted((int(name) for name in names if NAME.fullmatch(name)), reverse=True)
    return [Mail(number, folder / f"{number}.eml") for number in ids[:limit]]


def mail(folder: Path, number: int) -> Mail | None:
    """Return one kept mail, or None."""
    path = folder / f"{number}.eml"
    return Mail(number, path) if path.is_file() else None

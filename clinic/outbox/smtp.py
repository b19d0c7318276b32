"""One kept connection to the mail server, in phases, so that we always know whether a mail may have left.

Each read waits at most ``READ_SECONDS``, and the whole dialogue about one mail at most ``DIALOGUE_SECONDS``: smtplib's
own time-out counts for each read, so a server that answers a byte now and then would hold it for hours.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings

DIALOGUE_SECONDS = 45.0
_MAX_WORDS = 150


class Trouble(Exception):
    """Something went wrong; ``words`` are fit for the ledger."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Unreachable(Trouble):
    """No mail can be handed over now: no connection, no encryption, no sign-in. No mail is at fault."""


class PutOff(Trouble):
    """The server said "later", or the line broke before anything left: nothing was taken."""


class Refused(Trouble):
    """The server said no, for good: nothing was taken."""


class _LineClosed(Trouble):
    """The line is gone, and nothing of the text had left."""


class InDoubt(Trouble):
    """The line broke after the text had left and before the answer: nobody knows."""


class _Lines:
    """What smtplib reads its answers from: never longer than the dialogue may last."""

    def __init__(self, dialogue: _Dialogue) -> None:
        self._dialogue = dialogue
        self._buffer = b""

    def readline(self, limit: int = -1) -> bytes:
        """Return one line, or what came before the end of the stream. Raises TimeoutError."""
        while b"\n" not in self._buffer and not 0 < limit <= len(self._buffer):
            sock = self._dialogue.sock
            sock.settimeout(self._dialogue.patience())
            more = sock.recv(4096)
            if not more:
                break
            self._buffer += more
        end = self._buffer.find(b"\n") + 1 or len(self._buffer)
        line, self._buffer = self._buffer[:end], self._buffer[end:]
        return line

    def close(self) -> None:
        """Nothing to close: the socket is smtplib's."""


class _Dialogue(smtplib.SMTP):
    """smtplib with one deadline over everything."""

    ends_at = 0.0
    sock: socket.socket

    def patience(self) -> float:
        """Return the seconds that the next read may take. Raises TimeoutError when the time is up."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the dialogue took too long")
        return float(min(settings.EMAIL_TIMEOUT, left))

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer. Raises SMTPServerDisconnected also when the time is up."""
        if self.file is None:  # anew after STARTTLS, too
            self.file = _Lines(self)
        return super().getreply()

    def send(self, s: str | bytes) -> None:  # type: ignore[override]
        """Write; the time-out of a write counts for the whole of it."""
        if self.sock:
            try:
                self.sock.settimeout(self.patience())
            except TimeoutError as late:
                self.close()
                raise smtplib.SMTPServerDisconnected("the dialogue took too long") from late
        super().send(s)


class _EncryptedDialogue(_Dialogue, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class Line:
    """A connection that is opened when the first mail needs it and kept for the mails after it."""

    def __init__(self) -> None:
        self._smtp: _Dialogue | None = None
        self._ends_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the next mail will find a connection."""
        return self._smtp is not None

    def begin(self, *, sender: str, recipient: str) -> None:
        """Name sender and recipient; nothing of the text has left yet.

        Raises Unreachable, PutOff, Refused, and ValueError for an address that is none.
        """
        kept = self.is_open
        self._ends_at = time.monotonic() + DIALOGUE_SECONDS
        try:
            self._envelope(sender, recipient)
        except _LineClosed as closed:
            if not kept:
                raise PutOff(closed.words) from closed
            # Servers close a line that rested, or after so many mails: this says nothing about the mail.
            try:
                self._envelope(sender, recipient)
            except _LineClosed as again:
                raise PutOff(again.words) from again

    def hand_over(self, content: bytes) -> None:
        """Send the text and wait for the answer. Returns when the server took it.

        Raises PutOff and Refused when it surely did not take it, InDoubt when nobody knows.
        """
        assert self._smtp is not None, "begin comes first"
        smtp = self._smtp
        try:
            self._judge(*smtp.docmd("DATA"), good=(354,))
        except smtplib.SMTPServerDisconnected as broken:
            self.close()
            raise PutOff("the mail server closed the line before the text") from broken
        except _LineClosed as closed:
            raise PutOff(closed.words) from closed
        try:
            smtp.send(_dotted(content))
            code, answer = smtp.getreply()
        except (smtplib.SMTPException, OSError) as broken:
            self.close()
            raise InDoubt("line broke after sending") from broken
        if code < 200 or 300 <= code < 400:
            self.close()
            raise InDoubt(f"the mail server gave a strange answer: {code}")
        try:
            self._judge(code, answer, good=tuple(range(200, 300)))
        except _LineClosed as closed:
            raise PutOff(closed.words) from closed

    def reset(self) -> None:
        """Forget the envelope that was named, because its mail will not follow."""
        try:
            if self._smtp and self._smtp.rset()[0] != 250:
                self.close()
        except (smtplib.SMTPException, OSError):
            self.close()

    def close(self) -> None:
        """Hang up, without waiting for a good-bye."""
        smtp, self._smtp = self._smtp, None
        if smtp:
            with suppress(smtplib.SMTPException, OSError):
                smtp.close()

    def quit(self) -> None:
        """Say good-bye and hang up."""
        if self._smtp:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.ends_at = time.monotonic() + 2
                self._smtp.quit()
        self.close()

    def _envelope(self, sender: str, recipient: str) -> None:
        smtp = self._connected()
        smtp.ends_at = self._ends_at
        options = []
        if not (sender + recipient).isascii():
            if not smtp.has_extn("smtputf8"):
                raise Refused("the address has letters that the mail server does not take")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        try:
            self._judge(*smtp.mail(sender, options), good=(250,))
            self._judge(*smtp.rcpt(recipient), good=(250, 251))
        except smtplib.SMTPServerDisconnected as broken:
            self.close()
            raise _LineClosed("the mail server closed the line") from broken

    def _judge(self, code: int, answer: bytes, *, good: tuple[int, ...]) -> None:
        """Raises _LineClosed, PutOff or Refused for an answer that is not good."""
        if code in good:
            return
        words = f"{code} {_one_line(answer)}".strip()
        if code == 421 or code < 400:  # closing down, or out of step: this line is of no more use
            self.close()
            raise _LineClosed(words)
        self.reset()
        raise (Refused if code >= 500 else PutOff)(words)

    def _connected(self) -> _Dialogue:
        if self._smtp:
            return self._smtp
        kind = _EncryptedDialogue if settings.EMAIL_USE_SSL else _Dialogue
        smtp = kind(local_hostname=_our_name(), timeout=settings.EMAIL_TIMEOUT)
        smtp.ends_at = self._ends_at
        try:
            code, answer = smtp.connect(settings.EMAIL_HOST, settings.EMAIL_PORT)
            if code != 220:
                raise Unreachable(f"the mail server is closed: {code} {_one_line(answer)}")
            smtp.ehlo_or_helo_if_needed()
            if settings.EMAIL_USE_TLS:
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
            if settings.EMAIL_HOST_USER and settings.EMAIL_HOST_PASSWORD:
                smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        except smtplib.SMTPAuthenticationError as refused:
            smtp.close()
            raise Unreachable(f"the mail server refuses our sign-in: {refused.smtp_code}") from refused
        except ssl.SSLError as refused:
            smtp.close()
            raise Unreachable("no trusted encryption with the mail server") from refused
        except (smtplib.SMTPException, OSError) as away:
            smtp.close()
            raise Unreachable(f"the mail server cannot be reached: {_why(away)}") from away
        except Unreachable:
            smtp.close()
            raise
        self._smtp = smtp
        return smtp


def _our_name() -> str:
    """Say who we are without asking the network, which may take its time."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    if ":" in host:
        return f"[IPv6:{host}]"
    return f"[{host}]" if host.replace(".", "").isdigit() else host


def _dotted(content: bytes) -> bytes:
    """Return the text as it travels: lines end in CR LF, a leading dot is doubled, a dot alone ends it."""
    text = b"\r\n".join(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
    text = text.replace(b"\r\n.", b"\r\n..")
    if text.startswith(b"."):
        text = b"." + text
    return text + (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _one_line(answer: bytes) -> str:
    return " ".join(answer.decode("utf-8", "replace").split())[:_MAX_WORDS]


def _why(away: Exception) -> str:
    match away:
        case ConnectionRefusedError():
            return "nobody listens there"
        case TimeoutError() | smtplib.SMTPServerDisconnected():
            return "no answer in time"
        case socket.gaierror():
            return "its name is unknown"
        case smtplib.SMTPNotSupportedError():
            return "it offers no encryption or no sign-in"
        case _:
            return type(away).__name__

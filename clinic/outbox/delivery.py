"""Sending what was claimed: render, name the recipient, ask once more, hand over, write down."""

from __future__ import annotations

import logging
import time
import traceback
import zoneinfo
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.mail import BadHeaderError
from django.db import DataError
from django.template import TemplateDoesNotExist
from django.utils import timezone

from clinic.kernel.links import mask_address
from clinic.outbox import kinds, letters, smtp, states
from clinic.outbox.models import OutgoingMessage
from clinic.practice import languages
from clinic.practice.models import Practice

log = logging.getLogger(__name__)

BATCH = 100
SLOW_SECONDS = 5.0
"""After a hand-over that took longer, "sent" is written at once and does not wait for the next mail's statement."""


class Sender:
    """Sends batches over one kept line. ``clock`` gives the moment; ``stop`` asks whether to leave the rest."""

    def __init__(
        self, *, practice: Practice | None, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False
    ) -> None:
        self.practice = practice
        self.clock = clock
        self.stop = stop
        self.line = smtp.Line()
        self.tally: Counter[str] = Counter()
        # What the mail server took and what is not yet written down as sent; it rides in the next mail's statement.
        self._taken: OutgoingMessage | None = None
        self._handed_over_at = 0.0

    def send_batch(self, batch: Sequence[OutgoingMessage]) -> None:
        """Send what is claimed in ``batch``; the rest was cancelled by the claim and is only counted.

        Statements: what the kinds gather, one a mail, one at the end. Raises Unreachable; then all is given back.
        """
        waiting = [message for message in batch if message.state == OutgoingMessage.State.CLAIMED]
        self.tally["skipped"] += len(batch) - len(waiting)
        zone = zoneinfo.ZoneInfo(self.practice.timezone) if self.practice else UTC
        with timezone.override(zone):
            self._gather(waiting)
            try:
                while waiting and not self.stop():
                    self._send(waiting[0])
                    waiting.pop(0)
            except smtp.Unreachable as away:
                states.rest(waiting, now=self.clock(), words=away.words)
                self.tally["delayed"] += len(waiting)
                raise
            finally:
                self._finish()
        states.release(waiting)

    # --- one mail ---------------------------------------------------------------------------

    def _send(self, message: OutgoingMessage) -> None:
        letter = self._letter(message)
        if letter is None:
            return
        if not self.line.is_open or time.monotonic() - self._handed_over_at > SLOW_SECONDS:
            self._finish()
        try:
            self.line.begin(sender=letter.sender, recipient=letter.recipient)
        except smtp.PutOff as trouble:
            self._put_off(message, trouble.words)
        except smtp.Refused as trouble:
            self._fail(message, trouble.words)
        except ValueError:
            self._fail(message, "this is no e-mail address")
        else:
            if self._may_leave(message, letter):
                self._hand_over(message, letter)

    def _may_leave(self, message: OutgoingMessage, letter: _Letter) -> bool:
        """Ask once more, in the statement that says "on the wire" and writes the mail before this one down."""
        taken, now = self._taken, self.clock()
        try:
            leaves = states.transmit(message, subject=letter.subject, kept=letter.kept, now=now, taken=taken)
        except DataError:
            self.line.reset()
            self._fail(message, "its text cannot be kept")
            return False
        self._taken = None
        self.tally["sent"] += 1 if taken else 0
        if not leaves:
            self.line.reset()
            if states.cancel_untrue(message, now=now):
                self.tally["skipped"] += 1
            else:  # paused meanwhile; or another worker has it, then nothing changes
                states.release([message])
        return leaves

    def _hand_over(self, message: OutgoingMessage, letter: _Letter) -> None:
        self._handed_over_at = time.monotonic()
        try:
            self.line.hand_over(letter.content)
        except smtp.PutOff as trouble:
            self._put_off(message, trouble.words)
        except smtp.Refused as trouble:
            self._fail(message, trouble.words)
        except smtp.InDoubt as trouble:
            states.doubt(message, now=self.clock(), reason=trouble.words)
            self.tally["unsure"] += 1
        else:
            message.sent_at = self.clock()
            self._taken = message

    def _letter(self, message: OutgoingMessage) -> _Letter | None:
        """Render a message, or write down that it cannot be rendered: never try such a one again."""
        try:
            kind = kinds.get(message.kind)
        except KeyError:
            self._fail(message, "nothing here knows how to write it")
            return None
        try:
            return _Letter.of(message, kind, self.clock())
        except BadHeaderError:
            self._fail(message, "a line break in its head: please look at the names in it")
        except Exception as trouble:  # whatever a kind does wrong must not stop the mails behind it
            where = traceback.extract_tb(trouble.__traceback__)[-1]
            log.error(
                "Message %s of kind %s cannot be written: %s at %s:%s",
                message.pk, message.kind, type(trouble).__name__, where.filename, where.lineno,
            )  # fmt: skip
            missing = isinstance(trouble, TemplateDoesNotExist)
            self._fail(message, "its template is missing" if missing else "it could not be written")
        return None

    # --- writing down -----------------------------------------------------------------------

    def _finish(self) -> None:
        taken, self._taken = self._taken, None
        if taken:
            states.finish(taken)
            self.tally["sent"] += 1

    def _put_off(self, message: OutgoingMessage, words: str) -> None:
        states.put_off(message, words=_without_address(words, message), now=self.clock())
        self.tally["delayed"] += 1

    def _fail(self, message: OutgoingMessage, words: str) -> None:
        states.fail(message, words=_without_address(words, message))
        self.tally["failed"] += 1

    def _gather(self, claimed: Sequence[OutgoingMessage]) -> None:
        """Give every message the practice, its reader's language, and what its kind reads for the whole batch."""
        spoken = self._languages(claimed)
        by_kind: dict[str, list[OutgoingMessage]] = {}
        for message in claimed:
            message.practice = self.practice
            message.language = spoken.get(message.pk, languages.ENGLISH)
            by_kind.setdefault(message.kind, []).append(message)
        for kind in kinds.all_kinds():
            messages = by_kind.get(kind.code, [])
            if kind.gather and messages:
                facts = kind.gather(messages, self.clock())
                for message in messages:
                    message.gathered = facts.get(message.pk)

    def _languages(self, claimed: Sequence[OutgoingMessage]) -> dict[int, str]:
        if len(languages.offered(self.practice)) == 1:
            return {}
        return {pk: language for tell in kinds.readers for pk, language in tell(claimed).items()}


@dataclass(frozen=True)
class _Letter:
    """A message ready for the line."""

    sender: str
    recipient: str
    content: bytes
    subject: str
    kept: str

    @classmethod
    def of(cls, message: OutgoingMessage, kind: kinds.Kind, now: datetime) -> _Letter:
        with languages.speaking(message.language, message.practice):
            mail = kind.render(message, now)
        return cls(
            sender=letters.sender_address(message.practice),
            recipient=letters.recipient_address(message),
            content=letters.compose(message, mail, now=now),
            subject=letters.without_tokens(mail.subject),
            kept=letters.without_tokens(mail.kept),
        )


def _without_address(words: str, message: OutgoingMessage) -> str:
    """Servers repeat the address in their answer; the ledger shows it masked."""
    return words.replace(message.to_address, mask_address(message.to_address))

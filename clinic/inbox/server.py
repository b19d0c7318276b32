"""A mail server that keeps every mail as a file and sends none on. For trying out and for tests.

    python -m clinic.inbox.server --port 2525

Mails land in ``DATA_DIR/inbox``, named by the moment of their arrival, so that names sort by age.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from clinic.running.environment import data_dir_of

MAIL_BYTES = 25 * 1024 * 1024


class Keeper:
    """What aiosmtpd calls: accept every address, keep every message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Write the message with its envelope in two headers, whole or not at all."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
        head = "".join(
            f"{name}: {value}\r\n"
            for name, value in (
                ("X-Envelope-From", envelope.mail_from or "<>"),
                ("X-Envelope-To", ", ".join(envelope.rcpt_tos)),
            )
        )
        try:
            self.keep(head.encode("utf-8", "replace") + raw)
        except OSError:
            return "452 The inbox cannot be written"
        return "250 Kept"

    def keep(self, raw: bytes) -> Path:
        """Store one message under a name of its own and return its path. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._last = max(time.time_ns() // 1000, self._last + 1)
        path = self.folder / f"{self._last}.eml"
        part = path.with_suffix(".part")
        part.write_bytes(raw)
        part.replace(path)
        return path


async def serve(folder: Path, host: str, port: int) -> None:
    """Listen until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    keeper = Keeper(folder)
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="deqi.localhost", enable_SMTPUTF8=True, data_size_limit=MAIL_BYTES, loop=loop),
        host=host,
        port=port,
        reuse_address=True,
    )
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    server.close()


def main() -> None:
    """Read the port from the command line and listen on the loopback."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args()
    asyncio.run(serve(data_dir_of(os.environ) / "inbox", chosen.host, chosen.port))


if __name__ == "__main__":
    main()

"""A mail server that misbehaves on demand: a real one, on a real port, in a thread of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default as policy

import psutil


@dataclass
class Taken:
    """One mail that the sink answered with 250, or whose text it read before it broke the line."""

    recipient: str
    content: bytes
    answered: bool

    @property
    def mail(self) -> Message:
        return message_from_bytes(self.content, policy=policy)

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])


@dataclass
class Sink:
    """``mode`` may be changed at any time:

    ok; 451, 421 or 550 at ``stage`` (connect, mail, rcpt, data, text), for recipients that hold ``matching``;
    hang at ``stage`` (connect, mail, text); drop at ``stage`` (mail, data, text: the text is read, no answer comes);
    drip (answers come a byte a second); kill (the client's process is killed with -9 right after the 250).
    """

    mode: str = "ok"
    stage: str = "rcpt"
    matching: str = ""
    delay: float = 0.0
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    killed: list[int] = field(default_factory=list)
    may_kill: Callable[[], bool] = lambda: True
    port: int = 0

    def __enter__(self) -> Sink:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        ready = threading.Event()
        self._ready = ready
        self._thread.start()
        assert ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._close(server))

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # lines that were closed just now say so in the next turns of the loop

    # --- what tests ask ---------------------------------------------------------------------

    @property
    def copies(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(taken.message_id for taken in list(self.taken))

    def wait_for(self, count: int, seconds: float = 30) -> None:
        """Wait until so many mails were taken."""
        deadline = time.monotonic() + seconds
        while len(self.taken) < count and time.monotonic() < deadline:
            time.sleep(0.02)

    # --- the dialogue -----------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.CancelledError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        if not await self._answer(writer, "connect", "220 sink", ""):
            return
        while line := (await reader.readline()).decode("utf-8", "replace").rstrip("\r\n"):
            verb = line[:4].upper()
            if verb == "QUIT":
                await self._say(writer, "221 bye")
                return
            if verb in ("EHLO", "HELO", "RSET"):
                await self._say(writer, "250 sink")
            elif verb == "MAIL":
                if not await self._answer(writer, "mail", "250 ok", ""):
                    return
            elif verb == "RCPT":
                recipient = line.partition("<")[2].rpartition(">")[0]
                if not await self._answer(writer, "rcpt", "250 ok", recipient):
                    return
            elif verb == "DATA":
                if not await self._text(reader, writer, recipient):
                    return
            else:
                await self._say(writer, "500 what?")

    async def _text(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recipient: str) -> bool:
        if not await self._answer(writer, "data", "354 go on", recipient):
            return False
        if self._hits("data", recipient) and self.mode.isdigit():
            return True
        lines = []
        while (line := await reader.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.delay:
            await asyncio.sleep(self.delay)
        refused = self._hits("text", recipient) and self.mode.isdigit()
        if not refused:
            self.taken.append(Taken(recipient, b"".join(lines), answered=not self._hits("text", recipient)))
        goes_on = await self._answer(writer, "text", "250 taken", recipient)
        if self.mode == "kill" and self.may_kill():
            self._kill_peer(writer.get_extra_info("peername")[1])
        return goes_on

    def _hits(self, stage: str, recipient: str) -> bool:
        return self.mode not in ("ok", "kill") and self.stage == stage and self.matching in recipient

    async def _answer(self, writer: asyncio.StreamWriter, stage: str, good: str, recipient: str) -> bool:
        """Answer, or misbehave. Returns whether the line goes on."""
        if not self._hits(stage, recipient):
            await self._say(writer, good)
            return True
        if self.mode == "hang":
            await asyncio.sleep(3600)
        if self.mode == "drop":
            return False
        if self.mode == "drip":
            for letter in f"{good}\r\n":
                writer.write(letter.encode())
                await writer.drain()
                await asyncio.sleep(1)
            return True
        await self._say(writer, f"{self.mode} 4.0.0 for <{recipient}>: no" if recipient else f"{self.mode} not now")
        return self.mode != "421"

    async def _say(self, writer: asyncio.StreamWriter, words: str) -> None:
        writer.write(f"{words}\r\n".encode())
        await writer.drain()

    def _kill_peer(self, port: int) -> None:
        """Kill the process at the other end with -9: it may have read our 250, and writes nothing down any more."""
        for connection in psutil.net_connections("tcp4"):
            mine = connection.pid in (None, os.getpid())
            if connection.laddr and connection.laddr.port == port and not mine:
                os.kill(connection.pid, signal.SIGKILL)
                self.killed.append(connection.pid)

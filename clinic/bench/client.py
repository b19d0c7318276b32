"""A small load client: processes of its own, one request after the other over the loopback, nothing else."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import psycopg2

from clinic.bench.blocks import RanOut, Run

CLIENTS = 4
#: One client measures latency with rows of its own, beside those of the four.
LANES = CLIENTS + 1
TIMEOUT = 30.0
RAN_OUT = "ran out"


class Failed(Exception):
    """An answer was not the expected one; the text says which request and what came."""


@dataclass(frozen=True)
class Script:
    """Requests without end. ``make(lane, number)`` gives the bytes of one; each lane counts for itself, from 0.

    ``make`` must survive pickling. ``statuses`` are those that count as right.
    """

    port: int
    make: Callable[[int, int], bytes]
    statuses: tuple[int, ...] = (200,)


@dataclass(frozen=True)
class Commits:
    """The raw control: one row inserted and committed, again and again, on a kept connection."""

    address: str
    statement: str


def get(path: str, *, port: int, cookie: str = "") -> bytes:
    """Return a GET as bytes."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
        f"User-Agent: deqi-bench\r\nConnection: close\r\n\r\n"
    ).encode()


def post(path: str, body: str, *, port: int, cookie: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a POST of a form as bytes."""
    content = body.encode()
    extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n{extra}"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(content)}\r\n"
        f"User-Agent: deqi-bench\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content


def ask(port: int, request: bytes) -> tuple[int, bytes]:
    """Send one request and return status and whole answer. Raises OSError."""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(request)
        parts = []
        while part := line.recv(1 << 16):
            parts.append(part)
    answer = b"".join(parts)
    status = answer[9:12]
    return int(status) if status.isdigit() else 0, answer


class Clients:
    """Four client processes that wait for the word."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._lines: list[Connection[Any, Any]] = []
        self._processes = []
        for _ in range(CLIENTS):
            here, there = context.Pipe()
            process = context.Process(target=_client, args=(there,), daemon=True)
            process.start()
            self._lines.append(here)
            self._processes.append(process)

    def learn(self, name: str, script: Script | Commits) -> None:
        """Give every client a script; its counts begin at 0."""
        for line in self._lines:
            line.send(("learn", name, script))

    def run(self, name: str, seconds: float, clients: int = CLIENTS) -> Run:
        """Let one or four clients work off a script for so long. Raises Failed for a wrong answer, RanOut."""
        chosen = self._lines[:clients]
        lanes = [CLIENTS] if clients == 1 else list(range(clients))
        begin = time.monotonic() + 0.02
        for line, lane in zip(chosen, lanes, strict=True):
            line.send(("run", name, lane, begin, seconds))
        latencies: list[float] = []
        most = 0
        ended = begin
        problems = []
        for line in chosen:
            problem, took, end, size = line.recv()
            problems += [problem] if problem else []
            latencies += took
            ended, most = max(ended, end), max(most, size)
        if RAN_OUT in problems:
            raise RanOut
        if problems:
            raise Failed(f"{name}: {problems[0]}")
        return Run(ended - begin, latencies, most)

    def close(self) -> None:
        """Send the clients home."""
        for line in self._lines:
            line.send(None)
        for process in self._processes:
            process.join(5)
            if process.is_alive():
                process.kill()


def _client(line: Connection[Any, Any]) -> None:
    # Somebody who presses Ctrl-C ends the bench, and the bench its clients.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    scripts: dict[str, Script | Commits] = {}
    counts: dict[tuple[str, int], int] = {}
    while (word := line.recv()) is not None:
        if word[0] == "learn":
            scripts[word[1]] = word[2]
            continue
        _, name, lane, begin, seconds = word
        script = scripts[name]
        number = counts.get((name, lane), 0)
        if isinstance(script, Commits):
            line.send(("", _commit(script, begin, seconds), time.monotonic(), 0))
            continue
        problem, latencies, most, number = _work(script, lane, number, begin, seconds)
        counts[name, lane] = number
        line.send((problem, latencies, time.monotonic(), most))


def _commit(script: Commits, begin: float, seconds: float) -> list[float]:
    connection = psycopg2.connect(script.address)
    latencies = []
    with closing(connection), connection.cursor() as cursor:
        time.sleep(max(0.0, begin - time.monotonic()))
        while (began := time.monotonic()) < begin + seconds:
            cursor.execute(script.statement)
            connection.commit()
            latencies.append(time.monotonic() - began)
    return latencies


def _work(script: Script, lane: int, number: int, begin: float, seconds: float) -> tuple[str, list[float], int, int]:
    latencies: list[float] = []
    most = 0
    time.sleep(max(0.0, begin - time.monotonic()))
    while time.monotonic() < begin + seconds:
        try:
            request = script.make(lane, number)
        except IndexError:
            return RAN_OUT, latencies, most, number
        began = time.monotonic()
        try:
            status, answer = ask(script.port, request)
        except OSError as error:
            return f"no answer: {error}", latencies, most, number
        latencies.append(time.monotonic() - began)
        number += 1
        most = max(most, len(answer))
        if status not in script.statuses:
            first = request.split(b"\r\n", 1)[0].decode()
            return f"{first} answered {status}: {answer[-300:]!r}", latencies, most, number
    return "", latencies, most, number

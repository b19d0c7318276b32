"""Two processes make the rows, one per core; this one passes them on by COPY, in its own transaction.

They know nothing of the database: when this one is stopped or killed, they end, and nothing has changed.
"""

from __future__ import annotations

import io
import multiprocessing
import signal
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection, wait
from random import Random
from typing import Any

from clinic.demo.courses import PlannedCourse
from clinic.demo.days import Slot
from clinic.demo.house import House
from clinic.demo.lives import Life
from clinic.demo.tables import Lines, Tables
from clinic.demo.telling import telling

WRITERS = 2
#: Lines of one table that go over in one COPY: some megabytes.
LINES = 20_000


@dataclass(frozen=True)
class Work:
    """What the writers need to know."""

    house: House
    day: list[Slot]
    by_patient: list[list[PlannedCourse]]
    seed: int
    now: datetime
    opened: datetime
    sessions: int


@dataclass(frozen=True)
class Written:
    """How many rows a table got, and its highest id."""

    rows: dict[str, int]
    highest: dict[str, int]


def write(cursor: Any, work: Work, say: Callable[[str], None]) -> Written:
    """Make every row and copy it in. Raises what COPY raises, RuntimeError with the words of a writer."""
    # They are forked, so that they know the house without a word; the connection stays ours alone.
    context = multiprocessing.get_context("fork")
    lines: list[Connection[Any, Any]] = []
    processes = []
    for number in range(WRITERS):
        here, there = context.Pipe(duplex=False)
        lines.append(here)
        process = context.Process(target=_writer, args=(number, there, lines, work), daemon=True)
        process.start()
        there.close()
        processes.append(process)
    try:
        return _receive(cursor, lines, work.sessions, say)
    finally:
        for process in processes:
            process.kill()
            process.join()


def _receive(cursor: Any, lines: list[Connection[Any, Any]], sessions: int, say: Callable[[str], None]) -> Written:
    rows: Counter[str] = Counter()
    highest: dict[str, int] = {}
    made = dict.fromkeys(lines, 0)
    with telling(say, "Writing the records") as teller:
        while lines:
            for line in wait(lines):
                assert isinstance(line, Connection)
                kind, *told = line.recv()
                if kind == "problem":
                    raise RuntimeError(told[0])
                if kind == "done":
                    rows.update(told[0])
                    highest = {name: max(last, highest.get(name, 0)) for name, last in told[1].items()}
                    lines.remove(line)
                    continue
                statement, made[line] = told
                cursor.copy_expert(statement, io.BytesIO(line.recv_bytes()), size=1 << 20)
                teller.words = f"Writing the records: {sum(made.values()):,} of {sessions:,} sessions"
    return Written(dict(rows), highest)


def _writer(number: int, line: Connection[Any, Any], receivers: list[Connection[Any, Any]], work: Work) -> None:
    # Ctrl-C reaches every process of the terminal: the one above takes it, and ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Forked with us: while they are open here, nobody tells us that the one above was killed.
    for receiver in receivers:
        receiver.close()
    try:
        tables = Tables(first=number + 1, step=WRITERS)
        lines = Lines(tables)
        for patient in range(number, len(work.by_patient), WRITERS):
            rng = Random(f"deqi:{work.seed}:{patient + 1}")  # noqa: S311 - nothing secret
            life = Life(tables, lines, work.house, work.day, rng=rng, number=patient + 1, now=work.now)
            life.live(work.by_patient[patient], work.opened)
            _send(line, tables, LINES)
        _send(line, tables, 1)
        line.send(
            ("done", {table.name: table.given_out for table in tables}, {table.name: table.last_id for table in tables})
        )
    except BaseException:
        line.send(("problem", traceback.format_exc()))
        raise


def _send(line: Connection[Any, Any], tables: Tables, at_least: int) -> None:
    for table in tables:
        if len(table.lines) >= at_least:
            line.send(("rows", table.statement, tables.notes.given_out))
            line.send_bytes(table.taken())

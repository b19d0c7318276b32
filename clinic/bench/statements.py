"""How many statements a request takes: counted in this process, as the tests count them."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.bench.client import LANES, Script

_LANE = LANES - 1
_NOT_COUNTED = re.compile(
    r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)|FROM \"(django_session|staff_user)\" WHERE", re.I
)


def count(script: Script, lane: int, number: int, shows: tuple[str, int] = ("", 0)) -> int:
    """Send one request of a script to our own pages, without a server, and count its statements.

    ``shows`` must stand so often on the page. Raises AssertionError for another answer.

    Not counted: BEGIN, COMMIT, SAVEPOINT and RELEASE, and the sign-in check (session and user).
    """
    head, _, body = script.make(lane, number).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    client = Client(headers={"host": headers["Host"]})
    client.cookies = SimpleCookie(headers.get("Cookie", ""))
    own = {name: value for name, value in headers.items() if name.startswith("X-")}
    with CaptureQueriesContext(connection) as captured:
        answer = client.generic(method, path, body, content_type=headers.get("Content-Type", ""), headers=own)
    if answer.status_code not in script.statuses:
        raise AssertionError(f"{method} {path} answered {answer.status_code}")
    piece, times = shows
    if piece and answer.content.decode().count(piece) < times:
        raise AssertionError(f"{method} {path} shows {piece!r} fewer than {times} times")
    return sum(not _NOT_COUNTED.search(query["sql"]) for query in captured.captured_queries)

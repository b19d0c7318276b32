"""Requests as data: each is made from a lane and a number, so that no client ever starts its list again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from clinic.bench.client import LANES, get, post

CSRF = "a" * 32


@dataclass(frozen=True)
class Reads:
    """GETs of many paths, one after the other; the lanes begin at different places."""

    port: int
    cookie: str
    paths: Sequence[str] = field(repr=False)

    def __call__(self, lane: int, number: int) -> bytes:
        return get(self.paths[(number * LANES + lane) % len(self.paths)], port=self.port, cookie=self.cookie)


@dataclass(frozen=True)
class Saves:
    """POSTs to rows that count their versions: a row of one lane is saved again and again, in order.

    ``rows`` are (path, version) for each lane; ``varying`` names a field that is different each time.
    """

    port: int
    cookie: str
    rows: Sequence[Sequence[tuple[str, int]]] = field(repr=False)
    body: Mapping[str, str]
    varying: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, lane: int, number: int) -> bytes:
        mine = self.rows[lane]
        path, version = mine[number % len(mine)]
        said = {**self.body, "version": str(version + number // len(mine))}
        if self.varying:
            said[self.varying] = f"{self.body.get(self.varying, '')} {lane}.{number}"
        return _form(self.port, path, self.cookie, said, self.headers)


@dataclass(frozen=True)
class Once:
    """POSTs to rows that take it once each: a note is signed, a form handed in. Raises IndexError at the end.

    ``rows`` are (path, version, cookie) for each lane; the cookie of a row is added to the common one.
    """

    port: int
    cookie: str
    rows: Sequence[Sequence[tuple[str, int, str]]] = field(repr=False)
    body: Mapping[str, str]

    def __call__(self, lane: int, number: int) -> bytes:
        path, version, cookie = self.rows[lane][number]
        together = "; ".join(part for part in (self.cookie, cookie) if part)
        return _form(self.port, path, together, {**self.body, "version": str(version)}, {})


@dataclass(frozen=True)
class SavesByLink:
    """POSTs of one page of a patient's form; the rows bring their own cookies."""

    port: int
    rows: Sequence[Sequence[tuple[str, int, str]]] = field(repr=False)
    body: Mapping[str, str]

    def __call__(self, lane: int, number: int) -> bytes:
        mine = self.rows[lane]
        path, version, cookie = mine[number % len(mine)]
        said = {**self.body, "version": str(version + number // len(mine)), "ci-sleep": str(number % 11)}
        return _form(self.port, path, cookie, said, {})


def _form(port: int, path: str, cookie: str, said: Mapping[str, str], headers: Mapping[str, str]) -> bytes:
    whole = {
        **said,
        "csrfmiddlewaretoken": CSRF,
        "form_token": "7d0f3b52-5f0a-4c8e-9d11-0a54c2f6b7aa",
        "end": "1",
    }
    return post(path, urlencode(whole), port=port, cookie=f"csrftoken={CSRF}; {cookie}", headers=headers)

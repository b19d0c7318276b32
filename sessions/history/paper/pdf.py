"""From what a document says to a tagged PDF, by typst. Reads no database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from sessions.history.paper.letters import clean, drawn

_HERE = Path(__file__).resolve().parent
_TEMPLATE = _HERE / "document.typ"
#: Noto Sans for Simplified Chinese with its Latin letters, from the npm package of that name.
_FONTS = _HERE.parents[2] / "node_modules" / "@embedpdf" / "fonts-sc" / "fonts"
#: PDF/UA-1: tags, title, language, reading order. typst refuses a document that would break it.
_ACCESSIBLE: Final = "ua-1"


class NoFont(RuntimeError):
    """The typeface of the documents is not installed."""


def made(document: dict[str, Any], *, now: datetime) -> bytes:
    """Return the document as a tagged PDF (PDF/UA-1). ``now`` is the time that stands in the file.

    Texts go in as data: none of them is ever read as markup. A sign that no typeface draws stands as its name. Raises
    NoFont when the packages are not installed.
    """
    said = _each(document, clean)
    try:
        return _compiled(said, now)
    except typst.TypstError:
        # PDF/UA wants every sign drawn. Said by its name it can be.
        return _compiled(_each(said, drawn), now)


def _compiled(document: dict[str, Any], now: datetime) -> bytes:
    return typst.compile(
        str(_TEMPLATE),
        root=str(_HERE),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"data": json.dumps(document, ensure_ascii=False)},
        pdf_standards=_ACCESSIBLE,
        timestamp=int(now.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    if not _FONTS.is_dir():
        raise NoFont(f"{_FONTS} is missing: say `make run` or `npm ci` once.")
    # The machine's own typefaces are left out, so that a document looks the same everywhere.
    return typst.Fonts(include_system_fonts=False, font_paths=[str(_FONTS)])


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """Return the same value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(one, change) for key, one in value.items()}
    return [_each(one, change) for one in value] if isinstance(value, list | tuple) else value

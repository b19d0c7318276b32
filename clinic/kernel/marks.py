"""Small drawings as text: icons, the needles of a course, the line of steps. Pages and print share them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings

#: More ticks than this cannot be told apart on a card; the words "23 of 30" stay.
MOST_TICKS = 16


@lru_cache(maxsize=256)
def icon_shape(name: str) -> str:
    """Return what stands inside the SVG of the bootstrap icon ``name``. Raises LookupError for an unknown one."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise LookupError(f"{name!r} is no name of an icon.")
    path = Path(settings.BASE_DIR) / "node_modules/bootstrap-icons/icons" / f"{name}.svg"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as missing:
        raise LookupError(f"There is no icon {name!r} in {path.parent}.") from missing
    return re.sub(r"\s+", " ", text[text.index(">") + 1 : text.rindex("</svg>")]).strip()


def needles(number: int, total: int, *, checkpoint: int | None = None, today: bool = False) -> str:
    """Draw a course as upright ticks, 7 units each: done, today, to come; "" when there are too many to tell apart.

    ``number`` is the session the words name: with ``today`` it stands out and is not yet done. The ring of the
    ``checkpoint`` is drawn while it lies ahead, and filled (``is-due``) when it is today.
    """
    count = max(number, total)
    if not 0 < count <= MOST_TICKS:
        return ""
    parts = []
    for index in range(1, count + 1):
        x = 7 * index - 4
        if today and index == number:
            parts.append(f'<path class="today" d="M{x} 2V16"/>')
        elif index <= number:
            parts.append(f'<path class="done" d="M{x} 2V16"/>')
        else:
            parts.append(f'<path class="todo" d="M{x} 5V16"/>')
        if index == checkpoint and (index > number or (today and index == number)):
            due = " is-due" if index == number else ""
            parts.append(f'<circle class="check{due}" cx="{x}" cy="2" r="2.3"/>')
    return f'<svg viewBox="0 0 {7 * count} 17" aria-hidden="true">{"".join(parts)}</svg>'


def step_needles(number: int, total: int) -> str:
    """Draw the progress of a patient's form: ``total`` needles on one line, the one of step ``number`` thick."""
    count = max(total, 1)
    gap = 288 / (count - 1) if count > 1 else 0
    parts = ['<path class="base" d="M0 20H300"/>']
    for index in range(1, count + 1):
        x = f"{6 + gap * (index - 1):g}"
        if index < number:
            parts.append(f'<path class="done" d="M{x} 8V24"/>')
        elif index == number:
            parts.append(f'<path class="here" d="M{x} 2V24"/>')
        else:
            parts.append(f'<path class="todo" d="M{x} 12V24"/>')
    return f'<svg viewBox="0 0 300 28" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'


def course_line(number: int, total: int, *, checkpoint: int | None = None, dates: dict[int, str] | None = None) -> str:
    """Draw the long form of a course: a needle with a head for each session done, a ring at the checkpoint.

    ``dates`` gives the words under a session ("28 Sep"); only the first, the checkpoint and the last are printed,
    since more would touch each other. Words are escaped here.
    """
    words = dates or {}
    count = max(number, total, 1)
    gap = 301 / (count - 1) if count > 1 else 0
    parts = ['<path class="axis" d="M4 28H336"/>']
    for index in range(1, count + 1):
        x = f"{20 + gap * (index - 1):.4g}"
        done = index <= number
        parts.append(
            f'<path class="{"done" if done else "todo"}" stroke-linecap="round" d="M{x} {11 if done else 17}V36"/>'
        )
        if index == checkpoint:
            parts.append(f'<circle class="check" cx="{x}" cy="10" r="7"/>')
        if done:
            parts.append(f'<circle class="head" cx="{x}" cy="10" r="{3 if index == checkpoint else 4}"/>')
        if index in words and index in (1, checkpoint, count):
            parts.append(_under(index, count, x, words[index], is_checkpoint=index == checkpoint))
    return "".join(parts)


def _under(index: int, count: int, x: str, words: str, *, is_checkpoint: bool) -> str:
    safe = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if is_checkpoint and index not in (1, count):
        near_end = float(x) > 213
        return f'<text x="{213 if near_end else x}" y="55" text-anchor="middle">{safe}, checkpoint</text>'
    if index == 1:
        return f'<text x="4" y="55" text-anchor="start">{safe}</text>'
    return f'<text x="336" y="55" text-anchor="end">{safe}</text>'

"""Tags and filters of the look: icons, chips, times. Words and marks come from here so that pages agree.

``{% load deqi %}`` gives: icon, state, message_state, flag, course, course_line, point, empty, problem, steps_line,
scale, greeting, clinic_now, current_place, said, undo_of; and the filters of ``clinic.kernel.clinic_words``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from clinic.kernel import clinic_words, clock, marks, words

register = template.Library()

#: state of a visit -> (class, icon, word). The words are what people read; codes never reach a page.
VISIT_STATES: dict[str, tuple[str, str, str]] = {
    "booked": ("booked", "", "booked"),
    "confirmed": ("confirmed", "check2", "confirmed"),
    "arrived": ("arrived", "door-open", "here"),
    "waiting": ("waiting", "hourglass-split", "waiting"),
    "in-treatment": ("treating", "stopwatch", "in treatment"),
    "completed": ("completed", "check2", "done"),
    "cancelled": ("gone", "x-lg", "cancelled"),
    "late-cancelled": ("gone", "x-lg", "late cancelled"),
    "noshow": ("gone", "slash-circle", "no-show"),
    "rescheduled": ("gone", "arrow-right", "moved"),
    "entered-in-error": ("gone", "x-lg", "entered in error"),
}

#: state of a message in the ledger -> (class, icon, word).
MESSAGE_STATES: dict[str, tuple[str, str, str]] = {
    "planned": ("booked", "clock", "planned"),
    "queued": ("booked", "clock", "planned"),
    "claimed": ("booked", "arrow-repeat", "going out"),
    "transmitting": ("booked", "arrow-repeat", "going out"),
    "sent": ("good", "check2", "sent"),
    "skipped": ("gone", "slash-circle", "skipped"),
    "cancelled": ("gone", "slash-circle", "skipped"),
    "unsure": ("look", "question-circle", "unsure"),
    "failed": ("bad", "exclamation-octagon", "failed"),
    "phone": ("look", "telephone", "by phone"),
    "phoned": ("good", "telephone", "phoned"),
    "bounced": ("bad", "exclamation-octagon", "bounced"),
}

_FLAG_ICONS = {"stop": "exclamation-octagon", "look": "exclamation-triangle", "desk": "info-circle"}

#: namespace of an address -> the place of the rail it belongs to.
_PLACES = {
    "desk": "today",
    "calls": "today",
    "appointments": "today",
    "patients": "patients",
    "intake": "patients",
    "attention": "attention",
    "treatments": "notes",
    "reminders": "reminders",
    "opening": "settings",
    "practice": "settings",
    "staff": "settings",
}


@register.simple_tag
@lru_cache(maxsize=512, typed=True)  # safe text and text are not the same
def icon(name: str, label: str = "", classes: str = "") -> SafeString:
    """Draw the bootstrap icon ``name`` in the size of the text. With ``label`` it has a name, else it is silent."""
    try:
        shape = marks.icon_shape(name)
    except LookupError as unknown:
        raise template.TemplateSyntaxError(str(unknown)) from unknown
    says = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="bi bi-{}{}" viewBox="0 0 16 16" {}>{}</svg>',
        name,
        f" {classes}" if classes else "",
        says,
        SafeString(shape),
    )


@register.simple_tag
def state(code: str, detail: object = "", words: str = "") -> SafeString:
    """Show the state of a visit as a chip: class, icon, word. ``detail`` follows the word, ``words`` replaces it."""
    return _bare_state(str(code)) if detail in ("", None) and not words else _chip(VISIT_STATES, code, detail, words)


@lru_cache(maxsize=64)
def _bare_state(code: str) -> SafeString:
    """The chip without words of its own: a page shows the same one many times."""
    return _chip(VISIT_STATES, code, "", "")


@register.simple_tag
def message_state(code: str, detail: object = "", words: str = "") -> SafeString:
    """Show the state of a message of the ledger as a chip, in the same way as ``state``."""
    return _chip(MESSAGE_STATES, code, detail, words)


def _chip(table: dict[str, tuple[str, str, str]], code: str, detail: object, text: str) -> SafeString:
    kind, mark, word = table.get(str(code), ("booked", "", str(code).replace("-", " ")))
    said = text or (f"{word} {detail}" if detail not in ("", None) else word)
    return format_html('<span class="state is-{}">{}{}</span>', kind, icon(mark) if mark else "", said)


@register.filter
def visit_class(code: object) -> str:
    """Return the class of the look for a visit in state ``code``: ``is-booked`` .. ``is-gone``."""
    return f"is-{VISIT_STATES.get(str(code), ('booked', '', ''))[0]}"


@register.filter
def visit_word(code: object) -> str:
    """Return the word for a visit in state ``code``: "booked", "here", "late cancelled"."""
    return VISIT_STATES.get(str(code), ("", "", str(code).replace("-", " ")))[2]


@register.simple_tag
def flag(level: str, text: str, since: str = "", mark: str = "") -> SafeString:
    """Show a fact of the person: ``level`` stop, look or desk; ``since`` is lighter ("since 2024")."""
    lighter = format_html(' <span class="soft">{}</span>', since) if since else ""
    known = level if level in _FLAG_ICONS else "look"
    return format_html(
        '<span class="flag is-{}">{}<span>{}{}</span></span>', known, icon(mark or _FLAG_ICONS[known]), text, lighter
    )


@register.simple_tag
def course(number: int, total: int, checkpoint: int | None = None, today: bool = False) -> SafeString:
    """Show "4 of 8" with its needles. With ``today`` session ``number`` is the one of today, not yet done."""
    drawn = SafeString(marks.needles(number, total, checkpoint=checkpoint, today=today))
    return format_html('<span class="course">{}<span class="num">{} of {}</span></span>', drawn, number, total)


@register.simple_tag
def course_line(
    number: int, total: int, checkpoint: int | None = None, dates: dict[int, str] | None = None
) -> SafeString:
    """Draw a course at full width: sessions done, the checkpoint, the words of ``dates`` (session -> "28 Sep")."""
    shapes = SafeString(marks.course_line(number, total, checkpoint=checkpoint, dates=dates))
    told = f"{number} of {total} sessions done" + (f", checkpoint at session {checkpoint}" if checkpoint else "")
    return format_html(
        '<svg class="course-line" viewBox="0 0 340 60" role="img" aria-label="{}">{}</svg>', told, shapes
    )


@register.simple_tag
@lru_cache(maxsize=4096, typed=True)
def point(
    code: str, pinyin: str = "", hanzi: str = "", side: str = "", technique: str = "", change: str = ""
) -> SafeString:
    """Show a point as a list item of ``ul.points``. ``change`` is "", new, out or ask; "midline" is not said."""
    sides = [part for part in (side if side != "midline" else "", technique) if part]
    if change == "out":
        sides = ["taken out"]
    return format_html(
        '<li class="point{}">{}<b>{}</b>{}{}{}</li>',
        f" is-{change}" if change in ("new", "out", "ask") else "",
        icon("question-circle") if change == "ask" else "",
        code,
        format_html('<span class="said">{}</span>', pinyin) if pinyin else "",
        format_html(' <span class="hanzi" lang="zh">{}</span>', hanzi) if hanzi else "",
        format_html('<span class="side">{}</span>', ", ".join(sides)) if sides else "",
    )


@register.simple_tag
def steps_line(number: int, total: int) -> SafeString:
    """Draw the needles of a patient's progress; components/steps.html says the same in words."""
    return SafeString(marks.step_needles(int(number), int(total)))


@register.inclusion_tag("components/empty.html")
def empty(title: str, sentence: str = "", button: str = "", url: str = "", mark: str = "") -> dict[str, str]:
    """Nothing yet: a title, one sentence, one button that starts it."""
    return {"title": title, "sentence": sentence, "button": button, "url": url, "mark": mark}


@register.inclusion_tag("components/problem.html")
def problem(text: str, title: str = "", level: str = "bad", mark: str = "") -> dict[str, str]:
    """Something is wrong (``level`` bad) or wants a look (``look``): what happened, then what to do."""
    marks_of = {"bad": "exclamation-circle", "look": "exclamation-triangle"}
    return {"text": text, "title": title, "level": level, "mark": mark or marks_of.get(level, "exclamation-circle")}


@register.inclusion_tag("components/scale.html")
def scale(
    name: str, legend: str, value: object = "", low: str = "", high: str = "", steps: int = 10, small: bool = False
) -> dict[str, Any]:
    """Ask for a number from 0 to ``steps`` (10 or 7) as radio buttons; ``low`` and ``high`` name the two ends.

    With ``low`` alone it is the unit ("days").
    """
    chosen = "" if value is None else str(value)
    numbers = [(str(number), str(number) == chosen) for number in range(steps + 1)]
    return {
        "name": name, "legend": legend, "low": low, "high": high, "steps": steps, "small": small, "numbers": numbers,
    }  # fmt: skip


@register.simple_tag
def hanzi(text: str) -> SafeString:
    """Show Hanzi after a name, lighter and marked as Chinese; nothing for an empty text."""
    return format_html('<span class="hanzi" lang="zh">{}</span>', text) if text else SafeString("")


@register.simple_tag
def facts(pairs: Iterable[tuple[str, str]]) -> SafeString:
    """Show pairs of a term and its words as ``dl.facts-list``; pairs without words are left out."""
    rows = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", ((term, said) for term, said in pairs if said))
    return format_html('<dl class="facts-list">{}</dl>', rows)


@register.simple_tag
def greeting() -> str:
    """Return "Good morning", "Good afternoon" or "Good evening" by the clinic's clock."""
    hour = timezone.localtime(clock.now()).hour
    return "Good morning" if 4 <= hour < 12 else "Good afternoon" if 12 <= hour < 18 else "Good evening"


@register.simple_tag
def clinic_now() -> str:
    """Return the moment in the clinic's zone, for the foot of a printed page: "Mon 16 Nov 2026, 10:18"."""
    moment = clock.now()
    return f"{clinic_words.day_year(moment)}, {clinic_words.time_of_day(moment)}"


@register.simple_tag(takes_context=True)
def current_place(context: Context) -> str:
    """Return the place of the rail for this page: ``here`` of the context, else by the namespace of the address."""
    here = context.get("here")
    if here:
        return str(here)
    match = getattr(context.get("request"), "resolver_match", None)
    return _PLACES.get(getattr(match, "namespace", "") or "", "")


@register.simple_tag
def said(messages: Iterable[Message] | None) -> list[Message]:
    """Return the messages as a list, so that a page can look at them twice."""
    return list(messages or [])


@register.simple_tag
def field_problems(form: BaseForm) -> list[BoundField]:
    """Return the visible fields of ``form`` that were refused, in their order on the page."""
    return [field for field in form if field.errors and not field.is_hidden]


@register.simple_tag
def undo_of(message: Message) -> str:
    """Return the path that takes back what ``message`` says, or ""."""
    return words.undo_path(message)


for _name, _filter in clinic_words.FILTERS.items():
    register.filter(_name, _filter)

"""How a patient is doing, in their own numbers and kind words. Mood and worry questionnaires are not told here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.dates import MONTHS_3
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from patients.intake.models import QuestionnaireResponse, Score
from sessions.courses.models import Course
from sessions.said_days import INTAKE_COUNTS
from sessions.trend.chart import NARROW, draw
from sessions.trend.followed import Followed, exact
from sessions.trend.labels import Labels
from sessions.trend.model import Trend, shown
from sessions.trend.parts import Frame
from sessions.trends import answers_for

#: What the own page asks for, and nothing else: the check-in's numbers and the patient's own goal.
_ASKED = {
    "pain": ("checkin", "pain"),
    "daily": ("checkin", "interference"),
    "sleep": ("checkin", "sleep"),
    "mood": ("checkin", "mood"),
    "goal": ("main-concern", "goal_score"),
}


@dataclass(frozen=True)
class Line:
    """One thing, its sentence, and which way it went: better, worse, same."""

    way: str
    words: str


@dataclass(frozen=True)
class Progress:
    """What the own page tells: sentences first, then the drawing. Empty until there are two answers to compare."""

    lines: tuple[Line, ...]
    drawing: SafeString

    @property
    def is_harder(self) -> bool:
        """Whether something is harder than at the beginning: then kind words stand below."""
        return any(line.way == "worse" for line in self.lines)


def progress_of(patient_id: int, course: Course | None, *, language: str = "en") -> Progress:
    """Read how the course goes for its patient: two statements. The caller has traced the look.

    The clinic's own measures are named in ``language``.
    """
    answers = answers_for(patient_id, course_id=course.pk if course else None, language=language)
    trend = answers.trend
    drawn = draw(trend, _in_words(trend)) if len(trend.said) > 1 else ""
    lines = (*_lines(patient_id, course), *(_measured(one) for one in answers.followed if one.is_drawn))
    return Progress(lines, mark_safe(drawn))  # noqa: S308 - drawn and escaped by us


def _measured(followed: Followed) -> Line:
    """Say how a measure of the clinic's own went: what is better depends on its scale."""
    first, now = followed.line[0].value, followed.line[-1].value
    way = "same" if first == now else ("worse" if (now > first) == (followed.scale.worse == "up") else "better")
    unit = followed.scale.unit
    words = _SENTENCES["measure", way]()
    return Line(way, words.format(name=followed.name, first=_number(first), now=f"{_number(now)} {unit}".strip()))


def _number(value: Fraction) -> str:
    """Write a value as the active language does: 3.5, 3,5."""
    text = exact(value)
    return number_format(Decimal(text)) if "." in text else text


def _lines(patient_id: int, course: Course | None) -> tuple[Line, ...]:
    given = Score.objects.filter(
        response__patient_id=patient_id, response__state=QuestionnaireResponse.State.COMPLETED,
        response__answered_by="", response__instrument__in={key[0] for key in _ASKED.values()},
        total__isnull=False,
    )  # fmt: skip
    if course is not None:
        given = given.filter(response__answered_at__gte=course.opened_at - INTAKE_COUNTS)
    rows = given.order_by("response__answered_at", "id").values_list("response__instrument", "output", "total")
    said: dict[tuple[str, str], list[int]] = {}
    for instrument, output, total in rows:
        said.setdefault((instrument, output), []).append(int(total or 0))
    found = []
    for name, asked in _ASKED.items():
        values = said.get(asked, [])
        if len(values) > 1:
            found.append(_line(name, values[0], values[-1]))
    return tuple(found)


def _line(name: str, first: int, now: int) -> Line:
    way = "same" if first == now else ("better" if now < first else "worse")
    return Line(way, _SENTENCES[name, way]().format(first=first, now=now))


#: Whole sentences, so that each language builds its own.
_SENTENCES: dict[tuple[str, str], Callable[[], str]] = {
    ("pain", "better"): lambda: _("Your pain went from {first} to {now}."),
    ("pain", "worse"): lambda: _("Your pain was {first} at the beginning and is {now} now."),
    ("pain", "same"): lambda: _("Your pain is {now}, as at the beginning."),
    ("daily", "better"): lambda: _("It holds you back less: from {first} to {now}."),
    ("daily", "worse"): lambda: _("It holds you back more: {first} at the beginning, {now} now."),
    ("daily", "same"): lambda: _("It holds you back as much as at the beginning: {now}."),
    ("sleep", "better"): lambda: _("You sleep better: poor sleep went from {first} to {now}."),
    ("sleep", "worse"): lambda: _("Your sleep is harder: {first} at the beginning, {now} now."),
    ("sleep", "same"): lambda: _("Your sleep is as at the beginning: {now}."),
    ("mood", "better"): lambda: _("Your mood is lighter: low mood went from {first} to {now}."),
    ("mood", "worse"): lambda: _("Your mood is heavier: {first} at the beginning, {now} now."),
    ("mood", "same"): lambda: _("Your mood is as at the beginning: {now}."),
    ("goal", "better"): lambda: _("What you want to do again has become easier: from {first} to {now}."),
    ("goal", "worse"): lambda: _("What you want to do again is harder now: {first} at the beginning, {now} now."),
    ("goal", "same"): lambda: _("What you want to do again is as hard as at the beginning: {now}."),
    ("measure", "better"): lambda: _("{name}: from {first} to {now}. That is better."),
    ("measure", "worse"): lambda: _("{name}: {first} at the beginning, {now} now. That is harder."),
    ("measure", "same"): lambda: _("{name}: {now}, as at the beginning."),
}


def _in_words(trend: Trend) -> Frame:
    """Return the narrow drawing with the words of the active language, and its sentence for screen readers."""
    labels = Labels(
        names={"pain": _("pain"), "mood": _("low mood"), "sleep": _("poor sleep")},
        narrow_names={"pain": _("pain"), "mood": _("mood"), "sleep": _("sleep")},
        narrow_ends=_("0 to 10, worse is up"),
        narrow_baseline=_("at the beginning {value}"),
        narrow_better=_("30 % better"),
        checkpoint=_("we look together"),
        session=_("visit"),
        medicine=_("Days with pain medicine, of 7"),
        months=tuple(str(MONTHS_3[number]) for number in range(1, 13)),
        described=_described(trend),
    )
    return replace(NARROW, labels=labels)


def _described(trend: Trend) -> str:
    pain = trend.first_and_last("pain")
    if pain is None:
        return _("A drawing of your answers over time.")
    return _("A drawing of your answers over time. Pain {first} at first, {now} now.").format(
        first=shown(pain[0]), now=shown(pain[1])
    )

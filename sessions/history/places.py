"""Where it hurts, over time: pictures of one patient beside each other, from the marks on record. No question here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise

from patients import body
from patients.models import PainMark

#: Pictures of one row: the first one always, then the newest.
MOST_PICTURES = 6
PRACTITIONER = "practitioner"


@dataclass(frozen=True)
class Shape:
    """One place of the figure: its shape, where its number stands, whether it was marked, how strongly."""

    path: str
    x: int
    y: int
    is_on: bool
    said: str


@dataclass(frozen=True)
class Line:
    """One mark in words: the place, 0 to 10 (None: left open), how it feels."""

    place: str | Promise
    strength: int | None
    kinds: tuple[str | Promise, ...]


@dataclass(frozen=True)
class Picture:
    """All marks of one moment. ``by`` names who answered for the patient, "" for the patient or the practitioner."""

    on: date
    source: str
    by: str
    lines: tuple[Line, ...]
    marked: dict[str, str]
    is_baseline: bool = False

    @property
    def title(self) -> str:
        """Whose picture it is."""
        if self.source == PRACTITIONER:
            return "found by a practitioner"
        if self.by:
            return f"said by {self.by}"
        return "baseline, by the patient" if self.is_baseline else "by the patient"

    @property
    def figure(self) -> list[tuple[str, list[Shape]]]:
        """Both views, each place as a shape."""
        return [(view, [self._shape(place) for place in body.all_places() if place.view == view])
                for view in (body.FRONT, body.BACK)]  # fmt: skip

    def _shape(self, place: body.Place) -> Shape:
        return Shape(place.path, place.x, place.y, place.code in self.marked, self.marked.get(place.code, ""))


def pictures_of(marks: Iterable[PainMark]) -> list[Picture]:
    """Return the pictures of a patient, oldest first. What practitioners found on one day is one picture.

    The baseline is the first that the patient marked without help.
    """
    groups: dict[tuple[object, str, str], list[PainMark]] = {}
    for mark in sorted(marks, key=lambda one: (one.recorded_at, one.pk)):
        day = timezone.localdate(mark.recorded_at)
        moment: date | datetime = day if mark.source == PRACTITIONER else mark.recorded_at
        groups.setdefault((moment, mark.source, mark.answered_by), []).append(mark)
    baseline_seen, found = False, []
    for (_, source, by), of_it in groups.items():
        is_baseline = source != PRACTITIONER and not by and not baseline_seen
        baseline_seen = baseline_seen or is_baseline
        found.append(_picture(of_it, source, by, is_baseline))
    return found


def side_by_side(pictures: list[Picture]) -> list[Picture]:
    """Return those that are drawn: the baseline (else the first) and the newest, oldest first."""
    if len(pictures) <= MOST_PICTURES:
        return pictures
    first = next((one for one in pictures if one.is_baseline), pictures[0])
    newest = [one for one in pictures if one is not first][-(MOST_PICTURES - 1) :]
    return [first, *newest]


def _picture(marks: list[PainMark], source: str, by: str, is_baseline: bool) -> Picture:
    marked, lines = {}, []
    for mark in marks:
        code = body.code_of(mark.place, mark.side, mark.view)
        marked[code] = "" if mark.strength is None else str(mark.strength)
        kinds = tuple(body.KINDS.get(kind, kind) for kind in mark.kinds)
        lines.append(Line(body.get(code).name, mark.strength, kinds))
    return Picture(timezone.localdate(marks[0].recorded_at), source, by, tuple(lines), marked, is_baseline)

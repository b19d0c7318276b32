"""What a note still lacks to be signed: the list of product rules, with the place on the page for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sessions.content import WORDS, NoteContent
from sessions.flagged.speaking import Spoken
from sessions.needling import Needling

#: What a text of the clinic leaves to be filled in, and the parts of a note that hold texts.
MARK = "___"
TEXTS = ("changes_text", "subjective", "objective", "assessment", "plan")


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to do before signing: what, and the id of the field on the page that takes it."""

    what: str
    anchor: str


def missing_to_sign(
    content: NoteContent, needling: Needling, *, has_consent: bool, stops: Sequence[Spoken]
) -> list[Missing]:
    """Everything that is missing, in the order of the page. ``stops`` are those that have no reason yet.

    Needed: consent on file, changes since last time, points (none still asking) or "no needles"; with needles the
    counts in and out, a reason with a name for a difference, retention; a written reason for every stop that speaks.
    """
    found = [*_about_the_person(content, has_consent), *_about_points(content, needling)]
    found.extend(Missing(f"a reason to go on: {stop.title}", stop.anchor) for stop in stops)
    if not content.no_needles:
        found.extend(_about_counts(content))
    return found


def left_open(content: NoteContent) -> list[Missing]:
    """The texts in which a ``___`` still stands, that a text of the clinic left to be filled in. It stops nothing."""
    return [Missing(f"___ in {WORDS[name]}", f"id_{name}") for name in TEXTS if MARK in getattr(content, name)]


def _about_the_person(content: NoteContent, has_consent: bool) -> Iterator[Missing]:
    if not has_consent:
        yield Missing("consent to treatment", "consent")
    if not content.changes:
        yield Missing("anything new since last time", "id_changes")
    elif content.changes == "yes" and not content.changes_text:
        yield Missing("what changed", "id_changes_text")


def _about_points(content: NoteContent, needling: Needling) -> Iterator[Missing]:
    for question in needling.questions:
        yield Missing(f"which {question.text}" if question.text else "a shorter line of points", "id_points_line")
    for point in needling.forbidden:
        yield Missing(f"{point.code} taken out", "id_points_line")
    if content.no_needles and needling.points:
        yield Missing("points or “no needles”, not both", "id_points_line")
    elif not content.no_needles and not needling.points and not needling.asks:
        yield Missing("points, or “no needles”", "id_points_line")


def _about_counts(content: NoteContent) -> Iterator[Missing]:
    if content.retention_minutes is None:
        yield Missing("minutes", "id_retention_minutes")
    if content.needles_in is None:
        yield Missing("needles in", "id_needles_in")
    if content.needles_out is None:
        yield Missing("needles out", "id_needles_out")
    if content.counts_differ:
        if not content.difference_reason:
            yield Missing("why the counts differ", "id_difference_reason")
        if not content.difference_by:
            yield Missing("who says so", "id_difference_by")

"""What STRICTA 2010 asks of a treatment, items 1 to 3, and which of it a note holds. Pure.

Source: S-STRICTA (docs/domain/SOURCES.md). Nothing here stops a signature.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sessions.content import NoteContent
from sessions.details import read_details
from sessions.exam import read_exam
from sessions.needling import Needling


@dataclass(frozen=True, slots=True)
class Item:
    """One sub-item: its number, what it asks, whether the note has it, and the id of the field that takes it."""

    code: str
    what: str
    there: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What the course says: the number of this session in it, sessions planned, how often."""

    number: int | None = None
    planned: int | None = None
    frequency: str = ""


def coverage(content: NoteContent, needling: Needling, plan: Plan) -> tuple[Item, ...]:
    """The sub-items 1a to 3b, in their order. Without needles item 2 asks nothing.

    1c is there with the points: each session keeps its own, so what varied can be read. 1b is a reason in words, a
    pattern, or the assessment.
    """
    said, exam = read_details(content.details), read_exam(content.exam)
    reason = said.reasoning or exam.main_pattern or exam.patterns or exam.other_pattern or content.assessment
    points = bool(needling.points) and not needling.asks
    items: list[tuple[str, str, object, str]] = [
        ("1a", "style", said.style, "id_d_style"),
        ("1b", "why these points", reason, "id_d_reasoning"),
        ("1c", "what varied", points or content.no_needles or said.varied, "id_points_line"),
    ]
    if not content.no_needles:
        depth = said.depth or (points and all(one.depth for one in needling.points))
        items += [
            ("2a", "number of needles", content.needles_in is not None or needling.needles, "id_needles_in"),
            ("2b", "points and sides", points, "id_points_line"),
            ("2c", "depth", depth, "id_d_depth"),
            ("2d", "response sought", said.sought or said.felt, "id_d_sought"),
            ("2e", "stimulation", said.manipulation or said.stimulation, "id_d_manipulation"),
            ("2f", "minutes", content.retention_minutes is not None, "id_retention_minutes"),
            ("2g", "needle and lot", said.needle, "id_d_needle"),
        ]
    items += [
        ("3a", "number of sessions", plan.number and plan.planned, ""),
        ("3b", "how often", plan.frequency, ""),
    ]
    return tuple(Item(code, what, bool(there), anchor) for code, what, there, anchor in items)


def per_cent(items: Iterable[Item]) -> float:
    """The share of sub-items that are there, 0 to 100; 0 when nothing is asked."""
    asked = list(items)
    return 100 * sum(item.there for item in asked) / len(asked) if asked else 0.0

"""Same as last time: what the session before leaves to this one, as a proposal that counts only once it is confirmed.

Points with their technique and current, needles and plan go over. Findings, tongue, pulse, pain, reactions and texts
never do (product rule). Pure: it works on values and knows no database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sessions.content import CARRIED, CARRIED_DETAILS, NoteContent
from sessions.needling import Needling, read
from sessions.points.reading import PAIR
from sessions.points.shorthand import Reading, to_text

_Place = tuple[str, str, str]
_NOTHING: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was done at ``at``: the points that were needled, the pairs that carried current, and the columns of
    ``CARRIED`` by their names.
    """

    at: datetime
    points: tuple[Reading, ...]
    values: Mapping[str, Any]
    pairs: tuple[Reading, ...] = ()

    @property
    def line(self) -> str:
        """Points and pairs as one types them, without the points that were taken out then."""
        return to_text([*self.points, *self.pairs])

    def with_typed(self, needling: Needling) -> Needling:
        """Return what is proposed together with what was typed to change it.

        A point that is typed again stands as it is typed now; a minus takes it out; what asks still asks. A pair goes
        with its needles, and gives way to a pair that is typed for one of them.
        """
        again = {_point(reading) for reading in needling.points}
        kept = [reading for reading in self.points if _point(reading) not in again]
        merged = read(_joined(to_text(kept), to_text(needling.readings)))
        typed = {point for reading in needling.readings if PAIR in reading.text for point in reading.candidates}
        for pair in self.pairs:
            # A pair that lacks a needle asks, and nobody typed it: then it does not flow.
            more = read(_joined(to_text(merged.readings), to_text([pair])))
            if not typed & {*pair.candidates} and len(more.questions) == len(merged.questions):
                merged = more
        return merged

    def new(self, needling: Needling) -> frozenset[_Place]:
        """Return the places that are needled now and were not then."""
        return frozenset(place(reading) for reading in needling.points) - self.places

    def out(self, needling: Needling) -> tuple[Reading, ...]:
        """Return the points that were needled then and are not now, then the pairs, each in their order."""
        now = {place(reading) for reading in needling.points}
        flows = {(pair.candidates, pair.side) for pair in needling.pairs}
        points = tuple(reading for reading in self.points if place(reading) not in now)
        return (*points, *(pair for pair in self.pairs if (pair.candidates, pair.side) not in flows))

    @property
    def places(self) -> frozenset[_Place]:
        """The places that were needled then."""
        return frozenset(place(reading) for reading in self.points)


def proposal_from(last: Mapping[str, Any] | None) -> Proposal | None:
    """Return what the session before leaves (``TreatmentSession.last``); None after no needles, or without points."""
    if not last or last.get("no_needles"):
        return None
    needling = read(last.get("points_line") or "")
    if not needling.points:
        return None
    values = {name: last[name] for name in CARRIED if last.get(name) not in _NOTHING}
    if "details" in values:
        values["details"] = {name: values["details"][name] for name in CARRIED_DETAILS if name in values["details"]}
    return Proposal(datetime.fromisoformat(last["started_at"]), needling.points, values, needling.pairs)


def is_open(proposal: Proposal | None, content: NoteContent, needling: Needling) -> bool:
    """Tell whether the proposal still waits for a word: nothing of it stands in the line of today yet."""
    if proposal is None or content.no_needles:
        return False
    return not proposal.places & {place(reading) for reading in needling.points}


def confirmed(content: NoteContent, proposal: Proposal, *, words: str = "", news: str = "") -> NoteContent:
    """Return the note after the one confirmation: the proposal counts, and with it what stands beside it.

    ``words`` are what the patient said since; they become the subjective part unless something is written there.
    ``news`` is what differs today: then the question of what is new was answered first, and an answer "yes" without
    words takes these. Without news the confirmation says "no changes" as well. The needles of the points are counted
    in, unless they were counted or something of the line still asks. Nothing that was written is replaced.
    """
    merged = proposal.with_typed(read(content.points_line))
    given: dict[str, Any] = {"points_line": _line(merged)}
    given |= {name: value for name, value in proposal.values.items() if getattr(content, name) in _NOTHING}
    if "details" in proposal.values:
        given["details"] = {**proposal.values["details"], **content.details}
    if not content.changes and not news:
        given["changes"] = "none"
    if content.changes == "yes" and not content.changes_text:
        given["changes_text"] = news
    if not content.subjective:
        given["subjective"] = words
    if content.needles_in is None and not merged.asks:
        given["needles_in"] = merged.needles
    return replace(content, **given)


def _line(needling: Needling) -> str:
    """The points that count, then what still asks, as it was typed."""
    asks = [one for one in needling.readings if one.kind != "understood" or one.do_not_needle]
    return to_text([*needling.points, *asks])


def _joined(*lines: str) -> str:
    return ", ".join(line for line in lines if line)


def place(reading: Reading) -> _Place:
    """Where a needle goes: code, side and, for a tender point, its words."""
    return (reading.point.code if reading.point else "", reading.side or "", reading.place.lower())


def _point(reading: Reading) -> tuple[str, str]:
    code, _, words = place(reading)
    return (code, words)


def news_of_record(
    last: Mapping[str, Any] | None,
    *,
    medications: Sequence[Mapping[str, Any]],
    stopped: Sequence[Mapping[str, Any]],
    flags: Sequence[tuple[str, str]],
) -> list[str]:
    """Return what changed on record since the session before, in words, for the question "what differs today".

    ``medications`` and ``stopped`` are medicines with ``words`` and the moment (``since``, ``stopped``);
    ``flags`` are (words, moment) of facts of the safety list. Moments are ISO 8601. Empty before the second session.
    """
    if not last:
        return []
    then = datetime.fromisoformat(last["started_at"])
    found = [f"{one['words']}, new" for one in medications if datetime.fromisoformat(one["since"]) > then]
    found += [f"{one['words']}, stopped" for one in stopped if datetime.fromisoformat(one["stopped"]) > then]
    found += [words for words, since in flags if datetime.fromisoformat(since) > then]
    return list(dict.fromkeys(found))

"""What was asked of a clinic under stress and what it answered, one line each; and the judge of what it kept."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field

OK, FAIL, UNKNOWN = "ok", "fail", "unknown"


@dataclass(frozen=True)
class Operation:
    """One act of one writer. ``place`` is what it writes to, ``value`` what it writes there."""

    kind: str
    place: str
    value: int
    outcome: str
    statuses: tuple[int, ...]
    begun: float
    ended: float


class History:
    """A file that grows by a line for each operation; 0 among the statuses is a line that was cut."""

    def __init__(self, path):
        self.path = path
        self._lock = threading.Lock()

    def note(self, kind, place, value, statuses, begun):
        """Write down how an operation ended: its last answer counts, nothing clear is unknown."""
        last = statuses[-1] if statuses else 0
        outcome = OK if 200 <= last < 400 else FAIL if 400 <= last < 500 else UNKNOWN
        done = Operation(kind, str(place), value, outcome, tuple(statuses), begun, time.time())
        with self._lock, open(self.path, "a") as file:
            file.write(json.dumps(asdict(done)) + "\n")
        return outcome

    def read(self, kind):
        lines = (json.loads(line) for line in self.path.read_text().splitlines())
        return [Operation(**{**one, "statuses": tuple(one["statuses"])}) for one in lines if one["kind"] == kind]


@dataclass
class Verdict:
    """What a clinic did to its word: nothing of it may be in these lists."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)  # refused, and stored all the same
    acknowledged: int = 0
    unknown: int = 0

    @property
    def clean(self):
        return not (self.lost or self.twice or self.against)

    def __str__(self):
        return (
            f"{self.acknowledged} acknowledged, {self.unknown} unknown, {len(self.lost)} lost,"
            f" {len(self.twice)} twice, {len(self.against)} stored although refused"
        )


def judge_rows(operations, stored: Counter[str]) -> Verdict:
    """Each operation made a row of its own, or none.

    What was acknowledged is there once, the unknown at most once, the refused never.
    """
    found = Verdict()
    for one in operations:
        count = stored[one.place]
        found.acknowledged += one.outcome == OK
        found.unknown += one.outcome == UNKNOWN
        if one.outcome == OK and not count:
            found.lost.append(one.place)
        if count > 1:
            found.twice.append(one.place)
        if one.outcome == FAIL and count:
            found.against.append(one.place)
    return found


def judge_registers(operations, stored: dict[str, int]) -> Verdict:
    """Each operation wrote over what its own writer wrote before.

    What stands there now is the last acknowledged value, or one that was tried after it and whose end is unknown.
    """
    found, by_place = Verdict(), defaultdict(list)
    for one in operations:
        by_place[one.place].append(one)
    for place, acts in by_place.items():
        found.acknowledged += sum(one.outcome == OK for one in acts)
        found.unknown += sum(one.outcome == UNKNOWN for one in acts)
        last = max((one.value for one in acts if one.outcome == OK), default=0)
        allowed = {last} | {one.value for one in acts if one.outcome == UNKNOWN and one.value > last}
        if stored.get(place, 0) < last:
            found.lost.append(f"{place}: {stored.get(place, 0)} stands, {last} was acknowledged")
        elif stored.get(place, 0) not in allowed:
            found.against.append(f"{place}: {stored.get(place, 0)} stands, {sorted(allowed)} may")
    return found

"""The protocol on a machine that is never still: blocks with their own controls, and what may be claimed of them. Pure.

A block is bare view, ours, control, bare view; ours and control change places in every second block. Ratios are
taken inside a block only. A block whose two bare views differ by more than 15 % is thrown away. What is written has
raw commits as a second control in the same block.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from statistics import median, quantiles

BARE_SECONDS, OURS_SECONDS, CONTROL_SECONDS = 1.0, 3.0, 1.0
BLOCKS = 7
#: So many blocks are tried until BLOCKS of them may stay.
MOST_BLOCKS = 14
MAY_DIFFER = 0.15


class RanOut(Exception):
    """Every row that was prepared for this has been used."""


@dataclass(frozen=True)
class Run:
    """What one stretch of load came to: seconds of each answer, how long it lasted, bytes of the largest answer."""

    seconds: float
    latencies: Sequence[float] = field(repr=False)
    most_bytes: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """The latency below which ``share`` of the answers lie, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@dataclass(frozen=True)
class Block:
    """One block of one job."""

    bare_before: Run
    ours: Run
    control: Run
    bare_after: Run
    raw: Run | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the machine was even enough."""
        one, other = self.bare_before.rate, self.bare_after.rate
        return max(one, other) > 0 and abs(one - other) <= MAY_DIFFER * max(one, other)

    @property
    def ratio(self) -> float:
        """Ours over the control, in answers a second."""
        return self.ours.rate / self.control.rate if self.control.rate else 0.0


@dataclass(frozen=True)
class Result:
    """The blocks of one job at one concurrency."""

    clients: int
    kept: Sequence[Block] = field(repr=False)
    thrown_away: int

    @property
    def beside_raw(self) -> Result:
        """The same blocks with raw commits as their control."""
        return replace(self, kept=[replace(block, control=block.raw) for block in self.kept if block.raw])

    @property
    def claim(self) -> float:
        """The lower quartile of the ratios: what may be said."""
        return lower_quartile([block.ratio for block in self.kept])

    @property
    def ratios(self) -> tuple[float, float, float]:
        """Median, lowest and highest ratio."""
        found = [block.ratio for block in self.kept]
        return (median(found), min(found), max(found)) if found else (0.0, 0.0, 0.0)

    @property
    def rate(self) -> float:
        """Median of our answers a second."""
        return median([block.ours.rate for block in self.kept]) if self.kept else 0.0

    @property
    def control_rate(self) -> float:
        """Median of the control's answers a second."""
        return median([block.control.rate for block in self.kept]) if self.kept else 0.0

    @property
    def bare_rate(self) -> float:
        """Median of the bare view's answers a second."""
        runs = [run for block in self.kept for run in (block.bare_before, block.bare_after)]
        return median([run.rate for run in runs]) if runs else 0.0

    @property
    def ours(self) -> Run:
        """All of our answers as one run, for quantiles."""
        return Run(
            seconds=sum(block.ours.seconds for block in self.kept),
            latencies=[latency for block in self.kept for latency in block.ours.latencies],
            most_bytes=max((block.ours.most_bytes for block in self.kept), default=0),
        )


def lower_quartile(values: Sequence[float]) -> float:
    """Return the value that three quarters of ``values`` reach; of a single one itself, of none 0."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=4, method="inclusive")[0]


def measure(
    *,
    bare: Callable[[float], Run],
    ours: Callable[[float], Run],
    control: Callable[[float], Run],
    clients: int,
    raw: Callable[[float], Run] | None = None,
    blocks: int = BLOCKS,
    scale: float = 1.0,
    until: float = math.inf,
) -> Result:
    """Run blocks until ``blocks`` of them may stay, at most MOST_BLOCKS, and none after ``until`` but the first.

    ``until`` is a moment of ``time.monotonic``; ``scale`` shortens the stretches for a try, which is always kept.
    On a machine that is never even nothing is kept, and nothing can be claimed. It ends early when the rows run out.
    """
    done: list[Block] = []
    with suppress(RanOut):
        while sum(block.is_kept for block in done) < blocks and len(done) < max(MOST_BLOCKS, blocks):
            if done and time.monotonic() > until:
                break
            before = bare(BARE_SECONDS * scale)
            if len(done) % 2:
                beside = control(CONTROL_SECONDS * scale)
                mine = ours(OURS_SECONDS * scale)
            else:
                mine = ours(OURS_SECONDS * scale)
                beside = control(CONTROL_SECONDS * scale)
            commits = raw(CONTROL_SECONDS * scale) if raw else None
            done.append(Block(before, mine, beside, bare(BARE_SECONDS * scale), commits))
            if scale < 1:
                return Result(clients, done, 0)
    kept = [block for block in done if block.is_kept]
    return Result(clients, kept, len(done) - len(kept))

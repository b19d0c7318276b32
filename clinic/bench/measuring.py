"""One bench: the servers stand, the jobs are run, the figures come back as plain data."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from functools import partial

from django.db import connections

from clinic.bench import jobs, machine, statements
from clinic.bench.blocks import BLOCKS, Result, Run, measure
from clinic.bench.client import CLIENTS, LANES, Clients, Commits, Failed, Script
from clinic.bench.jobs import Job, Ports, Tries, Work
from clinic.bench.names import NAMES
from clinic.bench.scripts import Once, Reads
from clinic.kernel import clock

WARM_SECONDS = 1.0
INSERT = "INSERT INTO bench_row (words) VALUES ('a row of the raw control')"


@dataclass(frozen=True)
class Figures:
    """What one job came to at one concurrency; rates are answers a second, latencies milliseconds."""

    job: str
    clients: int
    control: str
    rate: float
    control_rate: float
    claim: float
    median: float
    lowest: float
    highest: float
    target: float
    p50: float
    p95: float
    statements: int
    most_statements: int
    most_bytes: int
    allowed_bytes: int
    kept: int
    thrown_away: int
    cpu: float
    control_cpu: float
    bare: float

    @property
    def is_met(self) -> bool:
        """Whether every demand of the line holds."""
        small = not self.allowed_bytes or self.most_bytes <= self.allowed_bytes
        return self.claim >= self.target and self.statements <= self.most_statements and small


@dataclass(frozen=True)
class Pace:
    """How long: the whole protocol, or a try. ``minutes`` bound all lines together, whatever the machine does."""

    blocks: int = BLOCKS
    scale: float = 1.0
    clients: Sequence[int] = (1, CLIENTS)
    rows: float = 1.0
    minutes: float = 13.0


class Clock:
    """Shares the minutes out: each stretch of blocks gets an equal part of what is left."""

    def __init__(self, minutes: float, stretches: int) -> None:
        self._ends = time.monotonic() + 60 * minutes
        self._left = stretches

    def until(self) -> float:
        """Return when the stretch that begins now has to end."""
        now = time.monotonic()
        share = (self._ends - now) / max(1, self._left)
        self._left -= 1
        return now + max(0.0, share)


def measure_lines(
    env: Mapping[str, str], keys: Sequence[str], say: Callable[[str], None], pace: Pace,
    keep: Callable[[list[dict[str, object]]], None],
) -> list[str]:  # fmt: skip
    """Measure lines one after the other and hand each to ``keep`` once it is done.

    A line that fails does not stop the others: it is said and returned by its short name.
    """
    failed = []
    clock_of_all = Clock(pace.minutes, len(keys) * len(pace.clients))
    with ExitStack() as stack:
        ours, floor, bare = (
            stack.enter_context(machine.serving(env, server)) for server in (machine.OURS, machine.FLOOR, machine.BARE)
        )
        use = {"ours": Use(ours), "control": Use(floor)}
        ports = Ports(ours.port, floor.port)
        for key in keys:
            try:
                job = jobs.made(key, Work(ports, clock.now(), Tries(pace.rows)))
                counted = statements_of(job)
                connections.close_all()
                with closing(Clients()) as clients:
                    clients.learn("bare", Script(bare.port, Reads(bare.port, "", ["/bare"])))
                    keep(as_data(_one(job, clients, counted, env, say, pace, use, clock_of_all)))
            except Exception as problem:
                failed.append(key)
                say(f"{NAMES[key]} FAILED: {type(problem).__name__}: {str(problem)[:400]}")
                connections.close_all()
    return failed


class Use:
    """How much processor a server used for how many answers, since it was last asked."""

    def __init__(self, server: machine.Serving) -> None:
        self._server = server
        self.begin()

    def begin(self) -> None:
        """Count anew."""
        self._answers, self._before = 0, self._server.cpu()

    def answered(self, run: Run) -> None:
        """So many more answers."""
        self._answers += len(run.latencies)

    @property
    def milliseconds(self) -> float:
        """Milliseconds of processor for one answer."""
        return round(1000 * (self._server.cpu() - self._before) / self._answers, 2) if self._answers else 0.0


def _one(
    job: Job, clients: Clients, counted: int, env: Mapping[str, str], say: Callable[[str], None], pace: Pace,
    use: Mapping[str, Use], clock_of_all: Clock,
) -> list[Figures]:  # fmt: skip
    clients.learn("ours", job.ours)
    clients.learn("control", job.floor or job.ours)
    clients.learn("raw", Commits(env["DATABASE_URL"], INSERT))
    answered = 1  # the one whose statements were counted
    found = []
    for count in pace.clients:
        sent: list[Run] = []

        def load(name: str, seconds: float, count: int = count, sent: list[Run] = sent) -> Run:
            run = clients.run(name, seconds, count)
            if name in use:
                sent.append(run)
                use[name].answered(run)
            return run

        until = clock_of_all.until()
        # Each worker reads its templates and connects with its first requests: all clients, so that all are reached.
        for name in ("ours", "control"):
            load(name, WARM_SECONDS * pace.scale, CLIENTS)
        for one in use.values():
            one.begin()
        with_raw = job.commits > 0 and count == CLIENTS
        result = measure(
            bare=partial(load, "bare"), ours=partial(load, "ours"), control=partial(load, "control"),
            raw=partial(load, "raw") if with_raw else None, clients=count, blocks=pace.blocks, scale=pace.scale,
            until=until,
        )  # fmt: skip
        used = (use["ours"].milliseconds, use["control"].milliseconds if job.floor else 0.0)
        found.append(_figures(job, result, counted, "floor" if job.floor else "itself", job.target, used))
        if with_raw:
            found.append(_figures(job, result.beside_raw, counted, "raw commits", job.commits))
        for figures in found[-1 - with_raw :]:
            say(sentence(figures))
        answered += sum(len(run.latencies) for run in sent)
    wrong = job.check(answered) if job.check else ""
    if wrong:
        raise Failed(f"{job.name}: {wrong}")
    return found


def statements_of(job: Job) -> int:
    """Count on the last row of the last lane for what can be done once, so that no client meets it again."""
    lane = LANES - 1
    if isinstance(job.ours.make, Once):
        return statements.count(job.ours, lane, len(job.ours.make.rows[lane]) - 1)
    if job.writes:
        # A row of its own: the version that clients know must not move under them.
        rows = job.ours.make.rows[lane]  # type: ignore[attr-defined]
        number = len(rows) - 1
        counted = statements.count(job.ours, lane, number)
        rows.pop()
        return counted
    return max(statements.count(job.ours, 0, number, job.shows) for number in range(3))


def _figures(
    job: Job, result: Result, counted: int, control: str, target: float, used: tuple[float, float] = (0.0, 0.0)
) -> Figures:
    middle, lowest, highest = result.ratios
    ours = result.ours
    return Figures(
        job=job.name, clients=result.clients, control=control, rate=round(result.rate, 1),
        control_rate=round(result.control_rate, 1), claim=round(result.claim, 3), median=round(middle, 3),
        lowest=round(lowest, 3), highest=round(highest, 3), target=target, p50=round(ours.quantile(0.5), 2),
        p95=round(ours.quantile(0.95), 2), statements=counted, most_statements=job.statements,
        most_bytes=ours.most_bytes, allowed_bytes=job.most_bytes, kept=len(result.kept), thrown_away=result.thrown_away,
        cpu=used[0], control_cpu=used[1], bare=round(result.bare_rate, 1),
    )  # fmt: skip


def sentence(figures: Figures) -> str:
    who = "1 client" if figures.clients == 1 else f"{figures.clients} clients"
    verdict = "met" if figures.is_met else "MISSED"
    return (
        f"{figures.job}, {who}: {figures.rate:.0f}/s, p50 {figures.p50:.1f} ms, p95 {figures.p95:.1f} ms; "
        f"{figures.claim:.2f} of {figures.control} (wanted {figures.target:.2f}), "
        f"{figures.statements} statements, {figures.cpu:.1f} against {figures.control_cpu:.1f} ms of processor, "
        f"{figures.kept} blocks kept, {figures.thrown_away} thrown away: {verdict}"
    )


def as_data(figures: Sequence[Figures]) -> list[dict[str, object]]:
    """Return figures as they are kept in a file."""
    return [asdict(one) for one in figures]

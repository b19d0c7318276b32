"""Growth: the same pages of a clinic of 1,000 patients and of one of 50,000, side by side in one block."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from statistics import median, quantiles

from django.db import connections

from clinic.bench import jobs, machine
from clinic.bench.blocks import BARE_SECONDS, BLOCKS, MOST_BLOCKS, OURS_SECONDS, Block, Run
from clinic.bench.client import Clients, Script
from clinic.bench.jobs import Job, Ports, Work
from clinic.bench.measuring import WARM_SECONDS, statements_of
from clinic.bench.names import NAMES
from clinic.bench.scripts import Reads
from clinic.kernel import clock


def measure(
    small: Mapping[str, str], large: Mapping[str, str], keys: Sequence[str], say: Callable[[str], None],
    keep: Callable[[list[dict[str, object]]], None], *, blocks: int = BLOCKS, scale: float = 1.0,
    minutes: float = 7.0,
) -> list[str]:  # fmt: skip
    """Measure each page that is read in both clinics, one client, and hand the line to ``keep``.

    A block is bare view, one clinic, the other, bare view. Returns the short names of lines that failed.
    """
    failed = []
    ends = time.monotonic() + 60 * minutes
    with ExitStack() as stack:
        servers = [stack.enter_context(machine.serving(env, machine.OURS)) for env in (small, large)]
        bare = stack.enter_context(machine.serving(large, machine.BARE))
        for place, key in enumerate(keys):
            until = time.monotonic() + (ends - time.monotonic()) / (len(keys) - place)
            try:
                lines, counted = [], []
                for env, server in zip((small, large), servers, strict=True):
                    _look_into(env)
                    lines.append(jobs.made(key, Work(Ports(server.port, server.port), clock.now())))
                    counted.append(statements_of(lines[-1]))
                connections.close_all()
                with closing(Clients()) as clients:
                    clients.learn("bare", Script(bare.port, Reads(bare.port, "", ["/bare"])))
                    done = _blocks(clients, lines, blocks=blocks, scale=scale, until=until)
                row = line(NAMES[key], done, (counted[0], counted[1]))
            except Exception as problem:
                failed.append(key)
                say(f"Growth of {NAMES[key]} FAILED: {type(problem).__name__}: {str(problem)[:400]}")
                continue
            keep([row])
            say(f"Growth of {row['job']}: p50 {row['small']} to {row['large']} ms, {row['growth']}; {row['kept']} kept")
    return failed


def line(job: str, done: Sequence[Block], statements: tuple[int, int]) -> dict[str, object]:
    """Return the figures of one page: ``ours`` of a block is the large clinic, ``control`` the small one.

    Claimed is the growth that three quarters of the blocks stay below.
    """
    kept = [block for block in done if block.is_kept]
    ratios = [block.ours.quantile(0.5) / block.control.quantile(0.5) for block in kept]
    before = Run(1.0, [one for block in kept for one in block.control.latencies])
    after = Run(1.0, [one for block in kept for one in block.ours.latencies])
    p50, p95 = after.quantile(0.5), after.quantile(0.95)
    upper = quantiles(ratios, n=4, method="inclusive")[2] if len(ratios) > 1 else max(ratios, default=0.0)
    return {
        "job": job, "small": round(before.quantile(0.5), 2), "large": round(p50, 2), "p95": round(p95, 2),
        "growth": round(upper, 3), "median": round(median(ratios), 3) if ratios else 0.0,
        "tail": round(p95 / p50, 2) if p50 else 0.0, "statements": statements, "kept": len(kept),
        "thrown_away": len(done) - len(kept),
    }  # fmt: skip


def _blocks(clients: Clients, lines: Sequence[Job], *, blocks: int, scale: float, until: float) -> list[Block]:
    clients.learn("small", lines[0].ours)
    clients.learn("large", lines[1].ours)
    for name in ("small", "large"):
        clients.run(name, WARM_SECONDS * scale)
    run = partial(clients.run, clients=1)
    done: list[Block] = []
    while sum(block.is_kept for block in done) < blocks and len(done) < MOST_BLOCKS:
        if done and (scale < 1 or time.monotonic() > until):
            break
        before, found = run("bare", BARE_SECONDS * scale), {}
        for name in ("small", "large") if len(done) % 2 else ("large", "small"):
            found[name] = run(name, OURS_SECONDS * scale)
        done.append(Block(before, found["large"], found["small"], run("bare", BARE_SECONDS * scale)))
    return done


def _look_into(env: Mapping[str, str]) -> None:
    """Let this process read the other clinic: whom to open, and how many statements it takes."""
    connections.close_all()
    connections["default"].settings_dict["NAME"] = env["DATABASE_URL"].rpartition("/")[2]

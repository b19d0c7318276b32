"""What may be claimed of a block, and which blocks are thrown away."""

from __future__ import annotations

import time
from itertools import chain, cycle, repeat

import pytest

from clinic.bench.blocks import MOST_BLOCKS, Block, Result, Run, lower_quartile, measure


def run(rate, seconds=1.0):
    return Run(seconds, [0.001] * int(rate * seconds))


def block(before=1000, ours=70, control=100, after=1000):
    return Block(run(before), run(ours), run(control), run(after))


@pytest.mark.parametrize(("after", "kept"), [(1000, True), (860, True), (840, False), (1200, False)])
def test_a_block_stays_when_its_bare_views_differ_by_at_most_fifteen_percent(after, kept):
    assert block(after=after).is_kept is kept


def test_a_block_without_answers_never_stays():
    assert not block(before=0, after=0).is_kept


def test_the_ratio_is_taken_inside_the_block():
    assert block(ours=70, control=100).ratio == pytest.approx(0.7)


def test_the_lower_quartile_is_claimed():
    blocks = [block(ours=ours) for ours in (60, 70, 80, 90, 100)]
    result = Result(4, blocks, 0)
    assert result.claim == pytest.approx(0.7)
    assert result.ratios == pytest.approx((0.8, 0.6, 1.0))
    assert lower_quartile([0.5]) == 0.5
    assert lower_quartile([]) == 0.0


def test_quantiles_are_milliseconds():
    some = Run(1.0, [0.001 * n for n in range(1, 101)])
    assert some.quantile(0.5) == pytest.approx(51)
    assert some.quantile(0.95) == pytest.approx(96)


def test_ours_and_the_control_change_places_in_every_second_block():
    order = []

    def load(name):
        def one(seconds):
            order.append(name)
            return run(1000, seconds)

        return one

    measure(bare=load("bare"), ours=load("ours"), control=load("control"), clients=4, blocks=2)
    assert order == ["bare", "ours", "control", "bare", "bare", "control", "ours", "bare"]


def test_raw_commits_are_a_second_control_of_the_same_blocks():
    result = measure(
        bare=run_of(1000), ours=run_of(70), control=run_of(100), raw=run_of(1400), clients=4, blocks=2
    )  # fmt: skip
    assert result.claim == pytest.approx(0.7)
    assert result.beside_raw.claim == pytest.approx(0.05)


def test_no_block_begins_after_its_time():
    result = measure(
        bare=run_of(1000), ours=run_of(70), control=run_of(100), clients=1, blocks=7, until=time.monotonic() - 1
    )  # fmt: skip
    assert len(result.kept) == 1


def test_uneven_blocks_are_repeated_and_counted():
    bare = chain([1000, 500], cycle([1000, 990]))
    result = measure(
        bare=lambda seconds: run(next(bare)), ours=run_of(70), control=run_of(100), clients=1, blocks=3
    )  # fmt: skip
    assert len(result.kept) == 3
    assert result.thrown_away == 1


def test_a_machine_that_is_never_even_does_not_measure_for_ever():
    bare = chain.from_iterable(repeat((1000, 100)))
    result = measure(
        bare=lambda seconds: run(next(bare)), ours=run_of(70), control=run_of(100), clients=1, blocks=3
    )  # fmt: skip
    assert len(result.kept) == 0
    assert result.thrown_away == MOST_BLOCKS


def run_of(rate):
    return lambda seconds: run(rate, seconds)

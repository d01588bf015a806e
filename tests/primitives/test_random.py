"""Draws depend on their names and the seed, and on nothing else."""

from typing import Any

import pytest
import trio
from hypothesis import given, strategies as st
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.primitives import random


KEYS = st.lists(st.text() | st.integers() | st.tuples(st.integers()))


@pytest.mark.slow
@given(KEYS, st.integers())
def test_a_draw_is_the_same_each_time(key: list[Any], seed: int) -> None:
    """Whatever else is drawn in between."""
    draws = [
        (
            random.uniform(*key, seed=seed),
            random.integer(1, 6, *key, seed=seed),
            random.choice("abc", *key, seed=seed),
            random.shuffled([3, 1, 2], *key, seed=seed),
            random.sample(range(9), 4, *key, seed=seed),
        )
        for _ in range(2)
    ]
    assert draws[0] == draws[1]
    number, eyes, letter, deck, some = draws[0]
    assert 0 <= number < 1 <= eyes <= 6
    assert letter in "abc"
    assert (sorted(deck), len(set(some))) == ([1, 2, 3], 4)


def test_names_and_seeds_give_draws_of_their_own() -> None:
    """A hundred names and a hundred seeds: two hundred numbers."""
    found = {random.uniform("a", i) for i in range(100)}
    found |= {random.uniform("a", seed=i) for i in range(1, 101)}
    assert len(found) == 200
    assert sum(found) / 200 == pytest.approx(0.5, abs=0.1)


@epic.unordered
async def ask(seconds: float) -> float:
    await trio.sleep(seconds)
    return seconds


@pytest.mark.parametrize("fusion", [True, False])
def test_draws_hold_nothing_up(fusion: bool) -> None:
    """Draws between calls leave the calls side by side."""

    def script() -> Any:
        out = []
        for i in range(10):
            if random.uniform("ask", i) < 2:
                out.append(ask(random.integer(1, 3, i)))
        return out

    async def main() -> tuple[Any, float]:
        value = await epic.evaluate(script, fusion=fusion)
        return value, trio.current_time()

    value, seconds = trio.run(main, clock=MockClock(autojump_threshold=0))
    assert (value, seconds) == (
        [random.integer(1, 3, i) for i in range(10)],
        max(value),
    )


def test_a_new_seed_is_new() -> None:
    """Nobody gets the same one twice."""
    first, second = epic.run(lambda: (random.new_seed(), random.new_seed()))
    assert first != second

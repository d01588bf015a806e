"""Long chains, loops and lists of pending work: no recursion, and memory in proportion."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201, ANN202, ANN204
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

import tracemalloc
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic


pytestmark = pytest.mark.slow

LONG = 100_000
RECURSION = 900
RECURSION_INSIDE = 450


@epic.unordered
async def f(x):
    await trio.sleep(1)
    return x


@epic.unordered
async def soon(x):
    await trio.lowlevel.checkpoint()
    return x


def chain(n):
    x = f(0)
    for _ in range(n):
        x = x + 1
    return x


def fan_out(n):
    out = []
    for x in range(n):
        out.append(soon(x))
    return sum(out)


def one_in_a_list(n):
    x = f("a")
    return "".join([x] * n)


def nested(n):
    xs = [f(1)]
    for _ in range(n):
        xs = [xs]
    return xs


def undecided(n):
    out = []
    test = f(True)
    for x in range(n):
        if test:
            out.append(x)
    return len(out)


def rounds(n):
    count = 0
    while f(n) > count:
        count += 1
    return count


def down(n):
    return f(0) if n == 0 else down(n - 1) + 1


def down_pending(n):
    return 0 if f(n) == 0 else down_pending(n - 1) + 1


def down_cached(n):
    @cache
    def level(n):
        return f(0) if n == 0 else level(n - 1) + 1

    return level(n)


class Level:
    """Goes down by way of a special method."""

    def __call__(self, n):
        return f(0) if n == 0 else self(n - 1) + 1


def down_by_a_method(n):
    return Level()(n)


def run(script: Callable[..., Any], *args: Any, fusion: bool = True) -> Any:
    evaluate = partial(epic.evaluate, script, *args, fusion=fusion)
    return trio.run(evaluate, clock=MockClock(autojump_threshold=0))


def test_a_chain_of_pending_operations_does_not_recurse() -> None:
    """A hundred thousand operations wait for each other."""
    assert run(chain, LONG) == LONG


def test_a_loop_of_pending_calls_does_not_recurse() -> None:
    """A hundred thousand calls are in one list."""
    assert run(fan_out, LONG) == LONG * (LONG - 1) // 2


def test_a_list_of_one_pending_value_does_not_recurse() -> None:
    """A hundred thousand slots hold the same wire."""
    assert run(one_in_a_list, LONG) == "a" * LONG


def test_a_pending_value_deep_in_lists_does_not_recurse() -> None:
    """The value arrives at the bottom of five thousand lists."""
    xs, depth = run(nested, 5000), 0
    while isinstance(xs[0], list):
        xs, depth = xs[0], depth + 1
    assert (xs, depth) == ([1], 5000)


def test_a_loop_of_undecided_branches_does_not_recurse() -> None:
    """Ten thousand branches wait for one test."""
    assert run(undecided, 10_000) == 10_000


def test_a_loop_that_is_decided_round_by_round_does_not_recurse() -> None:
    """Each round of two thousand waits for its own test."""
    assert run(rounds, 2000) == 2000


@pytest.mark.parametrize("script", [chain, fan_out, rounds])
def test_the_literal_machine_does_not_recurse(script: Callable[..., Any]) -> None:
    """Two thousand of each run on the literal machine as well."""
    assert run(script, 2000, fusion=False) == run(script, 2000)


@pytest.mark.parametrize("script", [down, down_pending])
@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_a_script_recurses_as_deep_as_in_cpython(
    script: Callable[..., Any], fusion: bool
) -> None:
    """Nine hundred levels are within CPython's limit, and within ours."""
    assert run(script, RECURSION, fusion=fusion) == RECURSION


@pytest.mark.parametrize("script", [down_cached, down_by_a_method])
def test_caches_and_special_methods_recurse_as_deep(script: Callable[..., Any]) -> None:
    """In CPython these take more of the limit."""
    assert run(script, RECURSION_INSIDE) == RECURSION_INSIDE


def peak(script: Callable[..., Any], n: int) -> int:
    """The most memory, in bytes, that a run of size `n` allocates."""
    tracemalloc.start()
    try:
        run(script, n)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("script", [chain, fan_out, undecided])
def test_memory_grows_in_proportion(script: Callable[..., Any]) -> None:
    """Four times the work takes at most five times the memory."""
    run(script, 10)
    assert peak(script, 8000) < 5 * peak(script, 2000)

"""Twice as many rounds over pending values take twice the work, not four times.

There are no clocks here: calls of our own functions are counted.
"""

import sys
from collections.abc import Callable
from heapq import heappop, heappush
from types import FrameType
from typing import Any

import pytest
import trio

from epic_actors.core.network.network import Network
from epic_actors.testing.agree import run_machine
from epic_actors.testing.outside import Outside


outside = Outside()
ROUNDS = 60
SCHEDULES = 3
MOST = 2.3
"""So many times the work is allowed for twice the rounds, over all schedules."""


@outside.unordered(seconds=lambda x: 1)  # type: ignore[untyped-decorator]
def f(x: Any) -> Any:
    """A value that comes later."""
    return x


@outside.unordered(seconds=lambda x: 1)  # type: ignore[untyped-decorator]
def row(x: int) -> dict[str, Any]:
    """A dictionary that comes later."""
    return {"k": x, "name": f"n{x}"}


@outside.unordered(seconds=lambda x: 1)  # type: ignore[untyped-decorator]
def halves(x: int) -> list[int]:
    """Where a tree goes on."""
    return [] if x < 2 else [x // 2, (x - 1) // 2]


def summed(rounds: int) -> int:
    """What is added up may be an object that has come."""
    total = 0
    for x in range(rounds):
        total += row(x)["k"]
    return total


def searched(rounds: int) -> Any:
    """Undecided branches that give variables values."""
    best, seen = None, []
    for x in range(rounds):
        score = f(x)
        if best is None or score > best:
            best = score
            seen.append(x)
    return best, seen


def stored_in(rounds: int) -> list[Any]:
    """Stores into objects on their way."""
    out = []
    for x in range(rounds):
        found = row(x)
        found["more"] = f(x)
        out.append({"a": found["k"], "b": found})
    return out


def tried_again(rounds: int) -> list[int]:
    """Loops that are undecided, in a loop."""
    out = []
    for x in range(rounds):
        k = 0
        while f(x + k) % 2:
            k += 1
        out.append(x + k)
    return out


def joined(rounds: int) -> str:
    """Texts of values of which nothing is known."""
    return "\n".join([f"{x}: {f(x)}" for x in range(rounds)])


def in_order(rounds: int) -> Any:
    """Keys of objects on their way."""
    rows = [row(x) for x in range(rounds)]
    return sorted(rows, key=lambda found: found["name"])


def gathered(rounds: int) -> int:
    """Objects of the script's own that undecided branches change."""
    total: list[int] = []
    for x in range(rounds):
        if f(x) % 2:
            add(total, x)
    return len(total)


def add(total: list[int], x: int) -> None:
    """What a helper does is done by the branch."""
    total.append(x)


def grown(rounds: int) -> int:
    """A tree of answers, walked as it comes."""
    return 1 + sum([grown(part) for part in halves(rounds)])


def paired(rounds: int) -> list[Any]:
    """Two lists of objects on their way, gone over side by side."""
    rows = [row(x) for x in range(rounds)]
    found = [f(len(one)) for one in rows]
    out = []
    for one, size in zip(rows, found, strict=True):
        one["size"] = size
        out.append(f(size))
    return out


def calls_of_ours(script: Callable[[int], Any], rounds: int) -> int:
    """How many functions of the package are called, over the same few schedules."""
    count = 0

    def profile(frame: FrameType, event: str, _: Any) -> None:
        nonlocal count
        ours = str(frame.f_globals.get("__name__", "")).startswith("epic_actors.core")
        count += event == "call" and ours

    for schedule in range(SCHEDULES):
        # Why: what answers first decides a good part of the work.
        trio._core._run._r.seed(schedule)
        sys.setprofile(profile)
        try:
            run_machine(script, outside, lambda: (rounds,), fusion=True)
        finally:
            sys.setprofile(None)
    return count


@pytest.mark.slow
@pytest.mark.parametrize(
    "script",
    [
        summed,
        searched,
        stored_in,
        tried_again,
        joined,
        in_order,
        gathered,
        grown,
        paired,
    ],
    ids=lambda script: script.__name__,
)
def test_takes_work_by_the_round(script: Callable[[int], Any]) -> None:
    """Something pending costs those whom it concerns."""
    calls_of_ours(script, 3)
    few = calls_of_ours(script, ROUNDS)
    assert calls_of_ours(script, 2 * ROUNDS) < MOST * few


def filled(rounds: int) -> Any:
    """A table that depends on an answer, row by row."""
    count = f(rounds)
    table = [[0] * count for _ in range(count)]
    for row_ in range(1, count):
        for column in range(1, count):
            table[row_][column] = table[row_ - 1][column] + table[row_][column - 1] + 1
    return table[-1]


def filled_by_tests(rounds: int) -> Any:
    """The same, with loops that say nothing of how often they go round."""
    count = f(rounds)
    table = [[0] * count for _ in range(count)]
    row_ = 1
    while row_ < count:
        column = 1
        while column < count:
            table[row_][column] = table[row_ - 1][column] + table[row_][column - 1] + 1
            column += 1
        row_ += 1
    return table[-1]


@pytest.mark.slow
@pytest.mark.parametrize("script", [filled, filled_by_tests], ids=lambda s: s.__name__)
def test_loops_in_loops_that_let_others_go_first_cost_no_more(
    script: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the outermost loop that pauses: what follows an inner one need not wait."""
    few = calls_of_ours(script, 8)
    monkeypatch.setattr("epic_actors.core.network.network.TURN_ROUNDS", 20)
    assert calls_of_ours(script, 8) < 1.1 * few


class Simulation:
    """Takes one event after another, until none is left."""

    def __init__(self) -> None:
        self.queue: list[tuple[int, Callable[[int], Any]]] = []
        self.past: list[Any] = []

    def step(self) -> None:
        """The next event; the queue itself says that there is none."""
        try:
            at, happens = heappop(self.queue)
        except IndexError:
            raise KeyError from None
        self.past.append(happens(at))

    def run(self) -> list[Any]:
        """All events."""
        try:
            while True:
                self.step()
        except KeyError:
            return self.past


def simulated(rounds: int) -> list[Any]:
    """Only an error of its body ends the loop, which the pending event before holds back."""
    simulation = Simulation()
    for at in range(rounds):
        heappush(simulation.queue, (at, f))
    return simulation.run()


def test_a_loop_that_only_an_error_ends_lets_others_go_first_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its rounds all have to wait, and all but the first few are taken back."""
    made = []
    stop = Network._stop

    def noted(network: Network) -> None:
        made.append(network.nodes)
        stop(network)

    monkeypatch.setattr(Network, "_stop", noted)
    ran = run_machine(simulated, outside, lambda: (2,), fusion=True)
    assert not ran.faults
    assert max(made) < 10_000

"""The literal machine: a task and a mailbox for each node, and what rest means."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.core.machines.literal import LiteralMachine


chosen: ContextVar[int] = ContextVar("chosen", default=0)


@epic.unordered
async def f(x):
    await trio.sleep(x)
    return x


@epic.unordered
async def fail(x):
    await trio.sleep(x)
    raise KeyError(x)


@epic.unordered
async def living(x):
    """How many tasks there are."""
    await trio.sleep(1)
    return trio.lowlevel.current_statistics().tasks_living


@epic.unordered
async def seen():
    return chosen.get()


def run(script: Callable[..., Any], *args: Any) -> Any:
    evaluate = partial(epic.evaluate, script, *args, fusion=False)
    return trio.run(evaluate, clock=MockClock(autojump_threshold=0))


def waiting(n):
    x = f(2)
    for _ in range(n):
        x = x + 1
    return living(0), x


def finished(n):
    x = 0
    for _ in range(n):
        x = x + 1
    return living(0), x


def test_each_node_that_waits_has_a_task() -> None:
    """Fifty additions wait for a call: fifty tasks more than for none."""
    assert run(waiting, 50)[0] - run(waiting, 0)[0] == 50


def test_a_task_ends_with_its_node() -> None:
    """Fifty additions that are done leave no task behind."""
    assert run(finished, 50) == (run(finished, 0)[0], 50)


def tried(n):
    for _ in range(n):
        try:
            fail(1)
            f(100) + f(100)
        except KeyError:
            pass
    return living(f(2))


def test_a_task_ends_when_its_node_is_flushed() -> None:
    """Of twenty failed bodies only the pool's three idle tasks for their calls are left."""
    assert run(tried, 20) - run(tried, 0) == 20 * 3


def rounds(n):
    x = 0
    while x < n:
        x += 1
    return x


def test_rounds_do_not_nest() -> None:
    """Five thousand rounds of a loop go on in one block."""
    assert run(rounds, 5000) == 5000


def first_wins(x):
    f(1)
    y = 1 // x
    while True:
        y += 1


def test_nothing_goes_on_behind_a_node_that_has_failed() -> None:
    """An endless loop after an error, while something older is pending, is not entered."""
    with pytest.raises(ZeroDivisionError):
        run(first_wins, 0)


def sets(value):
    chosen.set(value)
    return seen()


def test_nodes_share_the_context_of_the_run() -> None:
    """What one node sets in a context variable is there for the calls of others."""
    assert run(sets, 7) == 7


@epic.sequential
async def tell(xs):
    before = list(xs)
    await trio.sleep(1)
    return xs == before


def told(xs):
    same = tell(xs)
    if f(2):
        return same
    return None


def stores_behind(xs):
    same = told(xs)
    xs.append(9)
    return same


def test_a_node_that_waits_holds_what_is_under_way_in_it() -> None:
    """A store behind a helper waits for the call in it, also while the helper waits."""
    assert run(stores_behind, [1]) is True


def two_branches():
    a = f(2) if f(1) else 0
    b = f(2) if f(1) else 0
    return a + b


def test_branches_wait_beside_each_other() -> None:
    """Two undecided branches overlap: three seconds, not six."""

    async def main() -> float:
        assert await epic.evaluate(two_branches, fusion=False) == 4
        return trio.current_time()

    clock = MockClock(autojump_threshold=0)
    start = clock.current_time()
    assert trio.run(main, clock=clock) - start == 3


def test_rest_is_given_to_the_block_that_asked_last() -> None:
    """With no message left, the youngest wait for rest ends, then the one before."""
    machine = LiteralMachine()
    older, younger = machine.rest(), machine.rest()
    machine.unread = 1
    younger.subscribe(Reader(machine))
    machine.read(1)
    assert (repr(older), repr(younger)) == ("<Wire PENDING>", "<Wire None>")


class Reader:
    """An actor whose message is still unread."""

    def __init__(self, machine: LiteralMachine) -> None:
        self.machine = machine

    def wake(self) -> None:
        self.machine.unread += 1

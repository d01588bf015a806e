"""The pool: a task for each call in flight, used again, and none left behind."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from tests.litmus.table import Bad, fail, g


@attrs.define(eq=False)
class Tasks(trio.abc.Instrument):
    """Counts the tasks that were spawned."""

    spawned: int = 0

    def task_spawned(self, task: trio.lowlevel.Task) -> None:
        """Count."""
        self.spawned += 1


def one_after_another(n):
    """Each call waits for the one before."""
    x = 0
    for _ in range(n):
        x = g(x + 1, 1)
    return x


def side_by_side(n):
    """No call waits for another."""
    return sum([g(1, 1) for _ in range(n)])


def run_counting(script: Any, *args: Any) -> tuple[Any, Tasks, epic.Statistics]:
    """Run in virtual time; the value, the tasks and the statistics."""
    tasks = Tasks()

    async def main() -> Any:
        async with epic.open_run(script, *args) as run:
            value = await run.result()
        return value, tasks, run.statistics()

    clock = MockClock(autojump_threshold=0)
    found: tuple[Any, Tasks, epic.Statistics]
    found = trio.run(main, clock=clock, instruments=[tasks])
    return found


def test_a_task_takes_the_next_call_when_it_is_free() -> None:
    """Fifty calls in a row need no more tasks than one."""
    value, few, statistics = run_counting(one_after_another, 50)
    assert (value, statistics.calls, statistics.peak_running) == (50, 50, 1)
    assert few.spawned == run_counting(one_after_another, 1)[1].spawned


def test_as_many_tasks_as_calls_at_once() -> None:
    """And no more."""
    value, many, statistics = run_counting(side_by_side, 50)
    assert (value, statistics.calls, statistics.peak_running) == (50, 50, 50)
    assert many.spawned == run_counting(side_by_side, 1)[1].spawned + 49


def in_a_try(n):
    """The first failure ends the others."""
    try:
        return [fail(1) if i == 0 else g(i, 100) for i in range(n)]
    except Bad:
        return g("caught", 1)


def test_a_call_cancelled_alone_leaves_its_task_for_another() -> None:
    """The handler's call begins in the same second."""
    value, _, statistics = run_counting(in_a_try, 5)
    assert value == "caught"
    assert (statistics.calls, statistics.failed, statistics.complete) == (6, 1, 1)


@epic.unordered
async def broken(x):
    """Raise what no script should catch."""
    await trio.lowlevel.checkpoint()
    raise KeyboardInterrupt(x)


def interrupted(xs):
    """Store, then be interrupted."""
    try:
        broken(1)
    except Exception:
        xs.append(1)


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_an_interrupt_in_a_call_ends_the_run(fusion: bool) -> None:
    """It passes `except Exception` as it would in order."""
    xs: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        epic.run(interrupted, xs, fusion=fusion)
    assert xs == []


@pytest.mark.parametrize("order", range(10))
def test_calls_may_be_asked_for_after_the_run_was_cancelled(order: int) -> None:
    """What has answered at that moment leads to calls, and idle tasks are gone."""
    scope = trio.CancelScope()

    async def give(x: int) -> int:
        await trio.lowlevel.checkpoint()
        return x

    async def stop() -> None:
        await trio.lowlevel.checkpoint()
        scope.cancel()

    ask, end = epic.unordered(give), epic.unordered(stop)

    def script(n) -> Any:
        before = [ask(i) for i in range(n)]
        if sum(before):
            end()
            if ask(order) >= 0:
                return [ask(i) for i in range(n)]
        return before

    async def main() -> None:
        with scope:
            await epic.evaluate(script, 5)

    trio.run(main)
    assert scope.cancelled_caught

"""However a run ends, nothing of it is left: no task, no call, no wire in an object."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.errors import DeadlineExceeded
from epic_actors.testing.outside import Outside


outside = Outside()


@outside.unordered(seconds=lambda d: d)
def f(d):
    return d


@outside.sequential(seconds=lambda x: 1)
def tell(x):
    outside.state.setdefault("told", []).append(x)


@outside.unordered(seconds=lambda d: d)
def fail(d):
    raise ValueError(d)


def several(xs, found):
    for d in (1, 2, 1):
        xs.append(f(d))
    found["told"] = tell(len(xs))
    if f(1):
        xs.append(f(2))
    try:
        xs.append(fail(1))
    except ValueError:
        xs.append(f(3))
    return xs


#: What `several` appends, in program order.
APPENDED = [1, 2, 1, 2, 3]


@attrs.define(eq=False)
class CancelAtStep(trio.abc.Instrument):
    """Cancels a scope just before a task takes its n-th step."""

    step: int
    scope: trio.CancelScope
    steps: int = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        """Count, and cancel when it is time."""
        self.steps += 1
        if self.steps == self.step:
            self.scope.cancel()


@attrs.frozen
class Left:
    """What there is after a run."""

    untouched: bool
    tasks: int
    xs: list[Any]
    found: dict[str, Any]


async def run_under(
    scope: trio.CancelScope, fusion: bool, step: int | None = None
) -> Left:
    """Run `several` under a scope, and look at what is left."""
    outside.begin()
    xs: list[Any] = []
    found: dict[str, Any] = {}
    before = trio.lowlevel.current_statistics().tasks_living
    instrument = CancelAtStep(step or 0, scope)
    trio.lowlevel.add_instrument(instrument)
    with scope:
        await epic.evaluate(several, xs, found, fusion=fusion)
    trio.lowlevel.remove_instrument(instrument)
    tasks = trio.lowlevel.current_statistics().tasks_living - before
    return Left(not scope.cancel_called, tasks, xs, found)


def virtually(main: Callable[[], Any]) -> Any:
    return trio.run(main, clock=MockClock(autojump_threshold=0))


def check_clean(left: Left) -> None:
    """Nothing runs, and the caller's objects are as they were at some point."""
    assert left.tasks == 0
    assert outside.record.running == 0
    assert left.xs == APPENDED[: len(left.xs)]
    assert all(type(x) is int for x in left.xs)
    assert left.found in ({}, {"told": None})


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_a_run_cancelled_at_any_step_leaves_nothing(fusion: bool) -> None:
    """Cancelling before each step of each task leaves no task, no call and no wire."""
    left = Left(untouched=True, tasks=0, xs=[], found={})
    for step in itertools.count(1):
        left = virtually(partial(run_under, trio.CancelScope(), fusion, step))
        check_clean(left)
        if left.untouched:
            break
    assert left.xs == APPENDED


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("half_seconds", range(12))
def test_a_run_cancelled_at_any_instant_leaves_nothing(
    half_seconds: int, fusion: bool
) -> None:
    """Whatever the time of a cancellation, what is left is a state that once was."""

    async def main() -> Left:
        return await run_under(trio.move_on_after(half_seconds / 2), fusion)

    check_clean(virtually(main))


def failing(xs):
    xs.append(f(1))
    xs.append(fail(2))
    xs.append(f(1))


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_a_failed_run_undoes_what_stands_behind_the_failure(fusion: bool) -> None:
    """The caller's list ends where the sequential run raised."""
    outside.begin()
    xs: list[int] = []
    with pytest.raises(ValueError, match="2"):
        virtually(partial(epic.evaluate, failing, xs, fusion=fusion))
    assert xs == [1]
    assert outside.record.running == 0


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_a_deadline_ends_a_run_as_a_cancellation_does(fusion: bool) -> None:
    """A run that is not done in time raises, and leaves nothing running."""
    outside.begin()
    xs: list[int] = []
    run = partial(epic.evaluate, several, xs, {}, fusion=fusion, deadline=2.5)
    with pytest.raises(DeadlineExceeded):
        virtually(run)
    assert xs == APPENDED[: len(xs)]
    assert outside.record.running == 0


async def test_leaving_a_run_early_cancels_it(autojump_clock: MockClock) -> None:
    """Leaving the block of `open_run` without asking for the result ends its calls."""
    outside.begin()
    async with epic.open_run(several, [], {}):
        await trio.sleep(0.5)
        assert outside.record.running > 0
    assert outside.record.running == 0

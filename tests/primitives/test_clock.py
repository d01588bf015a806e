"""Clocks are read, and waits begin, when everything older is done."""

import time
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.primitives import clock


@epic.unordered
async def work(seconds: float) -> float:
    await trio.sleep(seconds)
    return seconds


def run(script: Any, **options: Any) -> tuple[Any, float]:
    """The value of a script, and how long it took in virtual time."""

    async def main() -> tuple[Any, float]:
        value = await epic.evaluate(script, **options)
        return value, trio.current_time()

    return trio.run(main, clock=MockClock(autojump_threshold=0))


@pytest.mark.parametrize("fusion", [True, False])
def test_the_clock_is_read_when_everything_older_is_done(fusion: bool) -> None:
    """A script can time what it has done; what stands behind may have begun."""

    def script() -> Any:
        start = clock.now()
        work(2)
        work(3)
        middle = clock.now()
        work(4)
        return middle - start, clock.now() - middle

    assert run(script, fusion=fusion) == ((3, 1), 4)


def test_a_wait_begins_when_everything_older_is_done() -> None:
    """What stands behind it and is unordered does not wait."""

    def script() -> Any:
        work(2)
        clock.sleep(3)
        return work(4)

    assert run(script) == (4, 5)


def test_the_time_of_day_is_that_of_the_machine() -> None:
    """Seconds since 1970."""
    before = time.time()
    assert before <= epic.run(lambda: clock.unix_time()) <= time.time()

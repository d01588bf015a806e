"""Virtual time that stands still while a worker thread computes.

Time jumps as soon as every task waits for it.  A thread is no task: while one computes, no
task may be ready and yet something is about to happen.  A thread that waits for an answer
from trio's side, though, waits like a task does.
"""

import math
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest import mock

import attrs
import trio
from trio.testing import MockClock

from epic_actors.core.network.door import Door


Answer = TypeVar("Answer")


def run_in_virtual_time(main: Callable[[], Awaitable[Answer]]) -> Answer:
    """Run `main` under trio, where no time passes but what tasks wait for."""
    watch = _Watch()
    with watch.asking_counted():
        return trio.run(main, clock=watch.clock, instruments=[watch])


@attrs.define(eq=False)
class _Watch(trio.abc.Instrument):
    """Lets time jump when no worker thread computes.

    Attributes:
        asking: How many threads wait for an answer from trio's side.
    """

    clock: MockClock = attrs.field(factory=lambda: MockClock(autojump_threshold=0))
    asking: int = 0

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        """See whether a thread was started or is done."""
        threads = trio.to_thread.current_default_thread_limiter().borrowed_tokens
        threshold = 0 if threads <= self.asking else math.inf
        if self.clock.autojump_threshold != threshold:
            self.clock.autojump_threshold = threshold

    @contextmanager
    def asking_counted(self) -> Iterator[None]:
        """Count what threads ask: on trio's side, since only there is time looked at."""
        make = Door.make

        async def counted(door: Door, *args: Any) -> None:
            self.asking += 1
            try:
                await make(door, *args)
            finally:
                self.asking -= 1

        with mock.patch.object(Door, "make", counted):
            yield

"""External calls under way: a pool of reused trio tasks that answer over a memory channel.

A call in flight has a task to itself; when it answers, the task is idle until it is woken
with the next one, so there are as many tasks as there were calls at once.  Each call
starts in a fresh copy of the run's context variables.  A call inside a `try` has a cancel
scope of its own, since it may have to be cancelled alone; the others end with the run.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeAlias

import trio

from .door import Door, of_run
from .shared import keep_shared


if TYPE_CHECKING:
    from .calls import ExternalCall
    from .network import Network


Result: TypeAlias = tuple[Any, BaseException | None]
"""What a call gave: a value, or an error."""
GREW: Result = ("a stream has grown", None)


_Batch: TypeAlias = "list[tuple[ExternalCall, Result | None]]"


class Pool:
    """Runs external calls and hands their outcomes back to the network."""

    def __init__(self, network: "Network") -> None:
        self.network = network
        self.calls = self.running = self.peak_running = self.waiting = 0
        self.complete = self.failed = self.cancelled = 0
        self.door: Door | None = None
        self._numbers = 0
        self._idle: dict[trio.lowlevel.Task, list[ExternalCall]] = {}
        self._answers_in, self._answers_out = trio.open_memory_channel[_Batch](1)
        self._batch: _Batch = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep the tasks alive; on leaving, cancel what is still under way."""
        try:
            async with keep_shared(), trio.open_nursery() as self._nursery:
                self.door = Door(self._nursery)
                token = of_run.set(self.door)
                self._context = copy_context()
                yield
                of_run.reset(token)
                self.door.closed = True
                self._nursery.cancel_scope.cancel()
        finally:
            if self.door is not None:
                self.door.closed = True
            self.cancelled += self.running
            self.running = 0

    @property
    def threads(self) -> int:
        """How many threads code of the run has started that are alive."""
        return 0 if self.door is None else self.door.threads

    def launch(self, call: "ExternalCall") -> None:
        """Start a call, as soon as the event loop gets to it."""
        self.calls += 1
        self.running += 1
        self.peak_running = max(self.peak_running, self.running)
        if self._idle:
            task, calls = self._idle.popitem()
            calls.append(call)
            trio.lowlevel.reschedule(task)
        else:
            self._nursery.start_soon(self._work, call)

    def start(self, work: Callable[..., Awaitable[Any]], *args: Any) -> None:
        """Start a task that ends with the run."""
        self._nursery.start_soon(work, *args)

    def next_number(self) -> int:
        """A number for a call in reports, from 1."""
        self._numbers += 1
        return self._numbers

    def has_grown(self, call: "ExternalCall") -> None:
        """Have those woken who wait for more of a stream."""
        self._hand_in(call, GREW)

    def _hand_in(self, call: "ExternalCall", result: Result | None) -> None:
        # Why: answers travel in batches; only the first of a batch wakes the run.
        if not self._batch:
            self._answers_in.send_nowait(self._batch)
        self._batch.append((call, result))

    async def _work(self, call: "ExternalCall") -> None:
        task = trio.lowlevel.current_task()
        calls: list[ExternalCall] = []

        def leave(_: object) -> trio.lowlevel.Abort:
            # Why: the run may ask for more calls before it hears that it is cancelled.
            del self._idle[task]
            return trio.lowlevel.Abort.SUCCEEDED

        while True:
            self._hand_in(call, await call.execute())
            task.context = self._context.copy()
            self._idle[task] = calls
            await trio.lowlevel.wait_task_rescheduled(leave)
            call = calls.pop()

    async def wait_answer(self) -> None:
        """Wait until a call has answered; take in all that have."""
        if self.network.outlet is not None:
            self.network.outlet.resume_wanted()
        await self._answers_out.receive()
        self._take_batch()

    def take_answers(self) -> None:
        """Take in the calls that have answered."""
        if self._batch:
            self._answers_out.receive_nowait()
            self._take_batch()

    def _take_batch(self) -> None:
        batch, self._batch = self._batch, []
        for call, result in batch:
            self._take(call, result)

    def _take(self, call: "ExternalCall", result: Result | None) -> None:
        if result is GREW:
            call.wake_readers()
            return
        self.running -= 1
        if result is None:
            self.cancelled += 1
            return
        if result[1] is None:
            self.complete += 1
        else:
            self.failed += 1
        self.network.answer(call, result)

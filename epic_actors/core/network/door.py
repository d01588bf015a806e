"""The door from other threads to the run: code beside it asks for calls and waits.

    a thread of ours           runs code that only CPython can run; a call blocks it
    a thread that this starts  goes through the same door
    an event loop in either    gets a coroutine from a call, as from any `async def`

Theory of operation: calls are made by tasks of a nursery that is open as long as the code
runs, so that they are cancelled with it.  While any door is open `Thread.start` hands it on
to the threads that are started behind it; to no others.
"""

import contextvars
import functools
import queue
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import trio

from epic_actors.errors import UsageError


class Inside(threading.local):
    """What the current thread is doing: running a script's step, or standing in for one."""

    step: Any = None
    door: "Door | None" = None


inside = Inside()
Work = Callable[[], Awaitable[Any]]
Report = Callable[[tuple[Any, BaseException | None]], object]
"""Takes a value, or an error."""


class Door:
    """Where code in other threads asks for calls.

    Attributes:
        outer: That of the run, which threads use that were started by the code.
        threads: How many such threads there are.
        thread: The thread of the code itself.
    """

    __epic_atom__ = True

    def __init__(self, nursery: trio.Nursery, outer: "Door | None" = None) -> None:
        self.nursery = nursery
        self.outer = outer
        self.threads = 0
        self.token = trio.lowlevel.current_trio_token()
        self.context = contextvars.copy_context()
        self.thread = 0
        self.closed = False

    def count(self, more: int) -> None:
        """Take in that a thread has started or ended."""
        with _lock:
            self.threads += more

    def ask(self, work: Work) -> Any:
        """Have the run do something: its result, or a coroutine in an event loop."""
        # Why: not imported, since that takes long.
        events: Any = sys.modules.get("asyncio.events")
        if events is not None and events._get_running_loop() is not None:
            return self.awaited(work)
        answer: Any = queue.SimpleQueue()
        self.submit(work, answer.put)
        value, error = answer.get()
        if error is not None:
            raise error
        return value

    async def awaited(self, work: Work) -> Any:
        """What the run does, awaited in an event loop of the code's own."""
        loop = sys.modules["asyncio.events"].get_running_loop()
        future, scope = loop.create_future(), trio.CancelScope()

        def report(result: tuple[Any, BaseException | None]) -> None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(_settle, future, *result)

        async def scoped() -> Any:
            with scope:
                return await work()

        self.submit(scoped, report)
        try:
            return await future
        finally:
            if not future.done() or future.cancelled():
                self.token.run_sync_soon(scope.cancel)

    def submit(self, work: Work, report: Report) -> None:
        """Start something in the run, from any thread."""
        mine = threading.get_ident() == self.thread
        context = contextvars.copy_context() if mine else self.context.copy()

        def start() -> None:
            if self.closed:
                report((None, UsageError(_TOO_LATE)))
            else:
                context.run(self.nursery.start_soon, self.make, work, report)

        try:
            self.token.run_sync_soon(start)
        except trio.RunFinishedError:
            raise UsageError(_TOO_LATE) from None

    async def make(self, work: Work, report: Report) -> None:
        """Do something that was asked for."""
        try:
            value = await work()
        except BaseException as error:
            report((None, error))
            if not isinstance(error, Exception):
                raise
        else:
            report((value, None))

    def live(self, work: Callable[[], Any]) -> Any:
        """Run code in this thread, as the one behind the door."""
        self.thread = threading.get_ident()
        return self.open(work)

    def open(self, work: Callable[[], Any]) -> Any:
        """Run code in this thread, with the door."""
        before, inside.door = inside.door, self
        try:
            return work()
        finally:
            inside.door = before


_TOO_LATE = (
    "a thread asked for an external call when the code that had started it was done; "
    "wait for the thread before"
)


def _settle(future: Any, value: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(value)


of_run: contextvars.ContextVar[Door | None] = contextvars.ContextVar(
    "epic_actors_door", default=None
)
"""The door of the run that a call belongs to."""


async def beside(work: Callable[[], Any]) -> Any:
    """Run code in a worker thread in which a call of an external waits for its answer.

    Cancelling it cancels the calls that the code waits for, and waits for the code.
    """
    value = error = None
    with _handed_on():
        async with trio.open_nursery() as nursery:
            door = Door(nursery, of_run.get())
            try:
                value = await to_thread(functools.partial(door.live, work))
            except BaseException as raised:
                # Why: raised in here, the nursery would make a group of it.
                error = raised
            door.closed = True
            nursery.cancel_scope.cancel()
    if value is None:
        assert error is not None
        raise error
    return value[0]


async def in_a_thread(work: Callable[[], Any]) -> Any:
    """Run a plain external in a worker thread; what it calls itself waits there too."""
    door = of_run.get()
    run = work if door is None else functools.partial(door.open, work)
    [value] = await to_thread(run)
    return value


async def to_thread(work: Callable[[], Any]) -> list[Any]:
    """Run code in a worker thread; what it gives, boxed."""

    def boxed() -> tuple[list[Any], StopIteration | None]:
        # Why: trio takes a coroutine for a mistake, and its own would turn this error.
        try:
            return [work()], None
        except StopIteration as stop:
            return [], stop

    value, stop = await trio.to_thread.run_sync(boxed)
    if stop is not None:
        raise stop
    return value


_opened = 0
_start = threading.Thread.start
_lock = threading.Lock()


@contextmanager
def _handed_on() -> Iterator[None]:
    """Within, threads that are started behind a door have it too."""
    global _opened, _start  # noqa: PLW0603
    with _lock:
        _opened += 1
        if _opened == 1 and threading.Thread.start is not _start_behind:
            _start = threading.Thread.start
            threading.Thread.start = _start_behind  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        with _lock:
            _opened -= 1
            if _opened == 0 and threading.Thread.start is _start_behind:
                threading.Thread.start = _start  # type: ignore[method-assign]


def _start_behind(thread: threading.Thread) -> None:
    if inside.door is None:
        _start(thread)
        return
    door, run = inside.door.outer or inside.door, thread.run
    counted = [door]

    def behind() -> None:
        inside.door = door
        try:
            run()
        finally:
            # Why: a thread that was started twice may run what the second start made.
            while counted:
                counted.pop().count(-1)

    thread.run = behind  # type: ignore[method-assign]
    door.count(1)
    try:
        _start(thread)
    except BaseException:
        while counted:
            counted.pop().count(-1)
        raise


__all__ = ["Door", "Inside", "beside", "inside"]

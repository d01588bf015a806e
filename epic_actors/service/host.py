"""A host: a trio loop in a thread of its own, for runs that other code asks for.

Rules
    1. All runs of a host share its one thread; each is a task there.
    2. Whoever asked, a thread or an asyncio program, hears of a run through one function,
       `deliver`, which the host's thread calls with each piece and at the end.
    3. A reader has `PIECES_AHEAD` credits and gives one back for each piece it has taken,
       some at a time, since waking the other thread costs more than a piece; without
       credits the run's output waits, and with it what streams into it.
    4. A cancelled run is over, with all of its calls, before its end is delivered.
    5. Closing a host cancels its runs and waits for them.
"""

import atexit
import functools
import math
import queue
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import attrs
import trio

from epic_actors.core.network.network import Statistics
from epic_actors.errors import UsageError
from epic_actors.run import Run, open_run


PIECES_AHEAD = 16
RETURNED_AT_ONCE = 8


@attrs.frozen
class Piece:
    """A piece of a run's value."""

    value: Any


@attrs.frozen
class End:
    """What a run came to."""

    value: Any = None
    error: BaseException | None = None

    def unwrap(self) -> Any:
        """The value, or raise the error."""
        if self.error is not None:
            raise self.error
        return self.value


Message = Piece | End
"""What is delivered: pieces, and at last the end."""
CANCELLED = "the run was cancelled"


class HostedRun:
    """A run in a host's thread, as others see it; all methods are thread-safe."""

    def __init__(
        self,
        host: "Host",
        job: Callable[[], Any],
        deliver: Callable[[Message], Any],
        *,
        pieces: bool,
    ) -> None:
        self._host = host
        self._job = job
        self._deliver = deliver
        self._credits = trio.Semaphore(PIECES_AHEAD if pieces else 0)
        self._pieces = pieces
        self._taken = 0
        self._scope = trio.CancelScope()
        self._run: Run | None = None

    def cancel(self) -> None:
        """Give the run up; its end is delivered when all of it is over."""
        self._host.soon(self._scope.cancel)

    def taken(self) -> None:
        """Say that a piece has been taken: another one may come; for the one reader."""
        self._taken += 1
        if self._taken == RETURNED_AT_ONCE:
            self._taken = 0
            self._host.soon(self._release)

    def _release(self) -> None:
        for _ in range(RETURNED_AT_ONCE):
            self._credits.release()

    def statistics(self) -> Statistics:
        """What the run has done so far."""
        return Statistics() if self._run is None else self._run.statistics()

    async def live(self) -> None:
        """Run, in the host's thread, and deliver the end."""
        end = End(error=UsageError(CANCELLED))
        try:
            with self._scope:
                end = End(await self._to_its_end())
        except Exception as error:
            end = End(error=error)
        finally:
            self._deliver(end)

    async def _to_its_end(self) -> Any:
        async with self._job() as run:
            self._run = run
            if self._pieces:
                async for piece in run:
                    await self._credits.acquire()
                    self._deliver(Piece(piece))
            return await run.result()


class Host:
    """A trio loop in a thread of its own; a context manager, or `start` and `close`."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._lock = threading.Lock()

    def start(self) -> Self:
        """Start the thread, unless it runs already."""
        with self._lock:
            if self._thread is None:
                self._ready.clear()
                run = functools.partial(trio.run, self._live)
                self._thread = threading.Thread(target=run, name="epic", daemon=True)
                self._thread.start()
            self._ready.wait()
        return self

    def close(self) -> None:
        """Cancel all runs, wait for their end, and end the thread."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._token.run_sync_soon(self._nursery.cancel_scope.cancel)
            thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def _live(self) -> None:
        async with trio.open_nursery() as self._nursery:
            self._token = trio.lowlevel.current_trio_token()
            self._ready.set()
            await trio.sleep(math.inf)

    def soon(self, call: Callable[..., Any], *args: Any) -> None:
        """Have something called in the thread, if it still runs."""
        try:
            self._token.run_sync_soon(call, *args)
        except trio.RunFinishedError:
            return

    def begin(
        self,
        deliver: Callable[[Message], Any],
        script: Callable[..., Any],
        *args: Any,
        pieces: bool = False,
        **options: Any,
    ) -> HostedRun:
        """Start a run whose pieces and outcome are delivered to a function.

        Raises:
            UsageError: The host is not running.
        """
        if self._thread is None:
            raise UsageError("the host is closed; start it, or use it in a `with`")
        job = functools.partial(open_run, script, *args, **options)
        made = HostedRun(self, job, deliver, pieces=pieces)
        self.soon(lambda: self._nursery.start_soon(made.live))
        return made

    # For plain threads

    def run(self, script: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Run a script in the host's thread, and wait for its value.

        Raises:
            Exception: Whatever the script raised.
        """
        messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        run = self.begin(messages.put, script, *args, **options)
        try:
            return messages.get().unwrap()
        except KeyboardInterrupt:
            run.cancel()
            raise

    def stream(
        self, script: Callable[..., Any], *args: Any, **options: Any
    ) -> Iterator[Any]:
        """Run a script in the host's thread, and give its value piece by piece.

        Leaving the loop early cancels the run.
        """
        messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        run = self.begin(messages.put, script, *args, pieces=True, **options)
        try:
            while isinstance(message := messages.get(), Piece):
                run.taken()
                yield message.value
            message.unwrap()
        finally:
            run.cancel()


@functools.cache
def default_host() -> Host:
    """The host of those who bring none; it ends with the process."""
    host = Host().start()
    atexit.register(host.close)
    return host

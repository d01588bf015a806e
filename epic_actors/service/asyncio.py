"""Runs from asyncio programs: FastAPI, aiohttp, notebooks.

The runs live on trio in a thread of their own (see `host`).  The other way, trio as a guest
in asyncio's thread, is measured beside it by `benchmarks/bench_embedding.py`: a run and a
piece that comes alone cost a fifth to a quarter less in the thread, many pieces in a row about
the same, and only starting the thread takes longer, once.  What decides is that a script
that computes holds asyncio up for as long as it takes if it shares the thread; from its own
it holds it up by a few switches of threads.

Example:
    >>> import asyncio
    >>> from epic_actors.service.asyncio import run
    >>> asyncio.run(run(lambda: 6 * 7))
    42
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from epic_actors.core.network.network import Statistics

from .host import End, Host, HostedRun, Message, Piece, default_host


class AsyncioRun:
    """A run under way, as an asyncio program sees it; made by `stream`."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._end: End | None = None
        self.run: HostedRun

    def deliver(self, message: Message) -> None:
        """Take a message from the host's thread."""
        try:
            self._loop.call_soon_threadsafe(self._messages.put_nowait, message)
        except RuntimeError:
            return  # Why: the loop is closed, and nobody is left to hear of it.

    def __aiter__(self) -> "AsyncioRun":
        return self

    async def __anext__(self) -> Any:
        """The next piece of the value.

        Raises:
            Exception: Whatever the script raised.
        """
        message = self._end or await self._messages.get()
        if isinstance(message, Piece):
            self.run.taken()
            return message.value
        self._end = message
        message.unwrap()
        raise StopAsyncIteration

    async def result(self) -> Any:
        """Wait for the value; pieces that have not been read are skipped.

        Raises:
            Exception: Whatever the script raised.
        """
        return (await self.end()).unwrap()

    async def end(self) -> End:
        """Wait until all of the run is over, whatever became of it."""
        while self._end is None:
            message = await self._messages.get()
            if isinstance(message, Piece):
                self.run.taken()
            else:
                self._end = message
        return self._end

    def cancel(self) -> None:
        """Give the run up: its calls are cancelled."""
        self.run.cancel()

    def statistics(self) -> Statistics:
        """What the run has done so far."""
        return self.run.statistics()


@asynccontextmanager
async def _begun(
    host: Host | None, script: Callable[..., Any], *args: Any, **options: Any
) -> AsyncIterator[AsyncioRun]:
    """A run that is over when the block is left, whichever way."""
    made = AsyncioRun()
    made.run = (host or default_host()).begin(made.deliver, script, *args, **options)
    try:
        yield made
    finally:
        made.cancel()
        await _undisturbed(made.end())


async def _undisturbed(work: Coroutine[Any, Any, Any]) -> None:
    """Finish some work even if we are cancelled meanwhile, and be cancelled then."""
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError


async def run(
    script: Callable[..., Any], *args: Any, host: Host | None = None, **options: Any
) -> Any:
    """Run a script out of order, from asyncio code, and return its value.

    Cancelling it cancels every call in flight, and it returns when all are over.

    Args:
        script: A script or any Python function.
        args: Its positional arguments; keyword ones go in a `functools.partial`.
        host: Whose thread it runs in; the process's own by default.
        options: As for `epic_actors.run`.

    Raises:
        Exception: Whatever the script raises.
    """
    async with _begun(host, script, *args, **options) as begun:
        return await begun.result()


def stream(
    script: Callable[..., Any], *args: Any, host: Host | None = None, **options: Any
) -> AbstractAsyncContextManager[AsyncioRun]:
    """Start a run and read its value piece by piece.

    A slow reader slows the calls that stream only what it reads.  Leaving the block
    cancels what has not ended, and waits for it.  Arguments as for `run`.

    Example:
        >>> async def show(script):
        ...     async with stream(script) as pieces:
        ...         async for piece in pieces:
        ...             print(piece, end="")
    """
    return _begun(host, script, *args, pieces=True, **options)


__all__ = ["AsyncioRun", "Host", "run", "stream"]

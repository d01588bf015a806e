"""What the calls of a run share: an HTTP client, a session, a connection.

Rules
    1. A thing is opened by the first call that asks for its key.  Calls that ask
       meanwhile wait for it.  If it cannot be opened that call fails, and the next in
       line tries.
    2. It is closed when the run ends, after every call has finished or was cancelled, the
       youngest thing first, however the run ends, in at most `CLOSE_TIMEOUT_S`.
    3. A run inside a run has things of its own.

Theory of operation: what was entered by a task must be left by it, since it may hold a
nursery, and calls come and go.  So a thing is held by a task of its own, which neither
the end of the call that asked for it nor the cancelling of the run reaches.  Calls find
the things of their run through a context variable.
"""

import warnings
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

import attrs
import trio

from epic_actors.errors import UsageError


T = TypeVar("T")
Opener = Callable[[], AbstractAsyncContextManager[T]]

CLOSE_TIMEOUT_S = 5.0


@attrs.define(eq=False)
class _Held:
    """A thing and the task that holds it."""

    opener: Opener[Any]
    value: Any = None
    is_open: bool = False
    error: Exception | None = None
    opened: trio.Event = attrs.field(init=False, factory=trio.Event)
    closing: trio.Event = attrs.field(init=False, factory=trio.Event)
    closed: trio.Event = attrs.field(init=False, factory=trio.Event)
    scope: trio.CancelScope = attrs.field(init=False, factory=trio.CancelScope)

    async def hold(self) -> None:
        """Open the thing, and close it when that is asked for."""
        try:
            with self.scope:
                async with self.opener() as self.value:
                    self.is_open = True
                    self.opened.set()
                    await self.closing.wait()
        except Exception as error:
            self.error = error
        finally:
            self.opened.set()
            self.closed.set()

    async def close(self) -> None:
        """Close the thing, also while it is being opened; its errors are warnings."""
        self.closing.set()
        self.scope.deadline = trio.current_time() + CLOSE_TIMEOUT_S
        await self.closed.wait()
        if self.error is not None and self.is_open:
            told = f"{self.value!r}, shared by a run, did not close: {self.error!r}"
            warnings.warn(told, RuntimeWarning, stacklevel=2)


@attrs.define(eq=False)
class _Shared:
    """The things of one run."""

    held: dict[Hashable, _Held] = attrs.field(factory=dict)
    ended: bool = False

    async def get(self, key: Hashable, opener: Opener[T]) -> T:
        """The thing of that key."""
        while True:
            mine = key not in self.held
            held = self.open(key, opener) if mine else self.held[key]
            await held.opened.wait()
            if held.is_open:
                value: T = held.value
                return value
            if self.held.get(key) is held:
                del self.held[key]
            if mine and held.error is not None:
                raise held.error

    def open(self, key: Hashable, opener: Opener[Any]) -> _Held:
        """Begin to open a thing."""
        held = self.held[key] = _Held(opener)
        # Why: a task of the system, since cancelling the run must not reach it.
        trio.lowlevel.spawn_system_task(held.hold, context=copy_context())
        return held

    async def close(self) -> None:
        """Close everything, the youngest first."""
        self.ended = True
        with trio.CancelScope(shield=True):
            for held in reversed(list(self.held.values())):
                await held.close()


_current: ContextVar[_Shared | None] = ContextVar("epic_actors_shared", default=None)


def in_run() -> bool:
    """Whether this is code of a call of a run that has not ended."""
    things = _current.get()
    return things is not None and not things.ended


async def shared(key: Hashable, opener: Opener[T]) -> T:
    """What the calls of this run share under a key, opened if it is the first to ask.

    Example:
        >>> @asynccontextmanager
        ... async def open_session():
        ...     print("open")
        ...     yield str.upper
        ...     print("close")
        >>> @epic.unordered
        ... async def look_up(name: str) -> str:
        ...     session = await shared("session", open_session)
        ...     return session(name)
        >>> epic.run(lambda: [look_up("a"), look_up("b")])
        open
        close
        ['A', 'B']

    Args:
        key: Names the thing; keys that are equal name the same.
        opener: Gives the asynchronous context manager to enter.

    Raises:
        UsageError: This is no call of a run; see `open_shared`.
        Exception: Whatever the opener raises.
    """
    things = _current.get()
    if things is None or things.ended:
        raise UsageError(
            f"{key!r} is to be shared by the calls of a run, and this code is in none; "
            "`open_shared` opens one for the block instead"
        )
    return await things.get(key, opener)


@asynccontextmanager
async def open_shared(key: Hashable, opener: Opener[T]) -> AsyncIterator[T]:
    """What the calls of a run share; outside a run, one that ends with the block."""
    if in_run():
        yield await shared(key, opener)
        return
    async with opener() as value:
        yield value


@asynccontextmanager
async def keep_shared() -> AsyncIterator[None]:
    """Be the run whose calls share things, until the block is left."""
    things = _Shared()
    token = _current.set(things)
    try:
        yield
    finally:
        _current.reset(token)
        await things.close()

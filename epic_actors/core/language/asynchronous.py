"""`await` and `async for`: awaiting is calling, in its turn.

A call of an external, or of an `async def` function of the script's, gives its answer;
awaiting that changes nothing.  Any other awaitable is an external call in order.
`async for` goes over the pieces of a streaming external, or asks an object for one item
after another.
A context of some library is entered and left by one task, its *host*, which waits in
between, since what the context opens may belong to the task that entered it.
"""

import inspect
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import trio

from epic_actors.core.footprints.touched import ANEXT, EVERYTHING
from epic_actors.core.iteration.stepping import Steps
from epic_actors.core.iteration.walk import walk
from epic_actors.core.memory.places import WORLD
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.calls import request
from epic_actors.core.network.externals import External, Order
from epic_actors.core.network.regions import Frame, enter as begin
from epic_actors.core.operations import no_anext, not_async
from epic_actors.core.tables.effects import prim_effect

from .dispatch import apply
from .lookup import attribute
from .special import waited


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


AITER = prim_effect("aiter")


def await_(network: "Network", value: Any) -> Any:
    """What `await value` gives."""
    value = deref(value)
    if type(value) is Wire and may_be_awaitable(value):
        return begin(network, _await_later(network, value), 1, lambda: EVERYTHING)
    if not inspect.isawaitable(value):
        return value
    # Why: an async generator is code of anybody's, which may touch anything.
    return request(network, GENERATED if is_generated(value) else NATIVE, (value,), {})


async def _awaited(value: Any) -> Any:
    return await value


NATIVE = External(_awaited, Order.SEQUENTIAL, WORLD)
GENERATED = External(_awaited, Order.SEQUENTIAL, WORLD, aside=True)


def is_generated(value: Any) -> bool:
    """Whether an awaitable is a step of an async generator."""
    return type(value).__name__.startswith("async_generator")


def may_be_awaitable(wire: Wire) -> bool:
    """Whether something pending comes from code that is not known."""
    known = wire.immutable or wire.kind is not None
    if known or wire.origin is None:
        return not known
    return any(inspect.isasyncgen(deref(value)) for value in wire.origin)


def _await_later(network: "Network", wire: Wire) -> Frame:
    return await_(network, (yield wire))


class AsyncSteps(Steps):
    """The items of an `async for` over an object, or `PAUSE`."""

    __slots__ = ()

    method = "__anext__"
    end: type[BaseException] = StopAsyncIteration

    def ask(self) -> Any:
        """Ask for an item."""
        found = self.network.specials.send(self.source, self.method)
        return await_(self.network, found)


def aiter_(network: "Network", source: Any, function: Any) -> Any:
    """Start an `async for`; `function` is what has been called for `source`, if any."""
    source = deref(source)
    if streams(deref(function)):
        return walk(network, source)
    found = network.specials.enter(_started(network, source), AITER, (source,))
    if type(found) is Wire:
        # Why: it may turn out to go over an async generator.
        found.method = (source, ANEXT)
    return found


def streams(function: Any) -> bool:
    """Whether a call of it gives the list of an external's pieces."""
    if isinstance(function, types.MethodType):
        function = function.__func__
    return isinstance(function, External) and function.stream is not None


def _started(network: "Network", source: Any) -> Frame:
    source = yield from waited(source)
    if attribute(type(source), "__aiter__") is None:
        raise not_async(source)
    found = yield from waited(network.specials.send(source, "__aiter__"))
    if attribute(type(found), "__anext__") is None:
        raise no_anext(found)
    return AsyncSteps(network, found)


# Contexts


class Host:
    """A task that enters a context of some library, waits, and leaves it."""

    def __init__(self, network: "Network", enter: Any, leave: Any) -> None:
        self.network = network
        methods = {
            "__aenter__": lambda _: enter(),
            "__aexit__": lambda _, *error: leave(*error),
        }
        self.context: Any = type(type(leave.__self__).__name__, (), methods)()
        self.entered, self.leaving, self.left = (trio.Event() for _ in range(3))
        self.value: Any = None
        self.error: BaseException | None = None
        self.failure: BaseException | None = None

    async def live(self) -> None:
        """Enter; leave when that is asked for."""
        try:
            async with self.context as self.value:
                self.entered.set()
                await self.leaving.wait()
                if self.error is not None:
                    raise self.error  # noqa: TRY301 - it is to reach the context
        except Exception as failure:
            self.failure = failure
        finally:
            self.entered.set()
            self.left.set()

    async def enter(self) -> Any:
        """Enter the context; what it gives."""
        self.network.pool.start(self.live)
        await self.entered.wait()
        if self.failure is not None:
            raise self.failure
        return self.value

    async def leave(self, _kind: Any, error: Any, _trace: Any) -> bool:
        """Leave the context; whether it has dealt with the error."""
        self.error = error
        self.leaving.set()
        await self.left.wait()
        if self.failure is not None and self.failure is not error:
            raise self.failure
        return error is not None and self.failure is None


def async_enter(network: "Network", enter: Any, leave: Any) -> Any:
    """Enter a context: what `async with` binds."""
    frame = _entered(network, enter, leave)
    return begin(network, frame, 1, _called(network, enter))


def async_leave(network: "Network", leave: Any, *error: Any) -> Any:
    """Leave a context: whether it has dealt with the error."""
    frame = _left(network, leave, error)
    return begin(network, frame, 1, _called(network, leave, *error))


def _called(network: "Network", method: Any, *args: Any) -> Callable[[], Any]:
    return lambda: network.summaries.of_application(method, args)


def _entered(network: "Network", enter: Any, leave: Any) -> Frame:
    enter = yield from waited(enter)
    leave = yield from waited(leave)
    if is_own(network, enter) or not isinstance(leave, types.MethodType):
        return await_(network, apply(network, enter, (), {}))
    host = network.hosts[id(leave)] = Host(network, enter, leave)
    return request(network, External(host.enter, Order.SEQUENTIAL, WORLD), (), {})


def _left(network: "Network", leave: Any, error: tuple[Any, ...]) -> Frame:
    leave = yield from waited(leave)
    host = network.hosts.pop(id(leave), None)
    if host is None:
        return await_(network, apply(network, leave, error, {}))
    return request(network, External(host.leave, Order.SEQUENTIAL, WORLD), error, {})


def is_own(network: "Network", method: Any) -> bool:
    """Whether a context's method is code of the script's."""
    if not isinstance(method, types.MethodType):
        return False
    return network.specials.is_script(method.__func__)

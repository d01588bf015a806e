"""Externals: the slow outside things a script calls, and the order each of them needs."""

import functools
import inspect
import types
import typing
from collections.abc import Callable
from contextlib import aclosing
from enum import Enum
from typing import Any

import attrs
import trio

from epic_actors.core.memory.places import WORLD, Resource
from epic_actors.core.memory.reach import PLAIN
from epic_actors.core.streams.stream import STREAMS
from epic_actors.errors import UsageError

from .door import beside, in_a_thread, inside
from .loops import has_loop


class Order(Enum):
    """What a call may overlap with.

    PURE and UNORDERED calls overlap with everything, READONLY ones with everything but
    SEQUENTIAL calls on their resource; a SEQUENTIAL call begins only when everything
    older has succeeded.
    """

    PURE = "pure"
    UNORDERED = "unordered"
    READONLY = "readonly"
    SEQUENTIAL = "sequential"


FITTING: dict[Any, tuple[type, ...]] = {
    int: (int, bool),
    float: (float, int, bool),
    complex: (complex, float, int, bool),
}
"""Plain types that may come where another is declared."""


@attrs.define(eq=False, repr=False, slots=False)
class External:
    """A declared external; calling it outside a run calls the function it wraps."""

    function: Callable[..., Any]
    order: Order
    resource: Resource
    stream: type | None = None
    """What the pieces of an asynchronous generator make: `str` or `list`."""
    aside: bool = False
    """It is code of the script's that only CPython can run: it may touch everything."""
    __epic_atom__ = True

    def __attrs_post_init__(self) -> None:
        """Look like the function, and know how to run it."""
        functools.update_wrapper(self, self.function)
        bare = inspect.unwrap(self.function)
        while isinstance(bare, functools.partial):
            bare = bare.func
        called = vars(type(bare)).get("__call__")
        self.is_async = any(
            map(inspect.iscoroutinefunction, (bare, self.function, called))
        )
        if any(map(inspect.isasyncgenfunction, (bare, self.function, called))):
            self.is_async = True
            self.stream = self.stream or streamed_type(bare)
        elif self.stream is not None:
            raise UsageError(
                f"stream= is for asynchronous generators, and {self.function!r} is none"
            )
        self.returns = self.stream or returned_type(bare)
        self.immutable = self.returns in PLAIN
        self.fitting = FITTING.get(self.returns, (self.returns,))
        exact = (self.immutable or self.stream) and len(self.fitting) == 1
        self.kind = self.returns if exact else None
        self.name = getattr(self, "__name__", type(self.function).__name__)
        direct = self.is_async and not (self.stream or self.aside)
        self.direct = self.function if direct else None

    @property
    def __epic_pieces__(self) -> "External":
        """What to call for the list of the pieces that it streams: `async for`."""
        if self.stream in (None, list):
            return self
        return attrs.evolve(self, stream=list)

    def __repr__(self) -> str:
        return f"<{self.order.value} external {self.name}>"

    def __get__(self, obj: Any, owner: type | None = None) -> Any:
        """Be a method where a function would be one."""
        return self if obj is None else types.MethodType(self, obj)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself: outside a run an external is what it was."""
        if inside.step is not None and self.order is not Order.PURE:
            raise UsageError(
                f"{self.name}() is an external and was called by code that the run "
                "cannot wait in (a callback or special method run in place); call it "
                "from the script or a plain function, or declare the caller external"
            )
        door = inside.door
        if door is not None and self.is_async and not trio.lowlevel.in_trio_run():
            return door.ask(lambda: self.execute(args, kwargs))
        return self.function(*args, **kwargs)

    async def execute(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run one call to its end."""
        if self.stream is not None:
            whole = STREAMS[self.stream]()
            async with aclosing(self.function(*args, **kwargs)) as pieces:
                async for piece in pieces:
                    self.check_piece(piece)
                    whole.grow(piece)
            return whole.whole()
        if self.aside and self.is_async and has_loop(self.function):
            return await beside(lambda: run_loop(self.function, args, kwargs))
        if self.is_async:
            return await self.function(*args, **kwargs)
        call = functools.partial(self.function, *args, **kwargs)
        if self.aside:
            result = await beside(call)
        else:
            result = await in_a_thread(call)
        return await result if inspect.isawaitable(result) else result

    def check_piece(self, piece: Any) -> None:
        """See that what has come can be a piece of the answer.

        Raises:
            UsageError: A piece of a text is no text.
        """
        if self.stream is str and not isinstance(piece, str):
            raise UsageError(
                f"{self.name}() streams text and gave {piece!r}; annotate it "
                "AsyncIterator[...] or declare it with stream=list"
            )

    def mismatch(self, value: Any) -> UsageError | None:
        """The error if a value is not of the plain type that the call declares."""
        if not self.immutable or type(value) in self.fitting:
            return None
        return UsageError(
            f"{self.name}() is declared to return {self.returns.__name__} and "
            f"returned {value!r}; correct the annotation or the function"
        )


def aside(fn: Any) -> External:
    """What only CPython can run, and may ask, as a call in its turn."""
    return External(fn, Order.SEQUENTIAL, WORLD, aside=True)


def run_loop(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run an asynchronous function of asyncio's in an event loop of its own."""
    import asyncio  # noqa: PLC0415 - it takes long

    return asyncio.run(function(*args, **kwargs))


def streamed_type(function: Any) -> type:
    """What the pieces of an asynchronous generator make: text, unless it says else."""
    noted = (getattr(function, "__annotations__", None) or {}).get("return")
    if isinstance(noted, str):
        inner = noted.partition("[")[2].partition(",")[0].rstrip("]").strip()
        return list if inner not in ("", "str", "Any", "typing.Any") else str
    pieces: tuple[Any, ...] = typing.get_args(noted) or (str,)
    return str if pieces[0] in (str, "str", typing.Any) else list


def returned_type(function: Any) -> Any:
    """The plain type that a function is annotated to return, or None."""
    notes = getattr(function, "__annotations__", None) or {}
    noted = notes.get("return", "")
    if isinstance(noted, str):
        noted = BY_TEXT.get(noted, "")
    if noted is None:
        return type(None)
    return noted if isinstance(noted, type) else None


BY_TEXT: dict[str, Any] = {kind.__name__: kind for kind in PLAIN} | {"None": None}
"""Annotations that are texts, as `from __future__ import annotations` makes them."""

"""Externals: the slow outside things a script calls, and the order each of them needs."""

import functools
import inspect
import threading
import types
import typing
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any

import attrs
import trio

from epic_actors.errors import UsageError

from .holds import Resource
from .reach import PLAIN


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


class Inside(threading.local):
    """What the current thread is doing: running a script's step, or standing in for one."""

    step: Any = None
    blocking: Callable[[Callable[[], Awaitable[Any]]], Any] | None = None


inside = Inside()


@attrs.define(eq=False, repr=False, slots=False)
class External:
    """A declared external; calling it outside a run calls the function it wraps."""

    function: Callable[..., Any]
    order: Order
    resource: Resource
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
        self.returns = returned_type(bare)
        self.immutable = self.returns in PLAIN
        self.kind = self.returns if self.immutable else None
        self.name = getattr(self, "__name__", type(self.function).__name__)

    def __repr__(self) -> str:
        return f"<{self.order.value} external {self.name}>"

    def __get__(self, obj: Any, owner: type | None = None) -> Any:
        """Be a method where a function would be one."""
        return self if obj is None else types.MethodType(self, obj)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself: outside a run an external is what it was."""
        if inside.step is not None and self.order is not Order.PURE:
            raise UsageError(
                f"{self.name}() is an external and was called by code that the run "
                "cannot wait in (a callback or special method run in place); call it "
                "from the script or a plain function, or declare the caller external"
            )
        if inside.blocking is not None and self.is_async:
            return inside.blocking(lambda: self.function(*args, **kwargs))
        return self.function(*args, **kwargs)

    async def execute(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run one call to its end."""
        if self.is_async:
            return await self.function(*args, **kwargs)
        call = functools.partial(self.function, *args, **kwargs)
        work = functools.partial(waiting_for_externals, call) if self.aside else call
        # Why: boxed, since trio takes a coroutine for a mistake.
        [result] = await trio.to_thread.run_sync(lambda: [work()])
        return await result if inspect.isawaitable(result) else result

    def check(self, value: Any) -> None:
        """Hold the call to the plain type it declares.

        Raises:
            UsageError: The value is of another type.
        """
        if self.immutable and not isinstance(value, self.returns):
            raise UsageError(
                f"{self.name}() is declared to return {self.returns.__name__} and "
                f"returned {value!r}; correct the annotation or the function"
            )


def waiting_for_externals(work: Callable[[], Any]) -> Any:
    """Run code in a worker thread in which a call of an external waits for its answer."""

    def blocking(call: Callable[[], Awaitable[Any]]) -> Any:
        async def wait() -> Any:
            return await call()

        return trio.from_thread.run(wait)

    inside.blocking = blocking
    try:
        return work()
    finally:
        inside.blocking = None


def returned_type(function: Any) -> Any:
    """The plain type that a function is annotated to return, or None."""
    notes = getattr(function, "__annotations__", None) or {}
    noted = notes.get("return", typing.Any)
    if isinstance(noted, str):
        noted = {kind.__name__: kind for kind in PLAIN}.get(noted)
    if noted is None and "return" in notes and not isinstance(notes["return"], str):
        return type(None)
    return noted if isinstance(noted, type) else None

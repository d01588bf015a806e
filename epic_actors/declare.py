"""Declaring externals: what a script may call, and what each call may overlap with."""

from collections.abc import Callable
from typing import Any

from .core.memory.places import resource as named
from .core.network.externals import External, Order
from .errors import UsageError


def _declare(
    order: Order, function: Any, resource: str, hint: str, stream: type | None = None
) -> External | Callable[[Any], External]:
    if not isinstance(resource, str):
        raise UsageError(f"resource is the name of a resource, not {resource!r}")
    if stream not in (None, str, list):
        raise UsageError(f"stream is str or list, not {stream!r}")
    if function is None:
        return lambda inner: _external(order, inner, resource, hint, stream)
    return _external(order, function, resource, hint, stream)


def _external(
    order: Order, function: Any, resource: str, hint: str, stream: type | None
) -> External:
    if isinstance(function, External):
        function = function.function
    if isinstance(function, staticmethod | classmethod):
        raise UsageError(
            f"@{hint} goes below @{type(function).__name__}, next to the function"
        )
    if not callable(function):
        raise UsageError(
            f"@{hint} takes a function, async or not, and {function!r} is not callable"
        )
    return External(function, order, named(resource), stream)


def unordered(
    function: Callable[..., Any] | None = None, *, stream: type | None = None
) -> Any:
    """Declare a slow call whose effects commute: a model, a GET, a search.

    It may overlap with everything.  `async def` functions run on trio, plain ones in a
    worker thread.  Also wraps: `search = unordered(library.search)`.

    An asynchronous generator streams: scripts see one `str`, or one `list` if that is
    what `stream` says or its annotation (`AsyncIterator[Row]`), and go on with the
    beginning of it while the rest is still arriving.
    """
    return _declare(Order.UNORDERED, function, "world", "unordered", stream)


def readonly(
    function: Callable[..., Any] | None = None,
    *,
    resource: str = "world",
    stream: type | None = None,
) -> Any:
    """Declare a slow call that reads a resource.

    It may overlap with everything but sequential calls on that resource.  `stream` as
    for `unordered`.
    """
    return _declare(Order.READONLY, function, resource, "readonly", stream)


def sequential(
    function: Callable[..., Any] | None = None,
    *,
    resource: str = "world",
    stream: type | None = None,
) -> Any:
    """Declare a call that changes a resource.

    It begins only when everything older in the script has succeeded; younger unordered
    calls, and younger reads of other resources, may overlap with it.  `stream` as for
    `unordered`.
    """
    return _declare(Order.SEQUENTIAL, function, resource, "sequential", stream)


def pure(function: Callable[..., Any] | None = None) -> Any:
    """Declare a quick function without effects; it runs inline, on complete arguments."""
    return _declare(Order.PURE, function, "world", "pure")

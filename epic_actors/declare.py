"""Declaring externals: what a script may call, and what each call may overlap with."""

from collections.abc import Callable
from typing import Any

from .core.externals import External, Order
from .core.holds import resource as named
from .errors import UsageError


def _declare(
    order: Order, function: Any, resource: str, hint: str
) -> External | Callable[[Any], External]:
    if not isinstance(resource, str):
        raise UsageError(f"resource is the name of a resource, not {resource!r}")
    if function is None:
        return lambda inner: _external(order, inner, resource, hint)
    return _external(order, function, resource, hint)


def _external(order: Order, function: Any, resource: str, hint: str) -> External:
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
    return External(function, order, named(resource))


def unordered(function: Callable[..., Any] | None = None) -> Any:
    """Declare a slow call whose effects commute: a model, a GET, a search.

    It may overlap with everything.  `async def` functions run on trio, plain ones in a
    worker thread.  Also wraps: `search = unordered(library.search)`.
    """
    return _declare(Order.UNORDERED, function, "world", "unordered")


def readonly(
    function: Callable[..., Any] | None = None, *, resource: str = "world"
) -> Any:
    """Declare a slow call that reads a resource.

    It may overlap with everything but sequential calls on that resource.
    """
    return _declare(Order.READONLY, function, resource, "readonly")


def sequential(
    function: Callable[..., Any] | None = None, *, resource: str = "world"
) -> Any:
    """Declare a call that changes a resource.

    It begins only when everything older in the script has succeeded; younger unordered
    calls, and younger reads of other resources, may overlap with it.
    """
    return _declare(Order.SEQUENTIAL, function, resource, "sequential")


def pure(function: Callable[..., Any] | None = None) -> Any:
    """Declare a quick function without effects; it runs inline, on complete arguments."""
    return _declare(Order.PURE, function, "world", "pure")

"""Builtins that take functions, written as scripts.

When their function argument is code of the script, it must be able to ask for external
calls, so these run as part of the script instead of inside the builtin.
"""

import functools
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import substitutes
from .externals import External
from .operations import OPERATIONS, Cursor
from .reach import holds_wire
from .wire import Wire, deref


if TYPE_CHECKING:
    from .network import Network

MISSING: Any = object()


def sorted_(items: Any, *, key: Any, reverse: Any = False) -> Any:
    """`sorted` with a key."""
    rows = list(items)
    keys = [key(row) for row in rows]
    order = sorted(range(len(rows)), key=keys.__getitem__, reverse=reverse)
    return [rows[index] for index in order]


def sort(items: Any, *, key: Any, reverse: Any = False) -> None:
    """`list.sort` with a key."""
    items[:] = sorted(items, key=key, reverse=reverse)


def extreme(choose: Any, *items: Any, key: Any, default: Any = MISSING) -> Any:
    """`max` or `min` with a key."""
    rows = list(items[0]) if len(items) == 1 else list(items)
    if not rows and default is not MISSING:
        return default
    keys = [key(row) for row in rows]
    return rows[choose(range(len(rows)), key=keys.__getitem__)]


def max_(*items: Any, key: Any, default: Any = MISSING) -> Any:
    """`max` with a key."""
    return extreme(max, *items, key=key, default=default)


def min_(*items: Any, key: Any, default: Any = MISSING) -> Any:
    """`min` with a key."""
    return extreme(min, *items, key=key, default=default)


def step(items: Any, thrown: bool, sent: Any) -> tuple[bool, Any]:
    """One step of an iterator: whether there is an item, and it or the end's value.

    Its term is made by hand, since no Python code says just this.
    """
    more, item = OPERATIONS["step"](Cursor(iter(items)), thrown, sent)
    return more, item


def next_(items: Any, *default: Any) -> Any:
    """`next` of a generator."""
    more, item = step(items, False, None)
    if more:
        return item
    if default:
        return default[0]
    raise stop(item)


def send(items: Any, sent: Any) -> Any:
    """`generator.send`."""
    more, item = step(items, False, sent)
    if more:
        return item
    raise stop(item)


def throw(items: Any, kind: Any, error: Any = None, trace: Any = None) -> Any:
    """`generator.throw`."""
    more, item = step(items, True, thrown(kind, error, trace))
    if more:
        return item
    raise stop(item)


def stop(value: Any) -> StopIteration:
    """How a generator says that it has ended."""
    return StopIteration() if value is None else StopIteration(value)


def thrown(kind: Any, error: Any, trace: Any) -> Any:
    """The exception that `generator.throw` is to throw."""
    if isinstance(kind, BaseException):
        if error is not None:
            raise TypeError("instance exception may not have a separate value")
        error = kind
    elif not (isinstance(kind, type) and issubclass(kind, BaseException)):
        raise TypeError(
            "exceptions must be classes or instances deriving from BaseException, "
            f"not {type(kind).__name__}"
        )
    elif not isinstance(error, kind):
        given = () if error is None else error
        error = kind(*given) if isinstance(given, tuple) else kind(given)
    return error if trace is None else error.with_traceback(trace)


def close(items: Any) -> None:
    """`generator.close`."""
    try:
        more, _ = step(items, True, GeneratorExit())
    except (GeneratorExit, StopIteration):
        return
    if more:
        raise RuntimeError("generator ignored GeneratorExit")


GENERATOR_METHODS: dict[str, Callable[..., Any]] = {
    "__next__": next_,
    "send": send,
    "throw": throw,
    "close": close,
}


CALLING: dict[Any, tuple[Callable[..., Any], int, str]] = {
    **substitutes.CALLING,
    sorted: (sorted_, -1, "key"),
    max: (max_, -1, "key"),
    min: (min_, -1, "key"),
    list.sort: (sort, -1, "key"),
}
"""What runs in the place of a function, and where that is given a function."""


def instead_of(
    network: "Network", function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """The script to run instead of a builtin that is given a function of the script."""
    try:
        known = CALLING.get(function)
        easy = None if network.calm else substitutes.MOVING.get(function)
    except TypeError:
        return None
    if known is not None:
        script, position, name = known
        given = kwargs.get(name)
        if 0 <= position < len(args):
            given = args[position]
        if is_script_code(network, given):
            return script
    if easy is None or not args:
        return None
    items = deref(args[-1])
    kind = items.__class__
    if kind is Wire or kind in substitutes.SEQUENCES and holds_wire(items):
        return easy
    return easy if function is dict and kind in substitutes.PAIRS else None


def is_script_code(network: "Network", given: Any) -> bool:
    """Whether calling `given` may run code of the script."""
    given = deref(given)
    if given.__class__ is Wire:
        return True
    if isinstance(given, functools.partial):
        return is_script_code(network, given.func)
    if isinstance(given, types.MethodType):
        given = given.__func__
    if isinstance(given, types.FunctionType):
        return network.translate(given) is not None or network.runs_aside(given)
    if isinstance(given, External):
        return True
    if isinstance(given, type):
        return isinstance(given.__init__, types.FunctionType)  # type: ignore[misc]
    method = vars(type(given)).get("__call__")
    return isinstance(method, types.FunctionType)

"""Builtins that take functions, written as scripts.

When their function argument is code of the script, it must be able to ask for external
calls, so these run as part of the script instead of inside the builtin.
"""

from collections.abc import Callable
from typing import Any

from epic_actors.core.generators import CLOSE_RETURNS, throw_so_many
from epic_actors.core.operations import OPERATIONS, Cursor


MISSING: Any = object()


def sorted_(items: Any, *, key: Any, reverse: Any = False) -> Any:
    """`sorted` with a key."""
    rows = list(items)
    if key is None:
        return sorted(rows, reverse=reverse)
    keys = [key(row) for row in rows]
    order = sorted(range(len(rows)), key=keys.__getitem__, reverse=reverse)
    return [rows[index] for index in order]


def sort(items: Any, *, key: Any, reverse: Any = False) -> None:
    """`list.sort` with a key, which sees the list empty."""
    rows = found = list(items)
    items.clear()
    changed = False
    try:
        found = sorted(rows, key=key, reverse=reverse)
        changed = len(items) > 0
    finally:
        items[:] = found
    if changed:
        raise ValueError("list modified during sort")


def extreme(choose: Any, *items: Any, key: Any, default: Any = MISSING) -> Any:
    """`max` or `min` with a key."""
    source = items[0] if len(items) == 1 else items
    # Why: `list` would ask the items how many they are.
    rows = [row if key is None else (row, key(row)) for row in source]
    if not rows and default is not MISSING:
        return default
    if key is None:
        return choose(rows)
    keys = [row[1] for row in rows]
    return rows[choose(range(len(rows)), key=keys.__getitem__)][0]


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


def throw(items: Any, *given: Any) -> Any:
    """`generator.throw`."""
    if len(given) != 1:
        throw_so_many(len(given))
    more, item = step(items, True, thrown(*given))
    if more:
        return item
    raise stop(item)


def stop(value: Any) -> StopIteration:
    """How a generator says that it has ended."""
    return StopIteration() if value is None else StopIteration(value)


def thrown(kind: Any, error: Any = None, trace: Any = None) -> Any:
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


def close(items: Any) -> Any:
    """`generator.close`."""
    try:
        more, item = step(items, True, GeneratorExit())
    except (GeneratorExit, StopIteration):
        return None
    if more:
        raise RuntimeError("generator ignored GeneratorExit")
    return item if CLOSE_RETURNS else None


def let_go(items: Any) -> None:
    """What CPython does with a generator that nobody refers to any more."""
    try:
        close(items)
    except BaseException as error:
        ignored(items.__qualname__, error)


def ignored(name: str, error: BaseException) -> None:
    """Report an error as CPython does if a generator raises it as it goes."""
    going = _raising(error)
    next(going)
    going.__qualname__ = name


def _raising(error: BaseException) -> Any:
    try:
        yield
    finally:
        raise error


GENERATOR_METHODS: dict[str, Callable[..., Any]] = {
    "__next__": next_,
    "send": send,
    "throw": throw,
    "close": close,
}

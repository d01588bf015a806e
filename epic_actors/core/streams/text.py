"""What can be said of a text or list before all of it is there.

Rules
    1. What is read early is the beginning of what the operation gives in the end.
       Nothing here decides a value: when an operation has what it needs, it is performed
       on the whole as always, and that counts.
    2. Readers are generators of pieces (or elements) and `Wait`s.  A reader that cannot
       go on early ends, and whoever reads waits for the whole.

Tables say for each operation how its result begins, given its arguments:
    PARTS    it is these values, one after the other (see `beginnings`)
    TEXT     it is a text, read so (see `beginnings`)
    ITEMS    it is a list or iterator, read so (see `elements`)
"""

import functools
import types
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from epic_actors.core.memory.wire import Wire, deref

from .growing import Growing
from .stream import Unreadable, Wait


Reading = Iterator[Any]
"""Pieces of text or elements, and `Wait`s."""


class Source(Protocol):
    """Where the beginning of a pending value can be read."""

    def parts(self) -> "list[Any] | Wait | None":
        """The values it is one after the other; None if that is not what it is."""

    def text(self) -> Reading:
        """The text from the start."""

    def items(self) -> Reading:
        """The elements from the start."""


def read_text(value: Any) -> Reading:
    """The text that `value` is, or will be, from the start."""
    stack = [value]
    while stack:
        value = deref(stack.pop())
        if type(value) is str:
            if value:
                yield value
            continue
        if type(value) is not Wire:
            raise Unreadable
        source = value.source
        parts = None if source is None else source.parts()
        if source is None or type(parts) is Wait:
            yield parts or Wait(value)
            stack.append(value)
        elif parts is not None:
            stack.extend(reversed(parts))  # type: ignore[arg-type]
        else:
            yield from _read(value, source.text(), len)


def read_items(value: Any) -> Reading:
    """The elements that `value` has, or will have, from the start."""
    value = deref(value)
    while type(value) is Wire and value.source is None:
        yield Wait(value)
        value = deref(value)
    if type(value) is Growing:
        yield from value.items()
        return
    if type(value) is Wire and value.source is not None:
        yield from _read(value, value.source.items(), lambda item: 1)
    elif type(value) in HELD:
        yield from value
    else:
        raise Unreadable


HELD: frozenset[Any] = frozenset(
    {list, tuple, str, range, bytes, dict, set, frozenset, deque}
)
"""What gives its elements as often as it is asked for them."""


def characters(value: Any) -> Reading:
    """The characters of a text that is arriving."""
    for step in read_text(value):
        if type(step) is Wait:
            yield step
        else:
            yield from step


def _read(wire: Wire, reading: Reading, size: Callable[[Any], int]) -> Reading:
    """What a source gives, then what is left when the whole is there."""
    taken = 0
    try:
        for step in reading:
            if type(step) is not Wait:
                taken += size(step)
            yield step
            if type(step) is Wait and type(deref(wire)) is not Wire:
                break
    except Unreadable:
        pass
    while type(whole := deref(wire)) is Wire:
        yield Wait(whole)
    if type(whole) not in (str, list, tuple):
        raise Unreadable
    rest = whole[taken:]
    if type(whole) is str and size is len:
        yield from (rest,) if rest else ()
    else:
        yield from rest


def is_text(value: Any) -> bool:
    """Whether a value is a text or will be one."""
    kind = value.kind if type(value) is Wire else type(value)
    return kind is str


def bounds(key: Any) -> tuple[int, int | None]:
    """Start and stop of a slice; the stop may be counted from the end."""
    if type(key) is not slice or key.step not in (None, 1):
        raise Unreadable
    start = 0 if key.start is None else key.start
    if type(start) is not int or start < 0:
        raise Unreadable
    if type(key.stop) not in (int, type(None)):
        raise Unreadable
    return start, key.stop


_KINDS = frozenset(
    {
        types.FunctionType,
        types.BuiltinFunctionType,
        types.MethodDescriptorType,
        type,
    }
)


def table_key(function: Any, named: Any = ()) -> Any:
    """What an operation is called in the tables, whatever it is given by name."""
    if named:
        function = function.__wrapped__
    if type(function) is functools.partial:
        function = function.func
    return function if type(function) in _KINDS else None


def asked(table: Any, function: Any, named: tuple[str, ...], args: Any) -> Any:
    """What a table says of an operation with these arguments, the last ones by name.

    Raises:
        Unreadable: It takes no such arguments, which the operation itself will say.
    """
    count = len(args) - len(named)
    if named:
        function = function.__wrapped__
    static = function.args if type(function) is functools.partial else ()
    by_name = dict(zip(named, args[count:], strict=True))
    try:
        return table[table_key(function)](*static, *args[:count], **by_name)
    except TypeError:
        raise Unreadable from None

"""How a list or iterator begins that an operation gives, while its arguments arrive.

ITEMS    it has these elements, read so
"""

import itertools
import operator
import re
from collections import deque
from collections.abc import Callable
from typing import Any

from epic_actors.core.memory.wire import Wire
from epic_actors.core.operations import OPERATIONS

from .beginnings import PARTS, TEXT
from .stream import Unreadable, Wait
from .text import Reading, bounds, is_text, read_items, read_text


_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_find_end = re.compile(f"[{_LINE_ENDS}]").search


def _lines(text: Any, keepends: Any = False) -> Reading:
    """The lines whose ends have come; a return may still be followed by a newline."""
    if type(keepends) is Wire:
        raise Unreadable
    parts: list[str] = []
    for step in read_text(text):
        if type(step) is Wait:
            yield step
            continue
        after_return = bool(parts) and parts[-1].endswith("\r")
        parts.append(step)
        if not after_return and not _find_end(step):
            continue
        joined = "".join(parts)
        lines = joined.splitlines(keepends)
        parts = []
        if joined[-1] not in _LINE_ENDS or joined[-1] == "\r":
            parts = [joined.splitlines(keepends=True)[-1]]
            lines.pop()
        yield from lines
    yield from "".join(parts).splitlines(keepends)


def _split(text: Any, sep: Any = None, maxsplit: Any = -1) -> Reading:
    """The fields that have ended."""
    if maxsplit != -1 or not (sep is None or (type(sep) is str and sep)):
        raise Unreadable
    kept: list[str] = []
    for step in read_text(text):
        if type(step) is Wait:
            yield step
            continue
        kept.append(step)
        if sep is not None and len(sep) == 1 and sep not in step:
            continue
        joined = "".join(kept)
        fields = joined.split(sep)
        if sep is not None or not joined[-1].isspace():
            kept = [fields.pop()] if fields else []
        else:
            kept = []
        yield from fields
    if sep is not None:
        yield "".join(kept)
    else:
        yield from "".join(kept).split()


def _split_from_the_right(text: Any, sep: Any = None, maxsplit: Any = -1) -> Reading:
    """The same as from the left, if fields cannot overlap."""
    if sep is not None and (type(sep) is not str or len(sep) != 1):
        raise Unreadable
    yield from _split(text, sep, maxsplit)


def _enumerated(iterable: Any, start: Any = 0) -> Reading:
    if type(start) is not int:
        raise Unreadable
    index = start
    for step in read_items(iterable):
        if type(step) is Wait:
            yield step
        else:
            yield (index, step)
            index += 1


def _zipped(*columns: Any, strict: Any = False) -> Reading:
    """Rows that are complete; the shortest column ends them."""
    if not columns:
        raise Unreadable
    readings = [read_items(column) for column in columns]
    while True:
        row: list[Any] = []
        for reading in readings:
            while type(step := next(reading, _ENDED)) is Wait:
                yield step
            if step is _ENDED:
                return
            row.append(step)
        yield tuple(row)


_ENDED: Any = object()


def _items_slice(items: Any, key: Any) -> Reading:
    start, stop = bounds(key)
    if stop is None or stop >= 0:
        yield from _islice(items, start, stop)
        return
    kept: deque[Any] = deque()
    for step in _islice(items, start, None):
        if type(step) is Wait:
            yield step
            continue
        kept.append(step)
        if len(kept) > -stop:
            yield kept.popleft()


def _islice(items: Any, *limits: Any) -> Reading:
    """`itertools.islice`."""
    if any(type(limit) not in (int, type(None)) for limit in limits):
        raise Unreadable
    cut = slice(*limits)
    index, start, step_by = 0, cut.start or 0, cut.step or 1
    for step in read_items(items):
        if cut.stop is not None and index >= cut.stop:
            return
        if type(step) is Wait:
            yield step
            continue
        if index >= start and (index - start) % step_by == 0:
            yield step
        index += 1
        if cut.stop is not None and index >= cut.stop:
            return


def _chained(*columns: Any) -> Reading:
    """`itertools.chain`."""
    for column in columns:
        yield from read_items(column)


def _pairs(items: Any) -> Reading:
    """`itertools.pairwise`."""
    before = _ENDED
    for step in read_items(items):
        if type(step) is Wait:
            yield step
            continue
        if before is not _ENDED:
            yield (before, step)
        before = step


def _display(starred: Any, *values: Any) -> Reading:
    """`[first, *more]`."""
    for star, value in zip(starred or [False] * len(values), values, strict=True):
        if star:
            yield from read_items(value)
        else:
            yield value


def _two_lists(left: Any, right: Any) -> Reading:
    if is_text(left) or is_text(right):
        raise Unreadable
    yield from read_items(left)
    yield from read_items(right)


ITEMS: dict[Any, Callable[..., Reading]] = {
    str.splitlines: _lines,
    str.split: _split,
    str.rsplit: _split_from_the_right,
    enumerate: _enumerated,
    zip: _zipped,
    itertools.chain: _chained,
    itertools.islice: _islice,
    itertools.pairwise: _pairs,
    list: read_items,
    tuple: read_items,
    iter: read_items,
    operator.getitem: _items_slice,
    operator.add: _two_lists,
    OPERATIONS["list"]: _display,
    OPERATIONS["tuple"]: _display,
}
SINGLE = frozenset(
    {enumerate, zip, iter, itertools.chain, itertools.islice, itertools.pairwise}
)
"""Operations that give an iterator, whose items are taken once."""
STREAMED = frozenset({*PARTS, *TEXT, *ITEMS})
"""Operations whose result can be read before it is whole."""

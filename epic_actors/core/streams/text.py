"""What can be said of a text or list before all of it is there.

Rules
    1. What is read early is the beginning of what the operation gives in the end.
       Nothing here decides a value: when an operation has what it needs, it is performed
       on the whole as always, and that counts.
    2. Readers are generators of pieces (or elements) and `Wait`s.  A reader that cannot
       go on early ends, and whoever reads waits for the whole.

The tables at the end say for each operation how its result begins:
    PARTS    it is these values, one after the other
    TEXT     it is a text, read so
    ITEMS    it is a list or iterator, read so
"""

import functools
import operator
import types
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.operations import OPERATIONS

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
        if value.__class__ is str:
            if value:
                yield value
            continue
        if value.__class__ is not Wire:
            raise Unreadable
        source = value.source
        parts = None if source is None else source.parts()
        if source is None or parts.__class__ is Wait:
            yield parts or Wait(value)
            stack.append(value)
        elif parts is not None:
            stack.extend(reversed(parts))  # type: ignore[arg-type]
        else:
            yield from _read(value, source.text(), len)


def read_items(value: Any) -> Reading:
    """The elements that `value` has, or will have, from the start."""
    value = deref(value)
    while value.__class__ is Wire and value.source is None:
        yield Wait(value)
        value = deref(value)
    if value.__class__ is Growing:
        yield from value.items()
        return
    if value.__class__ is Wire and value.source is not None:
        yield from _read(value, value.source.items(), lambda item: 1)
    elif value.__class__ in (list, tuple, str, range):
        yield from value
    else:
        raise Unreadable


def characters(value: Any) -> Reading:
    """The characters of a text that is arriving."""
    for step in read_text(value):
        if step.__class__ is Wait:
            yield step
        else:
            yield from step


def _read(wire: Wire, reading: Reading, size: Callable[[Any], int]) -> Reading:
    """What a source gives, then what is left when the whole is there."""
    taken = 0
    try:
        for step in reading:
            if step.__class__ is not Wait:
                taken += size(step)
            yield step
            if step.__class__ is Wait and deref(wire).__class__ is not Wire:
                break
    except Unreadable:
        pass
    while (whole := deref(wire)).__class__ is Wire:
        yield Wait(whole)
    if whole.__class__ not in (str, list, tuple):
        raise Unreadable
    rest = whole[taken:]
    if whole.__class__ is str and size is len:
        yield from (rest,) if rest else ()
    else:
        yield from rest


def is_text(value: Any) -> bool:
    """Whether a value is a text or will be one."""
    kind = value.kind if value.__class__ is Wire else value.__class__
    return kind is str


# Parts


def _both(left: Any, right: Any) -> list[Any] | None:
    return [left, right] if is_text(left) else None


def _as_it_is(value: Any, spec: Any = "") -> list[Any] | None:
    return [value] if is_text(value) and spec == "" else None


def _joined(separator: Any, texts: Any) -> list[Any] | None:
    if separator.__class__ is not str or texts.__class__ not in (list, tuple):
        return None
    if not separator:
        return list(texts)
    return [part for text in texts for part in (separator, text)][1:]


# Texts


def _join_arriving(separator: Any, texts: Any) -> Reading:
    """`separator.join(texts)` while the texts are still arriving."""
    if separator.__class__ is not str:
        raise Unreadable
    first = True
    for step in read_items(texts):
        if step.__class__ is Wait:
            yield step
            continue
        if separator and not first:
            yield separator
        first = False
        yield from read_text(step)


def _stripped(chars: Any, text: Any) -> tuple[Callable[[str], str], ...]:
    if chars is not None and chars.__class__ is not str:
        raise Unreadable
    return (lambda s: s.lstrip(chars)), (lambda s: s.rstrip(chars))


def _strip(
    text: Any, chars: Any = None, *, left: bool = True, right: bool = True
) -> Reading:
    """Leave out what is stripped at the start; keep back what might be at the end."""
    front, back = _stripped(chars, text)
    begun, kept = not left, ""
    for step in read_text(text):
        if step.__class__ is Wait:
            yield step
            continue
        piece = kept + (step if begun else front(step))
        begun = begun or bool(piece)
        said = back(piece) if right else piece
        kept = piece[len(said) :]
        if said:
            yield said


def _replace(text: Any, old: Any, new: Any, count: Any = -1) -> Reading:
    """Replace what is surely there; keep back what may be the start of more."""
    if old.__class__ is not str or new.__class__ is not str or not old or count != -1:
        raise Unreadable
    kept = ""
    for step in read_text(text):
        if step.__class__ is Wait:
            yield step
            continue
        said, kept = _replaced(kept + step, old, new)
        if said:
            yield said
    yield kept


def _replaced(text: str, old: str, new: str) -> tuple[str, str]:
    """What is replaced for sure, and what may still be the start of a match."""
    said, position = [], 0
    while (found := text.find(old, position)) >= 0:
        said += [text[position:found], new]
        position = found + len(old)
    sure = max(position, len(text) - len(old) + 1)
    return "".join([*said, text[position:sure]]), text[sure:]


def _upper(text: Any) -> Reading:
    for step in read_text(text):
        yield step if step.__class__ is Wait else step.upper()


def text_slice(text: Any, key: Any) -> Reading:
    """A slice of a text."""
    start, stop = bounds(key)
    position = 0
    for step in read_text(text):
        if step.__class__ is Wait:
            yield step
            continue
        said = step[
            max(0, start - position) : None if stop is None else stop - position
        ]
        position += len(step)
        if said and (stop is None or position - len(step) < stop):
            yield said
        if stop is not None and position >= stop:
            return


def bounds(key: Any) -> tuple[int, int | None]:
    """Start and stop of a slice that only depends on the beginning."""
    if key.__class__ is not slice or key.step not in (None, 1):
        raise Unreadable
    start = 0 if key.start is None else key.start
    if start.__class__ is not int or start < 0:
        raise Unreadable
    if key.stop is not None and (key.stop.__class__ is not int or key.stop < 0):
        raise Unreadable
    return start, key.stop


# Elements

_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def _lines(text: Any, keepends: Any = False) -> Reading:
    """The lines whose ends have come; a return may still be followed by a newline."""
    if keepends.__class__ is Wire:
        raise Unreadable
    parts: list[str] = []
    for step in read_text(text):
        if step.__class__ is Wait:
            yield step
            continue
        parts.append(step)
        if not any(end in step for end in _LINE_ENDS) and not _after_return(parts):
            continue
        lines = "".join(parts).splitlines(keepends=True)
        last = lines.pop() if not _ends_line(lines[-1]) else ""
        parts = [last]
        yield from lines if keepends else (line.splitlines()[0] for line in lines)
    last = "".join(parts)
    if last:
        yield last if keepends else last.splitlines()[0]


def _after_return(parts: list[str]) -> bool:
    return len(parts) > 1 and parts[-2].endswith("\r")


def _ends_line(line: str) -> bool:
    return line[-1] in _LINE_ENDS and not line.endswith("\r")


def _split(text: Any, sep: Any = None, maxsplit: Any = -1) -> Reading:
    """The fields that have ended."""
    if maxsplit != -1 or not (sep is None or (sep.__class__ is str and sep)):
        raise Unreadable
    kept: list[str] = []
    for step in read_text(text):
        if step.__class__ is Wait:
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


def _enumerated(items: Any, start: Any = 0) -> Reading:
    if start.__class__ is not int:
        raise Unreadable
    index = start
    for step in read_items(items):
        if step.__class__ is Wait:
            yield step
        else:
            yield (index, step)
            index += 1


def _zipped(*columns: Any) -> Reading:
    """Rows that are complete; the shortest column ends them."""
    if not columns:
        raise Unreadable
    readings = [read_items(column) for column in columns]
    while True:
        row: list[Any] = []
        for reading in readings:
            while (step := next(reading, _ENDED)).__class__ is Wait:
                yield step
            if step is _ENDED:
                return
            row.append(step)
        yield tuple(row)


_ENDED: Any = object()


def _items_slice(items: Any, key: Any) -> Reading:
    start, stop = bounds(key)
    index = 0
    for step in read_items(items):
        if step.__class__ is Wait:
            yield step
            continue
        if index >= start:
            yield step
        index += 1
        if stop is not None and index >= stop:
            return


def _two_lists(left: Any, right: Any) -> Reading:
    if is_text(left) or is_text(right):
        raise Unreadable
    yield from read_items(left)
    yield from read_items(right)


Parts = Callable[..., list[Any] | None]
PARTS: dict[Any, Parts] = {
    operator.add: _both,
    operator.iadd: _both,
    OPERATIONS["join"]: lambda *texts: list(texts),
    OPERATIONS["format"]: _as_it_is,
    str: _as_it_is,
    str.join: _joined,
}
TEXT: dict[Any, Callable[..., Reading]] = {
    str.join: _join_arriving,
    str.strip: _strip,
    str.lstrip: functools.partial(_strip, right=False),
    str.rstrip: functools.partial(_strip, left=False),
    str.replace: _replace,
    str.upper: _upper,
    operator.getitem: text_slice,
}
ITEMS: dict[Any, Callable[..., Reading]] = {
    str.splitlines: _lines,
    str.split: _split,
    enumerate: _enumerated,
    zip: _zipped,
    list: read_items,
    tuple: read_items,
    iter: read_items,
    operator.getitem: _items_slice,
    operator.add: _two_lists,
}
STATIC: dict[Any, Callable[..., bool]] = {
    OPERATIONS["format"]: lambda conversion: conversion in ("", "s"),
}
"""Operations with something static that stand in the tables, and when."""
_KINDS = frozenset(
    {
        types.FunctionType,
        types.BuiltinFunctionType,
        types.MethodDescriptorType,
        type,
    }
)


def table_key(function: Any) -> Any:
    """What an operation is called in the tables; None if it stands in none."""
    if function.__class__ is functools.partial:
        holds = STATIC.get(function.func)
        return function.func if holds is not None and holds(*function.args) else None
    return function if function.__class__ in _KINDS else None


STREAMED = frozenset({*PARTS, *TEXT, *ITEMS})
"""Operations whose result can be read before it is whole."""

"""How a text begins that an operation gives, while its arguments are still arriving.

    PARTS    it is these values, one after the other; None if it is not
    TEXT     it is a text, read so

What may still change is kept back: a space that `strip` would take if nothing followed,
the first letters of what `replace` looks for.
"""

import functools
import operator
from collections.abc import Callable
from typing import Any

from epic_actors.core.memory.reach import PLAIN
from epic_actors.core.operations import OPERATIONS

from .formatting import formatted, percent
from .stream import Unreadable, Wait
from .text import Reading, bounds, is_text, read_items, read_text


# Parts


def _both(left: Any, right: Any) -> list[Any] | None:
    return [left, right] if is_text(left) else None


def _as_it_is(value: Any) -> list[Any] | None:
    return [value] if is_text(value) else None


def _formatted(conversion: str, value: Any, spec: Any) -> list[Any] | None:
    as_it_is = conversion in ("", "s") and type(spec) is str and spec in ("", "s")
    return _as_it_is(value) if as_it_is else None


def _joined(separator: Any, texts: Any) -> list[Any] | None:
    if type(separator) is not str or type(texts) not in (list, tuple):
        return None
    if not separator:
        return list(texts)
    return [part for text in texts for part in (separator, text)][1:]


# Texts


def _join_arriving(separator: Any, texts: Any) -> Reading:
    """`separator.join(texts)` while the texts are still arriving."""
    if type(separator) is not str:
        raise Unreadable
    first = True
    for step in read_items(texts):
        if type(step) is Wait:
            yield step
            continue
        if separator and not first:
            yield separator
        first = False
        yield from read_text(step)


def _stripped(chars: Any, text: Any) -> tuple[Callable[[str], str], ...]:
    if chars is not None and type(chars) is not str:
        raise Unreadable
    return (lambda s: s.lstrip(chars)), (lambda s: s.rstrip(chars))


def _strip(
    text: Any, chars: Any = None, *, left: bool = True, right: bool = True
) -> Reading:
    """Leave out what is stripped at the start; keep back what might be at the end."""
    front, back = _stripped(chars, text)
    begun, kept = not left, ""
    for step in read_text(text):
        if type(step) is Wait:
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
    if type(old) is not str or type(new) is not str or not old or count != -1:
        raise Unreadable
    kept = ""
    for step in read_text(text):
        if type(step) is Wait:
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


def _mapped(change: Callable[[str], str]) -> Callable[..., Reading]:
    """What changes each character by itself."""

    def read(text: Any) -> Reading:
        for step in read_text(text):
            if type(step) is Wait:
                yield step
            elif SIGMA in step:
                raise Unreadable
            else:
                yield change(step)

    return read


SIGMA = "\N{GREEK CAPITAL LETTER SIGMA}"
"""The one letter that looks at its neighbours when it becomes a small one."""


def _translate(text: Any, table: Any) -> Reading:
    """Translate by a table of plain values."""
    if type(table) is not dict or not PLAIN.issuperset(
        type(value) for value in table.values()
    ):
        raise Unreadable
    for step in read_text(text):
        yield step if type(step) is Wait else step.translate(table)


def _without_prefix(text: Any, prefix: Any) -> Reading:
    """Keep back what may turn out to be the prefix."""
    if type(prefix) is not str:
        raise Unreadable
    begun, kept = False, ""
    for step in read_text(text):
        if type(step) is Wait:
            yield step
            continue
        kept += step
        if begun or len(kept) >= len(prefix) or not prefix.startswith(kept):
            said = kept if begun else kept.removeprefix(prefix)
            begun, kept = True, ""
            if said:
                yield said
    if kept:
        yield kept


def _without_suffix(text: Any, suffix: Any) -> Reading:
    """Keep back as much as the suffix is long."""
    if type(suffix) is not str:
        raise Unreadable
    last = yield from _but_last(read_text(text), len(suffix))
    yield last.removesuffix(suffix)


def _but_last(reading: Reading, count: int) -> Any:
    """A text without its last characters; returns these."""
    kept = ""
    for step in reading:
        if type(step) is Wait:
            yield step
            continue
        kept += step
        if len(kept) > count:
            yield kept[: len(kept) - count]
            kept = kept[len(kept) - count :]
    return kept


def text_slice(text: Any, key: Any) -> Reading:
    """A slice of a text."""
    start, stop = bounds(key)
    if stop is not None and stop < 0:
        yield from _but_last(text_slice(text, slice(start, None)), -stop)
        return
    position = 0
    for step in read_text(text):
        if type(step) is Wait:
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


Parts = Callable[..., list[Any] | None]
PARTS: dict[Any, Parts] = {
    operator.add: _both,
    operator.iadd: _both,
    OPERATIONS["join"]: lambda *texts: list(texts),
    OPERATIONS["format"]: _formatted,
    str: _as_it_is,
    str.join: _joined,
}
TEXT: dict[Any, Callable[..., Reading]] = {
    str.join: _join_arriving,
    str.strip: _strip,
    str.lstrip: functools.partial(_strip, right=False),
    str.rstrip: functools.partial(_strip, left=False),
    str.replace: _replace,
    str.removeprefix: _without_prefix,
    str.removesuffix: _without_suffix,
    str.translate: _translate,
    str.format: formatted,
    operator.mod: percent,
    operator.getitem: text_slice,
    **{
        change: _mapped(change)
        for change in (str.upper, str.lower, str.casefold, str.swapcase)
    },
}

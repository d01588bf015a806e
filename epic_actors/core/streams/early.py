"""Questions that the beginning of a text or list answers for good.

Rules
    1. An early answer can no longer change, whatever comes.
    2. A question is a generator of `Wait`s that returns the answer; if there is no early
       answer it raises `Unreadable`, and the operation waits for the whole.
"""

import operator
from collections.abc import Callable
from typing import Any

from epic_actors.core.memory.reach import PLAIN
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.operations import OPERATIONS

from .beginnings import text_slice
from .stream import Unreadable, Wait
from .text import Reading, bounds, characters, is_text, read_items, read_text


class Rest:
    """The rest of a text that is still arriving."""

    __slots__ = ("base", "results", "start")

    def __init__(self, base: Wire, start: int) -> None:
        self.base = base
        self.start = start
        self.results = Wire(immutable=True, origin=(), kind=str)
        self.results.source = self
        base.subscribe(self)

    def wake(self) -> None:
        """Be whole when the text is."""
        text = deref(self.base)
        if type(text) is Wire:
            text.subscribe(self)
        else:
            self.results.set(text[self.start :])

    def parts(self) -> None:
        """It is not made of other values."""

    def text(self) -> Reading:
        """The text from the start."""
        return text_slice(self.base, slice(self.start, None))

    def items(self) -> Reading:
        """Its characters."""
        return characters(self.results)


def rest_of(text: Any, start: int) -> Any:
    """`text[start:]`, of a text that is still arriving."""
    text = deref(text)
    if type(text) is not Wire:
        return text[start:]
    if type(text.source) is Rest:
        # Why: rests of rests do not nest, however many lines are taken off a text.
        text, start = text.source.base, text.source.start + start
    return Rest(text, start).results


def _gathered(reading: Reading, enough: Callable[[str], bool]) -> Any:
    """Read text until it is enough; returns it, and whether it was."""
    text: list[str] = []
    for step in reading:
        if type(step) is Wait:
            yield step
        else:
            text.append(step)
            if enough(joined := "".join(text)):
                return joined
    raise Unreadable


def _partitioned(text: Any, sep: Any) -> Any:
    if type(sep) is not str or not sep:
        raise Unreadable
    found = yield from _gathered(read_text(text), lambda s: sep in s)
    head, _, _ = found.partition(sep)
    return (head, sep, rest_of(text, len(head) + len(sep)))


def _split_once(text: Any, sep: Any = None, maxsplit: Any = -1) -> Any:
    if maxsplit != 1:
        raise Unreadable
    head, _, rest = yield from _partitioned(text, sep)
    return [head, rest]


def _starts(text: Any, prefix: Any, *rest: Any) -> Any:
    options = prefix if type(prefix) is tuple else (prefix,)
    if rest or any(type(option) is not str for option in options):
        raise Unreadable
    longest = max(map(len, options), default=0)
    found = yield from _gathered(
        read_text(text), lambda s: len(s) >= longest or s.startswith(options)
    )
    return found.startswith(options)


def _contains(item: Any, holder: Any) -> Any:
    if is_text(holder) and type(item) is str:
        yield from _gathered(read_text(holder), lambda s: item in s)
        return True
    if is_text(holder) or type(item) not in PLAIN:
        raise Unreadable
    if type(holder) is Wire and holder.consumed:
        raise Unreadable
    for step in read_items(holder):
        if type(step) is Wait:
            yield step
        elif type(step) in PLAIN and step == item:
            return True
    raise Unreadable


def _contains_not(item: Any, holder: Any) -> Any:
    return not (yield from _contains(item, holder))


def _found(text: Any, item: Any, *bounds: Any) -> Any:
    if bounds or type(item) is not str:
        raise Unreadable
    found = yield from _gathered(read_text(text), lambda s: item in s)
    return found.find(item)


def _differs(left: Any, right: Any) -> Any:
    """Whether a text is known to be unequal to another."""
    if type(left) is str:
        left, right = right, left
    if type(right) is not str or not is_text(left):
        raise Unreadable
    yield from _gathered(
        read_text(left),
        lambda s: s[: len(right)] != right[: len(s)] or len(s) > len(right),
    )
    return True


def _equal(left: Any, right: Any) -> Any:
    return not (yield from _differs(left, right))


def _is_true(value: Any) -> Any:
    reading = read_text(value) if is_text(value) else read_items(value)
    for step in reading:
        if type(step) is not Wait:
            return True
        yield step
    raise Unreadable


def _is_false(value: Any) -> Any:
    return not (yield from _is_true(value))


def _item(holder: Any, key: Any) -> Any:
    """An element, a character, or a slice of the beginning."""
    if type(key) is slice:
        return (yield from _slice(holder, key))
    if type(key) is not int or key < 0:
        raise Unreadable
    if is_text(holder):
        found = yield from _gathered(read_text(holder), lambda s: len(s) > key)
        return found[key]
    index = 0
    for step in read_items(holder):
        if type(step) is Wait:
            yield step
        elif index == key:
            held = deref(holder)
            kind = held.kind if type(held) is Wire else type(held)
            if kind in UNINDEXED:
                break
            return step
        else:
            index += 1
    raise Unreadable


UNINDEXED = frozenset({dict, set, frozenset})
"""What gives elements in an order at which they cannot be asked for by a number."""


def _slice(holder: Any, key: slice) -> Any:
    _start, stop = bounds(key)
    if stop is None or stop < 0 or not is_text(holder):
        raise Unreadable
    found = yield from _gathered(read_text(holder), lambda s: len(s) >= stop)
    return found[key]


EARLY: dict[Any, Callable[..., Any]] = {
    str.startswith: _starts,
    str.partition: _partitioned,
    str.split: _split_once,
    OPERATIONS["in"]: _contains,
    OPERATIONS["not_in"]: _contains_not,
    str.find: _found,
    str.index: _found,
    operator.eq: _equal,
    operator.ne: _differs,
    operator.truth: _is_true,
    bool: _is_true,
    operator.not_: _is_false,
    operator.getitem: _item,
}
"""By operation."""

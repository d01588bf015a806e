"""Wires: single-assignment values on their way.

Rules
    1. A wire is set once, to a value or to another wire; then it *is* that value, and
       `deref` goes straight there.  A wire whose producer failed is never set: all its
       readers are younger than the failure and are flushed with it.
    2. Readers are woken in the order in which they came.
    3. What is known of a pending value:
       `immutable`  its type holds nothing that can change (a declared `str`, a length…);
       `kind`       it is of exactly this builtin type;
       `method`     it is the attribute of that name of that value;
       `origin`     the values it may share objects with: the arguments of the call that
                    will answer, `()` for a value that will be new, None for anything;
       `source`     where the beginning of it can be read already (see `stream`).
       `stored`     what is still to be stored in it, None for anything;
       `computed`   it is the result of arithmetic, which gives no container that was
                    there before: only an object whose class has arithmetic of its own.
    4. Pending values that may share objects, or be stored in one another, are of one
       *family*.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from epic_actors.core.streams.stream import Reader
    from epic_actors.core.streams.text import Source

    from .holds import Hold


class _Pending:
    def __repr__(self) -> str:
        return "PENDING"


PENDING: Any = _Pending()
SIMPLE = frozenset({int, float, str, bytes, bool, type(None)})
OBJECTS_ARRIVED = [1]
"""Counts the wires that turned out to be more than plain values (see `families`)."""

MOST_STORED = 256
"""With more values than these still to be stored in a pending one, anything may be."""


class Wire:
    """A value that arrives later; many may wait for it."""

    __slots__ = (
        "computed",
        "family",
        "holds",
        "immutable",
        "kind",
        "method",
        "origin",
        "readers",
        "rootless",
        "source",
        "stored",
        "value",
    )

    def __init__(
        self,
        immutable: bool = False,
        origin: tuple[Any, ...] | None = None,
        kind: type | None = None,
    ) -> None:
        self.value: Any = PENDING
        self.readers: list[Reader] | None = None
        self.holds: list[Hold] | None = None
        self.immutable = immutable
        self.origin = origin
        self.kind = kind
        self.method: tuple[Any, str] | None = None
        self.source: Source | None = None
        self.family: Wire | None = None
        self.rootless = 0
        self.stored: tuple[Any, ...] | None = ()
        self.computed = False

    def subscribe(self, actor: "Reader") -> None:
        """Wake `actor` once when the value is there."""
        if self.readers is None:
            self.readers = [actor]
        else:
            self.readers.append(actor)

    def set(self, value: Any) -> None:
        """Give the wire its value, or make it one with another wire."""
        value = deref(value)
        if value is self:
            return
        assert self.value is PENDING, "a wire is set once"
        self.value = value
        self.source = None
        if value.__class__ not in SIMPLE:
            OBJECTS_ARRIVED[0] += 1
            if value.__class__ is Wire:
                value.stored = _both(value.stored, self.stored)
                if self.family is not None:
                    _unite(_head(self), family_of(value))
        readers, self.readers = self.readers, None
        holds, self.holds = self.holds, None
        if value.__class__ is Wire:
            if readers and value.source is None:
                value.readers = (value.readers or []) + readers
            elif readers:
                # Why: they may go on with the beginning of it, or wait again.
                for reader in readers:
                    reader.wake()
            if holds:
                value.holds = (value.holds or []) + holds
            return
        for hold in holds or ():
            hold.learn(self, value)
        for reader in readers or ():
            reader.wake()

    def __repr__(self) -> str:
        return f"<Wire {self.value!r}>"


def deref(value: Any) -> Any:
    """What `value` is by now: itself, a wire's value, or a wire still pending."""
    if value.__class__ is not Wire:
        return value
    end = value
    while end.__class__ is Wire and end.value is not PENDING:
        end = end.value
    while value is not end and value.value is not end:
        value.value, value = end, value.value
    return end


def is_pending(value: Any) -> bool:
    """Whether `value` is a wire that has not been set."""
    return value.__class__ is Wire and deref(value).__class__ is Wire


def family_of(wire: Wire) -> Wire:
    """The wire that stands for the family of a pending value."""
    if wire.family is None:
        _join(wire)
    return _head(wire)


def store_in(wire: Wire, origin: tuple[Any, ...] | None) -> None:
    """Say that what shares objects with these values will be stored in a pending one."""
    values = None if origin is None else tuple(map(deref, origin))
    for value in values or ():
        if value.__class__ is Wire and not value.immutable:
            _unite(family_of(value), family_of(wire))
    wire.stored = _both(wire.stored, values)
    now = OBJECTS_ARRIVED[0]
    if wire.rootless == now and (
        values is None or any(_may_be_there(value, now) for value in values)
    ):
        OBJECTS_ARRIVED[0] += 1


def _may_be_there(value: Any, now: int) -> bool:
    if value.__class__ is Wire:
        return not value.immutable and value.rootless != now
    return value.__class__ not in SIMPLE


def _join(wire: Wire) -> None:
    stack, found = [wire], []
    while stack:
        one = stack.pop()
        if one.family is None:
            one.family = one
            found.append(one)
            stack.extend(_origins(one))
    for one in found:
        for other in _origins(one):
            _unite(_head(one), _head(other))


def _head(wire: Wire) -> Wire:
    while (above := wire.family) is not wire:
        assert above is not None
        wire.family = above.family
        wire = above
    return wire


def _unite(one: Wire, other: Wire) -> None:
    if one is not other:
        one.family = other


def _both(
    one: tuple[Any, ...] | None, other: tuple[Any, ...] | None
) -> tuple[Any, ...] | None:
    if one is None or other is None:
        return None
    known = set(map(id, one))
    both = (*one, *[value for value in other if id(value) not in known])
    return both if len(both) <= MOST_STORED else None


def _origins(wire: Wire) -> Iterator[Wire]:
    for value in map(deref, wire.origin or ()):
        if value.__class__ is Wire and not value.immutable:
            yield value

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
       `consumed`   it is an iterator, which reading changes;
       `computed`   it is the result of arithmetic, which gives no container that was
                    there before: only an object whose class has arithmetic of its own.
    4. Pending values that may share objects, or be stored in one another, are of one
       *family*.
"""

from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from epic_actors.core.footprints.summary import Summaries
    from epic_actors.core.streams.stream import Reader
    from epic_actors.core.streams.text import Source

    from .holds import Hold


class _Pending:
    def __repr__(self) -> str:
        return "PENDING"


PENDING: Any = _Pending()
SIMPLE = frozenset({int, float, str, bytes, bool, type(None)})
OBJECTS_ARRIVED = [1]
"""Counts the wires that turned out to be more than plain values after `extent` asked."""

TURNED_OUT: list[Any] = []
"""What `families` does when a wire turns out to be more than a plain value."""


class Wire:
    """A value that arrives later; many may wait for it."""

    __slots__ = (
        "asked",
        "computed",
        "consumed",
        "dependents",
        "family",
        "holds",
        "immutable",
        "kind",
        "method",
        "origin",
        "readers",
        "rooted",
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
        self.holds: list[Hold | Summaries] | None = None
        self.immutable = immutable
        self.origin = origin
        self.kind = kind
        self.method: tuple[Any, str] | None = None
        self.source: Source | None = None
        self.family: Wire | None = None
        self.rooted: bool | None = None
        self.asked = False
        self.dependents: list[Wire | Hold] | None = None
        self.stored: tuple[Any, ...] | None = ()
        self.computed = False
        self.consumed = False

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
        if type(value) not in SIMPLE:
            if self.asked or type(value) is Wire:
                OBJECTS_ARRIVED[0] += 1
            if type(value) is Wire or self.dependents is not None:
                TURNED_OUT[0](self, value)
        self.dependents = None
        readers, self.readers = self.readers, None
        holds, self.holds = self.holds, None
        if type(value) is Wire:
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
    if type(value) is not Wire:
        return value
    end = value
    while type(end) is Wire and end.value is not PENDING:
        end = end.value
    while value is not end and value.value is not end:
        value.value, value = end, value.value
    return end


def is_pending(value: Any) -> bool:
    """Whether `value` is a wire that has not been set."""
    return type(value) is Wire and type(deref(value)) is Wire

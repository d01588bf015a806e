"""Drawing calls of real functions, to hold the effect tables against.

Every function is called with all short combinations of a few arguments, each made anew;
what a call did is seen by comparing the arguments before and after.
"""

import itertools
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from epic_actors.core.memory.reach import mutables
from epic_actors.core.tables.effects import Effect


@attrs.define(eq=False, order=False, repr=False)
class Thing:
    """A mutable object with an identity, that compares and hashes by a number."""

    number: int = 0
    inside: list[int] = attrs.Factory(list)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and self.number == other.number

    def __hash__(self) -> int:
        return self.number

    def __lt__(self, other: "Thing") -> bool:
        return self.number < other.number

    def __add__(self, other: Any) -> "Thing":
        return Thing(self.number)

    __radd__ = __add__

    def __repr__(self) -> str:
        return f"Thing({self.number}, {self.inside})"


POOL: tuple[Callable[[], Any], ...] = (
    lambda: 1,
    lambda: 0,
    lambda: "ab",
    lambda: b"ab",
    lambda: Thing(3),
    lambda: [Thing(2), Thing(1)],
    lambda: {Thing(1): Thing(2), 1: Thing(0)},
    lambda: {Thing(1), Thing(2)},
    lambda: ([Thing(1)], Thing(2)),
    lambda: slice(0, 1),
    lambda: frozenset({Thing(1)}),
    lambda: [Thing, len],
)
RECEIVERS: dict[type, tuple[Callable[[], Any], ...]] = {
    list: (lambda: [Thing(2), 1], lambda: [Thing(3), Thing(2)], lambda: ["a"]),
    dict: (lambda: {1: Thing(1), "ab": [1]},),
    set: (lambda: {1, Thing(3)}, lambda: {Thing(1)}),
    deque: (lambda: deque([Thing(3), 1]),),
    tuple: (lambda: (Thing(3), [1], 1),),
    frozenset: (lambda: frozenset({Thing(1), 1}),),
    str: (lambda: "ab c", lambda: "1"),
    bytes: (lambda: b"ab c",),
    int: (lambda: 6, lambda: 1),
    bool: (lambda: True,),
    float: (lambda: 1.5,),
    complex: (lambda: 1j,),
    range: (lambda: range(4),),
    bytearray: (lambda: bytearray(b"ab"),),
    OrderedDict: (lambda: OrderedDict({1: Thing(1), "ab": [1]}),),
    defaultdict: (lambda: defaultdict(list, {1: Thing(1), "ab": [1]}),),
}


@attrs.frozen
class Called:
    """One call that succeeded."""

    args: tuple[Any, ...]
    changed: frozenset[int]
    shared: tuple[Any, ...]
    result: Any


def calls(
    function: Callable[..., Any], receivers: tuple[Callable[[], Any], ...] = ()
) -> Iterator[Called]:
    """All calls of `function` that succeed, on each receiver."""
    for args in drawn(receivers):
        found = called(function, *args)
        if found is not None:
            yield found


def drawn(receivers: tuple[Callable[[], Any], ...]) -> Iterator[tuple[Any, ...]]:
    """All combinations of up to two arguments, behind each receiver."""
    starts: list[Any] = [(receiver,) for receiver in receivers] or [()]
    for start, count in itertools.product(starts, range(3)):
        for makers in itertools.product(POOL, repeat=count):
            yield tuple(make() for make in (*start, *makers))


def called(function: Callable[..., Any], *args: Any) -> Called | None:
    """What one call did; None if it raised."""
    before = [repr(arg) for arg in args]
    inside = {id(place): place for arg in args for place in mutables(arg)}
    try:
        result = function(*args)
    except Exception:
        return None
    changed = frozenset(i for i, arg in enumerate(args) if repr(arg) != before[i])
    shared = tuple(p for p in mutables(result) if id(p) in inside)
    return Called(args, changed, shared, result)


def taken_back(effect: Effect, args: tuple[Any, ...]) -> bool:
    """Whether a call and its undoing leave the arguments as they were; True if unknown."""
    chosen = effect.chosen(args)
    before = [repr(arg) for arg in args]
    if chosen.undo is None:
        return True
    try:
        back = chosen.undo(*args)
        if back is None:
            return True
        chosen.function(*args)
    except Exception:
        return True
    back()
    return [repr(arg) for arg in args] == before

"""What may be reached from a value where a hold stands in program order.

Rules
    1. Objects that are there are walked.
    2. A pending value may be, or contain, what its origin reaches, and what is still to
       be stored in it: its wire knows that (see `wire`).  Other values that may be the
       same one need not know: who writes to what is stored waits for the hold that
       stores it, and then finds it inside.
    3. An object may contain what holds older than this one have still to store in it: if
       they may write to anything reached so far, what they store is reached as well.
    4. If a value or what is stored comes from where nobody knows, or if too many holds
       may write there, anything is reached.

It is asked for every access that meets a wide place, so an answer is kept until something
else happens (`REACHED`), and holds are found through the index of their memory.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from .families import is_rootless
from .reach import mutables, walk_on
from .wire import Wire, deref


if TYPE_CHECKING:
    from .holds import Hold, Memory


ANYTHING = 0
"""Stands for the identities of all objects."""
MOST_WRITERS = 64
"""With more of them than these, anything is taken to be reached."""
REACHED: dict[tuple[int, int, bool], Any] = {}
"""What holds reach; until something else happens, since they keep it as it is."""


class _Everywhere:
    def __repr__(self) -> str:
        return "EVERYWHERE"


EVERYWHERE: Any = _Everywhere()


@attrs.define(eq=False)
class Inside:
    """All places reachable from an object; as they are while a hold keeps them so.

    Attributes:
        compared: What is told apart by its identity is not looked into.
    """

    root: Any
    compared: bool = False


def deep_places(
    value: Any, memory: "Memory | None" = None, *, compared: bool = False
) -> list[Any]:
    """The places that reading `value` through and through reads.

    What older holds of `memory` may still store in there is read too.
    """
    places = mutables(value, compared=compared)
    found = [Inside(p, compared) if p.__class__ is Wire else p for p in places]
    if memory is not None and memory.total[0]:
        there = {id(place): place for place in places}
        if any(writers(memory, None, there)):
            found.append(Inside(value, compared))
    return found


def extent(hold: "Hold", root: Any, *, compared: bool = False) -> frozenset[int]:
    """The identities of what may be reached from `root`, or `ANYTHING`."""
    key = (id(hold), id(root), compared)
    found = REACHED.get(key)
    if found is None:
        found = REACHED[key] = _closure(hold, root, compared=compared), hold, root
    known: frozenset[int] = found[0]
    return known


def _closure(hold: "Hold", root: Any, *, compared: bool) -> frozenset[int]:
    stack, taken = [root], set()
    reached: dict[int, Any] = {}
    objects: dict[int, Any] = {}
    while stack:
        for found in walk_on(stack, reached, compared=compared):
            if found.__class__ is not Wire:
                if found.__class__ is not tuple:
                    objects[id(found)] = found
            elif not found.immutable:
                if found.origin is None or found.stored is None:
                    return frozenset({ANYTHING})
                stack += found.origin
                stack += found.stored
        if hold.memory.total[0] == 1:
            break
        for writer in writers(hold.memory, hold.seq, objects):
            if id(writer) not in taken:
                taken.add(id(writer))
                if writer.origin is None or len(taken) > MOST_WRITERS:
                    return frozenset({ANYTHING})
                stack += writer.origin
    return frozenset(reached)


def writers(
    memory: "Memory",
    before: int | None,
    reached: Mapping[int, Any],
) -> Iterator["Hold"]:
    """The holds of this region and those around it that may write to one of these."""
    while reached:
        for hold in memory.naming(reached, before):
            if writes_into(hold, reached):
                yield hold
        outer = memory.outer
        if outer is None:
            return
        memory, before = outer.memory, outer.seq


def writes_into(hold: "Hold", reached: Mapping[int, Any]) -> bool:
    """Whether a hold may write to one of these objects, which are there."""
    if hold.is_unsure():
        return True
    for held in hold.writes:
        deep = held.__class__ is Inside
        place = deref(held.root if deep else held)
        if place is EVERYWHERE or id(place) in reached:
            return True
        if place.__class__ is Wire:
            if not place.immutable and _may_be_one(hold, place, reached):
                return True
        elif deep:
            return True
    return False


def _may_be_one(hold: "Hold", wire: Wire, reached: Mapping[int, Any]) -> bool:
    """Whether a pending value may be one of these objects, or contain it."""
    if is_rootless(wire):
        return False
    # Why: this asks the same of older holds; not of too many, to take it to be so only
    # waits.
    if len(hold.memory.written()) > MOST_WRITERS:
        return True
    found = extent(hold, wire)
    return ANYTHING in found or not found.isdisjoint(reached)

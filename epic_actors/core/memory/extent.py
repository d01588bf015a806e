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

It is asked for every access that meets a wide place.  So an answer is kept until an object
arrives, one is stored, or a hold that stores lets go (`REACHED`).  What an older hold
reaches from something that a younger one reaches, the younger one reaches too, so one
answer often does for all (`Cover`).  Holds are found through the index of their memory.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from .families import is_rootless
from .places import (
    CLASSES,
    STORED,
    STORED_IN_CLASSES,
    Resource,
    change_taken,
    is_namespace,
    is_shared,
    named,
    names_in,
)
from .reach import is_atom, mutables, see_shared, walk_on
from .wire import OBJECTS_ARRIVED, Wire, deref


if TYPE_CHECKING:
    from .accesses import Memory
    from .holds import Hold


ANYTHING = 0
"""Stands for the identities of all objects."""
MOST_WRITERS = 64
"""With more of them than these, anything is taken to be reached."""
MOST_TARGETS = 64
"""What may write to more objects than these may write to any."""
REACHED: dict[tuple[int, int, bool], Any] = {}
"""What holds reach, and `Targets`; until something else happens, since they keep it as it is."""
TOUCHED: set[int] = set()
"""The objects that were met when this was found out."""
CLASSES_MET = [1]
"""Counts what turned up by which footprints may say more than at first."""


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


@attrs.define(eq=False)
class Through:
    """What stands under a name in a class or module, if the root is or reaches one.

    Attributes:
        root: A value, or `Inside`.
        place: The place of the name.
    """

    root: Any
    place: Resource

    def is_met(self, hold: "Hold") -> bool:
        """Whether there may be a class or module, where this hold stands."""
        inside = type(self.root) is Inside
        root = deref(self.root.root if inside else self.root)
        if is_shared(root):
            return True
        if type(root) is not Wire and not inside:
            return False
        found = extent(hold, root)
        return CLASSES in found or ANYTHING in found


@attrs.define(eq=False)
class Filling:
    """The dictionaries with defaults that a value, or what is `Inside` one, may be.

    Loading an item stores the default, and it may be pending what it is loaded from.
    """

    root: Any


def through(root: Any, name: str) -> Through:
    """What a store to an attribute writes that may be one of a class or module."""
    STORED.add(name)
    STORED_IN_CLASSES.add(name)
    return Through(root, named(CLASSES, name))


def deep_places(
    value: Any, memory: "Memory | None" = None, *, compared: bool = False
) -> list[Any]:
    """The places that reading `value` through and through reads.

    What older holds of `memory` may still store in there is read too.
    """
    places = mutables(value, compared=compared)
    found = [Inside(p, compared) if type(p) is Wire else p for p in places]
    if memory is not None and memory.total[0]:
        there = {id(place): place for place in places}
        if any(writers(memory, None, there)):
            found.append(Inside(value, compared))
    return found


Cover = tuple[int, dict[int, Any]]


def is_reached(hold: "Hold", root: Any, place: Any, *, compared: bool) -> bool:
    """Whether an object or pending value may be reached from `root`, where a hold stands."""
    found = extent(hold, root, compared=compared)
    if ANYTHING in found:
        return True
    widest = cover_of(hold.memory, None)
    if not compared and (widest is None or len(found) > len(widest[1])):
        REACHED[id(hold.memory), 1, False] = (hold.seq, found), hold.memory
    return _has(found, place)


def _has(found: dict[int, Any], place: Any) -> bool:
    # Why: a module is seen as its dictionary (`walk_on`).
    return id(place) in found or -id(place) in found


def cover_of(memory: "Memory", place: Any) -> "Cover | None":
    """The most that is known to be reached in a region, if `place` is not in it.

    With the number of the hold that reaches it: no older one gets from there to `place`.
    """
    known = _known().get((id(memory), 1, False))
    part = type(place) is Resource and place.within != 0
    if known is None or part or _has(known[0][1], place):
        return None
    cover: Cover = known[0]
    return cover


def extent(hold: "Hold", root: Any, *, compared: bool = False) -> dict[int, Any]:
    """What may be reached from `root`, by identity, or `ANYTHING`."""
    key = (id(hold), id(root), compared)
    known = _known()
    found = known.get(key)
    if found is None:
        found = known[key] = _closure(hold, root, compared=compared), hold, root
    reached: dict[int, Any] = found[0]
    return reached


def note_change(hold: "Hold", place: Any) -> None:
    """Take in that globals are stored in the dictionaries that a place is or reaches."""
    root = deref(place.root if type(place) is Inside else place)
    if root is EVERYWHERE:
        # Why: what is known to touch everything is not read to its end.
        change_taken()
    elif type(root) is dict and is_namespace(root):
        STORED.update(names_in(root))
    elif type(place) is Inside or type(root) is Wire:
        found = extent(hold, root)
        if ANYTHING in found:
            change_taken()
        for key, values in found.items():
            if key < 0:
                STORED.update(names_in(values))


def _known() -> dict[tuple[int, int, bool], Any]:
    """What has been found out since an object arrived."""
    if _LOOKED[0] != OBJECTS_ARRIVED[0]:
        forget_reached()
    return REACHED


def forget_reached() -> None:
    """Find out anew what is reached."""
    _LOOKED[0] = OBJECTS_ARRIVED[0]
    REACHED.clear()
    TOUCHED.clear()


def stored_into(holder: Any) -> None:
    """An object is stored in another: what was reached may have become more."""
    if id(holder) in TOUCHED:
        forget_reached()


_LOOKED = [0]


def _closure(hold: "Hold", root: Any, *, compared: bool) -> dict[int, Any]:
    # Why: kept with the objects, or others could take their identities.
    stack, taken, count = [root], set(), 0
    reached: dict[int, Any] = {}
    while stack:
        objects: dict[int, Any] = {}
        for found in walk_on(stack, reached, compared=compared):
            if type(found) is not Wire:
                if type(found) is not tuple:
                    objects[id(found)] = found
            elif not found.immutable:
                found.asked = True
                if found.origin is None or found.stored is None:
                    return {ANYTHING: None}
                stack += found.origin
                stack += found.stored
        TOUCHED.update(objects)
        if hold.memory.total[0] == 1:
            break
        for writer in writers(hold.memory, hold.seq, objects):
            if id(writer) in taken:
                continue
            taken.add(id(writer))
            writer.taken = True
            if writer.origin is None:
                return {ANYTHING: None}
            see_shared(writer.origin, reached)
            fresh = [
                value
                for value in map(deref, writer.origin)
                if id(value) not in reached and not is_atom(value)
            ]
            if fresh:
                count += 1
                stack += fresh
        if count > MOST_WRITERS:
            return {ANYTHING: None}
    return reached


def writers(
    memory: "Memory", before: int | None, places: Mapping[int, Any]
) -> Iterator["Hold"]:
    """The holds of this region and those around it that may write to one of these.

    Places are given by their identities; a hold may come more than once.
    """
    while places:
        anywhere = _changes_around(memory)
        yield from _writers_here(memory, before, places, anywhere=anywhere)
        outer = memory.outer
        if outer is None:
            return
        memory, before = outer.memory, outer.seq


def _writers_here(
    memory: "Memory",
    before: int | None,
    places: Mapping[int, Any],
    *,
    anywhere: bool,
    young: bool = True,
) -> Iterator["Hold"]:
    """`young` says that all of the places may have come into being in this region."""
    for key in places.keys() & memory.written.keys():
        for hold in memory.written[key].values():
            if before is None or hold.seq < before:
                yield hold
    memory.put_in_order()
    since = memory.births.since_all(places, memory) if young else -1
    # Why: holds inside, when they are asked, may turn out to write more than they said.
    for seq, hold in list(memory.changing.items()):
        if before is not None and seq >= before:
            break
        if (inner := hold.inner) is not None:
            if seq >= since:
                yield from _writers_here(
                    inner, None, places, anywhere=anywhere, young=seq == since
                )
            anywhere = anywhere or bool(inner.written or inner.changing)
            continue
        reached = None if anywhere else _targets(hold)
        if reached is None:
            # Why: what it stores may be anywhere, so the younger ones may find it.
            anywhere = True
            if seq >= since:
                yield hold
        elif places.keys() & reached.keys():
            yield hold


def _changes_around(memory: "Memory") -> bool:
    """Whether a hold around a region may write to objects without naming them."""
    while (outer := memory.outer) is not None:
        memory = outer.memory
        if memory.changing:
            return True
    return False


def _targets(hold: "Hold") -> Mapping[int, Any] | None:
    """What a hold may write to without naming it; None for anything, or too much."""
    known, key = _known(), (id(hold), 0, False)
    found = known.get(key)
    if found is None:
        found = known[key] = _few_targets(hold), hold
    reached: Mapping[int, Any] | None = found[0]
    return reached


def _few_targets(hold: "Hold") -> Mapping[int, Any] | None:
    stack: list[Any] = []
    for held in hold.writes:
        inside = type(held) is Inside
        place = deref(held.root if inside else held)
        if type(place) is Wire:
            if not (place.immutable or place.computed or is_rootless(place)):
                stack.append(place)
        elif inside or place is EVERYWHERE:
            return None
    reached: dict[int, Any] = {}
    for found in walk_on(stack, reached, compared=False):
        if len(reached) > MOST_TARGETS or hold.is_unsure():
            return None
        TOUCHED.add(id(found))
        if type(found) is not Wire:
            if _is_written(hold, id(found)):
                return None
        elif not found.immutable:
            found.asked = True
            if found.origin is None or found.stored is None:
                return None
            stack += found.origin
            stack += found.stored
    return reached


def _is_written(hold: "Hold", key: int) -> bool:
    """Whether another hold that this one can see writes to an object by its name."""
    memory: Memory | None = hold.memory
    while memory is not None:
        if any(one is not hold for one in memory.written.get(key, {}).values()):
            return True
        memory = None if memory.outer is None else memory.outer.memory
    return False

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
from .wire import OBJECTS_ARRIVED, Wire, deref


if TYPE_CHECKING:
    from .holds import Hold, Memory


ANYTHING = 0
"""Stands for the identities of all objects."""
MOST_WRITERS = 64
"""With more of them than these, anything is taken to be reached."""
REACHED: dict[tuple[int, int, bool], Any] = {}
"""What holds reach, and `Targets`; until something else happens, since they keep it as it is."""


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
    while stack:
        objects: dict[int, Any] = {}
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
    memory: "Memory", before: int | None, places: Mapping[int, Any]
) -> Iterator["Hold"]:
    """The holds of this region and those around it that may write to one of these.

    Places are given by their identities; a hold may come more than once.
    """
    while places:
        yield from _writers_here(memory, before, places)
        outer = memory.outer
        if outer is None:
            return
        memory, before = outer.memory, outer.seq


def _writers_here(
    memory: "Memory", before: int | None, places: Mapping[int, Any]
) -> Iterator["Hold"]:
    targets = _targets(memory, memory.next_seq if before is None else before)
    for key in places.keys() & memory.by_place.keys():
        for hold in memory.by_place[key].values():
            if before is not None and hold.seq >= before:
                continue
            if hold.is_unsure() or _names(hold, key):
                yield hold
    found = [targets.reached[key] for key in places.keys() & targets.reached.keys()]
    for entries in (*found, targets.anything):
        for seq, hold in entries:
            if before is not None and seq >= before:
                break
            yield hold


def _names(hold: "Hold", key: int) -> bool:
    return any(id(deref(place)) == key for place in hold.writes)


Entries = list[tuple[int, "Hold"]]


@attrs.define
class Targets:
    """What the holds of one region may write to without naming it.

    Entries are holds with the numbers that they, or what they are inside of, have in the
    region; the oldest first.

    Attributes:
        reached: By the identity of an object, the holds that may write to it.
        anything: Those that may write to anything.
        known: The holds of the region that may write to an object that is there, and
        queue: those of them that are not taken in yet, the oldest last.
        last: The youngest hold that is taken in.
        looked: When this was found out, by `OBJECTS_ARRIVED`.
    """

    looked: int
    last: int = -1
    known: Mapping[int, "Hold"] | None = None
    queue: list["Hold"] = attrs.Factory(list)
    reached: dict[int, Entries] = attrs.Factory(dict)
    anything: Entries = attrs.Factory(list)

    def take_in(self, hold: "Hold", seq: int) -> None:
        """Enter what a hold, or those inside it, may write to."""
        if hold.inner is not None:
            for one in hold.inner.held.values():
                self.take_in(one, seq)
            return
        reached: set[int] = {ANYTHING} if hold.is_unsure() else set()
        for held in hold.writes:
            place = deref(held.root if held.__class__ is Inside else held)
            if place.__class__ is Wire:
                if _may_be_there(place) and not place.computed:
                    reached |= extent(hold, place)
                else:
                    reached.add(id(place))
            elif place is EVERYWHERE or held.__class__ is Inside:
                # Why: all that is inside may be too much to look at time and again.
                reached.add(ANYTHING)
            else:
                reached.add(id(place))
        if ANYTHING in reached:
            self.anything.append((seq, hold))
            return
        for key in reached:
            self.reached.setdefault(key, []).append((seq, hold))


def _targets(memory: "Memory", before: int) -> Targets:
    """What the holds older than this may write to, at least."""
    key, now = (id(memory), 0, False), OBJECTS_ARRIVED[0]
    targets: Targets | None = REACHED.get(key)
    if targets is None or targets.looked != now:
        targets = REACHED[key] = Targets(now)
    known = memory.written()
    if targets.known is not known:
        targets.known = known
        fresh = sorted(seq for seq in known if seq > targets.last)
        targets.queue = [known[seq] for seq in reversed(fresh)]
    queue = targets.queue
    while queue and queue[-1].seq < before:
        hold = queue.pop()
        targets.last = hold.seq
        targets.take_in(hold, hold.seq)
    return targets


def _may_be_there(place: Any) -> bool:
    """Whether a place is pending and may be an object that is there."""
    return place.__class__ is Wire and not place.immutable and not is_rootless(place)

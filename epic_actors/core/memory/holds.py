"""Memory order: what must wait for what else that touches the same object.

Rules
    1. A *place* is a mutable object, the name of a resource (a `Resource`), or a wire
       that will turn out to be one.  `EVERYWHERE` is all of them.
    2. Whatever is undecided or deferred has a *hold*: the places that it may read and
       those it may write.  A younger access to a place waits for a hold that writes it;
       a younger write also waits for a hold that reads it.
    3. Holds stand in program order within a `Memory`, the accesses of one region.  Code
       in a region sees the holds of that region and those of the enclosing ones older
       than the region's own hold.
    4. A region's hold speaks for everything inside until the region's code has been
       issued; from then on the holds inside speak for themselves, for objects made
       there too.
    5. A hold says which of its places only *grow*: lists that are only appended to.  What
       is there already can be read; who has read it all waits with `Growth`, to be woken
       when the code that holds it has gone a step further.
    6. An access asks `Memory.conflict` for the nearest obstacle, waits for it, and asks
       again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from .extent import (
    ANYTHING,
    EVERYWHERE,
    Filling,
    Inside,
    Through,
    extent,
    forget_reached,
    is_reached,
)
from .families import surely_apart
from .places import CLASSES, TAKEN, Resource, namespace_of
from .reach import has_arithmetic, is_atom, sources
from .wire import Wire, deref


if TYPE_CHECKING:
    from epic_actors.core.network.actors import Actor

    from .accesses import Memory


ALL_OF_IT, ATOM, OBJECT = range(3)
"""What an access is to: all of a list; an atom, or an object, that is in it already."""
NOTHING: Any = object()
"""Says that a hold is not of one store to one place."""


class Hold:
    """The places that something undecided or deferred may touch.

    Attributes:
        origin: Where all that it may still store comes from; None if that is not known.
        puts: What it stores, if it is one store to one place and nothing else.
        keeps: Globals that are numbers before it and after it, whatever it does.
    """

    __slots__ = (
        "grows",
        "inner",
        "keeps",
        "live",
        "memory",
        "origin",
        "puts",
        "readers",
        "reads",
        "roots",
        "seq",
        "taken",
        "unsure",
        "watchers",
        "writes",
    )

    def __init__(
        self,
        memory: "Memory",
        reads: Iterable[Any],
        writes: Iterable[Any],
        grows: tuple[Any, ...] = (),
        *,
        origin: tuple[Any, ...] | None = None,
        unsure: Callable[[], bool] | None = None,
    ) -> None:
        self.memory = memory
        self.grows = grows
        self.origin = origin
        self.puts: Any = NOTHING
        self.keeps: tuple[Any, ...] = ()
        self.watchers: list[Any] | None = None
        self.unsure = unsure
        self.reads = tuple(reads)
        self.writes = tuple(writes)
        self.inner: Memory | None = None
        self.readers: list[Actor] | None = None
        self.live = True
        self.roots: frozenset[int] | None = None
        self.taken = False
        self.seq = memory.add(self)

    def subscribe(self, actor: "Actor") -> None:
        """Wake `actor` once when the hold is released or says more."""
        if self.readers is None:
            self.readers = [actor]
        else:
            self.readers.append(actor)

    def release(self) -> None:
        """Let go; younger accesses ask again."""
        hold: Hold | None = self
        while hold is not None and hold.live:
            hold.live = False
            memory = hold.memory
            memory.discard(hold)
            hold.stir()
            hold.wake()
            # Invariant: an issued hold lives as long as a hold inside it does.
            outer = memory.outer
            speaks = outer is not None and outer.inner is memory
            hold = outer if speaks and not memory.held else None

    def widen(self, reads: Iterable[Any], writes: Iterable[Any]) -> None:
        """Say, later than at first, which places may be touched."""
        self.reads, self.writes = tuple(reads), tuple(writes)
        self.memory.register(self)

    def narrow(
        self,
        reads: Iterable[Any],
        writes: Iterable[Any],
        grows: tuple[Any, ...] = (),
        *,
        origin: tuple[Any, ...] | None = None,
    ) -> None:
        """Say that only these places will be touched; younger accesses ask again."""
        self.memory.discard(self)
        self.grows, self.origin = grows, origin
        self.widen(reads, writes)
        self.stir()
        self.wake()

    def cover(self, places: list[Any]) -> None:
        """Read these places too: now it is known what the arguments reach."""
        fresh = [place for place in places if all(place is not r for r in self.reads)]
        self.reads += tuple(fresh)
        self.memory.register(self, *fresh)

    def issue(self, memory: "Memory") -> None:
        """Speak through the holds of `memory` from now on; let go if it has none."""
        if memory.held:
            forget_reached()
            self.inner = memory
            self.memory.spoken_for(self)
            self.stir()
            self.wake()
        else:
            self.release()

    def wake(self) -> None:
        """Let those who wait ask again."""
        readers, self.readers = self.readers, None
        for reader in readers or ():
            reader.wake()

    def stir(self) -> None:
        """Let those look again who watch what grows, here and around."""
        hold: Hold | None = self
        while hold is not None and hold.memory.total[1]:
            watchers, hold.watchers = hold.watchers, None
            for watcher in watchers or ():
                hold.memory.total[1] -= 1
                watcher.wake()
            hold = hold.memory.outer

    def learn(self, wire: Wire, value: Any) -> None:
        """Hear what a wire among the places turned out to be."""
        if not self.live or is_atom(value):
            return
        written = any(deref(place) is value for place in self.writes)
        for place in sources(value):
            if place is value:
                self.memory.index(self, place)
            elif written:
                self.writes += (place,)
                self.memory.register(self, place)
            else:
                self.cover([place])

    def conflicts(
        self, place: Any, *, write: bool, start: int = ALL_OF_IT
    ) -> "Wire | Hold | None":
        """What an access to `place` must wait for on account of this hold.

        `start` is for an access to no more than what is there already of a list.
        """
        if self.inner is not None:
            return self.inner.conflict(place, write=write, start=start)
        if self.is_unsure():
            return self
        for held in self.writes:
            if start and held is place and self.only_grows(held, start):
                continue
            if (found := self._clash(held, place)) is not None:
                return found
        if write:
            for held in self.reads:
                if (found := self._clash(held, place)) is not None:
                    return found
        return None

    def is_within(self, objects: Mapping[int, Any]) -> bool:
        """Whether all that it reaches its places from is among these."""
        if self.inner is not None or self.is_unsure():
            return False
        if self.roots is None or not self.roots <= objects.keys():
            # Why: what was pending may be something else by now.
            self.roots = frozenset(self._roots())
        return self.roots <= objects.keys()

    def _roots(self) -> Iterator[int]:
        for place in (*self.reads, *self.writes):
            inside = type(place) is Inside
            root = deref(place.root if inside else place)
            wide = inside or type(root) is Wire or root is EVERYWHERE
            if wide and not is_atom(root):
                yield id(root)

    def is_unsure(self) -> bool:
        """Whether it may touch more than it says."""
        return self.unsure is not None and self.unsure()

    def only_grows(self, place: Any, start: int) -> bool:
        """Whether a place is only appended to, and what is in it is as it will be.

        Code that appends an object may still change it.
        """
        if start == OBJECT and self.puts is NOTHING:
            return False
        return any(place is grown for grown in self.grows)

    def _clash(self, held: Any, place: Any) -> "Wire | Hold | None":
        if type(held) is Filling:
            filled = place is EVERYWHERE or isinstance(place, defaultdict)
            return self._clash(held.root, place) if filled else None
        if type(held) is Through:
            return self if place is held.place and held.is_met(self) else None
        if type(held) is Inside:
            root = deref(held.root)
            if type(root) is not Wire:
                deep = self.may_reach(root, place, compared=held.compared)
                return self if deep else None
            held = root
        held = deref(held)
        if held is place or held is EVERYWHERE or place is EVERYWHERE:
            return self
        if type(held) is Wire and not held.immutable:
            if held.computed and not has_arithmetic(type(place)):
                return None
            return held if self.may_reach(held, place) else None
        if type(place) is Resource and place.within == namespace_of(held) != 0:
            return self
        return None

    def may_reach(self, root: Any, place: Any, *, compared: bool = False) -> bool:
        """Whether `place` may be reached from `root` where this hold stands."""
        if type(place) is Resource:
            return place.within != 0 and self._may_reach_part(root, place)
        if type(root) is Wire and surely_apart(root, place):
            return False
        return is_reached(self, root, place, compared=compared)

    def _may_reach_part(self, root: Any, place: Resource) -> bool:
        """Whether a value may be, or contain, what a resource is part of."""
        within = place.within
        if within == CLASSES:
            # Why: classes are changed by stores to their attributes and by nothing else.
            known = any(type(written) is Through for written in self.writes)
            if not known:
                return False
        else:
            known = within in TAKEN
            if type(root) is Wire and surely_apart(root, place):
                return False
        found = extent(self, root)
        return within in found or -within in found or (known and ANYTHING in found)


@attrs.frozen(eq=False)
class Growth:
    """What to wait for when all that is there of something that grows has been read."""

    hold: Hold

    def subscribe(self, actor: Any) -> None:
        """Wake `actor` once, when there may be more."""
        hold = self.hold
        hold.memory.total[1] += 1
        if hold.watchers is None:
            hold.watchers = [actor]
        else:
            hold.watchers.append(actor)

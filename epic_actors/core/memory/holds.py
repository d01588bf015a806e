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

Theory of operation: each memory indexes its holds by the identity of their places.  A
hold on a pending wire is found under the wire; when the wire is set the hold learns the
object.  Wires that may turn out to be an object somebody already has (see `Wire.origin`)
are wide places, as is all that can be reached from an object.  Holds on them are also
kept in tables of their own.  An access to an object looks through those that may touch an
object that is there: `families` says when a hold becomes one of them.  It looks no further
back than where the object came into being (`births`).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import attrs

from .births import Births
from .extent import (
    ANYTHING,
    CLASSES_MET,
    EVERYWHERE,
    REACHED,
    Inside,
    Through,
    extent,
    is_reached,
    note_change,
)
from .families import depend, is_rootless, store_in, surely_apart
from .places import CLASSES, TAKEN, Resource, namespace_of
from .reach import aliases, has_arithmetic, is_atom, sources
from .wire import Wire, deref


if TYPE_CHECKING:
    from epic_actors.core.network.actors import Actor


ALL_OF_IT, ATOM, OBJECT = range(3)
"""What an access is to: all of a list; an atom, or an object, that is in it already."""
NOTHING: Any = object()
"""Says that a hold is not of one store to one place."""


class Hold:
    """The places that something undecided or deferred may touch.

    Attributes:
        origin: Where all that it may still store comes from; None if that is not known.
        puts: What it stores, if it is one store to one place and nothing else.
    """

    __slots__ = (
        "grows",
        "inner",
        "live",
        "memory",
        "origin",
        "puts",
        "readers",
        "reads",
        "seq",
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
        self.watchers: list[Any] | None = None
        self.unsure = unsure
        self.reads = tuple(reads)
        self.writes = tuple(writes)
        self.inner: Memory | None = None
        self.readers: list[Actor] | None = None
        self.live = True
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
            REACHED.clear()
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
        if held.__class__ is Through:
            return self if place is held.place and held.is_met(self) else None
        if held.__class__ is Inside:
            root = deref(held.root)
            if root.__class__ is not Wire:
                deep = self.may_reach(root, place, compared=held.compared)
                return self if deep else None
            held = root
        held = deref(held)
        if held is place or held is EVERYWHERE or place is EVERYWHERE:
            return self
        if held.__class__ is Wire and not held.immutable:
            if held.computed and not has_arithmetic(place.__class__):
                return None
            return held if self.may_reach(held, place) else None
        if place.__class__ is Resource and place.within == namespace_of(held) != 0:
            return self
        return None

    def may_reach(self, root: Any, place: Any, *, compared: bool = False) -> bool:
        """Whether `place` may be reached from `root` where this hold stands."""
        if place.__class__ is Resource:
            return place.within != 0 and self._may_reach_part(root, place)
        if root.__class__ is Wire and surely_apart(root, place):
            return False
        return is_reached(self, root, place, compared=compared)

    def _may_reach_part(self, root: Any, place: Resource) -> bool:
        """Whether a value may be, or contain, what a resource is part of."""
        within = place.within
        if within == CLASSES:
            # Why: classes are changed by stores to their attributes and by nothing else.
            known = any(written.__class__ is Through for written in self.writes)
            if not known:
                return False
        else:
            known = within in TAKEN
            if root.__class__ is Wire and surely_apart(root, place):
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


def is_wide(place: Any) -> bool:
    """Whether a place may turn out to be an object that somebody already has."""
    if place.__class__ is not Wire:
        return place is EVERYWHERE or place.__class__ is Inside
    if place.immutable:
        return False
    return place.origin is None or not all(map(is_atom, place.origin))


class Memory:
    """The holds of one region, in program order.

    Attributes:
        by_place: By the identity of a place, the holds that name it.
        everywhere: Those that name a wide place, which any object may belong to.
        writing: Those of them that may write to one.
        there: Those of them that may touch an object that is there already, and
        changing: Those of these that may write to it.
        mixed: Whether these two are not in order.
        doubtful: Those that may touch more than they say once a new class is met, and
        looked: when they were last asked, by `CLASSES_MET`.
        births: When objects came into being.
    """

    __slots__ = (
        "births",
        "by_place",
        "changing",
        "doubtful",
        "everywhere",
        "held",
        "looked",
        "mixed",
        "next_seq",
        "outer",
        "there",
        "total",
        "writing",
    )

    def __init__(self, outer: Hold | None, total: list[int]) -> None:
        self.outer = outer
        self.by_place: dict[int, dict[int, Hold]] = {}
        self.everywhere: dict[int, Hold] = {}
        self.writing: dict[int, Hold] = {}
        self.there: dict[int, Hold] = {}
        self.changing: dict[int, Hold] = {}
        self.mixed = False
        self.doubtful: dict[int, Hold] = {}
        self.looked = 0
        self.held: dict[int, Hold] = {}
        self.next_seq = 0
        self.total = total
        self.births: Births = Births(self) if outer is None else outer.memory.births

    def add(self, hold: Hold) -> int:
        """Take in the youngest hold; return its number."""
        seq = self.next_seq
        self.next_seq = seq + 1
        hold.seq = seq
        self.register(hold)
        return seq

    def register(self, hold: Hold, *more: Any) -> None:
        """Make a hold be found by accesses to its places, if it has any."""
        if hold.seq < self.next_seq - 1:
            REACHED.clear()
        if (hold.reads or hold.writes) and hold.seq not in self.held:
            self.held[hold.seq] = hold
            self.total[0] += 1
            more = (*hold.reads, *hold.writes)
            if hold.unsure is not None:
                self.doubtful[hold.seq] = hold
                self.ask(hold)
        for place in more:
            self.index(hold, place)
        for place in hold.writes:
            root = deref(place.root if place.__class__ is Inside else place)
            if root.__class__ is Wire and not root.immutable:
                store_in(root, hold.origin)
            if TAKEN:
                note_change(hold, place)

    def index(self, hold: Hold, place: Any) -> None:
        """Make `hold` be found by accesses to `place`."""
        place = place.place if place.__class__ is Through else deref(place)
        if is_wide(place):
            self.everywhere[hold.seq] = hold
            if any(is_wide(deref(w)) for w in hold.writes):
                self.writing[hold.seq] = hold
            root = deref(place.root) if place.__class__ is Inside else place
            if root.__class__ is Wire and is_rootless(root):
                depend(hold, root)
            elif root.__class__ is not Wire or not root.immutable:
                self.be_there(hold)
        if place is EVERYWHERE or place.__class__ is Inside:
            return
        if place.__class__ is Wire:
            if place.immutable:
                return
            place.holds = place.holds or []
            place.holds.append(hold)
        self.by_place.setdefault(id(place), {})[hold.seq] = hold

    def discard(self, hold: Hold) -> None:
        """Forget a released hold."""
        if self.held.pop(hold.seq, None) is None:
            return
        if hold.writes:
            REACHED.clear()
        self.total[0] -= 1
        for table in (self.everywhere, self.writing, self.there, self.changing):
            table.pop(hold.seq, None)
        self.doubtful.pop(hold.seq, None)
        for place in (*hold.reads, *hold.writes):
            if place.__class__ is Through:
                place = place.place  # noqa: PLW2901 - it is found under the name
            for key in {id(place), id(deref(place))}:
                holds = self.by_place.get(key)
                if holds is not None:
                    holds.pop(hold.seq, None)
                    if not holds:
                        del self.by_place[key]

    def note(self, value: Any, seq: int | None = None) -> None:
        """Remember that an object is made here, or where the hold of that number is."""
        memory: Memory | None = self
        while memory is not None and not memory.writing:
            memory = None if memory.outer is None else memory.outer.memory
        if memory is not None:
            where = self.next_seq if seq is None else seq
            self.births.note_made(aliases(value), self, where)

    def spoken_for(self, hold: Hold) -> None:
        """Ask the holds inside from now on: they know of objects that were made there."""
        if hold.seq not in self.held:
            self.held[hold.seq] = hold
            self.total[0] += 1
        self.everywhere[hold.seq] = self.writing[hold.seq] = hold
        self.be_there(hold)

    def be_there(self, hold: Hold) -> None:
        """Take in that a hold may touch objects that are there already."""
        seq = hold.seq
        if self.held.get(seq) is not hold or seq in self.changing:
            return
        tables = [self.there]
        if seq in self.writing:
            tables.append(self.changing)
            if seq < self.next_seq - 1:
                REACHED.clear()
        for table in tables:
            self.mixed = self.mixed or seq < next(reversed(table), seq)
            table[seq] = hold

    def ask(self, hold: Hold) -> None:
        """Take in that a hold may touch more than it says, if it may."""
        if hold.is_unsure():
            del self.doubtful[hold.seq]
            self.everywhere[hold.seq] = self.writing[hold.seq] = hold
            self.be_there(hold)

    def put_in_order(self) -> None:
        """Ask those in doubt again, and sort the holds on objects that are there."""
        if self.looked != CLASSES_MET[0]:
            self.looked = CLASSES_MET[0]
            for hold in list(self.doubtful.values()):
                self.ask(hold)
        if self.mixed:
            self.there = dict(sorted(self.there.items()))
            self.changing = dict(sorted(self.changing.items()))
            self.mixed = False

    def speaking(self) -> Iterator[Hold]:
        """The holds in here that speak for themselves, also inside those that do not."""
        stack = list(self.held.values())
        while stack:
            hold = stack.pop()
            if hold.inner is None:
                yield hold
            else:
                stack.extend(hold.inner.held.values())

    def conflict(
        self,
        place: Any,
        *,
        write: bool,
        before: int | None = None,
        start: int = ALL_OF_IT,
    ) -> "Wire | Hold | None":
        """The nearest older obstacle to an access, in this region only."""
        if not self.held:
            return None
        if place is EVERYWHERE:
            return self._search(self.held, place, write, before, start)
        since = self.births.since(place, self)
        found = None
        if (holds := self.by_place.get(id(place))) is not None:
            found = self._search(holds, place, write, before, start, since)
        if found is not None:
            return found
        if self.mixed or (self.doubtful and self.looked != CLASSES_MET[0]):
            self.put_in_order()
        if place.__class__ is Wire:
            wide = self.everywhere if write else self.writing
        else:
            wide = self.there if write else self.changing
        return self._search(wide, place, write, before, start, since) if wide else None

    def stores(self, place: Any, before: int | None = None) -> "Iterator[Hold]":
        """The single stores to a place, in here and around, the oldest first."""
        if self.outer is not None:
            yield from self.outer.memory.stores(place, self.outer.seq)
        yield from self.stores_here(place, before)

    def stores_here(self, place: Any, before: int | None = None) -> "Iterator[Hold]":
        """The single stores to a place in here."""
        wide = {seq: hold for seq, hold in self.everywhere.items() if hold.inner}
        found = self.by_place.get(id(place), {}) | wide
        for seq in sorted(found):
            hold = found[seq]
            if before is None or seq < before:
                if hold.inner is not None:
                    yield from hold.inner.stores_here(place)
                elif hold.puts is not NOTHING:
                    yield hold

    def conflict_outward(
        self,
        place: Any,
        *,
        write: bool,
        before: int | None = None,
        start: int = ALL_OF_IT,
    ) -> "Wire | Hold | None":
        """The nearest older obstacle, in this region and those around it."""
        memory: Memory | None = self
        while memory is not None:
            found = memory.conflict(place, write=write, before=before, start=start)
            if found is not None:
                return found
            outer = memory.outer
            if outer is None:
                return None
            memory, before = outer.memory, outer.seq
        return None

    @staticmethod
    def _search(
        holds: dict[int, Hold],
        place: Any,
        write: bool,
        before: int | None,
        start: int,
        since: int = -1,
    ) -> "Wire | Hold | None":
        for seq in reversed(holds):
            if before is not None and seq >= before:
                continue
            if seq < since:
                # Why: not a break, as a table by place is not always in order.
                continue
            found = holds[seq].conflicts(place, write=write, start=start)
            if found is not None:
                return found
        return None

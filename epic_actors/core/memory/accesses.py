"""Memory: the holds of one region in tables, and what an access has to wait for.

Each memory indexes its holds by the identity of their places.  A
hold on a pending wire is found under the wire; when the wire is set the hold learns the
object.  Wires that may turn out to be an object somebody already has (see `Wire.origin`)
are wide places, as is all that can be reached from an object.  Holds on them are also
kept in tables of their own.  An access to an object looks through those that may touch an
object that is there: `families` says when a hold becomes one of them.  It looks no further
back than where the object came into being (`births`).
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from .births import Births
from .extent import (
    CLASSES_MET,
    EVERYWHERE,
    Filling,
    Inside,
    Through,
    cover_of,
    forget_reached,
    note_change,
)
from .families import depend, is_rootless, store_in
from .holds import ALL_OF_IT, NOTHING, Hold
from .reach import aliases, is_atom
from .wire import Wire, deref


def by_itself(place: Any) -> Any:
    """The place under which a hold is found."""
    return place.place if type(place) is Through else deref(place)


def is_wide(place: Any) -> bool:
    """Whether a place may turn out to be an object that somebody already has."""
    if type(place) is not Wire:
        return place is EVERYWHERE or type(place) is Inside
    if place.immutable:
        return False
    return place.origin is None or not all(map(is_atom, place.origin))


class Memory:
    """The holds of one region, in program order.

    Attributes:
        by_place: By the identity of a place, the holds that name it.
        written: By the identity of a place, the holds that may write to it by its name.
        everywhere: Those that name a wide place, which any object may belong to.
        writing: Those of them that may write to one.
        there: Those of them that may touch an object that is there already, and
        changing: Those of these that may write to it.
        mixed: Whether these two are not in order.
        first: No hold has a number below this.
        filling: Those that may store defaults in dictionaries.
        doubtful: Those that may touch more than they say once a new class is met, and
        looked: when they were last asked, by `CLASSES_MET`.
        births: When objects came into being.
        total: Of the whole run: its holds, those who watch what grows, and whether code of
            it may have dictionaries of modules.
    """

    __slots__ = (
        "births",
        "by_place",
        "changing",
        "doubtful",
        "everywhere",
        "filling",
        "first",
        "held",
        "looked",
        "mixed",
        "next_seq",
        "outer",
        "there",
        "total",
        "writing",
        "written",
    )

    def __init__(self, outer: Hold | None, total: list[int]) -> None:
        self.outer = outer
        self.by_place: dict[int, dict[int, Hold]] = {}
        self.written: dict[int, dict[int, Hold]] = {}
        self.everywhere: dict[int, Hold] = {}
        self.writing: dict[int, Hold] = {}
        self.there: dict[int, Hold] = {}
        self.changing: dict[int, Hold] = {}
        self.mixed = False
        self.filling: dict[int, Hold] = {}
        self.doubtful: dict[int, Hold] = {}
        self.looked = 0
        self.held: dict[int, Hold] = {}
        self.first = 0
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
        hold.roots = None
        if hold.seq < self.next_seq - 1:
            forget_reached()
        if (hold.reads or hold.writes) and hold.seq not in self.held:
            self.keep(hold)
            more = (*hold.reads, *hold.writes)
            if hold.unsure is not None:
                self.doubtful[hold.seq] = hold
                self.ask(hold)
        for place in more:
            self.index(hold, place)
        for place in hold.writes:
            root = deref(place.root if type(place) is Inside else place)
            if type(root) is Wire and not root.immutable:
                store_in(root, hold.origin)
            if self.total[2]:
                note_change(hold, place)

    def keep(self, hold: Hold) -> None:
        """Take in a hold that has places, or speaks for some."""
        self.held[hold.seq] = hold
        self.first = min(self.first, hold.seq)
        self.total[0] += 1

    def oldest(self) -> int:
        """The number of the oldest hold, of which there must be one."""
        # Why: holds go about as they came, so this is no search.
        while self.first not in self.held:
            self.first += 1
        return self.first

    def index(self, hold: Hold, place: Any) -> None:
        """Make `hold` be found by accesses to `place`."""
        if type(place) is Filling:
            self.fill(hold)
            return
        place = by_itself(place)
        if is_wide(place):
            self.everywhere[hold.seq] = hold
            if any(is_wide(deref(w)) for w in hold.writes):
                self.writing[hold.seq] = hold
                self.speak_up()
            root = deref(place.root) if type(place) is Inside else place
            if type(root) is Wire and is_rootless(root):
                depend(hold, root)
            elif type(root) is not Wire or not root.immutable:
                self.be_there(hold)
        if place is EVERYWHERE or type(place) is Inside:
            return
        if type(place) is Wire:
            if place.immutable:
                return
            place.holds = place.holds or []
            place.holds.append(hold)
        self.by_place.setdefault(id(place), {})[hold.seq] = hold
        if any(by_itself(written) is place for written in hold.writes):
            self.written.setdefault(id(place), {})[hold.seq] = hold
            self.speak_up()

    def fill(self, hold: Hold) -> None:
        """Take in that a hold may store defaults, also for the one it speaks through."""
        self.filling[hold.seq] = hold
        outer = self.outer
        if outer is not None and outer.inner is self:
            outer.memory.fill(outer)

    def discard(self, hold: Hold) -> None:
        """Forget a released hold."""
        if self.held.pop(hold.seq, None) is None:
            return
        if hold.taken:
            forget_reached()
        self.total[0] -= 1
        if self.total[0] == 0:
            self.births.born.clear()
        for wide in (self.everywhere, self.writing, self.there, self.changing):
            wide.pop(hold.seq, None)
        self.doubtful.pop(hold.seq, None)
        self.filling.pop(hold.seq, None)
        for place in (*hold.reads, *hold.writes):
            if type(place) is Through:
                place = place.place  # noqa: PLW2901 - it is found under the name
            for key in {id(place), id(deref(place))}:
                for table in (self.by_place, self.written):
                    if (holds := table.get(key)) is not None:
                        holds.pop(hold.seq, None)
                        if not holds:
                            del table[key]

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
            self.keep(hold)
        self.everywhere[hold.seq] = hold
        inner = hold.inner
        assert inner is not None
        if inner.written or inner.writing or inner.doubtful:
            self.writing[hold.seq] = hold
        if inner.filling:
            self.fill(hold)
        self.be_there(hold)

    def speak_up(self) -> None:
        """Say, if the holds in here speak for themselves, that one of them may write."""
        memory = self
        while (outer := memory.outer) is not None and outer.inner is memory:
            memory = outer.memory
            if outer.seq in memory.writing:
                return
            memory.writing[outer.seq] = outer
            memory.be_there(outer)

    def be_there(self, hold: Hold) -> None:
        """Take in that a hold may touch objects that are there already."""
        seq = hold.seq
        if self.held.get(seq) is not hold or seq in self.changing:
            return
        tables = [self.there]
        if seq in self.writing:
            tables.append(self.changing)
            if seq < self.next_seq - 1:
                forget_reached()
        for table in tables:
            self.mixed = self.mixed or seq < next(reversed(table), seq)
            table[seq] = hold

    def ask(self, hold: Hold) -> None:
        """Take in that a hold may touch more than it says, if it may."""
        if hold.is_unsure():
            del self.doubtful[hold.seq]
            self.everywhere[hold.seq] = self.writing[hold.seq] = hold
            self.be_there(hold)
            self.speak_up()

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
        since: int = -1,
    ) -> "Wire | Hold | None":
        """The nearest older obstacle to an access, in this region only.

        Nearest if what it stores is known: who reads that must read the last.  Of what is
        to be waited for anyway, the first that is found.
        """
        if not self.held:
            return None
        if place is EVERYWHERE:
            return self._search(self.held, place, write, before, start)
        since = max(since, self.births.since(place, self))
        found = None
        named = self.by_place if write else self.written
        if (holds := named.get(id(place))) is not None:
            found = self._search(holds, place, write, before, start, since)
        if found is None and self.filling and issubclass(type(place), defaultdict):
            found = self._search(self.filling, place, write, before, start, since)
        if found is not None:
            if not isinstance(found, Hold) or (
                found.puts is NOTHING and not found.keeps
            ):
                return found
            since = self.around(found).seq + 1
        if self.mixed or (self.doubtful and self.looked != CLASSES_MET[0]):
            self.put_in_order()
        if type(place) is Wire:
            wide = self.everywhere if write else self.writing
        else:
            wide = self.there if write else self.changing
        if not wide:
            return found
        younger = self._search_wide(wide, place, write, before, start, since)
        return found if younger is None else younger

    def around(self, hold: Hold) -> Hold:
        """The hold of this region inside which another is."""
        while hold.memory is not self:
            assert hold.memory.outer is not None
            hold = hold.memory.outer
        return hold

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
            # Why: most regions have nothing older than the one that looks out of them.
            if memory.held and (before is None or memory.oldest() < before):
                found = memory.conflict(place, write=write, before=before, start=start)
                if found is not None:
                    return found
            outer = memory.outer
            if outer is None:
                return None
            memory, before = outer.memory, outer.seq
        return None

    def taker(
        self, place: Any, hold: Hold, before: int | None = None
    ) -> "Wire | Hold | None":
        """What may take from an iterator and is younger than a hold that reads it."""
        around = [hold]
        while (outer := around[-1].memory.outer) is not None:
            around.append(outer)
        since = {id(one.memory): one.seq + 1 for one in around}
        looks = [(self, -1, before)]
        while id(looks[-1][0]) not in since:
            outer = looks[-1][0].outer
            assert outer is not None
            looks.append((outer.memory, -1, outer.seq))
        common, _, before = looks.pop()
        looks.append((common, since[id(common)], before))
        for one in around:
            if one.memory is common:
                break
            looks.append((one.memory, one.seq + 1, None))
        for memory, start, end in looks:
            found = memory.conflict(place, write=True, before=end, since=start)
            if found is not None:
                return found
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
            if seq < since or (before is not None and seq >= before):
                continue
            found = holds[seq].conflicts(place, write=write, start=start)
            if found is not None:
                return found
        return None

    def _search_wide(
        self,
        holds: dict[int, Hold],
        place: Any,
        write: bool,
        before: int | None,
        start: int,
        since: int,
    ) -> "Wire | Hold | None":
        cover = cover_of(self, place)
        # Why: holds inside, when they are asked, may turn out to touch more.
        for seq in [*reversed(holds)]:
            if seq < since or (before is not None and seq >= before):
                continue
            hold = holds[seq]
            if cover is not None and seq <= cover[0] and hold.is_within(cover[1]):
                continue
            found = hold.conflicts(place, write=write, start=start)
            if found is not None:
                return found
            cover = cover_of(self, place)
        return None

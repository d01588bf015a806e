"""When objects came into being: nothing older in program order touches them.

By the alias rule the answer of a call is no object that was there before, if its arguments
hold none.  So an access to it, or to a container in it, need not look at holds that are
older than the call, however many there are.  The same holds of what the script makes while
such holds are there.  Objects are known as long as older holds are.
"""

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from .accesses import Memory


FEW_BORN = 64
"""With no more than these it is not asked which of them are still of use."""
MOST_BORN = 10_000
"""So many are known at most; to forget them costs time only."""
NESTING: frozenset[type] = frozenset({list, tuple, dict, set, frozenset, deque})


class Births:
    """Where in program order some of the objects of a run came into being."""

    __slots__ = ("born", "home", "most")

    def __init__(self, home: "Memory") -> None:
        self.born: dict[int, tuple[Any, Memory, int]] = {}
        self.home = home
        self.most = FEW_BORN

    def note(self, value: Any, memory: "Memory", seq: int) -> None:
        """A value and the containers in it came into being in a region, at a number."""
        stack: list[Any] = [value]
        born = self.born
        while stack:
            one = stack.pop()
            if id(one) in born:
                continue
            born[id(one)] = one, memory, seq
            if type(one) in NESTING:
                inside: Any = one.values() if type(one) is dict else one
                stack += [part for part in inside if type(part) in NESTING]
        if len(born) > self.most:
            self.forget_old()

    def note_made(self, places: tuple[Any, ...], memory: "Memory", seq: int) -> None:
        """An object was made in a region, at a number; not what is in it."""
        for place in places:
            self.born[id(place)] = place, memory, seq
        if len(self.born) > self.most:
            self.forget_old()

    def since_all(self, places: Mapping[int, Any], memory: "Memory") -> int:
        """The number of the first hold of a region that may touch one of the objects.

        They are given by their identities.
        """
        if not places or not places.keys() <= self.born.keys():
            return -1
        first = memory.next_seq
        for key in places:
            _, where, seq = self.born[key]
            first = min(first, _number_in(memory, where, seq))
            if first == -1:
                break
        return first

    def since(self, place: Any, memory: "Memory") -> int:
        """The number of the first hold of a region that is not older than an object."""
        known = self.born.get(id(place))
        return -1 if known is None else _number_in(memory, known[1], known[2])

    def forget_old(self) -> None:
        """Forget the objects that are older than all holds."""
        home = self.home
        oldest = home.oldest() if home.held else home.next_seq
        self.born = {
            key: known
            for key, known in self.born.items()
            if _number_in(home, known[1], known[2]) >= oldest
        }
        self.most = max(FEW_BORN, 2 * len(self.born))
        if len(self.born) > MOST_BORN:
            self.born.clear()
            self.most = FEW_BORN


def _number_in(memory: "Memory", where: "Memory", seq: int) -> int:
    """The number that a place in a region has in a region around it, or -1."""
    while where is not memory:
        outer = where.outer
        if outer is None:
            return -1
        where, seq = outer.memory, outer.seq
    return seq

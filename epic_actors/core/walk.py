"""Iteration: a loop's iterator that can be told to wait.

A `Walk` gives the items of an iterable in program order.  It gives `PAUSE` instead when
the loop has to wait first, and leaves in `network.waits_for` what for: an older access
that holds the iterable, its turn (an opaque iterator is pulled in order), or None, to
let others go first when much is under way.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .actors import TURN
from .effects import Effect
from .perform import Operation, obstacle
from .reach import ITERATORS, PLAIN, is_atom, mutables
from .wire import Wire, deref


if TYPE_CHECKING:
    from .network import Network


class _Pause:
    def __repr__(self) -> str:
        return "PAUSE"


PAUSE: Any = _Pause()
READ_AHEAD = ITERATORS | {list, tuple, dict, set, frozenset, str, bytes, range}


class Walk:
    """The items of an iterable, or `PAUSE`."""

    __slots__ = ("iterator", "network", "opaque", "sources")

    def __init__(self, network: "Network", values: Any) -> None:
        self.network = network
        self.iterator = iter(values)
        self.opaque = self.iterator.__class__ not in READ_AHEAD
        if self.iterator is values:
            self.sources = mutables(values)
        else:
            self.sources = [] if is_atom(values) else [values]

    def __epic_sources__(self) -> list[Any]:
        return self.sources

    def __iter__(self) -> Iterator[Any]:
        """The items from here on; each call goes on where the last one stopped."""
        network, pull = self.network, self.iterator.__next__
        try:
            while True:
                if network.calm:
                    yield pull()
                elif self.has_to_wait():
                    yield PAUSE
                else:
                    item = pull()
                    plain = item.__class__ in PLAIN
                    yield item if plain else network.settler.settled(item)
        except StopIteration:
            return

    def has_to_wait(self) -> bool:
        """Whether the next item must not be taken yet; what for is left behind."""
        network = self.network
        if network.since_turn >= network.turn_calls or network.throttled:
            network.waits_for = None
            return True
        here = network.here
        if network.holds[0] > 0:
            for source in self.sources:
                found = here.memory.conflict_outward(source, write=False)
                if found is not None:
                    network.waits_for = found
                    return True
        if self.opaque and not here.settled:
            network.waits_for = TURN
            return True
        return False


def walk(network: "Network", values: Any) -> Any:
    """An iterator over `values`, or a wire for it while they are pending."""
    values = deref(values)
    if values.__class__ is Wire:
        return Operation(network, ITER_WALK, (values, network)).results
    if not network.calm:
        blocked = obstacle(network, ITER_WALK, (values, network), network.here, None)
        if blocked is not None:
            return Operation(network, ITER_WALK, (values, network)).results
    return make_walk(values, network)


def make_walk(values: Any, network: "Network") -> Walk:
    """Start iterating."""
    return Walk(network, values)


ITER_WALK = Effect(make_walk, strict=(0,), reads=(0,), dunders=("__iter__",))

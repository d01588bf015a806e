"""Iteration: a loop's iterator that can be told to wait.

A `Walk` gives the items of an iterable in program order.  It gives `PAUSE` instead when
the loop has to wait first, and leaves in `network.waits_for` what for: an older access
that holds the iterable, its turn (an opaque iterator is pulled in order), or None, to
let others go first when much is under way.
"""

import functools
import gc
import itertools
import operator
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from epic_actors.core.footprints.touched import EVERYTHING
from epic_actors.core.generators import generated_of
from epic_actors.core.memory.reach import (
    CONSUMED,
    CONTAINERS,
    ITERATORS,
    PLAIN,
    is_atom,
    is_taken_from,
    moves,
    mutables,
    pending_in,
    taken,
)
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.actors import TURN
from epic_actors.core.network.calls import request
from epic_actors.core.network.externals import aside
from epic_actors.core.network.obstacles import is_foreign, obstacle
from epic_actors.core.network.perform import NATIVE, Operation
from epic_actors.core.network.regions import Frame, Region, enter
from epic_actors.core.streams.early import EARLY
from epic_actors.core.streams.growing import growing
from epic_actors.core.streams.stream import Unreadable, Wait
from epic_actors.core.tables.effects import Effect
from epic_actors.core.tables.protocols import bits_of

from .pulls import PAUSE, Pulls
from .stepping import Steps


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


LOUD = bits_of("iter")
READ_AHEAD = ITERATORS | {list, tuple, dict, set, frozenset, str, bytes, range}
_CALLS = type(iter(int, 1))
_SCANNER = type(re.compile("").scanner(""))  # type: ignore[attr-defined]


def gives_by_itself(iterator: Iterator[Any]) -> bool:
    """Whether taking an item runs no code but the iterator's own."""
    if type(iterator) is not _CALLS:
        return type(iterator) in READ_AHEAD
    # Why: `re.finditer` calls a method of its own, which nobody else has.
    called = [getattr(part, "__self__", None) for part in gc.get_referents(iterator)]
    return any(type(owner) is _SCANNER for owner in called)


class Walk:
    """The items of an iterable, or `PAUSE`.

    Attributes:
        network: The run.
        arriving: The wire of an iterable of which only the beginning is there.
        back: Items that were taken and given back, the next one last.
        item: The current one, if native code goes on with the loop.
        kept: A generator goes on with it, perhaps from an earlier item.
        made: The iterable was made for the loop, which alone refers to it.
        sources: The places that are read.
        opaque: Each item is to be taken in its turn.
    """

    __slots__ = (
        "_count",
        "_native",
        "_reading",
        "_source",
        "arriving",
        "back",
        "item",
        "kept",
        "made",
        "network",
        "opaque",
        "sources",
    )

    def __init__(self, network: "Network", values: Any, *, made: bool) -> None:
        self.network = network
        self.made = made
        self.back: list[Any] = []
        self.kept = False
        self.arriving: Wire | None = None
        if type(values) is Wire:
            assert values.source is not None
            self.arriving = values
            self._source: Any = values.source
            self._reading: Iterator[Any] = values.source.items()
            self._count = 0
            self.opaque = False
            # Why: nobody can change what is new and only the loop refers to.
            own = values.immutable or (made and values.origin == ())
            self.sources = [] if own else [values]
            if values.consumed:
                # Why: what is taken early is taken before anybody else gets the iterator.
                values.subscribe(self)
                values.source = None
        else:
            self.arrive(values)

    def arrive(self, values: Any) -> None:
        """Go over an iterable that is there."""
        self._native: Iterator[Any] = iter(values)
        self.opaque = not gives_by_itself(self._native)
        if self._native is values:
            self.sources = taken_from(values)
        else:
            self.made = True
            self.sources = [] if is_atom(values) else [values]

    @property
    def iterator(self) -> Iterator[Any]:
        """The native iterator, which can be used while all is calm."""
        if self.arriving is not None:
            self.whole()
        if self.back:
            self._native = itertools.chain(self.back[::-1], self._native)
            self.back.clear()
        return self._native

    def wake(self) -> None:
        """The iterator is there: take from it what has been read of it already."""
        if not self.whole():
            assert self.arriving is not None
            deref(self.arriving).subscribe(self)

    def whole(self) -> bool:
        """Whether all of the iterable is there; if so, go on in it from here."""
        if self.arriving is None:
            return True
        values = deref(self.arriving)
        if type(values) is Wire:
            return False
        self.arriving = None
        self.arrive(values)
        for _ in range(self._count):
            next(self._native, None)
        return True

    def __epic_sources__(self) -> list[Any]:
        return self.sources

    def __iter__(self) -> Iterator[Any]:
        """The items from here on; each call goes on where the last one stopped."""
        network = self.network
        while not self.whole():
            yield self.again() if self.back else self.early()
        pull = self._native.__next__
        try:
            while True:
                if self.back:
                    yield self.again()
                elif network.calm:
                    yield pull()
                elif self.has_to_wait():
                    yield PAUSE
                else:
                    item = pull()
                    if self.kept:
                        self.note(item)
                    plain = type(item) in PLAIN
                    network.looping = network.looping or self
                    yield item if plain else network.settler.settled(item)
                    if network.looping is self:
                        network.looping = None
        except StopIteration:
            return

    def note(self, item: Any) -> None:
        """Remember how to give an item back, since a generator goes on from here."""
        if not self.network.here.settled:
            self.network.stored(lambda: self.back.append(item))

    def again(self) -> Any:
        """An item that was given back."""
        item = self.back.pop()
        self.note(item)
        return self.network.settler.settled(item)

    def early(self) -> Any:
        """The next of the items that are there already, or `PAUSE`."""
        network = self.network
        if self.has_to_wait():
            return PAUSE
        try:
            step = next(self._reading)
        except (StopIteration, Unreadable):
            network.waits_for = self.arriving
            return PAUSE
        if type(step) is Wait:
            network.waits_for = step.on
            return PAUSE
        self._count += 1
        if self.kept:
            self.note(step)
        return step if type(step) in PLAIN else network.settler.settled(step)

    def has_grown(self, source: Any) -> bool:
        """Whether the next item is there already, though more may be appended."""
        if type(source) is not list or self.arriving is not None:
            return False
        left = operator.length_hint(self._native)
        if not left or not is_atom(source[-left]):
            return False
        return growing(self.network.here.memory, source) is not None

    def has_to_wait(self) -> bool:
        """Whether the next item must not be taken yet; what for is left behind."""
        network = self.network
        if network.must_pause():
            network.waits_for = None
            return True
        here = network.here
        if network.holds[0] > 0:
            for source in self.sources:
                found = here.memory.conflict_outward(source, write=is_consumed(source))
                if found is None and self.arriving is source and source.consumed:
                    found = self._source.taker(here.memory)
                if found is not None and not self.has_grown(source):
                    network.waits_for = growing(here.memory, source) or found
                    return True
        if self.is_in_order(here) and not here.settled:
            network.waits_for = TURN
            return True
        if self.opaque:
            # Why: the code that gives the next item is not the machine's to run.
            network.waits_for = pending_in(self._native)
            if network.waits_for is not None:
                return True
            network.settler.settle(self._native)
        return False

    def is_in_order(self, here: Region) -> bool:
        """Whether each item is to be taken in its turn.

        What is taken from an iterator cannot be given back to it, so not where a handler
        of the script's may find too much gone.
        """
        within = here.ledger.owner
        if self.opaque or within is None:
            return self.opaque
        if not self.made or self.arriving is not None:
            return not self.made
        return any(
            is_taken_from(type(source)) and id(source) not in within.made
            for source in self.sources
            if id(source) != id(self._native)
        )


def is_consumed(source: Any) -> bool:
    """Whether taking an item from what a loop reads changes it."""
    kind = type(source)
    return source.consumed if kind is Wire else kind in CONSUMED


def taken_from(iterator: Any) -> list[Any]:
    """The places that an iterator reads when it gives an item."""
    if moves(iterator):
        return [place for place, _ in taken(iterator)]
    return mutables(iterator)


def walk(network: "Network", values: Any, made: bool = False) -> Any:
    """An iterator over `values`, or a wire for it while they are pending.

    Args:
        network: The run.
        values: What to go over.
        made: Whether it was made for that, so that nobody else refers to it.
    """
    values = deref(values)
    if (generated := generated_of(values)) is not None:
        return Pulls(network, values, generated)
    if network.special & LOUD:
        found = network.specials.walk(values)
        if found is not NATIVE:
            return found
    if type(values) is not Wire and steps_ask(network, values):
        return Taking(network, iter(values))
    effect = walking(network)
    if type(values) is Wire:
        if values.source is not None:
            return Walk(network, values, made=made)
        return walk_later(network, effect, made, values)
    if not network.calm:
        blocked = obstacle(network, effect, (made, values), network.here, None)
        grows = type(values) is list and growing(network.here.memory, values)
        if blocked is not None and not grows:
            return walk_later(network, effect, made, values)
    return Walk(network, values, made=made)


def walk_later(network: "Network", effect: Effect, made: bool, values: Any) -> Wire:
    """A wire for the iterator; over a builtin container it runs none of the script's code."""
    iterator: Wire = Operation(network, effect, (made, values)).results
    kind = values.kind if type(values) is Wire else type(values)
    if kind in CONTAINERS:
        iterator.kind = Walk
    return iterator


class Taking(Steps):
    """The items of a native iterator that may call back or wait for a thread: aside."""

    __slots__ = ()

    def advance(self) -> Any:
        """Take a step: a block, since nobody knows before whether there is an item."""
        taken = request(self.network, TAKING, (self.source,), {})
        return enter(self.network, _apart(taken), 2, lambda: EVERYTHING)


def _apart(taken: Wire) -> Frame:
    return (yield taken)


def _taken(source: Iterator[Any]) -> tuple[bool, Any]:
    """Whether there is an item, and it: a call cannot raise a `StopIteration`."""
    for item in source:
        return True, item
    return False, None


TAKING = aside(_taken)


def steps_ask(network: "Network", values: Any) -> bool:
    """Whether taking an item of a native iterator may have to wait for a call."""
    kind = type(values)
    if kind in READ_AHEAD or kind in PLAIN or not is_foreign(kind):
        return False
    return network.pool.threads > 0 or network.asking.given((values,), deep=True)


def walking(network: "Network") -> Effect:
    """The effect of starting to iterate."""
    if network.walking is None:
        start = functools.partial(make_walk, network)
        network.walking = Effect(start, strict=(1,), reads=(1,), dunders=("__iter__",))
    return network.walking


def make_walk(network: "Network", made: bool, values: Any) -> Walk | Pulls | Taking:
    """Start iterating."""
    generated = generated_of(values)
    if generated is not None:
        return Pulls(network, values, generated)
    if steps_ask(network, values):
        return Taking(network, iter(values))
    return Walk(network, values, made=made)


def _walk_early(network: "Network", made: bool, values: Any) -> Any:
    """Start iterating over what is still arriving."""
    while type(wire := deref(values)) is Wire:
        if wire.source is not None:
            return Walk(network, wire, made=made)
        yield Wait(wire)
    if type(wire) is not list:
        raise Unreadable
    return Walk(network, wire, made=made)


EARLY[make_walk] = _walk_early

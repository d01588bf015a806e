"""Regions: where code runs, and the units of it that have to wait.

    Region    a place in program order (ledger and marker) with a memory of its own
    Block     the code of a region: a frame that waits for one thing after another
    Attempt   a `try`: a block under a child ledger, and the handler if that fails

Rules
    1. Code runs in `network.here`.  A frame that can go on without waiting runs in the
       region of its caller, at native speed, and leaves nothing behind.
    2. A frame that must wait becomes a block: its marker takes its place in the ledger,
       its hold says what it may touch, and its results are wires.  What follows goes on.
    3. A block that has run to its end is issued: its marker leaves, and its hold speaks
       through the holds that are left inside.
    4. The hold of an attempt stays until its last entry has succeeded or its handler is
       issued, since until then its stores may have to be undone.
"""

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from epic_actors.core.memory.accesses import Memory
from epic_actors.core.memory.holds import Hold
from epic_actors.core.memory.ledger import Entry, Ledger
from epic_actors.core.memory.wire import Wire, deref

from .actors import FREE, TURN, Actor
from .traces import BODY, STEP, Site, handling


if TYPE_CHECKING:
    from .network import Network


Frame: TypeAlias = Generator[Any, Any, Any]
"""Yields what it waits for: a wire, a hold, or None to let others go first."""


@attrs.frozen
class Footprint:
    """The places that a block may read and write while it is undecided."""

    reads: tuple[Any, ...] = ()
    writes: tuple[Any, ...] = ()
    origin: tuple[Any, ...] | None = None
    """What its results, and what it stores, may share objects with, as `Wire.origin`."""
    grows: tuple[Any, ...] = ()
    """Of those written, the ones that are only appended to."""
    unsure: Callable[[], bool] | None = None
    """Whether by now it may be more: an object of a class not met before has turned up."""
    keeps: tuple[Any, ...] = ()
    """Globals that are numbers, and still are after the block."""

    def joined(self, other: "Footprint") -> "Footprint":
        """What a block may touch that does one after the other."""
        known = self.origin is not None and other.origin is not None
        return Footprint(
            self.reads + other.reads,
            self.writes + other.writes,
            (*self.origin, *other.origin) if known else None,  # type: ignore[misc]
            unsure=unsure_of_any((self, other)),
        )

    def hold(self, memory: Memory) -> Hold:
        """A hold on these places, the youngest of `memory`."""
        hold = Hold(
            memory,
            self.reads,
            self.writes,
            self.grows,
            origin=self.origin,
            unsure=self.unsure,
        )
        hold.keeps = self.keeps
        return hold


def unsure_of_any(parts: "Sequence[Footprint | Hold]") -> Callable[[], bool] | None:
    """Says whether one of the parts may touch more than it says."""
    asked = [part.unsure for part in parts if part.unsure is not None]
    return (lambda: any(unsure() for unsure in asked)) if asked else None


@attrs.define(eq=False)
class Region:
    """A place in program order and the memory of the code that runs there."""

    ledger: Ledger
    marker: Entry | None
    memory: Memory
    handled: BaseException | None = None
    site: Site | None = None

    def insert(self, entry: Entry) -> None:
        """Put the next entry of this region's code in its place."""
        self.ledger.insert(entry, self.marker)

    def place(self) -> tuple[Ledger, Entry]:
        """The ledger, and the entry in front of which this region's code stands."""
        return self.ledger, self.marker or self.ledger.end

    @property
    def settled(self) -> bool:
        """Whether everything older than the next entry has succeeded."""
        return self.ledger.settled_before(self.marker)


def make_wires(count: int, origin: tuple[Any, ...] | None = None) -> Any:
    """The results of something undecided: one wire, or a tuple of them."""
    if count == 1:
        return Wire(origin=origin)
    return tuple(Wire(origin=origin) for _ in range(count))


def set_wires(wires: Any, values: Any) -> None:
    """Give the results of something undecided their values.

    None in the place of several values: what gives them has failed, and they never come.
    """
    if type(wires) is Wire:
        wires.set(values)
    elif values is not None:
        for wire, value in zip(wires, values, strict=True):
            wire.set(value)


class Block(Actor):
    """A frame that waits, and everything it does, at its place in program order."""

    __slots__ = ("frame", "region", "results", "waits_for")

    def __init__(
        self,
        network: "Network",
        frame: Frame,
        waits_for: Any,
        count: int,
        footprint: Footprint,
    ) -> None:
        memory = network.here.memory
        super().__init__(network, footprint.hold(memory))
        self.frame = frame
        self.waits_for = waits_for
        self.results = make_wires(count, footprint.origin)
        outer = self.outer
        inner = Memory(self.hold, network.holds)
        self.region = Region(outer.ledger, self, inner, outer.handled, self.site)
        self.wait()

    def wait(self) -> None:
        """Be woken when what the frame asked for is there."""
        if self.waits_for is None:
            self.network.paused.append(self)
        elif self.waits_for is not deref(self.waits_for):
            # Why: a variable may hold a wire that has been set, or become another one.
            self.wake()
        else:
            self.waits_for.subscribe(self)

    def attempt(self) -> None:
        """Let the frame go on, if what it waits for is there."""
        value = deref(self.waits_for)
        if type(value) is Wire:
            value.subscribe(self)
        else:
            self.run(self.frame.send, value)

    def run(self, step: Callable[..., Any], *args: Any) -> None:
        """Run the frame up to where it waits again, or to its end."""
        network, outside = self.network, self.network.here
        network.here, network.looping = self.region, None
        # Why: nothing happens inside `except`, or errors would get a false context.
        ended = error = None
        try:
            self.waits_for = handling(self.region.handled, step, *args)
        except StopIteration as stop:
            ended = stop
        except BaseException as raised:
            error = raised
        network.here = outside
        if ended is not None:
            self.finish(ended.value)
        elif error is not None:
            self.fail(error)
        else:
            self.hold.stir()
            self.wait()

    def finish(self, values: Any) -> None:
        """Hand on the results; from now on the holds inside speak for themselves."""
        self.hold.issue(self.region.memory)
        self.leave()
        set_wires(self.results, values)

    def fail(self, error: BaseException) -> None:
        """Take the exception to this place in program order."""
        ledger = self.ledger
        assert ledger is not None
        ledger.failed(self, self.network.traced(error, self.site))

    def leave(self) -> None:
        """Leave the ledger: everything up to here has been issued."""
        assert self.ledger is not None
        self.ledger.done(self)

    def flush(self) -> None:
        """Stop: an older entry failed."""
        self.frame.close()
        super().flush()


STEP[0] = Block.run.__code__


class Root(Block):
    """The script itself: it stands at the end of the run's ledger."""

    __slots__ = ("started",)

    def __init__(self, network: "Network", frame: Frame) -> None:
        Entry.__init__(self)
        self.network = network
        self.frame = frame
        self.waits_for = None
        self.region = network.here
        self.results = Wire()
        self.hold = FREE
        self.ledger = network.ledger
        self.started = False

    def become_oldest(self) -> None:
        """Everything the script has begun has succeeded: it may be our turn."""
        if self.waits_for is TURN:
            self.wake()

    def attempt(self) -> None:
        """Start, or let the frame go on."""
        if self.started:
            super().attempt()
        else:
            self.started = True
            self.run(self.frame.send, None)

    def finish(self, values: Any) -> None:
        """The script has returned; the run ends when the ledger is empty."""
        self.ledger = None
        self.network.returned(values)

    def fail(self, error: BaseException) -> None:
        """The script raised: the run fails if nothing older does."""
        self.ledger = None
        self.network.raised(error)

    def flush(self) -> None:
        """Stop: something in the run failed."""
        self.ledger = None
        self.frame.close()


def enter(
    network: "Network", frame: Frame, count: int, footprint: Callable[[], Footprint]
) -> Any:
    """Run a frame where we are; its results, or wires for them if it has to wait."""
    looping = network.looping
    try:
        waits_for = frame.send(None)
    except StopIteration as stop:
        network.looping = looping
        return stop.value
    network.looping = looping
    return Block(network, frame, waits_for, count, footprint()).results


Start: TypeAlias = Callable[[], Any]
Handler: TypeAlias = Callable[[BaseException], Any]


def enclosed(body: Start) -> Any:
    """Run the body of a `try`."""
    return body()


BODY[0] = enclosed.__code__


class Attempt(Entry):
    """A `try` of the script whose body has not yet succeeded.

    Attributes:
        made: Iterators that were made in it, by their identities.
    """

    __slots__ = (
        "child",
        "handler",
        "hold",
        "made",
        "network",
        "outer",
        "region",
        "results",
        "site",
        "values",
    )

    def __init__(self, network: "Network", handler: Handler) -> None:
        super().__init__()
        self.network = network
        self.outer: Region = network.here
        self.handler = handler
        self.child = Ledger(network.advance, self)
        self.made: dict[int, Any] = {}
        self.hold = Hold(self.outer.memory, (), ())
        memory = Memory(self.hold, network.holds)
        self.region = attrs.evolve(
            self.outer, ledger=self.child, marker=None, memory=memory
        )
        self.values: Any = None
        self.results: Any = None

    def join(self) -> None:
        """Take our place in program order: the body has its first entry."""
        self.outer.insert(self)

    def run(self, body: Start, count: int, footprint: Callable[[], Footprint]) -> Any:
        """Run the body; its results, or wires for them while it may still fail."""
        network, error = self.network, None
        network.here = self.region
        try:
            self.values = enclosed(body)
        except BaseException as raised:
            error = network.traced(raised, None)
        finally:
            network.here = self.outer
        if self.withdraw():
            return self.values if error is None else self.handled(error)
        self.site = network.site()
        if error is not None:
            failure = Entry()
            self.child.insert(failure)
            self.child.failed(failure, error)
        touched = footprint()
        self.hold.origin, self.hold.unsure = touched.origin, touched.unsure
        self.hold.widen(touched.reads, touched.writes)
        self.results = make_wires(count, touched.origin)
        return self.results

    def handled(self, error: BaseException) -> Any:
        """What the handler gives for an error."""
        self.network.hand(error)
        return self.handler(error)

    def withdraw(self) -> bool:
        """Leave without a trace if nothing in the body is still undecided."""
        self.child.retire()
        if not self.child.empty:
            return False
        if self.ledger is not None:
            self.ledger.remove(self)
        return True

    def become_oldest(self) -> None:
        """Pass it on to the body's oldest entry."""
        self.network.advance(self.child)

    def succeeded(self) -> None:
        """The last entry of the body has succeeded."""
        self.close(self.region.memory)
        set_wires(self.results, self.values)

    def handle(self, error: BaseException) -> None:
        """The body has failed and is flushed: run the handler in our place."""
        network, outside = self.network, self.network.here
        ledger = self.ledger
        assert ledger is not None
        memory = Memory(self.hold, network.holds)
        network.here = attrs.evolve(
            self.outer, ledger=ledger, marker=self, memory=memory, site=self.site
        )
        try:
            values = self.handled(error)
        except BaseException as raised:
            ledger.failed(self, network.traced(raised, self.site))
        else:
            self.close(memory)
            set_wires(self.results, values)
        finally:
            network.here = outside

    def close(self, memory: Memory) -> None:
        """Leave the ledger; `memory` speaks for what is still going on."""
        self.hold.issue(memory)
        assert self.ledger is not None
        self.ledger.done(self)

    def flush(self) -> None:
        """Take back the body."""
        self.child.flush_after(self.child.end)
        self.hold.release()

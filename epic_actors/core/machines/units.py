"""Units: pieces of a script that run as one Python function, and how they are entered.

A unit is a λ of the term: a function of the user's, a loop, an undecided branch, the body
or handler of a `try`.  Its free names become parameters, so a unit needs nothing but its
arguments.  Units that may have to wait are generators: they yield what they wait for.
"""

from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.functions import Function
from epic_actors.core.memory.reach import PLAIN
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.regions import Attempt, Block, Footprint, Frame, enter
from epic_actors.core.terms import Lam


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


class Unit:
    """A piece of a script; compiled when it is first entered.

    `once` says that a run comes through it once, so its code need not be fast.
    """

    __slots__ = (
        "_namespace",
        "build",
        "count",
        "generator",
        "lam",
        "once",
        "origin",
        "plain",
        "run",
    )

    def __init__(
        self,
        lam: Lam,
        origin: Function,
        build: "Callable[[Unit], Any]",
        count: int = 1,
        *,
        once: bool = False,
    ) -> None:
        self.count = count
        self.once = once
        self.lam = lam
        self.origin = origin
        self.build = build
        self.run: Any = None
        self.generator = False
        self.plain = origin.plain if lam is origin.lam else -1
        self._namespace = origin.namespace.values

    def function(self, *args: Any) -> Any:
        """Run it: the value, or a frame if it is a generator."""
        if self.run is None:
            self.run, self.generator = self.build(self)
        return self.run(*args)

    def fits(self, fn: FunctionType, args: tuple[Any, ...]) -> bool:
        """Whether a call of `fn` is a call of this unit with just these arguments."""
        return len(args) == self.plain and fn.__globals__ is self._namespace

    def footprint(self, network: "Network", args: tuple[Any, ...]) -> Footprint:
        """What it may touch, given its arguments."""
        namespace = self.origin.namespace
        return network.summaries.footprint(self.lam, namespace, args)


def run_unit(network: "Network", unit: Unit, count: int, *args: Any) -> Any:
    """Run a unit here; its results, or wires for them."""
    frame = unit.function(network, *args)
    if not unit.generator:
        return frame
    looping = network.looping
    try:
        waits_for = frame.send(None)
    except StopIteration as stop:
        network.looping = looping
        return stop.value
    network.looping = looping
    footprint = unit.footprint(network, args)
    return Block(network, frame, waits_for, count, footprint).results


def resume(
    network: "Network", count: int, function: Function, rest: Any, *args: Any
) -> Any:
    """Run what follows a `yield`; its results, or wires for them."""
    rest = deref(rest)
    unit = rest.unit or function.parts.get(id(rest.lam))
    if unit is None:
        build = network.machine.unit(function).build
        unit = function.parts[id(rest.lam)] = Unit(rest.lam, function, build)
    unit.count = count
    given = map(network.settler.settled, (*args, *rest.values))
    return run_unit(network, unit, count, *given)


def branch(
    network: "Network", test: Wire, unit: Unit, count: int, args: tuple[Any, ...]
) -> Any:
    """An undecided `if`: its results are wires until the test is known."""
    frame = _branch(network, test, unit, count, args)
    return enter(network, frame, count, lambda: unit.footprint(network, (test, *args)))


def _branch(
    network: "Network", test: Any, unit: Unit, count: int, args: tuple[Any, ...]
) -> Frame:
    decided = yield test
    settled = network.settler.settled
    frame = unit.function(network, decided, *map(settled, args))
    if not unit.generator:
        return frame
    return (yield from frame)


def attempt(
    network: "Network",
    body: Unit,
    handler: Unit,
    count: int,
    body_args: tuple[Any, ...],
    handler_args: tuple[Any, ...],
) -> Any:
    """A `try`: run the body here, under a ledger of its own."""

    def handle(error: BaseException) -> Any:
        settled = map(network.settler.settled, handler_args)
        here = network.here
        network.here = attrs.evolve(here, handled=error)
        try:
            return run_unit(network, handler, count, error, *settled)
        finally:
            network.here = here

    def footprint() -> Footprint:
        one = body.footprint(network, body_args)
        return one.joined(handler.footprint(network, (None, *handler_args)))

    node = Attempt(network, handle)
    return node.run(
        lambda: run_unit(network, body, count, *body_args), count, footprint
    )


def settled(network: "Network", value: Any) -> Any:
    """What should stand for a variable's value after its frame has waited."""
    if type(value) in PLAIN:
        return value
    return network.settler.settled(value)


__all__ = ["Unit", "attempt", "branch", "deref", "run_unit", "settled"]

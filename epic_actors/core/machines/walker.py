"""Walkers: how the literal machine runs a block of the term.

Theory of operation
    A walker goes along the spine of `let`s.  Each step that is more than a name becomes
    a node, put down where the walker stands; its results are wires until it has fired.
    The walker waits for rest (see `literal`) before the next step, so that it goes on
    with values where they can be had.

    A tail `if` on something pending makes the whole block wait.  An `if`, a loop or a
    block in the place of a value is a node with a walker of its own, so what follows
    does not wait for it.  A tail call of a loop or join changes the names and goes on.

    If the node just put down has failed, nothing after it is ever reached: the walker
    waits for a turn that never comes, and is flushed with everything else that is younger.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.closures import RESUMES, Closure, Resumption, closed, resumption
from epic_actors.core.functions import Function
from epic_actors.core.iteration.delegating import delegate, step
from epic_actors.core.iteration.pulls import PAUSE
from epic_actors.core.iteration.releasing import release
from epic_actors.core.iteration.walk import LOUD, walk, walk_later, walking
from epic_actors.core.language.asynchronous import (
    aiter_,
    async_enter,
    async_leave,
    await_,
)
from epic_actors.core.language.attributes import CHANGES
from epic_actors.core.language.dispatch import call, call_shaped
from epic_actors.core.memory.ledger import State
from epic_actors.core.memory.places import is_stored
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.actors import TURN
from epic_actors.core.network.calls import request
from epic_actors.core.network.perform import NATIVE, Operation, forwarded, operate
from epic_actors.core.network.regions import Attempt, Footprint, Frame
from epic_actors.core.network.traces import TRIED, Site
from epic_actors.core.tables.effects import Effect, prim_effect
from epic_actors.core.terms import (
    App,
    Call,
    Const,
    If,
    Lam,
    Let,
    LetRec,
    Prim,
    Term,
    Try,
    Var,
    is_made,
)

from .runtime import truth


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network

RAISES = ("raise", "reraise")
ENDED: Any = object()
ENTERED = frozenset({Closure, Resumption})
CURRENT = ".current"
"""The name of a loop's current item."""


def lazily(step: Callable[..., Any], *args: Any) -> Frame:
    """A frame of one step, which never waits."""
    return step(*args)
    yield  # type: ignore[unreachable]


@attrs.define(eq=False)
class Walker:
    """Walks a block of the term, node after node, as a frame.

    Attributes:
        function: The function of the script that the block is a part of.
        above: From where that function was called, for tracebacks.
        term: What is left of the block.
        names: What each name stands for: a value, a wire, a closure.
        count: How many results the block has.
    """

    network: "Network"
    function: Function
    above: Site | None
    term: Term
    names: dict[str, Any]
    count: int = 1

    def footprint(self) -> Footprint:
        """What the rest of the block may touch."""
        return self.touched(self.term)

    def touched(self, term: Term) -> Footprint:
        """What a part of the block may touch."""
        network = self.network
        known = network.machine.lams
        if id(term) not in known:
            known[id(term)] = (term, closed(term, self.names))
        lam = known[id(term)][1]
        given = tuple([self.names[name] for name in lam.params])
        return network.summaries.footprint(lam, self.function.namespace, given)

    def frame(self) -> Frame:
        """Walk to the end of the block; yields what it waits for, returns its value."""
        while True:
            term = self.term
            match term:
                case Let():
                    value = yield from self.step(term.value, len(term.names))
                    if len(term.names) == 1:
                        self.names[term.names[0]] = value
                    else:
                        self.names.update(zip(term.names, value, strict=True))
                    self.term = term.body
                case LetRec():
                    made = Closure(term.function, dict(self.names))
                    made.names[term.name] = self.names[term.name] = made
                    self.term = term.body
                case If():
                    test = yield from self.decided(term)
                    self.term = term.then if test else term.orelse
                case App() if type(made := self.atom(term.function)) in ENTERED:
                    self.names = made.enter(map(self.atom, term.arguments))
                    self.term = made.lam.body
                case _:
                    return (yield from self.step(term, self.count))

    def step(self, term: Term, count: int) -> Frame:
        """The value of one step, or wires for it."""
        match term:
            case Var() | Const():
                return self.atom(term)
            case Lam() if term.name.startswith(RESUMES):
                names = {name: deref(value) for name, value in self.names.items()}
                return resumption(term, names, self.network.machine.lams)
            case Lam():
                return Closure(term, dict(self.names))
            case Prim(op="pack"):
                return tuple(map(self.atom, term.arguments))
            case Prim(op="advance"):
                self.stand(term)
                return (yield from self.advance(*map(self.atom, term.arguments)))
            case Prim(op="current"):
                return self.names[CURRENT]
            case _:
                return (yield from self.placed(term, count))

    def placed(self, term: Term, count: int) -> Frame:
        """The results of a new node, once it has fired or waits for something."""
        while self.network.must_pause():
            yield None
        self.stand(term)
        value = self.node(term, count)
        yield self.network.machine.rest()
        while self.doomed(term):
            yield TURN
        return value

    def atom(self, term: Term) -> Any:
        """The value of a name or constant, or a wire for it."""
        if isinstance(term, Const):
            return term.value
        assert isinstance(term, Var), f"not an atom: {term!r}"
        return self.network.settler.settled(self.names[term.name])

    def stand(self, term: Term) -> None:
        """Be at this place of the user's source, for tracebacks."""
        if isinstance(term, Prim) and term.op == "reraise":
            error = deref(self.atom(term.arguments[0]))
            if id(error) in self.network.handed:
                # Why: it says already where in this function it was raised.
                self.network.here.site = Site((), self.above, self.function.code)
                return
        if (at := getattr(term, "at", None)) is not None:
            self.network.here.site = Site(((self.function.code, at),), self.above)

    def doomed(self, term: Term) -> bool:
        """Whether the last node has failed: nothing after it is ever reached."""
        _ledger, place = self.network.here.place()
        raises = isinstance(term, Prim) and term.op in RAISES
        return raises or place.prev.state is State.FAILED

    def decided(self, term: If) -> Frame:
        """The truth of a test."""
        self.stand(term)
        test = truth(self.network, self.atom(term.test))
        while type(test) is Wire:
            test = truth(self.network, (yield test))
        return test

    def advance(self, cursor: Any) -> Frame:
        """Whether an iterator has one more item, which then is the current one."""
        if type(cursor) is Wire:
            cursor = yield cursor
        items = iter(cursor)
        while (item := next(items, ENDED)) is PAUSE:
            yield self.network.waits_for
        self.names[CURRENT] = item
        return item is not ENDED

    # Nodes

    def node(self, term: Term, count: int) -> Any:
        """Put down the node of a step; its results."""
        network = self.network
        match term:
            case Prim(op="getattr" | "setattr" | "delattr"):
                access = CHANGES[term.op]
                effect = prim_effect(term.op, term.static)
                return self.made(access, effect, term.static, *self.atoms(term))
            case Prim(op="global") if not _may_change(term):
                effect = Effect(prim_effect(term.op, term.static).function)
                return Operation(network, effect, ()).results
            case Prim(op="global"):
                effect = prim_effect(term.op, term.static)
                stored = forwarded(effect, network.here.memory)
                if stored is not NATIVE:
                    return stored
                return Operation(network, effect, ()).results
            case Prim(op="iter") if network.special & LOUD:
                return self.made(walk, *self.atoms(term), is_made(term))
            case Prim(op="iter"):
                return walk_later(
                    network, walking(network), is_made(term), *self.atoms(term)
                )
            case Prim(op="delegate" | "step"):
                take = delegate if term.op == "delegate" else step
                return self.made(take, *self.atoms(term), count=count)
            case Prim(op="release"):
                return self.made(release, *self.atoms(term))
            case Prim(op="aiter"):
                return self.made(aiter_, *self.atoms(term))
            case Prim(op="async_enter"):
                return self.made(async_enter, *self.atoms(term))
            case Prim(op="async_leave"):
                return self.made(async_leave, *self.atoms(term))
            case Prim(op="await"):
                return self.made(await_, *self.atoms(term))
            case Prim():
                effect = prim_effect(term.op, term.static)
                if effect.loud & network.special:
                    return self.made(operate, effect, *self.atoms(term), count=count)
                return Operation(network, effect, self.atoms(term)).results
            case Call():
                return request(network, term.external, self.atoms(term), {})
            case App():
                return self.application(term, count)
            case Try():
                return self.attempt(term, count)
            case _:
                return self.block(term, count, self.names)

    def atoms(self, term: Prim | Call | App) -> tuple[Any, ...]:
        """The arguments of a step."""
        return tuple(map(self.atom, term.arguments))

    def made(self, step: Callable[..., Any], *args: Any, count: int = 1) -> Any:
        """A node of a single step."""
        frame = lazily(step, self.network, *args)
        return self.network.machine.put(self.network, frame, count)

    def application(self, term: App, count: int) -> Any:
        """A loop that the rest of the block may overtake, or a call of the script's."""
        function: Any = self.atom(term.function)
        args = self.atoms(term)
        if type(function) in ENTERED:
            made: Any = function
            return self.block(made.lam.body, count, made.enter(args))
        if term.shape:
            return self.made(call_shaped, term.shape, function, *args)
        return self.made(call, function, *args)

    def block(self, term: Term, count: int, names: dict[str, Any]) -> Any:
        """A block of its own: a branch, a loop, a block in the place of a value."""
        walker = attrs.evolve(self, term=term, names=dict(names), count=count)
        frame = walker.frame()
        return self.network.machine.put(self.network, frame, count, walker)

    def attempt(self, term: Try, count: int) -> Any:
        """A `try`: its body under a ledger of its own; if that fails, its handler."""
        network, names = self.network, dict(self.names)
        inside = attrs.evolve(self, above=Site((TRIED,), self.above))

        def handle(error: BaseException) -> Any:
            outside = network.here
            network.here = attrs.evolve(outside, handled=error)
            try:
                return self.block(term.handler, count, {**names, term.name: error})
            finally:
                network.here = outside

        return Attempt(network, handle).run(
            lambda: inside.block(term.body, count, names),
            count,
            lambda: self.touched(term),
        )


def _may_change(term: Prim) -> bool:
    """Whether the global that is loaded may change."""
    namespace, name = term.static
    return is_stored(id(namespace.values), name)

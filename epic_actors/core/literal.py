"""The literal machine: every node of the term is an actor with a task and a mailbox.

Rules
    1. A node is a step of the term: a primitive, a call, an application, a branch, a
       `try`, a loop, a block in the place of a value.  Each becomes an actor, and each
       actor is one trio task that reads one mailbox, a trio memory channel.
    2. Only messages wake an actor.  A message says "look again", or brings the answer of
       the actor's own external call.  Looking again is one synchronous *turn*: the actor
       fires or subscribes to what is in its way, and then every ledger whose oldest entry
       has changed is looked at (`Network.drain`).  Tasks switch only between turns, so
       what is pending when the script's code looks at it stays so during its turn.
    3. The network is *at rest* when no mailbox holds a message: every actor has fired or
       waits for something.  A block puts down one node, waits for rest, and puts down the
       next one.  So a value that can be had at once is there for the next node, and what
       is still a wire then is really on its way.
    4. When the network is at rest, the block that was last to wait for it goes on.  Only
       if there is none, the run waits for the outside: answers of external calls.
    5. Until it has first come to wait for something, a node may touch anything; its hold
       says so.  From then on the hold says what the rest of its block may touch.
    6. When an actor has left the ledger, its task ends, and with it the mailbox.

Theory of operation
    A `Walker` runs a block of the term: it walks the spine of `let`s with an environment
    from names to values and wires, and yields what it has to wait for, which is the
    protocol of frames (see `regions`).  A `Node` is a block whose frame begins in a task
    of its own.  A tail call of a loop or join goes on in the same walker with the names
    of the new round, so neither rounds nor joins nest.  A function of the script is one
    more walker.  What is underneath (wires, ledger, holds, effects, dispatch) is shared
    with the fast machine; only how nodes are made and woken is different.

Where else to change
    A new kind of term also goes to `emit` (the fast machine) and `interpret`.
"""

import functools
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import TYPE_CHECKING, Any

import attrs
import trio

from .actors import TURN
from .attributes import load, store
from .calls import request
from .dispatch import call, call_shaped
from .effects import Effect, prim_effect
from .free import FreeNames
from .holds import EVERYWHERE
from .ledger import State
from .operations import STORED, Function
from .perform import Operation
from .regions import Attempt, Block, Footprint, Frame
from .runtime import await_, truth
from .terms import App, Call, Const, If, Lam, Let, LetRec, Prim, Term, Try, Var
from .traces import Site
from .walk import PAUSE, Walk
from .wire import Wire


if TYPE_CHECKING:
    from .actors import Actor
    from .network import Network

ANYTHING = Footprint((), (EVERYWHERE,))
RAISES = ("raise", "reraise")
ENDED: Any = object()
CURRENT = ".current"
"""The name of a loop's current item."""
FREE = FreeNames()


class LiteralMachine:
    """The actors' tasks and mailboxes, and what rest means; made for one run."""

    literal = True

    def __init__(self) -> None:
        self.mailboxes: dict[Actor, trio.MemorySendChannel[Any]] = {}
        self.unread = 0
        self.resting: list[Wire] = []
        self.at_rest = trio.Event()
        self.lams: dict[int, tuple[Term, Lam]] = {}

    def frame(self, network: "Network", function: Function, values: Any) -> Frame:
        """The frame of a whole script: it puts down one node."""
        self.context = trio.lowlevel.current_task().context
        return lazily(self.run_function, network, function, values)

    def meet(self, network: "Network", fn: FunctionType, function: Function) -> None:
        """Nothing is remembered of a function: every call is an application."""

    def run_function(
        self, network: "Network", function: Function, values: tuple[Any, ...]
    ) -> Any:
        """Run the body of a function where the script stands."""
        names = dict(zip(function.lam.params, values, strict=True))
        walker = Walker(network, function, network.here.site, function.lam.body, names)
        return Node(network, walker.frame(), 1, walker).results

    # Mailboxes

    def wake(self, actor: "Actor") -> None:
        """Tell an actor to look again."""
        self.post(actor, None)

    def post(self, actor: "Actor", message: Any) -> None:
        """Put a message into an actor's mailbox; the first one starts its task."""
        mailbox = self.mailboxes.get(actor)
        if mailbox is None:
            if actor.ledger is None:
                return
            mailbox, door = trio.open_memory_channel[Any](float("inf"))
            self.mailboxes[actor] = mailbox
            actor.network.pool.start(self.live, actor, door)
        self.unread += 1
        mailbox.send_nowait(message)

    async def live(self, actor: "Actor", door: trio.MemoryReceiveChannel[Any]) -> None:
        """The task of an actor: a turn for each message, until it has left the ledger."""
        while actor.ledger is not None:
            try:
                message = door.receive_nowait()
            except trio.WouldBlock:
                message = await door.receive()
            self.context.run(self.turn, actor, message)
            self.read(1)
        del self.mailboxes[actor]
        self.read(door.statistics().current_buffer_used)

    def turn(self, actor: "Actor", message: Any) -> None:
        """Let the actor look again or take its answer, and what follows from it."""
        network = actor.network
        if message is None:
            network.ready.append(actor)
        else:
            actor.answered(message)  # type: ignore[attr-defined]
        network.drain()

    # Rest

    def rest(self) -> Wire:
        """What to wait for if everything else that can happen is to happen first."""
        self.resting.append(Wire())
        return self.resting[-1]

    def rests(self, obstacle: Any) -> bool:
        """Whether a block that has just said what it waits for waits for rest."""
        return bool(self.resting) and self.resting[-1] is obstacle

    def read(self, count: int) -> None:
        """So many messages have been dealt with; are there any left?"""
        self.unread -= count
        while not self.unread and self.resting:
            self.resting.pop().set(None)
        if not self.unread:
            self.at_rest.set()

    async def wait_rest(self) -> None:
        """Wait until the network is at rest and no block goes on by itself."""
        while self.unread:
            self.at_rest = trio.Event()
            await self.at_rest.wait()

    def lam(self, term: Term, names: dict[str, Any]) -> Lam:
        """`term` as a function of its free variables, its loops and joins put around it."""
        known = self.lams.get(id(term))
        if known is None:
            known = self.lams[id(term)] = (term, closed(term, names))
        return known[1]


class Node(Block):
    """A node of the term: a block whose frame begins in a task of its own."""

    __slots__ = ("walker",)

    def __init__(
        self,
        network: "Network",
        frame: Frame,
        count: int,
        walker: "Walker | None" = None,
    ) -> None:
        self.walker = None
        start = Wire()
        super().__init__(network, frame, start, count, ANYTHING)
        self.walker = walker
        start.set(None)

    def become_oldest(self) -> None:
        """Look again, if that is what the frame waits for."""
        if self.waits_for is TURN:
            self.wake()

    def wait(self) -> None:
        """Be woken; the first time for something real, say what is left to be touched."""
        if self.walker is not None and not self.network.machine.rests(self.waits_for):
            rest = self.walker.footprint()
            self.hold.narrow(rest.reads, rest.writes)
            self.walker = None
        super().wait()

    def fail(self, error: BaseException) -> None:
        """Take the exception to the place where the frame stands."""
        self.site = self.region.site
        super().fail(error)


def lazily(step: Callable[..., Any], *args: Any) -> Frame:
    """A frame of one step, which never waits."""
    return step(*args)
    yield


@attrs.frozen(eq=False)
class Closure:
    """A loop or join, with the names it was made among."""

    lam: Lam
    names: dict[str, Any]

    def enter(self, args: Iterable[Any]) -> dict[str, Any]:
        """The names of its body for these arguments."""
        return {**self.names, **dict(zip(self.lam.params, args, strict=True))}


def closed(term: Term, names: dict[str, Any]) -> Lam:
    """A function of the free variables of `term`, in which its loops and joins stand."""
    body, free = term, dict(FREE.of(term))
    for name in reversed(names):
        made = names[name]
        if name in free and made.__class__ is Closure:
            del free[name]
            free.update(FREE.of(made.lam))
            if name in FREE.of(made.lam):
                del free[name]
                body = LetRec(name, made.lam, body)
            else:
                body = Let((name,), made.lam, body)
    return Lam(tuple(free), body)


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
        lam = network.machine.lam(term, self.names)
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
                case App() if (made := self.atom(term.function)).__class__ is Closure:
                    self.names = made.enter(map(self.atom, term.arguments))
                    self.term = made.lam.body
                case _:
                    return (yield from self.step(term, self.count))

    def step(self, term: Term, count: int) -> Frame:
        """The value of one step, or wires for it."""
        match term:
            case Var() | Const():
                return self.atom(term)
            case Lam():
                return Closure(term, dict(self.names))
            case Prim(op="pack"):
                return tuple(map(self.atom, term.arguments))
            case Prim(op="advance"):
                return (yield from self.advance(*map(self.atom, term.arguments)))
            case Prim(op="current"):
                return self.names[CURRENT]
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
        while test.__class__ is Wire:
            test = truth(self.network, (yield test))
        return test

    def advance(self, cursor: Any) -> Frame:
        """Whether an iterator has one more item, which then is the current one."""
        if cursor.__class__ is Wire:
            cursor = yield cursor
        while (item := next(iter(cursor), ENDED)) is PAUSE:
            yield self.network.waits_for
        self.names[CURRENT] = item
        return item is not ENDED

    # Nodes

    def node(self, term: Term, count: int) -> Any:
        """Put down the node of a step; its results."""
        network = self.network
        match term:
            case Prim(op="getattr" | "setattr"):
                access = load if term.op == "getattr" else store
                effect = prim_effect(term.op, term.static)
                return self.made(access, effect, term.static, *self.atoms(term))
            case Prim(op="global") if term.static[1] not in STORED:
                effect = Effect(prim_effect(term.op, term.static).function)
                return Operation(network, effect, ()).results
            case Prim(op="iter"):
                return Operation(network, self.walking(), self.atoms(term)).results
            case Prim(op="await"):
                return self.made(await_, *self.atoms(term))
            case Prim():
                effect = prim_effect(term.op, term.static)
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

    def made(self, step: Callable[..., Any], *args: Any) -> Any:
        """A node of a single step."""
        return Node(self.network, lazily(step, self.network, *args), 1).results

    def walking(self) -> Effect:
        """The effect of starting to iterate."""
        start = functools.partial(Walk, self.network)
        return Effect(start, strict=(0,), reads=(0,), dunders=("__iter__",))

    def application(self, term: App, count: int) -> Any:
        """A loop that the rest of the block may overtake, or a call of the script's."""
        function, args = self.atom(term.function), self.atoms(term)
        if function.__class__ is Closure:
            return self.block(function.lam.body, count, function.enter(args))
        if term.shape:
            return self.made(call_shaped, term.shape, function, *args)
        return self.made(call, function, *args)

    def block(self, term: Term, count: int, names: dict[str, Any]) -> Any:
        """A block of its own: a branch, a loop, a block in the place of a value."""
        walker = attrs.evolve(self, term=term, names=dict(names), count=count)
        return Node(self.network, walker.frame(), count, walker).results

    def attempt(self, term: Try, count: int) -> Any:
        """A `try`: its body under a ledger of its own; if that fails, its handler."""
        network, names = self.network, dict(self.names)

        def handle(error: BaseException) -> Any:
            outside = network.here
            network.here = attrs.evolve(outside, handled=error)
            try:
                return self.block(term.handler, count, {**names, term.name: error})
            finally:
                network.here = outside

        return Attempt(network, handle).run(
            lambda: self.block(term.body, count, names),
            count,
            lambda: self.touched(term),
        )

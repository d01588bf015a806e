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
       says so.  From then on the hold says what the rest of its block may touch, and
       what is still under way in it.
    6. When an actor has left the ledger, its task ends, and with it the mailbox.

Theory of operation
    A `Walker` (see `walker`) runs a block of the term: it walks the spine of `let`s with an environment
    from names to values and wires, and yields what it has to wait for, which is the
    protocol of frames (see `regions`).  A `Node` is a block whose frame begins in a task
    of its own.  A tail call of a loop or join goes on in the same walker with the names
    of the new round, so neither rounds nor joins nest.  A function of the script is one
    more walker.  What is underneath (wires, ledger, holds, effects, dispatch) is shared
    with the fast machine; only how nodes are made and woken is different.

Where else to change
    A new kind of term also goes to `emit` (the fast machine) and `interpret`.
"""

from collections.abc import Sequence
from contextvars import copy_context
from types import FunctionType
from typing import TYPE_CHECKING, Any

import trio

from epic_actors.core.functions import Function
from epic_actors.core.memory.extent import EVERYWHERE
from epic_actors.core.memory.holds import Hold
from epic_actors.core.memory.wire import Wire
from epic_actors.core.network.actors import TURN
from epic_actors.core.network.regions import Block, Footprint, Frame, unsure_of_any
from epic_actors.core.terms import Lam, Term

from .walker import Walker, lazily


if TYPE_CHECKING:
    from epic_actors.core.network.actors import Actor
    from epic_actors.core.network.network import Network

ANYTHING = Footprint((), (EVERYWHERE,))


class LiteralMachine:
    """The actors' tasks and mailboxes, and what rest means; made for one run."""

    literal = True
    rounds_ahead = 1_000
    """So many nodes may go ahead of what is pending, until something is answered."""
    node_rounds = 0

    def __init__(self) -> None:
        self.mailboxes: dict[Actor, trio.MemorySendChannel[Any]] = {}
        self.unread = 0
        self.resting: list[Wire] = []
        self.at_rest = trio.Event()
        self.lams: dict[int, tuple[Term, Lam]] = {}
        self.context = copy_context()

    def frame(self, network: "Network", function: Function, values: Any) -> Frame:
        """The frame of a whole script: it puts down one node."""
        self.context = trio.lowlevel.current_task().context
        network.summaries.meet(function.namespace, values)
        return lazily(self.run_function, network, function, values)

    def meet(self, network: "Network", fn: FunctionType, function: Function) -> None:
        """Nothing but where its classes are: every call is an application."""
        network.summaries.meet(function.namespace, ())

    def run_function(
        self, network: "Network", function: Function, values: tuple[Any, ...]
    ) -> Any:
        """Run the body of a function where the script stands."""
        names = dict(zip(function.lam.params, values, strict=True))
        walker = Walker(network, function, network.here.site, function.lam.body, names)
        return self.put(network, walker.frame(), 1, walker)

    def resume(
        self, network: "Network", function: Function, rest: Any, args: tuple[Any, ...]
    ) -> Any:
        """Run what is left of a generator to its next item, where the script stands."""
        site, names = network.here.site, rest.enter(args)
        walker = Walker(network, function, site, rest.lam.body, names, 3)
        return self.put(network, walker.frame(), 3, walker)

    def put(
        self,
        network: "Network",
        frame: Frame,
        count: int,
        walker: Walker | None = None,
    ) -> Any:
        """Put down a node where the script stands; its results."""
        return Node(network, frame, count, walker).results

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


def grown_in_all(parts: "Sequence[Footprint | Hold]") -> tuple[Any, ...]:
    """The places that each of the parts that writes them only appends to."""
    changed: set[int] = set()
    for part in parts:
        grown = set(map(id, part.grows))
        changed |= {id(place) for place in part.writes} - grown
    return tuple([p for part in parts for p in part.grows if id(p) not in changed])


def origin_of_all(parts: "Sequence[Footprint | Hold]") -> tuple[Any, ...] | None:
    """Where all that the parts store comes from; None if that is not known of one."""
    origins = [part.origin for part in parts if part.writes]
    if None in origins:
        return None
    return tuple([value for origin in origins for value in origin or ()])


class Node(Block):
    """A node of the term: a block whose frame begins in a task of its own."""

    __slots__ = ("walker",)

    def __init__(
        self,
        network: "Network",
        frame: Frame,
        count: int,
        walker: Walker | None = None,
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
        """Be woken; the first time for something real, say what may still be touched."""
        if self.walker is not None and not self.network.machine.rests(self.waits_for):
            parts: list[Footprint | Hold] = [self.walker.footprint()]
            parts += self.region.memory.speaking()
            self.hold.unsure = unsure_of_any(parts)
            self.hold.narrow(
                [place for part in parts for place in part.reads],
                [place for part in parts for place in part.writes],
                grown_in_all(parts),
                origin=origin_of_all(parts),
            )
            self.walker = None
        super().wait()

    def fail(self, error: BaseException) -> None:
        """Take the exception to the place where the frame stands."""
        self.site = self.region.site or self.site
        super().fail(error)

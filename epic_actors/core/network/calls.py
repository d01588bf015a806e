"""External calls as actors: waiting for arguments, their turn, and the answer."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import trio

from epic_actors.core.memory.extent import (
    EVERYWHERE,
    Inside,
    deep_places,
    forget_reached,
)
from epic_actors.core.memory.holds import Hold
from epic_actors.core.memory.places import any_global, is_shared, namespace_of
from epic_actors.core.memory.reach import PLAIN, is_atom, mutables, pending_in
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.streams.stream import STREAMS, Stream

from .actors import FREE, TURN, Actor, Turn
from .externals import External, Order


if TYPE_CHECKING:
    from .network import Network
    from .pool import Result


PENDABLE = (Wire, tuple)


def request(
    network: "Network",
    external: External,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Wire:
    """Ask for an external call at this point of the program; its answer is a wire."""
    call = ExternalCall(network, external, args, kwargs)
    if call.plain and not network.literal:
        call.launch()
    else:
        call.begin()
    return call.answer


class ExternalCall(Actor):
    """One call of an external."""

    __slots__ = (
        "answer",
        "args",
        "born",
        "external",
        "kwargs",
        "number",
        "plain",
        "scope",
        "started",
        "stream",
        "told",
    )

    def __init__(
        self,
        network: "Network",
        external: External,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self.external = external
        self.args = args
        self.kwargs = kwargs
        self.scope: trio.CancelScope | None = None
        self.started = False
        self.number = 0
        self.plain = external.order is Order.UNORDERED
        for value in self.values:
            if type(value) not in PLAIN:
                self.plain = False
                break
        self.born = network.here.memory.next_seq
        if self.plain:
            super().__init__(network, FREE)
            self.answer = Wire(external.immutable, (), external.kind)
        else:
            self.touch(network)
        self.stream: Stream | None = None
        if external.stream is not None:
            self.stream = self.answer.source = STREAMS[external.stream]()
            self.told = False
            self.answer.origin = (*(self.answer.origin or ()), *self.stream.loose)

    def touch(self, network: "Network") -> None:
        """Hold the arguments and the resource for as long as the call takes."""
        external, memory = self.external, network.here.memory
        roots = tuple([v for v in self.values if not is_atom(v) or is_shared(v)])
        reach = [place for value in roots for place in deep_places(value, memory)]
        super().__init__(network, Hold(memory, *self.places(reach), origin=roots))
        network.pool.waiting += 1
        self.answer = Wire(external.immutable, roots, external.kind)

    def places(self, reach: list[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The places read and written, given those that the arguments reach."""
        external, order = self.external, self.external.order
        aside = (EVERYWHERE,) if external.aside else ()
        shared = [p for value in self.values for p in shared_places(value)]
        if order is Order.READONLY:
            return (*reach, external.resource), aside
        if order is Order.SEQUENTIAL:
            return tuple(reach), (*reach, *shared, external.resource, *aside)
        return tuple(reach), aside

    def attempt(self) -> None:
        """Begin, or wait for what is in the way; once begun there is only the answer."""
        if not self.started:
            super().attempt()

    @property
    def values(self) -> tuple[Any, ...]:
        """All arguments."""
        return (*self.args, *self.kwargs.values()) if self.kwargs else self.args

    def obstacle(self) -> Wire | Hold | Turn | None:
        """Arguments that are pending, older accesses to them, our turn."""
        network, order = self.network, self.external.order
        changes = order is Order.SEQUENTIAL
        for value in self.values:
            if type(value) in PENDABLE or not is_atom(value):
                wire = pending_in(value)
                if wire is not None:
                    return wire
        if changes and not self.ledger.settled_before(self):  # type: ignore[union-attr]
            return TURN
        if network.holds[0] > 0:
            places = [
                place
                for value in map(deref, self.values)
                for place in (*mutables(value), *shared_places(value))
            ]
            if order in (Order.READONLY, Order.SEQUENTIAL):
                places.append(self.external.resource)
            if self.external.aside:
                places.append(EVERYWHERE)
            look = self.outer.memory.conflict_outward
            for place in places:
                found = look(place, write=changes, before=self.hold.seq)
                if found is not None:
                    return found
        return None

    def fire(self) -> None:
        """Send the call on its way."""
        network = self.network
        if network.dirty:
            if self.external.aside:
                network.settle()
            settle = network.settler.settle
            self.args = tuple(map(settle, self.args))
            self.kwargs = {name: settle(v) for name, v in self.kwargs.items()}
        else:
            settled = network.settler.settled
            self.args = tuple(map(settled, self.args))
            if self.kwargs:
                self.kwargs = {name: settled(v) for name, v in self.kwargs.items()}
        if not self.plain and Inside in {type(place) for place in self.hold.reads}:
            reach = [place for value in self.values for place in mutables(value)]
            self.hold.narrow(*self.places(reach), origin=self.hold.origin)
        self.launch()

    def launch(self) -> None:
        """Hand the call to the pool."""
        network = self.network
        self.started = True
        if not self.plain:
            network.pool.waiting -= 1
        network.since_turn += 1
        network.rounds = 0
        ledger = self.ledger
        if ledger is not None and ledger.owner is not None:
            self.scope = trio.CancelScope()
        network.pool.launch(self)

    async def execute(self) -> "Result | None":
        """Run the call in a task of the pool; None if it was cancelled alone."""
        if self.ledger is None:
            return None
        tell = self.network.listener is not None
        if tell:
            self.tell("started")
        function = self.external.direct
        try:
            if self.scope is not None or function is None:
                value = await self._scoped(self.scope)
            elif self.kwargs:
                value = await function(*self.args, **self.kwargs)
            else:
                value = await function(*self.args)
        except trio.Cancelled:
            if tell:
                self.tell("cancelled")
            raise
        except BaseException as error:
            if tell:
                self.tell("failed", error=error)
            return None, error
        cancelled = self.scope is not None and self.scope.cancelled_caught
        if tell:
            self.tell("cancelled" if cancelled else "complete")
        return None if cancelled else (value, None)

    async def _scoped(self, scope: trio.CancelScope | None) -> Any:
        if scope is None:
            return await self._streamed()
        with scope:
            return await self._streamed()

    async def _streamed(self) -> Any:
        stream = self.stream
        if stream is None:
            return await self.external.execute(self.args, self.kwargs)
        function = self.external.function
        async with aclosing(function(*self.args, **self.kwargs)) as pieces:
            await self._feed(stream, pieces)
        return stream.whole()

    async def _feed(self, stream: Stream, pieces: AsyncIterator[Any]) -> None:
        network = self.network
        async for piece in pieces:
            is_text = type(piece) is str
            if not is_text:
                self.external.check_piece(piece)
            if not stream.count and network.listener is not None:
                self.tell("streaming")
            stream.grow(piece)
            if not is_text:
                forget_reached()
            outlet = network.outlet
            if stream.readers == [outlet]:
                # Why: who reads the output does so in a task of its own.
                stream.wake()
            elif stream.readers and not self.told:
                self.told = True
                network.pool.has_grown(self)
            if outlet is not None and outlet.reading and outlet.is_behind(self):
                await outlet.make_room(self)

    def wake_readers(self) -> None:
        """Wake those who wait for more of the stream."""
        self.told = False
        assert self.stream is not None
        self.stream.wake()

    def tell(self, step: str, **data: Any) -> None:
        """Report a step of the call to the run's listener."""
        listener = self.network.listener
        if listener is None:
            return
        if self.number == 0:
            self.number = self.network.pool.next_number()
        now = trio.current_time()
        listener(
            f"call.run.{step}",
            {"call": self.number, "name": self.external.name, "time": now, **data},
        )

    def answered(self, result: "Result") -> None:
        """Take the answer to this place in program order."""
        ledger = self.ledger
        if ledger is None:
            return
        value, error = result
        if error is None:
            error = self.external.mismatch(value)
        if error is not None:
            handled = self.outer.handled
            if error.__context__ is None and handled is not error:
                error.__context__ = handled
            self.network.raised_by[id(error)] = (error, self)
            ledger.failed(self, self.network.traced(error, self.site))
            return
        if self.stream is not None:
            self.stream.end()
        new = self.answer.origin == () and type(value) not in PLAIN
        if new and self.network.holds[0] > 0:
            memory = self.outer.memory
            memory.births.note(value, memory, self.born)
        self.answer.set(value)
        if self.hold is not FREE:
            self.hold.release()
        ledger.done(self)

    def flush(self) -> None:
        """Cancel the call: an older entry failed."""
        super().flush()
        if not self.started:
            self.network.pool.waiting -= 1
        if self.scope is not None:
            self.scope.cancel()


def shared_places(value: Any) -> tuple[Any, ...]:
    """What a call may find in a class or module that it is given."""
    return any_global(namespace_of(value)) if is_shared(value) else ()

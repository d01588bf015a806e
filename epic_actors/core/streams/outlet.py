"""The output of a run: its value piece by piece, and streams that wait for a slow reader.

Rules
    1. A text comes out in pieces as they arrive; a list element by element, each when
       nothing older can change it any more; any other value whole, at the end.
    2. Nothing is handed out that sequential Python would not have given; but a run that
       fails may have given the beginning of its value before.
    3. While the reader is busy with what it has, streaming calls give at most
       `PIECES_AHEAD` more pieces; then each waits until the reader waits for more.
    4. A call does not wait if anybody but the reader wants what it gives: an operation
       that needs the whole, another call's argument; nor if the run's value is not made of
       what it gives, or not known to be, nor while the reader itself waits.

The reader pulls in its own task, between the steps of the run's.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

import trio

from epic_actors.core.memory.reach import mutables, pending_in
from epic_actors.core.memory.wire import Wire, deref

from .growing import Growing
from .stream import Unreadable, Wait
from .text import is_text, read_text


if TYPE_CHECKING:
    from epic_actors.core.network.calls import ExternalCall
    from epic_actors.core.network.network import Network

PIECES_AHEAD = 64


class Outlet:
    """Where the reader of a run's output and its streaming calls meet."""

    def __init__(self, network: "Network") -> None:
        self.network = network
        self.value = Wire()
        self.reading = False
        self.is_text = False
        self._ahead = 0
        self._unread: set[ExternalCall] = set()
        self._waiting: trio.lowlevel.Task | None = None
        self._paused: dict[ExternalCall, trio.Event] = {}

    # The reader

    def wake(self) -> None:
        """Tell the reader that there may be more."""
        if self._waiting is not None:
            trio.lowlevel.reschedule(self._waiting)
            self._waiting = None

    async def wait(self, wait: Wait) -> None:
        """Wait for more, with all streams running."""
        wait.subscribe(self)
        self._ahead = 0
        self._unread.clear()
        if self._paused:
            self._resume()
        self._waiting = trio.lowlevel.current_task()
        await trio.lowlevel.wait_task_rescheduled(self._leave)

    def _leave(self, _: object) -> trio.lowlevel.Abort:
        self._waiting = None
        return trio.lowlevel.Abort.SUCCEEDED

    def stop_reading(self) -> None:
        """Never hold up a stream again."""
        self.reading = False
        self._resume()

    def pieces(self) -> Iterator[Any]:
        """What is settled of the run's value, and `Wait`s; ends where it cannot go on."""
        value = deref(self.value)
        while type(value) is Wire and value.source is None:
            yield Wait(value)
            value = deref(value)
        try:
            self.is_text = is_text(value)
            if self.is_text:
                yield from read_text(value)
            else:
                yield from self._elements(value)
        except Unreadable:
            return

    def _elements(self, values: Any) -> Iterator[Any]:
        if type(values) is Wire:
            listed = values.kind is list and values.source is not None
            items = values.source.items() if listed else iter(())  # type: ignore[union-attr]
        elif type(values) is list:
            items = Growing(self.network.home.memory, values).items()
        else:
            return
        for item in items:
            if type(item) is not Wait:
                yield from self._settling(item)
            yield self.network.settler.settled(item)

    def _settling(self, item: Any) -> Iterator[Any]:
        """Wait until nothing in an element is pending or may still change."""
        while True:
            wire = pending_in(item)
            if wire is not None:
                yield Wait(wire)
                continue
            holds = (wait for place in mutables(item) if (wait := self._held(place)))
            wait = next(holds, None)
            if wait is None:
                return
            yield wait

    def _held(self, place: Any) -> Wait | None:
        found = self.network.home.memory.conflict_outward(place, write=False)
        return None if found is None else Wait(found)

    # The streams

    def is_behind(self, call: "ExternalCall") -> bool:
        """Whether the reader is too far behind, after one more piece of `call`."""
        if self._waiting is not None or call in self._unread:
            return False
        self._ahead += 1
        if self._ahead < PIECES_AHEAD or wanted(call.answer):
            return False
        if not is_made_of(self.value, call.stream):
            self._unread.add(call)
            return False
        return True

    async def make_room(self, call: "ExternalCall") -> None:
        """Wait until the reader waits for more, or somebody else for the call."""
        self._paused[call] = event = trio.Event()
        await event.wait()

    def resume_wanted(self) -> None:
        """Let go on what somebody else has come to want."""
        for call in [call for call in self._paused if wanted(call.answer)]:
            self._paused.pop(call).set()

    def _resume(self) -> None:
        paused, self._paused = self._paused, {}
        for event in paused.values():
            event.set()


class Pieces:
    """A run's value piece by piece, as its reader iterates over it."""

    def __init__(
        self,
        outlet: Outlet,
        done: trio.Event,
        result: Callable[[], Awaitable[Any]],
    ) -> None:
        self._outlet = outlet
        self._done = done
        self._result = result
        self._early = outlet.pieces()
        self._rest: Iterator[Any] | None = None
        self._taken = 0
        outlet.reading = True

    def __aiter__(self) -> "Pieces":
        return self

    async def __anext__(self) -> Any:
        """The next piece; waits until there is one."""
        waited = False
        while self._rest is None:
            step = END if self._done.is_set() else next(self._early, END)
            if type(step) is Wait:
                await self._outlet.wait(step)
                waited = True
            elif step is not END:
                self._taken += len(step) if self._outlet.is_text else 1
                if not waited:
                    await trio.lowlevel.checkpoint()
                return step
            else:
                self._outlet.stop_reading()
                self._rest = rest_of(await self._result(), self._taken)
        await trio.lowlevel.checkpoint()
        for piece in self._rest:
            return piece
        raise StopAsyncIteration


END: Any = object()


def rest_of(value: Any, taken: int) -> Iterator[Any]:
    """The pieces of a value that has arrived, after so much of it."""
    if type(value) is str:
        return iter([value[taken:]] if taken < len(value) else [])
    if type(value) is list:
        return iter(value[taken:])
    return iter([] if value is None else [value])


def wanted(answer: Wire) -> bool:
    """Whether anybody but the output's reader wants a value on its way."""
    stack, seen = [answer], set()
    while stack:
        wire = deref(stack.pop())
        if type(wire) is not Wire or id(wire) in seen:
            continue
        seen.add(id(wire))
        readers = [*(wire.readers or ()), *getattr(wire.source, "readers", ())]
        for reader in readers:
            if type(reader) is Outlet:
                continue
            results = getattr(reader, "results", None)
            if type(results) is not Wire or results.source is not reader:
                return True
            stack.append(results)
    return False


def is_made_of(value: Any, stream: Any) -> bool:
    """Whether a stream is known to be a part of a value on its way."""
    stack, seen = [value], set()
    while stack:
        part = deref(stack.pop())
        if type(part) in (list, tuple):
            stack.extend(part)
        if type(part) is not Wire or id(part) in seen:
            continue
        seen.add(id(part))
        if part.source is stream:
            return True
        stack.extend(getattr(part.source, "args", ()))
        stack.append(getattr(part.source, "base", None))
    return False

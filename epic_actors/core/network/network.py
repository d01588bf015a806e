"""The network of one run: its ledger, its ready actors, and the loop that drives them.

Rules
    1. Everything happens in one trio task, the run's own, except the external calls.
       Their outcomes come back over a memory channel and are taken one by one.
    2. Values arrive, holds go and entries retire only in `drain`, never while code of the
       script runs.  So within one step of a frame nothing that is pending changes.
    3. `calm` is true when the ledger is empty: nothing is pending, no wire stands in any
       slot, and what the script does next is plain Python.
    4. `special` has the bits of the special methods that are code of the script's; the
       operations that run those in `loud` are not plain Python even in calm.
"""

import types
from collections import deque
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import attrs
import trio

from epic_actors.core.footprints.summary import Closedness, Summaries
from epic_actors.core.functions import Function
from epic_actors.core.generators import Generated
from epic_actors.core.knowledge import Known
from epic_actors.core.language.along import Along
from epic_actors.core.language.asking import Asking
from epic_actors.core.language.dispatch import builtin_kind
from epic_actors.core.language.special import Specials
from epic_actors.core.memory.accesses import Memory
from epic_actors.core.memory.extent import forget_reached
from epic_actors.core.memory.ledger import Entry, Ledger, State, Store
from epic_actors.core.memory.reach import holds_wire
from epic_actors.core.memory.settling import Settler
from epic_actors.core.memory.undo import Undo
from epic_actors.core.memory.wire import deref
from epic_actors.core.streams.outlet import Outlet
from epic_actors.errors import InternalError

from .calls import ExternalCall
from .door import inside
from .pool import Pool
from .recursion import room_to_recurse
from .regions import Attempt, Region, Root
from .traces import (
    Site,
    as_failed,
    as_raised,
    leaves_generator,
    note_path,
    retraced,
    site_here,
)


if TYPE_CHECKING:
    from epic_actors.core.language.asynchronous import Host
    from epic_actors.core.machines.units import Unit
    from epic_actors.core.tables.effects import Effect

    from .actors import Actor


Listener = Callable[[str, dict[str, Any]], object]
Translate = Callable[[FunctionType], Function | None]

SIMPLE = (types.ModuleType, type, list, dict, set, tuple, str, int, float)
"""Types whose attributes are found without running Python code."""

TURN_ROUNDS = 10_000
"""So many rounds are gone before the event loop gets its turn."""

PATIENCE = 4
"""So many times as long is the outermost loop waited for to come to its next round."""

TURN_CALLS = 128
"""So many calls are started before the event loop gets its turn.

More at once are slower: what they leave behind outlives the young generation.
"""

MOST_HANDED = 64
"""So many errors are remembered that handlers may raise again."""


@attrs.frozen
class Statistics:
    """What a run has done so far.

    Attributes:
        calls: External calls begun.
        running: Of these, how many are under way.
        peak_running: The most that were under way at once.
        complete: How many have answered.
        failed: How many have raised.
        cancelled: How many were cancelled.
        nodes: Actors made: operations, calls and blocks that had to wait.
    """

    calls: int = 0
    running: int = 0
    peak_running: int = 0
    complete: int = 0
    failed: int = 0
    cancelled: int = 0
    nodes: int = 0


def as_internal(error: Exception) -> InternalError:
    """A bug of ours, said as such."""
    if isinstance(error, InternalError):
        return error
    wrapped = InternalError(f"please report this with its traceback: {error!r}")
    wrapped.__cause__ = error
    return wrapped


class Network:
    """One run."""

    def __init__(
        self,
        translate: Translate,
        machine: Any,
        *,
        runs_aside: Callable[[FunctionType], bool] = lambda fn: False,
        take_along: Translate = lambda fn: None,
        leave_behind: Callable[[FunctionType], None] = lambda fn: None,
        listener: Listener | None = None,
        window: int = 10_000,
    ) -> None:
        self.translate = translate
        self.runs_aside = runs_aside
        self.take_along = take_along
        self.leave_behind = leave_behind
        self.machine = machine
        self.waits_for: Any = None
        self.turn_calls = window if machine.literal else TURN_CALLS
        self.looping: Any = None
        self.listener = listener
        self.window = window
        self.calm = True
        self.loud = self.special = 0
        self.holds = [0, 0, 0]
        self.ledger = Ledger(self.note)
        self.here = self.home = Region(self.ledger, None, Memory(None, self.holds))
        self.ready: deque[Actor] = deque()
        self.literal: bool = machine.literal
        self.wake: Callable[[Actor], None] = (
            machine.wake if self.literal else self.ready.append
        )
        self.paused: list[Actor] = []
        self.noted: deque[Ledger] = deque()
        self.dirty: dict[int, Any] = {}
        self.settler = Settler()
        self.root: Root | None = None
        self.value: Any = None
        self.error: BaseException | None = None
        self.finished = False
        self.nodes = 0
        self.raised_by: dict[int, tuple[BaseException, ExternalCall]] = {}
        self.handed: dict[int, tuple[BaseException, types.TracebackType | None]] = {}
        self.last_site: Site | None = None
        self.since_turn = 0
        self.rounds = self.turned = self.beyond = self.weighed = 0
        self.rounds_ahead: int = machine.rounds_ahead
        self.answer: Callable[[ExternalCall, Any], None] = (
            machine.post if self.literal else ExternalCall.answered
        )
        self.pool = Pool(self)
        self.specials = Specials(self)
        self.hosts: dict[int, Host] = {}
        self.summaries = Summaries(self)
        self.closed = Closedness(self.summaries)
        self.asking = Asking(self)
        self.along = Along(self)
        self.simple: set[type] = set(SIMPLE)
        self.records: dict[type, bool] = {}
        self.builtin_kinds = Known(builtin_kind)
        self.generators: WeakSet[Generated] = WeakSet()
        self.dropped: list[Generated] | None = None
        self.units: dict[int, Unit] = {}
        self.codes: dict[int, types.CodeType] = {}
        self.walking: Effect | None = None
        self.outlet: Outlet | None = None

    # What actors tell

    def note(self, ledger: Ledger) -> None:
        """The oldest entry of `ledger` has changed; look at it in `drain`."""
        self.noted.append(ledger)

    def site(self) -> Site:
        """Where in the user's source the script is."""
        self.nodes += 1
        site = self.last_site = site_here(self.here.site, self.last_site)
        return site

    def traced(self, error: BaseException, site: Site | None) -> BaseException:
        """An error as it would have looked where it stands in the script."""
        error = as_raised(error)
        _, handed = self.handed.get(id(error), (error, None))
        retraced(error, site, handed)
        return error

    def hand(self, error: BaseException) -> None:
        """Remember the traceback with which a handler gets an error: it may raise it again."""
        self.handed.pop(id(error), None)
        self.handed[id(error)] = error, error.__traceback__
        if len(self.handed) > MOST_HANDED:
            del self.handed[next(iter(self.handed))]

    def returned(self, value: Any) -> None:
        """The script has returned; what it began may still be under way."""
        self.value = value
        self.root = None
        self.note(self.ledger)
        if self.outlet is not None:
            self.outlet.value.set(value)

    def raised(self, error: BaseException) -> None:
        """The script has raised; older entries may still fail first."""
        self.root = None
        error = self.traced(error, None)
        failure = Entry()
        self.ledger.insert(failure)
        self.ledger.failed(failure, error)

    def stored(self, undo: Undo) -> None:
        """Remember how to take back a store that something older may yet undo."""
        self.here.insert(Store(undo))

    def mark_dirty(self, holder: Any) -> None:
        """`holder` has a wire in one of its slots."""
        self.dirty[id(holder)] = holder

    # The loop

    def drain(self) -> None:
        """Let everything happen that can happen without waiting."""
        ready, noted = self.ready, self.noted
        inside.step = self
        try:
            while noted or ready:
                if noted:
                    self.advance(noted.popleft())
                elif (actor := ready.popleft()).waiting:
                    actor.attempt()
        finally:
            inside.step = None

    def advance(self, ledger: Ledger) -> None:
        """Look at the oldest entry of a ledger: is it its turn, has it failed?"""
        ledger.retire()
        oldest = ledger.end.next
        if oldest is ledger.end:
            self.emptied(ledger)
        elif oldest.state is State.FAILED:
            self.failed(ledger, oldest)
        elif ledger.settled_before(oldest):
            oldest.become_oldest()

    def emptied(self, ledger: Ledger) -> None:
        """Everything in the ledger has succeeded."""
        if ledger.owner is not None:
            if ledger.owner.results is not None and ledger.owner.ledger is not None:
                ledger.owner.succeeded()
        elif not self.calm or self.root is None:
            self.settle()
            self.settler.forget()
            forget_reached()
            self.home.memory.births.born.clear()
            self.calm = not self.generating
            if self.root is not None:
                self.root.become_oldest()
            elif self.error is None:
                self.value = self.settler.settled(deref(self.value))
                self.finished = True

    def failed(self, ledger: Ledger, entry: Entry) -> None:
        """The oldest entry has failed: flush what is younger, then hand on the error."""
        error = entry.error
        assert error is not None
        forget_reached()
        ledger.flush_after(entry)
        ledger.remove(entry)
        entry.flush()
        owner = ledger.owner
        if isinstance(error, StopIteration):
            around = getattr(owner, "site", None)
            if leaves_generator(getattr(entry, "site", None), around):
                error = as_failed(error)
        if isinstance(owner, Attempt):
            owner.handle(error)
            return
        if self.root is not None:
            self.root.flush()
        self.root = None
        self.settle()
        _, call = self.raised_by.get(id(error), (error, None))
        if call is not None:
            note_path(error, call.external.name, call.site)
        self.error = error
        self.finished = True

    def settle(self) -> None:
        """Put values in place of the wires that have been set, wherever they stand."""
        dirty, self.dirty = self.dirty, {}
        for holder in dirty.values():
            self.settler.settle_slots(holder)
            if holds_wire(holder):
                # Why: what is younger may go on.
                self.mark_dirty(holder)

    async def run(self, frame: Any) -> Any:
        """Run the script's frame to its end and everything it began."""
        self.root = Root(self, frame)
        self.ready.append(self.root)
        async with self.pool.open():
            try:
                with room_to_recurse():
                    await self._loop()
            except Exception as error:
                # Why: raised outside the nursery, it arrives as it is, not in a group.
                self.error = as_internal(error)
            finally:
                self._stop()
        if self.error is not None:
            raise self.error
        return self.value

    async def _loop(self) -> None:
        while True:
            self.drain()
            if self.literal:
                await self.machine.wait_rest()
            if self.finished:
                return
            if self.paused and not self.throttled:
                self.since_turn = 0
                paused, self.paused = self.paused, []
                for actor in paused:
                    actor.wake()
                await trio.lowlevel.checkpoint()
                self.pool.take_answers()
            elif self.pool.running:
                await self.pool.wait_answer()
                self.rounds = self.turned = self.beyond = 0
            elif self.paused:
                # Why: all that waits may wait for what the oldest loop has yet to do.
                self.rounds = self.turned = 0
                self.beyond = self.pool.waiting
                self.paused.pop(0).wake()
            else:
                raise InternalError(
                    f"nothing is left to wait for, please report: {self!r}"
                )

    @property
    def generating(self) -> bool:
        """Whether a generator or a thread of the script's is under way: never calm."""
        return self.pool.threads > 0 or any(
            made.rest is not None for made in self.generators
        )

    def must_pause_inside(self, around: Any) -> bool:
        """The same for a loop that does not say when its round is over."""
        self.looping = around
        must = self.must_pause()
        self.looping = around or True
        return must

    def must_pause(self) -> bool:
        """Whether a loop, before its next round, has to let others go first.

        A loop may be endless only because something older is about to fail.
        """
        self.rounds += 1 + (self.nodes - self.weighed) * self.machine.node_rounds
        self.weighed = self.nodes
        late = self.rounds - self.turned
        if self.looping is not None:
            # Why: one loop that pauses is enough, the outermost; what follows a loop that
            # is left half done goes on without its result, and then has to wait for it.
            due = late >= TURN_ROUNDS * PATIENCE
        else:
            due = late >= TURN_ROUNDS or self.since_turn >= self.turn_calls
        if due:
            self.since_turn, self.turned = 0, self.rounds
        return due or self.throttled

    @property
    def throttled(self) -> bool:
        """Whether loops have to pause: as much as allowed is under way."""
        under_way = self.pool.running + self.pool.waiting - self.beyond
        return under_way >= self.window or self.rounds >= self.rounds_ahead

    def _stop(self) -> None:
        """Take back what has not succeeded, when the run fails or is cancelled."""
        if not self.finished:
            self.ledger.flush_after(self.ledger.end)
            if self.root is not None:
                self.root.flush()
            self.settle()

    def statistics(self) -> Statistics:
        """What the run has done so far."""
        pool = self.pool
        return Statistics(
            calls=pool.calls,
            running=pool.running,
            peak_running=pool.peak_running,
            complete=pool.complete,
            failed=pool.failed,
            cancelled=pool.cancelled,
            nodes=self.nodes,
        )

    def __repr__(self) -> str:
        count = 0
        entry = self.ledger.end.next
        while entry is not self.ledger.end:
            count, entry = count + 1, entry.next
        return f"<Network {count} entries, {self.pool.running} calls, calm={self.calm}>"

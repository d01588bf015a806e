"""The runs of a server: each lives apart from the connections that watch it.

Theory of operation
    A `HostedRun` is a task that runs a script and writes what happens into its history.
    A `Subscription` is a place in that history, moved on by the connection that owns it;
    there is no buffer of its own.  Writing wakes the subscriptions.

    Two things slow a run down or end it: while the fastest of its subscriptions is half a
    history behind, the next piece of the result is not taken and `emit` waits; and while it has no
    subscription at all, its time runs out.

    # Invariant: the last event of a history is written when the run has ended, and
    # nothing is written after it.
"""

import functools
import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import attrs
import trio

from epic_actors.errors import LimitError
from epic_actors.primitives import output
from epic_actors.run import Run, open_run

from . import values
from .catalog import Offer
from .history import History
from .limits import Limits
from .protocol import Code, Fault, Status


@attrs.define(eq=False)
class Subscription:
    """A reader of a run's events.

    Attributes:
        run: Whose events.
        wake: Called with this when there is something to read.
        seen: The number of the last event that was read.
        read: How many characters of the history were written up to there.
    """

    run: "HostedRun"
    wake: "Callable[[Subscription], None]"
    seen: int
    read: int

    @property
    def pending(self) -> bool:
        """Whether there is something to read."""
        return self.seen < self.run.history.last

    @property
    def finished(self) -> bool:
        """Whether there will be nothing more to read."""
        return self.run.status is not Status.RUNNING and not self.pending

    @property
    def missed(self) -> bool:
        """Whether events that were to be read are gone."""
        return self.seen + 1 < self.run.history.first

    def take(self, room: int) -> list[str]:
        """Read on, as much as fills `room`."""
        texts = self.run.history.after(self.seen, room)
        self.seen += len(texts)
        self.read += sum(map(len, texts))
        self.run.changed.unpark_all()
        return texts


@attrs.define(eq=False)
class HostedRun:
    """A run of a script on the server.

    Attributes:
        id: What clients call it by; it cannot be guessed.
        outlive: How many seconds it goes on while nobody is subscribed.
    """

    offer: Offer
    outlive: float
    limit: int
    id: str = attrs.field(factory=lambda: secrets.token_urlsafe(12))
    history: History = attrs.field(init=False)
    status: Status = attrs.field(default=Status.RUNNING, init=False)
    subscriptions: set[Subscription] = attrs.field(factory=set, init=False)
    changed: trio.lowlevel.ParkingLot = attrs.field(
        factory=trio.lowlevel.ParkingLot, init=False
    )
    _pieces: int = attrs.field(default=0, init=False)
    _reason: str | None = attrs.field(default=None, init=False)
    _began: float = attrs.field(factory=trio.current_time, init=False)
    _running: trio.CancelScope = attrs.field(factory=trio.CancelScope, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with an empty history."""
        self.history = History(self.id, self.limit)

    def __repr__(self) -> str:
        return f"<HostedRun {self.offer.name} {self.status.value} {self.history.last}>"

    # What connections do

    def subscribe(
        self, wake: Callable[[Subscription], None], after: int
    ) -> Subscription:
        """Read the events that follow a number.

        Raises:
            Fault: They are gone, or there never was such a number.
        """
        history = self.history
        if not history.first - 1 <= after <= history.last:
            there = {"first": history.first, "last": history.last}
            gone = f"the events after {after} are not there"
            raise Fault(Code.EVENTS_GONE, gone, there)
        unread = sum(map(len, history.after(after, history.written + 1)))
        subscription = Subscription(self, wake, after, history.written - unread)
        self.subscriptions.add(subscription)
        self.changed.unpark_all()
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Read no more."""
        self.subscriptions.discard(subscription)
        self.changed.unpark_all()

    def cancel(self, reason: str) -> None:
        """Cancel the run, if it is still under way."""
        if self.status is Status.RUNNING and self._reason is None:
            self._reason = reason
            self._running.cancel()

    # What the run does

    async def perform(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Run the script to its end, whatever that is, and write what happens."""
        output.sink.set(self._emit)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._end_when_abandoned)
            status, data = await self._outcome(args, kwargs)
            nursery.cancel_scope.cancel()
        self.status = status
        self._write(f"run.{status.value}", data)

    async def _outcome(
        self, args: list[Any], kwargs: dict[str, Any]
    ) -> tuple[Status, str]:
        """How the run ends, with the data to say so."""
        value: Any = None
        try:
            with self._running:
                value = await self._evaluate(args, kwargs)
            if self._running.cancelled_caught:
                return Status.CANCELLED, values.encode({"reason": self._reason})
            return Status.COMPLETE, self._result(value)
        except BaseException as error:
            if _is_ours(error):
                raise
            return Status.FAILED, values.encode(described(error))

    async def _evaluate(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        script = functools.partial(self.offer.script, **kwargs)
        failure: Exception | None = None
        async with open_run(script, *args, on_event=self._on_event) as run:
            try:
                await self._pass_on(run)
                return await run.result()
            except Exception as error:
                # Why: leaving through the nursery of the run would wrap it.
                failure = error
                run.cancel()
        raise failure

    async def _pass_on(self, run: Run) -> None:
        async for piece in run:
            self._write("run.piece", self._fitting(values.encode(piece)))
            await self._wait_for_readers()
            self._pieces += 1

    def _result(self, value: Any) -> str:
        """The result, or how to put it together if it is too large to be kept."""
        text = values.encode({"result": value})
        if len(text) <= self.limit // 2 or type(value) not in {str, list}:
            return self._fitting(text)
        made = {"pieces": self._pieces, "type": type(value).__name__}
        return values.encode(made)

    async def _end_when_abandoned(self) -> None:
        while True:
            while self.subscriptions:
                await self.changed.park()
            with trio.move_on_after(self.outlive) as alone:
                while not self.subscriptions:
                    await self.changed.park()
            if alone.cancelled_caught:
                self.cancel("nobody was attached")
                return

    async def _wait_for_readers(self) -> None:
        while self._behind() > self.limit // 2:
            await self.changed.park()

    def _behind(self) -> int:
        """How far behind the fastest reader is."""
        written = self.history.written
        return min((written - one.read for one in self.subscriptions), default=0)

    def _on_event(self, name: str, data: dict[str, Any]) -> None:
        told = {
            "call": data["call"],
            "name": data["name"],
            "step": name.rpartition(".")[2],
            "time": round(data["time"] - self._began, 6),
        }
        error = data.get("error")
        if error is not None:
            told["error"] = described(error)
        self._write("run.call", values.encode(told))

    async def _emit(self, value: Any) -> None:
        """Take what the script emits."""
        self._write("run.output", self._fitting(values.encode(value)))
        await self._wait_for_readers()

    def _fitting(self, text: str) -> str:
        if len(text) > self.limit:
            raise LimitError(
                f"a value of {len(text)} characters was to be sent, "
                f"and the server's max_history is {self.limit}"
            )
        return text

    def _write(self, kind: str, data: str) -> None:
        self.history.append(kind, data)
        for subscription in self.subscriptions:
            subscription.wake(subscription)


@attrs.define(eq=False)
class Runs:
    """All runs of a server: those under way, and those that have ended of late."""

    limits: Limits
    nursery: trio.Nursery
    _running: dict[str, HostedRun] = attrs.field(factory=dict, init=False)
    _ended: OrderedDict[str, HostedRun] = attrs.field(factory=OrderedDict, init=False)

    def __len__(self) -> int:
        return len(self._running)

    def __repr__(self) -> str:
        return f"<Runs {len(self._running)} running, {len(self._ended)} ended>"

    def start(
        self, offer: Offer, args: list[Any], kwargs: dict[str, Any], outlive: float
    ) -> HostedRun:
        """Start a run.

        Raises:
            Fault: There are too many.
        """
        if len(self._running) >= self.limits.max_runs:
            most = f"the server runs at most {self.limits.max_runs} at once"
            raise Fault(Code.TOO_MANY_RUNS, most)
        run = HostedRun(offer, outlive, self.limits.max_history)
        self._running[run.id] = run
        self.nursery.start_soon(self._serve, run, args, kwargs)
        return run

    def find(self, name: str) -> HostedRun:
        """The run of that name.

        Raises:
            Fault: There is none, or there is none any more.
        """
        run = self._running.get(name) or self._ended.get(name)
        if run is None:
            raise Fault(Code.NO_RUN, "there is no such run, or it is forgotten")
        return run

    async def _serve(
        self, run: HostedRun, args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        try:
            await run.perform(args, kwargs)
        finally:
            del self._running[run.id]
        self._ended[run.id] = run
        if len(self._ended) > self.limits.max_runs:
            self._ended.popitem(last=False)
        await trio.sleep(self.limits.keep_ended)
        self._ended.pop(run.id, None)


def described(error: BaseException) -> dict[str, str]:
    """What clients are told of an error: never its traceback."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        if isinstance(error, Exception):
            break
        # Why: the nursery of the run wraps what is no `Exception`.
        error = error.exceptions[0]
    try:
        message = str(error)
    except Exception:
        message = ""
    return {"type": type(error).__name__, "message": message[: values.MAX_REPR]}


def _is_ours(error: BaseException) -> bool:
    """Whether an error ends the server rather than the run."""
    if isinstance(error, BaseExceptionGroup):
        return any(map(_is_ours, error.exceptions))
    return isinstance(error, trio.Cancelled | KeyboardInterrupt)

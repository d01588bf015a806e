"""One client's websocket: its requests in, answers and events out.

Theory of operation
    Three tasks, and the first that ends takes the others along: `_receive` performs
    requests as they come, `_send` is the only one that writes, `_ping` looks whether the
    peer is alive.  Answers wait in a queue, events in the histories of the runs; `_send`
    takes what there is, answers first, then events of each run in turn, and sends it as
    one message.

    # Why: a task that only sends never learns that its peer has left, and one that only
    # receives never that it does not read.
"""

import logging
import math
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import trio
from trio_websocket import ConnectionClosed, WebSocketConnection

from . import protocol
from .catalog import Offer
from .limits import Bucket, Limits
from .protocol import Close, Code, Fault, Refusal, Request, Status
from .runs import HostedRun, Runs, Subscription


_logger = logging.getLogger(__name__)
MESSAGE_ROOM = 1 << 16
"""About as many characters are put into one message."""
ANSWERS_ROOM = 1 << 18
"""While more characters of answers wait to be sent, no request is read."""
CLOSE_TIMEOUT_S = 1.0
_LONGEST_S = 1e300


@attrs.define(eq=False)
class Connection:
    """A client's connection, from the upgrade to its end."""

    _socket: WebSocketConnection
    _offers: Mapping[str, Offer]
    _runs: Runs
    _limits: Limits
    _subscriptions: dict[str, Subscription] = attrs.field(factory=dict, init=False)
    _started: dict[str, HostedRun] = attrs.field(factory=dict, init=False)
    _answers: deque[str] = attrs.field(factory=deque, init=False)
    _waiting: int = attrs.field(default=0, init=False)
    _ready: dict[Subscription, None] = attrs.field(factory=dict, init=False)
    _something: trio.Event = attrs.field(factory=trio.Event, init=False)
    _sent: trio.lowlevel.ParkingLot = attrs.field(
        factory=trio.lowlevel.ParkingLot, init=False
    )
    _scope: trio.CancelScope = attrs.field(factory=trio.CancelScope, init=False)
    _closing: tuple[Close, str] = attrs.field(
        default=(Close.GOING_AWAY, "the server stops"), init=False
    )
    _refused: int = attrs.field(default=0, init=False)
    _active: float = attrs.field(factory=trio.current_time, init=False)
    _bucket: Bucket = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Measure requests from now on."""
        limits = self._limits
        self._bucket = Bucket(limits.requests_per_second, limits.request_burst)

    async def serve(self) -> None:
        """Serve the client until it leaves, or has to."""
        try:
            with self._scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._receive)
                    nursery.start_soon(self._send)
                    nursery.start_soon(self._ping)
        finally:
            for subscription in self._subscriptions.values():
                subscription.run.unsubscribe(subscription)
            self._subscriptions.clear()
            with trio.move_on_after(CLOSE_TIMEOUT_S, shield=True):
                await self._socket.aclose(*self._closing)

    def _close(self, code: Close, reason: str) -> None:
        self._closing = (code, reason)
        self._scope.cancel()

    # In

    async def _receive(self) -> None:
        while True:
            try:
                message = await self._socket.get_message()
            except ConnectionClosed:
                self._scope.cancel()
                return
            if not isinstance(message, str):
                self._close(Close.NOT_TEXT, "messages are JSON text")
                return
            self._perform_all(protocol.read(message))
            while self._waiting > ANSWERS_ROOM:
                await self._sent.park()

    def _perform_all(self, message: protocol.Message) -> None:
        self._active = trio.current_time()
        told = [self._perform(part) for part in message.parts]
        texts = [text for text in told if text is not None]
        if texts:
            text = f"[{','.join(texts)}]" if message.batch else texts[0]
            self._answers.append(text)
            self._waiting += len(text)
            self._something.set()

    def _perform(self, part: Request | Refusal) -> str | None:
        """The answer to one request, if it is to be answered."""
        asked = isinstance(part, Refusal) or part.answered
        try:
            text = protocol.answer(part.id, self._result(part))
        except Fault as fault:
            text = protocol.refuse(part.id, fault)
        except Exception:
            _logger.exception("a request failed; please report this")
            said = "the server failed; its log says how"
            text = protocol.refuse(part.id, Fault(Code.INTERNAL, said))
        return text if asked else None

    def _result(self, part: Request | Refusal) -> Any:
        self._let_through()
        if isinstance(part, Refusal):
            raise part.fault
        method = METHODS.get(part.method)
        if method is None:
            raise Fault(Code.METHOD, f"there is no method {part.method[:100]!r}")
        return method(self, Params(part.params))

    def _let_through(self) -> None:
        if self._bucket.take():
            self._refused = 0
            return
        self._refused += 1
        if self._refused > self._limits.request_burst:
            self._close(Close.FLOOD, "too many requests")
        rate = self._limits.requests_per_second
        raise Fault(Code.TOO_MANY_REQUESTS, f"at most {rate:g} requests a second")

    # The methods

    def _scripts(self, params: "Params") -> Any:
        params.done()
        return [offer.described() for offer in self._offers.values()]

    def _term(self, params: "Params") -> Any:
        offer = self._offer(params)
        params.done()
        return offer.drawing()

    def _start(self, params: "Params") -> Any:
        offer = self._offer(params)
        args = params.take("args", list, [])
        kwargs = params.take("kwargs", dict, {})
        outlive = self._outlive(params)
        params.done()
        offer.check(args, kwargs)
        self._check_room()
        run = self._runs.start(offer, args, kwargs, outlive)
        self._started[run.id] = run
        self._subscribe(run, 0)
        return {"run": run.id, "event": 0}

    def _attach(self, params: "Params") -> Any:
        run = self._runs.find(params.take("run", str))
        after = params.take("after", int, 0)
        params.done()
        self._check_room()
        self._unsubscribe(run.id)
        history = run.history
        self._subscribe(run, after)
        return {
            "run": run.id,
            "script": run.offer.name,
            "status": run.status.value,
            "first": history.first,
            "last": history.last,
        }

    def _detach(self, params: "Params") -> Any:
        name = params.take("run", str)
        params.done()
        self._runs.find(name)
        self._unsubscribe(name)
        return {"run": name}

    def _cancel(self, params: "Params") -> Any:
        run = self._runs.find(params.take("run", str))
        params.done()
        run.cancel("a client asked for it")
        return {"run": run.id, "status": run.status.value}

    def _offer(self, params: "Params") -> Offer:
        name = params.take("script", str)
        offer = self._offers.get(name)
        if offer is None:
            there = ", ".join(self._offers)
            raise Fault(
                Code.NO_SCRIPT, f"there is no script {name[:100]!r}; there are: {there}"
            )
        return offer

    def _outlive(self, params: "Params") -> float:
        default = self._limits.default_outlive
        seconds = params.take("outlive", (int, float, type(None)), default)
        if seconds is None:
            seconds = math.inf
        if not seconds >= 0:
            raise Fault(Code.PARAMS, "outlive is a number of seconds, from 0, or null")
        longest = self._limits.max_outlive
        # Why: JSON has integers that are too large for a float.
        return float(seconds) if seconds < min(longest, _LONGEST_S) else longest

    def _check_room(self) -> None:
        most = self._limits.max_runs_per_connection
        started = self._started.items()
        self._started = {i: r for i, r in started if r.status is Status.RUNNING}
        if max(len(self._started), len(self._subscriptions)) >= most:
            raise Fault(Code.TOO_MANY_RUNS, f"a connection has at most {most} runs")

    def _subscribe(self, run: HostedRun, after: int) -> None:
        subscription = run.subscribe(self._wake, after)
        self._subscriptions[run.id] = subscription
        if subscription.pending:
            self._wake(subscription)
        elif subscription.finished:
            self._unsubscribe(run.id)

    def _unsubscribe(self, name: str) -> None:
        subscription = self._subscriptions.pop(name, None)
        if subscription is not None:
            self._ready.pop(subscription, None)
            subscription.run.unsubscribe(subscription)

    # Out

    def _wake(self, subscription: Subscription) -> None:
        self._ready[subscription] = None
        self._something.set()

    async def _send(self) -> None:
        while True:
            await self._something.wait()
            self._something = trio.Event()
            while text := self._next_message():
                # Why: the end of a long run is no silence.
                self._active = trio.current_time()
                with trio.move_on_after(self._limits.send_timeout) as patience:
                    try:
                        await self._socket.send_message(text)
                    except ConnectionClosed:
                        self._scope.cancel()
                        return
                if patience.cancelled_caught:
                    self._close(Close.SLOW, "messages are not read")
                    return
                self._sent.unpark_all()

    def _next_message(self) -> str:
        """What is to be sent next, or nothing."""
        if self._answers:
            text = self._answers.popleft()
            self._waiting -= len(text)
            return text
        texts: list[str] = []
        room = MESSAGE_ROOM
        while self._ready and room > 0:
            subscription = next(iter(self._ready))
            del self._ready[subscription]
            if subscription.missed:
                self._close(Close.SLOW, "events were not read in time")
                return ""
            taken = subscription.take(room)
            texts += taken
            room -= sum(map(len, taken))
            if subscription.pending:
                self._ready[subscription] = None
            elif subscription.finished:
                self._unsubscribe(subscription.run.id)
        return protocol.together(texts) if texts else ""

    async def _ping(self) -> None:
        while True:
            await trio.sleep(self._limits.ping_interval)
            with trio.move_on_after(self._limits.pong_timeout) as patience:
                try:
                    await self._socket.ping()
                except ConnectionClosed:
                    self._scope.cancel()
                    return
            if patience.cancelled_caught:
                self._close(Close.NO_PONG, "no answer to a ping")
            elif not self._subscriptions and self._idle() > self._limits.idle_timeout:
                self._close(Close.IDLE, "no request for too long")

    def _idle(self) -> float:
        return trio.current_time() - self._active


@attrs.frozen
class Params:
    """The parameters of a request, taken one by one."""

    _given: dict[str, Any]

    def take(self, name: str, kind: Any, *default: Any) -> Any:
        """Take one out.

        Raises:
            Fault: It is not there, or of another type.
        """
        if name not in self._given:
            if default:
                return default[0]
            raise Fault(Code.PARAMS, f"the parameter {name!r} is missing")
        value = self._given.pop(name)
        if isinstance(value, bool) or not isinstance(value, kind):
            raise Fault(Code.PARAMS, f"the parameter {name!r} is of the wrong type")
        return value

    def done(self) -> None:
        """There is to be none left.

        Raises:
            Fault: There is.
        """
        for name in self._given:
            raise Fault(Code.PARAMS, f"there is no parameter {name[:100]!r}")


METHODS: dict[str, Callable[[Connection, Params], Any]] = {
    "scripts": Connection._scripts,
    "term": Connection._term,
    "start": Connection._start,
    "attach": Connection._attach,
    "detach": Connection._detach,
    "cancel": Connection._cancel,
}

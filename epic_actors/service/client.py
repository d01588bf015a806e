"""A client: the runs of a server, used as if they were here.

    async with connect_runs("ws://127.0.0.1:8000", token=token) as client:
        async with client.start("report", ["trio", "actors"]) as run:
            async for piece in run:
                print(piece, end="")
            value = await run.result()

Theory of operation
    One task reads the connection.  It hands answers to the requests that wait for them
    and events to the runs they belong to; each run keeps its own until they are asked
    for, so that no run keeps another waiting.  When the connection ends, everything that
    waits is told so by `ConnectionLost`.
"""

import itertools
import json
import ssl as tls
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import attrs
import trio
from trio_websocket import ConnectionClosed, WebSocketConnection

from epic_actors.errors import UsageError

from . import protocol
from .dial import DISCONNECT_TIMEOUT_S, dialled
from .errors import ConnectionLost, RemoteCancelled, RemoteError, RequestRefused


SEND_TIMEOUT_S = 10.0
_ENDINGS = {"run.complete", "run.failed", "run.cancelled"}


@attrs.frozen
class RemoteEvent:
    """Something that happened in a run.

    Attributes:
        number: Its number in the run, from 1.
        kind: `piece`, `output`, `call`, `complete`, `failed` or `cancelled`.
        data: What the protocol says of it.
    """

    number: int
    kind: str
    data: Any


@attrs.define(eq=False)
class RemoteRun:
    """A run on the server; made by `Client.start` and `Client.attach`.

    Each event is handed out once: either by iterating over the run, which gives the pieces
    of its result, or by `events`, which gives all of them.

    Attributes:
        id: Its name on the server, to attach to it from elsewhere.
        last: The number of the last event that was handed out; attach after this.
    """

    id: str
    last: int
    _client: "Client"
    _received: int = attrs.field(init=False)
    _events: deque[RemoteEvent] = attrs.field(factory=deque, init=False)
    _pieces: list[Any] = attrs.field(factory=list, init=False)
    _ending: RemoteEvent | None = attrs.field(default=None, init=False)
    _changed: trio.lowlevel.ParkingLot = attrs.field(
        factory=trio.lowlevel.ParkingLot, init=False
    )
    heard: bool = attrs.field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        """Events go on where they were left."""
        self._received = self.last

    def __repr__(self) -> str:
        state = "running" if self._ending is None else self._ending.kind
        return f"<RemoteRun {self.id} {state}, event {self.last}>"

    def __aiter__(self) -> AsyncIterator[Any]:
        """The pieces of the result, in order, as they come."""
        return _Pieces(self)

    async def next_event(self) -> RemoteEvent | None:
        """The next event of any kind, or None after the last one.

        Raises:
            ConnectionLost: The connection ended before the run; attach to it.
        """
        await trio.lowlevel.checkpoint_if_cancelled()
        while not self._events:
            if self._ending is not None:
                return None
            self._client.check()
            await self._changed.park()
        event = self._events.popleft()
        self.last = event.number
        return event

    async def result(self) -> Any:
        """Wait for the result.

        Raises:
            RemoteError: The script raised.
            RemoteCancelled: The run was cancelled.
            ConnectionLost: The connection ended before the run; attach to it.
        """
        await trio.lowlevel.checkpoint_if_cancelled()
        while self._ending is None:
            self._client.check()
            await self._changed.park()
        self.heard = True
        data = self._ending.data
        if self._ending.kind == "failed":
            raise RemoteError(data["type"], data["message"])
        if self._ending.kind == "cancelled":
            raise RemoteCancelled(f"the run was cancelled: {data['reason']}")
        return data["result"] if "result" in data else self._put_together(data)

    def _put_together(self, data: dict[str, Any]) -> Any:
        """The result of which only the pieces were sent."""
        if len(self._pieces) != data["pieces"]:
            raise UsageError(
                "the result is too large to be sent as a whole and was attached to in "
                "the middle: put the pieces from before together with these"
            )
        text = data["type"] == "str"
        return "".join(self._pieces) if text else list(self._pieces)

    async def cancel(self) -> None:
        """Cancel the run; `result` then raises `RemoteCancelled`."""
        await self._client.request("cancel", run=self.id)

    async def detach(self) -> None:
        """Hear no more of the run; the server's `outlive` begins."""
        await self._client.request("detach", run=self.id)

    def take(self, event: RemoteEvent) -> None:
        """Take in an event, from the connection."""
        if event.number != self._received + 1:
            raise ConnectionLost(
                f"the server skipped events of {self.id}: "
                f"{event.number} came after {self._received}"
            )
        self._received = event.number
        self._events.append(event)
        if event.kind == "piece":
            self._pieces.append(event.data)
        if f"run.{event.kind}" in _ENDINGS:
            self._ending = event
        self.wake()

    def wake(self) -> None:
        """Look again: there is an event, or no connection any more."""
        self._changed.unpark_all()


@attrs.define(eq=False)
class _Pieces(AsyncIterator[Any]):
    _run: RemoteRun

    async def __anext__(self) -> Any:
        while (event := await self._run.next_event()) is not None:
            if event.kind == "piece":
                return event.data
        raise StopAsyncIteration


@attrs.define(eq=False)
class _Call:
    """A request that waits for its answer."""

    run: RemoteRun | None = None
    starts: bool = False
    answer: dict[str, Any] | None = None
    done: trio.Event = attrs.field(factory=trio.Event)


@attrs.define(eq=False)
class Client:
    """A connection to a server of runs; made by `connect_runs`."""

    _socket: WebSocketConnection
    _outlive: float | None
    _numbers: Any = attrs.field(factory=lambda: itertools.count(1), init=False)
    _calls: dict[int, _Call] = attrs.field(factory=dict, init=False)
    _runs: dict[str, RemoteRun] = attrs.field(factory=dict, init=False)
    _lost: ConnectionLost | None = attrs.field(default=None, init=False)
    _sending: trio.Lock = attrs.field(factory=trio.Lock, init=False)

    async def scripts(self) -> list[dict[str, Any]]:
        """The scripts on offer, with their parameters."""
        found: list[dict[str, Any]] = await self.request("scripts")
        return found

    async def term(self, script: str) -> dict[str, Any]:
        """A script's term, printed and as nodes and edges."""
        found: dict[str, Any] = await self.request("term", script=script)
        return found

    @asynccontextmanager
    async def start(
        self, script: str, /, *args: Any, **kwargs: Any
    ) -> AsyncIterator[RemoteRun]:
        """Start a script on the server, with its arguments as JSON can say them.

        Leaving the block waits for the run, and raises what the script raised if nobody
        has asked for its result; leaving it by an exception cancels the run.

        Raises:
            RequestRefused: There is no such script, it takes no such arguments, or there
                are too many runs.
        """
        params = {"script": script, "args": args, "kwargs": kwargs}
        call = await self._call("start", {**params, "outlive": self._outlive}, after=0)
        assert call.run is not None
        async with self._following(call.run, cancels=True) as run:
            yield run

    @asynccontextmanager
    async def attach(self, run: str, *, after: int = 0) -> AsyncIterator[RemoteRun]:
        """Follow a run that was started before, from the event after a number.

        Leaving the block leaves the run to itself.

        Raises:
            RequestRefused: There is no such run, or those events are gone; `data` says
                which are there.
        """
        call = await self._call("attach", {"run": run, "after": after}, after=after)
        assert call.run is not None
        async with self._following(call.run, cancels=False) as found:
            yield found

    @asynccontextmanager
    async def _following(
        self, run: RemoteRun, *, cancels: bool
    ) -> AsyncIterator[RemoteRun]:
        try:
            yield run
            if cancels and not run.heard:
                await run.result()
        except BaseException:
            with trio.move_on_after(DISCONNECT_TIMEOUT_S, shield=True):
                await self._leave(run, cancels=cancels)
            raise
        else:
            await self._leave(run, cancels=False)
        finally:
            self._runs.pop(run.id, None)

    async def _leave(self, run: RemoteRun, *, cancels: bool) -> None:
        if run._ending is None and self._lost is None:
            with suppress(ConnectionLost, RequestRefused):
                await (run.cancel() if cancels else run.detach())

    async def request(self, method: str, **params: Any) -> Any:
        """Ask the server for something; see `protocol` for what there is.

        Raises:
            RequestRefused: The server does not do it.
            ConnectionLost: The connection ended before the answer.
        """
        call = await self._call(method, params)
        assert call.answer is not None
        return call.answer["result"]

    async def _call(
        self, method: str, params: dict[str, Any], after: int | None = None
    ) -> _Call:
        self.check()
        run = None if after is None else RemoteRun("", after, self)
        key, call = next(self._numbers), _Call(run, starts=method == "start")
        try:
            text = protocol.request(key, method, params)
        except (TypeError, ValueError) as error:
            raise UsageError(f"an argument cannot be said in JSON: {error}") from error
        await trio.lowlevel.checkpoint_if_cancelled()
        self._calls[key] = call
        sent = False
        try:
            # Why: one at a time, so that nobody's time runs out while others send.
            async with self._sending:
                self.check()
                await self._send(text)
                sent = True
            await call.done.wait()
        except trio.Cancelled:
            if sent:
                await self._abandon(call)
            raise
        finally:
            self._calls.pop(key, None)
        if call.answer is None:
            self.check()
        assert call.answer is not None
        if "error" in call.answer:
            said = call.answer["error"]
            raise RequestRefused(said["code"], said["message"], said.get("data"))
        return call

    async def _send(self, text: str) -> None:
        """Send a message whole: half of one would break the connection for all."""
        try:
            with trio.fail_after(SEND_TIMEOUT_S, shield=True):
                await self._socket.send_message(text)
        except ConnectionClosed as closed:
            raise _lost(closed) from None
        except trio.TooSlowError:
            self._lost = ConnectionLost("the server takes no requests")
            raise self._lost from None

    async def _abandon(self, call: _Call) -> None:
        """Nobody waits for a run that was asked for: let it go once it is there."""
        if call.run is None:
            return
        with trio.move_on_after(DISCONNECT_TIMEOUT_S, shield=True):
            await call.done.wait()
            if call.run.id:
                await self._leave(call.run, cancels=call.starts)

    def check(self) -> None:
        """Whether the connection is still there.

        Raises:
            ConnectionLost: It is not.
        """
        if self._lost is not None:
            raise ConnectionLost(str(self._lost), self._lost.code)

    async def read(self) -> None:
        """Read the connection to its end."""
        try:
            while True:
                given = json.loads(await self._socket.get_message())
                for message in given if isinstance(given, list) else [given]:
                    self._take(message)
        except ConnectionClosed as closed:
            self._lost = _lost(closed)
        except ConnectionLost as lost:
            self._lost = lost
        for call in self._calls.values():
            call.done.set()
        for run in self._runs.values():
            run.wake()

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message:
            params = message["params"]
            run = self._runs.get(params["run"])
            if run is not None:
                kind = message["method"].removeprefix("run.")
                run.take(RemoteEvent(params["event"], kind, params["data"]))
            return
        call = self._calls.get(message["id"])
        if call is not None:
            # Why: here and not where the answer is waited for, since events follow.
            if call.run is not None and "result" in message:
                call.run.id = message["result"]["run"]
                self._runs[call.run.id] = call.run
            call.answer = message
            call.done.set()


def _lost(closed: ConnectionClosed) -> ConnectionLost:
    reason = closed.reason
    if reason is None:
        return ConnectionLost("the connection was closed")
    said = f": {reason.reason}" if reason.reason else ""
    return ConnectionLost(f"the connection ended ({reason.code}{said})", reason.code)


@asynccontextmanager
async def connect_runs(
    url: str,
    *,
    token: str | None = None,
    outlive: float | None = 0,
    ssl_context: tls.SSLContext | None = None,
) -> AsyncIterator[Client]:
    """Connect to a server of runs.

    Args:
        url: Where it is: `ws://host:port`, or `wss`, `http`, `https`.
        token: What the server wants to be told.
        outlive: How many seconds runs started here go on when the connection ends: 0
            cancels them with it, None lets them run to their end.
        ssl_context: For TLS, if not the default one.

    Raises:
        AccessRefused: The server did not let us in, or there is none.
        ConnectionLost: In the block: the connection ended.
    """
    async with dialled(url, token, ssl_context) as (socket, nursery):
        client = Client(socket, outlive)
        nursery.start_soon(client.read)
        yield client

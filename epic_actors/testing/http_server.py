"""HTTP/1.1 for one connection: h11 for the protocol, a trio stream for the bytes.

Rules
    1. An application answers a `Request` through its `Exchange`, once, and never sees
       the connection.
    2. While it works the peer is watched: a peer that leaves cancels it.
    3. A request that is not HTTP is answered with an error where that is possible;
       nothing that a peer sends makes `serve_connection` raise.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

import attrs
import h11
import trio


MAX_BODY_BYTES = 8 * 1024 * 1024
LINGER_S = 1.0
_CHUNK_BYTES = 64 * 1024
Headers: TypeAlias = Iterable[tuple[str, str]]


class Refused(Exception):  # noqa: N818 - it is what happens to the request
    """A request that cannot be read to its end, with the status that says why."""

    def __init__(self, status: int, message: str) -> None:
        """Say why, and with which status."""
        super().__init__(message)
        self.status = status


class Dropped(Exception):  # noqa: N818 - it is what happens to the connection
    """Raised by an application to drop the connection as it is."""


@attrs.frozen
class Request:
    """A whole request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: str = ""


@attrs.frozen(eq=False)
class Exchange:
    """The way back to the peer that sent a request."""

    _send: Callable[[h11.Event], Awaitable[None]]

    async def answer(
        self, status: int, content_type: str, body: bytes, headers: Headers = ()
    ) -> None:
        """Send a whole response."""
        length = ("Content-Length", str(len(body)))
        await self.start(status, content_type, [length, *headers])
        await self.piece(body)
        await self.end()

    async def start(
        self, status: int, content_type: str, headers: Headers = ()
    ) -> None:
        """Send the head of a response; `piece` and `end` send the rest."""
        fields = [("Content-Type", content_type), *headers]
        await self._send(h11.Response(status_code=status, headers=fields))

    async def piece(self, data: bytes) -> None:
        """Send a part of the body at once."""
        await self._send(h11.Data(data=data))

    async def end(self) -> None:
        """Finish the response."""
        await self._send(h11.EndOfMessage())


Application: TypeAlias = Callable[[Request, Exchange], Awaitable[None]]
"""Answers a request, or raises `Dropped`."""

Refusal: TypeAlias = Callable[[Refused, Exchange], Awaitable[None]]
"""Answers what could not be read as a request."""


async def serve_connection(
    stream: trio.abc.HalfCloseableStream,
    application: Application,
    refusal: Refusal,
    *,
    max_body_bytes: int = MAX_BODY_BYTES,
) -> None:
    """Answer the requests of one connection until either side closes it.

    Cancelling it drops the connection.
    """
    connection = _Connection(stream, max_body_bytes)
    try:
        while await connection.serve_request(application, refusal):
            pass
        await connection.linger()
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        pass  # the peer has left; there is nobody to tell
    finally:
        await trio.aclose_forcefully(stream)


@attrs.define(eq=False)
class _Connection:
    _stream: trio.abc.HalfCloseableStream
    _max_body_bytes: int
    _http: h11.Connection = attrs.field(
        init=False, factory=lambda: h11.Connection(h11.SERVER)
    )

    async def serve_request(self, application: Application, refusal: Refusal) -> bool:
        """Answer the next request; True if another may follow."""
        exchange = Exchange(self._send)
        try:
            request = await self._receive_request()
        except Refused as refused:
            await refusal(refused, exchange)
            return False
        if request is None:
            return False
        await self._answer(application, request, exchange)
        if self._http.our_state is self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            return True
        return False

    async def linger(self) -> None:
        """Let the peer read our last words before the connection goes.

        Closing with unread bytes in the buffer would reset the connection, and the
        peer might lose the response that says why.
        """
        if self._http.our_state is not h11.MUST_CLOSE:
            return
        with trio.move_on_after(LINGER_S):
            await self._stream.send_eof()
            while await self._stream.receive_some(_CHUNK_BYTES):
                pass

    async def _answer(
        self, application: Application, request: Request, exchange: Exchange
    ) -> None:
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._watch, nursery.cancel_scope)
                await application(request, exchange)
                nursery.cancel_scope.cancel()
        except* (trio.BrokenResourceError, Dropped):
            pass  # the unfinished state of `_http` says that the connection is done

    async def _watch(self, scope: trio.CancelScope) -> None:
        try:
            data = await self._stream.receive_some(_CHUNK_BYTES)
        except trio.BrokenResourceError:
            data = b""
        self._http.receive_data(bytes(data))
        # Why: bytes are a next request sent early.  It is read when its turn comes, and
        # no more are taken in until then.
        if not data:
            scope.cancel()

    async def _send(self, event: h11.Event) -> None:
        data = self._http.send(event)
        if data:
            await self._stream.send_all(data)

    async def _receive_request(self) -> Request | None:
        try:
            head = await self._next_event()
            if not isinstance(head, h11.Request):
                return None
            body = await self._receive_body()
        except h11.RemoteProtocolError as error:
            raise Refused(error.error_status_hint, f"Not HTTP/1.1: {error}") from error
        path, _, query = head.target.decode("latin-1").partition("?")
        return Request(
            method=head.method.decode("ascii"),
            path=path,
            query=query,
            headers={
                name.decode("ascii"): value.decode("latin-1")
                for name, value in head.headers
            },
            body=body,
        )

    async def _receive_body(self) -> bytes:
        body = bytearray()
        while isinstance(event := await self._next_event(), h11.Data):
            body += event.data
            if len(body) > self._max_body_bytes:
                limit = f"at most {self._max_body_bytes} bytes are taken"
                raise Refused(413, f"The request is too large: {limit}.")
        return bytes(body)

    async def _next_event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[]))
            data = await self._stream.receive_some(_CHUNK_BYTES)
            self._http.receive_data(bytes(data))
        return event

"""A client's way to the server: a socket, TLS if asked for, and the upgrade.

# Why: `trio_websocket.open_websocket` waits for its whole timeout when the connection ends
# during the handshake, and leaves the socket open when the peer was the first to close.
"""

import ssl
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs
import h11
import trio
import wsproto.utilities
from trio_websocket import ConnectionRejected, WebSocketConnection, wrap_client_stream

from epic_actors.errors import UsageError

from . import protocol
from .errors import AccessRefused, ConnectionLost


MAX_MESSAGE = 1 << 26
CONNECT_TIMEOUT_S = 10.0
DISCONNECT_TIMEOUT_S = 1.0
_RECEIVE_BYTES = 1 << 16
_GONE = (trio.BrokenResourceError, trio.ClosedResourceError)


@attrs.frozen
class Address:
    """Where a server is."""

    host: str
    port: int
    resource: str
    secure: bool

    @classmethod
    def of(cls, url: str) -> "Address":
        """Read a URL: `ws://host:port`, or `wss`, `http`, `https`.

        Raises:
            UsageError: It is no such thing.
        """
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in {"ws", "wss", "http", "https"} or not parts.hostname:
            raise UsageError(
                f"a server is at ws://host:port or wss://host:port, not at {url!r}"
            )
        secure = parts.scheme in {"wss", "https"}
        resource = parts.path if parts.path not in {"", "/"} else protocol.RESOURCE
        return cls(
            parts.hostname, parts.port or (443 if secure else 80), resource, secure
        )

    @property
    def name(self) -> str:
        """Host and port, as in the header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@asynccontextmanager
async def dialled(
    url: str, token: str | None, context: ssl.SSLContext | None
) -> AsyncIterator[tuple[WebSocketConnection, trio.Nursery]]:
    """A websocket to a server, with a nursery for those who use it.

    Raises:
        AccessRefused: There is no server, or it does not let us in.
        UsageError: The URL or the token cannot be one.
    """
    address = Address.of(url)
    if token is not None:
        protocol.check_token(token)
    failure: Exception | None = AccessRefused(
        f"{address.name} does not speak websocket"
    )
    stream = await _connect(address, context)
    try:
        async with trio.open_nursery() as nursery:
            try:
                socket = await _upgrade(nursery, stream, address, token)
                failure = ConnectionLost("the websocket came to an end")
                yield socket, nursery
                failure = None
                with trio.move_on_after(DISCONNECT_TIMEOUT_S):
                    await socket.aclose()
            except Exception as error:
                # Why: leaving through the nursery would wrap the block's own exception.
                failure = error
            nursery.cancel_scope.cancel()
    except* ConnectionRejected as group:
        failure = AccessRefused(_said(address, group))
    except* (wsproto.utilities.ProtocolError, h11.ProtocolError):
        pass  # the task that reads stumbled, and `failure` says when
    finally:
        await trio.aclose_forcefully(stream)
    if failure is not None:
        raise failure


async def _connect(address: Address, context: ssl.SSLContext | None) -> trio.abc.Stream:
    try:
        with trio.fail_after(CONNECT_TIMEOUT_S):
            stream = await trio.open_tcp_stream(address.host, address.port)
            if not address.secure:
                return stream
            context = context or ssl.create_default_context()
            secured = trio.SSLStream(
                stream, context, server_hostname=address.host, https_compatible=True
            )
            try:
                await secured.do_handshake()
            except BaseException:
                await trio.aclose_forcefully(stream)
                raise
            return secured
    except (OSError, trio.TooSlowError, trio.BrokenResourceError) as error:
        why = error.__cause__ if isinstance(error, trio.BrokenResourceError) else error
        raise AccessRefused(f"cannot connect to {address.name}: {why}") from error


async def _upgrade(
    nursery: trio.Nursery,
    stream: trio.abc.Stream,
    address: Address,
    token: str | None,
) -> WebSocketConnection:
    headers = []
    if token is not None:
        headers.append((b"Authorization", b"Bearer " + token.encode()))
    watched = _WatchedStream(stream)
    with trio.move_on_after(CONNECT_TIMEOUT_S) as patience:
        async with trio.open_nursery() as waiting:
            waiting.start_soon(watched.cancel_at_end, waiting.cancel_scope)
            socket = await wrap_client_stream(
                nursery,
                watched,  # type: ignore[arg-type]  # any stream will do
                address.name,
                address.resource,
                subprotocols=[protocol.PROTOCOL],
                extra_headers=headers,
                max_message_size=MAX_MESSAGE,
                receive_buffer_size=_RECEIVE_BYTES,
            )
            waiting.cancel_scope.cancel()
            return socket
    why = "did not answer" if patience.cancelled_caught else "does not speak websocket"
    raise AccessRefused(f"{address.name} {why}")


def _said(address: Address, group: BaseExceptionGroup[ConnectionRejected]) -> str:
    [error, *_] = group.exceptions
    assert isinstance(error, ConnectionRejected)
    body = (error.body or b"").decode("utf-8", "replace").strip()
    return f"{address.name} did not let us in: {error.status_code} {body}".rstrip()


@attrs.define(eq=False)
class _WatchedStream(trio.abc.Stream):
    """A stream that tells when its peer sends no more."""

    _stream: trio.abc.Stream
    _ended: trio.Event = attrs.field(factory=trio.Event, init=False)

    async def cancel_at_end(self, scope: trio.CancelScope) -> None:
        await self._ended.wait()
        scope.cancel()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        data: bytes | bytearray = b""
        try:
            data = await self._stream.receive_some(max_bytes)
        finally:
            if not data:
                self._ended.set()
        return data

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        try:
            await self._stream.send_all(data)
        except _GONE:
            self._ended.set()
            raise

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        self._ended.set()
        await self._stream.aclose()

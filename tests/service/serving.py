"""A server on loopback for a test, and peers of it that keep no rules.

Ground rules for these tests: loopback and port 0 only; every test ends by `fail_after`;
the side under test is never also the judge of whether something was left over.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import attrs
import trio
from trio_websocket import ConnectionClosed, WebSocketConnection, open_websocket

from epic_actors.service import Limits, serve_runs
from tests.service.scripts import SCRIPTS


TIMEOUT = 60
HANDSHAKE = (
    "GET /runs HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


@attrs.frozen
class Served:
    """A running server; cancelling its scope stops it."""

    port: int
    scope: trio.CancelScope

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    async def health(self) -> dict[str, Any]:
        head, body = await self.get("/healthz")
        assert head.startswith("HTTP/1.1 200 ")
        found: dict[str, Any] = json.loads(body)
        return found

    async def wait_until_idle(self, connections: int = 1) -> None:
        """Wait until no run is left, and no connection but so many and the asking one."""
        idle = {"status": "ok", "runs": 0, "connections": connections}
        while await self.health() != idle:  # noqa: ASYNC110 - over the network
            await trio.sleep(0.005)

    async def get(self, path: str, method: str = "GET") -> tuple[str, str]:
        return await self.ask(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")

    async def ask(self, request: str | bytes) -> tuple[str, str]:
        """Send bytes and read all that comes back, as head and body."""
        data = request.encode("latin-1") if isinstance(request, str) else request
        async with await trio.open_tcp_stream("127.0.0.1", self.port) as stream:
            await stream.send_all(data)
            answer = b"".join([bytes(part) async for part in stream])
        head, _, body = answer.decode("utf-8", "replace").partition("\r\n\r\n")
        return head, body

    @asynccontextmanager
    async def peer(self, **options: Any) -> AsyncIterator["Peer"]:
        """A websocket that sends what it is told to."""
        async with open_websocket(
            "127.0.0.1", self.port, "/runs", use_ssl=False, **options
        ) as socket:
            try:
                yield Peer(socket)
            finally:
                # Why: a socket whose peer has closed is left open by `aclose`.
                with trio.move_on_after(1):
                    await socket.aclose()
                await trio.aclose_forcefully(socket._stream)

    @asynccontextmanager
    async def raw(self, extra: bytes = b"") -> AsyncIterator[trio.SocketStream]:
        """A socket after an upgrade request, with bytes right behind it."""
        async with await trio.open_tcp_stream("127.0.0.1", self.port) as stream:
            await stream.send_all(HANDSHAKE.encode() + b"\r\n" + extra)
            head = b""
            while b"\r\n\r\n" not in head:
                head += await stream.receive_some(1)
            assert head.startswith(b"HTTP/1.1 101 ")
            yield stream


@attrs.frozen
class Peer:
    """A websocket without a client around it."""

    socket: WebSocketConnection

    def narrow(self) -> None:
        """Let the system keep little of what is not read."""
        stream = self.socket._stream
        assert isinstance(stream, trio.SocketStream)
        stream.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_RCVBUF, 1 << 16)

    async def send(self, message: Any) -> None:
        text = message if isinstance(message, str | bytes) else json.dumps(message)
        await self.socket.send_message(text)

    async def receive(self) -> Any:
        return json.loads(await self.socket.get_message())

    async def ask(self, method: str, key: Any = 1, **params: Any) -> Any:
        """Ask and take the answer, passing over what else comes."""
        await self.send(asked(method, key, **params))
        while True:
            found = await self.receive()
            for one in found if isinstance(found, list) else [found]:
                if "method" not in one:
                    return one.get("result", one.get("error"))

    async def wait_closed(self) -> int | None:
        """The code with which the server closes."""
        try:
            while True:
                await self.socket.get_message()
        except ConnectionClosed as closed:
            return closed.reason.code if closed.reason else None


def asked(method: str, key: Any = 1, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": key, "method": method, "params": params}


def frame(message: Any) -> bytes:
    """A websocket frame as clients send them, with a mask of zeros."""
    data = json.dumps(message).encode()
    size = bytes([min(len(data), 126) | 128])
    if len(data) > 125:
        size += len(data).to_bytes(2, "big")
    return b"\x81" + size + bytes(4) + data


@asynccontextmanager
async def served(
    scripts: Any = SCRIPTS,
    *,
    limits: Limits | None = None,
    seconds: float = TIMEOUT,
    **options: Any,
) -> AsyncIterator[Served]:
    """A server for a test; afterwards no task of it may be left."""
    failure: Exception | None = None
    scope = trio.CancelScope()

    async def serve(task_status: trio.TaskStatus[int]) -> None:
        with scope:
            await serve_runs(scripts, limits=limits, task_status=task_status, **options)

    with trio.fail_after(seconds):
        before = trio.lowlevel.current_statistics().tasks_living
        async with trio.open_nursery() as nursery:
            server = Served(await nursery.start(serve), scope)
            try:
                yield server
                if not scope.cancel_called and "ssl_context" not in options:
                    await server.wait_until_idle()
            except Exception as error:
                failure = error
            scope.cancel()
        if failure is not None:
            raise failure
        assert trio.lowlevel.current_statistics().tasks_living == before

"""The server: scripts on offer, runs of them, and connections that watch.

    async with trio.open_nursery() as nursery:
        port = await nursery.start(serve_runs, [report, survey])
        ...

Whoever can connect can run the scripts on offer and read what they are made of.  So
without a token only this machine is served, and pages only from this machine.
"""

import functools
import ipaddress
import logging
import re
import ssl
from collections.abc import Collection, Mapping
from typing import Any

import attrs
import trio
from trio_websocket import ConnectionClosed, wrap_server_stream
from wsproto.utilities import ProtocolError

import epic_actors.running  # noqa: F401 - or the first run would keep everybody waiting
from epic_actors.errors import UsageError
from epic_actors.primitives.options import check

from . import protocol, web
from .catalog import Offer, Scripts, catalog
from .connection import Connection
from .limits import Limits
from .runs import Runs


LOOPBACK = "127.0.0.1"
MAX_PORT = 65535
_ORIGIN = re.compile(r"\w+://[^/\s]+")
_RECEIVE_BYTES = 16 * 1024
_ROUTINE = (
    trio.BrokenResourceError,
    trio.ClosedResourceError,
    trio.TooSlowError,
    ConnectionClosed,
    ProtocolError,
)
_logger = logging.getLogger(__name__)


async def serve_runs(
    scripts: Scripts,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    token: str | None = None,
    origins: Collection[str] = (),
    ssl_context: ssl.SSLContext | None = None,
    limits: Limits | None = None,
    task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serve scripts over websockets until cancelled; then all runs are cancelled too.

    Scripts run in the calling event loop: one that computes for long without a call
    keeps all others waiting.

    Args:
        scripts: Scripts or functions, or a mapping of names to them.
        host: The address to listen on.
        port: The port, or 0 for a free one.
        token: What clients have to know; needed unless `host` is this machine.
        origins: Origins (`https://example.org`) of pages that may connect; those that
            the server itself sends on this machine always may.
        ssl_context: For TLS.
        limits: What clients may use up.
        task_status: Gives the port to `nursery.start`.

    Raises:
        UsageError: There is no script, or two of a name, or no token where one is needed,
            or a port or origin that is none.
        OSError: The address cannot be listened on.
    """
    offers, chosen = catalog(scripts), limits or Limits()
    check("port=", port, int)
    if not 0 <= port <= MAX_PORT:
        raise UsageError(f"a port is from 0 to {MAX_PORT}, not {port}")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise UsageError(f"an origin is as https://host:port, not {origin!r}")
    if token is None and not _is_loopback(host):
        raise UsageError(f"serving {host!r} beyond this machine takes a token")
    if token is not None:
        protocol.check_token(token)
    listeners = await trio.open_tcp_listeners(port, host=host)
    actual = listeners[0].socket.getsockname()[1]
    own = _own_origins(host, actual, "http" if ssl_context is None else "https")
    access = web.Access(token, {origin.lower() for origin in (*own, *origins)})
    async with trio.open_nursery() as nursery:
        server = _Server(offers, access, chosen, Runs(chosen, nursery))
        served = [_secured(listener, ssl_context) for listener in listeners]
        serve = functools.partial(trio.serve_listeners, server.handle, served)
        await nursery.start(serve)
        task_status.started(actual)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _own_origins(host: str, port: int, scheme: str) -> list[str]:
    names = [LOOPBACK, "localhost", "[::1]", f"[{host}]" if ":" in host else host]
    ports = (
        [f":{port}", ""] if port == {"http": 80, "https": 443}[scheme] else [f":{port}"]
    )
    return [f"{scheme}://{name}{suffix}" for name in names for suffix in ports]


def _secured(
    listener: trio.SocketListener, context: ssl.SSLContext | None
) -> trio.abc.Listener[Any]:
    if context is None:
        return listener
    return trio.SSLListener(listener, context, https_compatible=True)


@attrs.define(eq=False)
class _Server:
    _offers: Mapping[str, Offer]
    _access: web.Access
    _limits: Limits
    _runs: Runs
    _connections: int = attrs.field(default=0, init=False)

    def health(self) -> dict[str, Any]:
        """What `/healthz` says."""
        return {"runs": len(self._runs), "connections": self._connections}

    async def handle(self, stream: trio.abc.Stream) -> None:
        """Serve one connection; whatever becomes of it, the server goes on."""
        self._connections += 1
        try:
            await self._answer(stream)
        except* _ROUTINE:
            pass  # the peer has left, or does not speak the protocol
        except* Exception:
            _logger.exception("a connection failed; please report this")
        finally:
            self._connections -= 1
            await trio.aclose_forcefully(stream)

    async def _answer(self, stream: trio.abc.Stream) -> None:
        let_in = None
        with trio.move_on_after(self._limits.handshake_timeout):
            try:
                let_in = await self._shake_hands(stream)
            except web.Turned as turned:
                await web.turn_away(stream, turned)
        if let_in is not None:
            await self._serve(stream, *let_in)

    async def _shake_hands(
        self, stream: trio.abc.Stream
    ) -> tuple[web.Head, str | None] | None:
        """Read the request; if it is an upgrade and let in, its head and subprotocol."""
        if self._connections > self._limits.max_connections:
            raise web.Turned(503, "too many connections")
        head = await web.receive_head(stream)
        if head is None:
            return None
        if not head.upgrade:
            await web.answer_page(stream, head, self.health)
            return None
        web.check_upgrade(head)
        return head, self._access.check(head)

    async def _serve(
        self, stream: trio.abc.Stream, head: web.Head, subprotocol: str | None
    ) -> None:
        upgraded = web.UpgradedStream(stream, head.raw, head.rest)
        async with trio.open_nursery() as nursery:
            reading: trio.Nursery = await nursery.start(_shielded_nursery)
            try:
                with trio.fail_after(self._limits.handshake_timeout):
                    request = await wrap_server_stream(
                        reading,
                        upgraded,
                        max_message_size=self._limits.max_message,
                        receive_buffer_size=_RECEIVE_BYTES,
                    )
                    socket = await request.accept(subprotocol=subprotocol)
                upgraded.opened.set()
                limits = self._limits
                await Connection(socket, self._offers, self._runs, limits).serve()
            finally:
                reading.cancel_scope.cancel()


async def _shielded_nursery(task_status: trio.TaskStatus[trio.Nursery]) -> None:
    """A nursery for the task that reads a websocket.

    # Why: when the server is cancelled somebody has to read the peer's last words still.
    """
    async with trio.open_nursery() as nursery:
        nursery.cancel_scope.shield = True
        task_status.started(nursery)
        await trio.sleep_forever()

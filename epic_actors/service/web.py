"""HTTP on the server's port: two pages, and the way in for websockets.

Rules
    1. A connection is one request: a page, a refusal, or an upgrade.
    2. Who is let in is decided here, before a byte of websocket is spoken.
    3. What a client sends behind its upgrade request is not looked at before it has been
       accepted.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

import attrs
import h11
import trio

from . import protocol
from .page import PAGE, PAGE_HEADERS


MAX_HEAD = 16 * 1024
LINGER_S = 1.0
_CHUNK = 4096


class Turned(Exception):  # noqa: N818 - it is what happens to the request
    """A request is turned away, with a status and a reason."""

    def __init__(self, status: int, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status = status
        self.headers = headers


@attrs.frozen
class Head:
    """The head of a request, as it was sent, and what was sent behind it."""

    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes
    rest: bytes

    @property
    def upgrade(self) -> bool:
        """Whether it wants to speak websocket."""
        return self.headers.get("upgrade", "").lower() == "websocket"


@attrs.frozen
class Access:
    """Who is let in.

    Attributes:
        token: What clients have to know, or None.
        origins: The origins of pages that may connect; programs have none.
    """

    token: str | None
    origins: Collection[str]

    def check(self, head: Head) -> str | None:
        """Let a websocket in; the subprotocol to speak with it.

        Raises:
            Turned: It is not let in.
        """
        origin = head.headers.get("origin")
        if origin is not None and origin.lower() not in self.origins:
            raise Turned(403, "pages of this origin are not let in (see --origin)")
        offered = _words(head.headers.get("sec-websocket-protocol", ""))
        if self.token is not None and not self._knows_token(head, offered):
            raise Turned(401, "a valid token is needed", WWW_Authenticate="Bearer")
        return protocol.PROTOCOL if protocol.PROTOCOL in offered else None

    def _knows_token(self, head: Head, offered: list[str]) -> bool:
        scheme, _, given = head.headers.get("authorization", "").partition(" ")
        tokens = [given.strip().encode("latin-1")] if scheme.lower() == "bearer" else []
        tokens += [
            _decoded(word.removeprefix(protocol.BEARER))
            for word in offered
            if word.startswith(protocol.BEARER)
        ]
        wanted = (self.token or "").encode()
        # Why: all are compared, in constant time, so that time says nothing.
        return sum(hmac.compare_digest(token, wanted) for token in tokens) > 0


def _words(header: str) -> list[str]:
    return [word.strip() for word in header.split(",") if word.strip()]


def _decoded(word: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
    except (binascii.Error, ValueError):
        return b""


@attrs.define(eq=False)
class UpgradedStream(trio.abc.Stream):
    """A stream that was read up to the end of a request, rewound.

    It gives the request again; what follows it only once it is `opened`.
    """

    _stream: trio.abc.Stream
    _raw: bytes
    _rest: bytes
    opened: trio.Event = attrs.field(factory=trio.Event, init=False)

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        """Receive the request, then, when it was accepted, what follows."""
        if self._raw:
            data, self._raw = self._raw, b""
            return data
        await self.opened.wait()
        if self._rest:
            data, self._rest = self._rest, b""
            return data
        return await self._stream.receive_some(max_bytes)

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Send through."""
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        """Wait for the stream itself."""
        await self._stream.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        """Close so that the peer can still read our last words."""
        await close_gently(self._stream)


async def close_gently(stream: trio.abc.Stream) -> None:
    """Close a stream, but let the peer read what was sent.

    Closing with unread bytes in the buffer would reset the connection.
    """
    try:
        if isinstance(stream, trio.SocketStream):
            with trio.move_on_after(LINGER_S):
                await stream.send_eof()
                while await stream.receive_some(_CHUNK):
                    pass
    except (
        trio.BrokenResourceError,
        trio.ClosedResourceError,
        trio.BusyResourceError,  # another task is closing it, or stuck in sending
    ):
        pass
    finally:
        await trio.aclose_forcefully(stream)


async def receive_head(stream: trio.abc.Stream) -> Head | None:
    """Read a request up to its end; None if the peer left before it.

    Raises:
        Turned: It is not HTTP, or too long.
    """
    http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
    raw = b""
    try:
        while (request := http.next_event()) is h11.NEED_DATA:
            data = await stream.receive_some(_CHUNK)
            raw += data
            http.receive_data(bytes(data))
        if not isinstance(request, h11.Request):
            return None
    except h11.RemoteProtocolError as error:
        raise Turned(error.error_status_hint, "this is not HTTP/1.1") from None
    if not request.target.isascii():
        raise Turned(400, "the target is not ASCII")
    rest = http.trailing_data[0]
    fields = [(n.decode("ascii"), v.decode("latin-1")) for n, v in request.headers]
    headers: dict[str, str] = {}
    for name, value in fields:
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Head(
        request.method.decode("ascii"),
        request.target.partition(b"?")[0].decode("latin-1"),
        headers,
        raw[: len(raw) - len(rest)],
        rest,
    )


def check_upgrade(head: Head) -> None:
    """Hold an upgrade to RFC 6455.

    Raises:
        Turned: It is none.
    """
    headers = head.headers
    if head.path != protocol.RESOURCE:
        raise Turned(404, f"websockets are at {protocol.RESOURCE}")
    if head.method != "GET" or "content-length" in headers:
        raise Turned(400, "an upgrade is a GET without a body")
    if headers.get("sec-websocket-version") != "13":
        raise Turned(426, "the version is 13", Sec_WebSocket_Version="13")
    connection = [word.lower() for word in _words(headers.get("connection", ""))]
    key = headers.get("sec-websocket-key", "")
    if "upgrade" not in connection or len(_decoded(key)) != 16 or not _host(headers):
        raise Turned(400, "this is not a websocket handshake")


def _host(headers: Mapping[str, str]) -> str:
    try:
        return headers.get("host", "").encode("latin-1").decode("idna")
    except UnicodeError:
        return ""


async def answer_page(
    stream: trio.abc.Stream, head: Head, health: Callable[[], dict[str, Any]]
) -> None:
    """Answer a request for a page.

    Raises:
        Turned: There is no such page.
    """
    if head.method not in {"GET", "HEAD"}:
        raise Turned(405, "pages are only read", Allow="GET, HEAD")
    if head.path == "/":
        body, headers = PAGE, PAGE_HEADERS
    elif head.path == "/healthz":
        body = json.dumps({"status": "ok", **health()}).encode()
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    else:
        raise Turned(404, "there is no such page")
    await _answer(stream, 200, headers, body, sends_body=head.method == "GET")


async def turn_away(stream: trio.abc.Stream, turned: Turned) -> None:
    """Answer a request that is turned away."""
    headers = {name.replace("_", "-"): v for name, v in turned.headers.items()}
    headers["Content-Type"] = "text/plain; charset=utf-8"
    await _answer(stream, turned.status, headers, f"{turned}\n".encode())


async def _answer(
    stream: trio.abc.Stream,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    sends_body: bool = True,
) -> None:
    # Why: written out, since h11 wants to have read a request first.
    reason = f"HTTP/1.1 {status} {_REASONS.get(status, '')}\r\n"
    fields = {
        **headers,
        "Content-Length": str(len(body)),
        "Connection": "close",
        "X-Content-Type-Options": "nosniff",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    head = f"{reason}{lines}\r\n".encode("latin-1")
    await stream.send_all(head + body if sends_body else head)
    await close_gently(stream)


_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    426: "Upgrade Required",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}

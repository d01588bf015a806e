"""A small site on a free loopback port: what it answers is a function of the request."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeAlias

import trio

from epic_actors.testing.http_server import (
    Dropped,
    Exchange,
    Refused,
    Request,
    serve_connection,
)


Pages: TypeAlias = Callable[[Request, Exchange], Awaitable[None]]


class Site:
    """Counts what arrives, and answers it.

    Attributes:
        url: Where it is.
        requests: What has arrived.
        connections: How many connections have been made.
    """

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.url = ""
        self.requests: list[Request] = []
        self.connections = 0

    async def serve(self, stream: trio.SocketStream) -> None:
        self.connections += 1
        await serve_connection(stream, self._answer, self._refuse)

    async def _answer(self, request: Request, exchange: Exchange) -> None:
        self.requests.append(request)
        await self.pages(request, exchange)

    async def _refuse(self, refused: Refused, exchange: Exchange) -> None:
        raise refused


@asynccontextmanager
async def open_site(pages: Pages) -> AsyncIterator[Site]:
    """Serve a site for as long as the block runs."""
    site, failure = Site(pages), None
    async with trio.open_nursery() as nursery:
        start = partial(trio.serve_tcp, site.serve, 0, host="127.0.0.1")
        listeners: list[trio.SocketListener] = await nursery.start(start)
        site.url = f"http://127.0.0.1:{listeners[0].socket.getsockname()[1]}"
        try:
            yield site
        except Exception as error:
            # Why: leaving through the nursery would wrap the block's own exception.
            failure = error
        nursery.cancel_scope.cancel()
    if failure is not None:
        raise failure


def say(status: int, text: str | bytes, kind: str = "text/plain") -> Pages:
    """Pages that all say the same."""
    body = text.encode() if isinstance(text, str) else text

    async def pages(request: Request, exchange: Exchange) -> None:
        await exchange.answer(status, kind, body)

    return pages


def stream(*pieces: str | None, kind: str = "text/event-stream") -> Pages:
    """Pages that send some pieces, and break off at None."""

    async def pages(request: Request, exchange: Exchange) -> None:
        await exchange.start(200, kind)
        for piece in pieces:
            if piece is None:
                raise Dropped
            await exchange.piece(piece.encode())
        await exchange.end()

    return pages


def one_by_one(*each: Pages) -> Pages:
    """Each request is answered by the next pages, the last ones answer all the rest."""
    left = list(each)

    async def pages(request: Request, exchange: Exchange) -> None:
        now = left.pop(0) if len(left) > 1 else left[0]
        await now(request, exchange)

    return pages

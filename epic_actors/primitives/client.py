"""The HTTP clients of a run, shared by all of its calls, so that connections are reused.

A client looks at all of its connections for every request.  So each carries few requests at
a time, and a run that has more under way at once gets more clients.
"""

import functools
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy

import attrs
import httpx2
import trio

from epic_actors.core.network.shared import open_shared


CONNECT_TIMEOUT_S = 10.0
SILENCE_TIMEOUT_S = 600.0
REQUESTS_PER_CLIENT = 16
_KEY = "epic_actors.primitives.client"


@asynccontextmanager
async def open_client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of this run; outside a run, one that ends with the block."""
    async with open_shared(_KEY, _open_clients) as clients, clients.lend() as client:
        yield client


@attrs.define(eq=False)
class _Clients:
    """The clients of a run: each stands among the free ones as often as it has room."""

    opened: AsyncExitStack
    free: list[httpx2.AsyncClient] = attrs.field(factory=list)

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[httpx2.AsyncClient]:
        """A client for one request: the one last used, whose connections are warm."""
        if not self.free:
            client = await self.opened.enter_async_context(_make_client())
            self.free += [client] * REQUESTS_PER_CLIENT
        client = self.free.pop()
        try:
            yield client
        finally:
            self.free.append(client)


@asynccontextmanager
async def _open_clients() -> AsyncIterator[_Clients]:
    async with AsyncExitStack() as opened:
        yield _Clients(opened)


@asynccontextmanager
async def open_body(response: httpx2.Response) -> AsyncIterator[AsyncIterator[bytes]]:
    """The bytes of a response as they arrive; the block may be left before the end."""
    data = response.aiter_bytes()
    try:
        yield data
    finally:
        # Why: the client leaves generators of its own behind that nobody closes, unless
        # an exception goes through all of them.
        with trio.CancelScope() as scope, suppress(httpx2.HTTPError):
            scope.cancel()
            async for _ in data:
                pass


def _make_client() -> httpx2.AsyncClient:
    timeout = httpx2.Timeout(SILENCE_TIMEOUT_S, connect=CONNECT_TIMEOUT_S, pool=None)
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    # Why: a cookie of one call must not change what another one gets.
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx2.AsyncClient(
        timeout=timeout, limits=limits, verify=_tls(), cookies=no_cookies
    )


@functools.cache
def _tls() -> ssl.SSLContext:
    # Why: loading the certificates takes tens of milliseconds, once is enough.
    return httpx2.create_ssl_context()

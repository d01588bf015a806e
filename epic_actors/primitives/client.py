"""The HTTP client of a run: one for all of its calls, so that connections are reused."""

import functools
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2
import trio

from epic_actors.core.shared import open_shared


CONNECT_TIMEOUT_S = 10.0
SILENCE_TIMEOUT_S = 600.0
_KEY = "epic_actors.primitives.client"


def open_client() -> AbstractAsyncContextManager[httpx2.AsyncClient]:
    """The client of this run; outside a run, one that ends with the block."""
    return open_shared(_KEY, _open)


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


@asynccontextmanager
async def _open() -> AsyncIterator[httpx2.AsyncClient]:
    timeout = httpx2.Timeout(SILENCE_TIMEOUT_S, connect=CONNECT_TIMEOUT_S, pool=None)
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    # Why: a cookie of one call must not change what another one gets.
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    async with httpx2.AsyncClient(
        timeout=timeout, limits=limits, verify=_tls(), cookies=no_cookies
    ) as client:
        yield client


@functools.cache
def _tls() -> ssl.SSLContext:
    # Why: loading the certificates takes tens of milliseconds, once is enough.
    return httpx2.create_ssl_context()

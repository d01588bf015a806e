"""Requests over HTTP.

`get` and its kin read the resource "http": they overlap with everything but requests that
may change something there.  `post`, `put`, `patch`, `delete` and `request` are
sequential on it, so a `get` that stands behind a `post` sees what that did.  A server
whose answers never change can be asked out of order: `epic.unordered(http.get)`.

There is one resource for all hosts, since what one is told may change what another one
answers.  Where that is not so, give a service an order of its own:

    post_note = epic.sequential(http.post, resource="notes")
    get_note = epic.readonly(http.get, resource="notes")

All calls of a run share one client and its connections; cookies are not kept.
"""

import codecs
import functools
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing, contextmanager
from typing import Any, TypedDict, Unpack

import attrs
import httpx2

import epic_actors as epic
from epic_actors.errors import OutsideError, Transient, UsageError
from epic_actors.primitives.client import open_body, open_client
from epic_actors.primitives.options import check, check_options
from epic_actors.primitives.retries import (
    Patience,
    deadline_after,
    read_retry_after,
    streamed,
    tried,
)


TIMEOUT_S = 60.0
RESOURCE = "http"
_reads = functools.partial(epic.readonly, resource=RESOURCE)
_reads_lines = functools.partial(_reads, stream=list)
_changes = functools.partial(epic.sequential, resource=RESOURCE)
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_SAID_CHARACTERS = 200


class HttpError(OutsideError):
    """A request failed.

    Attributes:
        url: What was asked, without credentials and query.
        status: The status of the response, or None if there was none.
        retry_after_s: Seconds the server asked to wait, or None.
    """

    def __init__(
        self,
        message: str,
        url: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        """Only the message has no default, so that the error can be pickled."""
        super().__init__(message)
        self.url = url
        self.status = status
        self.retry_after_s = retry_after_s


class HttpBusyError(HttpError, Transient):
    """The server is out of reach or has too much to do; trying again may help."""


@attrs.frozen
class Response:
    """What a server answered.

    Attributes:
        url: Where it comes from, after redirects.
        status: Its status.
        headers: Its headers, the names in small letters.
        text: Its body.
    """

    url: str
    status: int
    headers: dict[str, str]
    text: str


class Options(TypedDict, total=False):
    """What every request takes besides its address, as keywords.

    Attributes:
        params: The query, as names and values.
        headers: Headers to send.
        timeout: Seconds for the whole call, tries included; a minute if left out.
        retry: How often to try again after an error that may pass; 2 for reading
            and 0 for everything else if left out.
    """

    params: Mapping[str, Any] | Sequence[tuple[str, Any]] | None
    headers: Mapping[str, str] | None
    timeout: float | None
    retry: int


class Body(Options, total=False):
    """What a request with a body takes, as keywords: one of these, and `Options`.

    Attributes:
        json: A value to send as JSON.
        form: Names and values to send as a form.
        data: Text or bytes to send as they are.
    """

    json: Any
    form: Mapping[str, Any] | None
    data: str | bytes | None


@_reads
async def get(url: str, **options: Unpack[Options]) -> str:
    """Read the text at an address.

    Example:
        >>> @epic.script
        ... def read_all(addresses):
        ...     return [get(address) for address in addresses]
        >>> read_all([site + "/a", site + "/b"])
        ['GET /a', 'GET /b']

    Args:
        url: Where it is; redirects are followed.
        options: See `Options`.

    Raises:
        HttpBusyError: The server is out of reach or overloaded; a `Transient`.
        HttpError: The server refuses.
    """
    return (await _fetch("GET", url, options, retry=2)).text


@_reads
async def get_bytes(url: str, **options: Unpack[Options]) -> bytes:
    """Read the bytes at an address; all else as for `get`."""
    return (await _fetch("GET", url, options, retry=2)).content


@_reads
async def get_json(url: str, **options: Unpack[Options]) -> Any:
    """Read the JSON at an address; all else as for `get`.

    Example:
        >>> epic.run(lambda: get_json(site + "/user.json")["name"])
        'Ann'

    Raises:
        HttpError: As for `get`, or what is there is no JSON.
    """
    return _json(await _fetch("GET", url, options, retry=2))


@_reads_lines
async def get_lines(url: str, **options: Unpack[Options]) -> AsyncIterator[str]:
    """Read the lines at an address, without their ends, while they arrive.

    A script sees a list, and can go on with the first while others are on their way.

    Example:
        >>> @epic.script
        ... def follow(address):
        ...     return [get(site + line) for line in get_lines(address)]
        >>> follow(site + "/index.txt")
        ['GET /a', 'GET /b']
    """
    given = streamed(lambda: _lines(url, options), *_limits(url, options, 2))
    async with aclosing(given) as lines:
        async for line in lines:
            yield line


@_changes
async def post(url: str, **body: Unpack[Body]) -> str:
    """Send something to an address; the text of the answer.

    Example:
        >>> @epic.script
        ... def publish(notes):
        ...     return [post(site + "/notes", json=note) for note in notes]
        >>> publish(["one", "two"])
        ['POST /notes "one"', 'POST /notes "two"']

    Args:
        url: Where to send it; redirects are followed.
        body: See `Body`.

    Raises:
        HttpError: As for `get`.
    """
    return (await _fetch("POST", url, body)).text


@_changes
async def post_json(url: str, **body: Unpack[Body]) -> Any:
    """Send something to an address; the JSON of the answer.  All else as for `post`."""
    return _json(await _fetch("POST", url, body))


@_changes
async def put(url: str, **body: Unpack[Body]) -> str:
    """Put something at an address; all else as for `post`."""
    return (await _fetch("PUT", url, body)).text


@_changes
async def patch(url: str, **body: Unpack[Body]) -> str:
    """Change what is at an address; all else as for `post`."""
    return (await _fetch("PATCH", url, body)).text


@_changes
async def delete(url: str, **body: Unpack[Body]) -> str:
    """Delete what is at an address; all else as for `post`."""
    return (await _fetch("DELETE", url, body)).text


@_changes
async def request(method: str, url: str, **body: Unpack[Body]) -> Response:
    """Ask anything of an address; the whole response, whatever its status.

    Example:
        >>> epic.run(lambda: request("GET", site + "/nowhere").status)
        404

    Args:
        method: `GET`, `HEAD`, `POST`, …
        url: The address; redirects are followed.
        body: See `Body`.

    Raises:
        HttpBusyError: There is no response.
    """
    found = await _fetch(method, url, body, any_status=True)
    return Response(str(found.url), found.status_code, dict(found.headers), found.text)


def _arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of the HTTP client for our own."""
    check_options("a request", Body, given)
    bodies = [name for name in ("json", "form", "data") if given.get(name) is not None]
    if len(bodies) > 1:
        raise UsageError(f"a request has one body, not {' and '.join(bodies)}")
    ours = {"form": "data", "data": "content"}
    kept = {n: v for n, v in given.items() if n not in ("timeout", "retry")}
    return {ours.get(name, name): v for name, v in kept.items() if v is not None}


def _limits(
    url: str, options: Mapping[str, Any], retry: int
) -> tuple[Patience, Callable[[], Exception]]:
    timeout = options.get("timeout", TIMEOUT_S)
    patience = Patience(options.get("retry", retry), deadline_after(timeout))
    return patience, lambda: _late(url)


async def _fetch(
    method: str,
    url: str,
    options: Mapping[str, Any],
    *,
    retry: int = 0,
    any_status: bool = False,
) -> httpx2.Response:
    arguments = _arguments(options)
    check("the method of a request", method, str)

    async def attempt() -> httpx2.Response:
        with _asking(url):
            async with open_client() as client:
                response = await client.request(
                    method, url, follow_redirects=True, **arguments
                )
                return response if any_status else response.raise_for_status()

    return await tried(attempt, *_limits(url, options, retry))


async def _lines(url: str, options: Mapping[str, Any]) -> AsyncGenerator[str, None]:
    with _asking(url):
        async with (
            open_client() as client,
            client.stream(
                "GET", url, follow_redirects=True, **_arguments(options)
            ) as response,
        ):
            if not response.is_success:
                await response.aread()
                response.raise_for_status()
            async with open_body(response) as body:
                async for line in _split(body, response.encoding or "utf-8"):
                    yield line


async def _split(body: AsyncIterator[bytes], encoding: str) -> AsyncIterator[str]:
    """The lines of a body, without their ends."""
    decode, rest = codecs.getincrementaldecoder(encoding)("replace").decode, ""
    async for data in body:
        *lines, rest = (rest + decode(data)).split("\n")
        for line in lines:
            yield line.removesuffix("\r")
    rest += decode(b"", final=True)
    if rest:
        yield rest


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        where = _shown(str(response.url))
        message = f"{where} gave no JSON: {error}. It said: {_shorten(response.text)}"
        raise HttpError(message, where, response.status_code) from error


@contextmanager
def _asking(url: str) -> Iterator[None]:
    """Turn the HTTP client's errors into ours."""
    check("the URL of a request", url, str)
    try:
        yield
    except httpx2.HTTPStatusError as error:
        raise _refused(error.response) from error
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise UsageError(f"{_shown(url)!r} is no http or https URL: {error}") from error
    except TypeError as error:
        raise UsageError(f"this cannot be sent to {_shown(url)}: {error}") from error
    except httpx2.TransportError as error:
        reason = str(error) or type(error).__name__
        where = _shown(url)
        raise HttpBusyError(f"No answer from {where}: {reason}.", where) from error
    except (httpx2.DecodingError, httpx2.TooManyRedirects) as error:
        where = _shown(url)
        raise HttpError(f"No use of the answer of {where}: {error}.", where) from error


def _refused(response: httpx2.Response) -> HttpError:
    where, status = _shown(str(response.url)), response.status_code
    kind = HttpBusyError if status in _BUSY else HttpError
    said = _shorten(response.text or response.reason_phrase)
    wait_s = read_retry_after(response.headers.get("retry-after"))
    message = f"{where} answered with status {status}: {said}"
    return kind(message, where, status, wait_s)


def _late(url: str) -> HttpError:
    where = _shown(url)
    return HttpBusyError(f"{where} was not done in the time of timeout=.", where)


def _shown(url: str) -> str:
    try:
        return str(httpx2.URL(url).copy_with(userinfo=b"", query=None, fragment=None))
    except httpx2.InvalidURL:
        return url[:_SAID_CHARACTERS]


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SAID_CHARACTERS else line[:_SAID_CHARACTERS] + "…"


__all__ = [
    "Body",
    "HttpBusyError",
    "HttpError",
    "Options",
    "Response",
    "delete",
    "get",
    "get_bytes",
    "get_json",
    "get_lines",
    "patch",
    "post",
    "post_json",
    "put",
    "request",
]

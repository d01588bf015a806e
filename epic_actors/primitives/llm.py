"""Language models behind an OpenAI-compatible API.

A model is named by three settings, each an argument or an environment variable:
`base_url` or `EPIC_LLM_BASE_URL`, `model` or `EPIC_LLM_MODEL`, and, where the server
asks for one, `api_key` or `OPENAI_API_KEY`.  Keys appear in no message and no log.
"""

import email.utils
import functools
import os
import ssl
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import attrs
import httpx2

import epic_actors as epic
from epic_actors.errors import OutsideError, Transient, UsageError


CONNECT_TIMEOUT_S = 10.0
SILENCE_TIMEOUT_S = 600.0
_SAID_CHARACTERS = 300


class ModelError(OutsideError):
    """A model gave no answer.

    Attributes:
        url: The address that was asked, without credentials.
        model: The model that was asked for.
        status: The HTTP status, or None where there was no response.
        retry_after_s: Seconds the server asked to wait, or None if it did not say.
    """

    def __init__(
        self,
        message: str,
        url: str = "",
        model: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        """Only the message has no default, so that the error can be pickled."""
        super().__init__(message)
        self.url = url
        self.model = model
        self.status = status
        self.retry_after_s = retry_after_s


class ModelBusyError(ModelError, Transient):
    """The server is out of reach or has too much to do; trying again may help."""


class ModelRequestError(ModelError):
    """The server will not answer this request, however often it is tried."""


class ModelAnswerError(ModelError):
    """The server answered with something that is not a chat completion."""


@epic.unordered
async def chat(
    prompt: str | Sequence[Mapping[str, Any]],
    *,
    model: str | None = None,
    base_url: str | None = None,
    api_key: str | None = None,
    system: str | None = None,
    temperature: float | None = None,
    stop: str | Sequence[str] | None = None,
    max_tokens: int | None = None,
    extra: Mapping[str, Any] | None = None,
) -> str:
    """Ask a model and give its whole answer.

    Example:
        >>> @epic.script
        ... def report(topics):
        ...     drafts = [chat(f"Draft a paragraph on {topic}") for topic in topics]
        ...     return chat("Merge these:" + "".join(drafts))

    Args:
        prompt: What the user says, or a list of messages with `role` and `content`.
        model: The model's name; `EPIC_LLM_MODEL` if left out.
        base_url: Where its API is, `/v1` included; `EPIC_LLM_BASE_URL` if left out.
        api_key: The key to send; `OPENAI_API_KEY` if left out, none if that is unset.
        system: A system message to put before the prompt.
        temperature: How much answers vary; the server's default if left out.
        stop: Where the answer ends: a string or some strings, not part of the answer.
        max_tokens: The most tokens the answer may have.
        extra: Further fields of the request, sent as they are.

    Raises:
        UsageError: No model is set, or the settings cannot be used.
        ModelBusyError: The server is out of reach or overloaded; a `Transient`.
        ModelRequestError: The server refused the request.
        ModelAnswerError: The server's answer is not a chat completion.
    """
    endpoint = _find_endpoint(model, base_url, api_key)
    body = {
        "model": endpoint.model,
        "messages": _messages(prompt, system),
        "temperature": temperature,
        "stop": stop if stop is None or isinstance(stop, str) else list(stop),
        "max_tokens": max_tokens,
    }
    asked = {name: value for name, value in body.items() if value is not None}
    response = await _post(endpoint, asked | dict(extra or {}))
    return _read_answer(endpoint, response)


@attrs.frozen
class _Endpoint:
    url: httpx2.URL
    model: str
    key: str | None = attrs.field(repr=False)

    @property
    def shown(self) -> str:
        return str(self.url.copy_with(userinfo=b"", query=None))

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


def _find_endpoint(
    model: str | None, base_url: str | None, api_key: str | None
) -> _Endpoint:
    base_url = base_url or os.environ.get("EPIC_LLM_BASE_URL")
    model = model or os.environ.get("EPIC_LLM_MODEL")
    if not base_url or not model:
        missing = "base_url= or EPIC_LLM_BASE_URL" if not base_url else ""
        missing += " and " if not base_url and not model else ""
        missing += "model= or EPIC_LLM_MODEL" if not model else ""
        raise UsageError(
            f"No language model to ask: set {missing} (such as "
            "https://api.openai.com/v1 for the base URL), and api_key= or "
            "OPENAI_API_KEY where the server wants a key."
        )
    return _Endpoint(_find_url(base_url), model, _find_key(api_key))


def _find_url(base_url: str) -> httpx2.URL:
    accepted = "base_url= or EPIC_LLM_BASE_URL takes one such as https://host/v1"
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL as error:
        raise UsageError(f"This is not a URL: {accepted}.") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise UsageError(f"This is not an http or https URL: {accepted}.")
    return url.copy_with(path=url.path.rstrip("/") + "/chat/completions")


def _find_key(api_key: str | None) -> str | None:
    key = (api_key or os.environ.get("OPENAI_API_KEY") or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise UsageError(
            "The API key (api_key= or OPENAI_API_KEY) has characters that cannot "
            "stand in an HTTP header; it should be one line of plain ASCII."
        )
    return key or None


def _messages(
    prompt: str | Sequence[Mapping[str, Any]], system: str | None
) -> list[dict[str, Any]]:
    said = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
    first = [] if system is None else [{"role": "system", "content": system}]
    return [*first, *map(dict, said)]


@functools.cache
def _tls() -> ssl.SSLContext:
    # Why: loading the certificates takes tens of milliseconds, once is enough.
    return httpx2.create_ssl_context()


@asynccontextmanager
async def _open_client() -> AsyncIterator[httpx2.AsyncClient]:
    timeout = httpx2.Timeout(SILENCE_TIMEOUT_S, connect=CONNECT_TIMEOUT_S, pool=None)
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(
        timeout=timeout, limits=limits, verify=_tls()
    ) as client:
        yield client


async def _post(endpoint: _Endpoint, body: dict[str, Any]) -> httpx2.Response:
    try:
        async with _open_client() as client:
            response = await client.post(
                endpoint.url, json=body, headers=endpoint.headers()
            )
            return response.raise_for_status()
    except httpx2.HTTPStatusError as error:
        raise _status_error(endpoint, error.response) from error
    except httpx2.TransportError as error:
        reason = str(error) or type(error).__name__
        message = (
            f"No answer from {endpoint.shown} (model {endpoint.model}): {reason}. "
            "Is the server up, and base_url right?"
        )
        raise ModelBusyError(message, endpoint.shown, endpoint.model) from error
    except httpx2.DecodingError as error:
        raise _answer_error(endpoint, str(error), None) from error


def _read_answer(endpoint: _Endpoint, response: httpx2.Response) -> str:
    try:
        answer = response.json()["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError) as error:
        raise _answer_error(endpoint, response.text, response.status_code) from error
    if not isinstance(answer, str):
        raise _answer_error(endpoint, response.text, response.status_code)
    return answer


def _answer_error(endpoint: _Endpoint, said: str, status: int | None) -> ModelError:
    message = (
        f"{endpoint.shown} (model {endpoint.model}) gave no text of a chat completion; "
        f"is base_url an OpenAI-compatible API? It said: {_shorten(said)}"
    )
    return ModelAnswerError(message, endpoint.shown, endpoint.model, status)


_BUSY = frozenset({408, 409, 425, 429})
_ADVICE = {
    401: "Check the key in api_key= or OPENAI_API_KEY.",
    403: "This key may not use the model; check the key and the model's name.",
    404: "Check the model's name, and base_url (it usually ends in /v1).",
    413: "Shorten the prompt.",
    429: "Ask for less at a time with limit= or rate=, or try again with retry=.",
}


def _status_error(endpoint: _Endpoint, response: httpx2.Response) -> ModelError:
    status, (said, code) = response.status_code, _read_error(response)
    # Why: an empty account is reported as 429, and waiting does not fill it.
    busy = status >= 500 or (status in _BUSY and code != "insufficient_quota")
    advice = _ADVICE.get(status, "Try again with retry=." if busy else "")
    message = (
        f"{endpoint.shown} (model {endpoint.model}) answered with status {status}: "
        f"{_shorten(said)} {advice}"
    )
    kind = ModelBusyError if busy else ModelRequestError
    wait_s = _read_retry_after(response.headers.get("retry-after"))
    return kind(message.rstrip(), endpoint.shown, endpoint.model, status, wait_s)


def _read_error(response: httpx2.Response) -> tuple[str, object]:
    try:
        error = response.json()["error"]
        return str(error["message"]), error.get("code")
    except (ValueError, LookupError, TypeError, AttributeError):
        return response.text or response.reason_phrase, None


def _read_retry_after(value: str | None) -> float | None:
    """Seconds from a `Retry-After` header: a number of them, or a date (RFC 9110)."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        date = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, date.timestamp() - time.time())


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SAID_CHARACTERS else line[:_SAID_CHARACTERS] + "…"

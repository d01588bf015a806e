"""What can go wrong with a model, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from epic_actors.errors import OutsideError, Transient
from epic_actors.primitives.model_endpoint import Endpoint
from epic_actors.primitives.retries import read_retry_after


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


class ModelTimeoutError(ModelBusyError):
    """The answer, or its first piece, was not there in time."""


class ModelRequestError(ModelError):
    """The server will not answer this request, however often it is tried."""


class ModelAnswerError(ModelError):
    """The server answered with something else than was asked for."""


@contextmanager
def speaking_to(endpoint: Endpoint) -> Iterator[None]:
    """Turn the HTTP client's errors into a model's."""
    try:
        yield
    except httpx2.HTTPStatusError as error:
        raise status_error(endpoint, error.response) from error
    except httpx2.TransportError as error:
        reason = str(error) or type(error).__name__
        message = (
            f"No answer from {endpoint.shown} (model {endpoint.model}): {reason}. "
            "Is the server up, and base_url right?"
        )
        raise ModelBusyError(message, endpoint.shown, endpoint.model) from error
    except httpx2.DecodingError as error:
        raise answer_error(endpoint, str(error), None) from error


def answer_error(endpoint: Endpoint, said: str, status: int | None = 200) -> ModelError:
    """The answer is no chat completion."""
    message = (
        f"{endpoint.shown} (model {endpoint.model}) gave no text of a chat completion; "
        f"is base_url an OpenAI-compatible API? It said: {shorten(said)}"
    )
    return ModelAnswerError(message, endpoint.shown, endpoint.model, status)


def broken_off_error(endpoint: Endpoint) -> ModelError:
    """The answer has no end."""
    message = f"{endpoint.shown} (model {endpoint.model}) broke its answer off."
    return ModelBusyError(message, endpoint.shown, endpoint.model, 200)


def timeout_error(endpoint: Endpoint) -> ModelError:
    """The answer took too long."""
    message = (
        f"{endpoint.shown} (model {endpoint.model}) was not done in the time that "
        "timeout= or first_timeout= gives."
    )
    return ModelTimeoutError(message, endpoint.shown, endpoint.model)


_BUSY = frozenset({408, 409, 425, 429})
_ADVICE = {
    401: "Check the key in api_key= or OPENAI_API_KEY.",
    403: "This key may not use the model; check the key and the model's name.",
    404: "Check the model's name, and base_url (it usually ends in /v1).",
    413: "Shorten the prompt.",
    429: "Ask for less at a time with limit= or rate=, or try again with retry=.",
}


def status_error(endpoint: Endpoint, response: httpx2.Response) -> ModelError:
    """The server answered with another status than 200."""
    status, (said, code) = response.status_code, _read_error(response)
    # Why: an empty account is reported as 429, and waiting does not fill it.
    busy = status >= 500 or (status in _BUSY and code != "insufficient_quota")
    advice = _ADVICE.get(status, "Try again with retry=." if busy else "")
    message = (
        f"{endpoint.shown} (model {endpoint.model}) answered with status {status}: "
        f"{shorten(said)} {advice}"
    )
    kind = ModelBusyError if busy else ModelRequestError
    wait_s = read_retry_after(response.headers.get("retry-after"))
    return kind(message.rstrip(), endpoint.shown, endpoint.model, status, wait_s)


def _read_error(response: httpx2.Response) -> tuple[str, object]:
    try:
        error = response.json()["error"]
        return str(error["message"]), error.get("code")
    except (ValueError, LookupError, TypeError, AttributeError):
        return response.text or response.reason_phrase, None


def shorten(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SAID_CHARACTERS else line[:_SAID_CHARACTERS] + "…"

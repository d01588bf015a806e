"""`chat` asks a server for an answer, and says what to do when there is none."""

import email.utils
import pickle
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
import trio

from epic_actors.errors import OutsideError, Transient, UsageError
from epic_actors.primitives.llm import (
    ModelAnswerError,
    ModelBusyError,
    ModelError,
    ModelRequestError,
    chat,
)
from epic_actors.primitives.retries import read_retry_after
from epic_actors.testing import Fault, Faults, SimulatedModel, open_simulated_model
from tests.primitives.site import open_site, say


Ask = Callable[..., Awaitable[str]]
SETTINGS = ("EPIC_LLM_BASE_URL", "EPIC_LLM_MODEL", "OPENAI_API_KEY")


@pytest.fixture
async def base_url() -> AsyncIterator[str]:
    """A server that says what it was told."""
    async with open_simulated_model(SimulatedModel(repeat)) as url:
        yield url


def repeat(messages: list[dict[str, Any]]) -> str:
    """All messages with their roles, one a line."""
    return "\n".join(f"{m['role']}: {m['content']}" for m in messages)


async def ask_by_hand(prompt: str, *, base_url: str, model: str, **fields: Any) -> str:
    """What `chat` does, written with the HTTP client alone."""
    messages = [{"role": "user", "content": prompt}]
    body = {"model": model, "messages": messages, **fields}
    async with httpx2.AsyncClient() as client:
        response = await client.post(f"{base_url}/chat/completions", json=body)
    answer = response.raise_for_status().json()["choices"][0]["message"]["content"]
    assert isinstance(answer, str)
    return answer


either = pytest.mark.parametrize("ask", [chat, ask_by_hand])


@either
async def test_an_answer_is_the_text(ask: Ask, base_url: str) -> None:
    """The answer is what the model said, whatever characters are in it."""
    prompt = 'naïve "quoted" 数 \n 🎲'
    said = await ask(prompt, base_url=base_url, model="simulated")
    assert said == f"user: {prompt}"


@either
async def test_options_reach_the_model(ask: Ask, base_url: str) -> None:
    """Stop sequences and the length of the answer are the server's to keep."""
    options: dict[str, Any] = {"base_url": base_url, "model": "simulated"}
    assert await ask("one two", stop=[" two"], **options) == "user: one"
    assert await ask("one two", max_tokens=2, temperature=0.5, **options) == "user: one"


@either
async def test_an_unknown_model_is_an_error(ask: Ask, base_url: str) -> None:
    """A model that the server does not have is an error with both of them."""
    with pytest.raises((ModelRequestError, httpx2.HTTPStatusError), match="404"):
        await ask("hello", base_url=base_url, model="other")


@either
async def test_calls_run_side_by_side(ask: Ask) -> None:
    """Two calls are in flight together."""
    both = trio.Event()

    async def wait_for_both(messages: list[dict[str, Any]]) -> str:
        if model.statistics().running == 2:
            both.set()
        await both.wait()
        return "together"

    model = SimulatedModel(wait_for_both)
    async with open_simulated_model(model) as url, trio.open_nursery() as nursery:
        for _ in range(2):
            nursery.start_soon(_ask_simulated, ask, url)
    assert model.statistics().peak == 2


async def _ask_simulated(ask: Ask, url: str) -> None:
    assert await ask("hello", base_url=url, model="simulated") == "together"


async def test_messages_go_as_they_are(base_url: str) -> None:
    """A list of messages is sent after the system message."""
    messages = [{"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}]
    said = await chat(messages, system="s", base_url=base_url, model="simulated")
    assert said == "system: s\nassistant: a\nuser: b"


async def test_settings_come_from_the_environment(
    base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not an argument is taken from the environment."""
    monkeypatch.setenv("EPIC_LLM_BASE_URL", base_url)
    monkeypatch.setenv("EPIC_LLM_MODEL", "simulated")
    assert await chat("hello") == "user: hello"


async def test_the_key_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key goes along, from the argument or the environment."""
    async with open_simulated_model(SimulatedModel(repeat, api_key="k")) as url:
        assert await chat("a", base_url=url, model="simulated", api_key="k")
        monkeypatch.setenv("OPENAI_API_KEY", " k\n")
        assert await chat("a", base_url=url, model="simulated")


async def test_missing_settings_are_named() -> None:
    """Without an endpoint the error names what to set."""
    with pytest.raises(UsageError) as caught:
        await chat("hello")
    assert all(name in str(caught.value) for name in SETTINGS)


@pytest.mark.parametrize("url", ["localhost:80/v1", "ftp://x/v1", "http://:x", "http:"])
async def test_a_base_url_is_checked(url: str) -> None:
    """A base URL that is none is found before anything is sent."""
    with pytest.raises(UsageError, match="EPIC_LLM_BASE_URL"):
        await chat("hello", base_url=url, model="m")


async def test_keys_are_never_shown(base_url: str) -> None:
    """Neither a broken key nor a refused one is in the message, nor in the causes."""
    with pytest.raises(UsageError) as broken:
        await chat("a", base_url=base_url, model="m", api_key="s3cret\nx")
    with pytest.raises(ModelError) as refused:
        await chat("a", base_url=base_url, model="m", api_key="s3cret")
    assert "s3cret" not in f"{broken.value!r} {refused.value!r}"
    assert "s3cret" not in repr(refused.value.__cause__)


async def test_credentials_in_the_url_are_not_shown(base_url: str) -> None:
    """A password or a query of the base URL does not get into errors."""
    url = base_url.replace("http://", "http://me:s3cret@") + "?token=s3cret"
    with pytest.raises(ModelError) as caught:
        await chat("a", base_url=url, model="other")
    assert "s3cret" not in str(caught.value) + caught.value.url


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        (400, ModelRequestError, "Injected fault"),
        (401, ModelRequestError, "OPENAI_API_KEY"),
        (403, ModelRequestError, "may not use"),
        (404, ModelRequestError, "base_url"),
        (413, ModelRequestError, "Shorten"),
        (302, ModelRequestError, "status 302"),
        (408, ModelBusyError, "retry="),
        (429, ModelBusyError, "limit="),
        (500, ModelBusyError, "retry="),
        (503, ModelBusyError, "retry="),
    ],
)
async def test_a_status_becomes_a_typed_error(
    status: int, kind: type[ModelError], advice: str
) -> None:
    """The error says what happened, to which model where, and what to do."""
    faults = Faults([Fault(status=status)], every=1)
    async with open_simulated_model(SimulatedModel(faults=faults)) as url:
        with pytest.raises(kind, match=advice) as caught:
            await chat("hello", base_url=url, model="simulated", retry=0)
    error = caught.value
    assert (error.status, error.model, error.url) == (
        status,
        "simulated",
        f"{url}/chat/completions",
    )
    assert isinstance(error.__cause__, httpx2.HTTPStatusError)
    assert isinstance(error, OutsideError)
    assert isinstance(error, Transient) == (kind is ModelBusyError)


async def test_the_wait_that_is_asked_for_is_kept() -> None:
    """`Retry-After` is on the error, in seconds."""
    faults = Faults([Fault(status=429, retry_after_s=1.5)], every=1)
    async with open_simulated_model(SimulatedModel(faults=faults)) as url:
        with pytest.raises(ModelBusyError) as caught:
            await chat("hello", base_url=url, model="simulated", retry=0)
    assert caught.value.retry_after_s == 1.5


async def test_a_dropped_connection_is_transient() -> None:
    """A server that breaks off, or that is not there, may be back later."""
    model = SimulatedModel(faults=Faults([Fault()], every=1))
    async with open_simulated_model(model) as url:
        with pytest.raises(ModelBusyError, match="No answer from http") as dropped:
            await chat("hello", base_url=url, model="simulated", retry=0)
    with pytest.raises(ModelBusyError, match="Is the server up"):
        await chat("hello", base_url=url, model="simulated", retry=0)
    assert isinstance(dropped.value.__cause__, httpx2.TransportError)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("2", 2.0), ("-1", 0.0), ("soon", None), ("99 x", None), (None, None)],
)
def test_retry_after_may_be_a_number(value: str | None, seconds: float | None) -> None:
    """A number of seconds is taken, nonsense is passed over."""
    assert read_retry_after(value) == seconds


def test_retry_after_may_be_a_date() -> None:
    """A date is turned into the seconds until then."""
    past, future = (email.utils.formatdate(time.time() + s) for s in (-99, 1000))
    assert read_retry_after(past) == 0
    seconds = read_retry_after(future)
    assert seconds is not None
    assert 0 < seconds <= 1000


def test_an_error_can_be_pickled() -> None:
    """An error crosses processes with what it knows."""
    error = pickle.loads(pickle.dumps(ModelBusyError("no", "u", "m", 503, 2.0)))
    assert (str(error), error.url, error.status, error.retry_after_s) == (
        "no",
        "u",
        503,
        2.0,
    )


NO_ANSWERS = [
    b"<html>",
    b"{}",
    b'{"choices": []}',
    b'{"choices": [{"message": {}}]}',
    b'{"choices": [{"message": {"content": 1}}]}',
]


@pytest.mark.parametrize("body", NO_ANSWERS)
async def test_an_answer_of_another_kind_is_an_error(body: bytes) -> None:
    """A server that is no chat API is told apart from one that fails."""
    async with open_site(say(200, body)) as site:
        with pytest.raises(ModelAnswerError, match="OpenAI-compatible"):
            await chat("hello", base_url=site.url, model="m", retry=0)


async def test_an_empty_account_is_not_transient() -> None:
    """A 429 that says that there is no money left is not worth another try."""
    body = b'{"error": {"message": "No money", "code": "insufficient_quota"}}'
    async with open_site(say(429, body)) as site:
        with pytest.raises(ModelRequestError, match="No money"):
            await chat("hello", base_url=site.url, model="m", retry=0)


async def test_an_error_of_another_shape_is_quoted_in_short() -> None:
    """What a proxy says, however long, is part of the message."""
    async with open_site(say(502, "bad gateway " * 100)) as site:
        with pytest.raises(ModelBusyError, match="bad gateway") as caught:
            await chat("hello", base_url=site.url, model="m", retry=0)
    assert len(str(caught.value)) < 500

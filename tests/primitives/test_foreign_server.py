"""`llmock`, a mock of OpenAI's API that we did not write, speaks to us and judges us.

It runs in a process of its own on a free loopback port, fails as it is told to over
HTTP, and says what a client did wrong: https://github.com/JulienRabault/LLMock.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import attrs
import httpx2
import pytest

import epic_actors as epic
from epic_actors.primitives.llm import (
    ModelAnswerError,
    ModelBusyError,
    ModelRequestError,
    chat,
    chat_as,
    chat_stream,
    complete,
)
from epic_actors.primitives.tools import react, tool


SERVE = """
import sys
from llmock.testing import LLMockServer
with LLMockServer() as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


@attrs.frozen
class Mock:
    """The server, and how to make it fail."""

    url: str

    def say(self, method: str, path: str, **body: Any) -> Any:
        response = httpx2.request(method, f"{self.url}/_llmock/{path}", json=body)
        return response.raise_for_status().json()

    def will(self, **behavior: Any) -> None:
        self.say("POST", "scenario", behaviors=[behavior])

    @property
    def requests(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.say("GET", "requests")["requests"]
        return found

    @property
    def findings(self) -> list[str]:
        """What we did wrong."""
        return [finding["code"] for finding in self.say("GET", "verdict")["findings"]]


@pytest.fixture(scope="module")
def served() -> Iterator[Mock]:
    if importlib.util.find_spec("llmock") is None:
        pytest.skip("llmock is not installed: pip install -e '.[test]'")
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", SERVE], stdin=pipe, stdout=pipe, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Mock(process.stdout.readline().strip())
        finally:
            process.kill()


@pytest.fixture
def mock(served: Mock, monkeypatch: pytest.MonkeyPatch) -> Mock:
    served.say("POST", "reset")
    monkeypatch.setenv("EPIC_LLM_BASE_URL", f"{served.url}/v1")
    monkeypatch.setenv("EPIC_LLM_MODEL", "gpt-4o")
    return served


pytestmark = pytest.mark.slow


def test_a_run_speaks_to_it(mock: Mock) -> None:
    """Whole and streamed answers arrive, side by side."""
    for number in range(3):
        mock.will(type="reply", text=f"answer {number}, and more of it", times=1)

    def script() -> Any:
        return [chat("a"), chat_stream("b"), chat_stream("c")]

    found = [text.split()[1] for text in epic.run(script)]
    assert sorted(found) == ["0,", "1,", "2,"]
    assert (len(mock.requests), mock.findings) == (3, [])


async def test_choices_and_usage_are_read(mock: Mock) -> None:
    """What the server counts is what we report."""
    found = await complete("hello", n=2)
    assert found.usage.total_tokens > found.usage.prompt_tokens > 0
    assert found.model.startswith("gpt-4o")


async def test_waiting_as_long_as_asked(mock: Mock) -> None:
    """A rate limit is waited for, and the second try succeeds."""
    mock.will(type="fail", status=429, retry_after=0.3, times=1)
    assert await chat("hello")
    assert (len(mock.requests), mock.findings) == (2, [])


async def test_errors_that_pass_are_tried_again(mock: Mock) -> None:
    """With growing waits between the tries."""
    mock.will(type="fail", status=503, times=2)
    assert await chat("hello", retry=3)
    assert (len(mock.requests), mock.findings) == (3, [])


async def test_errors_that_stay_are_not_tried_again(mock: Mock) -> None:
    """What cannot succeed is given up at once."""
    mock.will(type="fail", status=400, message="too long", times=None)
    with pytest.raises(ModelRequestError, match="too long"):
        await chat("hello")
    assert (len(mock.requests), mock.findings) == (1, [])


async def test_an_outage_ends(mock: Mock) -> None:
    """A server that stays down is an error after a bounded number of tries."""
    mock.will(type="fail", status=503, times=None)
    with pytest.raises(ModelBusyError) as caught:
        await chat("hello", retry=1)
    assert caught.value.__notes__ == ["It was tried 2 times."]
    assert (len(mock.requests), mock.findings) == (2, [])


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("truncate", ModelBusyError),
        ("disconnect", ModelBusyError),
        ("malformed", ModelAnswerError),
    ],
)
async def test_a_broken_stream_is_never_an_answer(
    mock: Mock, kind: str, error: type[Exception]
) -> None:
    """An end without a finish reason, a lost connection and a chunk that is no JSON."""
    mock.will(type="reply", text="one two three four", times=None)
    mock.will(type="stream_fault", kind=kind, after_chunks=3)
    with pytest.raises(error):
        await epic.evaluate(lambda: chat_stream("hello"))


async def test_a_stream_that_breaks_before_it_begins_is_tried_again(mock: Mock) -> None:
    """The second try gives the answer, and nothing is held against us."""
    mock.will(type="reply", text="one two three four", times=None)
    mock.will(type="stream_fault", kind="truncate", after_chunks=1)
    assert await epic.evaluate(lambda: chat_stream("hello")) == "one two three four"
    assert (len(mock.requests), mock.findings) == (2, [])


@dataclass
class Invoice:
    number: int
    currency: Literal["EUR", "USD"]
    lines: list[str]


async def test_a_typed_answer_is_one(mock: Mock) -> None:
    """The server makes JSON of the schema that we send; it fits the type."""
    found = await chat_as(Invoice, "an invoice")
    assert isinstance(found, Invoice)
    assert found.currency == "EUR"


@tool
@epic.unordered
async def forecast(city: str, days: int) -> str:
    """The weather of the next days."""
    return f"{city}, {days} days: rain"


def test_the_loop_calls_its_tools(mock: Mock) -> None:
    """The server calls the tool as its schema says, and answers with the result there."""
    assert isinstance(react("What is the weather?", [forecast]), str)
    messages = [request["body"]["messages"] for request in mock.requests]
    assert [m["role"] for m in messages[-1]] == ["user", "assistant", "tool"]
    assert messages[-1][-1]["content"].endswith("days: rain")


@pytest.mark.parametrize("kind", ["malformed_arguments", "unknown_tool"])
def test_the_loop_survives_broken_calls(mock: Mock, kind: str) -> None:
    """The model is told what was wrong and goes on."""
    mock.will(type="tool_fault", kind=kind)
    assert isinstance(react("What is the weather?", [forecast]), str)
    [said] = [m for m in mock.requests[-1]["body"]["messages"] if m["role"] == "tool"]
    assert said["content"].startswith("Error: ")

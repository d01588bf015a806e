"""The simulated model speaks OpenAI's API, in virtual time over memory streams."""

import json
from typing import Any

import pytest
import trio
import trio.testing
from hypothesis import given, strategies as st

from epic_actors.testing import (
    Fault,
    Faults,
    Latency,
    SimulatedModel,
    Statistics,
    open_simulated_model,
    open_simulated_model_thread,
    seeded_reply,
)
from tests.testing.memory_client import HELLO, Client, open_client


SLOW = Latency(first_token_s=1, per_token_s=0.5)


def echo(messages: list[dict[str, Any]]) -> str:
    """Say what was said."""
    text = messages[-1]["content"]
    assert isinstance(text, str)
    return text


async def test_an_answer_takes_its_time(autojump_clock: trio.testing.MockClock) -> None:
    """A whole answer comes when its last token would."""
    async with open_client(
        SimulatedModel(lambda _: "one two three", latency=SLOW)
    ) as c:
        response = await c.chat()
    assert response.text == "one two three"
    assert response.json["usage"]["completion_tokens"] == 3
    assert trio.current_time() == 2


async def test_a_stream_comes_token_by_token(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """Each token is sent when it is there, then how it ended, the usage and the end."""
    async with open_client(
        SimulatedModel(lambda _: "one two three", latency=SLOW)
    ) as c:
        options = {"include_usage": True}
        response = await c.chat(stream=True, stream_options=options)
    *chunks, (_, usage), (_, end) = response.events
    seen = [
        (time, chunk["choices"][0]["delta"].get("content"), why)
        for time, chunk in chunks
        for why in [chunk["choices"][0]["finish_reason"]]
    ]
    words = [(1.0, "", None), (1.0, "one", None), (1.5, " two", None)]
    assert seen == [*words, (2.0, " three", None), (2.0, None, "stop")]
    assert (usage["usage"]["total_tokens"], end) == (4, "[DONE]")
    assert response.headers["content-type"] == "text/event-stream"


async def test_one_connection_serves_many_requests() -> None:
    """The connection is kept alive, also after an error."""
    async with open_client(SimulatedModel(echo)) as client:
        assert (await client.chat()).text == "hello"
        assert (await client.chat(model="other")).status == 404
        assert (await client.chat(stream=True)).status == 200
        models = await client.ask("GET", "/v1/models")
    assert [model["id"] for model in models.json["data"]] == ["simulated"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/chat/completions", b"{", 400),
        ("POST", "/v1/chat/completions", b"{}", 400),
        ("POST", "/v1/completions", b"{}", 404),
        ("GET", "/", b"", 404),
        ("GET", "/v1/chat/completions", b"", 405),
        ("DELETE", "/v1/models", b"", 405),
        ("POST", "/v1/chat/completions", b"x" * 101, 413),
    ],
)
async def test_a_wrong_request_is_answered_with_an_error(
    method: str, path: str, body: bytes, status: int
) -> None:
    """Each kind of wrong request has its status, and OpenAI's shape of error."""
    async with open_client(SimulatedModel(max_body_bytes=100)) as client:
        response = await client.ask(method, path, body)
    assert response.status == status
    error = response.json["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"


async def test_a_key_is_asked_for() -> None:
    """A model with a key answers those who have it, the others get 401."""
    body = json.dumps(HELLO).encode()
    async with open_client(SimulatedModel(api_key="secret")) as client:
        assert (await client.chat()).status == 401
        ask = ("POST", "/v1/chat/completions", body)
        answered = await client.ask(*ask, Authorization="Bearer secret")
    assert answered.status == 200


@pytest.mark.parametrize("reply", [lambda _: 1 / 0, lambda _: 1])
async def test_a_failing_reply_function_is_a_500(reply: Any) -> None:
    """What the reply function does wrong is told to the client without a traceback."""
    async with open_client(SimulatedModel(reply)) as client:
        response = await client.chat()
    assert response.status == 500
    assert "The reply function" in response.json["error"]["message"]
    assert "Traceback" not in response.json["error"]["message"]


async def test_a_reply_function_may_wait(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """An async reply function is awaited."""

    async def reply(messages: list[dict[str, Any]]) -> str:
        await trio.sleep(7)
        return "done"

    async with open_client(SimulatedModel(reply)) as client:
        assert (await client.chat()).text == "done"
    assert trio.current_time() == 7


async def test_an_injected_status_says_when_to_come_back() -> None:
    """A fault with a status is answered as such, with `Retry-After`."""
    faults = Faults([Fault(status=429, retry_after_s=1.5)], first_attempts=1)
    async with open_client(SimulatedModel(faults=faults)) as client:
        refused, answered = await client.chat(), await client.chat()
    assert (refused.status, refused.headers["retry-after"]) == (429, "1.5")
    assert refused.json["error"]["type"] == "rate_limit_error"
    assert answered.status == 200


@pytest.mark.parametrize("stream", [False, True])
async def test_an_injected_drop_breaks_off(stream: bool) -> None:
    """A dropped connection ends within the response, or before it."""
    faults = Faults([Fault(pieces=1)], every=1)
    model = SimulatedModel(lambda _: "one two three", faults=faults)
    async with open_client(model) as client:
        with pytest.raises((Exception, AssertionError)):
            await client.chat(stream=stream)
    assert model.statistics().failed == 1


async def test_a_client_that_leaves_cancels_its_answer(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """When the peer goes nothing is generated any more."""
    model = SimulatedModel(latency=Latency(first_token_s=100))
    with trio.move_on_after(1):
        async with open_client(model) as client:
            await client.chat()
    assert trio.current_time() == 1
    assert model.statistics() == Statistics(requests=1, peak=1, cancelled=1)


async def test_a_closed_stream_cancels_its_answer(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """A peer that closes the connection is noticed although nothing is being sent."""
    model = SimulatedModel(latency=Latency(first_token_s=100))
    ours, theirs = trio.testing.memory_stream_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(model.serve, theirs)
        client = Client(ours)
        body = json.dumps(HELLO).encode()
        await client.send("POST", "/v1/chat/completions", body)
        await trio.sleep(3)
        await ours.aclose()
    assert trio.current_time() == 3
    assert model.statistics().cancelled == 1


async def test_a_request_sent_early_is_answered_in_turn() -> None:
    """A client may send its next request before it has the answer to the last."""
    body = json.dumps(HELLO).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}"
    )
    async with open_client(SimulatedModel(echo)) as client:
        await client.stream.send_all((head.encode() + b"\r\n\r\n" + body) * 2)
        received = b""
        while received.count(b'"total_tokens"') < 2:
            received += await client.stream.receive_some()
    assert received.count(b"200") == 2


async def test_a_client_may_ask_before_it_sends_the_body() -> None:
    """A request with `Expect: 100-continue` is told to go on."""
    async with open_client(SimulatedModel(echo)) as client:
        await client.stream.send_all(
            b"POST /v1/models HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        assert b"100" in await client.stream.receive_some()


@given(st.binary(max_size=300))
def test_any_bytes_leave_the_server_standing(data: bytes) -> None:
    """Whatever a peer sends, serving its connection ends without an error."""

    async def main() -> None:
        ours, theirs = trio.testing.memory_stream_pair()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(SimulatedModel().serve, theirs)
            await ours.send_all(data)
            await ours.aclose()

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))


async def test_statistics_count_what_ran_at_once(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """The peak is the most answers that were on their way together."""
    model = SimulatedModel(latency=SLOW)
    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(_ask_once, model)
    assert model.statistics() == Statistics(requests=5, peak=5, answered=5)


async def _ask_once(model: SimulatedModel) -> None:
    async with open_client(model) as client:
        await client.chat()


def test_seeded_replies_depend_on_content_and_seed() -> None:
    """The same messages get the same words; others, or another seed, others."""
    messages = HELLO["messages"]
    said = seeded_reply(messages)
    assert said == seeded_reply(messages)
    assert said != seeded_reply(messages, seed=1)
    assert said != seeded_reply([{"role": "user", "content": "goodbye"}])


async def test_the_block_of_an_open_model_raises_as_it_is() -> None:
    """An exception of the block is not wrapped into a group."""
    with pytest.raises(ZeroDivisionError):
        async with open_simulated_model():
            _ = 1 / 0


async def test_a_closed_model_has_left_its_port() -> None:
    """After the block nobody listens at the address any more."""
    async with open_simulated_model() as base_url:
        port = int(base_url.rpartition(":")[2].removesuffix("/v1"))
        await (await trio.open_tcp_stream("127.0.0.1", port)).aclose()
    with pytest.raises(OSError, match="all attempts"):
        await trio.open_tcp_stream("127.0.0.1", port)


def test_a_thread_serves_beside_plain_code() -> None:
    """The thread ends with the block, which raises as it is."""
    with pytest.raises(ZeroDivisionError), open_simulated_model_thread() as base_url:
        assert base_url.startswith("http://127.0.0.1:")
        _ = 1 / 0


def test_a_thread_that_cannot_serve_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps the server from starting is raised where the block would begin."""

    async def refuse(*_: object, **__: object) -> None:
        raise OSError("no port")

    monkeypatch.setattr(trio, "serve_tcp", refuse)
    with pytest.raises(ExceptionGroup) as caught, open_simulated_model_thread():
        pass
    assert caught.group_contains(OSError, match="no port")

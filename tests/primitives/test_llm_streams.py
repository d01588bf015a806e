"""`chat_stream` gives an answer piece by piece, and says when it is not whole."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.primitives.llm import (
    ModelAnswerError,
    ModelBusyError,
    ModelRequestError,
    ModelTimeoutError,
    chat_stream,
    count_usage,
)
from epic_actors.testing import Fault, Faults, SimulatedModel, open_simulated_model
from epic_actors.testing.http_server import Exchange, Request
from tests.primitives.site import Pages, one_by_one, open_site, say, stream


def chunk(text: str | None = None, finish: str | None = None) -> str:
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]})}\n\n"


END = chunk(finish="stop") + "data: [DONE]\n\n"


async def ask(url: str, **settings: Any) -> list[str]:
    """The pieces of an answer."""
    pieces = chat_stream("hi", base_url=url, model="m", **settings)
    return [piece async for piece in pieces]


async def ask_pages(pages: Pages, **settings: Any) -> list[str]:
    async with open_site(pages) as site:
        return await ask(site.url, **settings)


async def test_pieces_come_as_the_server_cuts_them() -> None:
    """Outside a run it is the asynchronous generator that was written."""
    async with open_simulated_model(SimulatedModel(lambda _: "one two three")) as url:
        found = chat_stream("hi", base_url=url, model="simulated")
        assert isinstance(found, AsyncIterator)
        assert [piece async for piece in found] == ["one", " two", " three"]


def test_a_script_sees_a_text() -> None:
    """In a run the answer is one `str`, whose beginning can be used early."""
    asked = trio.Event()

    async def pages(request: Request, exchange: Exchange) -> None:
        if b"begin" in request.body:
            await exchange.start(200, "text/event-stream")
            await exchange.piece(chunk("first\nsec").encode())
            await asked.wait()
            await exchange.piece((chunk("ond") + END).encode())
            await exchange.end()
        else:
            asked.set()
            await stream(chunk("ok"), END)(request, exchange)

    def script(url: Any) -> Any:
        settings = {"base_url": url, "model": "m"}
        lines = chat_stream("begin", **settings).splitlines()
        return [line + chat_stream("go on", **settings) for line in lines]

    async def main() -> Any:
        async with open_site(pages) as site:
            return await epic.evaluate(script, site.url)

    assert trio.run(main) == ["firstok", "secondok"]


@pytest.mark.parametrize(
    "end", [chunk(finish="stop"), "data: [DONE]\n\n"], ids=["reason", "done"]
)
async def test_either_end_is_an_end(end: str) -> None:
    """Servers say `finish_reason`, `[DONE]` or both."""
    assert await ask_pages(stream(chunk("a"), end)) == ["a"]


async def test_other_choices_and_empty_chunks_are_passed_over() -> None:
    """The text is that of the first choice."""
    other = 'data: {"choices": [{"index": 1, "delta": {"content": "no"}}]}\n\n'
    usage = 'data: {"choices": [], "usage": {"total_tokens": 3}}\n\n'
    assert await ask_pages(stream(chunk("a"), other, chunk(""), END, usage)) == ["a"]


@pytest.mark.parametrize("cut", [(chunk("a"),), (chunk("a"), None)])
async def test_an_answer_without_an_end_is_an_error(
    cut: tuple[str | None, ...],
) -> None:
    """Whether the server ends the stream early or drops the connection."""
    seen = []
    async with open_site(stream(*cut)) as site:
        with pytest.raises(ModelBusyError) as caught:
            async for piece in chat_stream("hi", base_url=site.url, model="m"):
                seen.append(piece)
    assert (seen, len(site.requests)) == (["a"], 1)
    assert caught.value.__cause__ is not None or "broke" in str(caught.value)


@pytest.mark.parametrize(
    "data", ["{", "[]", '{"choices": [1]}', '{"error": {"message": "boom"}}']
)
async def test_a_broken_chunk_is_an_error(data: str) -> None:
    """What is no chunk is quoted."""
    with pytest.raises(ModelAnswerError) as caught:
        await ask_pages(stream(f"data: {data}\n\n", END))
    assert data in str(caught.value)


async def test_a_stream_is_tried_again_until_its_first_piece() -> None:
    """A busy server, a dropped connection and an empty answer are tried again."""
    pages = one_by_one(say(503, ""), stream(None), stream(), stream(chunk("a"), END))
    async with open_site(pages) as site:
        assert await ask(site.url, retry=3) == ["a"]
        assert len(site.requests) == 4


async def test_a_refused_stream_is_a_typed_error() -> None:
    """The body of the refusal is read and quoted."""
    pages = say(400, '{"error": {"message": "too long"}}', "application/json")
    with pytest.raises(ModelRequestError, match="too long"):
        await ask_pages(pages)


def silence(*pieces: str) -> Pages:
    """Pages that say something and then no more."""

    async def pages(request: Request, exchange: Exchange) -> None:
        await exchange.start(200, "text/event-stream")
        for piece in pieces:
            await exchange.piece(piece.encode())
        await trio.sleep_forever()

    return pages


async def test_the_first_piece_has_a_time_of_its_own() -> None:
    """A server that is silent at first is tried again."""
    pages = one_by_one(silence(), stream(chunk("a"), END))
    assert await ask_pages(pages, first_timeout=0.3, retry=9) == ["a"]


async def test_the_whole_answer_has_a_time() -> None:
    """Pieces that have come are kept; what is missing is an error."""
    with pytest.raises(ModelTimeoutError, match="timeout="):
        await ask_pages(silence(chunk("a")), timeout=0.1)


async def test_the_cost_of_a_stream_is_counted() -> None:
    """The server is asked for the usage where somebody counts it."""
    async with open_simulated_model(SimulatedModel(lambda _: "one two")) as url:
        with count_usage() as usage:
            pieces = chat_stream("hi", base_url=url, model="simulated")
            assert "".join([piece async for piece in pieces]) == "one two"
    assert (usage.answers, usage.prompt_tokens, usage.completion_tokens) == (1, 1, 2)


async def test_leaving_a_stream_closes_it() -> None:
    """The server notices when nobody reads on."""
    left = trio.Event()

    async def pages(request: Request, exchange: Exchange) -> None:
        try:
            await silence(chunk("a"))(request, exchange)
        finally:
            left.set()

    async with open_site(pages) as site:
        pieces = chat_stream("hi", base_url=site.url, model="m")
        assert await anext(pieces) == "a"
        await pieces.aclose()
        with trio.fail_after(60):
            await left.wait()


async def test_a_cancelled_stream_leaves_nothing_behind() -> None:
    """A run that is given up closes the connection in the middle of an answer."""
    begun, left = trio.Event(), trio.Event()

    async def pages(request: Request, exchange: Exchange) -> None:
        begun.set()
        try:
            await silence(chunk("a"))(request, exchange)
        finally:
            left.set()

    def script(url: Any) -> Any:
        return chat_stream("hi", base_url=url, model="m")

    async with open_site(pages) as site, epic.open_run(script, site.url) as run:
        await begun.wait()
        run.cancel()
        with trio.fail_after(60):
            await left.wait()


def test_waits_between_tries_take_no_real_time() -> None:
    """Waits are those of trio's clock (here: none at all, as the setting is wrong)."""

    async def main() -> None:
        with pytest.raises(epic.UsageError, match="retry is how often"):
            await ask("http://127.0.0.1:1", retry=-1)

    trio.run(main, clock=MockClock(autojump_threshold=0))


def test_faults_of_the_simulated_model_reach_the_script() -> None:
    """A stream that breaks off fails the script as it would in order."""

    async def main() -> None:
        model = SimulatedModel(faults=Faults([Fault(pieces=2)], every=1))
        async with open_simulated_model(model) as url:
            settings = {"base_url": url, "model": "simulated"}
            await epic.evaluate(lambda: chat_stream("hi", **settings).upper())

    with pytest.raises(ModelBusyError):
        trio.run(main)

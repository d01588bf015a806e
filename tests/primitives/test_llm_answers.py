"""`complete` gives all of an answer, `chat_as` a typed value; a run has one client."""

import enum
import json
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
import trio

import epic_actors as epic
from epic_actors.errors import UsageError
from epic_actors.primitives.llm import (
    ModelAnswerError,
    ModelRequestError,
    ModelTimeoutError,
    ToolCall,
    chat,
    chat_as,
    complete,
    count_usage,
)
from epic_actors.testing import Says, SimulatedModel, open_simulated_model
from epic_actors.testing.http_server import Exchange, Request
from tests.primitives.site import one_by_one, open_site, say


class Mood(enum.Enum):
    GOOD = "good"
    BAD = "bad"


@dataclass
class Page:
    title: str
    length: int = 0


@dataclass
class Answer:
    """What was found."""

    mood: Mood
    pages: list[Page] = field(default_factory=list)
    kind: Literal["a", "b"] = "a"


def answer(text: str | None, **message: Any) -> str:
    choice = {"message": {"content": text, **message}, "finish_reason": "stop"}
    return json.dumps({"choices": [choice]})


async def ask_as(output: Any, text: str, **message: Any) -> Any:
    """What `chat_as` makes of a text."""
    async with open_site(say(200, answer(text, **message))) as site:
        return await chat_as(output, "hi", base_url=site.url, model="m")


async def test_an_answer_becomes_a_value_of_its_type() -> None:
    """Enumerations, nested records and defaults come back as Python has them."""
    text = '{"mood": "bad", "pages": [{"title": "t", "length": 3}]}'
    assert await ask_as(Answer, text) == Answer(Mood.BAD, [Page("t", 3)])


@pytest.mark.parametrize(
    "text", ['{"value": [1, 2]}', '```json\n{"value": [1, 2]}\n```']
)
async def test_what_is_no_record_is_sent_as_a_field_of_one(text: str) -> None:
    """Any type can be asked for; a fence around the JSON does not matter."""
    assert await ask_as(list[int], text) == [1, 2]


async def test_the_model_is_told_the_schema() -> None:
    """Every field is required and nothing is left open, so it is strict."""
    async with open_site(say(200, answer('{"mood": "good"}'))) as site:
        await chat_as(Answer, "hi", base_url=site.url, model="m")
    [request] = site.requests
    told = json.loads(request.body)["response_format"]["json_schema"]
    assert (told["name"], told["strict"]) == ("Answer", True)
    assert told["schema"]["required"] == ["mood", "pages", "kind"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            '{"mood": "bad", "pages": [{"title": 1}]}',
            r"pages\[0\].title: expected a str",
        ),
        ('{"mood": "sad"}', "mood: expected one of 'good', 'bad', got 'sad'"),
        ("{}", "mood: is missing"),
        ('{"mood": "bad", "size": 1}', "size: no such field; there are mood, pages"),
        ("I think so.", "no JSON"),
    ],
)
async def test_an_answer_that_does_not_fit_names_the_field(
    text: str, fault: str
) -> None:
    """The message says what does not fit where, and what the model said."""
    with pytest.raises(ModelAnswerError, match=fault) as caught:
        await ask_as(Answer, text)
    assert text[:40] in str(caught.value)


async def test_a_refusal_is_quoted() -> None:
    """A model that declines says so instead of answering."""
    with pytest.raises(ModelAnswerError, match="I will not"):
        await ask_as(Answer, None, refusal="I will not")  # type: ignore[arg-type]


async def test_an_answer_that_is_cut_off_says_so() -> None:
    """JSON that ends early because of the most tokens allowed is told apart."""
    async with open_simulated_model(SimulatedModel(lambda _: {"mood": "good"})) as url:
        with pytest.raises(ModelAnswerError, match="raise max_tokens"):
            await chat_as(Answer, "hi", base_url=url, model="simulated", max_tokens=1)


async def test_a_completion_has_all_choices_and_the_usage() -> None:
    """`n` answers to one prompt, and what they cost."""
    said = iter(["one", "two three"])
    async with open_simulated_model(SimulatedModel(lambda _: next(said))) as url:
        found = await complete("hi", n=2, base_url=url, model="simulated")
    assert (found.text, found.texts) == ("one", ("one", "two three"))
    assert (found.usage.prompt_tokens, found.usage.completion_tokens) == (1, 3)
    assert (found.finish_reason, found.model) == ("stop", "simulated")


async def test_calls_of_tools_come_along() -> None:
    """What the model wants to be called, and the message to send back with it."""
    says = Says("Let me see.", (("look", {"at": 1}),))
    async with open_simulated_model(SimulatedModel(lambda _: says)) as url:
        tools = [{"type": "function", "function": {"name": "look"}}]
        found = await complete("hi", tools=tools, base_url=url, model="simulated")
    assert found.tool_calls == (ToolCall("call-0", "look", '{"at": 1}'),)
    assert found.message["tool_calls"][0]["id"] == "call-0"
    assert (found.text, found.finish_reason) == ("Let me see.", "tool_calls")


async def test_arguments_may_be_an_object() -> None:
    """Some servers send the arguments of tools as JSON in JSON, and some do not."""
    calls = [{"function": {"name": "look", "arguments": {"at": 1}}}]
    async with open_site(say(200, answer(None, tool_calls=calls))) as site:
        found = await complete("hi", base_url=site.url, model="m")
    assert (found.text, found.tool_calls) == ("", (ToolCall("", "look", '{"at": 1}'),))


async def test_settings_are_sent() -> None:
    """Each setting stands in the request under the API's name; others are refused."""
    settings = {"temperature": 0.5, "seed": 7, "max_tokens": 3, "stop": ["x"]}
    async with open_site(say(200, answer("ok"))) as site:
        more = {"extra": {"top_p": 1}, "base_url": site.url, "model": "m"}
        await chat("half \ud83d a pair", system="s", **settings, **more)
        with pytest.raises(
            UsageError,
            match="no option 'temprature' of a model's call; there are model",
        ):
            await chat("hi", temprature=1, **more)
        with pytest.raises(UsageError, match="cannot be sent to a model"):
            await chat("hi", base_url=site.url, model="m", extra={"x": object()})
    [request] = site.requests
    sent = json.loads(request.body)
    assert sent.pop("messages")[0] == {"role": "system", "content": "s"}
    assert sent == {"model": "m", "top_p": 1, **settings}


async def test_usage_is_counted_in_runs() -> None:
    """Everything that is asked in the block counts, also in a run that it begins."""
    async with open_simulated_model(SimulatedModel(lambda _: "one two")) as url:
        settings = {"base_url": url, "model": "simulated"}
        with count_usage() as outer:
            await chat("a", **settings)
            with count_usage() as inner:
                await epic.evaluate(lambda: [chat(x, **settings) for x in "bc"])
    assert (outer.answers, inner.answers, inner.completion_tokens) == (3, 2, 4)
    assert outer.total_tokens == outer.prompt_tokens + outer.completion_tokens == 9


async def test_a_run_reuses_its_connections() -> None:
    """Calls one after another share a connection; cookies are not kept."""

    async def pages(request: Request, exchange: Exchange) -> None:
        assert "cookie" not in request.headers
        body, cookie = answer("ok").encode(), ("Set-Cookie", "a=b; Path=/")
        await exchange.answer(200, "application/json", body, [cookie])

    def script(url: Any) -> Any:
        text = "hi"
        for _ in range(5):
            text = chat(text, base_url=url, model="m")
        return text

    async with open_site(pages) as site:
        assert await epic.evaluate(script, site.url) == "ok"
        assert (len(site.requests), site.connections) == (5, 1)
        for _ in range(2):
            await chat("hi", base_url=site.url, model="m")
        assert site.connections == 3


async def test_a_cancelled_call_leaves_the_client_to_others() -> None:
    """Its connection is closed; calls beside it and behind it go on."""

    async def reply(messages: list[dict[str, Any]]) -> str:
        if messages[-1]["content"] == "slow":
            await trio.sleep(float("inf"))
        return "ok"

    def script(settings: Any) -> Any:
        beside = chat("a", **settings)
        try:
            chat("x", **{**settings, "model": "other"})
            lost = chat("slow", **settings)
        except ModelRequestError:
            lost = "lost"
        return beside, lost, chat("b", **settings)

    model = SimulatedModel(reply)
    async with open_simulated_model(model) as url:
        settings = {"base_url": url, "model": "simulated"}
        with trio.fail_after(60):
            found = await epic.evaluate(script, settings)
    assert found == ("ok", "lost", "ok")
    assert model.statistics().running == 0


async def test_a_busy_server_is_asked_again_after_its_time() -> None:
    """`Retry-After` is waited for; other errors that may pass are tried again, too."""
    busy = [say(503, "later"), say(429, "later")]
    async with open_site(one_by_one(*busy, say(200, answer("ok")))) as site:
        assert await chat("hi", base_url=site.url, model="m") == "ok"
        assert len(site.requests) == 3


async def test_an_answer_has_a_time() -> None:
    """The whole call is bounded, tries included."""
    async with open_simulated_model(SimulatedModel(never)) as url:
        with pytest.raises(ModelTimeoutError, match="timeout="), trio.fail_after(60):
            await chat("hi", base_url=url, model="simulated", timeout=0.1)


async def never(messages: list[dict[str, Any]]) -> str:
    await trio.sleep(float("inf"))
    return ""

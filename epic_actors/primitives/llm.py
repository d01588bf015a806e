"""Language models behind an OpenAI-compatible API.

    chat          the answer, a `str`
    chat_stream   the answer, a `str` that a script can read while it arrives
    chat_as       the answer as a value of a type: a dataclass, a list, a number, …; a
                  function of its own, not an option of `chat`, so that `chat` is a `str`
    complete      the answer with all that belongs to it: choices, tool calls, usage

A model is named by three settings, each an argument or an environment variable:
`base_url` or `EPIC_LLM_BASE_URL`, `model` or `EPIC_LLM_MODEL`, and, where the server
asks for one, `api_key` or `OPENAI_API_KEY`.  Keys appear in no message and no log.

All calls of a run share one client and its connections.  A call that fails in a way
that may pass (429, 5xx, a broken connection) is tried again, `retry` times at most,
after the time that the server asks for or else after growing waits.
"""

import json
import re
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from typing import Any, TypedDict, Unpack

import attrs

import epic_actors as epic
from epic_actors.errors import UsageError
from epic_actors.primitives.client import open_body, open_client
from epic_actors.primitives.completions import (
    ChunkReader,
    Completion,
    Prompt,
    ToolCall,
    Usage,
    body_of,
    messages_of,
    read_completion,
)
from epic_actors.primitives.event_stream import EventReader
from epic_actors.primitives.model_endpoint import Endpoint, find_endpoint
from epic_actors.primitives.model_errors import (
    ModelAnswerError,
    ModelBusyError,
    ModelError,
    ModelRequestError,
    ModelTimeoutError,
    answer_error,
    broken_off_error,
    shorten,
    speaking_to,
    timeout_error,
)
from epic_actors.primitives.options import check, check_options
from epic_actors.primitives.retries import Patience, deadline_after, streamed, tried
from epic_actors.primitives.schema import is_closed, shape_of, strict
from epic_actors.primitives.shapes import Field, MismatchError, Record, Shape


class Settings(TypedDict, total=False):
    """What every call of a model takes besides the prompt, as keywords.

    Attributes:
        model: The model's name; `EPIC_LLM_MODEL` if left out.
        base_url: Where its API is, `/v1` included; `EPIC_LLM_BASE_URL` if left out.
        api_key: The key to send; `OPENAI_API_KEY` if left out, none if that is unset.
        system: A system message to put before the prompt.
        temperature: How much answers vary; the server's default if left out.
        stop: Where the answer ends: a string or some strings, not part of the answer.
        max_tokens: The most tokens the answer may have.
        seed: For servers that can repeat an answer.
        extra: Further fields of the request, sent as they are.
        retry: How often to try again after an error that may pass; 2 if left out.
        timeout: Seconds for the whole call, tries and waits included; no end if left out.
        first_timeout: Seconds of each try until the first piece of the answer.
    """

    model: str | None
    base_url: str | None
    api_key: str | None
    system: str | None
    temperature: float | None
    stop: str | Sequence[str] | None
    max_tokens: int | None
    seed: int | None
    extra: Mapping[str, Any] | None
    retry: int
    timeout: float | None
    first_timeout: float | None


@epic.unordered
async def chat(prompt: Prompt, **settings: Unpack[Settings]) -> str:
    """Ask a model and give its whole answer.

    Example:
        >>> @epic.script
        ... def report(topics):
        ...     drafts = [chat(f"Draft a paragraph on {topic}") for topic in topics]
        ...     return chat("Merge these: " + " ".join(drafts))
        >>> report(["tides", "storms"])
        'Tides and storms.'

    Args:
        prompt: What the user says, or a list of messages with `role` and `content`.
        settings: See `Settings`.

    Raises:
        UsageError: No model is set, or the settings cannot be used.
        ModelBusyError: The server is out of reach or overloaded; a `Transient`.
        ModelRequestError: The server refused the request.
        ModelAnswerError: The server's answer is not a chat completion.
    """
    return (await _ask(_Request.of(prompt, settings))).text


@epic.unordered
async def complete(
    prompt: Prompt,
    *,
    tools: Iterable[Mapping[str, Any]] = (),
    tool_choice: str | Mapping[str, Any] | None = None,
    n: int | None = None,
    **settings: Unpack[Settings],
) -> Completion:
    """Ask a model and give all of its answer: choices, tool calls, usage.

    Example:
        >>> @epic.script
        ... def longest(question):
        ...     answer = complete(question, n=3, temperature=1.0)
        ...     return max(answer.texts, key=len)
        >>> longest("Name a colour.")
        'Turquoise.'

    Args:
        prompt: What the user says, or a list of messages with `role` and `content`.
        tools: What the model may call, as JSON; see `tools.schema_of`.
        tool_choice: Which of them it must call: `auto`, `none`, `required`, or one.
        n: How many answers it is to give to the one prompt.
        settings: See `Settings`.

    Raises:
        ModelError: As for `chat`.
    """
    check("n= of a model's call", n, int | None)
    check("tools= of a model's call", tools, Iterable)
    offered = list(tools) or None
    fields = {"tools": offered, "tool_choice": tool_choice, "n": n}
    return await _ask(_Request.of(prompt, settings, fields))


@epic.unordered
async def chat_as(output: Any, prompt: Prompt, **settings: Unpack[Settings]) -> Any:
    """Ask a model for a value of a type, and check that its answer is one.

    Example:
        >>> @dataclass
        ... class Verdict:
        ...     good: bool
        ...     reason: str
        >>> @epic.script
        ... def judge(drafts):
        ...     verdicts = [chat_as(Verdict, f"Is this good? {d}") for d in drafts]
        ...     return [d for d, v in zip(drafts, verdicts) if v.good]
        >>> judge(["too long", "brief"])
        ['brief']

    Args:
        output: The type: a dataclass or anything else that `schema.shape_of` takes.
        prompt: What the user says, or a list of messages with `role` and `content`.
        settings: See `Settings`.

    Raises:
        UsageError: The type has no JSON schema.
        ModelAnswerError: The answer does not fit the type; the message names the field.
        ModelError: As for `chat`.
    """
    wanted = _Wanted.of(output)
    request = _Request.of(prompt, settings, {"response_format": wanted.format()})
    answer = await _ask(request)
    try:
        return wanted.read(answer.text)
    except ValueError as error:
        raise _misfit(request.endpoint, output, answer, error) from error


@epic.unordered
async def chat_stream(
    prompt: Prompt, **settings: Unpack[Settings]
) -> AsyncIterator[str]:
    """Ask a model and give its answer piece by piece.

    A script sees a `str`, and what reads only its beginning need not wait for its end.
    The call is tried again only as long as no piece has come.

    Example:
        >>> @epic.script
        ... def carry_out(task):
        ...     plan = chat_stream("List the steps, one a line: " + task)
        ...     return [chat("Do this: " + step) for step in plan.splitlines()]
        >>> carry_out("Make tea.")
        ['Done: boil water.', 'Done: pour it.']

    Args:
        prompt: What the user says, or a list of messages with `role` and `content`.
        settings: See `Settings`.

    Yields:
        The text, as the server cuts it.

    Raises:
        ModelError: As for `chat`, at the place in the text where it happened.
    """
    request = _Request.of(prompt, settings, {"stream": True, **_ask_for_usage()})
    given = streamed(lambda: _pieces(request), *request.limits())
    async with aclosing(given) as pieces:
        async for text in pieces:
            yield text


@contextmanager
def count_usage() -> Iterator["UsageCount"]:
    """Count what the models of this block cost, also in runs that the block starts.

    Example:
        >>> with count_usage() as usage:
        ...     print(epic.run(lambda: chat("Name a colour.")))
        Turquoise.
        >>> usage.answers, usage.completion_tokens
        (1, 2)
    """
    count = UsageCount()
    token = _counts.set((*_counts.get(), count))
    try:
        yield count
    finally:
        _counts.reset(token)


@attrs.define(eq=False)
class UsageCount:
    """What some calls of models cost.

    Attributes:
        answers: How many models have answered.
        prompt_tokens: Tokens of the prompts.
        completion_tokens: Tokens of the answers.
        total_tokens: Both.
    """

    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0

    def add(self, usage: Usage) -> None:
        """Count an answer."""
        self.answers += 1
        self.prompt_tokens += usage.prompt_tokens
        self.completion_tokens += usage.completion_tokens
        self.total_tokens += usage.total_tokens


_counts: ContextVar[tuple[UsageCount, ...]] = ContextVar("usage counts", default=())


def _ask_for_usage() -> dict[str, Any]:
    # Why: not every server knows the option, so it is sent only where it is needed.
    return {"stream_options": {"include_usage": True}} if _counts.get() else {}


def _count(usage: Usage | None) -> None:
    for count in _counts.get():
        count.add(usage or Usage())


@attrs.frozen
class _Request:
    endpoint: Endpoint
    body: bytes
    retry: int
    timeout: float | None
    first_timeout: float | None

    @classmethod
    def of(
        cls, prompt: Prompt, given: Settings, further: Mapping[str, Any] | None = None
    ) -> "_Request":
        settings: dict[str, Any] = dict(given)
        if "output" in settings:
            raise UsageError("a value of a type is what chat_as(type, prompt) gives")
        check_options("a model's call", Settings, settings)
        get = settings.get
        endpoint = find_endpoint(get("model"), get("base_url"), get("api_key"))
        stop = get("stop")
        fields = {
            "model": endpoint.model,
            "messages": messages_of(prompt, get("system")),
            "temperature": get("temperature"),
            "stop": stop if stop is None or isinstance(stop, str) else list(stop),
            "max_tokens": get("max_tokens"),
            "seed": get("seed"),
            **(further or {}),
            **(get("extra") or {}),
        }
        times = get("timeout"), get("first_timeout")
        return cls(endpoint, body_of(fields), get("retry", 2), *times)

    def limits(self) -> tuple[Patience, Callable[[], Exception], float | None]:
        """How often and how long to try."""
        patience = Patience(self.retry, deadline_after(self.timeout))
        return patience, lambda: timeout_error(self.endpoint), self.first_timeout

    def headers(self) -> dict[str, str]:
        """The headers to send."""
        return {"Content-Type": "application/json", **self.endpoint.headers()}


async def _ask(request: _Request) -> Completion:
    return await tried(lambda: _post(request), *request.limits())


async def _post(request: _Request) -> Completion:
    endpoint = request.endpoint
    with speaking_to(endpoint):
        async with open_client() as client:
            response = await client.post(
                endpoint.url, content=request.body, headers=request.headers()
            )
            response.raise_for_status()
    try:
        answer = read_completion(response.json())
    except ValueError as error:
        raise answer_error(endpoint, response.text, response.status_code) from error
    _count(answer.usage)
    return answer


async def _pieces(request: _Request) -> AsyncGenerator[str, None]:
    endpoint, events, chunks = request.endpoint, EventReader(), ChunkReader()
    with speaking_to(endpoint):
        async with (
            open_client() as client,
            client.stream(
                "POST", endpoint.url, content=request.body, headers=request.headers()
            ) as response,
        ):
            if not response.is_success:
                await response.aread()
                response.raise_for_status()
            async with open_body(response) as body:
                async for data in body:
                    for text in _texts(endpoint, events, chunks, data):
                        yield text
    if not chunks.ended:
        raise broken_off_error(endpoint)
    _count(chunks.usage)


def _texts(
    endpoint: Endpoint, events: EventReader, chunks: ChunkReader, data: bytes
) -> Iterator[str]:
    try:
        for event in events.feed(data):
            yield from chunks.read(event)
    except ValueError as error:
        said = data.decode("utf-8", "replace")
        raise answer_error(endpoint, said) from error


@attrs.frozen
class _Wanted:
    """What an answer is to be; what is no object itself is sent as a field of one."""

    name: str
    shape: Shape
    unwrap: Callable[[Any], Any]

    @classmethod
    def of(cls, output: Any) -> "_Wanted":
        name = re.sub(r"\W+", "_", getattr(output, "__name__", "")) or "answer"
        shape = shape_of(output)
        if isinstance(shape, Record):
            return cls(name, shape, lambda value: value)
        return cls(
            name, Record(dict, (Field("value", shape),)), lambda made: made["value"]
        )

    def format(self) -> dict[str, Any]:
        """What the model is told."""
        schema = strict(self.shape.schema)
        described = {"name": self.name, "schema": schema, "strict": is_closed(schema)}
        return {"type": "json_schema", "json_schema": described}

    def read(self, text: str) -> Any:
        """The value that the text stands for."""
        return self.unwrap(self.shape.read(json.loads(_bare(text))))


_FENCED = re.compile(r"\A\s*```\w*\n(.*?)```\s*\Z", re.DOTALL)


def _bare(text: str) -> str:
    """The text without the fence that some models put around their JSON."""
    fenced = _FENCED.match(text)
    return fenced[1] if fenced else text


def _misfit(
    endpoint: Endpoint, output: Any, answer: Completion, error: ValueError
) -> ModelError:
    reason = str(error) if isinstance(error, MismatchError) else f"no JSON: {error}"
    if answer.finish_reason == "length":
        reason += " (the answer was cut off: raise max_tokens)"
    name = getattr(output, "__name__", output)
    message = (
        f"{endpoint.shown} (model {endpoint.model}) gave no {name}: {reason}. "
        f"It said: {shorten(answer.text)}"
    )
    return ModelAnswerError(message, endpoint.shown, endpoint.model, 200)


__all__ = [
    "Completion",
    "ModelAnswerError",
    "ModelBusyError",
    "ModelError",
    "ModelRequestError",
    "ModelTimeoutError",
    "Settings",
    "ToolCall",
    "Usage",
    "UsageCount",
    "chat",
    "chat_as",
    "chat_stream",
    "complete",
    "count_usage",
]

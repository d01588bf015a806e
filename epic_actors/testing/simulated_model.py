"""A language model to develop against: OpenAI's HTTP API, answers and waits by seed.

Theory of operation
    `SimulatedModel` says what is answered and after how long.  Both depend on the
    request's content alone, so a script meets the same model on every schedule.
    `SimulatedModel.serve` takes any trio stream, so a test can run it in memory and in
    virtual time.

Where else to look
    `latency`: how long.  `faults`: what goes wrong.  `chat_protocol`: the API's shapes.
    `http_server`: the connection.  `loopback`: serving it on a port of this machine.
"""

import inspect
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import attrs
import trio

from epic_actors.testing.chat_protocol import (
    Answer,
    ApiError,
    ChatRequest,
    Completion,
    Message,
    Says,
    cut,
    encode,
    parse_chat_request,
    text_of,
)
from epic_actors.testing.faults import Fault, Faults
from epic_actors.testing.http_server import (
    MAX_BODY_BYTES,
    Dropped,
    Exchange,
    Refused,
    Request,
    serve_connection,
)
from epic_actors.testing.latency import Latency


Spoken: TypeAlias = str | Says | list[Any] | dict[str, Any]
"""Text; text with calls of tools; or a value that is sent as JSON."""

Reply: TypeAlias = Callable[[list[Message]], Spoken | Awaitable[Spoken]]
"""What a simulated model says to some messages; may be `async def`."""

_WORDS = ("a", "and", "because", "first", "it", "model", "next", "not", "of", "one")


def seeded_reply(messages: list[Message], *, seed: int = 0) -> str:
    """Some twenty words that depend only on the seed and on what the messages say.

    Example:
        >>> hello = [{"role": "user", "content": "hello"}]
        >>> seeded_reply(hello) == seeded_reply(hello)
        True
    """
    said = [(message["role"], text_of(message)) for message in messages]
    draw = random.Random(f"{seed}:{said}")  # noqa: S311 - no secret
    words = draw.choices(_WORDS, k=draw.randint(15, 25))
    return " ".join(words).capitalize() + "."


@attrs.frozen
class Statistics:
    """What a simulated model has seen so far.

    Attributes:
        requests: Chat requests that arrived.
        running: Those being answered now.
        peak: The most that were being answered at one time.
        answered: Those answered in full.
        failed: Those that were answered with an error or dropped.
        cancelled: Those whose client left before the end of the answer.
    """

    requests: int = 0
    running: int = 0
    peak: int = 0
    answered: int = 0
    failed: int = 0
    cancelled: int = 0


@attrs.define(eq=False)
class SimulatedModel:
    """A model with an OpenAI-compatible API, for tests, demos and benchmarks.

    Example:
        >>> def reply(messages):
        ...     return messages[-1]["content"].upper()
        >>> with open_simulated_model_thread(SimulatedModel(reply)) as base_url:
        ...     ...  # POST {base_url}/chat/completions

    Attributes:
        reply: What it says to some messages.
        latency: How long it takes.
        faults: What goes wrong.
        models: The names it goes by; other names are answered with 404.
        api_key: The key that requests must carry, or None if any may come.
        max_body_bytes: Larger requests are answered with 413.
    """

    reply: Reply = seeded_reply
    latency: Latency = attrs.field(factory=Latency, kw_only=True)
    faults: Faults = attrs.field(factory=Faults, kw_only=True)
    models: tuple[str, ...] = attrs.field(default=("simulated",), kw_only=True)
    api_key: str | None = attrs.field(default=None, kw_only=True, repr=False)
    max_body_bytes: int = attrs.field(default=MAX_BODY_BYTES, kw_only=True)
    _seen: Statistics = attrs.field(factory=Statistics, init=False)

    def statistics(self) -> Statistics:
        """What it has seen so far; may be asked from any thread."""
        return self._seen

    async def serve(self, stream: trio.abc.HalfCloseableStream) -> None:
        """Answer the requests of one connection until either side closes it."""
        await serve_connection(
            stream, self._application, _refuse, max_body_bytes=self.max_body_bytes
        )

    async def _application(self, request: Request, exchange: Exchange) -> None:
        try:
            await self._route(request, exchange)
        except ApiError as error:
            await _send_error(error, exchange)

    async def _route(self, request: Request, exchange: Exchange) -> None:
        path = request.path.rstrip("/")
        if path not in {"/v1/chat/completions", "/v1/models"}:
            raise ApiError(404, f"Unknown request URL: {request.method} {path}.")
        allowed = "GET" if path == "/v1/models" else "POST"
        if request.method != allowed:
            message = f"{path} takes {allowed}, not {request.method}."
            raise ApiError(405, message, allow=allowed)
        self._check_key(request)
        if path == "/v1/models":
            await exchange.answer(200, _JSON, self._list_models())
        else:
            await self._chat(request, exchange)

    def _check_key(self, request: Request) -> None:
        sent = request.headers.get("authorization")
        if self.api_key is not None and sent != f"Bearer {self.api_key}":
            message = "Incorrect or missing API key in the Authorization header."
            raise ApiError(401, message, code="invalid_api_key")

    def _list_models(self) -> bytes:
        models = [
            {"id": name, "object": "model", "created": 0, "owned_by": "epic-actors"}
            for name in self.models
        ]
        return encode({"object": "list", "data": models})

    async def _chat(self, request: Request, exchange: Exchange) -> None:
        outcome = "cancelled"
        self._begin()
        try:
            await self._generate(request, exchange)
            outcome = "answered"
        except (ApiError, Dropped):
            outcome = "failed"
            raise
        finally:
            self._finish(outcome)

    def _begin(self) -> None:
        seen, running = self._seen, self._seen.running + 1
        self._seen = attrs.evolve(
            seen,
            requests=seen.requests + 1,
            running=running,
            peak=max(seen.peak, running),
        )

    def _finish(self, outcome: str) -> None:
        change = {
            outcome: getattr(self._seen, outcome) + 1,
            "running": self._seen.running - 1,
        }
        self._seen = attrs.evolve(self._seen, **change)

    async def _generate(self, http: Request, exchange: Exchange) -> None:
        begun, number = trio.current_time(), self._seen.requests
        request = parse_chat_request(http.body)
        if request.model not in self.models:
            known = " or ".join(self.models)
            message = f"The model '{request.model}' does not exist; ask for {known}."
            raise ApiError(404, message, param="model", code="model_not_found")
        fault = self.faults.draw(request.content())
        if fault is not None and fault.status is not None:
            message = f"Injected fault: status {fault.status}."
            raise ApiError(fault.status, message, retry_after_s=fault.retry_after_s)
        answer, *others = [await self._think(request) for _ in range(request.n)]
        waits = self.latency.arrivals(request.content(), max(len(answer.tokens), 1))
        completion = Completion(request, answer, number, tuple(others))
        send = _stream_events if request.stream else _send_whole
        await send(completion, exchange, [begun + wait for wait in waits], fault)

    async def _think(self, request: ChatRequest) -> Answer:
        try:
            said = self.reply(list(request.messages))
            spoken: object = await said if inspect.isawaitable(said) else said
        except Exception as error:
            message = f"The reply function failed: {type(error).__name__}: {error}"
            raise ApiError(500, message) from error
        says = Says.of(spoken)
        if says is None:
            message = f"The reply function gave {type(spoken).__name__}, not str."
            raise ApiError(500, message)
        answer = cut(says.text, request.stop, request.max_tokens)
        if not says.calls:
            return answer
        return attrs.evolve(answer, finish_reason="tool_calls", calls=says.calls)


_JSON = "application/json"


async def _refuse(refused: Refused, exchange: Exchange) -> None:
    await _send_error(ApiError(refused.status, str(refused)), exchange, close=True)


async def _send_error(
    error: ApiError, exchange: Exchange, *, close: bool = False
) -> None:
    headers = [*error.headers(), *([("Connection", "close")] if close else [])]
    await exchange.answer(error.status, _JSON, error.body(), headers)


async def _send_whole(
    completion: Completion,
    exchange: Exchange,
    arrivals: list[float],
    drop: Fault | None,
) -> None:
    await trio.sleep_until(arrivals[-1])
    if drop is not None:
        raise Dropped
    await exchange.answer(200, _JSON, completion.body())


async def _stream_events(
    completion: Completion,
    exchange: Exchange,
    arrivals: list[float],
    drop: Fault | None,
) -> None:
    # The role comes with the first token, what ends the answer with the last one.
    await trio.sleep_until(arrivals[0])
    await exchange.start(200, "text/event-stream", [("Cache-Control", "no-cache")])
    arrivals = [arrivals[0], *arrivals]
    for number, event in enumerate(completion.events()):
        await trio.sleep_until(arrivals[min(number, len(arrivals) - 1)])
        if drop is not None and number > drop.pieces:
            raise Dropped
        await exchange.piece(event)
    await exchange.end()

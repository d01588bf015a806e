"""The chat-completions protocol as a client speaks it: records and dicts, no I/O.

Source: https://platform.openai.com/docs/api-reference/chat.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from epic_actors.errors import UsageError
from epic_actors.primitives.options import check


Prompt: TypeAlias = str | Sequence[Mapping[str, Any]]
"""What the user says, or messages with `role` and `content`."""


@attrs.frozen
class Usage:
    """How many tokens an answer cost, as the server counts them; 0 if it does not."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


@attrs.frozen
class ToolCall:
    """A tool that the model wants to be called.

    Attributes:
        id: What the message with its result refers to.
        name: The tool's name, as the model said it.
        arguments: Its arguments, as the model wrote them: JSON, if all is well.
    """

    id: str
    name: str
    arguments: str
    __epic_atom__ = True


@attrs.frozen
class Completion:
    """A whole answer.

    Attributes:
        text: What the model said; empty if it only calls tools.
        texts: The same for each of the `n` choices.
        tool_calls: What the first choice wants to be called.
        message: The first choice as a message, to be sent along with the results.
        finish_reason: Why it ended: `stop`, `length`, `tool_calls`, …
        usage: What it cost.
        model: The model that answered, as the server names it.
    """

    text: str
    texts: tuple[str, ...]
    tool_calls: tuple[ToolCall, ...]
    message: dict[str, Any]
    finish_reason: str | None
    usage: Usage
    model: str


def messages_of(prompt: Prompt, system: str | None) -> list[dict[str, Any]]:
    """All messages, that of the system first.

    Raises:
        UsageError: A prompt is something else than a text or some messages.
    """
    check("the prompt", prompt, str | Sequence[Mapping[str, Any]])
    check("system= of a model's call", system, str | None)
    said = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
    first = [] if system is None else [{"role": "system", "content": system}]
    return [*first, *map(dict, said)]


def body_of(fields: dict[str, Any]) -> bytes:
    """The body of a request, without the fields that are None.

    Raises:
        UsageError: A field is not JSON.
    """
    asked = {name: value for name, value in fields.items() if value is not None}
    try:
        # Why: escaped, as half a surrogate pair has no bytes of its own.
        return json.dumps(asked, allow_nan=False).encode("ascii")
    except (TypeError, ValueError) as error:
        raise UsageError(f"This cannot be sent to a model: {error}.") from error


def read_completion(answer: Any) -> Completion:
    """The completion that a server's JSON is.

    Raises:
        ValueError: It is none.
    """
    try:
        choices = answer["choices"]
        texts = tuple(_text_of(choice["message"]) for choice in choices)
        first = choices[0]
        message = {"role": "assistant", **first["message"]}
        calls = tuple(map(_read_call, message.get("tool_calls") or ()))
        return Completion(
            text=texts[0],
            texts=texts,
            tool_calls=calls,
            message=message,
            finish_reason=first.get("finish_reason"),
            usage=read_usage(answer.get("usage")),
            model=str(answer.get("model") or ""),
        )
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("not a chat completion") from error


def _text_of(message: Any) -> str:
    text = message.get("content")
    if text is None and not message.get("tool_calls"):
        text = message["refusal"]
    if not isinstance(text, str | None):
        raise TypeError("the content of an answer is a string")
    return text or ""


def _read_call(call: Any) -> ToolCall:
    function = call["function"]
    arguments = function.get("arguments") or "{}"
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments)
    return ToolCall(str(call.get("id") or ""), str(function["name"]), arguments)


def read_usage(usage: Any) -> Usage:
    """What an answer cost; whatever the server does not say is 0."""
    counts = usage if isinstance(usage, dict) else {}
    names = (field.name for field in attrs.fields(Usage))
    found = {name: counts.get(name) for name in names}
    return Usage(**{n: c if isinstance(c, int) else 0 for n, c in found.items()})


@attrs.define(eq=False)
class ChunkReader:
    """Reads the text of the first choice out of a stream's events.

    Attributes:
        ended: Whether the answer is complete.
        usage: What it cost, once the server has said so.
    """

    ended: bool = False
    usage: Usage | None = None

    def read(self, event: str) -> Iterator[str]:
        """The text that an event adds.

        Raises:
            ValueError: It is no chunk of a chat completion, or an error.
        """
        if event.strip() == "[DONE]":
            self.ended = True
            return
        try:
            chunk = json.loads(event)
            if chunk.get("usage"):
                self.usage = read_usage(chunk["usage"])
            for choice in chunk["choices"]:
                yield from self._read_choice(choice)
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError("not a chunk of a chat completion") from error

    def _read_choice(self, choice: Any) -> Iterator[str]:
        if choice.get("index"):
            return
        text = (choice.get("delta") or {}).get("content")
        if text:
            yield str(text)
        self.ended = self.ended or choice.get("finish_reason") is not None

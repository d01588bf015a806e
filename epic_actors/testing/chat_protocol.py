"""The chat-completions protocol as a server speaks it: bytes and dicts, no I/O.

Source: https://platform.openai.com/docs/api-reference/chat.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import attrs


Message: TypeAlias = dict[str, Any]
_TOKEN = re.compile(r"\s*\S{1,6}|\s+$")


class ApiError(Exception):
    """A request that is answered with an error in OpenAI's shape.

    Attributes:
        status: The HTTP status.
        retry_after_s: Seconds for the `Retry-After` header, or None.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        allow: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        """Say what is wrong, with which parameter, and what would be taken."""
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s
        self._allow = allow
        self._param = param
        self._code = code

    def headers(self) -> list[tuple[str, str]]:
        """The headers that go with it."""
        headers = []
        if self.retry_after_s is not None:
            headers.append(("Retry-After", f"{self.retry_after_s:g}"))
        if self._allow is not None:
            headers.append(("Allow", self._allow))
        return headers

    def body(self) -> bytes:
        """The JSON object that clients expect."""
        error = {
            "message": str(self),
            "type": error_type(self.status),
            "param": self._param,
            "code": self._code,
        }
        return encode({"error": error})


def error_type(status: int) -> str:
    """OpenAI's name for the kind of error that a status stands for."""
    known = {401: "authentication_error", 429: "rate_limit_error"}
    fallback = "server_error" if status >= 500 else "invalid_request_error"
    return known.get(status, fallback)


@attrs.frozen
class ChatRequest:
    """A chat-completions request that has been checked."""

    model: str
    messages: tuple[Message, ...]
    stream: bool = False
    include_usage: bool = False
    stop: tuple[str, ...] = ()
    max_tokens: int | None = None
    n: int = 1

    def content(self) -> str:
        """What the answer depends on, as one string."""
        return json.dumps([self.model, self.messages], sort_keys=True)

    def prompt_tokens(self) -> int:
        """About how many tokens the messages have."""
        return sum(len(split_tokens(text_of(message))) for message in self.messages)


@attrs.frozen
class Says:
    """What a model says: text, calls of tools, or both.

    Attributes:
        text: The text.
        calls: The names of the tools, each with its arguments: a value to be sent as
            JSON, or a string that is sent as it is.
    """

    text: str = ""
    calls: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, said: object) -> "Says | None":
        """What a reply function means: lists and dicts are sent as JSON."""
        if isinstance(said, list | dict):
            return cls(json.dumps(said, ensure_ascii=False))
        if isinstance(said, str):
            return cls(said)
        return said if isinstance(said, cls) else None


@attrs.frozen
class Answer:
    """What the model says, cut to what the request allows."""

    tokens: tuple[str, ...]
    finish_reason: str
    calls: tuple[tuple[str, Any], ...] = ()

    @property
    def text(self) -> str:
        """The answer in one piece."""
        return "".join(self.tokens)

    def tool_calls(self) -> list[Message]:
        """The calls of tools, as they stand in a message."""
        return [
            {
                "id": f"call-{number}",
                "type": "function",
                "function": {"name": name, "arguments": _arguments(arguments)},
            }
            for number, (name, arguments) in enumerate(self.calls)
        ]

    def message(self) -> Message:
        """The answer as a message."""
        message: Message = {"role": "assistant", "content": self.text}
        if not self.calls:
            return message
        return {
            **message,
            "content": self.text or None,
            "tool_calls": self.tool_calls(),
        }


def _arguments(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def encode(value: object) -> bytes:
    """JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def text_of(message: Message) -> str:
    """The text of a message, whose content is a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(
        str(part.get("text", "")) for part in parts if isinstance(part, dict)
    )


def split_tokens(text: str) -> list[str]:
    """The text in pieces of about a token each; joined they are the text again."""
    return _TOKEN.findall(text)


def cut(text: str, stop: Sequence[str], max_tokens: int | None) -> Answer:
    """The answer up to the first stop sequence and at most so many tokens long."""
    ends = [text.find(mark) for mark in stop if mark in text]
    tokens = split_tokens(text[: min(ends)] if ends else text)
    if max_tokens is not None and len(tokens) > max_tokens:
        return Answer(tuple(tokens[:max_tokens]), "length")
    return Answer(tuple(tokens), "stop")


def parse_chat_request(body: bytes) -> ChatRequest:
    """Check a request's body.

    Raises:
        ApiError: With status 400, if it is not a chat-completions request.
    """
    fields = _parse_object(body)
    max_tokens = fields.get("max_completion_tokens", fields.get("max_tokens"))
    if max_tokens is not None and (type(max_tokens) is not int or max_tokens < 1):
        raise _invalid("max_tokens", "a whole number from 1")
    return ChatRequest(
        model=_parse_model(fields),
        messages=_parse_messages(fields),
        stream=_parse_flag(fields, "stream"),
        include_usage=_parse_include_usage(fields),
        stop=_parse_stop(fields),
        max_tokens=max_tokens,
        n=_parse_n(fields),
    )


def _invalid(param: str, accepted: str) -> ApiError:
    return ApiError(400, f"Invalid '{param}': expected {accepted}.", param=param)


def _missing(param: str) -> ApiError:
    return ApiError(400, f"Missing required parameter: '{param}'.", param=param)


def _parse_object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        message = f"The body of the request is not valid JSON: {error}."
        raise ApiError(400, message) from error
    if not isinstance(fields, dict):
        raise ApiError(400, "The body of the request must be a JSON object.")
    return fields


def _parse_model(fields: dict[str, Any]) -> str:
    if "model" not in fields:
        raise _missing("model")
    model = fields["model"]
    if not isinstance(model, str):
        raise _invalid("model", "a string")
    return model


def _parse_messages(fields: dict[str, Any]) -> tuple[Message, ...]:
    if "messages" not in fields:
        raise _missing("messages")
    messages = fields["messages"]
    if not isinstance(messages, list) or not messages:
        raise _invalid("messages", "a list of at least one message")
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise _invalid(f"messages[{index}]", "an object with a 'role'")
        if not isinstance(message.get("content"), str | list | None):
            raise _invalid(f"messages[{index}].content", "a string or a list of parts")
    return tuple(messages)


def _parse_flag(fields: dict[str, Any], name: str) -> bool:
    flag = fields.get(name)
    if not isinstance(flag, bool | None):
        raise _invalid(name, "true or false")
    return bool(flag)


def _parse_n(fields: dict[str, Any]) -> int:
    n = 1 if fields.get("n") is None else fields["n"]
    if type(n) is not int or n < 1:
        raise _invalid("n", "a whole number from 1")
    if n > 1 and fields.get("stream"):
        raise _invalid("n", "1: this server streams one choice per request")
    return n


def _parse_include_usage(fields: dict[str, Any]) -> bool:
    options = fields.get("stream_options")
    if options is None:
        return False
    if not isinstance(options, dict):
        raise _invalid("stream_options", "an object")
    return _parse_flag(options, "include_usage")


def _parse_stop(fields: dict[str, Any]) -> tuple[str, ...]:
    stop = fields.get("stop")
    marks = [stop] if isinstance(stop, str) else stop or []
    if not isinstance(marks, list) or not all(
        isinstance(mark, str) and mark for mark in marks
    ):
        raise _invalid("stop", "a string or a list of strings, none empty")
    return tuple(marks)


@attrs.frozen
class Completion:
    """One request and its answer, in the shapes that go over the wire."""

    request: ChatRequest
    answer: Answer
    number: int
    others: tuple[Answer, ...] = ()

    def body(self) -> bytes:
        """The whole answer as one JSON object."""
        choices = [
            {
                "index": index,
                "message": answer.message(),
                "finish_reason": answer.finish_reason,
            }
            for index, answer in enumerate((self.answer, *self.others))
        ]
        return encode(
            self._frame("chat.completion", choices) | {"usage": self._usage()}
        )

    def events(self) -> Iterator[bytes]:
        """The answer as server-sent events: a role, a delta per token, how it ended."""
        yield self._event({"role": "assistant", "content": ""})
        for token in self.answer.tokens:
            yield self._event({"content": token})
        for index, call in enumerate(self.answer.tool_calls()):
            yield self._event({"tool_calls": [{"index": index, **call}]})
        yield self._event({}, self.answer.finish_reason)
        if self.request.include_usage:
            chunk = self._frame("chat.completion.chunk", [])
            yield _sse(encode(chunk | {"usage": self._usage()}))
        yield _sse(b"[DONE]")

    def _event(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return _sse(encode(self._frame("chat.completion.chunk", [choice])))

    def _frame(self, kind: str, choices: list[Any]) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{self.number}",
            "object": kind,
            "created": 0,
            "model": self.request.model,
            "choices": choices,
        }

    def _usage(self) -> dict[str, int]:
        prompt = self.request.prompt_tokens()
        completion = sum(len(each.tokens) for each in (self.answer, *self.others))
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }


def _sse(data: bytes) -> bytes:
    return b"data: " + data + b"\n\n"

"""Requests are checked and answers cut without any I/O."""

import json

import pytest
from hypothesis import given, strategies as st

from epic_actors.testing.chat_protocol import (
    Answer,
    ApiError,
    Says,
    cut,
    parse_chat_request,
    split_tokens,
    text_of,
)


HELLO = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}

WRONG = [
    (b"{", "not valid JSON"),
    (b"\xff", "not valid JSON"),
    (b"[" * 100_000, "not valid JSON"),
    (b"[]", "JSON object"),
    ({"messages": []}, "Missing required parameter: 'model'"),
    ({"model": "m"}, "Missing required parameter: 'messages'"),
    ({**HELLO, "model": 1}, "'model'"),
    ({**HELLO, "messages": []}, "'messages'"),
    ({**HELLO, "messages": "hello"}, "'messages'"),
    ({**HELLO, "messages": ["hello"]}, r"'messages\[0\]'"),
    ({**HELLO, "messages": [{"role": "user", "content": 1}]}, "content"),
    ({**HELLO, "stream": "yes"}, "'stream'"),
    ({**HELLO, "stream_options": True}, "'stream_options'"),
    ({**HELLO, "stop": 1}, "'stop'"),
    ({**HELLO, "stop": [""]}, "'stop'"),
    ({**HELLO, "max_tokens": 0}, "'max_tokens'"),
    ({**HELLO, "max_tokens": True}, "'max_tokens'"),
    ({**HELLO, "n": 0}, "'n'"),
    ({**HELLO, "n": 2, "stream": True}, "'n'"),
]


@pytest.mark.parametrize(("body", "message"), WRONG)
def test_a_wrong_request_is_a_400(body: object, message: str) -> None:
    """What is not a chat request is told so, and what would be taken."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(ApiError, match=message) as caught:
        parse_chat_request(data)
    assert caught.value.status == 400


@given(st.binary() | st.text())
def test_any_bytes_parse_or_are_refused(body: bytes | str) -> None:
    """Whatever arrives is a request or an `ApiError`, never another error."""
    data = body if isinstance(body, bytes) else body.encode("utf-8", "replace")
    with pytest.raises(ApiError):
        parse_chat_request(data)


@given(st.text())
def test_tokens_join_to_the_text(text: str) -> None:
    """Splitting into tokens loses nothing."""
    assert "".join(split_tokens(text)) == text


def test_an_answer_ends_at_the_first_stop() -> None:
    """The earliest of the stop sequences ends the answer and is not in it."""
    assert cut("one two three", ["three", " two"], None).text == "one"


def test_a_long_answer_is_cut_to_length() -> None:
    """An answer with too many tokens says that it was cut."""
    answer = cut("one two three", [], 2)
    assert (answer.text, answer.finish_reason) == ("one two", "length")


def test_a_message_may_come_in_parts() -> None:
    """The text of a message is that of its parts; parts of other kinds have none."""
    parts = [{"type": "text", "text": "a"}, {"type": "image_url"}, {"text": "b"}]
    assert text_of({"role": "user", "content": parts}) == "ab"
    assert text_of({"role": "assistant", "content": None}) == ""


def test_what_is_said_may_be_json_or_calls() -> None:
    """Lists and dicts are sent as JSON, calls of tools with their arguments as JSON."""
    assert Says.of({"a": 1}) == Says('{"a": 1}')
    assert Says.of(1) is None
    message = Answer((), "tool_calls", (("add", {"a": 1}), ("bad", "{"))).message()
    called = [call["function"] for call in message["tool_calls"]]
    assert called == [
        {"name": "add", "arguments": '{"a": 1}'},
        {"name": "bad", "arguments": "{"},
    ]

"""Whatever a client sends is taken apart without an error of ours."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from epic_actors.service import protocol
from epic_actors.service.protocol import Code, Fault, Message, Refusal, Request


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
NAMES = st.sampled_from(["jsonrpc", "id", "method", "params", "x"])
LIKELY = st.dictionaries(NAMES, JSON | st.sampled_from(["2.0", "start", {"a": 1}]))


@given(st.text() | st.text(alphabet='[]{}",:0123456789eE+-.\\ntruefalsnul '))
def test_any_text_is_taken_apart(text: str) -> None:
    """Into requests, or refusals that say why there are none."""
    assert_sound(protocol.read(text))


@pytest.mark.slow
@given(st.lists(LIKELY | JSON) | LIKELY | JSON)
def test_any_json_is_taken_apart(given_: Any) -> None:
    """As many parts as there were in a batch, each a request or refused."""
    message = protocol.read(json.dumps(given_))

    assert_sound(message)
    if message.batch:
        assert len(message.parts) == len(given_)


def assert_sound(message: Message) -> None:
    assert message.parts
    for part in message.parts:
        assert part.id is None or type(part.id) in {int, str}
        if isinstance(part, Refusal):
            answer = json.loads(protocol.refuse(part.id, part.fault))
            assert answer["error"]["code"] == part.fault.code
        else:
            assert isinstance(part, Request)
            assert isinstance(part.params, dict)


def test_a_deep_nest_is_no_json() -> None:
    """It is refused, however deep."""
    [part] = protocol.read("[" * 1_000_000).parts

    assert isinstance(part, Refusal)
    assert part.fault.code == Code.PARSE


def test_texts_are_put_together_into_one_message() -> None:
    """One stands alone, several are a batch."""
    one = protocol.event("run.piece", "r", 1, '"a"')
    two = protocol.refuse(None, Fault(Code.NO_RUN, "gone", {"first": 1}))

    assert json.loads(protocol.together([one]))["params"]["event"] == 1
    assert len(json.loads(protocol.together([one, two]))) == 2

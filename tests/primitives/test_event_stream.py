"""Server-sent events are read the same however their bytes are cut."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from epic_actors.primitives import event_stream
from epic_actors.primitives.event_stream import EventReader


STREAM = (
    ": a comment\r\n\r\n"
    "id: 7\nevent: token\ndata: näive\u2028数\n\n"
    "data:no space\rdata:  two\r\r"
    'data\ndata: {"a": 1}\r\n\r\n'
    "data: [DONE]\n\n"
    "data: unfinished"
).encode()
EVENTS = ["näive\u2028数", "no space\n two", '\n{"a": 1}', "[DONE]"]


@pytest.mark.slow
@given(st.sets(st.integers(1, len(STREAM) - 1)))
def test_events_do_not_depend_on_the_cuts(cuts: set[int]) -> None:
    """All three line ends, comments, other fields and cut characters are understood."""
    ends = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[a:b] for a, b in pairwise(ends)]
    reader = EventReader()
    assert [event for piece in pieces for event in reader.feed(piece)] == EVENTS


def test_an_event_comes_when_its_last_byte_does() -> None:
    """Nothing waits for the bytes after an event."""
    reader = EventReader()
    assert [reader.feed(bytes([byte])) for byte in b"data: x\n\n"][-1] == ["x"]


def test_an_endless_event_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream without an end of an event does not fill the memory."""
    monkeypatch.setattr(event_stream, "MAX_EVENT_BYTES", 100)
    reader = EventReader()
    for _ in range(9):
        assert reader.feed(b"data: 1234\n\n" * 9) == ["1234"] * 9
    with pytest.raises(ValueError, match="larger than 100 bytes"):
        reader.feed(b"data: " + b"x" * 100)

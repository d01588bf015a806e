"""The numbered events of a run, with room for some of them."""

import json

import pytest
from hypothesis import given, strategies as st

from epic_actors.service.history import History


@given(st.lists(st.integers(0, 200)), st.integers(1, 1000))
def test_events_are_numbered_without_gaps_and_the_newest_is_kept(
    sizes: list[int], limit: int
) -> None:
    """What is kept is a suffix of what was written, as long as fits."""
    history = History("r", limit)
    for size in sizes:
        history.append("run.piece", f'"{"x" * size}"')

    kept = history.after(history.first - 1, 10**9)
    numbers = [json.loads(text)["params"]["event"] for text in kept]
    assert numbers == list(range(history.first, history.last + 1))
    assert history.last == len(sizes)
    assert sum(map(len, kept)) <= limit or len(kept) == 1
    assert history.first == 1 or history.written > limit


def test_reading_takes_what_fits_and_at_least_one() -> None:
    """A reader goes on from the number it has seen."""
    history = History("r", 10_000)
    for number in range(10):
        history.append("run.piece", str(number))
    [text, *_] = history.after(0, 1)

    assert history.after(0, 1) == [text]
    assert len(history.after(3, 2 * len(text))) == 2
    assert history.after(10, 100) == []


def test_reading_what_is_gone_is_an_error() -> None:
    """It never gives other events instead."""
    history = History("r", 1)
    history.append("run.piece", "1")
    history.append("run.piece", "2")

    with pytest.raises(KeyError):
        history.after(0, 100)

"""A simulated model's waits depend on the content alone."""

import pytest
from hypothesis import given, strategies as st

from epic_actors.testing.latency import Latency


def test_tokens_follow_at_the_given_pace() -> None:
    """The first token has its own wait, the others follow at a steady pace."""
    latency = Latency(first_token_s=0.5, per_token_s=0.25)
    assert latency.arrivals("hello", 3) == [0.5, 0.75, 1.0]


@given(st.text(), st.integers(0, 50), st.floats(0, 1))
def test_waits_repeat_and_never_go_back(
    content: str, tokens: int, jitter: float
) -> None:
    """The same content has the same waits, and no token comes before the one before."""
    latency = Latency(first_token_s=1, per_token_s=0.1, jitter=jitter)
    arrivals = latency.arrivals(content, tokens)
    assert arrivals == latency.arrivals(content, tokens)
    assert arrivals == sorted(arrivals)
    assert len(arrivals) == tokens


def test_content_and_seed_choose_the_jitter() -> None:
    """Other content and another seed have other waits."""
    latency = Latency(first_token_s=1, jitter=0.5)
    first = latency.arrivals("hello", 1)
    assert first != latency.arrivals("goodbye", 1)
    assert first != Latency(first_token_s=1, jitter=0.5, seed=1).arrivals("hello", 1)


@pytest.mark.parametrize("field", ["first_token_s", "per_token_s", "jitter"])
def test_waits_are_not_negative(field: str) -> None:
    """A negative wait is refused when it is set."""
    with pytest.raises(ValueError, match=field):
        Latency(**{field: -1})

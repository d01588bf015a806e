"""The recursion limit is raised for as long as any run is under way, and put back."""

import sys

import pytest

from epic_actors.core.network.recursion import room_to_recurse


def test_the_limit_is_put_back_by_the_last_run() -> None:
    """Runs within runs share one raise."""
    before = sys.getrecursionlimit()
    with room_to_recurse():
        raised = sys.getrecursionlimit()
        with room_to_recurse():
            assert sys.getrecursionlimit() == raised > before
        assert sys.getrecursionlimit() == raised
    assert sys.getrecursionlimit() == before


def test_the_limit_is_put_back_after_an_error() -> None:
    """However the run ends."""
    before = sys.getrecursionlimit()
    with pytest.raises(KeyError), room_to_recurse():
        raise KeyError
    assert sys.getrecursionlimit() == before

"""The recursion limit is raised for as long as any run is under way, and put back."""

import sys
import threading

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


def test_a_huge_limit_of_the_script_is_taken() -> None:
    """What is raised further stays within what CPython takes."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(10**9)
    try:
        with room_to_recurse():
            assert sys.getrecursionlimit() >= 10**9
    finally:
        sys.setrecursionlimit(before)


def test_other_threads_have_room_too() -> None:
    """A run in a thread raises the limit; it cannot grow its stack."""
    raised = []

    def look() -> None:
        with room_to_recurse():
            raised.append(sys.getrecursionlimit())

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert raised > [sys.getrecursionlimit()]

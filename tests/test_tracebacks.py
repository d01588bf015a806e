"""What went wrong is shown on the user's own lines, and debuggers see those lines run.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201, ANN204
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

import inspect
import sys
import types
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()


@outside.unordered(seconds=lambda x: 1)
def f(x):
    return x


@outside.unordered(seconds=lambda x: 1)
def fail(x):
    raise ValueError(x)


@outside.sequential(seconds=lambda x: 1)
def tell(x):
    raise KeyError(x)


def a_call():
    x = f(1)
    y = fail(x)
    return x + y


def a_sequential_call():
    x = f(1)
    tell(x)
    return x


def a_deferred_operation():
    x = f(0)
    y = f(1)
    return y // x


def an_operation_at_once():
    f(1)
    return 1 // 0


def a_raise():
    if f(1):
        raise RuntimeError("here")


def an_assert():
    x = f(0)
    assert x, "zero"


def a_loop():
    out = []
    for x in (1, 0):
        out.append(
            1 // f(x),
        )
    return out


def a_comprehension():
    return [1 // f(x) for x in (1, 0)]


def an_undecided_branch():
    if f(1):
        x = f(0)
        return 1 // x
    return None


def halve(x):
    y = f(x)
    return 1 // y


def a_helper():
    x = f(0)
    return halve(x) + 1


def deeper(n):
    if n == 0:
        return fail(n)
    return deeper(n - 1)


def a_recursion():
    return deeper(2)


class Thing:
    def __init__(self, x):
        self.x = x

    def method(self):
        return fail(self.x)


def a_method():
    thing = Thing(f(1))
    return thing.method()


def a_handler():
    try:
        fail(1)
    except ValueError as error:
        raise KeyError(2) from error


def a_missing_key():
    found = {"a": f(1)}
    return found[f("b")]


SCRIPTS = [
    a_call,
    a_sequential_call,
    a_deferred_operation,
    an_operation_at_once,
    a_raise,
    an_assert,
    a_loop,
    a_comprehension,
    an_undecided_branch,
    a_helper,
    a_recursion,
    a_method,
    a_handler,
    a_missing_key,
]


def name_of(script: Callable[..., Any]) -> str:
    return script.__name__


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_a_traceback_goes_through_the_users_lines(
    script: Callable[..., Any], fusion: bool
) -> None:
    """The lines and functions of this file are those of CPython's traceback."""
    agree(script, outside, fusions=[fusion], tracebacks=True)


def many_lines(n):
    total = 0
    for x in range(n):
        y = f(x)
        if y > 1:
            total += y
        else:
            total -= 1
    try:
        fail(total)
    except ValueError:
        total = -total
    text = f"{total}"
    return helper_lines(text)


def helper_lines(text):
    longer = f(text + "!")
    return longer


def lines_run(run: Callable[[], Any]) -> set[int]:
    """The lines of this file that run while `run` does."""
    lines: set[int] = set()

    def trace(frame: types.FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename != __file__:
            return None
        if event == "line":
            lines.add(frame.f_lineno)
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(previous)
    return lines


def lines_of(function: Callable[..., Any]) -> set[int]:
    source, first = inspect.getsourcelines(function)
    return set(range(first + 1, first + len(source)))


def test_debuggers_and_coverage_see_the_users_lines() -> None:
    """Every line that runs in CPython runs, as itself, on the fused machine."""
    evaluate = partial(epic.evaluate, many_lines, 4)
    with outside.plain(globals()):
        plain = lines_run(lambda: many_lines(4))
    clock = MockClock(autojump_threshold=0)
    traced = lines_run(lambda: trio.run(evaluate, clock=clock))
    own = lines_of(many_lines) | lines_of(helper_lines)
    assert plain & own
    assert (plain & own) - traced == set()


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_an_error_of_a_call_says_which_way_led_there(fusion: bool) -> None:
    """A note names the external and the script's own lines, innermost first."""

    @epic.unordered
    async def refuse(word: str) -> str:
        raise ValueError(word)

    def helper(word: str) -> Any:
        return refuse(word)

    def script() -> Any:
        return helper("no")

    with pytest.raises(ValueError, match="no") as caught:
        epic.run(script, fusion=fusion)
    [note] = caught.value.__notes__
    first = script.__code__.co_firstlineno
    name = "test_an_error_of_a_call_says_which_way_led_there.<locals>"
    assert note == (
        f"refuse() raised this; it was called at test_tracebacks.py:{first - 2} in "
        f"{name}.helper(), at test_tracebacks.py:{first + 1} in {name}.script()"
    )

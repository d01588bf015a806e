"""What went wrong is shown on the user's own lines, and debuggers see those lines run.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201, ANN204
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

import inspect
import sys
import traceback
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


def raised_on():
    return tried(1)


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
    raised_on,
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


def way(error):
    """The frames of a traceback, as somebody sees them who handles the error."""
    frames = traceback.extract_tb(error.__traceback__)
    return [(frame.name, frame.lineno, frame.line) for frame in frames]


def handled_at_once():
    f(1)
    try:
        return 1 // 0
    except ZeroDivisionError as error:
        return way(error)


def handled_in_its_turn():
    found = []
    for x in (0, 1, 0):
        try:
            found.append(1 // f(x))
        except ZeroDivisionError as error:
            found.append(way(error))
    return found


def handled_around_helpers():
    try:
        return halve(f(0))
    except ZeroDivisionError as error:
        return way(error), traceback.format_exc()


class Kept:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.frames = traceback.extract_tb(trace)
        return error is not None


def handled_by_a_manager():
    with Kept() as kept:
        halve(f(0))
    return [(frame.name, frame.lineno) for frame in kept.frames]


def tried(n):
    try:
        return tried(n - 1) if f(n) else halve(n)
    finally:
        f("done")


def raised_on_by_finally():
    try:
        return tried(2)
    except ZeroDivisionError as error:
        return way(error)


def bare(again):
    try:
        return halve(f(0))
    except ZeroDivisionError as error:
        if again:
            raise error
        raise


def raised_again():
    found = []
    for again in (True, False):
        try:
            bare(again)
        except ZeroDivisionError as error:
            found.append(way(error))
    return found


def tried_items():
    try:
        yield f(1)
        yield halve(f(0))
    finally:
        f("done")


def handled_around_a_generator():
    try:
        return [item for item in tried_items()]
    except ZeroDivisionError as error:
        return [line for line in way(error) if line[0] != "<listcomp>"]


def raised_by_a_handler():
    try:
        handling()
    except KeyError as error:
        return way(error), way(error.__context__)


def handling():
    try:
        fail(1)
    except ValueError:
        tell(2)


HANDLED = [
    handled_at_once,
    handled_in_its_turn,
    handled_around_helpers,
    handled_by_a_manager,
    raised_on_by_finally,
    raised_again,
    handled_around_a_generator,
]


@pytest.mark.parametrize("script", HANDLED, ids=name_of)
def test_a_handler_sees_the_users_frames(script: Callable[..., Any]) -> None:
    """From the function of its `try` on, and none of ours."""
    agree(script, outside, seeds=range(3))


def frames_of_calls():
    """Where the calls of a handler stand, without the frames of the externals."""
    answer = raised_by_a_handler()
    return [[line for line in lines if line[0] in OWN] for lines in answer]


OWN = ("handling", "raised_by_a_handler")


def test_a_handlers_calls_stand_where_it_does() -> None:
    """What its call raises goes through the function that has the handler."""
    agree(frames_of_calls, outside, seeds=range(3))


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

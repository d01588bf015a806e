"""Functions only CPython can run: in a thread, in their turn, calls and all."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN002, ANN201, ANN204
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

import functools
from collections.abc import Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic


@epic.unordered
async def f(x):
    """Answer."""
    await trio.lowlevel.checkpoint()
    return x


def with_locals(x):
    """Ask, and look at the frame."""
    y = f(x)
    return sorted(locals()), y


def with_eval(x):
    """Ask in a text."""
    return eval("f(x)", {"f": f, "x": x})


def appending(xs):
    """Change an argument."""
    xs.append(f(len(xs)))
    return sorted(locals())


def failing(xs):
    """Change an argument and fail."""
    xs.append(f(1))
    raise ValueError(sorted(locals()))


class Opened:
    """An asynchronous context manager."""

    async def __aenter__(self):
        return 3

    async def __aexit__(self, *_):
        return None


async def with_async_with():
    """Wait in a way that the machine does not."""
    async with Opened() as n:
        return n


def a_frame():
    return with_locals(f(1)), f(2)


def a_text():
    return with_eval(f(1)) + with_eval(2)


def a_change():
    xs = [f(0)]
    names = appending(xs)
    xs.append(f(2))
    return names, appending(xs), len(xs), xs


def a_failure():
    xs: list[int] = []
    try:
        failing(xs)
    except ValueError as error:
        return error.args, xs


def a_failure_before():
    xs: list[int] = []
    try:
        if f(1):
            raise KeyError
        appending(xs)
    except KeyError:
        return len(xs)


async def a_context():
    x = f(1)
    return await with_async_with() + x


SCRIPTS = [a_frame, a_text, a_change, a_failure, a_failure_before]
WAYS = [{"fusion": True}, {"fusion": False}]
ways = pytest.mark.parametrize("options", WAYS, ids=["fused", "literal"])


def evaluated(script: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """What a script gives in virtual time, which does not wait for threads."""
    evaluate = functools.partial(epic.evaluate, script, *args, **options)
    return trio.run(evaluate, clock=MockClock(autojump_threshold=0))


@ways
@pytest.mark.parametrize("script", SCRIPTS)
def test_it_does_what_it_does_in_cpython(script: Any, options: dict[str, Any]) -> None:
    """Its calls, its changes and its errors stand where they stand in the script."""
    assert evaluated(script, **options) == epic.run_sequentially(script)


LITERAL = pytest.param({"fusion": False}, id="literal")


@pytest.mark.parametrize("options", [pytest.param(WAYS[0], id="fused"), LITERAL])
@pytest.mark.parametrize("script", [with_locals, with_eval])
def test_it_may_be_the_whole_script(script: Any, options: dict[str, Any]) -> None:
    """Then the run is one call."""
    assert evaluated(script, 1, **options) == epic.run_sequentially(script, 1)


@ways
def test_asynchronous_code_is_awaited(options: dict[str, Any]) -> None:
    """Also in the middle of a script."""
    assert evaluated(a_context, **options) == 4

"""Wrong use of the public door: a typed error whose text says what would be accepted."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201
# mypy: disable-error-code="arg-type, call-arg, no-untyped-def, no-untyped-call, untyped-decorator"

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import trio

import epic_actors as epic
from epic_actors.errors import ScriptError, UsageError


@epic.unordered
async def ask(x):
    await trio.lowlevel.checkpoint()
    return x


@epic.script
def script(x):
    return ask(x) + 1


def plain(x):
    return ask(x) + 1


def sourceless() -> Callable[..., Any]:
    namespace: dict[str, Any] = {"ask": ask}
    exec("def made(x):\n    return ask(x)\n", namespace)
    made: Callable[..., Any] = namespace["made"]
    return made


#: What is called, the error it must raise, and what its text must name.
WRONG: dict[str, tuple[Callable[[], Any], tuple[type[Exception], ...], str]] = {
    "a script that is no function": (lambda: epic.run(42), (UsageError,), "42|int"),
    "a script that is None": (lambda: epic.run(None), (UsageError,), "None"),
    "a script called before it is handed over": (
        lambda: epic.run(plain, fusion="yes"),
        (UsageError, TypeError),
        "fusion|plain",
    ),
    "an unknown option of a run": (
        lambda: epic.run(script, 1, fuson=True),
        (UsageError, TypeError),
        "fuson",
    ),
    "an unknown option of an external": (
        lambda: epic.unordered(limitt=3)(ask),
        (UsageError, TypeError),
        "limitt",
    ),
    "an external that is no function": (
        lambda: epic.unordered(3),
        (UsageError, TypeError),
        "3|int",
    ),
    "a script without source": (
        lambda: epic.run(sourceless(), 1),
        (ScriptError,),
        "source",
    ),
    "a negative deadline": (
        lambda: epic.run(script, 1, deadline=-1),
        (UsageError,),
        "deadline",
    ),
    "a call with too many arguments": (
        lambda: epic.run(script, 1, 2),
        (TypeError,),
        "positional argument",
    ),
    "a call with too few arguments": (
        lambda: script(),
        (TypeError,),
        "missing 1 required positional argument: 'x'",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_named(name: str) -> None:
    """The error is of the right kind, and its text names the thing."""
    use, kinds, text = WRONG[name]
    with pytest.raises(kinds, match=text):
        use()


async def test_run_inside_trio_points_to_evaluate() -> None:
    """A run cannot be started in the middle of a trio program without `await`."""
    with pytest.raises(UsageError, match="evaluate"):
        epic.run(script, 1)


async def test_a_script_called_inside_trio_points_to_evaluate() -> None:
    """Neither can a script be called there as if it were plain."""
    with pytest.raises(UsageError, match="evaluate"):
        script(1)


def test_a_script_is_called_like_a_function() -> None:
    """From plain code it runs, and so does an undecorated function."""
    assert script(1) == script(x=1) == epic.run(script, 1) == epic.run(plain, 1) == 2


def test_a_script_can_be_run_sequentially() -> None:
    """The reference is one call away."""
    assert epic.run_sequentially(script, 1) == 2


async def test_an_external_outside_a_run_is_the_function_it_was() -> None:
    """Tests of a module of externals need no machine."""
    assert await ask(3) == 3


async def test_evaluate_takes_scripts_and_functions() -> None:
    """Inside a trio program it is awaited."""
    assert await epic.evaluate(script, 1) == await epic.evaluate(plain, 1) == 2


def test_the_door_is_small() -> None:
    """There are at most 25 public names, and each has a docstring."""
    names = [name for name in epic.__all__ if not name.startswith("__")]
    assert len(names) <= 25
    assert all(getattr(epic, name).__doc__ for name in names)


@pytest.mark.slow
def test_importing_the_package_imports_no_machine() -> None:
    """A program that only declares externals and scripts starts without what runs them."""
    program = """
import sys
import epic_actors as epic

@epic.script
def script():
    return epic.unordered(len)("")

print([name for name in sys.modules if name.startswith("epic_actors.core.machines")])
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

"""The network means what the interpreter says, on drawn terms and schedules.

The invariant: value or error, and every call exactly once, are the interpreter's,
whatever answers first; after an error, calls in its shadow may have been begun.
"""

import random
from collections import Counter
from functools import partial
from typing import Any

import attrs
import pytest
import trio
from hypothesis import HealthCheck, given, settings, strategies as st
from trio.testing import MockClock

from epic_actors.core.functions import Function, Namespace
from epic_actors.core.interpret import Interpreter
from epic_actors.core.machines.fast import FastMachine
from epic_actors.core.machines.literal import LiteralMachine
from epic_actors.core.memory.places import WORLD
from epic_actors.core.network.externals import External, Order
from epic_actors.core.network.network import Network
from epic_actors.core.printer import show
from epic_actors.core.terms import Lam, Term
from tests.core.terms_strategy import TOOLS, programs


@attrs.frozen
class Failure:
    """What stands in the place of a value: the error."""

    kind: type
    args: tuple[Any, ...]


MADE: Counter[tuple[str, int]] = Counter()
SCHEDULE = random.Random(0)


def external(tool: Any) -> External:
    """A tool as an external whose calls take their time."""

    async def call(x: int) -> Any:
        MADE[tool.name, x] += 1
        await trio.sleep(SCHEDULE.choice([0, 1, 2, 5]))
        return tool(x)

    call.__name__ = tool.name
    return External(call, Order.UNORDERED, WORLD)


EXTERNALS = tuple(map(external, TOOLS))
BY_NAME = {tool.name: tool for tool in TOOLS}


def interpreted(term: Term) -> tuple[Any, Counter[tuple[str, int]]]:
    """What the interpreter gives for a term, and the calls it makes."""
    made: Counter[tuple[str, int]] = Counter()

    def call(function: Any, args: tuple[Any, ...], kwargs: Any) -> Any:
        if isinstance(function, External):
            made[function.name, args[0]] += 1
            return BY_NAME[function.name](*args)
        return function(*args, **kwargs)

    return outcome_of(lambda: Interpreter(call=call).run(term)), made


def outcome_of(run: Any) -> Any:
    """A value, or the type and arguments of an error."""
    try:
        return run()
    except Exception as error:
        return Failure(type(error), error.args)


async def run_on(machine: Any, term: Term) -> Any:
    """Run a term on a machine."""
    code = (lambda: None).__code__
    names = Namespace({}, "terms")
    function = Function(
        "term", "term", "<terms>", code, Lam((), term), (), False, names
    )
    network = Network(lambda fn: None, machine)
    return await network.run(machine.frame(network, function, ()))


@pytest.mark.hypothesis
@pytest.mark.parametrize("machine", [FastMachine, LiteralMachine])
def test_a_machine_means_what_the_interpreter_says(machine: Any) -> None:
    """Value, error and calls of a drawn term are the interpreter's, on any schedule."""

    @settings(derandomize=True, suppress_health_check=list(HealthCheck))
    @given(programs(EXTERNALS, depth=3), st.integers(0, 999), st.random_module())
    def agrees(term: Term, schedule: int, _: object) -> None:
        expected, calls = interpreted(term)
        SCHEDULE.seed(schedule)
        MADE.clear()
        clock = MockClock(autojump_threshold=0)
        run = partial(trio.run, run_on, machine(), term, clock=clock)
        assert expected == outcome_of(run)
        failed = isinstance(expected, Failure)
        shadowed = failed or "try" in show(term)
        assert calls <= MADE
        assert shadowed or calls == MADE

    agrees()

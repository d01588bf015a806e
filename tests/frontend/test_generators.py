"""Generators mean what CPython says, by their terms and on both machines."""

from collections.abc import Callable
from typing import Any

import pytest

from epic_actors.core.interpret import Interpreter
from epic_actors.frontend import known
from epic_actors.testing.agree import agree
from tests.frontend import samples_generators
from tests.frontend.sample import outcome
from tests.frontend.samples_generators import OUTSIDE, PROGRAMS


Program = Callable[[], Any]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda script: script.__name__)
def test_term_means_what_cpython_does(program: Program) -> None:
    """Value, exception and chain of exceptions are the same."""
    interpreter = Interpreter(translate=known)
    with OUTSIDE.plain(vars(samples_generators)):
        OUTSIDE.begin(0)
        expected = outcome(program, ())
        OUTSIDE.begin(0)
        assert outcome(lambda: interpreter.apply(program), ()) == expected


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda script: script.__name__)
def test_machines_agree(program: Program) -> None:
    """Values, calls, their order and the final state are the same on every schedule."""
    agree(program, OUTSIDE, seeds=(0, 1))

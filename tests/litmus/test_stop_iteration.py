"""An uncaught StopIteration leaves a script as what it is."""

from typing import Any

import pytest

import epic_actors as epic
from tests.litmus.table import f


def raised() -> Any:
    """By hand."""
    raise StopIteration(3)


def of_next() -> Any:
    """By an iterator, with a call under way."""
    f(0)
    return next(iter([]))


@pytest.mark.parametrize("script", [raised, of_next], ids=lambda s: s.__name__)
@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_stop_iteration_comes_out_of_run(script: Any, fusion: bool) -> None:
    """Sequential Python turns it in coroutines and generators only."""
    with pytest.raises(StopIteration):
        epic.run_sequentially(script)
    with pytest.raises(StopIteration):
        epic.run(script, fusion=fusion)

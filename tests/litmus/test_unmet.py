"""Answers of a class that nobody has met: what its code may touch is known when they come."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from typing import Any

import pytest

from tests.litmus.table import Row, Table, check, f, g


table = Table()
takes = table.takes


def unmet() -> tuple[Any, ...]:
    """What holds an object of a class that no module names, and what its code reads."""
    more = {"n": 0}

    class Unmet:
        def __init__(self) -> None:
            self.taken = 0

        @property
        def taking(self):
            self.taken += more["n"]
            return self.taken

    return [Unmet()], more


@takes(4, unmet)
def its_property_stores_in_a_try(held, more):
    late = g(held[0], 1)
    more["n"] = f(2)
    try:
        late.taking
    finally:
        g(late, 2)


@takes(4, unmet)
def its_property_stores_in_a_handler(held, more):
    late = g(held[0], 1)
    more["n"] = f(2)
    try:
        more["m"]
    except KeyError:
        late.taking
    g(late, 2)


@takes(4, unmet)
def its_property_stores(held, more):
    late = g(held[0], 1)
    more["n"] = f(2)
    late.taking
    g(late, 2)


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """The row means what it means in CPython, and takes exactly its seconds."""
    check(row, fusion=fusion)

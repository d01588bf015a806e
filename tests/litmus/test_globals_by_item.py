"""Globals in the dictionary of their module, in exact seconds.

They have a module of their own: where code asks for `globals()`, any global may change.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import pytest

from tests.core.rows import both_ways
from tests.litmus.table import Row, Table, check, ok


table = Table()
takes = table.takes
count = 0


def read():
    return count


@takes(1)
def a_global_in_the_dictionary_of_its_module():
    global count
    count, names = 0, globals()
    if ok(1):
        count = 7
    return names["count"], globals()["count"]


@takes(1)
def a_global_stored_in_the_dictionary_of_its_module():
    global count
    count, names = 0, globals()
    if ok(1):
        names["count"] = 9
    return count, read(), names["count"]


@pytest.mark.parametrize(("row", "fusion"), both_ways(table))
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)

"""Globals, by name and as attributes of their module, in exact seconds."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import pytest

from tests.litmus import tally
from tests.litmus.table import Row, Table, check, f, ok


table = Table()
takes = table.takes
count = 0
chosen = f


def add():
    global count
    count += f(1)


def read():
    return count


@takes(1)
def a_global_that_is_summed_up_while_another_is_called():
    global chosen, count
    count, chosen = 0, f
    for _ in range(4):
        count += chosen(1)
    return count


@takes(1)
def a_function_that_sums_up_is_itself_in_a_global():
    global chosen, count
    count, chosen = 0, add
    for _ in range(4):
        chosen()
    return count


@takes(1)
def what_an_undecided_branch_reads_is_not_yet_assigned():
    global count
    count, found = 1, 0
    if ok(1):
        found = count
    count = 2
    return found, count


@takes(1)
def what_a_function_called_in_an_undecided_branch_reads():
    global count
    count, found = 1, 0
    if ok(1):
        found = read()
    count = 2
    return found, count


@takes(1)
def an_attribute_of_a_module_is_what_its_function_assigned():
    tally.spend(f)
    return tally.spent


@takes(1)
def an_attribute_of_a_module_read_in_an_undecided_branch():
    found = []
    tally.spent = 1
    if ok(1):
        found.append(tally.spent)
    tally.spend(f)
    return found


@takes(1)
def a_function_reads_what_is_assigned_to_its_module():
    tally.level = 0
    before = tally.current_level(), tally.current_level()
    if ok(1):
        tally.level = 5
    return before, tally.current_level()


@takes(2)
def a_function_reads_what_is_assigned_by_a_name_that_comes():
    tally.spent = 0
    if ok(1):
        setattr(tally, "sp" + "ent", f(1) + 6)
    return tally.current_spent()


@takes(1)
def what_is_imported_is_what_was_assigned():
    tally.spend(f)
    from tests.litmus.tally import spent

    return spent


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


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)

"""Loops wait for what may change what they go through, and for nothing else."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201, ANN204
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, var-annotated, attr-defined"

from typing import Any

import pytest

from epic_actors.core.iteration.walk import PAUSE
from tests.core.rows import both_ways
from tests.litmus.table import Table, check, f, g


table = Table()
takes = table.takes


class Countdown:
    """An iterator of the user's own: nobody knows what it does."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


class Indexed:
    """Iterable by index only."""

    def __getitem__(self, index):
        if index > 2:
            raise IndexError
        return index


@takes(2)
def a_list_that_an_undecided_branch_may_change():
    xs, out = [1], []
    if f(1):
        xs.append(2)
    for x in xs:
        out.append(g(x, 1))
    return out


@takes(1)
def another_list_than_the_one_that_may_change():
    xs, ys, out = [1], [2, 3], []
    if f(1):
        xs.append(2)
    for y in ys:
        out.append(g(y, 1))
    return out


@takes(2)
def a_list_that_changes_while_it_is_gone_through():
    xs, out = [1], []
    for x in xs:
        if f(1) and len(xs) < 2:
            xs.append(2)
        out.append(x)
    return out


@takes(2)
def a_pending_list():
    out = []
    for x in g([1, 2], 1):
        out.append(g(x, 1))
    return out


@takes(1)
def pending_elements():
    out = []
    for x, (y, _) in [(f(1), (f(1), 0)), (f(1), (f(1), 0))]:
        out.append(x + y)
    return out


@takes(1)
def an_iterator_that_was_begun():
    it, out = iter([1, 2, 3]), []
    next(it)
    for x in it:
        out.append(g(x, 1))
    return out, list(it)


@takes(2)
def an_iterator_that_an_undecided_branch_may_move():
    it, out = iter([1, 2, 3]), []
    if f(1):
        next(it)
    for x in it:
        out.append(g(x, 1))
    return out


@takes(1)
def every_builtin_iterable():
    out = []
    for xs in ("ab", {1: 2}, {3}, range(2), (4,), b"c", {5: f(1)}.items()):
        for x in xs:
            out.append(x)
    return out


@takes(1)
def an_iterable_by_index():
    return [g(x, 1) for x in Indexed()]


@takes(1)
def an_iterator_of_the_users_own_in_the_shadow_of_a_call():
    out = []
    for x in Countdown(3):
        out.append(g(x, 1))
    return out


@takes(1)
def an_iterator_of_the_users_own_without_calls():
    return sum(x for x in Countdown(5)), f(1)


@takes(1)
def many_calls_take_turns():
    return sum([f(1) for _ in range(300)])


@takes(0)
def what_cannot_be_gone_through():
    for x in 5:
        f(x)


@takes(1)
def what_turns_out_not_to_be_iterable():
    for x in f(1):
        f(x)


def test_pausing_has_a_name() -> None:
    """For those who look into a stuck loop."""
    assert repr(PAUSE) == "PAUSE"


IN_TURN = "the literal machine takes the items of such an iterator in their turn"
WRONG = {
    "an_iterable_by_index-literal": IN_TURN,
    "an_iterator_of_the_users_own_in_the_shadow_of_a_call-literal": IN_TURN,
}


@pytest.mark.parametrize(("row", "fusion"), both_ways(table, WRONG))
def test_takes_exactly(row: Any, fusion: bool) -> None:
    """The script means what it means in CPython, and takes exactly its seconds."""
    check(row, fusion=fusion)

"""Lazy iterators of the library over code of the script look as CPython's do.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

import itertools
from typing import Any

import pytest

import epic_actors as epic
from epic_actors.testing.agree import agree
from tests.litmus.table import Row, Table, check, g, ok, outside


table = Table()
takes = table.takes
SHOWN = (
    *(map, filter, zip, itertools.chain, itertools.islice, itertools.takewhile),
    *(itertools.dropwhile, itertools.filterfalse, itertools.starmap),
    *(itertools.accumulate, itertools.compress),
)


def some(n):
    for i in range(n):
        yield g(i, 1)


def asking_once():
    yield g(0, 1)
    yield 1
    yield 2


def small(x):
    return g(x, 1) < 2


def abs_(x):
    return abs(x)


def pair(x, y):
    return g(x, 1) + y


def each():
    """One of each kind, over code of the script."""
    return [
        map(small, [1, 2]),
        filter(small, [1, 2]),
        zip(some(3), [1, 2]),
        itertools.chain(some(1), [5]),
        itertools.chain.from_iterable(some(0)),
        itertools.islice(some(3), 1, None),
        itertools.takewhile(small, [1, 2, 3]),
        itertools.dropwhile(small, [1, 2, 3]),
        itertools.filterfalse(small, [1, 2, 3]),
        itertools.starmap(pair, [(1, 2), (3, 4)]),
        itertools.accumulate([1, 2, 3], pair),
        itertools.compress(some(3), [1, 0, 1]),
    ]


@takes(0)
def their_types_are_cpythons():
    made = each()
    return [
        (type(one).__name__, isinstance(one, SHOWN), hasattr(one, "send"))
        for one in made
    ]


@takes(0)
def their_text_is_cpythons():
    return [repr(one).split(" at ")[0] for one in each()]


def their_items_are_cpythons():
    return [list(one) for one in each()]


def their_items_come_one_by_one():
    return [(next(one, None), one.__class__, list(one)) for one in each()]


@takes(0)
def an_iterator_is_its_own():
    made = map(small, [1, 2])
    return iter(made) is made, isinstance(made, map)


@takes(1)
def a_loop_over_one_overlaps():
    found = []
    for item in map(small, [1, 2, 3]):
        found.append(item)
    return found


@takes(1, lambda: ([],))
def one_kept_by_the_caller(kept):
    kept.append(map(small, [1, 2]))
    first = next(kept[0])
    ok(1)
    return first, list(kept.pop())


@takes(1)
def one_that_is_closed_over():
    made = map(small, [1, 2])

    def rest():
        return [item for item in made]

    return next(made), ok(1), rest()


@pytest.mark.parametrize("row", table.rows, ids=str)
@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_takes_exactly(row: Row, fusion: Any) -> None:
    """A script gives what CPython gives, in exactly the seconds written above it."""
    check(row, fusion=fusion)


@pytest.mark.parametrize(
    "script",
    [their_items_are_cpythons, their_items_come_one_by_one],
    ids=lambda script: script.__name__,
)
def test_gives_what_cpython_gives(script: Any) -> None:
    """Whatever takes the items, they are CPython's."""
    agree(script, outside)


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_they_leave_the_run_as_they_are(fusion: bool) -> None:
    """What a run returns are CPython's own objects, and they go on where they were."""

    def script() -> Any:
        begun, fresh = map(abs_, asking_once()), zip([0, 1], "ab", strict=True)
        return next(begun), begun, fresh

    first, begun, fresh = epic.run(script, fusion=fusion)

    assert (first, type(begun), type(fresh)) == (0, map, zip)
    assert (list(begun), list(fresh)) == ([1, 2], [(0, "a"), (1, "b")])

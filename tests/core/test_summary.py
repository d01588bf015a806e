"""Summaries: undecided code holds back just what it may touch, and never too little."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204, ANN205, ANN206
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, var-annotated, attr-defined"

import dataclasses
import functools
from typing import Any

import pytest

from tests.core.rows import both_ways
from tests.litmus.table import Table, check, f, g, read_db, write_db


table = Table()
takes = table.takes


class Box:
    """An object with a list, and methods that read and write it."""

    def __init__(self, *items):
        self.items = list(items)

    def put(self, x):
        """Write."""
        self.items.append(x)
        return self

    def size(self):
        """Read."""
        return len(self.items)

    @property
    def first(self):
        """Read the first."""
        return self.items[0]

    @staticmethod
    def put_in(box, x):
        """Write into another."""
        box.items.append(x)

    @classmethod
    def holding(cls, *items):
        """Make one."""
        return cls(*items)


@dataclasses.dataclass
class Record:
    """A plain record."""

    left: Any
    right: Any = None


def store(xs, x):
    """Write to an argument."""
    xs.append(x)
    return xs


def store_many(*boxes, **named):
    """Write to all arguments."""
    for box in (*boxes, *named.values()):
        box.append(1)


def deeper(n, xs):
    """Write to an argument at the end of a recursion."""
    return store(xs, n) if n == 0 else deeper(n - 1, xs)


def fresh(x):
    """Write only to what is made here."""
    mine = []
    store(mine, x)
    return Box(*mine).put(x).size()


@takes(1)
def a_helper_that_writes_an_argument():
    xs, ys = [], []
    if f(1):
        store(xs, 1)
    return len(xs), len(ys)


@takes(1)
def a_helper_that_writes_its_own():
    n = 0
    if f(1):
        n = fresh(1)
    return n, g(2, 1)


@takes(1)
def a_recursive_helper():
    xs = []
    if f(1):
        deeper(3, xs)
    return len(xs), f(0)


@takes(1)
def a_helper_that_collects_its_arguments():
    xs, ys = [], []
    if f(1):
        store_many(xs, named=ys)
    return len(xs), len(ys)


@takes(1)
def a_method_that_writes_its_object():
    box, other = Box(1), Box(2)
    if f(1):
        box.put(2)
    return box.size(), other.size(), box.first


@takes(1)
def a_static_and_a_class_method():
    box = Box()
    if f(1):
        Box.put_in(box, 1)
        made = Box.holding(box)
        made.items[0].put(2)
    return box.size()


@takes(1)
def a_method_taken_before():
    box = Box()
    put = box.put
    if f(1):
        put(1)
    return box.size()


@takes(1)
def a_partial_of_a_helper():
    xs = []
    put = functools.partial(store, xs)
    if f(1):
        put(1)
    return len(xs)


@takes(1)
def a_closure_over_a_list():
    xs = []

    def put(x):
        xs.append(x)

    if f(1):
        put(1)
    return len(xs)


@takes(1)
def a_closure_over_a_variable():
    n = 0

    def count():
        nonlocal n
        n += 1

    if f(1):
        count()
    return n


@takes(1)
def a_lambda_handed_to_a_helper():
    xs = []

    def apply(function, x):
        return function(x)

    if f(1):
        apply(lambda x: xs.append(x), 1)
    return len(xs)


@takes(1)
def a_builtin_that_calls_back():
    xs = []
    if f(1):
        list(map(xs.append, [1, 2]))
        sorted([2, 1], key=lambda x: store(xs, x)[0])
    return len(xs)


@takes(1)
def a_record_that_holds_a_list():
    xs = []
    record = Record(xs)
    if f(1):
        record.left.append(1)
        record.right = Record(xs, 2)
    return len(xs), record.right.right


@takes(1)
def a_list_found_in_a_list():
    inner = []
    outer = [[inner]]
    if f(1):
        found = outer[0][0]
        found.append(1)
        outer.append(found)
    return len(inner), len(outer)


@takes(1)
def an_alias_made_in_a_loop():
    xs, ys = [], []
    for x in (1, 2):
        target = xs if f(1) else ys
        target.append(x)
    return len(xs), len(ys)


@takes(1)
def a_store_in_a_handler():
    xs = []
    if f(1):
        try:
            xs[3] = 1
        except IndexError:
            xs.append(1)
        finally:
            xs.append(2)
    return len(xs)


@takes(1)
def unpacking_and_displays():
    xs, ys = [], []
    if f(1):
        first, *rest = [xs, ys]
        found = {"a": first, **{"b": rest}}
        found["a"].append(1)
        found["b"][0] += [2]
    return len(xs), len(ys)


@takes(2)
def a_read_of_a_resource_in_a_branch():
    if f(1):
        read_db(1)
    return read_db(2)


@takes(3)
def a_write_of_a_resource_in_a_branch():
    if f(1):
        write_db(1)
    return read_db(2)


@takes(1)
def an_import_in_a_branch():
    xs = []
    if f(1):
        import math

        xs.append(math.sqrt(4))
    return len(xs)


@takes(1)
def a_method_of_a_pending_object():
    box = g(Box(1), 1)
    if f(1):
        box.put(2)
    return box.size(), len(box.items)


@takes(1)
def calling_what_is_pending():
    xs = []
    put = g(xs.append, 1)
    put(1)
    return len(xs), f(1)


@takes(1)
def mutual_recursion():
    xs = []

    def even(n):
        return True if n == 0 else odd(n - 1)

    def odd(n):
        xs.append(n)
        return False if n == 0 else even(n - 1)

    found = even(4) if f(1) else None
    return found, len(xs)


@takes(1)
def calls_of_every_shape():
    xs, args, named = [], [1], {"x": 2}
    if f(1):
        store(xs, *args)
        store(xs=xs, **named)
        Box(*args).put(*args)
        Box.holding(*args).put(x=3)
    return len(xs)


@takes(1)
def a_method_that_every_class_has():
    xs = []
    if f(1):
        super(Box, Box()).__init__()
        store(xs, 1)
    return len(xs)


@pytest.mark.parametrize(("row", "fusion"), both_ways(table))
def test_takes_exactly(row: Any, fusion: bool) -> None:
    """The script means what it means in CPython, and takes exactly its seconds."""
    check(row, fusion=fusion)

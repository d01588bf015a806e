"""Helpers, methods and functions handed to functions, in exact virtual seconds."""

# mypy: disable-error-code="var-annotated, attr-defined"

import functools

import pytest

from tests.litmus.table import Row, Table, check, f, fail, g, ok


table = Table()
takes = table.takes


def doubled(d, *, times=2, **named):
    return f(d) * times + sum(named.values())


@takes(1)
def arguments_of_every_kind():
    return [doubled(1), doubled(d=1, times=3), doubled(*[1], **{"z": g(4, 1)})]


class Base:
    unit = 1

    def __init__(self, name):
        self.name = name

    def ask(self):
        return self.name, f(self.unit)

    def __call__(self, x):
        return g(x, self.unit)

    @property
    def price(self):
        return f(self.unit)

    @staticmethod
    def fixed():
        return f(1)

    @classmethod
    def made(cls):
        return cls(f(1))


class Derived(Base):
    unit = 2

    def ask(self):
        return ("derived", *super().ask())


@takes(1)
def a_sort_and_a_map_whose_functions_ask():
    xs = [3, 1, 2]
    return sorted(xs, key=lambda x: g(x, 1)), list(map(doubled, [1, 1]))


@takes(2)
def methods_of_every_kind():
    a, b = Base("a"), Derived("b")
    return [a.ask(), b.ask(), a(3), b.price, Base.fixed(), Derived.made().name]


def countdown(n):
    if g(n, 1) <= 0:
        return 0
    return 1 + countdown(n - 1)


@takes(4)
def recursion_on_a_pending_condition():
    return countdown(3)


@takes(4)
def two_recursions_overlap():
    return countdown(3), countdown(2)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@takes(1)
def pure_helpers_run_beside_calls():
    a = f(1)
    return a + fib(8)


@takes(2)
def a_pure_helper_of_a_pending_value():
    return g(fib(g(6, 1)), 1)


def apply(function, *args):
    return function(*args)


@takes(1)
def an_external_handed_to_a_helper():
    return [apply(f, 1), apply(g, 2, 1), apply(lambda d: f(d), 1)]


@takes(1)
def map_of_a_helper():
    return list(map(doubled, [1, 1, 1]))


@takes(1)
def a_partial_external():
    return list(map(functools.partial(g, d=1), range(3)))


@takes(1)
def sorted_by_an_external():
    return sorted([3, 1, 2], key=lambda x: g(-x, 1))


@takes(1)
def the_largest_by_an_external():
    return max([3, 1, 2], key=lambda x: g(-x, 1))


@takes(1, lambda: ([1, -1, 2],))
def filter_by_an_external(xs):
    return list(filter(ok, xs))


@takes(1)
def sums_of_generators():
    return sum(f(1) for _ in range(5)), max(g(x, 1) for x in range(3))


def outer(d):
    def inner(x):
        return g(x, d)

    return inner


@takes(1)
def functions_that_make_functions():
    ask = outer(1)
    return [ask(x) for x in range(3)]


@takes(2)
def a_function_that_is_pending():
    function = g(doubled, 1)
    return function(1)


def box_of(d):
    made = []
    made.append(f(d))
    return made


@takes(2)
def a_helper_that_stores_into_what_it_made_holds_nothing():
    a = b = None
    if f(1):
        a = box_of(1)
    if f(1):
        b = box_of(1)
    return a, b


def note(out, d):
    out.append(f(d))


@takes(2)
def helpers_that_store_into_separate_lists():
    xs, ys = [], []
    if f(1):
        note(xs, 1)
    if f(1):
        note(ys, 1)
    return xs, ys


def guarded(d):
    try:
        return fail(d)
    except Exception:
        return g(d, 1)


@takes(2)
def helpers_with_a_try_overlap():
    return [guarded(1) for _ in range(3)]


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


@takes(2)
def mutual_recursion_of_a_pending_value():
    return is_even(g(9, 2)), is_odd(g(9, 1))


@takes(1)
def tree_of_comprehensions():
    def build(depth):
        if depth == 0:
            return f(1)
        return [build(depth - 1) for _ in range(2)]

    return build(4)


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)

"""Calling: whatever Python can call is called as Python calls it."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN204, PYI024, RUF015, UP032
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, var-annotated, attr-defined, call-arg, misc, arg-type, abstract, operator"

import abc
import collections
import contextlib
import dataclasses
import enum
import functools
import itertools
import operator
from typing import Any, NamedTuple

import attrs
import pytest

import epic_actors as epic
from epic_actors.core.machines.fast import FastMachine
from epic_actors.core.network.network import Network
from epic_actors.frontend import known
from tests.core.rows import both_ways
from tests.litmus.table import Table, check, f, g


table = Table()
takes = table.takes


@dataclasses.dataclass
class Record:
    """A plain record: its `__init__` only stores."""

    left: Any
    right: Any = 0


@dataclasses.dataclass
class Busy:
    """A record that computes."""

    left: Any
    double: Any = None

    def __post_init__(self):
        self.double = self.left * 2


@dataclasses.dataclass(frozen=True)
class Frozen:
    """A record that does not change."""

    left: Any


@attrs.define
class Attrs:
    """A record of another kind."""

    left: Any


class Named(NamedTuple):
    """A tuple with names."""

    left: Any


class Empty:
    """No `__init__` at all."""


class Wrong:
    """An `__init__` that returns something."""

    def __init__(self, x):
        return x  # noqa: PLE0101


class Asking:
    """An `__init__` that asks, and an object that is called."""

    def __init__(self, x):
        self.x = g(x, 1)

    def __call__(self, y, *, z=0):
        return self.x, g(y, 1), z


class Made:
    """A `__new__` of its own."""

    def __new__(cls, x):
        made = object.__new__(cls)
        made.x = x
        return made


class Meta(type):
    """A metaclass."""

    def __call__(cls, *args):
        return super().__call__(*args)


class WithMeta(metaclass=Meta):
    """Made by a metaclass."""

    def __init__(self, x):
        self.x = x


class Abstract(abc.ABC):
    """A class that must not be made."""

    @abc.abstractmethod
    def method(self):
        """Be missing."""


class Problem(Exception):  # noqa: N818 - short
    """An exception with an `__init__` of its own."""

    def __init__(self, x):
        super().__init__(x + 1)
        self.x = x


class Color(enum.Enum):
    """An enumeration."""

    RED = 1


@epic.script
def inner(x):
    """A script that is called from another."""
    return g(x, 1)


@epic.pure
def twice(x):
    """A pure external."""
    return x * 2


def parts(a, /, b=2, *rest, c, d=4, **named):
    """Every kind of parameter."""
    return a, b, rest, c, d, named


@takes(1)
def arguments_of_every_shape():
    xs, named = [f(1), 2, 3], {"c": f(1), "e": 5}
    return parts(*xs, **named), parts(1, c=3), parts(f(1), *xs, c=1, d=f(1))


@takes(2)
def pending_stars():
    xs, named = g([1, 2], 1), g({"c": 3}, 1)
    return parts(*xs, **named), parts(0, *xs, c=g(1, 2))


@takes(0)
def a_call_that_does_not_fit():
    try:
        return parts(1)
    except TypeError as error:
        return str(error)


@takes(0)
def stars_that_do_not_fit():
    found = []
    for args, named in ((5, {}), ([], 5), ([1], {"c": 1, "a": 2})):
        try:
            found.append(parts(*args, **named))
        except TypeError as error:
            found.append(str(error))
    return found


@takes(1)
def records_with_pending_fields():
    x = f(1)
    records = Record(x), Record(1, right=x), Frozen(x), Attrs(x), Named(x)
    return records, Busy(x).double, Made(x).x, WithMeta(x).x, type(Empty())


@takes(0)
def an_init_that_returns_something():
    found = []
    for cls, args in ((Wrong, (1,)), (Empty, (1,)), (Abstract, ()), (Record, ())):
        try:
            found.append(cls(*args))
        except TypeError as error:
            found.append(str(error))
    return found


@takes(1)
def objects_that_ask():
    o = Asking(1)
    return o(2), o(2, z=3)


@takes(1)
def exceptions_of_the_users_own():
    try:
        raise Problem(f(1))
    except Problem as error:
        return error.args, error.x


@takes(1)
def partials_and_methods():
    xs = []
    put = functools.partial(xs.append, f(1))
    put()
    add = functools.partial(parts, 1, c=2)
    return xs, add(3), add(c=f(1)), list.append(xs, 2), str.upper(g("a", 1))


@takes(1)
def scripts_call_scripts():
    return inner(1), inner(x=2), twice(inner(3))


@takes(1)
def library_objects():
    point = collections.namedtuple("point", "x y")
    first = operator.itemgetter(0)
    return point(f(1), 2), first([f(1)]), operator.add(f(1), 1), Color(f(1))


@takes(1)
def builtins_with_keywords():
    xs = [f(1), 2]
    found = sorted(xs, reverse=True), max(xs, default=0), sum(xs, start=1)
    return found, int("11", base=f(1) + 1), dict(a=f(1)), "{x}".format(x=f(1))


@takes(1)
def builtins_that_take_functions():
    xs = [3, 1, 2]
    ys = sorted(xs, key=lambda x: g(x, 1)), max(xs, key=inner), min(*xs, key=inner)
    none = max([], key=inner, default=5), list(map(inner, xs))
    return ys, none, list(map(operator.add, xs, xs)), list(filter(None, [0, f(1)]))


@takes(2)
def sorting_in_place_by_asking():
    xs = [3, 1, 2]
    xs.sort(key=inner, reverse=True)
    return xs, list(map(inner, xs))


@takes(2)
def reducing_by_asking():
    add = functools.reduce(lambda x, y: g(x + y, 1), [1, 2, 3])
    return add, functools.reduce(lambda x, _: g(x, 1), [1], 0)


@takes(0)
def reducing_nothing():
    try:
        return functools.reduce(lambda x, _: inner(x), [])
    except TypeError as error:
        return str(error)


@takes(1)
def filtering_by_asking():
    return list(filter(lambda x: g(x, 1), [0, 1, 2])), list(map(Asking, [1]))[0].x


@takes(1)
def types_made_and_asked_for():
    made = type("Made", (), {"x": 1})
    return type(f(1)), made.x, isinstance(f(1), int), made().x


@takes(1)
def class_and_static_methods_of_builtins():
    d = dict.fromkeys("ab", f(1))
    table = str.maketrans("a", "b")
    return (
        d,
        int.from_bytes(b"a", "big"),
        g("a", 1).translate(table),
        bytes.fromhex("00"),
    )


@takes(1)
def what_cannot_be_called():
    found = []
    for thing in (5, None, f(1)):
        try:
            found.append(thing())
        except TypeError as error:
            found.append(str(error))
    return found


@takes(1)
def a_function_that_is_pending():
    return g(inner, 1)(1) if False else g(len, 1)([1])


@takes(1)
def iterators_of_the_library():
    xs = [f(1), f(1)]
    return list(itertools.accumulate(xs)), list(itertools.product(xs, [1]))


@takes(1)
def globals_are_memory():
    globals_["n"] = f(1)
    return globals_["n"]


globals_: dict[str, Any] = {}


@pytest.mark.parametrize(("row", "fusion"), both_ways(table))
def test_takes_exactly(row: Any, fusion: bool) -> None:
    """The script means what it means in CPython, and takes exactly its seconds."""
    check(row, fusion=fusion)


def test_what_the_library_checks_classes_with_asks_for_nothing() -> None:
    """A module that knows such a class has its loops run natively all the same."""
    network = Network(known, FastMachine())

    network.specials.of(contextlib.aclosing)

    assert network.loud == 0

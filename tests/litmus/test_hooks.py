"""Attributes that are code of the script's, in exact virtual seconds."""

# mypy: ignore-errors
# ruff: noqa: PLE0304

import functools

import pytest

from tests.litmus.table import Bad, Row, Table, check, f, fail, g, log, ok


table = Table()
takes = table.takes


class Point:
    def __init__(self, x):
        self._x = x
        self.seen = []

    @property
    def x(self):
        return g(self._x, 1)

    @x.setter
    def x(self, value):
        self._x = g(value, 1)

    @x.deleter
    def x(self):
        self.seen.append(g("gone", 1))

    @functools.cached_property
    def cost(self):
        self.seen.append("cost")
        return g(5, 1)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return g(name, 1)


@takes(2)
def properties_and_fallbacks():
    point = Point(1)
    point.x = 2
    del point.x
    return point.x, point.y, point.cost, point.cost, point.seen


class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        return g(getattr(obj, self.name), 1)

    def __set__(self, obj, value):
        if not ok(value):
            raise Bad(value)
        setattr(obj, self.name, value)


class Guarded:
    amount = Positive()


@takes(3)
def descriptors():
    one = Guarded()
    one.amount = 3
    try:
        one.amount = -1
    except Bad:
        one.amount += 1
    return one.amount


class Logged:
    def __setattr__(self, name, value):
        log((name, value))
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        log(name)
        object.__delattr__(self, name)

    def __getattribute__(self, name):
        if name == "virtual":
            return f(1)
        return object.__getattribute__(self, name)


@takes(1)
def attribute_hooks_in_order():
    one = Logged()
    one.a = 1
    one.b = 2
    del one.a
    return one.virtual, one.b


class Made:
    def __new__(cls, x):
        made = object.__new__(cls)
        made.y = g(x, 1)
        return made

    def __init__(self, x):
        self.x = g(x, 1)

    def __class_getitem__(cls, key):
        return g((cls.__name__, key), 1)


@takes(1)
def construction():
    one, two = Made(1), Made(2)
    return one.x, one.y, two.x, two.y, Made[3]


class Meta(type):
    def __call__(cls, *args):
        made = type.__call__(cls, *args)
        made.extra = f(1)
        return made

    def __len__(cls):
        return f(2)

    @property
    def kind(cls):
        return g(cls.__name__, 1)


class WithMeta(metaclass=Meta):
    def __init__(self, x):
        self.x = x


@takes(2)
def metaclasses():
    return WithMeta(3).extra, len(WithMeta), WithMeta.kind


class Failing:
    def __add__(self, other):
        return fail(1)

    def __bool__(self):
        fail(1)

    def __getattr__(self, name):
        raise AttributeError(f"no {name}")


@takes(1)
def failures_in_special_methods_are_caught():
    found = []
    try:
        Failing() + 1
    except Bad as error:
        found.append(str(error))
    try:
        if Failing():
            found.append(1)
    except Bad as error:
        found.append(str(error))
    try:
        Failing().x
    except AttributeError as error:
        found.append(str(error))
    return found


class Child(Point):
    @property
    def x(self):
        return super().x + g(1, 1)


@takes(1)
def a_property_by_super():
    return Child(1).x


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)

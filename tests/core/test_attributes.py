"""Attributes: plain ones at native speed, properties and hooks as part of the script."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201, ANN202, ANN204
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, var-annotated, attr-defined"

import functools
import math
from typing import Any

import attrs
import pytest

from epic_actors.core.language.attributes import is_simple
from epic_actors.core.memory.places import WORLD
from epic_actors.core.network.externals import External, Order
from tests.core.rows import both_ways
from tests.litmus.table import Bad, Table, check, f, g


table = Table()
takes = table.takes


class Plain:
    """Nothing but slots of its dictionary."""

    shared = 1

    def method(self):
        """A plain function."""


@attrs.define
class Slotted:
    """Slots only."""

    x: Any = 0


class WithProperty:
    """Asks when it is read, and stores when it is written."""

    def __init__(self, x):
        self._x = x

    @property
    def x(self):
        """Ask."""
        return g(self._x, 1)

    @x.setter
    def x(self, value):
        self._x = value

    other = property(lambda self: self._x)


class WithHooks:
    """Reads and writes through hooks."""

    def __init__(self):
        self.__dict__["seen"] = []

    def __getattr__(self, name):
        if name == "none":
            raise AttributeError(name)
        return g(name, 1)

    def __setattr__(self, name, value):
        self.seen.append((name, value))
        self.__dict__[name] = value


class WithAll:
    """Every read goes through the hook."""

    def __getattribute__(self, name):
        return g(name, 1)


class Cached:
    """A library's descriptor that calls back."""

    def __init__(self):
        self.count = 0

    @functools.cached_property
    def x(self):
        """Compute once."""
        self.count += 1
        return self.count


class Native(Cached):
    """Properties from native code."""

    imag = property(math.sqrt)


class Methods:
    """Externals are methods, not hooks."""

    ask = External(lambda self: self, Order.PURE, WORLD)


SIMPLE = [(Plain, True), (Slotted, True), (Methods, True), (WithProperty, False)]
SIMPLE += [(WithHooks, False), (WithAll, False), (Cached, False), (int, True)]


@pytest.mark.parametrize(("cls", "expected"), SIMPLE)
def test_classes_without_hooks_are_simple(cls: type, expected: bool) -> None:
    """Their attributes run no Python code."""
    assert is_simple(cls) is expected


@takes(1)
def plain_attributes():
    o, p = Plain(), Slotted()
    o.x, p.x = f(1), f(1)
    o.x += 1
    return o.x, p.x, o.shared


@takes(1)
def properties_ask():
    o = WithProperty(1)
    o.x = 2
    return o.x, o.other


@takes(2)
def properties_of_pending_objects():
    o = g(WithProperty(1), 1)
    return o.x


@takes(1)
def a_property_that_stores_what_is_pending():
    o = WithProperty(0)
    o.x = f(1)
    return o.other


@takes(1)
def hooks_are_part_of_the_script():
    o = WithHooks()
    o.a = f(1)
    return o.b, o.a, o.seen


@takes(0)
def a_hook_that_refuses():
    o = WithHooks()
    try:
        return o.none
    except AttributeError as error:
        return str(error)


@takes(1)
def a_hook_for_everything():
    return WithAll().anything


@takes(1)
def a_librarys_descriptor():
    o = Cached()
    first = f(1)
    return o.x, o.x, first


@takes(1)
def an_attribute_stored_in_an_undecided_branch():
    o, p = Plain(), Plain()
    if f(1):
        o.x = 1
    p.x = 2
    return o.x, p.x


@takes(1)
def a_deleted_attribute():
    o = Plain()
    o.x = f(1)
    del o.x
    return hasattr(o, "x")


@takes(1)
def a_missing_attribute_behind_a_failure():
    o = Plain()
    check_first = g(1, 1)
    if check_first != 1:
        raise Bad
    return o.missing


@takes(1)
def a_native_property():
    f(1)
    return Native().imag


@pytest.mark.parametrize(("row", "fusion"), both_ways(table))
def test_takes_exactly(row: Any, fusion: bool) -> None:
    """The script means what it means in CPython, and takes exactly its seconds."""
    check(row, fusion=fusion)

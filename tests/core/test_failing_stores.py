"""What stood behind a failure is taken back, whatever kind of object was stored to."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

import collections
import functools
from collections.abc import Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from tests.litmus.table import Bad, fail


class Open:
    """An object with a dictionary."""


class Slotted:
    """An object with slots."""

    __slots__ = ("x",)


class Child(Slotted):
    """Both."""


def attribute(o):
    fail(1)
    o.x = 2


def deleted(o):
    fail(1)
    del o.x


def element(xs):
    fail(1)
    xs[0] = 9
    xs.append(5)
    xs[1:2] = []
    xs += [7]
    xs.sort()


def entries(d):
    fail(1)
    d["z"] = 1
    d.pop("b")
    d["b"] = 3
    d |= {"y": 5}


def members(s):
    fail(1)
    s.add(9)
    s.discard(1)
    s |= {7}


def half_an_update(d):
    fail(1)
    d.update([("z", 1), 5])


def half_an_extension(xs):
    fail(1)
    xs.extend(x for x in (1, 2, 1 / 0))


def a_default(d):
    fail(1)
    return d["z"]


def queue(d):
    fail(1)
    d.append(1)
    d.rotate(1)
    d.appendleft(2)


def made(cls: type) -> Callable[[], Any]:
    """Make an object with an attribute."""

    def make() -> Any:
        found = cls()
        found.x = 1
        return found

    return make


def a_class() -> Any:
    """A class with an attribute."""
    return type("Made", (), {"x": 1})


def a_subclass() -> Any:
    """A class that inherits an attribute."""
    return type("Sub", (a_class(),), {})


def look(o: Any) -> str:
    """All of an object's state."""
    if isinstance(o, type):
        return str([n for n in vars(o) if n == "x"] + [o.x])  # type: ignore[attr-defined]
    if isinstance(o, Open | Slotted):
        return str((getattr(o, "x", None), getattr(o, "__dict__", None)))
    return repr(o)


DEFAULT: Any = functools.partial(collections.defaultdict, list)
ROWS = [
    pytest.param(attribute, made(Open), id="attribute"),
    pytest.param(attribute, made(Slotted), id="slot"),
    pytest.param(attribute, Open, id="new attribute"),
    pytest.param(attribute, Slotted, id="new slot"),
    pytest.param(deleted, made(Open), id="deleted attribute"),
    pytest.param(deleted, made(Slotted), id="deleted slot"),
    pytest.param(element, lambda: [3, 1, 2], id="list"),
    pytest.param(entries, lambda: {"b": 1, "a": 2}, id="dict"),
    pytest.param(members, lambda: {1, 2}, id="set"),
    pytest.param(queue, lambda: collections.deque([3, 4]), id="deque"),
    pytest.param(attribute, made(Child), id="slot and dictionary"),
    pytest.param(attribute, a_class, id="class"),
    pytest.param(attribute, a_subclass, id="subclass"),
    pytest.param(half_an_update, dict, id="half an update"),
    pytest.param(a_default, DEFAULT, id="default"),
    pytest.param(half_an_extension, list, id="half an extension"),
]


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize(("script", "make"), ROWS)
def test_the_callers_object_is_as_it_was(script: Any, make: Any, fusion: bool) -> None:
    """The sequential run raised before it got there."""
    given = make()
    before = look(given)
    evaluate = functools.partial(epic.evaluate, script, given, fusion=fusion)
    with pytest.raises(Bad):
        trio.run(evaluate, clock=MockClock(autojump_threshold=0))
    assert look(given) == before

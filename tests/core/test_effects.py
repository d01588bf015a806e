"""The effect tables say of each real function what it does, no less."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from epic_actors.core import effects
from epic_actors.core.effects import BUILTINS, METHODS, Effect, of_module, prim_effect
from epic_actors.core.holds import EVERYWHERE, resource
from epic_actors.core.operations import Namespace
from epic_actors.core.reach import is_atom
from epic_actors.core.wire import Wire
from tests.core.effect_samples import POOL, RECEIVERS, calls, called, taken_back


CONTAINERS = (list, dict, set, deque := effects.deque)
OUTSIDE = {print, input}
UNCALLED = {super, object}
"""Builtins that need a frame, or that no argument here fits."""
CLASS_NAMES = {"__class__", "__init_subclass__", "__subclasshook__", "__new__"}
MAKES_STATE = {"__reduce__", "__reduce_ex__", "__dir__", "__getstate__", "__getnewargs__"}


def entries() -> Iterator[tuple[str, Effect, tuple[Any, ...]]]:
    """Every builtin and method: its name, its effect, and what it is called on."""
    for function, effect in BUILTINS.items():
        if function not in OUTSIDE | UNCALLED:
            yield function.__name__, effect, ()
    for kind, methods in METHODS.items():
        for name, effect in methods.items():
            if name not in CLASS_NAMES and not is_static(kind, name):
                for index, make in enumerate(RECEIVERS[kind]):
                    yield f"{kind.__name__}.{name}-{index}", effect, (make,)


def is_static(kind: type, name: str) -> bool:
    """Whether a method takes no object of its class."""
    return isinstance(vars(kind).get(name), staticmethod | classmethod) or hasattr(
        getattr(kind, name), "__self__"
    )


ENTRIES = {name: (effect, receiver) for name, effect, receiver in entries()}


def known(wrong: dict[str, str]) -> list[Any]:
    """All entries, those that are known to be wrong marked as such."""
    marked = []
    for name in ENTRIES:
        bare = name.partition("-")[0]
        why = wrong.get(name) or wrong.get(bare) or wrong.get(bare.partition(".")[2])
        marks = [pytest.mark.xfail(reason=why, strict=False)] if why else []
        marked.append(pytest.param(name, marks=marks))
    return marked


@pytest.mark.parametrize("name", known({}))
def test_what_a_function_changes_is_said(name: str) -> None:
    """Only arguments in `writes` are changed; a pure function changes nothing."""
    effect, receiver = ENTRIES[name]
    for call in calls(effect.function, *receiver):
        allowed = set(effect.chosen(call.args).writes)
        assert call.changed <= allowed, call


@pytest.mark.parametrize("name", known({}))
def test_what_is_immutable_is_plain(name: str) -> None:
    """A result said to be immutable holds nothing that can change."""
    effect, receiver = ENTRIES[name]
    for call in calls(effect.function, *receiver):
        if effect.chosen(call.args).immutable:
            assert is_atom(call.result), call


@pytest.mark.parametrize("name", known({}))
def test_what_is_fresh_shares_nothing(name: str) -> None:
    """A result said to be fresh has none of the arguments' objects in it."""
    effect, receiver = ENTRIES[name]
    for call in calls(effect.function, *receiver):
        if effect.chosen(call.args).fresh:
            assert not call.shared, call


@pytest.mark.parametrize("name", known({}))
def test_what_a_function_does_is_undone(name: str) -> None:
    """Where there is a way back it leads to where we were, order and all."""
    effect, receiver = ENTRIES[name]
    for count in range(3):
        for makers in itertools.product(POOL, repeat=count):
            args = tuple(make() for make in (*receiver, *makers))
            assert taken_back(effect, args), args


CHANGERS = [
    f"{kind.__name__}.{name}-0"
    for kind in CONTAINERS
    for name, effect in METHODS[kind].items()
    if effect.writes
]


@pytest.mark.parametrize("name", CHANGERS)
def test_what_is_said_to_change_its_object_can(name: str) -> None:
    """No method of a container waits for readers without need."""
    effect, receiver = ENTRIES[name]
    kind = type(receiver[0]())
    every = (calls(effect.function, make) for make in RECEIVERS[kind])
    assert any(0 in call.changed for call in itertools.chain(*every))

"""The effect tables say of each real function what it does, no less."""

import functools
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from epic_actors.core.effects import BUILTINS, METHODS, Effect, of_module, prim_effect
from epic_actors.core.holds import EVERYWHERE, WORLD, resource
from epic_actors.core.operations import Namespace
from epic_actors.core.reach import is_atom
from epic_actors.core.wire import Wire
from tests.core.effect_samples import RECEIVERS, Called, calls, drawn, taken_back


NOT_CALLED = {print, input, super, object}
"""Builtins that go outside, need a frame, or are without effect by definition."""
NO_METHODS = {"__class__", "__init_subclass__", "__subclasshook__", "__new__", "__dir__"}
CHANGED = "a method that changes its set is taken for one that does not"
SHARED = "a new container has the old objects in it"
LISTS = "the result is a list or an iterator"


def is_static(kind: type, name: str) -> bool:
    """Whether a method takes no object of its class."""
    found = vars(kind).get(name)
    bound = getattr(getattr(kind, name), "__self__", None)
    return isinstance(found, staticmethod) or bound is not None


def entries() -> Iterator[tuple[str, tuple[Effect, Any]]]:
    """Every builtin and method: its name, its effect, and what it is called on."""
    for function, effect in BUILTINS.items():
        if function not in NOT_CALLED:
            yield function.__name__, (effect, ())
    for kind, methods in METHODS.items():
        for name, effect in methods.items():
            if name not in NO_METHODS and not is_static(kind, name):
                yield f"{kind.__name__}.{name}", (effect, RECEIVERS[kind])


ENTRIES = dict(entries())


@functools.cache
def called(name: str) -> list[Called]:
    """All drawn calls of an entry that succeed."""
    effect, receivers = ENTRIES[name]
    return list(calls(effect.function, receivers))


def known(why: str, wrong: str) -> list[Any]:
    """All entries; those that are known to be wrong are marked so."""
    mark = pytest.mark.xfail(reason=why, strict=True)
    names = wrong.split()
    return [pytest.param(n, marks=[mark] if n in names else []) for n in ENTRIES]


@pytest.mark.parametrize("name", known(CHANGED, "@CHANGED@"))
def test_what_a_function_changes_is_said(name: str) -> None:
    """Only arguments in `writes` are changed; a pure function changes nothing."""
    effect, _ = ENTRIES[name]
    for call in called(name):
        assert call.changed <= set(effect.chosen(call.args).writes), call


@pytest.mark.parametrize("name", known(LISTS, "@LISTS@"))
def test_what_is_immutable_is_plain(name: str) -> None:
    """A result said to be immutable holds nothing that can change."""
    effect, _ = ENTRIES[name]
    for call in called(name):
        if effect.chosen(call.args).immutable and type(call.result) is not slice:
            assert is_atom(call.result), call


@pytest.mark.parametrize("name", known(SHARED, "@SHARED@"))
def test_what_is_fresh_shares_nothing(name: str) -> None:
    """A result said to be fresh has none of the arguments' objects in it."""
    effect, _ = ENTRIES[name]
    for call in called(name):
        assert not (effect.chosen(call.args).fresh and call.shared), call


@pytest.mark.parametrize("name", [n for n in ENTRIES if ENTRIES[n][0].writes])
def test_what_changes_an_object_is_undone(name: str) -> None:
    """Where there is a way back it leads to where we were, order and all."""
    effect, receivers = ENTRIES[name]
    for args in drawn(receivers):
        assert taken_back(effect, args), args


@pytest.mark.parametrize("name", [n for n in ENTRIES if ENTRIES[n][0].writes])
def test_what_is_said_to_change_its_object_can(name: str) -> None:
    """No method of a container waits for readers without need."""
    assert any(0 in call.changed for call in called(name))

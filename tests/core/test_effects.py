"""The effect tables say of each real function what it does, no less."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from epic_actors.core.functions import Namespace
from epic_actors.core.memory.extent import EVERYWHERE
from epic_actors.core.memory.places import WORLD, resource
from epic_actors.core.memory.reach import aliases, is_atom
from epic_actors.core.memory.wire import Wire
from epic_actors.core.tables.effects import (
    BUILTINS,
    METHODS,
    Effect,
    of_module,
    prim_effect,
)
from tests.core.effect_samples import RECEIVERS, Called, Thing, calls, drawn, taken_back


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Functions of the tables are called, and `open` makes files."""
    monkeypatch.chdir(tmp_path)


NOT_CALLED = {print, input, super, object}
"""Builtins that go outside, need a frame, or are without effect by definition."""
NO_METHODS = {
    "__class__",
    "__init_subclass__",
    "__subclasshook__",
    "__new__",
    "__dir__",
}


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


@pytest.mark.parametrize("name", ENTRIES)
def test_what_a_function_changes_is_said(name: str) -> None:
    """Only arguments in `writes` are changed; a pure function changes nothing."""
    effect, _ = ENTRIES[name]
    for call in called(name):
        assert call.changed <= set(effect.chosen(call.args).writes), call


@pytest.mark.parametrize("name", ENTRIES)
def test_what_is_immutable_is_plain(name: str) -> None:
    """A result said to be immutable holds nothing that can change."""
    effect, _ = ENTRIES[name]
    for call in called(name):
        if effect.chosen(call.args).immutable and type(call.result) is not slice:
            assert is_atom(call.result), call


@pytest.mark.parametrize("name", ENTRIES)
def test_what_shares_says_so(name: str) -> None:
    """A fresh result has the arguments' objects in it only where this is said."""
    effect, _ = ENTRIES[name]
    for call in called(name):
        chosen = effect.chosen(call.args)
        assert chosen.shares or not (chosen.fresh and call.shared), call


@pytest.mark.parametrize("name", [n for n in ENTRIES if ENTRIES[n][0].writes])
def test_what_changes_an_object_is_undone(name: str) -> None:
    """Where there is a way back it leads to where we were, order and all."""
    effect, receivers = ENTRIES[name]
    for args in drawn(receivers):
        assert taken_back(effect, args), args


@pytest.mark.parametrize(
    "name", [n for n in ENTRIES if "." in n and ENTRIES[n][0].writes]
)
def test_what_is_said_to_change_its_object_can(name: str) -> None:
    """No method of a container waits for readers without need."""
    assert any(0 in call.changed for call in called(name))


NAMESPACE = Namespace({"n": 1}, "module")


@pytest.mark.parametrize("op", ["set_global", "del_global"])
def test_a_store_to_a_global_is_undone(op: str) -> None:
    """It writes a place that loads of that global look at, and those of no other."""
    effect = prim_effect(op, (NAMESPACE, "n"))
    written = set(effect.places)
    assert written & set(prim_effect("global", (NAMESPACE, "n")).looks_at)
    assert not written & set(prim_effect("global", (NAMESPACE, "m")).looks_at)
    assert effect.undo is not None
    args = (2,) if op == "set_global" else ()
    back = effect.undo(*args)
    effect.function(*args)
    assert NAMESPACE.values.get("n") != 1
    assert back is not None
    back()
    assert NAMESPACE.values == {"n": 1}


STORES: dict[str, Any] = {
    "list slot": ("setitem", [1, 2], 1, 3),
    "list slice": ("setitem", [1, 2], slice(0, 1), [3, 4]),
    "spread": ("setitem", [1, 2], slice(0, 1), "ab"),
    "dict slot": ("setitem", {"b": 1, "a": 2}, "b", 3),
    "new key": ("setitem", {"b": 1}, "a", 3),
    "deleted": ("delitem", {"b": 1, "a": 2}, "b"),
    "deleted slice": ("delitem", [1, 2], slice(0, 1)),
    "list +=": ("iadd", [1], [2]),
    "list *=": ("imul", [1], 2),
    "set |=": ("ior", {1}, {2}),
    "dict |=": ("ior", {"b": 1}, {"a": 1, "b": 2}),
    "bytearray +=": ("iadd", bytearray(b"a"), b"b"),
    "append": ("list_append", [1], 2),
    "add": ("set_add", {1}, 2),
}


@pytest.mark.parametrize("name", STORES)
def test_a_store_of_the_script_is_undone(name: str) -> None:
    """Every kind changes its object, says so, and can be taken back."""
    op, holder, *args = STORES[name]
    effect = prim_effect(op).chosen((holder, *args))
    before = repr(holder)
    assert effect.writes == (0,)
    assert effect.undo is not None
    back = effect.undo(holder, *args)
    effect.function(holder, *args)
    assert repr(holder) != before
    assert back is not None
    back()
    assert repr(holder) == before


def test_a_variant_is_chosen_by_type() -> None:
    """While the deciding argument is pending the operation stays undecided."""
    effect = prim_effect("iadd")
    wire = Wire()
    assert effect.chosen((wire, 1)) is effect
    assert effect.chosen(()) is effect
    assert not effect.chosen((1, 1)).writes
    assert effect.chosen(([], [1])).undo is not None
    assert effect.chosen((Wire, 1)).ordered
    assert prim_effect("setitem").chosen((Wire, 1, 2)).ordered


def test_displays_need_only_what_they_spread() -> None:
    """Elements may be pending; keys and starred parts may not."""
    assert list(prim_effect("list", None).strict) == []
    assert prim_effect("list", (False, True)).strict == (1,)
    assert 1 not in prim_effect("dict", None).strict
    spread = prim_effect("dict", (False, True))
    assert spread.strict == (0, 3)
    assert spread.spreads == (3,)


def test_unpacking_counts_its_results() -> None:
    """Whatever the type that is unpacked."""
    effect = prim_effect("unpack", (1, True, 1))
    assert effect.count == effect.chosen(([1],)).count == 3


@pytest.mark.parametrize("op", ["setattr", "delattr"])
@pytest.mark.parametrize("holder", [Thing, pytest])
def test_a_store_to_a_class_or_module_is_never_taken_back(op: str, holder: Any) -> None:
    """It is made when nothing older can fail, and loads of such attributes wait."""
    effect = prim_effect(op, "x").chosen((holder, 1))
    assert effect.ordered
    assert effect.undo is None
    loaded = prim_effect("getattr", "x").chosen((holder,))
    assert set(effect.places) & set(loaded.looks_at)


@pytest.mark.parametrize("op", ["setattr", "delattr"])
def test_an_attribute_of_a_module_is_its_global(op: str) -> None:
    """A store to it holds back loads of the global, and of the dictionary."""
    written = set(prim_effect(op, "x").chosen((pytest, 1)).places)
    module = Namespace(vars(pytest), "pytest")
    assert written & set(prim_effect("global", (module, "x")).looks_at)
    assert written.intersection(aliases(vars(pytest))[1:])


MODULES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "math": ("sqrt", ()),
    "random": ("random", (resource("random"),)),
    "time": ("monotonic", (resource("clock"),)),
    "socket": ("create_connection", (WORLD, EVERYWHERE)),
}


@pytest.mark.parametrize("module", MODULES)
def test_a_library_function_goes_by_its_module(module: str) -> None:
    """Quick and harmless, on a resource of its own, or able to do anything."""
    name, places = MODULES[module]
    effect = of_module(print, module, name)
    assert effect.places == places
    assert effect.ordered is bool(places)


CHANGING = [
    ("operator", "setitem"),
    ("_operator", "iconcat"),
    ("json", "dump"),
    ("pprint", "pp"),
    ("csv", "DictReader"),
    ("_csv", "writer"),
    ("_struct", "pack_into"),
    ("random", "shuffle"),
]


@pytest.mark.parametrize(("module", "name"), CHANGING)
def test_what_changes_its_arguments_is_not_pure(module: str, name: str) -> None:
    """Whatever else of its module is."""
    effect = of_module(print, module, name).chosen((object(), object()))
    assert effect.places == (WORLD, EVERYWHERE)


@pytest.mark.parametrize("name", ["now", "today", "utcnow"])
def test_the_time_of_day_is_read_in_order(name: str) -> None:
    """On the clock, like the functions of `time`."""
    assert of_module(print, "datetime", name).places == (resource("clock"),)


@pytest.mark.parametrize("name", ["_heapq.heappush", "_bisect.insort"])
def test_heaps_and_sorted_lists_are_changed(name: str) -> None:
    """Though their modules are otherwise pure."""
    assert of_module(print, *name.split(".")).writes == (0,)


def test_printing_and_asking_have_resources_of_their_own() -> None:
    """So a `print` holds back no call."""
    assert BUILTINS[print].places == (resource("stdout"),)
    assert BUILTINS[input].places == (resource("stdin"),)

"""Undo: an object is taken back to exactly what it was, whatever was stored."""

import operator
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from epic_actors.core.memory import undo
from epic_actors.core.operations import OPERATIONS


KEYS = st.sampled_from(["a", "b", "c", 0, 1, True])
DICTS = st.dictionaries(KEYS, st.integers())
LISTS = st.lists(st.integers(), max_size=6)
INDICES = st.integers(-7, 7)
SLICES = st.slices(6)


def taken_back(look: Any, change: Callable[..., Any], holder: Any, *args: Any) -> Any:
    """Change and take back; `holder`, whose identity must stay."""
    back = look(holder, *args)
    try:
        change(holder, *args)
    except (IndexError, KeyError, ValueError, TypeError):
        return holder
    back()
    return holder


@given(LISTS, INDICES | st.booleans(), st.integers())
def test_a_list_element_comes_back(items: list[int], key: int, value: int) -> None:
    """At the same index, counted from either end."""
    before = list(items)
    assert taken_back(undo.list_item, operator.setitem, items, key, value) == before


@given(LISTS, SLICES, LISTS)
def test_a_list_slice_comes_back(items: list[int], key: slice, new: list[int]) -> None:
    """Even when the store changed the length."""
    before = list(items)
    assert taken_back(undo.list_item, operator.setitem, items, key, new) == before
    assert taken_back(undo.snapshot, operator.delitem, items, key) == before


@given(LISTS, LISTS)
def test_appended_elements_go(items: list[int], new: list[int]) -> None:
    """One after the other, youngest first."""
    before = list(items)
    ways = []
    for item in new:
        ways.append(undo.append(items, item))
        items.append(item)
    while ways:
        ways.pop()()
    assert items == before


@given(LISTS, st.none() | INDICES)
def test_a_popped_element_comes_back(items: list[int], key: int | None) -> None:
    """Where it was, counted from either end."""
    before = list(items)
    where = () if key is None else (key,)
    assert taken_back(undo.popped, list.pop, items, *where) == before


@given(DICTS, KEYS, st.integers())
def test_a_dict_comes_back_in_its_order(
    items: dict[Any, int], key: Any, n: int
) -> None:
    """After a store, a `setdefault`, a deletion, an update and a clearing."""
    before = list(items.items())
    for change in (operator.setitem, dict.setdefault):
        taken_back(undo.dict_item, change, items, key, n)
        assert list(items.items()) == before
    taken_back(undo.snapshot, operator.delitem, items, key)
    taken_back(undo.snapshot, dict.update, items, {key: n, "z": 1})
    taken_back(undo.snapshot, dict.clear, items)
    assert list(items.items()) == before
    assert [type(k) for k in items] == [type(k) for k, _ in before]


@pytest.mark.parametrize("cls", [OrderedDict, lambda x: defaultdict(list, x)])
def test_other_dicts_come_back_too(cls: Any) -> None:
    """In their own order and class."""
    items = cls({"b": 1, "a": 2})
    taken_back(undo.snapshot, lambda held: held.update(c=1, b=3), items)
    assert list(items.items()) == [("b", 1), ("a", 2)]


@given(st.sets(st.integers(0, 9)), st.integers(0, 9))
def test_a_set_comes_back(members: set[int], member: int) -> None:
    """A member that had been there stays, a new one goes, a lost one returns."""
    before = set(members)
    assert taken_back(undo.set_member, set.add, members, member) == before
    assert taken_back(undo.snapshot, set.discard, members, member) == before
    assert taken_back(undo.snapshot, set.clear, members) == before


@given(LISTS, st.none() | st.integers(6, 9), INDICES)
def test_a_deque_comes_back(items: list[int], most: int | None, item: int) -> None:
    """With its order and its bound."""
    held = deque(items, most)
    before = held.copy()
    for change in (deque.append, deque.appendleft, deque.rotate, deque.remove):
        assert taken_back(undo.snapshot, change, held, item) == before
    assert held.maxlen == most


@given(LISTS, st.none() | st.integers(0, 9), st.integers())
def test_the_ends_of_a_deque_come_back(
    items: list[int], most: int | None, item: int
) -> None:
    """Also what a full deque has lost at its other end."""
    held = deque(items, most)
    before = held.copy()
    taken_back(undo.deque_append, deque.append, held, item)
    taken_back(undo.deque_appendleft, deque.appendleft, held, item)
    if held:
        taken_back(undo.deque_pop, lambda ends: ends.pop(), held)
        taken_back(undo.deque_popleft, lambda ends: ends.popleft(), held)
    assert held == before


class Counted(dict[Any, Any]):
    """A dict with methods of its own, which must not run."""

    def clear(self) -> None:
        """Be in the way."""
        raise AssertionError

    update = clear  # type: ignore[assignment]


def test_a_subclass_comes_back_without_its_own_methods() -> None:
    """A `Counter.update` would add up."""
    counts, own = Counter("aab"), Counted(a=1)
    taken_back(undo.snapshot, lambda held: held.update("abc"), counts)
    taken_back(undo.snapshot, lambda held: held.pop("a"), own)
    assert list(counts.items()) == [("a", 2), ("b", 1)]
    assert own == {"a": 1}


def test_a_store_that_failed_leaves_nothing_to_take_back() -> None:
    """An object without that slot."""
    back = undo.attribute("none")(Closed())
    assert back is not None
    back()


def test_a_bytearray_comes_back() -> None:
    """Byte by byte."""
    held = bytearray(b"abc")
    assert taken_back(undo.snapshot, operator.iadd, held, b"d") == b"abc"


def test_of_other_objects_there_is_no_telling() -> None:
    """Their operations run in order, when nothing can fail any more."""
    assert undo.snapshot(iter([1])) is None


class Open:
    """An object with a dictionary."""


class Closed:
    """An object with slots only."""

    __slots__ = ("a", "b")


class Child(Closed):
    """Slots inherited, and a dictionary."""


def made(cls: type, **values: int) -> Any:
    """An object with these attributes, set in this order."""
    found = cls()
    for name, value in values.items():
        setattr(found, name, value)
    return found


def state(holder: Any) -> dict[str, Any]:
    """The attributes that an object itself has, slots first."""
    slots = {n: getattr(holder, n) for n in ("a", "b") if hasattr(holder, n)}
    return {**slots, **getattr(holder, "__dict__", {})}


@pytest.mark.parametrize("cls", [Open, Closed, Child])
@pytest.mark.parametrize("values", [{}, {"a": 1}, {"b": 1}, {"b": 1, "a": 2}])
def test_attributes_come_back_in_their_order(cls: type, values: dict[str, int]) -> None:
    """Those that did not exist do not exist afterwards."""
    holder = made(cls, **values)
    before = list(state(holder).items())
    back = undo.attribute("a")(holder)
    holder.a = 9
    assert back is not None
    back()
    assert list(state(holder).items()) == before


@pytest.mark.parametrize("cls", [Open, Closed])
def test_a_deleted_attribute_comes_back(cls: type) -> None:
    """In its old place among the others."""
    holder = made(cls, a=1, b=2)
    back = undo.attribute("a")(holder)
    del holder.a
    assert back is not None
    back()
    assert list(state(holder).items()) == [("a", 1), ("b", 2)]


@pytest.mark.parametrize("full", [True, False])
def test_a_captured_variable_comes_back(full: bool) -> None:
    """With its value, or without one."""
    cell = types.CellType(1) if full else types.CellType()
    back = undo.cell(cell)
    cell.cell_contents = 2
    back()
    assert cell == (types.CellType(1) if full else types.CellType())


@given(DICTS, st.integers())
def test_a_global_comes_back(values: dict[Any, int], value: int) -> None:
    """Like any entry of a dictionary."""
    before = list(values.items())
    back = undo.namespace_item("a", values)()
    values["a"] = value
    back()
    assert list(values.items()) == before
    assert "set_global" in OPERATIONS

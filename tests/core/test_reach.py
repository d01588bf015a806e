"""Reach: what a value holds, and putting values in the place of wires."""

import functools
import itertools
import textwrap
from collections import deque
from typing import Any, NamedTuple

import attrs
import pytest
from hypothesis import given, strategies as st

from epic_actors.core.memory.reach import (
    children,
    has_wire,
    holds_wire,
    is_atom,
    mutables,
    pending_in,
    reaches,
    runs_code,
    walk,
)
from epic_actors.core.memory.settling import Settler
from epic_actors.core.memory.wire import Wire


class Plain:
    """An object with attributes."""

    def method(self) -> None:
        """Do nothing."""


@attrs.define(eq=False)
class Slotted:
    """An object without a dictionary; `spare` may be unset."""

    inside: Any
    spare: Any = attrs.field(init=False)


class OneSlot:
    """A single slot, named by a string."""

    __slots__ = "inside"


class Sub(Slotted):
    """Slots and a dictionary."""


class Pair(NamedTuple):
    """A tuple with names."""

    left: Any
    right: Any


class Mapping(dict[str, Any]):
    """A dict of the user's own."""


def closure(value: Any) -> Any:
    """A function that has captured `value`."""
    return lambda: value


def with_attribute(cls: Any, value: Any) -> Any:
    """An object of that class with `value` in an attribute."""
    made = cls.__new__(cls)
    made.inside = value
    return made


def with_values(mapping: Any, value: Any) -> Any:
    """A mapping filled with one value."""
    mapping["k"] = value
    return mapping


HOLDERS: dict[str, Any] = {
    "list": lambda x: [x],
    "tuple": lambda x: ((x,),),
    "deque": lambda x: deque([x]),
    "dict": lambda x: {"k": x},
    "own dict": lambda x: with_values(Mapping(), x),
    "attribute": lambda x: with_attribute(Plain, x),
    "slot": lambda x: with_attribute(Slotted, x),
    "only slot": lambda x: with_attribute(OneSlot, x),
    "slot beside a dictionary": lambda x: with_attribute(Sub, x),
    "named tuple": lambda x: Pair(0, x),
    "closure": closure,
    "cell": lambda x: closure(x).__closure__[0],
    "bound method": lambda x: with_attribute(Plain, x).method,
    "builtin method": lambda x: [x].append,
    "partial": lambda x: functools.partial(print, x, end=""),
    "partial keyword": lambda x: functools.partial(print, end=x),
    "list iterator": lambda x: iter([x]),
    "zip": lambda x: zip([x], [1], strict=False),
    "values": lambda x: {"k": x}.values(),
    "chain": lambda x: itertools.chain([x], ()),
    "wire": lambda x: settled_wire([x]),
}


def settled_wire(value: Any) -> Wire:
    """A wire that has arrived."""
    wire = Wire()
    wire.set(value)
    return wire


@pytest.mark.parametrize("name", HOLDERS)
def test_what_an_object_holds_is_reached(name: str) -> None:
    """A list inside is found, and another is not."""
    place = [1]
    holder = HOLDERS[name](place)
    assert reaches(holder, place)
    assert not reaches(holder, [1])
    assert any(found is place for found in mutables(holder))
    assert not is_atom(holder)


@pytest.mark.parametrize("name", HOLDERS)
def test_a_wire_inside_is_found_while_it_is_pending(name: str) -> None:
    """Then the object is whole."""
    wire = Wire()
    holder = HOLDERS[name](wire)
    assert pending_in(holder) is wire
    wire.set(1)
    assert pending_in(holder) is None


ATOMS = [1, "s", b"", None, 1.5, ..., range(3), int, Plain, (1, ("a",)), itertools]
ATOMS += [frozenset({1}), len, "".join, textwrap.dedent, str.join]


@pytest.mark.parametrize("atom", ATOMS)
def test_atoms_hold_nothing_that_can_change(atom: Any) -> None:
    """They are no places, and nothing is looked for in them."""
    assert is_atom(atom)
    assert mutables(atom) == []
    assert pending_in(atom) is None


def test_a_pending_wire_is_an_atom_if_its_type_is() -> None:
    """A declared string can be passed around freely."""
    assert is_atom(Wire(immutable=True))
    assert not is_atom(Wire())
    assert is_atom(settled_wire(1))


def test_an_empty_cell_holds_nothing() -> None:
    """A captured variable that has no value yet."""

    def inner() -> Any:
        return later

    cell = inner.__closure__[0]  # type: ignore[index]
    assert list(children(cell)) == []
    later = 1
    assert list(children(cell)) == [later]


def test_walking_comes_to_an_end_in_a_loop() -> None:
    """An object that holds itself is visited once."""
    loop: list[Any] = []
    loop.append(loop)
    assert [found is loop for found in walk(loop)] == [True]


def test_walking_does_not_recurse() -> None:
    """A list a hundred thousand deep."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert len(mutables(deep)) == 100_001


def test_wires_in_tuples_count_as_in_the_slot() -> None:
    """A tuple is passed around with what is in it."""
    wire = Wire()
    assert has_wire(wire)
    assert has_wire((1, (wire,)))
    assert not has_wire([wire])
    assert holds_wire([1, (wire,)])
    assert not holds_wire([[wire]])


SETTLED = set(HOLDERS) - {"tuple", "named tuple", "wire"} - {
    "bound method", "builtin method", "partial", "partial keyword"
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SETTLED))
@pytest.mark.parametrize("wrapped", [False, True])
def test_settling_puts_values_in_place(name: str, wrapped: bool) -> None:
    """Wherever a wire stood, bare or in a tuple, its value stands afterwards."""
    wire = Wire()
    holder = HOLDERS[name]((wire, 2) if wrapped else wire)
    wire.set("v")
    assert Settler().settle(holder) is holder
    values = [v for found in walk(holder) for v in children(found)]
    assert ("v", 2) in values if wrapped else "v" in values
    assert not any(map(has_wire, values))


def test_a_tuple_is_settled_once() -> None:
    """So that two who hold the same tuple still do."""
    wire, settler = Wire(), Settler()
    given = (wire, [wire])
    first = settler.settled(given)
    assert first[0] is wire
    wire.set(1)
    assert settler.settled(given) is settler.settled(given) == (1, [wire])


def test_a_named_tuple_stays_one() -> None:
    """It is built anew by its own class."""
    made = Settler().settle(Pair(settled_wire(1), 2))
    assert made == Pair(1, 2)
    assert type(made) is Pair


def test_a_tuple_without_wires_is_left_alone() -> None:
    """It keeps its identity."""
    given = (1, [2])
    assert Settler().settled(given) is given


def listed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists and tuples of what there is."""
    return st.lists(inner, max_size=3) | st.tuples(inner, inner)


@given(st.recursive(st.integers(), listed, max_leaves=9))
def test_settling_gives_what_would_have_been_there(value: Any) -> None:
    """A structure whose numbers arrive later is the structure with the numbers in it."""
    wires: list[tuple[Wire, int]] = []

    def later(part: Any) -> Any:
        if isinstance(part, int):
            wires.append((Wire(), part))
            return wires[-1][0]
        return type(part)(map(later, part))

    given = later(value)
    for wire, number in wires:
        wire.set(number)
    assert Settler().settle(given) == value


def test_looking_into_a_partial_leaves_it_as_it_is() -> None:
    """A partial of it is taken apart as if nobody had looked: it got no dictionary."""
    made = functools.partial(max, 1)
    assert list(walk(made)) == [made]
    assert functools.partial(made, 2).func is max

    made.note = [1]  # type: ignore[attr-defined]
    assert reaches(made, made.note)  # type: ignore[attr-defined]


def test_a_tuple_is_not_looked_through_for_code() -> None:
    """What an iterator over a tuple gives is moved; functions in it are not called."""
    assert not runs_code(iter((len, print, lambda: None)))
    assert runs_code(zip((1, 2), (n for n in (1, 2)), strict=True))

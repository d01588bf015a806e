"""Wires: set once, read by many, and one with whatever they are set to."""

import itertools

import attrs
import pytest

from epic_actors.core.memory.accesses import Memory
from epic_actors.core.memory.holds import Hold
from epic_actors.core.memory.wire import PENDING, Wire, deref, is_pending


@attrs.define(eq=False)
class Reader:
    """Stands in for an actor: writes down when it is woken."""

    name: str
    log: list[str]

    def wake(self) -> None:
        """Be woken."""
        self.log.append(self.name)


def read(wire: Wire, *names: str) -> list[str]:
    """Let readers of these names wait for `wire`; the log of who was woken."""
    log: list[str] = []
    for name in names:
        wire.subscribe(Reader(name, log))
    return log


def test_readers_are_woken_in_the_order_in_which_they_came() -> None:
    """Each is woken once, first come first served."""
    wire = Wire()
    log = read(wire, "a", "b", "c")
    wire.set(1)
    assert log == ["a", "b", "c"]
    assert deref(wire) == 1


def test_a_wire_is_set_once() -> None:
    """A second value is a mistake of ours."""
    wire = Wire()
    wire.set(1)
    with pytest.raises(AssertionError, match="once"):
        wire.set(2)


def test_a_wire_set_to_itself_stays_pending() -> None:
    """A loop of wires says nothing."""
    wire = Wire()
    wire.set(wire)
    assert is_pending(wire)


def test_a_wire_set_to_a_pending_one_hands_over_its_readers() -> None:
    """They wait behind those who were there before."""
    one, other = Wire(), Wire()
    log = read(other, "first")
    one.subscribe(Reader("second", log))
    one.set(other)
    assert is_pending(one)
    assert not log
    other.set(3)
    assert log == ["first", "second"]
    assert deref(one) == 3


def test_a_wire_without_readers_may_become_another() -> None:
    """There is nobody and nothing to hand over."""
    one, other = Wire(), Wire()
    one.set(other)
    other.set("x")
    assert deref(one) == "x"


def test_holds_go_along_when_a_wire_becomes_another() -> None:
    """A hold on a wire is found under the object that it turns out to be."""
    memory = Memory(None, [0, 0, 0])
    one, other, place = Wire(), Wire(), [1]
    hold = Hold(memory, (), (one,))
    one.set(other)
    assert memory.conflict(place, write=False) in (one, other)
    other.set(place)
    assert memory.conflict(place, write=False) is hold
    assert memory.conflict([1], write=False) is None


def test_long_chains_are_followed_without_recursion() -> None:
    """A chain of a hundred thousand wires leads to its end, and is shortened."""
    wires = [Wire() for _ in range(100_000)]
    for one, other in itertools.pairwise(wires):
        one.set(other)
    wires[-1].set("end")
    assert deref(wires[0]) == "end"
    assert wires[0].value in (wires[-1], "end")


def test_only_wires_can_be_pending() -> None:
    """Any other value is itself."""
    assert not is_pending(1)
    assert deref([1]) == [1]
    assert is_pending(Wire())


def test_wires_print_what_they_carry() -> None:
    """For those who look into a stuck network."""
    wire = Wire()
    assert repr(wire) == f"<Wire {PENDING!r}>" == "<Wire PENDING>"
    wire.set([1])
    assert repr(wire) == "<Wire [1]>"

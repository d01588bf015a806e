"""Holds: an access waits exactly for the older accesses that it may clash with."""

from typing import Any

import attrs
import pytest

from epic_actors.core.memory.accesses import Memory
from epic_actors.core.memory.extent import EVERYWHERE, Inside, writers
from epic_actors.core.memory.holds import Hold
from epic_actors.core.memory.places import WORLD, resource
from epic_actors.core.memory.wire import Wire


@attrs.define(eq=False)
class Reader:
    """Stands in for an actor: counts how often it is woken."""

    woken: int = 0

    def wake(self) -> None:
        """Be woken."""
        self.woken += 1


def memory() -> Memory:
    """The memory of a whole run."""
    return Memory(None, [0, 0, 0])


def waiting(hold: Hold) -> Reader:
    """Someone who waits for a hold."""
    reader = Reader()
    hold.subscribe(reader)  # type: ignore[arg-type]
    return reader


@pytest.mark.parametrize(
    ("held", "write", "clashes"),
    [
        ("reads", False, False),
        ("reads", True, True),
        ("writes", False, True),
        ("writes", True, True),
    ],
)
def test_only_two_reads_do_not_clash(held: str, write: bool, clashes: bool) -> None:
    """Whatever writes a place keeps everybody else away from it."""
    here, place = memory(), [1]
    places: dict[str, Any] = {"reads": (), "writes": (), held: (place,)}
    hold = Hold(here, **places)
    assert here.conflict(place, write=write) is (hold if clashes else None)
    assert here.conflict([1], write=write) is None


def test_places_are_objects_not_values() -> None:
    """An equal list is another place; a resource is one place for each name."""
    here = memory()
    hold = Hold(here, (), (WORLD,))
    assert here.conflict(resource("world"), write=False) is hold
    assert here.conflict(resource("db"), write=True) is None


def test_everywhere_is_all_places() -> None:
    """What may touch anything clashes with everything, either way round."""
    here, place = memory(), [1]
    hold = Hold(here, (), (place,))
    assert here.conflict(EVERYWHERE, write=True) is hold
    assert here.conflict(EVERYWHERE, write=True, before=hold.seq) is None
    hold.release()
    opaque = Hold(here, (), (EVERYWHERE,))
    assert here.conflict(place, write=False) is opaque
    assert repr(EVERYWHERE) == "EVERYWHERE"


def test_an_access_waits_for_older_holds_only() -> None:
    """And it hears of the nearest of them."""
    here, place = memory(), [1]
    first, second = Hold(here, (), (place,)), Hold(here, (), (place,))
    assert here.conflict(place, write=False) is second
    assert here.conflict(place, write=False, before=second.seq) is first
    assert here.conflict(place, write=False, before=first.seq) is None


def test_a_released_hold_wakes_those_who_wait_once() -> None:
    """They ask again, and find nothing in the way."""
    here, place = memory(), [1]
    hold = Hold(here, (place,), (place,))
    one, other = waiting(hold), waiting(hold)
    hold.release()
    hold.release()
    assert one.woken == other.woken == 1
    assert here.conflict(place, write=True) is None
    assert here.total == [0, 0, 0]


def test_a_hold_without_places_holds_nothing() -> None:
    """Most actors touch no memory at all, and cost none."""
    here = memory()
    hold = Hold(here, (), ())
    assert not here.held
    hold.release()
    assert here.total == [0, 0, 0]


def test_a_hold_can_be_widened_narrowed_and_cover_more() -> None:
    """What is known of an undecided piece of code grows while it goes on."""
    here, a, b, c = memory(), [1], [2], [3]
    hold = Hold(here, (), ())
    hold.widen((a,), (b,))
    assert here.conflict(a, write=True) is here.conflict(b, write=False) is hold
    hold.cover([a, c])
    assert hold.reads == (a, c)
    reader = waiting(hold)
    hold.narrow((), (b,))
    assert reader.woken == 1
    assert here.conflict(a, write=True) is None
    assert here.conflict(b, write=False) is hold


def test_a_wire_may_be_any_object_of_its_origin() -> None:
    """The answer of a call can be an argument, or something inside one."""
    hold, inner = Hold(memory(), (), ()), [1]
    assert hold.may_reach(Wire(), inner)
    assert hold.may_reach(Wire(origin=([inner],)), inner)
    assert not hold.may_reach(Wire(origin=()), inner)
    assert not hold.may_reach(Wire(origin=([2],)), inner)
    between = Wire(origin=(inner,))
    between.origin = (between, *between.origin)  # type: ignore[misc]
    assert hold.may_reach(Wire(origin=(between,)), inner)
    assert not hold.may_reach(Wire(origin=(between, between)), [1])


def test_a_store_that_is_still_to_come_may_put_any_object_there() -> None:
    """What an object reaches is known once the older stores to it have been done."""
    here, inner = memory(), [1]
    outer: list[Any] = []
    store = Hold(here, (), (outer,))
    hold = Hold(here, (), (Inside([outer]),))
    assert here.conflict(inner, write=False) is hold
    assert hold.may_reach([outer], inner)
    assert hold.may_reach(Wire(origin=(outer,)), inner)
    assert not hold.may_reach([2], inner)
    Hold(here, (), (outer,))
    store.release()
    assert not hold.may_reach([outer], inner)
    assert here.conflict(inner, write=False) is None


def test_a_hold_on_a_wire_holds_what_it_may_turn_out_to_be() -> None:
    """Until the wire is set one waits for it; then only for the object it is."""
    here, place, other = memory(), [1], [2]
    wire = Wire(origin=(place,))
    hold = Hold(here, (), (wire,), origin=())
    assert here.conflict(place, write=False) is wire
    assert here.conflict(other, write=False) is None
    assert here.conflict(wire, write=False) is hold
    wire.set(other)
    assert here.conflict(place, write=False) is None
    assert here.conflict(other, write=False) is hold
    hold.release()
    assert here.conflict(other, write=False) is None


def test_a_wire_that_will_be_plain_is_no_place() -> None:
    """A string that is on its way shares nothing with anybody."""
    here, wire = memory(), Wire(immutable=True)
    hold = Hold(here, (), (wire, [1]))
    assert here.conflict([2], write=True) is None
    wire.set("text")
    assert hold.live


def test_learning_that_a_wire_was_plain_adds_nothing() -> None:
    """Neither does what a hold hears after it has let go."""
    here, one, other, place = memory(), Wire(), Wire(), [1]
    hold = Hold(here, (), (one, other))
    one.set(5)
    hold.release()
    other.set(place)
    assert here.conflict(place, write=True) is None


def test_a_hold_inside_an_object_covers_what_it_reaches() -> None:
    """A piece of code that may touch anything in a record."""
    here, inner = memory(), [1]
    hold = Hold(here, (), (Inside({"k": (inner,)}),))
    assert here.conflict(inner, write=False) is hold
    assert here.conflict(inner, write=False) is hold
    assert here.conflict([1], write=False) is None


def test_a_hold_inside_a_pending_object_covers_what_it_may_reach() -> None:
    """One waits for the wire, then for the hold."""
    here, inner = memory(), [1]
    wire = Wire(origin=([inner],))
    hold = Hold(here, (), (Inside(wire),), origin=())
    assert here.conflict(inner, write=False) is wire
    assert here.conflict([2], write=False) is None
    wire.set([inner])
    assert here.conflict(inner, write=False) is hold


def test_an_issued_hold_speaks_through_those_inside() -> None:
    """Code that has run to its end holds only what its own actors hold."""
    here, a, b = memory(), [1], [2]
    outer = Hold(here, (), (a, b))
    within = Memory(outer, here.total)
    inner = Hold(within, (), (a,))
    reader = waiting(outer)
    outer.issue(within)
    assert reader.woken == 1
    assert here.conflict(b, write=True) is None
    assert here.conflict(a, write=True) is inner
    inner.release()
    assert not outer.live
    assert here.total == [0, 0, 0]


def test_issuing_without_anything_inside_lets_go() -> None:
    """A block that ran through leaves nothing behind."""
    here, place = memory(), [1]
    outer = Hold(here, (), (place,))
    outer.issue(Memory(outer, here.total))
    assert here.conflict(place, write=True) is None


def test_code_inside_sees_the_holds_around_it() -> None:
    """Its own, then those outside that are older than its region."""
    here, place = memory(), [1]
    older = Hold(here, (), (place,))
    region = Hold(here, (), (place,))
    younger = Hold(here, (), (place,))
    within = Memory(region, here.total)
    assert within.conflict_outward(place, write=False) is older
    own = Hold(within, (place,), ())
    assert within.conflict_outward(place, write=True) is own
    assert within.conflict_outward(place, write=False) is older
    assert here.conflict_outward(place, write=False) is younger
    older.release()
    assert within.conflict_outward(place, write=False) is None


def test_what_was_issued_is_asked_for_what_it_stores_by_name() -> None:
    """A store inside it may put an object where younger holds find it."""
    home, other = memory(), [1]
    box: list[list[Any]] = [[]]
    region = Hold(home, (), (Inside(box),), origin=(box, other))
    inner = Memory(region, home.total)
    store = Hold(inner, (), (box[0],), origin=(other,))
    region.issue(inner)
    assert list(writers(home, None, {id(box[0]): box[0]})) == [store]
    younger = Hold(home, (Inside(box[0]),), ())
    assert home.conflict(other, write=True) is younger
    store.release()
    assert home.conflict(other, write=True) is None


def test_what_came_into_being_later_is_not_asked_of_older_holds() -> None:
    """Nor is a container in it; younger holds are."""
    home, answer = memory(), {"rows": [1]}
    Hold(home, (), (EVERYWHERE,))
    home.births.note(answer, home, home.next_seq)
    assert home.conflict(answer, write=True) is None
    assert home.conflict(answer["rows"], write=True) is None
    younger = Hold(home, (), (Inside(answer),))
    assert home.conflict(answer["rows"], write=False) is younger

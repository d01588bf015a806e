"""The ledger: program order, and what is taken back when something in it fails."""

from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from epic_actors.core.memory.ledger import Entry, Ledger, State, Store


class Noted(Entry):
    """An entry that writes down what it hears."""

    def __init__(self, name: str, log: list[str]) -> None:
        super().__init__()
        self.name, self.log = name, log

    def flush(self) -> None:
        """Be taken back."""
        self.log.append(self.name)


@attrs.define(eq=False)
class Head:
    """Takes note of the ledgers whose oldest entry has changed."""

    changed: list[Ledger] = attrs.Factory(list)

    def ledger(self) -> Ledger:
        """A ledger that tells us."""
        return Ledger(self.changed.append)


class Owner(Entry):
    """Stands in for a `try`: owns a child ledger and joins when it has an entry."""

    def __init__(self, outer: Ledger) -> None:
        super().__init__()
        self.outer = self
        self.parent = outer
        self.child = Ledger(lambda _: None, self)  # type: ignore[arg-type]

    def place(self) -> tuple[Ledger, Entry]:
        """Where we would stand: last."""
        return self.parent, self.parent.end

    def join(self) -> None:
        """Take our place."""
        self.parent.insert(self)


def entries(ledger: Ledger) -> list[Entry]:
    """What stands in a ledger, oldest first."""
    found, entry = [], ledger.end.next
    while entry is not ledger.end:
        found.append(entry)
        entry = entry.next
    return found


def filled(count: int) -> tuple[Head, Ledger, list[Noted], list[str]]:
    """A ledger with so many entries, and the log of those that are flushed."""
    head, log = Head(), list[str]()
    ledger = head.ledger()
    made = [Noted(str(index), log) for index in range(count)]
    for entry in made:
        ledger.insert(entry)
    return head, ledger, made, log


def test_entries_stand_in_the_order_of_the_program() -> None:
    """One that is put in front of another is older than it."""
    _, ledger, [a, b], log = filled(2)
    middle = Noted("middle", log)
    ledger.insert(middle, b)
    assert entries(ledger) == [a, middle, b]


def test_what_is_done_leaves_at_once() -> None:
    """Only a change of the oldest entry is news."""
    head, ledger, [a, b, c], _ = filled(3)
    ledger.done(b)
    assert not head.changed
    assert entries(ledger) == [a, c]
    ledger.done(a)
    assert head.changed == [ledger]
    assert b.state is State.DONE
    assert not b.waiting
    assert c.waiting


def test_a_failure_stays_until_it_is_the_oldest() -> None:
    """Then the owner of the list hears of it."""
    head, ledger, [a, b], _ = filled(2)
    ledger.failed(b, ValueError())
    assert entries(ledger) == [a, b]
    assert not head.changed
    ledger.failed(a, KeyError())
    assert head.changed == [ledger]
    assert isinstance(a.error, KeyError)


def test_younger_entries_are_flushed_youngest_first() -> None:
    """What is older than the failure stays."""
    _, ledger, [a, b, *_], log = filled(5)
    ledger.flush_after(b)
    assert log == ["4", "3", "2"]
    assert entries(ledger) == [a, b]


def test_an_entry_is_settled_when_nothing_older_is_there() -> None:
    """That is when a sequential call begins."""
    _, ledger, [a, b], _ = filled(2)
    assert ledger.settled_before(a)
    assert not ledger.settled_before(b)
    assert not ledger.settled_before(None)
    ledger.done(a)
    assert ledger.settled_before(b)


@given(st.lists(st.integers(), max_size=5), st.lists(st.integers(), max_size=9))
def test_flushed_stores_leave_the_object_as_it_was(
    before: list[int], pushed: list[int]
) -> None:
    """Stores are undone in reverse, however many there are."""
    _, ledger, [a], _ = filled(1)
    items = list(before)
    for item in pushed:
        ledger.insert(Store(items.pop))
        items.append(item)
    ledger.flush_after(a)
    assert items == before


def test_a_store_at_the_head_is_final() -> None:
    """Nothing older can fail any more, so it is never undone."""
    _, ledger, [a], _ = filled(1)
    ledger.insert(Store(lambda: pytest.fail("was final")))
    ledger.retire()
    assert len(entries(ledger)) == 2
    ledger.done(a)
    ledger.retire()
    assert ledger.empty
    ledger.flush_after(ledger.end)


def test_a_try_without_entries_costs_its_parent_nothing() -> None:
    """It joins its parent's list with the first entry of its child."""
    _, parent, _, log = filled(0)
    owner = Owner(parent)
    assert parent.empty
    first = Noted("x", log)
    owner.child.insert(first)
    owner.child.insert(Noted("y", log))
    assert entries(parent) == [owner]
    assert owner.child.settled_before(first)


@pytest.mark.parametrize("older", [0, 1])
def test_a_child_is_settled_if_all_its_owners_are(older: int) -> None:
    """Whether the `try` has joined its parent or not."""
    _, parent, _, log = filled(older)
    owner = Owner(parent)
    assert owner.child.settled_before(None) is (older == 0)
    first = Noted("x", log)
    owner.child.insert(first)
    assert owner.child.settled_before(first) is (older == 0)


@pytest.mark.parametrize("older", [0, 1])
def test_a_store_that_leaves_a_try_moves_up(older: int) -> None:
    """It is final only when nothing older is there in the parent either."""
    _, parent, pending, log = filled(older)
    owner = Owner(parent)
    store = Store(lambda: log.append("undone"))
    owner.child.insert(store)
    owner.child.retire()
    assert owner.child.empty
    assert entries(parent) == [*pending, *[store] * older, owner]


def test_plain_entries_hear_nothing() -> None:
    """The markers of a list take their turn and their flush in silence."""
    entry: Any = Entry()
    assert entry.become_oldest() is entry.flush() is None
    assert not entry.waiting


def test_a_store_in_a_try_that_has_not_joined_stays_out_of_sight() -> None:
    """The owner's ledger is left alone when the `try` has withdrawn."""
    _, parent, [pending], _ = filled(1)
    owner = Owner(parent)
    owner.child.insert(Store(lambda: None))
    parent.remove(owner)
    owner.child.retire()
    assert entries(parent) == [pending]

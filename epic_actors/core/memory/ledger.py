"""The ledger: program order, and what has not yet succeeded in it.

Rules
    1. Entries stand in program order.  Code in an undecided region puts its entries just
       before the region's marker, so the flat list is in order though filled out of order.
    2. An entry is pending, done or failed.  What is done leaves the list at once, but a
       store, which is done from the start and knows how to undo itself, stays until
       everything older has succeeded.
    3. A failed entry at the head takes the exception: everything younger in the list is
       flushed, youngest first (calls cancelled, regions killed, stores undone), then the
       owner of the list handles it: a `try` of the script, or the run.
    4. A `try` is one entry that owns a child ledger.  It joins its parent's list with the
       first entry of the child, so a `try` in which nothing is pending costs nothing.
    5. A store that retires from a child moves up, in front of the `try`, as long as
       something older is pending there; only at the head of the run is it final.
    6. An ordered entry (a sequential call, a native of unknown effect) begins when it is
       the oldest thing there is: at the head of its list, and so are all owners.
"""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from epic_actors.core.network.regions import Attempt


class State(Enum):
    """Where an entry stands."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Entry:
    """One operation in program order."""

    __slots__ = ("error", "ledger", "next", "prev", "state")

    ledger: "Ledger | None"
    prev: "Entry"
    next: "Entry"

    def __init__(self) -> None:
        self.ledger = None
        self.state = State.PENDING
        self.error: BaseException | None = None

    @property
    def waiting(self) -> bool:
        """Whether this entry is still to do what it is there for."""
        return self.state is State.PENDING and self.ledger is not None

    def become_oldest(self) -> None:
        """Hear that everything older has succeeded."""

    def flush(self) -> None:
        """Take back what was done: an older entry failed."""


class Store(Entry):
    """A store that was done before everything older had succeeded."""

    __slots__ = ("undo",)

    def __init__(self, undo: Callable[[], Any]) -> None:
        super().__init__()
        self.state = State.DONE
        self.undo = undo

    def flush(self) -> None:
        """Restore what was there before."""
        self.undo()


class Ledger:
    """A doubly linked list of entries, oldest first."""

    __slots__ = ("changed", "end", "owner")

    def __init__(
        self, changed: Callable[["Ledger"], None], owner: "Attempt | None" = None
    ) -> None:
        self.end = Entry()
        self.end.prev = self.end.next = self.end
        self.changed = changed
        self.owner = owner

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it."""
        return self.end.next is self.end

    def insert(self, entry: Entry, before: Entry | None = None) -> None:
        """Put `entry` in front of `before`, or last."""
        after = before or self.end
        if self.owner is not None and self.owner.ledger is None:
            self.owner.join()
        entry.ledger = self
        entry.next, entry.prev = after, after.prev
        after.prev.next = entry
        after.prev = entry

    def remove(self, entry: Entry) -> None:
        """Take `entry` out."""
        entry.prev.next, entry.next.prev = entry.next, entry.prev
        entry.ledger = None

    def settled_before(self, before: Entry | None) -> bool:
        """Whether everything older than this place has succeeded."""
        ledger: Ledger = self
        entry: Entry = before or self.end
        while entry.prev is ledger.end:
            owner = ledger.owner
            if owner is None:
                return True
            if owner.ledger is None:
                ledger, entry = owner.outer.place()
            else:
                ledger, entry = owner.ledger, owner
        return False

    def retire(self) -> None:
        """Let stores at the head become final here."""
        while isinstance(entry := self.end.next, Store):
            self.remove(entry)
            owner = self.owner
            if owner is None or owner.ledger is None:
                continue
            if not owner.ledger.settled_before(owner):
                owner.ledger.insert(entry, owner)

    def flush_after(self, entry: Entry) -> None:
        """Take back everything younger than `entry`, youngest first."""
        while (youngest := self.end.prev) is not entry:
            self.remove(youngest)
            youngest.flush()

    def done(self, entry: Entry) -> None:
        """Take out `entry`, which has succeeded."""
        entry.state = State.DONE
        oldest = entry.prev is self.end
        self.remove(entry)
        if oldest:
            self.changed(self)

    def failed(self, entry: Entry, error: BaseException) -> None:
        """Record that `entry` has failed with `error`."""
        entry.state, entry.error = State.FAILED, error
        if entry.prev is self.end:
            self.changed(self)

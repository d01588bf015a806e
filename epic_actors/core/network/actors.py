"""Actors: the nodes of the network.

An actor stands at its place in program order, waits until nothing is in its way, and
fires.  `attempt` is the whole protocol: look for an obstacle; subscribe to it, or fire.
Whatever an actor waits for (a wire, a hold, its turn) wakes it once, and it looks again.
"""

from typing import TYPE_CHECKING

from epic_actors.core.memory.holds import Hold
from epic_actors.core.memory.ledger import Entry
from epic_actors.core.memory.wire import Wire


if TYPE_CHECKING:
    from .network import Network
    from .regions import Region


class Turn:
    """The obstacle of an ordered entry that is not yet the oldest."""

    def subscribe(self, actor: "Actor") -> None:
        """Do nothing: the ledger itself tells its oldest entry."""


class Free(Hold):
    """The hold of all actors that never touch memory."""

    def __init__(self) -> None:
        self.seq = -1

    def release(self) -> None:
        """Let go of nothing."""

    def stir(self) -> None:
        """Tell nobody."""


TURN = Turn()
FREE = Free()


class Actor(Entry):
    """A node that fires once its inputs are there and memory order allows it."""

    __slots__ = ("hold", "network", "outer", "site")

    network: "Network"
    outer: "Region"

    def __init__(self, network: "Network", hold: Hold | None = None) -> None:
        super().__init__()
        self.network = network
        self.outer = network.here
        self.outer.insert(self)
        network.calm = False
        self.hold = hold or Hold(self.outer.memory, (), ())
        self.site = network.site()

    def wake(self) -> None:
        """Look again, as soon as the network gets to it."""
        self.network.wake(self)

    def begin(self) -> None:
        """Look for the first time: at once, or in a task of our own."""
        if self.network.literal:
            self.wake()
        else:
            self.attempt()

    def become_oldest(self) -> None:
        """Look again: it may have been our turn we waited for."""
        self.wake()

    def attempt(self) -> None:
        """Fire, or wait for what is in the way."""
        obstacle = self.obstacle()
        if obstacle is None:
            self.fire()
        else:
            obstacle.subscribe(self)

    def obstacle(self) -> "Wire | Hold | Turn | None":
        """What this actor has to wait for next."""
        raise NotImplementedError

    def fire(self) -> None:
        """Do what this actor is there for."""
        raise NotImplementedError

    def flush(self) -> None:
        """Never fire: an older entry failed.  A task of our own hears of it."""
        self.hold.release()
        self.wake()

"""Iteration over objects of the script's classes: each step is a call of `__next__`.

A step is a `try` of the script: its body applies `__next__`, and its handler takes a
`StopIteration` for the end.  So nobody knows whether there is an item before everything
in the step has succeeded that could raise one.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.regions import Attempt, Footprint
from epic_actors.core.tables.effects import BUILTINS

from .pulls import PAUSE


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


NEXT = BUILTINS[next]


class Steps:
    """The items that an iterator of the script's gives, or `PAUSE` (see `walk`)."""

    __slots__ = ("ahead", "network", "source", "value")

    method = "__next__"
    end: type[BaseException] = StopIteration

    def __init__(self, network: "Network", source: Any) -> None:
        self.network = network
        self.source = source
        self.ahead: Any = None
        self.value: Any = None

    def __epic_sources__(self) -> list[Any]:
        return [self.source]

    @property
    def iterator(self) -> Iterator[Any]:
        """The same: there is no native iterator beside it."""
        return iter(self)

    def __iter__(self) -> Iterator[Any]:
        """The items from here on; each call goes on where the last one stopped."""
        network = self.network
        while True:
            if self.ahead is None:
                self.ahead = self.advance()
            more, item = map(deref, self.ahead)
            if type(more) is Wire:
                network.waits_for = more
                yield PAUSE
                continue
            self.ahead = None
            if not more:
                self.value = item
                return
            yield network.settler.settled(item)

    def advance(self) -> Any:
        """Take a step: whether there is an item, and it; or wires for both."""
        attempt = Attempt(self.network, self.ended)
        return attempt.run(lambda: (True, self.ask()), 2, self.footprint)

    def ask(self) -> Any:
        """Ask for an item."""
        return self.network.specials.send(self.source, self.method)

    def ended(self, error: BaseException) -> tuple[bool, Any]:
        """Take the error that says that there is no further item."""
        if isinstance(error, self.end):
            return False, getattr(error, "value", None)
        raise error

    def footprint(self) -> Footprint:
        """What a step may touch."""
        return self.network.summaries.of_operation(NEXT, (self.source,))

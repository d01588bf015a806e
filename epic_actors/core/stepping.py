"""Iteration over objects of the script's classes: each step is a call of `__next__`.

A step is a `try` of the script: its body applies `__next__`, and its handler takes a
`StopIteration` for the end.  So nobody knows whether there is an item before everything
in the step has succeeded that could raise one.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .effects import BUILTINS
from .pulls import PAUSE
from .regions import Attempt
from .wire import Wire, deref


if TYPE_CHECKING:
    from .network import Network


NEXT = BUILTINS[next]


class Steps:
    """The items that an iterator of the script's gives, or `PAUSE` (see `walk`)."""

    __slots__ = ("ahead", "network", "source")

    def __init__(self, network: "Network", source: Any) -> None:
        self.network = network
        self.source = source
        self.ahead: Any = None

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
                self.ahead = advance(network, self.source)
            more, item = map(deref, self.ahead)
            if more.__class__ is Wire:
                network.waits_for = more
                yield PAUSE
                continue
            self.ahead = None
            if not more:
                return
            yield network.settler.settled(item)


def advance(network: "Network", iterator: Any) -> Any:
    """Ask for an item: whether there is one, and it; or wires for both."""

    def ask() -> tuple[bool, Any]:
        return True, network.specials.send(iterator, "__next__")

    def end(error: BaseException) -> tuple[bool, Any]:
        if isinstance(error, StopIteration):
            return False, None
        raise error

    def footprint() -> Any:
        return network.summaries.of_operation(NEXT, (iterator,))

    return Attempt(network, end).run(ask, 2, footprint)

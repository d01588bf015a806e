"""What a piece of a script may touch while it is undecided.  First version: everything."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from .holds import EVERYWHERE, WORLD
from .regions import Footprint
from .terms import Lam


if TYPE_CHECKING:
    from .network import Network


@attrs.frozen
class Summary:
    """The places that a λ may touch, in terms of its parameters."""

    def footprint(self, network: "Network", args: tuple[Any, ...]) -> Footprint:
        """The places, for these arguments."""
        return Footprint((), (EVERYWHERE, WORLD))


def summarise(lam: Lam) -> Summary:
    """What the body of `lam` may touch."""
    return Summary()


def of_call(function: Any, values: Any) -> Footprint:
    """What a call of something not yet known may touch."""
    return Footprint((), (EVERYWHERE, WORLD))

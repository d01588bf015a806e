"""What makes the defaults of dictionaries: looking up an item may call it.

Nobody sees in a value that is still pending what its defaults are made by, so whatever
makes some counts as a method `__missing__` of the script's.
"""

import types
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from epic_actors.core.tables.effects import BUILTINS
from epic_actors.core.tables.protocols import BITS

from .tags import MADE


if TYPE_CHECKING:
    from .summary import Summaries


MISSING = "__missing__"


def is_filled(value: Any) -> bool:
    """Whether a dictionary makes defaults by code that may do anything."""
    if type(value) is not defaultdict:
        return False
    factory = value.default_factory
    return factory is not None and not is_builtin(factory)


def is_builtin(factory: Any) -> bool:
    """Whether it is a class of which it is known that it does nothing else."""
    return isinstance(factory, type) and factory in BUILTINS


class Factories:
    """What makes defaults, as far as one run has met it.

    Attributes:
        known: By its code; None where more may be called than that.
    """

    def __init__(self, summaries: "Summaries") -> None:
        self.summaries = summaries
        self.known: dict[Any, Any] = {}

    def meet(self, factory: Any) -> None:
        """Take in what a dictionary calls for its defaults."""
        if factory is None or is_builtin(factory):
            return
        self.listen(factory)
        code = getattr(factory, "__code__", type(factory))
        met = code in self.known
        known = self.known.get(code)
        if met and (known is None or is_same(known, factory)):
            return
        if not met and not self.touches(factory):
            return
        plain = type(factory) is types.FunctionType and not met
        self.known[code] = factory if plain else None
        self.summaries.network.special |= BITS[MISSING]
        self.summaries.read_again({MISSING})

    def listen(self, factory: Any) -> None:
        """See whether making a default may ask, so that looking up an item is a script."""
        network, bits = self.summaries.network, BITS[MISSING]
        if network.loud & bits or not self.asks(factory):
            return
        network.special |= bits
        network.loud |= bits
        network.closed.forget()

    def asks(self, factory: Any) -> bool:
        """Whether making a default may ask for an external call."""
        return self.summaries.network.asking.given((factory,), deep=False)

    def touches(self, factory: Any) -> bool:
        """Whether making a default may touch anything that was there before."""
        if type(factory) is not types.FunctionType:
            return True
        function = self.summaries.translate(factory)
        if function is None:
            return True
        found = self.summaries.alone(function)
        # Why: it is given nothing, so what it takes for given is what it is made among.
        around = (found.reads | found.writes) - MADE
        return bool(around) or not found.touches_nothing


def is_same(known: Any, factory: Any) -> bool:
    """Whether two functions of one code also share what they were made among."""
    return known is factory or not (known.__closure__ or factory.__closure__)

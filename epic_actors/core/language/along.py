"""Wrappers of installed packages that are run as part of the script, to keep its overlap.

A decorator of a package's has put a function of its own around one of the script's that
may ask.  Run natively it goes aside, and calls through it go one by one (see `asking`).
If all that it may touch is known, because it is written in simple Python, it is compiled
along with the functions of its package that it names, and overlaps like any code of the
script's.  What may touch anything gains nothing by that, and goes aside.
"""

import types
from collections.abc import Iterator
from typing import TYPE_CHECKING

from epic_actors.core.functions import Function
from epic_actors.core.memory.extent import EVERYWHERE
from epic_actors.core.network.loops import names_of


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


class Along:
    """The wrappers that one run has met."""

    def __init__(self, network: "Network") -> None:
        self.network = network
        self.left: set[types.CodeType] = set()

    def taken(self, fn: types.FunctionType) -> Function | None:
        """The term of a wrapper, if it is to be run as part of the script."""
        if fn.__closure__ is None or fn.__code__ in self.left:
            return None
        network = self.network
        if not network.asking.given((fn,), deep=True):
            return None
        family = [one for one in _named(fn) if network.take_along(one) is not None]
        network.summaries.read_anew()
        if EVERYWHERE not in network.summaries.of_application(fn, ()).writes:
            return network.translate(fn)
        self.left.add(fn.__code__)
        for one in family:
            network.leave_behind(one)
        network.summaries.read_anew()
        return None


def _named(fn: types.FunctionType) -> Iterator[types.FunctionType]:
    """A function, and those of its package that its code names, directly or not."""
    package = str(fn.__globals__.get("__name__")).partition(".")[0]
    stack, seen = [fn], set()
    while stack:
        one = stack.pop()
        if one.__code__ in seen:
            continue
        seen.add(one.__code__)
        yield one
        around = one.__globals__
        for name in names_of(one.__code__):
            value = around.get(name)
            if (
                type(value) is types.FunctionType
                and package == str(value.__globals__.get("__name__")).partition(".")[0]
            ):
                stack.append(value)

"""Special methods that run inside a native operation: those of keys, elements and the like.

Methods of the operands themselves are run as part of the script (see `special`).  Of what
operands hold, CPython runs them in the middle of the operation, so an operation touches
what they may touch.
"""

import functools
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from epic_actors.core.footprints.tags import EVERYTHING
from epic_actors.core.memory.reach import PLAIN
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.operations import OPERATIONS
from epic_actors.core.tables.effects import Effect
from epic_actors.core.tables.protocols import ITERATION, special_bits

from .regions import Footprint


if TYPE_CHECKING:
    from .network import Network


def run_inside(network: "Network", effect: Effect, args: tuple[Any, ...]) -> Footprint:
    """What special methods may touch that run inside, of what is pending or held."""
    if not network.special or all(arg.__class__ in PLAIN for arg in args):
        return NOTHING_RUN
    if effect.calls_own and may_be_own(network, args[0]):
        return EVERYTHING
    names = effect.dunders + inner_names(effect)
    if not network.special & special_bits(names):
        return NOTHING_RUN
    # Why: a class that is not finished, as its decorator gets it, is no operand.
    objects = [arg for arg in args if not isinstance(arg, type)]
    return network.summaries.of_special(names, objects)


def may_be_own(network: "Network", obj: Any) -> bool:
    """Whether an object may be of a class of the script's, derived from a library's."""
    kind: type | None = obj.kind if obj.__class__ is Wire else obj.__class__
    return kind is None or network.summaries.is_own(kind)


def inner_names(effect: Effect) -> tuple[str, ...]:
    """The special methods of keys, elements and the like that an operation may run."""
    if takes_keys(effect):
        return ("__hash__", "__eq__")
    function = _behind(effect)
    owner = getattr(function, "__objclass__", None)
    if owner in (list, tuple, deque):
        return _OF_ELEMENTS.get(function.__name__, ())
    if getattr(function, "__module__", None) in _SORTING:
        return ("__lt__", "__eq__")
    if may_go_over(effect):
        return (*ITERATION, "__hash__", "__eq__", "__index__")
    return ()


def may_go_over(effect: Effect) -> bool:
    """Whether a function may go over what it is given, whatever else it does."""
    plain = _behind(effect) is effect.function
    return plain and not effect.op and bool(effect.spreads or effect.whole)


def gone_through(effect: Effect, args: tuple[Any, ...]) -> Iterator[Any]:
    """The arguments that a function may go over; of builtins it is known which."""
    if not may_go_over(effect):
        return
    function = effect.function
    known = getattr(function, "__module__", None) == "builtins"
    known = known or hasattr(function, "__objclass__")
    for place, value in enumerate(args):
        if place in effect.spreads or (place in effect.whole and not known):
            yield deref(value)


def takes_keys(effect: Effect) -> bool:
    """Whether arguments of an operation become, or look for, keys of a dictionary or set."""
    function = _behind(effect)
    owner = getattr(function, "__objclass__", None)
    keyed = function in (OPERATIONS["dict"], OPERATIONS["merge"])
    return keyed or effect.compares or owner in (dict, set, frozenset)


def _behind(effect: Effect) -> Any:
    function: Any = effect.function
    return function.func if function.__class__ is functools.partial else function


_OF_ELEMENTS = {
    "sort": ("__lt__", "__eq__"),
    **dict.fromkeys(("count", "index", "remove"), ("__eq__", "__index__")),
    **dict.fromkeys(("insert", "pop"), ("__index__",)),
}
_SORTING = frozenset({"_heapq", "heapq", "_bisect", "bisect"})


def parts(values: Iterable[Any]) -> Iterator[Any]:
    """What lists and tuples hold, however deep, and a key of a dictionary or set."""
    stack: list[Any] = [*values]
    seen: set[int] = set()
    while stack:
        value = stack.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        held: Iterable[Any] = ()
        if value.__class__ in (list, tuple, deque):
            held = value
        elif value.__class__ in (dict, set, frozenset):
            # Why: a look at all of them costs more than what it is done for.
            held = islice(value, 1)
        elif value.__class__ is slice:
            held = (value.start, value.stop, value.step)
        for part in map(deref, held):
            yield part
            stack.append(part)


ELEMENTWISE = frozenset(
    f"__{name}__"
    for name in ("eq", "ne", "lt", "le", "gt", "ge", "hash", "index", "repr", "str")
)
"""The special methods of elements that an operation on a container may run."""
NOTHING_RUN = Footprint()

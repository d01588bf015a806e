"""Special methods that run inside a native operation: those of keys, elements and the like.

Methods of the operands themselves are run as part of the script (see `special`).  Of what
operands hold, CPython runs them in the middle of the operation, so an operation touches
what they may touch.
"""

import gc
import types
from collections import deque
from collections.abc import Callable, Iterable
from types import UnionType
from typing import TYPE_CHECKING, Any

from epic_actors.core.footprints.touched import EVERYTHING
from epic_actors.core.memory.places import is_namespace
from epic_actors.core.memory.reach import (
    BOUND_TYPES,
    ITERATORS,
    PLAIN,
    container_base,
    own_dict,
)
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.tables.effects import Effect
from epic_actors.core.tables.protocols import ITERATION

from .regions import Footprint


if TYPE_CHECKING:
    from .network import Network


def run_inside(network: "Network", effect: Effect, args: tuple[Any, ...]) -> Footprint:
    """What special methods may touch that run inside, of what is pending or held."""
    if effect.calls_own and args:
        obj = deref(args[0])
        if may_be_own(network, obj) or calls_own(network, obj):
            return EVERYTHING
    if not network.special & effect.bits or all(type(arg) in PLAIN for arg in args):
        return NOTHING_RUN
    # Why: a class that is not finished, as its decorator gets it, is no operand.
    objects = [arg for arg in args if not issubclass(type(arg), type)]
    return network.summaries.of_special(effect.inside, objects)


def may_be_own(network: "Network", obj: Any) -> bool:
    """Whether an object may be of a class of the script's, derived from a library's."""
    kind: type | None = obj.kind if type(obj) is Wire else type(obj)
    return kind is None or network.summaries.is_own(kind)


def calls_own(network: "Network", obj: Any) -> bool:
    """Whether a library's object has code of the script's that it may call.

    A function, or an object of a class that is derived from a library's: what a `csv`
    writer writes with, the handlers of a logger and of those it passes records on to.
    """
    foreign = network.asking.foreign
    stack, seen = deque([obj]), set[int]()
    while stack and len(seen) < MOST_HELD:
        value = deref(stack.popleft())
        if type(value) in BOUND_TYPES:
            value = getattr(value, "__func__", value.__self__)
        kind = type(value)
        if kind is types.FunctionType:
            if network.specials.is_script(value):
                return True
        elif kind in PLAIN or issubclass(kind, type | types.ModuleType):
            continue
        elif not foreign[kind] and kind.__module__ not in _CONTAINERS:
            if any(foreign[base] for base in kind.__mro__):
                return True
        elif id(value) not in seen:
            seen.add(id(value))
            own = own_dict(value)
            stack += gc.get_referents(value) if own is None else own.values()
    return False


_CONTAINERS = ("builtins", "collections")
"""Modules whose classes hold anything and call nothing of it by name."""
MOST_HELD = 32
"""So many objects of a library are looked at."""

Names = tuple[str, ...]


def any_inside(
    effect: Effect,
    args: tuple[Any, ...],
    has: Callable[[type, Names], bool],
    also: Callable[[Any, Names], bool] = lambda value, names: False,
) -> bool:
    """Whether the class of an argument, or of what it holds, has a method that may run.

    Or whether the value itself `also` has.

    Only the arguments themselves are gone over, and of the container that an operation is
    on only the keys are compared.
    """
    deep = tuple([name for name in effect.inside if name not in ITERATION])
    stack: list[Any] = []
    for place, value in enumerate(map(deref, args)):
        if has(type(value), effect.inside) or also(value, effect.inside):
            return True
        if issubclass(type(value), type) and has_a_say(value, effect.runs, has):
            return True
        looked_into = place in effect.whole or place in effect.spreads
        if looked_into or type(value) is slice:
            stack.append(value)
        elif (base := container_base(type(value))) in (dict, set, frozenset):
            stack += map(deref, base.__iter__(value))
    seen: set[int] = set()
    while stack and deep:
        value = stack.pop()
        if type(value) in PLAIN or id(value) in seen:
            continue
        seen.add(id(value))
        if has(type(value), deep) or also(value, deep):
            return True
        if issubclass(type(value), type) and has_a_say(value, effect.runs, has):
            return True
        stack += map(deref, held_by(value))
    return False


def has_a_say(cls: type, names: Names, has: Callable[[type, Names], bool]) -> bool:
    """Whether a class itself, or one derived from it, has a method that may run."""
    if not names:
        return False
    derived: list[type] = type.__subclasses__(cls)
    return has(cls, names) or any(has_a_say(one, names, has) for one in derived)


def held_by(value: Any) -> Iterable[Any]:
    """What a value of a builtin type, or an object of a class, holds."""
    kind = type(value)
    base = container_base(kind)
    if base is dict:
        named = is_namespace(value)
        return () if named else (*dict.keys(value), *dict.values(value))
    if base is not None:
        return base.__iter__(value)  # type: ignore[no-any-return]
    if kind is slice:
        return (value.start, value.stop, value.step)
    if kind is UnionType:
        return value.__args__  # type: ignore[no-any-return]
    if kind in BOUND_TYPES:
        return (value.__self__,)
    if kind in ITERATORS:
        return gc.get_referents(value)
    if kind.__module__ == "builtins" or kind is Wire or issubclass(type(value), type):
        return ()
    own = own_dict(value)
    return () if own is None else own.values()


NOTHING_RUN = Footprint()

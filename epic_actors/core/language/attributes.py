"""Attributes: loads and stores that may run Python code of the user's classes.

Attributes of most classes are plain slots.  A run has those classes in `simple`, so that
emitted code reads and writes them natively.  Properties, `__getattr__` and
`__setattr__` written in Python run as part of the script.
"""

import collections
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from epic_actors.core.footprints.touched import EVERYTHING
from epic_actors.core.iteration import iterating
from epic_actors.core.knowledge import marks
from epic_actors.core.memory.places import STORED_IN_CLASSES, TAKES_DICTIONARY
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.perform import NATIVE, operate
from epic_actors.core.network.regions import Frame, enter
from epic_actors.core.tables.effects import BUILTINS, METHODS, Effect, prim_effect
from epic_actors.core.tables.protocols import BITS

from .dispatch import WAYS, apply
from .hooks import access, access_past_hook
from .lookup import ACCESS, BARE_DESCRIPTORS


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


FIXED = frozenset(METHODS) - {collections.OrderedDict, collections.defaultdict}
"""Builtin types of which no attribute can be stored."""
_HOOKS = ("__getattr__", "__getattribute__", "__setattr__", "__delattr__")


def is_simple(cls: type) -> bool:
    """Whether no attribute of the class's instances runs Python code."""
    if cls is super:
        return False
    for base in cls.__mro__:
        for name, value in vars(base).items():
            if isinstance(value, BARE_DESCRIPTORS):
                if name in _HOOKS and isinstance(value, types.FunctionType):
                    return False
                continue
            kind = type(value)
            if (
                hasattr(kind, "__get__")
                or hasattr(kind, "__set__")
                or hasattr(kind, "__delete__")
            ) and "__epic_atom__" not in marks(kind):
                return False
    return True


def hooked(network: "Network", cls: type) -> bool:
    """Whether attributes of a class met now may be code of the script's."""
    if cls in network.simple:
        return False
    network.summaries.meet_class(cls)
    described = network.specials.describing and issubclass(cls, type)
    if not described and is_simple(cls) and STORED_IN_CLASSES.isdisjoint(_HOOKS):
        network.simple.add(cls)
        return False
    return True


def load(network: "Network", effect: Effect, name: str, obj: Any) -> Any:
    """`obj.name`, where it stands in the script."""
    obj = deref(obj)
    cls = type(obj)
    if cls in FIXED or (network.calm and cls in network.simple):
        return getattr(obj, name)
    if cls is Wire:
        # Why: a class that nobody has met yet may turn up, with a property.
        sure = obj.immutable or obj.kind is not None or name in TAKES_DICTIONARY
        if sure and not network.summaries.may_hook("getattr", name):
            found = operate(network, effect, obj)
        else:
            found = _later(network, "getattr", effect, name, obj)
        if type(found) is Wire:
            found.method = (obj, name)
        return found
    if hooked(network, cls):
        return access(network, "getattr", effect, name, obj)
    return operate(network, effect, obj)


def store(network: "Network", effect: Effect, name: str, obj: Any, value: Any) -> Any:
    """`obj.name = value`, where it stands in the script."""
    return _change(network, "setattr", effect, name, obj, value)


def delete(network: "Network", effect: Effect, name: str, obj: Any) -> Any:
    """`del obj.name`, where it stands in the script."""
    return _change(network, "delattr", effect, name, obj)


def _change(
    network: "Network", op: str, effect: Effect, name: str, obj: Any, *value: Any
) -> Any:
    obj = deref(obj)
    cls = type(obj)
    if issubclass(type(obj), type) and not network.calm:
        network.summaries.holds(obj, name)
        network.special |= BITS.get(name, 0)
        if name in _HOOKS:
            network.simple.clear()
    if cls is Wire and network.summaries.may_hook(op, name):
        return _later(network, op, effect, name, obj, *value)
    if cls is not Wire and hooked(network, cls):
        return access(network, op, effect, name, obj, *value)
    return operate(network, effect, obj, *value)


def _later(
    network: "Network", op: str, effect: Effect, name: str, obj: Any, *value: Any
) -> Any:
    def wait() -> Frame:
        found = yield obj
        return CHANGES[op](network, effect, name, found, *value)

    summaries = network.summaries
    return enter(network, wait(), 1, lambda: summaries.of_access(op, name, obj, *value))


CHANGES: dict[str, Callable[..., Any]] = {
    "getattr": load,
    "setattr": store,
    "delattr": delete,
}


BY_NAME = {"getattr": getattr, "setattr": setattr, "delattr": delattr}


def _named_later(network: "Network", function: Any, wire: Wire, args: Any) -> Any:
    """An access of which it is not known yet what code it may run."""

    def wait() -> Frame:
        yield wire
        return apply(network, function, args, {})

    return enter(network, wait(), 1, lambda: EVERYTHING)


def _by_name(op: str) -> Callable[..., Any]:
    """`getattr`, `setattr` or `delattr` as a function."""

    def perform(network: "Network", args: Any, kwargs: dict[str, Any]) -> Any:
        if len(args) < 2 or kwargs:
            return NATIVE
        obj, name, *value = map(deref, args)
        if type(name) is Wire:
            return _named_later(network, BY_NAME[op], name, args)
        if not isinstance(name, str) or not may_run(network, op, name, obj):
            return NATIVE
        if value and op == "getattr":
            return apply(network, iterating.attribute_or, (obj, name, *value), {})
        return CHANGES[op](network, prim_effect(op, name), name, obj, *value)

    return perform


def _has(network: "Network", args: Any, kwargs: dict[str, Any]) -> Any:
    """`hasattr`."""
    obj, name = map(deref, args) if len(args) == 2 else (None, None)
    if type(name) is Wire:
        return _named_later(network, hasattr, name, args)
    if not isinstance(name, str) or not may_run(network, "getattr", name, obj):
        return NATIVE
    return apply(network, iterating.has_attribute, (obj, name), {})


def may_run(network: "Network", op: str, name: str, obj: Any) -> bool:
    """Whether an access to an attribute may be code of the script's."""
    if type(obj) is Wire:
        return network.summaries.may_hook(op, name)
    return type(obj) not in METHODS and hooked(network, type(obj))


def _past_hook(op: str, hook: Any) -> Callable[..., Any]:
    """`object.__setattr__` and the like as functions."""
    effect = BUILTINS[hook]

    def perform(network: "Network", args: Any, kwargs: dict[str, Any]) -> Any:
        if len(args) < 2 or kwargs:
            return NATIVE
        obj, name, *value = map(deref, args)
        if type(name) is Wire:
            return _named_later(network, hook, name, args)
        if not isinstance(name, str) or not may_run(network, op, name, obj):
            return NATIVE
        if type(obj) is Wire:
            return _named_later(network, hook, obj, args)
        return access_past_hook(network, op, effect, name, obj, *value)

    return perform


HOOKS = {op: getattr(object, ACCESS[op][2]) for op in CHANGES}
WAYS.update({hook: _past_hook(op, hook) for op, hook in HOOKS.items()})
WAYS.update({getattr: _by_name("getattr"), hasattr: _has})
WAYS.update({setattr: _by_name("setattr"), delattr: _by_name("delattr")})

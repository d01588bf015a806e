"""Attributes that are code of the script's: properties, descriptors, `__getattr__`.

The lookup is CPython's: `__getattribute__` if the class has one of its own; otherwise a
data descriptor of the class, then what the object itself has, then anything else of the
class; and `__getattr__` when all of that raises `AttributeError`.
"""

import functools
from typing import TYPE_CHECKING, Any

from epic_actors.core.iteration import iterating
from epic_actors.core.memory.places import CLASSES, STORED_IN_CLASSES, loaded
from epic_actors.core.memory.reach import aliases, own_dict
from epic_actors.core.network.perform import operate
from epic_actors.core.network.regions import Frame, enter
from epic_actors.core.tables.effects import Effect

from .dispatch import apply
from .lookup import ACCESS, attribute, hook_names


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


def access(
    network: "Network", op: str, effect: Effect, name: str, obj: Any, *value: Any
) -> Any:
    """Load, store or delete an attribute that may be code of the script's."""
    frame = _accessed(network, op, effect, name, obj, value)
    summaries = network.summaries
    return enter(network, frame, 1, lambda: summaries.of_access(op, name, obj, *value))


def access_past_hook(
    network: "Network", op: str, effect: Effect, name: str, obj: Any, *value: Any
) -> Any:
    """What `object.__setattr__` and the like do: descriptors count, hooks do not."""
    frame = _accessed_past_hook(network, op, effect, name, obj, value)
    summaries = network.summaries
    return enter(network, frame, 1, lambda: summaries.of_access(op, name, obj, *value))


def _accessed_past_hook(
    network: "Network", op: str, effect: Effect, name: str, obj: Any, value: Any
) -> Frame:
    yield from _settled(network, op, name, obj)
    code = _descriptor_code(network, op, name, obj, value)
    if code is not None:
        return apply(network, *code, {})
    return operate(network, effect, obj, name, *value)


def _accessed(
    network: "Network", op: str, effect: Effect, name: str, obj: Any, value: Any
) -> Frame:
    yield from _settled(network, op, name, obj)
    code = _code_behind(network, op, name, obj, value)
    fallback = attribute(type(obj), "__getattr__") if op == "getattr" else None
    if not network.specials.is_script(fallback):
        fallback = None
    if code is not None and fallback is None:
        return apply(network, *code, {})
    if fallback is not None:
        if code is not None:
            step = functools.partial(code[0], *code[1])
            args = (step, fallback, obj, name)
            return apply(network, iterating.falling_back, args, {})
        found = _found(obj, name)
        if found is iterating.MISSING:
            return apply(network, fallback, (obj, name), {})
        return found
    return operate(network, effect, obj, *value)


def _settled(network: "Network", op: str, name: str, obj: Any) -> Frame:
    """Wait until the object, and what its class has for the access, are as they will be."""
    hooks = STORED_IN_CLASSES.intersection(hook_names(op, name)) - {name}
    looked_up = [place for one in (name, *hooks) for place in loaded(CLASSES, one)]
    for place in (*aliases(obj), *looked_up):
        # Why: asked of where the frame is by now; it may have become a block.
        while held := network.here.memory.conflict_outward(place, write=False):
            yield held


def _found(obj: Any, name: str) -> Any:
    """What CPython finds without `__getattr__`."""
    try:
        return attribute(type(obj), "__getattribute__")(obj, name)
    except AttributeError:
        return iterating.MISSING


def _code_behind(
    network: "Network", op: str, name: str, obj: Any, value: tuple[Any, ...]
) -> tuple[Any, tuple[Any, ...]] | None:
    """The script's code that an access runs first, and its arguments."""
    hook = attribute(type(obj), ACCESS[op][2])
    if network.specials.is_script(hook):
        return hook, (obj, name, *value)
    return _descriptor_code(network, op, name, obj, value)


def _descriptor_code(
    network: "Network", op: str, name: str, obj: Any, value: tuple[Any, ...]
) -> tuple[Any, tuple[Any, ...]] | None:
    """The script's code of a property or another descriptor, and its arguments."""
    is_script = network.specials.is_script
    accessor, method, _hook = ACCESS[op]
    loads = op == "getattr"
    owner, cls, found = _descriptor(obj, name, loads=loads)
    kind = type(found)
    if isinstance(found, property) and owner is not None:
        function = getattr(found, accessor)
        return (function, (owner, *value)) if is_script(function) else None
    if (
        loads
        and owner is obj
        and not _overrides(kind)
        and name in (own_dict(obj) or ())
    ):
        return None
    if isinstance(found, functools.cached_property) and loads:
        if owner is not None and is_script(found.func):
            return iterating.kept, (found.func, owner, found.attrname)
        return None
    function = attribute(kind, method)
    if not is_script(function):
        return None
    return function, (found, owner, cls) if loads else (found, owner, *value)


def _descriptor(obj: Any, name: str, *, loads: bool) -> tuple[Any, type, Any]:
    """What a class has under a name, and the instance and class it is asked for.

    There is no instance if a class itself is asked, by its name or by `super`.
    """
    kind: type = type(obj)
    if kind is super and loads and obj.__self_class__ is not None:
        cls = obj.__self_class__
        line = cls.__mro__
        above = line[line.index(obj.__thisclass__) + 1 :]
        found = next((vars(base)[name] for base in above if name in vars(base)), None)
        return None if obj.__self__ is cls else obj.__self__, cls, found
    found = attribute(kind, name)
    if loads and issubclass(kind, type) and not _overrides(type(found)):
        own = attribute(obj, name)
        if own is not None:
            return None, obj, own
    return obj, kind, found


def _overrides(kind: type) -> bool:
    """Whether a descriptor comes before what the object itself has."""
    setter, deleter = attribute(kind, "__set__"), attribute(kind, "__delete__")
    return setter is not None or deleter is not None

"""`class` statements: bodies that may call externals run aside, in order.

CPython runs a class body as one piece: names in it are entries of a mapping, and the
metaclass and the base classes have a say.  A body without code of the script's runs in
place, when it is its turn; any other runs in a thread, where a call of an external waits.
"""

import builtins
import contextlib
import functools
import inspect
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from epic_actors.core.memory.places import WORLD
from epic_actors.core.memory.reach import cell_value
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.calls import request
from epic_actors.core.network.externals import External, Order
from epic_actors.core.network.perform import NATIVE

from .calling import calls
from .lookup import attribute


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


WRAPPING: frozenset[Any] = frozenset(
    {contextlib, contextlib.contextmanager, contextlib.asynccontextmanager}
)
"""Decorators whose code is the script's, but which call nothing yet."""
GENERIC = "<generic parameters of "
"""So begins the name of the code around a definition that has type parameters."""
ALIAS = "<type "
"""So begins the name of the code around a `type` statement."""
_NAMED = (types.ModuleType, types.FunctionType)
_OF_METACLASS = ("__prepare__", "__new__", "__init__", "__call__")


def build(network: "Network", args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Perform a `class` statement, if code of the script's is involved."""
    body, _name, *bases = map(deref, args)
    above = [*bases, *map(deref, kwargs.values())]
    if not any(_has_a_say(network, value) for value in above) and not any(
        asks(network, value) for value in _named(body)
    ):
        return NATIVE
    # Why: each statement makes a class of its own, and runs when its turn has come.
    made = External(builtins.__build_class__, Order.SEQUENTIAL, WORLD, aside=True)
    return request(network, made, args, kwargs)


def _named(body: Any) -> Iterator[Any]:
    """The values that a class body refers to."""
    if not isinstance(body, types.FunctionType):
        return
    for code in _codes(body.__code__):
        for name in code.co_names:
            yield body.__globals__.get(name)
    for cell in body.__closure__ or ():
        yield from map(deref, cell_value(cell))


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """The code of a body, and of what runs with it: comprehensions, inner classes."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType) and runs_at_once(inner):
            yield from _codes(inner)


def runs_at_once(code: types.CodeType) -> bool:
    """Whether nested code is no function of the user's, but a part of what is around."""
    if code.co_name.startswith((GENERIC, ALIAS)):
        return True
    return code.co_name.endswith("comp>") or not code.co_flags & inspect.CO_OPTIMIZED


def runs_in_place(network: "Network", fn: types.FunctionType) -> bool:
    """Whether a function is that around a definition with type parameters, and plain."""
    if not fn.__code__.co_name.startswith((GENERIC, ALIAS)):
        return False
    return not calls(fn.__code__) or not any(asks(network, v) for v in _named(fn))


def _has_a_say(network: "Network", value: Any) -> bool:
    """Whether a base class or a metaclass runs code of the script's, or may."""
    if not isinstance(value, type):
        return type(value) is Wire
    kinds = (type(value), value) if issubclass(value, type) else (type(value),)
    hooks = [attribute(kind, name) for kind in kinds for name in _OF_METACLASS]
    hooks.append(attribute(value, "__init_subclass__"))
    return any(map(network.specials.is_script, hooks))


def asks(network: "Network", value: Any) -> bool:
    """Whether what a class body does with a value may call an external."""
    is_script = network.specials.is_script
    if isinstance(value, _NAMED) and value in WRAPPING:
        return False
    if isinstance(value, type):
        return is_script(attribute(value, "__init__")) or _has_a_say(network, value)
    if isinstance(value, types.ModuleType):
        return is_own(network, value)
    if isinstance(value, types.MethodType):
        value = value.__func__
    call = attribute(type(value), "__call__")
    return isinstance(value, functools.partial) or is_script(value) or is_script(call)


def is_own(network: "Network", module: types.ModuleType) -> bool:
    """Whether a module has functions of the script's."""
    found = (v for v in vars(module).values() if isinstance(v, types.FunctionType))
    return any(map(network.specials.is_script, found))

"""Attributes: loads and stores that may run Python code of the user's classes.

Attributes of most classes are plain slots.  Those classes are remembered in `SIMPLE`, so
that emitted code reads and writes them natively.  Properties, `__getattr__` and
`__setattr__` written in Python run as part of the script.
"""

import types
from typing import TYPE_CHECKING, Any

from .dispatch import apply
from .effects import METHODS, Effect
from .perform import operate
from .regions import Frame, enter
from .wire import Wire, deref


if TYPE_CHECKING:
    from .network import Network


SIMPLE: set[type] = {types.ModuleType, type, list, dict, set, tuple, str, int, float}
_PLAIN_DESCRIPTORS = (
    types.FunctionType,
    classmethod,
    staticmethod,
    types.MemberDescriptorType,
    types.GetSetDescriptorType,
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
    type,
)
_HOOKS = ("__getattr__", "__getattribute__", "__setattr__", "__delattr__")


def is_simple(cls: type) -> bool:
    """Whether no attribute of the class's instances runs Python code."""
    for base in cls.__mro__:
        for name, value in vars(base).items():
            if name in _HOOKS and isinstance(value, types.FunctionType):
                return False
            descriptor = hasattr(type(value), "__get__")
            plain = isinstance(value, _PLAIN_DESCRIPTORS)
            external = getattr(type(value), "__epic_atom__", False)
            if descriptor and not plain and not external:
                return False
    return True


def load(network: "Network", effect: Effect, name: str, obj: Any) -> Any:
    """`obj.name`, where it stands in the script."""
    obj = deref(obj)
    cls = obj.__class__
    if cls in METHODS:
        return getattr(obj, name)
    if cls is Wire and network.summaries.may_hook(name):
        footprint = lambda: network.summaries.of_attribute(obj, name)  # noqa: E731
        return enter(network, _load_later(network, effect, name, obj), 1, footprint)
    if cls is Wire:
        found = operate(network, effect, obj)
        if found.__class__ is Wire:
            found.method = (obj, name)
        return found
    if cls not in SIMPLE:
        if is_simple(cls):
            SIMPLE.add(cls)
        else:
            return _load_hooked(network, effect, name, obj)
    return operate(network, effect, obj)


def _load_later(network: "Network", effect: Effect, name: str, obj: Any) -> Frame:
    obj = yield obj
    return load(network, effect, name, obj)


def _load_hooked(network: "Network", effect: Effect, name: str, obj: Any) -> Any:
    cls = type(obj)
    found = _class_attribute(cls, name)
    if isinstance(found, property) and isinstance(found.fget, types.FunctionType):
        return apply(network, found.fget, (obj,), {})
    hook = _class_attribute(cls, "__getattribute__")
    if isinstance(hook, types.FunctionType):
        return apply(network, hook, (obj, name), {})
    hook = _class_attribute(cls, "__getattr__")
    own = getattr(obj, "__dict__", {})
    if isinstance(hook, types.FunctionType) and found is None and name not in own:
        return apply(network, hook, (obj, name), {})
    return operate(network, effect, obj)


def store(network: "Network", effect: Effect, name: str, obj: Any, value: Any) -> Any:
    """`obj.name = value`, where it stands in the script."""
    obj = deref(obj)
    cls = obj.__class__
    if cls is not Wire and cls not in SIMPLE:
        if is_simple(cls):
            SIMPLE.add(cls)
        else:
            found = _class_attribute(cls, name)
            if isinstance(found, property) and isinstance(
                found.fset, types.FunctionType
            ):
                return apply(network, found.fset, (obj, value), {})
            hook = _class_attribute(cls, "__setattr__")
            if isinstance(hook, types.FunctionType):
                return apply(network, hook, (obj, name, value), {})
    return operate(network, effect, obj, value)


def _class_attribute(cls: type, name: str) -> Any:
    for base in cls.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return None

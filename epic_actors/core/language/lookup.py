"""What classes have under a name, as it stands there: nothing is bound and nothing runs."""

import functools
import types
from collections.abc import Mapping
from inspect import CO_VARARGS, CO_VARKEYWORDS
from typing import Any


BLOCKED: Any = object()
"""What a class has that says, by None, that it does not have a special method."""
ACCESS = {
    "getattr": ("fget", "__get__", "__getattribute__"),
    "setattr": ("fset", "__set__", "__setattr__"),
    "delattr": ("fdel", "__delete__", "__delattr__"),
}
"""For each access: a property's function, a descriptor's method, an object's hook."""
BARE_DESCRIPTORS = (
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
"""What stands in a class and runs no code of the script's when it is looked up."""


def attribute(cls: type, name: str) -> Any:
    """What a class has under that name; None if nothing."""
    for base in cls.__mro__:
        if name in vars(base):
            found = vars(base)[name]
            return BLOCKED if found is None else found
    return None


def native_base(cls: type, name: str) -> type:
    """The nearest class that has a method of that name which is no Python code.

    Why: the script's own class may have one as well, and get at the other by `super`.
    """
    found = ((base, vars(base).get(name)) for base in cls.__mro__)
    python = (types.FunctionType, types.NoneType)
    return next((base for base, one in found if not isinstance(one, python)), object)


def module_of(cls: type) -> str:
    """The name of the module of a class; what else its class says of that is not asked."""
    return str(MODULE.__get__(cls))


MODULE: Any = vars(type)["__module__"]
"""Where a class has the name of its module, whatever its own class has under that name."""


def is_data(value: Any) -> bool:
    """Whether what a class has under a name is found as it is, through any instance."""
    return not hasattr(type(value), "__get__")


def is_slot(cls: type, name: str) -> bool:
    """Whether storing an attribute only puts the value somewhere, whatever it is."""
    if attribute(cls, "__setattr__") is not object.__setattr__:
        return False
    found = attribute(cls, name)
    if not hasattr(type(found), "__set__"):
        return True
    slot = isinstance(found, types.MemberDescriptorType)
    return slot and "__slots__" in vars(found.__objclass__)


def script_of(value: Any) -> Any:
    """The function of a declared script; None if it is none.

    Why: without asking the object itself, which may have a `__getattr__`.
    """
    try:
        return object.__getattribute__(value, "__script__")
    except AttributeError:
        return None


def accessors(held: Mapping[str, Any]) -> list[types.FunctionType]:
    """The functions of what a class holds that loading some attribute may run."""
    found = [held.get(name) for name in ("__getattr__", "__getattribute__")]
    for value in held.values():
        kind = type(value)
        if issubclass(kind, property):
            found.append(value.fget)
        elif issubclass(kind, functools.cached_property):
            found += [value.func, kind.__get__]
        elif not issubclass(kind, BARE_DESCRIPTORS):
            found.append(attribute(kind, "__get__"))
    return [method for method in found if isinstance(method, types.FunctionType)]


KEEPS: Any = functools.cached_property.__get__
"""Stores what a function gave among the attributes of the object it was asked for."""


ANY_NAME = "__module__"
"""Stands for an attribute of which the name is not known: every class has this one."""


def hook_names(op: str, name: str) -> tuple[str, ...]:
    """Under which names an access to an attribute looks for what to run."""
    return (name, ACCESS[op][2], "__getattr__")


def hooks_of(cls: type, op: str, name: str) -> list[types.FunctionType]:
    """The functions of a class that an access to an attribute may run."""
    accessor, method, hook = ACCESS[op]
    found = vars(cls).get(name)
    behind = [
        getattr(found, accessor, None),
        vars(cls).get(hook),
        vars(cls).get("__getattr__") if op == "getattr" else None,
        getattr(found, "func", None) if op == "getattr" else None,
        attribute(type(found), method),
    ]
    return [function for function in behind if isinstance(function, types.FunctionType)]


def fits(script: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a script takes such arguments as the native function that it stands for.

    If it does not, neither does that, which says itself what is wrong.
    """
    if isinstance(script, functools.partial):
        return fits(script.func, (*script.args, *args), kwargs)
    if not isinstance(script, types.FunctionType):
        return True
    code = script.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    if len(args) > code.co_argcount and not code.co_flags & CO_VARARGS:
        return False
    if not code.co_flags & CO_VARKEYWORDS and not kwargs.keys() <= set(names):
        return False
    needed = code.co_argcount - len(script.__defaults__ or ())
    return kwargs.keys() >= set(names[len(args) : needed])

"""Which globals the code of a module assigns, seen before any of it is translated.

Code that asks for `globals()` may assign any of them.

What has been found out about code that reads a global stays true only if no later code
turns out to assign it.
"""

import dis
import types
from collections.abc import Iterator
from typing import Any

from epic_actors.core.memory.places import STORED, take


_STORING = bytes([dis.opmap["STORE_GLOBAL"]]), bytes([dis.opmap["DELETE_GLOBAL"]])


def note_stores(values: dict[str, Any]) -> None:
    """Take in which globals the functions and classes of a module may assign."""
    for value in list(values.values()):
        for code in _codes(value, values):
            if any(op in code.co_code for op in _STORING):
                STORED.update(_assigned(code))
            if "globals" in code.co_names:
                take(values)


def _codes(value: Any, values: dict[str, Any]) -> Iterator[types.CodeType]:
    """The code of a function of the module, or of the methods of a class of it."""
    if isinstance(value, type) and value.__module__ == values.get("__name__"):
        held = list(vars(value).values())
    else:
        held = [value]
    for found in held:
        for part in (found, *_inside(found)):
            if isinstance(part, types.FunctionType) and part.__globals__ is values:
                yield from _nested(part.__code__)


def _inside(found: Any) -> Iterator[Any]:
    """The functions that a method, property or decorated function is made of."""
    if isinstance(found, property):
        yield from (found.fget, found.fset, found.fdel)
    for _ in range(_DEEPEST):
        found = getattr(found, "__wrapped__", None) if _is_wrapper(found) else None
        if found is None:
            return
        yield found


_DEEPEST = 8
"""So many decorators are looked through."""


def _is_wrapper(found: Any) -> bool:
    # Why: anything else might run code of its own when asked for an attribute.
    kinds = (types.FunctionType, classmethod, staticmethod)
    return isinstance(found, kinds) or type(found).__module__ == "functools"


def _nested(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _nested(constant)


def _assigned(code: types.CodeType) -> Iterator[str]:
    for step in dis.get_instructions(code):
        if step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            yield step.argval

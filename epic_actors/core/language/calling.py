"""Whether a special method may ever call an external: a look at its code.

Most special methods compare, add up or print what an object has.  CPython may run those
while all is calm, as fast as ever.  Whatever else is called here, asks.
"""

import dis
import types
from typing import Any

from epic_actors.core.knowledge import remembered
from epic_actors.core.tables.effects import METHODS
from epic_actors.core.tables.protocols import DIRECT

from .lookup import attribute


_ASKS = (
    *("YIELD", "SEND", "BEFORE_", "GET_A", "RETURN_GENERATOR", "IMPORT", "ASYNC"),
    "LOAD_SPECIAL",
)
HARMLESS = frozenset(
    name for kind in METHODS for name in METHODS[kind] if not name.startswith("__")
)
"""Names of methods that are likely those of builtin types."""


def may_ask(method: Any, names_of_own: frozenset[str]) -> bool:
    """Whether a special method may call an external.

    Args:
        method: As it stands in its class.
        names_of_own: The names of all methods of the script's classes.
    """
    if not isinstance(method, types.FunctionType):
        return True
    calls, methods, variables = _facts(method.__code__)
    if not calls:
        return False
    if calls == "asks" or not methods <= HARMLESS or methods & names_of_own:
        return True
    builtins = vars(__import__("builtins"))
    return any(
        not is_harmless(method.__globals__.get(name, builtins.get(name)), names_of_own)
        for name in variables
    )


def is_harmless(value: Any, names_of_own: frozenset[str]) -> bool:
    """Whether calling a global asks for nothing."""
    if isinstance(value, type) and value.__module__ != "builtins":
        init = attribute(value, "__init__")
        plain = attribute(value, "__new__") is attribute(object, "__new__")
        own = isinstance(init, types.FunctionType)
        return plain and type(value) is type and own and not may_ask(init, names_of_own)
    kinds = (type, types.BuiltinFunctionType)
    return value in DIRECT if isinstance(value, kinds) else not callable(value)


def calls(code: types.CodeType) -> bool:
    """Whether code calls anything by itself, not within what it defines."""
    names = (step.opname for step in dis.get_instructions(code))
    return any(
        n.startswith("CALL") and not n.startswith("CALL_INTRINSIC") for n in names
    )


@remembered
def _facts(code: types.CodeType) -> tuple[str, frozenset[str], frozenset[str]]:
    """Whether it calls anything; the methods and the globals that it names."""
    calls, methods, variables = "", set(), set()
    for step in dis.get_instructions(code):
        if step.opname.startswith(_ASKS):
            calls = "asks"
        elif step.opname.startswith(("CALL", "PRECALL")):
            calls = calls or "calls"
        elif step.opname == "LOAD_GLOBAL":
            variables.add(step.argval)
        elif step.opname == "LOAD_METHOD" or step.opname.startswith("LOAD_ATTR"):
            if step.opname == "LOAD_METHOD" or "NULL" in step.argrepr:
                methods.add(step.argval)
        elif step.opname.startswith("LOAD_") and "DEREF" in step.opname:
            calls = "asks"
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            found, more, others = _facts(inner)
            calls = "asks" if "asks" in (calls, found) else calls or found
            methods |= more
            variables |= others
    return calls, frozenset(methods), frozenset(variables)

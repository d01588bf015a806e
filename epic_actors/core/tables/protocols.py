"""Which special methods Python's operations look for: data, one line an operation.

A script's class may have Python code behind any of these; then the operation is an
application of that code (see `special`).  The names fall into a few groups, each with a
bit of its own, so that emitted code asks with one `&` whether any class of the script has
code for the operations that it performs.
"""

import functools
import operator
import types
from collections.abc import Callable
from typing import Any

from epic_actors.core.operations import OPERATIONS


ARITHMETIC = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"),
    *("lshift", "rshift", "and", "or", "xor", "divmod"),
)
COMPARISONS = {"lt": "gt", "le": "ge", "eq": "eq", "ne": "ne", "gt": "lt", "ge": "le"}
"""Each comparison, and the one that says the same of swapped operands."""

ITERATION = ("__iter__", "__next__", "__getitem__", "__len__", "__length_hint__")
MAPPING = ("keys", "__getitem__", "__iter__")
"""What spreading out a mapping runs."""
TRUTH = ("__bool__", "__len__")
KEYS = ("__hash__", "__eq__")
COMPARING = (*(f"__{op}__" for op in COMPARISONS), "__hash__", "__index__")
"""What looking for an element or a key, or comparing containers, runs of what they hold."""
TEXT = ("__format__", "__str__", "__repr__")

LOADING = "<loading>"
"""Stands for all that loading an attribute may run, whatever its name: properties, too."""
CHECKING = ("__instancecheck__", "__subclasscheck__", "__subclasshook__")
COPYING = (
    *("__copy__", "__reduce_ex__", "__reduce__", "__getstate__", "__setstate__"),
    *("__getnewargs__", "__getnewargs_ex__", "__setitem__"),
    *("__getattr__", "__getattribute__"),
)
REDUCING = frozenset({"__reduce__", "__reduce_ex__"})
"""What these give, says which function is called to make a copy."""

NUMBERS = ("__int__", "__float__", "__complex__", "__index__")
FORMATTING = (*TEXT, *NUMBERS, "__getitem__", "__missing__")
"""What filling in a text with places runs."""

TAKES_ITEMS = ("list", "tuple", "set", "frozenset", "sorted", "sum", "min", "max")
"""Operations that take in their first argument's items, at once."""

PROTOCOLS: dict[str, tuple[str, ...]] = {
    **{op: (f"__{op}__", f"__r{op}__") for op in ARITHMETIC},
    **{f"i{op}": (f"__i{op}__", f"__{op}__", f"__r{op}__") for op in ARITHMETIC},
    **{op: (f"__{op}__", f"__{back}__") for op, back in COMPARISONS.items()},
    "iadd": ("__iadd__", "__add__", "__radd__", *ITERATION),
    "ne": ("__ne__", "__eq__"),
    **dict.fromkeys(("truth", "not", "bool"), TRUTH),
    **dict.fromkeys(("in", "not_in"), ("__contains__", *ITERATION)),
    **dict.fromkeys(
        (
            "iter",
            "advance",
            "delegate",
            "step",
            "release",
            "unpack",
            "any",
            "all",
            *TAKES_ITEMS,
        ),
        ITERATION,
    ),
    **dict.fromkeys(("any", "all"), (*ITERATION, *TRUTH)),
    "sum": (*ITERATION, "__add__", "__radd__"),
    **dict.fromkeys(("min", "max"), (*ITERATION, "__lt__", "__gt__")),
    **dict.fromkeys(("zip", "enumerate", "map", "filter"), ITERATION),
    **dict.fromkeys(("hex", "oct", "bin", "chr"), ("__index__",)),
    "format": TEXT,
    **dict.fromkeys(("str", "print"), ("__str__", "__repr__")),
    **dict.fromkeys(("repr", "ascii"), ("__repr__",)),
    "int": ("__int__", "__index__", "__trunc__"),
    "float": ("__float__", "__index__"),
    "complex": ("__complex__", "__float__", "__index__"),
    **{op: (f"__{op}__",) for op in ("neg", "pos", "invert", "abs", "round", "hash")},
    **{op: (f"__{op}__",) for op in ("len", "next", "reversed", "dir")},
    "aiter": ("__aiter__", "__anext__"),
    "call": ("__call__",),
    "getitem": ("__getitem__", "__class_getitem__", "__index__"),
    "setitem": ("__setitem__", "__index__"),
    "delitem": ("__delitem__", "__index__"),
}
"""The special methods that an operation may run, in the order in which it looks for them."""

_GROUPS: tuple[tuple[str, ...], ...] = (
    tuple(name for op in ARITHMETIC for name in PROTOCOLS["i" + op]),
    tuple(f"__{op}__" for op in COMPARISONS),
    ("__bool__",),
    ("__len__",),
    ("__contains__",),
    ("__iter__", "__next__", "__length_hint__"),
    TEXT,
    (*NUMBERS, "__trunc__", "__round__", "__floor__", "__ceil__", "__bytes__"),
    ("__fspath__", "__copy__", "__deepcopy__", "__reduce_ex__", "__getstate__"),
    ("__neg__", "__pos__", "__invert__", "__abs__"),
    ("__hash__", "__reversed__", "__dir__"),
    ("__getitem__", "__class_getitem__", "__missing__", "keys"),
    ("__setitem__",),
    ("__delitem__",),
    ("__aiter__", "__anext__"),
    CHECKING,
    ("__reduce__", "__setstate__", "__getnewargs__", "__getnewargs_ex__"),
    ("__getattr__", "__getattribute__", LOADING),
)
BITS = {name: 1 << bit for bit, names in enumerate(_GROUPS) for name in names}
"""The bit of each special method."""
HOOKS = BITS[LOADING]
"""The bit of what accesses to attributes run."""
ANY = tuple(name for names in _GROUPS[:-3] for name in names)
"""What may run inside native code of which nobody has said: no hooks of attributes."""

OPERANDS: dict[str, tuple[int, ...]] = dict.fromkeys(
    (*ARITHMETIC, *COMPARISONS), (0, 1)
)
OPERANDS.update({f"i{op}": (0, 1) for op in ARITHMETIC})
OPERANDS.update({"in": (1,), "not_in": (1,)})
OPERANDS.update(dict.fromkeys(("getitem", "setitem", "delitem"), (0, 1)))
"""The positions of the arguments whose special methods count; elsewhere the first one."""

_BUILTIN: tuple[Any, ...] = (
    *(
        bool,
        str,
        repr,
        ascii,
        format,
        print,
        int,
        float,
        complex,
        abs,
        round,
        hash,
        len,
    ),
    *(next, iter, reversed, dir, divmod, pow, any, all, list, tuple, set, frozenset),
    *(sorted, sum, min, max, zip, enumerate, map, filter, hex, oct, bin, chr),
)
OPERATION_OF: dict[Any, str] = {
    **{
        OPERATIONS[op]: op
        for op in PROTOCOLS
        if op in OPERATIONS and op not in ("iter", "aiter")
    },
    **{function: function.__name__ for function in _BUILTIN},
}
_DISPLAYS = {OPERATIONS[op]: op for op in ("list", "tuple", "set")}


def operation_of(function: Callable[..., Any]) -> str:
    """The name of the operation that a function performs, if it has a protocol."""
    function = getattr(function, "__wrapped__", function)
    if isinstance(function, functools.partial):
        function = function.func
        if function in _DISPLAYS:
            return "display"
    kinds = (type, types.FunctionType, types.BuiltinFunctionType)
    return OPERATION_OF.get(function, "") if isinstance(function, kinds) else ""


def bits_of(*ops: str) -> int:
    """The bits of all special methods that operations may run; 0 for unknown ones."""
    return special_bits(tuple(name for op in ops for name in PROTOCOLS.get(op, ())))


@functools.lru_cache(4096)
def special_bits(names: tuple[str, ...]) -> int:
    """The bits of some methods, of which only special ones have any."""
    return functools.reduce(operator.or_, [BITS.get(name, 0) for name in names], 0)


DIRECT = frozenset(
    {abs, bool, chr, divmod, float, hash, int, isinstance, len, ord, range, repr, round,
     str, type, id, list, tuple, zip, enumerate, reversed, bytes, hex, bin, set, dict,
     frozenset, issubclass, callable, print}
)  # fmt: skip
"""Builtins that never call back into the script, whatever their arguments."""

PROTOCOLS["display"] = ITERATION

"""What each operation reads, writes and needs: the effect tables.

An `Effect` describes one native operation by the positions of its arguments.  The tables
below are data: one line an operation.  What stands in none of them is opaque: it runs in
program order, when everything older has succeeded, and may touch everything.

It is longer than most modules since it is nearly all data, to be looked up in one place.
"""

import functools
import operator
import types
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from . import undo as back
from .holds import EVERYWHERE, WORLD, resource
from .operations import OPERATIONS, TAKES_STATIC, Namespace
from .wire import Wire


ALL: Any = range(1_000_000)
"""Every argument position."""


@attrs.frozen(eq=False)
class Effect:
    """What a native operation does to its arguments, by position.

    Attributes:
        function: Performs it.
        strict: Arguments that must have arrived.
        whole: Arguments read through and through: nothing in them may be pending.
        reads: Arguments of which the object itself is read.
        writes: Arguments of which the object itself is changed.
        places: Further places written: resources, the globals of a module.
        looks_at: Further places read.
        undo: Looks before the operation and returns the way back; None if there is none.
        ordered: It begins only when everything older has succeeded.
        immutable: The result holds nothing that can change.
        fresh: The result is an object that was not there before.
        shares: It may be, or contain, what is in the arguments all the same.
        by_type: Variants by the type of argument `on`.
        otherwise: The variant for any other type.
        count: How many results a pack of it has.
        dunders: Special methods of the arguments' types that may run inside it.
        kind: The builtin type that the result is exactly of.
        keeps_kind: The result is of the type that both arguments have.
        only_values: It has to do with nothing but its arguments.
    """

    function: Callable[..., Any]
    strict: Iterable[int] = ALL
    whole: Iterable[int] = ()
    reads: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()
    places: tuple[Any, ...] = ()
    looks_at: tuple[Any, ...] = ()
    undo: Callable[..., back.Undo | None] | None = None
    ordered: bool = False
    immutable: bool = False
    fresh: bool = False
    by_type: dict[type, "Effect"] | None = None
    otherwise: "Effect | None" = None
    on: int = 0
    count: int = 1
    dunders: tuple[str, ...] = ()
    kind: type | None = None
    keeps_kind: bool = False
    shares: bool = False
    only_values: bool = attrs.field(init=False)

    @only_values.default
    def _(self) -> bool:
        return not (self.ordered or self.looks_at or self.places)

    def chosen(self, args: tuple[Any, ...]) -> "Effect":
        """The variant for these arguments; this one while the deciding one is pending."""
        if self.by_type is None or len(args) <= self.on:
            return self
        kind = args[self.on].__class__
        found = self.by_type.get(kind)
        if found is not None:
            return found if found.by_type is None else found.chosen(args)
        if kind is Wire or self.otherwise is None:
            return self
        return self.otherwise.chosen(args)


def pure(function: Callable[..., Any], **changes: Any) -> Effect:
    """Reads its arguments through and through and changes nothing."""
    return Effect(function, whole=ALL, **{"fresh": True, **changes})


def shallow(function: Callable[..., Any], *reads: int, **changes: Any) -> Effect:
    """Reads the objects at these positions, not what is inside them."""
    return Effect(function, reads=reads, **changes)


def opaque(function: Callable[..., Any]) -> Effect:
    """Nothing is known of it."""
    return Effect(function, whole=ALL, places=(WORLD, EVERYWHERE), ordered=True)


def on_resource(function: Callable[..., Any], name: str) -> Effect:
    """Changes a resource and nothing else; its arguments are read."""
    return Effect(
        function, whole=ALL, places=(resource(name),), ordered=True, fresh=True
    )


def writer(function: Callable[..., Any], look: Any, **changes: Any) -> Effect:
    """Changes its first argument."""
    return Effect(function, writes=(0,), undo=look, **changes)


# Primitives

_COMPARED = {
    "lt": ("__lt__", "__gt__"),
    "le": ("__le__", "__ge__"),
    "eq": ("__eq__", "__eq__"),
    "ne": ("__ne__", "__ne__", "__eq__"),
    "gt": ("__gt__", "__lt__"),
    "ge": ("__ge__", "__le__"),
}
_ARITHMETIC = [
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "lshift",
    "rshift",
    "and",
    "or",
    "xor",
]


def _binary(op: str) -> Effect:
    function = OPERATIONS[op]
    made = pure(function, dunders=(f"__{op}__", f"__r{op}__"))
    if op == "add":
        lists = shallow(function, 0, 1, fresh=True)
        made = attrs.evolve(made, keeps_kind=True)
        return attrs.evolve(made, by_type={list: lists, tuple: lists})
    if op == "mul":
        lists = shallow(function, 0, fresh=True)
        return attrs.evolve(made, by_type={list: lists, tuple: lists})
    return made


def _inplace(op: str) -> Effect:
    function = OPERATIONS["i" + op]
    plain = _binary(op)
    kinds = dict.fromkeys((int, float, complex, bool, str, bytes), pure(function))
    look = back.snapshot
    kinds[list] = writer(function, look, reads=(1,))
    kinds[tuple] = attrs.evolve(shallow(function, 0, 1), fresh=True)
    for kind in (set, dict, deque, bytearray):
        kinds[kind] = writer(function, look, whole=(1,))
    return Effect(
        function,
        whole=ALL,
        writes=(0,),
        ordered=True,
        by_type=kinds,
        dunders=(f"__i{op}__", *plain.dunders),
    )


def _membership(op: str) -> Effect:
    function = OPERATIONS[op]
    by_key = Effect(function, whole=(0,), reads=(1,), immutable=True)
    kinds: dict[type, Effect] = dict.fromkeys((dict, set, frozenset, range), by_key)
    dunders = ("__contains__", "__iter__", "__eq__")
    return pure(function, immutable=True, on=1, by_type=kinds, dunders=dunders)


def _unpack(function: Callable[..., Any]) -> Effect:
    kinds: dict[type, Effect] = dict.fromkeys(
        (list, tuple, str, dict, range), shallow(function, 0)
    )
    return Effect(
        function,
        reads=(0,),
        writes=(0,),
        ordered=True,
        by_type=kinds,
        dunders=("__iter__",),
    )


def _slot_store(look: Any) -> Effect:
    return Effect(operator.setitem, strict=(0, 1), whole=(1,), writes=(0,), undo=look)


def _list_store() -> Effect:
    """A store to an index takes a pending value; one to a slice needs what to spread."""
    index = _slot_store(back.list_item)
    spread = Effect(operator.setitem, reads=(2,), writes=(0,), undo=back.snapshot)
    whole = attrs.evolve(spread, whole=(1, 2))
    spreads = attrs.evolve(whole, on=2, by_type={list: spread, tuple: spread})
    return attrs.evolve(index, on=1, by_type={slice: spreads})


_ITEM = {list: back.list_item, dict: back.dict_item}
_BUILTIN_ITEM = (list, tuple, dict, str, bytes, range)

_get = operator.getitem
_PRIMS: dict[str, Effect] = {
    **{op: _binary(op) for op in _ARITHMETIC},
    **{"i" + op: _inplace(op) for op in _ARITHMETIC},
    **{op: pure(OPERATIONS[op], dunders=names) for op, names in _COMPARED.items()},
    "neg": pure(operator.neg, dunders=("__neg__",)),
    "pos": pure(operator.pos, dunders=("__pos__",)),
    "invert": pure(operator.invert, dunders=("__invert__",)),
    "not": shallow(operator.not_, 0, immutable=True, dunders=("__bool__", "__len__")),
    "truth": shallow(
        operator.truth, 0, immutable=True, dunders=("__bool__", "__len__")
    ),
    "is": shallow(operator.is_, immutable=True),
    "is_not": shallow(operator.is_not, immutable=True),
    "in": _membership("in"),
    "not_in": _membership("not_in"),
    "getitem": Effect(
        _get,
        whole=(1,),
        reads=(0,),
        dunders=("__getitem__", "__class_getitem__"),
        by_type={
            defaultdict: Effect(_get, whole=(1,), writes=(0,), undo=back.snapshot)
        },
        otherwise=Effect(
            _get,
            whole=(1,),
            reads=(0,),
            dunders=("__getitem__", "__class_getitem__"),
            on=1,
            by_type={
                slice: Effect(_get, whole=(1,), reads=(0,), fresh=True, shares=True)
            },
        ),
    ),
    "setitem": Effect(
        operator.setitem,
        strict=(0, 1),
        whole=(1,),
        writes=(0,),
        ordered=True,
        dunders=("__setitem__",),
        by_type={list: _list_store(), dict: _slot_store(back.dict_item)},
        otherwise=Effect(
            operator.setitem,
            whole=ALL,
            writes=(0,),
            ordered=True,
            dunders=("__setitem__",),
        ),
    ),
    "delitem": Effect(
        operator.delitem,
        whole=(1,),
        writes=(0,),
        ordered=True,
        dunders=("__delitem__",),
        by_type={
            kind: Effect(operator.delitem, whole=(1,), writes=(0,), undo=back.snapshot)
            for kind in _ITEM
        },
    ),
    "slice": pure(slice, immutable=True),
    "tuple": Effect(OPERATIONS["tuple"], strict=(), fresh=True),
    "list": Effect(OPERATIONS["list"], strict=(), fresh=True),
    "set": pure(OPERATIONS["set"]),
    "dict": Effect(OPERATIONS["dict"], fresh=True),
    "list_append": writer(list.append, back.append, strict=(0,)),
    "set_add": writer(set.add, back.set_member, whole=(1,)),
    "format": pure(
        OPERATIONS["format"],
        immutable=True,
        kind=str,
        dunders=("__format__", "__str__", "__repr__"),
    ),
    "join": pure(OPERATIONS["join"], immutable=True, kind=str),
    "pack": Effect(OPERATIONS["pack"], strict=()),
    "iter": _unpack(OPERATIONS["iter"]),
    "advance": Effect(OPERATIONS["advance"], writes=(0,), ordered=True),
    "current": Effect(OPERATIONS["current"], reads=(0,)),
    "bound": Effect(OPERATIONS["bound"]),
    "cell": Effect(OPERATIONS["cell"], strict=(), fresh=True),
    "cell_get": shallow(OPERATIONS["cell_get"], 0),
    "cell_set": writer(OPERATIONS["cell_set"], back.cell, strict=(0,)),
    "cell_del": writer(OPERATIONS["cell_del"], back.cell),
    "function": Effect(OPERATIONS["function"], strict=(), fresh=True),
    "native": opaque(OPERATIONS["native"]),
    "import": opaque(OPERATIONS["import"]),
    "import_from": Effect(OPERATIONS["import_from"]),
    "special": Effect(OPERATIONS["special"]),
    "super": Effect(OPERATIONS["super"], reads=(0,)),
    "raise": Effect(OPERATIONS["raise"]),
    "reraise": Effect(OPERATIONS["reraise"]),
    "matches": Effect(OPERATIONS["matches"]),
    "await": Effect(OPERATIONS["await"]),
}


@functools.cache
def _fixed(op: str) -> Effect:
    if op == "unpack":
        return _unpack(OPERATIONS[op])
    return _PRIMS[op]


def prim_effect(op: str, static: Any = None) -> Effect:
    """The effect of `prim[op]` with this static parameter."""
    if op in ("getattr", "setattr", "delattr"):
        return _attribute(op, static)
    if op in ("global", "set_global", "del_global"):
        return _global(op, *static)
    effect = _fixed(op)
    if op not in TAKES_STATIC:
        return effect
    made = _with_static(effect, static)
    if op == "unpack":
        count = static[0] + static[1] + static[2]
        made = attrs.evolve(made, count=count)
        for kind, variant in (made.by_type or {}).items():
            made.by_type[kind] = attrs.evolve(variant, count=count)  # type: ignore[index]
    elif op == "native":
        made = attrs.evolve(made, count=len(static.results))
    elif op in ("tuple", "list") and static is not None:
        made = attrs.evolve(
            made,
            strict=tuple(i for i, star in enumerate(static) if star),
            reads=tuple(i for i, star in enumerate(static) if star),
        )
    elif op == "dict":
        made = _dict_display(made, static)
    elif op == "function":
        made = attrs.evolve(
            made, strict=range(static.defaults + len(static.kwdefaults))
        )
    return made


def _with_static(effect: Effect, static: Any) -> Effect:
    kinds = effect.by_type
    if kinds is not None:
        kinds = {kind: _with_static(made, static) for kind, made in kinds.items()}
    function = functools.partial(effect.function, static)
    other = effect.otherwise
    if other is not None:
        other = _with_static(other, static)
    return attrs.evolve(effect, function=function, by_type=kinds, otherwise=other)


def _dict_display(made: Effect, starred: Any) -> Effect:
    """A dict display needs its keys, and the mappings it spreads."""
    if starred is None:
        evens = range(0, 1_000_000, 2)
        return attrs.evolve(made, strict=evens, whole=evens)
    keys = tuple(2 * i for i, star in enumerate(starred) if not star)
    spread = tuple(2 * i + 1 for i, star in enumerate(starred) if star)
    return attrs.evolve(made, strict=keys + spread, whole=keys, reads=spread)


@functools.lru_cache(4096)
def _attribute(op: str, name: str) -> Effect:
    function = functools.partial(OPERATIONS[op], name)
    if op == "getattr":
        kinds = dict.fromkeys(_NO_ATTRIBUTES, Effect(function))
        shared = Effect(function, looks_at=(CLASS_ATTRIBUTES,))
        kinds.update(dict.fromkeys(_SHARED, shared))
        return Effect(function, reads=(0,), by_type=kinds)
    look = back.attribute(name)
    whole = Effect(function, whole=ALL, places=(CLASS_ATTRIBUTES,), ordered=True)
    kinds = dict.fromkeys(_SHARED, whole)
    return Effect(function, strict=(0,), writes=(0,), undo=look, by_type=kinds)


_SHARED: tuple[type, ...] = (types.ModuleType, type)
CLASS_ATTRIBUTES = resource("attributes of classes and modules")
_NO_ATTRIBUTES: tuple[type, ...] = (list, dict, set, tuple, frozenset, str, deque)
"""Types whose instances have methods but nothing of their own to read."""


def _global(op: str, namespace: Namespace, name: str) -> Effect:
    function = functools.partial(OPERATIONS[op], (namespace, name))
    place = resource(f"globals {id(namespace.values)}")
    if op == "global":
        return Effect(function, looks_at=(place,))
    look = back.namespace_item(name, namespace.values)
    return Effect(function, whole=ALL, places=(place,), undo=look)


# Builtin functions

_PURE_BUILTINS = (
    abs, all, any, ascii, bin, bytes, chr, complex, divmod, float, format, hash, hex,
    int, max, min, oct, ord, pow, repr, round, sorted, str, sum, bool, bytearray,
    frozenset, set,
)  # fmt: skip
_IMMUTABLE_RESULT = frozenset(
    {abs, all, any, ascii, bin, chr, float, format, hash, hex, int, oct, ord, repr, str,
     bool, complex, bytes}
)  # fmt: skip
_BY_DUNDER = {
    abs: ("__abs__",), ascii: ("__repr__",), bool: ("__bool__", "__len__"),
    float: ("__float__", "__index__"), format: ("__format__", "__str__", "__repr__"),
    hash: ("__hash__",), int: ("__int__", "__index__", "__trunc__"),
    len: ("__len__",), list: ("__iter__", "__len__"), tuple: ("__iter__", "__len__"),
    repr: ("__repr__",), round: ("__round__",), str: ("__str__", "__repr__"),
}  # fmt: skip


def _copier(function: Any) -> Effect:
    kinds = (list, tuple, dict, set, frozenset, str, bytes, range)
    variant = shallow(function, 0, fresh=True, shares=True)
    return pure(
        function,
        shares=True,
        by_type=dict.fromkeys(kinds, variant),
        dunders=("__iter__", "__len__"),
    )


BUILTINS: dict[Any, Effect] = {
    **{
        f: pure(
            f,
            immutable=f in _IMMUTABLE_RESULT,
            dunders=_BY_DUNDER.get(f, ()),
            shares=f not in _IMMUTABLE_RESULT,
            kind=f if f in (str, int, float, bool, bytes) else None,
        )
        for f in _PURE_BUILTINS
    },
    **{f: _copier(f) for f in (list, tuple)},
    dict: pure(
        dict, shares=True, by_type={dict: shallow(dict, 0, fresh=True, shares=True)}
    ),
    **{f: Effect(f) for f in (enumerate, zip, reversed)},
    **{f: Effect(f) for f in (isinstance, issubclass, type, id, callable, hasattr)},
    range: pure(range, immutable=True),
    slice: pure(slice, immutable=True),
    object: Effect(object, fresh=True),
    print: on_resource(print, "stdout"),
    input: on_resource(input, "stdin"),
    super: Effect(super),
    property: Effect(property),
    staticmethod: Effect(staticmethod),
    classmethod: Effect(classmethod),
}
BUILTINS[len] = shallow(len, 0, immutable=True, dunders=("__len__",), kind=int)

# Methods of builtin types


def _list_methods() -> dict[str, Effect]:
    rewrite = {"clear", "reverse", "pop"}
    return {
        "append": writer(list.append, back.append, strict=(0,)),
        "extend": writer(
            list.extend,
            back.snapshot,
            whole=(1,),
            by_type={
                kind: writer(list.extend, back.snapshot, reads=(1,))
                for kind in (list, tuple)
            },
            on=1,
        ),
        "insert": writer(list.insert, back.snapshot, strict=(0, 1), whole=(1,)),
        "copy": shallow(list.copy, 0, fresh=True, shares=True),
        "index": pure(list.index, immutable=True),
        "count": pure(list.count, immutable=True),
        "remove": writer(list.remove, back.snapshot, whole=ALL),
        "sort": writer(list.sort, back.snapshot, whole=ALL),
        **{name: writer(getattr(list, name), back.snapshot) for name in rewrite},
    }


def _dict_methods() -> dict[str, Effect]:
    rewrite = {"pop", "popitem", "clear"}
    return {
        "get": Effect(dict.get, strict=(0, 1), whole=(1,), reads=(0,)),
        "setdefault": writer(
            dict.setdefault, back.dict_item, strict=(0, 1), whole=(1,)
        ),
        "update": writer(
            dict.update,
            back.snapshot,
            whole=(1,),
            by_type={dict: writer(dict.update, back.snapshot, reads=(1,))},
            on=1,
        ),
        "copy": shallow(dict.copy, 0, fresh=True, shares=True),
        **{
            name: shallow(getattr(dict, name), 0)
            for name in ("keys", "values", "items")
        },
        **{
            name: writer(getattr(dict, name), back.snapshot, whole=(1,))
            for name in rewrite
        },
    }


def _set_methods() -> dict[str, Effect]:
    changing = [
        "discard",
        "remove",
        "pop",
        "update",
        "clear",
        "difference_update",
        "intersection_update",
        "symmetric_difference_update",
    ]
    return {
        "add": writer(set.add, back.set_member, whole=(1,)),
        **{
            name: writer(getattr(set, name), back.snapshot, whole=ALL)
            for name in changing
        },
    }


def _deque_methods() -> dict[str, Effect]:
    lenient = {"append", "appendleft"}
    changing = [
        "pop",
        "popleft",
        "clear",
        "extend",
        "extendleft",
        "remove",
        "reverse",
        "rotate",
    ]
    return {
        **{
            name: writer(getattr(deque, name), back.snapshot, strict=(0,))
            for name in lenient
        },
        **{name: writer(getattr(deque, name), back.snapshot) for name in changing},
    }


METHODS: dict[type, dict[str, Effect]] = {
    list: _list_methods(),
    dict: _dict_methods(),
    set: _set_methods(),
    deque: _deque_methods(),
}
_VALUE_TYPES = (str, bytes, int, float, complex, bool, tuple, frozenset, range, set)
_TO_STR = frozenset(
    [
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "title",
        "capitalize",
        "casefold",
        "swapcase",
        "replace",
        "join",
        "format",
        "format_map",
        "center",
        "ljust",
        "rjust",
        "zfill",
        "expandtabs",
        "removeprefix",
        "removesuffix",
        "translate",
        "hex",
        "isoformat",
    ]
)


def _result_kind(kind: type, name: str) -> type | None:
    return str if kind is str and name in _TO_STR else None


for _kind in _VALUE_TYPES:
    _known = METHODS.setdefault(_kind, {})
    for _name in dir(_kind):
        if _name not in _known and callable(getattr(_kind, _name)):
            _lists = _name in ("split", "rsplit", "splitlines")
            _known[_name] = pure(
                getattr(_kind, _name),
                immutable=not _lists and _kind not in (tuple, frozenset, set),
                kind=list if _lists else _result_kind(_kind, _name),
            )

# The standard library

PURE_MODULES = frozenset(
    [
        "math",
        "cmath",
        "re",
        "_sre",
        "json",
        "json.encoder",
        "json.decoder",
        "string",
        "textwrap",
        "operator",
        "_operator",
        "functools",
        "_functools",
        "itertools",
        "collections",
        "_collections",
        "datetime",
        "_datetime",
        "decimal",
        "_decimal",
        "fractions",
        "statistics",
        "unicodedata",
        "difflib",
        "bisect",
        "_bisect",
        "heapq",
        "_heapq",
        "copy",
        "html",
        "urllib.parse",
        "base64",
        "binascii",
        "hashlib",
        "_hashlib",
        "struct",
        "_struct",
        "enum",
        "dataclasses",
        "typing",
        "types",
        "abc",
        "_abc",
        "collections.abc",
        "fnmatch",
        "colorsys",
        "calendar",
        "numbers",
        "keyword",
        "pprint",
        "reprlib",
        "shlex",
        "ast",
        "inspect",
        "uuid",
        "zlib",
        "csv",
        "_csv",
    ]
)
RESOURCE_MODULES = {
    "random": "random",
    "_random": "random",
    "secrets": "random",
    "time": "clock",
}
_CLOCKS = ("datetime", "_datetime")
_OPERATOR = ("operator", "_operator")
_INPLACE_NAMES = frozenset(
    {"setitem", "delitem", *("i" + op for op in _ARITHMETIC), "iconcat", "iand", "ior"}
)
_NOT_PURE = frozenset({
    ("json", "dump"), ("pprint", "pprint"), ("pprint", "pp"), ("_struct", "pack_into"),
    ("struct", "pack_into"), ("csv", "writer"), ("_csv", "writer"),
    ("csv", "DictWriter"), ("csv", "reader"), ("_csv", "reader"), ("csv", "DictReader"),
})  # fmt: skip
_HEAP = ("heappush", "heappop", "heapify", "heapreplace", "heappushpop")
_INSORT = ("insort", "insort_left", "insort_right")


def of_module(function: Any, module: str | None, name: str) -> Effect:
    """The effect of a function by the module it comes from."""
    if module in _CLOCKS and name in ("now", "today", "utcnow"):
        return on_resource(function, "clock")
    if name in ("shuffle", "seed") and module in RESOURCE_MODULES:
        return opaque(function)
    if module in RESOURCE_MODULES:
        return on_resource(function, RESOURCE_MODULES[module])
    if name in _HEAP or name in _INSORT:
        return writer(function, back.snapshot, whole=ALL)
    if (module, name) in _NOT_PURE or (module in _OPERATOR and name in _INPLACE_NAMES):
        return opaque(function)
    if module in PURE_MODULES:
        return pure(function, fresh=False)
    return opaque(function)


READ_ONLY_NAMES = frozenset(
    name
    for kind in (str, bytes, int, float, tuple, frozenset)
    for name in dir(kind)
    if not name.startswith("__")
) | {"get", "keys", "values", "items", "copy", "union", "intersection", "difference"}
"""Methods of these names, on a pending value, are taken to write nothing."""

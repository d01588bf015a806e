"""What each primitive of a term reads, writes and needs.

The tables are data: one line an operation.  `effect` says what a line can say, `library`
has the tables of builtins and of the standard library.
"""

import functools
import operator
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import attrs

from epic_actors.core.functions import Namespace
from epic_actors.core.memory import undo as back
from epic_actors.core.memory.places import (
    CLASSES,
    TAKES_DICTIONARY,
    WORLD,
    loaded,
    stored,
    take,
)
from epic_actors.core.memory.reach import own_dict
from epic_actors.core.memory.wire import Wire
from epic_actors.core.operations import OPERATIONS, TAKES_STATIC

from .effect import (
    ALL,
    Effect,
    comparing,
    finding,
    giving,
    listing,
    moving,
    on_resource,
    opaque,
    pure,
    shallow,
    shared_load,
    shared_store,
    writer,
)
from .library import (
    BUILTINS,
    METHODS,
    PURE_MODULES,
    READ_ONLY_NAMES,
    VALUE_MODULES,
    VALUE_TYPES,
    changing,
    looked_at,
    of_class,
    of_module,
)
from .protocols import COMPARING, FORMATTING, ITERATION, KEYS, MAPPING, TEXT


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
    dunders: tuple[str, ...] = (f"__{op}__", f"__r{op}__")
    if op == "mul":
        dunders += ("__index__",)
    elif op in _OF_SETS:
        dunders += (*COMPARING, *MAPPING)
    made = pure(function, shares=True, dunders=dunders)
    moved = shallow(function, 0, 1, fresh=True, shares=True, dunders=dunders)
    if op == "add":
        made = attrs.evolve(made, keeps_kind=True)
        return attrs.evolve(made, by_type={list: moved, tuple: moved})
    if op == "mul":
        return attrs.evolve(made, by_type={list: moved, tuple: moved})
    if op == "mod":
        texts = (*dunders, *FORMATTING)
        text = pure(function, immutable=True, kind=str, dunders=texts)
        return attrs.evolve(made, by_type={str: text})
    if op == "or":
        return attrs.evolve(made, by_type={dict: moved})
    return made


_NUMBERS = (int, float, complex, bool)
_OF_SETS = frozenset({"and", "or", "sub", "xor"})


def _inplace(op: str) -> Effect:
    function = OPERATIONS["i" + op]
    plain = _binary(op)
    dunders = (f"__i{op}__", *(plain.dunders or ()))
    look = back.snapshot
    value = attrs.evolve(plain, function=function, by_type=None, dunders=dunders)
    kinds = dict.fromkeys((*_NUMBERS, str, bytes, frozenset), value)
    kinds[tuple] = shallow(function, 0, 1, fresh=True, shares=True)
    taking = (*ITERATION, "__index__")
    kinds[list] = writer(function, look, spreads=(1,), dunders=taking)
    for kind in (set, dict, deque, bytearray):
        kinds[kind] = writer(
            function, look, whole=(1,), spreads=(1,), dunders=(*taking, *COMPARING)
        )
    return Effect(
        function,
        whole=ALL,
        writes=(0,),
        ordered=True,
        by_type=kinds,
        dunders=dunders,
    )


def _membership(op: str) -> Effect:
    function = OPERATIONS[op]
    by_key = comparing(Effect(function, whole=(0,), reads=(1,), immutable=True))
    keys: type = type({}.keys())
    kinds = dict.fromkeys((dict, set, frozenset, range, *_DICTS, keys), by_key)
    dunders = ("__contains__", "__iter__", "__eq__")
    how = pure(
        function, immutable=True, on=1, by_type=kinds, dunders=dunders, spreads=(1,)
    )
    return comparing(how)


def _unpack(function: Callable[..., Any]) -> Effect:
    return Effect(function, spreads=(0,), dunders=ITERATION)


def _slot_store(look: Any) -> Effect:
    store = Effect(operator.setitem, strict=(0, 1), whole=(1,), writes=(0,), undo=look)
    return comparing(store)


def _list_store() -> Effect:
    """A store to an index takes a pending value; one to a slice needs what to spread."""
    index = _slot_store(back.list_item)
    spread = Effect(
        operator.setitem,
        spreads=(2,),
        writes=(0,),
        undo=back.snapshot,
        dunders=("__index__",),
    )
    return attrs.evolve(index, on=1, by_type={slice: spread})


_DICTS: tuple[type, ...] = (defaultdict, OrderedDict, Counter)
"""Kinds of dictionaries whose stores are those of a dictionary."""
_GET_DUNDERS = ("__getitem__", "__class_getitem__", "__missing__")


def _getitem() -> Effect:
    get = comparing(
        Effect(operator.getitem, whole=(1,), reads=(0,), dunders=_GET_DUNDERS)
    )
    cut = attrs.evolve(get, dunders=(), fresh=True, shares=True)
    made = attrs.evolve(get, writes=(0,), undo=back.dict_item)
    deep = attrs.evolve(get, whole=(0, 1), compares=False)

    def by_code(obj: Any, _key: Any) -> Effect | None:
        """Python code of a library looks at more than the object itself."""
        method = getattr(type(obj), "__getitem__", None)
        return deep if isinstance(method, types.FunctionType) else None

    other = attrs.evolve(get, on=1, by_type={slice: cut})
    get = attrs.evolve(get, by_type={defaultdict: made}, otherwise=other)
    return attrs.evolve(get, variant=by_code)


def _changing(function: Callable[..., Any], dunder: str, kinds: Any) -> Effect:
    """Changes an item; of a type that is not known, everything in it."""
    # Why: arrays ask what is put into them for a number.
    dunders = (dunder, "__index__", "__float__")
    other = Effect(function, whole=ALL, alters=(0,), ordered=True, dunders=dunders)
    return attrs.evolve(other, by_type=kinds, otherwise=other)


_PRIMS: dict[str, Effect] = {
    **{op: _binary(op) for op in _ARITHMETIC},
    **{"i" + op: _inplace(op) for op in _ARITHMETIC},
    **{
        op: comparing(pure(OPERATIONS[op], dunders=names))
        for op, names in _COMPARED.items()
    },
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
    "getitem": _getitem(),
    "setitem": _changing(
        operator.setitem,
        "__setitem__",
        {
            list: _list_store(),
            **dict.fromkeys((dict, *_DICTS), _slot_store(back.dict_item)),
        },
    ),
    "delitem": _changing(
        operator.delitem,
        "__delitem__",
        dict.fromkeys(
            (list, dict, deque, *_DICTS),
            comparing(
                Effect(operator.delitem, whole=(1,), writes=(0,), undo=back.snapshot)
            ),
        ),
    ),
    "slice": pure(slice, immutable=True, dunders=()),
    "tuple": Effect(OPERATIONS["tuple"], strict=(), fresh=True, shares=True),
    "list": Effect(OPERATIONS["list"], strict=(), fresh=True, shares=True, makes=True),
    "set": comparing(pure(OPERATIONS["set"], shares=True, makes=True)),
    "dict": Effect(
        OPERATIONS["dict"], fresh=True, shares=True, makes=True, dunders=KEYS
    ),
    "merge": Effect(
        OPERATIONS["merge"],
        spreads=ALL[1:],
        fresh=True,
        shares=True,
        dunders=(*MAPPING, *KEYS),
    ),
    "list_append": writer(list.append, back.append, strict=(0,)),
    "set_add": comparing(writer(set.add, back.set_member, whole=(1,))),
    "format": pure(
        OPERATIONS["format"],
        immutable=True,
        kind=str,
        dunders=TEXT,
    ),
    "join": pure(OPERATIONS["join"], immutable=True, kind=str, dunders=()),
    "pack": Effect(OPERATIONS["pack"], strict=()),
    "iter": _unpack(OPERATIONS["iter"]),
    "aiter": Effect(OPERATIONS["aiter"], reads=(0,), places=(WORLD,), ordered=True),
    "pieces": Effect(OPERATIONS["pieces"]),
    "async_enter": opaque(OPERATIONS["async_enter"]),
    "async_leave": opaque(OPERATIONS["async_leave"]),
    "advance": Effect(OPERATIONS["advance"], writes=(0,), ordered=True),
    "current": Effect(OPERATIONS["current"], reads=(0,)),
    **{
        op: Effect(OPERATIONS[op], writes=(0,), ordered=True, count=2)
        for op in ("delegate", "step")
    },
    # Why: only generators are closed, and whoever takes a step of one asks as a writer.
    "release": Effect(OPERATIONS["release"], reads=(0,), ordered=True),
    "bound": Effect(OPERATIONS["bound"]),
    "cell": Effect(OPERATIONS["cell"], strict=(), fresh=True, shares=True, makes=True),
    "cell_get": shallow(OPERATIONS["cell_get"], 0),
    "cell_set": writer(OPERATIONS["cell_set"], back.cell, strict=(0,)),
    "cell_del": writer(OPERATIONS["cell_del"], back.cell),
    "function": Effect(OPERATIONS["function"], strict=(), fresh=True, shares=True),
    "import": opaque(OPERATIONS["import"]),
    "special": Effect(OPERATIONS["special"]),
    "super": Effect(OPERATIONS["super"], reads=(0,)),
    "active": Effect(OPERATIONS["active"]),
    "raise": Effect(OPERATIONS["raise"]),
    "reraise": Effect(OPERATIONS["reraise"]),
    **{
        op: Effect(OPERATIONS[op], immutable=True, kind=bool)
        for op in ("is_sequence", "is_mapping")
    },
    "matches": Effect(OPERATIONS["matches"], whole=(1,), dunders=()),
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
    if op == "import_from":
        function = functools.partial(OPERATIONS[op], static)
        return Effect(function, by_type=shared_load(function, static))
    effect = _fixed(op)
    if op not in TAKES_STATIC:
        return effect
    made = _with_static(effect, static)
    if op == "unpack":
        made = attrs.evolve(made, count=static[0] + static[1] + static[2])
    elif op in ("tuple", "list", "set") and static is not None:
        starred = tuple(i for i, star in enumerate(static) if star)
        made = attrs.evolve(made, spreads=starred, dunders=ITERATION)
        if op != "set":
            made = attrs.evolve(made, strict=starred)
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
    return attrs.evolve(
        made,
        strict=keys + spread,
        whole=keys,
        spreads=spread,
        dunders=(*MAPPING, *KEYS),
    )


@functools.lru_cache(4096)
def _attribute(op: str, name: str) -> Effect:
    function = functools.partial(OPERATIONS[op], name)
    if op == "getattr":
        return _load(function, name)
    if name == "__class__":
        places = stored(CLASSES, name)
        return Effect(function, whole=ALL, places=places, ordered=True, writes=(0,))
    kinds = shared_store(function, name, puts=op == "setattr")
    look = back.attribute(name)
    made = Effect(
        function, strict=(0,), writes=(0,), undo=look, by_type=kinds, under=name
    )
    if op == "delattr":
        return made
    return attrs.evolve(made, variant=lambda obj, _: looked_at(made, obj, name))


def _load(function: Callable[..., Any], name: str) -> Effect:
    kinds = {
        kind: Effect(function) for kind in _NO_ATTRIBUTES if not is_kept_in(kind, name)
    }
    kinds.update(shared_load(function, name))
    if name in TAKES_DICTIONARY:
        return listing(Effect(lambda obj: take(function(obj)), reads=(0,)))
    kept = Effect(function, reads=(0,))

    def own(obj: Any) -> Effect | None:
        """What an object has itself, it does not look up in its class."""
        if type(obj) is Wire or type(obj) in kinds or issubclass(type(obj), type):
            return None
        return kept if name in (own_dict(obj) or ()) else None

    return Effect(
        function,
        reads=(0,),
        looks_at=loaded(CLASSES, name),
        by_type=kinds,
        variant=own,
        finds=finding(name),
        beside=(type,) if name == "__class__" else (),
    )


_NO_ATTRIBUTES: tuple[type, ...] = (
    *(list, dict, set, tuple, frozenset, str, deque),
    types.GeneratorType,
)
"""Types whose instances have methods and little of their own to read."""


def is_kept_in(kind: type, name: str) -> bool:
    """Whether a builtin type's instances keep something of their own under a name."""
    found = vars(kind).get(name)
    return isinstance(found, types.GetSetDescriptorType | types.MemberDescriptorType)


def _global(op: str, namespace: Namespace, name: str) -> Effect:
    function = functools.partial(OPERATIONS[op], (namespace, name))
    module = id(namespace.values)
    if op == "global":
        load = Effect(function, looks_at=loaded(module, name))
        return giving(load, namespace.values, name)
    look = back.namespace_item(name, namespace.values)
    puts = op == "set_global"
    places = stored(module, name)
    return Effect(function, whole=ALL, places=places, undo=look, puts=puts)


# The functions of `operator` are the primitives, called by name.
BUILTINS.update(
    {
        OPERATIONS[op]: effect
        for op, effect in _PRIMS.items()
        if op not in TAKES_STATIC
        and getattr(OPERATIONS[op], "__module__", None) == "_operator"
    }
)

__all__ = [
    "ALL",
    "BUILTINS",
    "METHODS",
    "PURE_MODULES",
    "READ_ONLY_NAMES",
    "VALUE_MODULES",
    "VALUE_TYPES",
    "Effect",
    "changing",
    "moving",
    "of_class",
    "of_module",
    "on_resource",
    "opaque",
    "prim_effect",
    "pure",
    "shallow",
    "writer",
]

"""What is known of the builtins, of their methods, and of the standard library.

This is the one place to look up what a native function does: a table for the builtin
functions and classes, one for the methods of the builtin types, one for modules and the
functions in them that differ from their module.  What stands in none of them is opaque:
it runs in program order, when everything older has succeeded, and may touch everything.

A test calls every function of the first two tables and compares what it does with what
they say.

It is longer than most modules: it is mostly data.
"""

import builtins
import copy
import datetime as dt
import decimal
import enum
import fractions
import functools
import inspect
import itertools
import re
import string
import sys
import types
import typing
import uuid
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import attrs

from epic_actors.core.language.lookup import attribute, is_slot
from epic_actors.core.memory import undo as back
from epic_actors.core.memory.places import CLASSES, any_global, is_shared, loaded, take
from epic_actors.core.memory.wire import Wire

from .effect import (
    ALL,
    Effect,
    comparing,
    finding,
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
from .files import close_behind
from .protocols import (
    CHECKING,
    COMPARING,
    COPYING,
    FORMATTING,
    ITERATION,
    KEYS,
    LOADING,
    NUMBERS,
    TEXT,
    TRUTH,
)
from .worldly import OPEN, dumping, handling_paths, loading


# Builtin functions and classes

_ANY_ATTRIBUTE = ("__getattr__", "__getattribute__")
_OF_CLASSES = any_global(CLASSES)
_OF_CLASS = loaded(CLASSES, "__class__")

#: Read their arguments through and through and give a value of this builtin type.
_GIVES: dict[type, tuple[Any, ...]] = {
    str: (ascii, bin, chr, format, hex, oct, repr, str),
    int: (hash, int, ord),
    bool: (all, any, bool),
    float: (float,),
    complex: (complex,),
    bytes: (bytes,),
}
#: Read through and through; what they give may be, or contain, what they were given.
_COMPUTES = (abs, bytearray, divmod, frozenset, max, min, pow, round, set, sorted, sum)
#: Put what an iterable gives into something new, without a look at it.
_ITERATES_LATER = (enumerate, iter, reversed, zip)
_SPECIAL_METHODS: dict[Any, tuple[str, ...]] = {
    abs: ("__abs__",),
    all: (*ITERATION, *TRUTH),
    any: (*ITERATION, *TRUTH),
    ascii: ("__repr__",),
    bool: TRUTH,
    bytes: ("__bytes__", "__index__", *ITERATION),
    bytearray: ("__bytes__", "__index__", *ITERATION),
    complex: NUMBERS,
    **dict.fromkeys((bin, chr, hex, oct), ("__index__",)),
    divmod: ("__divmod__", "__rdivmod__"),
    float: ("__float__", "__index__"),
    format: TEXT,
    hash: ("__hash__",),
    int: ("__int__", "__index__", "__trunc__"),
    max: (*ITERATION, "__gt__", "__lt__"),
    min: (*ITERATION, "__lt__", "__gt__"),
    pow: ("__pow__", "__rpow__", "__index__"),
    repr: ("__repr__",),
    reversed: ("__reversed__", *ITERATION),
    round: ("__round__", "__index__"),
    set: (*ITERATION, *KEYS),
    frozenset: (*ITERATION, *KEYS),
    sorted: (*ITERATION, "__lt__", "__gt__"),
    str: ("__str__", "__repr__"),
    sum: (*ITERATION, "__add__", "__radd__"),
}
_ITERATES = frozenset(
    {all, any, bytes, bytearray, frozenset, max, min, set, sorted, sum}
)
_KINDS: dict[Any, type] = {
    sorted: list,
    **{kind: kind for kind in (list, tuple, dict, set, frozenset, bytearray)},
}


def _known(function: Any, make: Callable[..., Effect], **changes: Any) -> Effect:
    changes.setdefault("dunders", _SPECIAL_METHODS.get(function, ITERATION))
    changes.setdefault("kind", _KINDS.get(function))
    if function in _ITERATES:
        changes["spreads"] = ALL
    return make(function, **changes)


_COPIES_A_DICT = shallow(
    dict, 0, fresh=True, shares=True, kind=dict, stores_keywords=True
)
_DEFAULTS_FROM_A_DICT = shallow(defaultdict, 1, fresh=True, shares=True)


_EXCEPTIONS = tuple(
    value
    for value in vars(builtins).values()
    if isinstance(value, type) and issubclass(value, BaseException)
)


def _store_by_name(holder: Any, name: str, *_: Any) -> back.Undo | None:
    return back.attribute(name)(holder)


def looked_at(store: Effect, obj: Any = None, name: Any = None) -> Effect | None:
    """The effect of a store to an attribute that looks at the value: `error.args = …`."""
    kind = type(obj)
    if kind is Wire or not isinstance(name, str) or is_shared(obj):
        return None
    if is_slot(kind, name):
        return None
    return attrs.evolve(store, strict=ALL, whole=ALL, variant=None)


def _by_name(store: Effect) -> Effect:
    """A store to an attribute whose name is an argument."""
    return attrs.evolve(store, variant=lambda *args: looked_at(store, *args[:2]))


def _store(function: Any) -> Effect:
    return Effect(
        function,
        strict=(0, 1),
        writes=(0,),
        undo=_store_by_name,
        dunders=("__setattr__", "__delattr__"),
        by_type=shared_store(function),
        under="",
    )


_COPIES_DEEPLY = pure(
    copy.deepcopy, dunders=("__deepcopy__", "__reduce_ex__"), runs=COPYING
)


_CLASS = vars(object)["__class__"]


def _checking(function: Any) -> Effect:
    """`isinstance`: classes of a metaclass's, and protocols, may have a say."""
    plain = Effect(function, whole=(1,), looks_at=_OF_CLASS, dunders=())
    asking = attrs.evolve(plain, runs=(*CHECKING, LOADING))

    def chosen(obj: Any = None, wanted: Any = object, *_: Any) -> Effect | None:
        if attribute(type(obj), "__class__") is not _CLASS:
            return None
        if type(wanted) is type:
            return plain
        every = wanted if type(wanted) is tuple else (wanted,)
        if all(type(cls) is type for cls in every):
            return plain
        return None if any(map(_may_be_protocol, every)) else asking

    return attrs.evolve(asking, reads=(0,), variant=chosen)


def _may_be_protocol(cls: Any) -> bool:
    """Whether it may be a class that looks at which attributes an object has."""
    return not issubclass(type(cls), type) or bool(attribute(cls, "_is_protocol"))


BUILTINS: dict[Any, Effect] = {
    **{
        function: _known(function, pure, immutable=True, kind=kind)
        for kind, functions in _GIVES.items()
        for function in functions
    },
    **{function: _known(function, pure, shares=True) for function in _COMPUTES},
    **{function: _known(function, moving) for function in (list, tuple)},
    **{function: _known(function, moving, lazy=True) for function in _ITERATES_LATER},
    len: shallow(len, 0, immutable=True, dunders=("__len__",), kind=int),
    range: pure(range, immutable=True, dunders=("__index__",)),
    slice: pure(slice, immutable=True, dunders=()),
    dict: pure(
        dict,
        shares=True,
        spreads=(0,),
        kind=dict,
        dunders=(*ITERATION, *KEYS, "keys"),
        stores_keywords=True,
        by_type={dict: _COPIES_A_DICT},
    ),
    object: Effect(object, fresh=True),
    # The making of instances, which is followed by `__init__`
    **{
        kind.__new__: Effect(kind.__new__, strict=(0,), fresh=True)
        for kind in (object, list, dict, set, deque, OrderedDict, defaultdict)
    },
    **{
        made.__new__: pure(made.__new__, shares=True, dunders=(*ITERATION, *KEYS))
        for made in (tuple, frozenset)
    },
    **{
        made.__new__: pure(made.__new__, shares=True, dunders=())
        for made in _EXCEPTIONS
    },
    **{
        vars(error)["__init__"]: Effect(
            vars(error)["__init__"],
            whole=ALL,
            writes=(0,),
            undo=lambda error, *_: back.attribute("args")(error),
            dunders=(),
        )
        for error in _EXCEPTIONS
        if "__init__" in vars(error)
    },
    object.__getattribute__: shallow(object.__getattribute__, 0, strict=(0, 1)),
    object.__setattr__: _by_name(
        Effect(object.__setattr__, strict=(0, 1), writes=(0,), undo=_store_by_name)
    ),
    object.__delattr__: Effect(object.__delattr__, writes=(0,), undo=_store_by_name),
    # What an object is and has
    **{function: _checking(function) for function in (isinstance, issubclass)},
    callable: Effect(callable, looks_at=loaded(CLASSES, "__call__")),
    type: Effect(type, looks_at=_OF_CLASS, beside=(type,)),
    id: Effect(id, immutable=True, kind=int),
    hasattr: shallow(
        hasattr,
        *(0,),
        looks_at=_OF_CLASSES,
        by_type=shared_load(hasattr),
        immutable=True,
        dunders=_ANY_ATTRIBUTE,
    ),
    getattr: shallow(
        getattr,
        *(0,),
        strict=(0, 1),
        looks_at=_OF_CLASSES,
        by_type=shared_load(getattr),
        finds=finding(None),
        dunders=_ANY_ATTRIBUTE,
    ),
    setattr: _by_name(_store(setattr)),
    delattr: _store(delattr),
    vars: listing(shallow(lambda *of: take(vars(*of)), 0, looks_at=_OF_CLASSES)),
    dir: listing(
        shallow(dir, 0, looks_at=_OF_CLASSES, fresh=True, dunders=("__dir__",))
    ),
    # Iterators, which cannot be taken back
    close_behind: opaque(close_behind),
    **OPEN,
    next: Effect(next, writes=(0,), spreads=(0,), ordered=True, dunders=("__next__",)),
    # The outside
    print: attrs.evolve(on_resource(print, "stdout"), dunders=TEXT),
    input: on_resource(input, "stdin"),
    # Parts of classes
    super: Effect(super),
    property: Effect(property),
    staticmethod: Effect(staticmethod),
    classmethod: Effect(classmethod),
    # Containers of the library
    deque: moving(deque, 0, dunders=(*ITERATION, "__index__")),
    OrderedDict: pure(
        OrderedDict,
        shares=True,
        dunders=KEYS,
        spreads=(0,),
        stores_keywords=True,
        by_type={
            dict: shallow(OrderedDict, 0, fresh=True, shares=True, stores_keywords=True)
        },
    ),
    defaultdict: pure(
        defaultdict,
        shares=True,
        dunders=KEYS,
        spreads=(1,),
        on=1,
        by_type={dict: _DEFAULTS_FROM_A_DICT},
        stores_keywords=True,
    ),
    types.SimpleNamespace: Effect(
        types.SimpleNamespace, fresh=True, shares=True, stores_keywords=True
    ),
    functools.partial: Effect(
        functools.partial, strict=(0,), fresh=True, shares=True, stores_keywords=True
    ),
    # Iterators of the library that move what they are given
    **{
        function: moving(function, lazy=True)
        for function in (itertools.chain, itertools.zip_longest)
    },
    itertools.islice: moving(
        itertools.islice, lazy=True, dunders=(*ITERATION, "__index__")
    ),
    itertools.repeat: pure(itertools.repeat, shares=True, dunders=("__index__",)),
    itertools.count: pure(itertools.count, shares=True),
    copy.copy: pure(
        copy.copy,
        shares=True,
        by_type={
            kind: shallow(copy.copy, 0, fresh=True, shares=True)
            for kind in (list, dict, set, tuple, frozenset, deque, OrderedDict)
        },
        dunders=("__copy__", "__reduce_ex__", "__getstate__", "__setstate__"),
        runs=COPYING,
    ),
    copy.deepcopy: attrs.evolve(
        _COPIES_DEEPLY,
        writes=(1,),
        undo=lambda _, memo=None: back.snapshot(memo),
        variant=lambda *args: None if len(args) > 1 else _COPIES_DEEPLY,
    ),
    typing.cast: Effect(typing.cast, strict=(0,)),
    # Why: attrs writes the module of the latest class into it, on 3.13.
    attrs.evolve: pure(attrs.evolve, fresh=False, spreads=ALL),
}
"""Builtin functions and classes, and those of the library that are as common."""

if sys.version_info >= (3, 12):
    BUILTINS[itertools.batched] = moving(itertools.batched, lazy=True)

# Methods of builtin types

Methods = dict[str, Effect]


def _each(
    of: type, names: str, make: Callable[..., Effect], *how: Any, **changes: Any
) -> Methods:
    """The same for several methods of a type, named in one string."""
    return {n: make(getattr(of, n), *how, **changes) for n in names.split()}


def _finding(kind: type) -> Methods:
    """How a list or the like finds elements: by comparing them."""
    found = _each(kind, "remove", writer, back.snapshot, whole=ALL)
    found |= _each(kind, "index count", pure, immutable=True, kind=int)
    return _comparing(found)


def _comparing(methods: Methods) -> Methods:
    """Methods that do no more with elements, or keys, than compare and hash them."""
    return {name: comparing(effect) for name, effect in methods.items()}


_LIST: Methods = {
    "append": writer(list.append, back.append, strict=(0,)),
    "insert": writer(
        list.insert, back.snapshot, strict=(0, 1), whole=(1,), dunders=("__index__",)
    ),
    "extend": writer(list.extend, back.snapshot, spreads=(1,), dunders=ITERATION),
    "pop": writer(list.pop, back.popped, whole=(1,), dunders=("__index__",)),
    "copy": shallow(list.copy, 0, fresh=True, shares=True, kind=list),
    "__init__": writer(list.__init__, back.snapshot, spreads=(1,), dunders=ITERATION),
    **_each(list, "clear reverse", writer, back.snapshot),
    "sort": writer(list.sort, back.snapshot, whole=ALL, dunders=("__lt__", "__gt__")),
    **_finding(list),
}


def _filling(function: Any) -> Effect:
    """Puts what a mapping, or an iterable of pairs, gives into a dictionary."""
    # Why: this one stores by the method of its class.
    stores = ("__setitem__",) if function.__objclass__ is OrderedDict else ()
    make = functools.partial(writer, function, back.snapshot, stores_keywords=True)
    return make(
        whole=(1,),
        spreads=(1,),
        by_type={dict: make(reads=(1,), dunders=(*KEYS, *stores))},
        on=1,
        dunders=(*ITERATION, *KEYS, "keys", *stores),
    )


def _loading(function: Any) -> Effect:
    """Loads an item, where a default may be stored."""
    load = Effect(
        function, strict=(0, 1), whole=(1,), reads=(0,), dunders=("__missing__",)
    )
    made = attrs.evolve(load, writes=(0,), undo=back.dict_item)
    return attrs.evolve(load, by_type={defaultdict: made}, otherwise=load)


def _mapping(kind: Any) -> Methods:
    by_key: Methods = {
        "get": Effect(kind.get, strict=(0, 1), whole=(1,), reads=(0,)),
        "setdefault": writer(
            kind.setdefault, back.dict_item, strict=(0, 1), whole=(1,)
        ),
        "pop": writer(kind.pop, back.snapshot, strict=(0, 1), whole=(1,)),
    }
    if kind is dict:
        by_key["__getitem__"] = _loading(dict.__getitem__)
    return {
        **_comparing(by_key),
        "update": _filling(kind.update),
        "copy": shallow(kind.copy, 0, fresh=True, shares=True),
        **_each(kind, "keys values items", shallow, 0),
        **_each(kind, "popitem clear", writer, back.snapshot),
    }


def _own(kind: type, methods: Methods) -> Methods:
    """Those that a type does not inherit."""
    return {name: effect for name, effect in methods.items() if name in vars(kind)}


_SET: Methods = {
    "add": comparing(writer(set.add, back.set_member, whole=(1,))),
    **_each(set, "pop clear", writer, back.snapshot),
    **_comparing(
        _each(
            set,
            """
            discard remove update difference_update intersection_update
            symmetric_difference_update __init__ __ior__ __iand__ __isub__ __ixor__
            """,
            writer,
            back.snapshot,
            whole=ALL,
            spreads=ALL,
        )
    ),
}
_DEQUE: Methods = {
    "append": writer(deque.append, back.deque_append, strict=(0,)),
    "appendleft": writer(deque.appendleft, back.deque_appendleft, strict=(0,)),
    "insert": writer(
        deque.insert, back.snapshot, strict=(0, 1), whole=(1,), dunders=("__index__",)
    ),
    "pop": writer(deque.pop, back.deque_pop),
    "popleft": writer(deque.popleft, back.deque_popleft),
    "copy": shallow(deque.copy, 0, fresh=True, shares=True, kind=deque),
    **_each(deque, "extend extendleft", writer, back.snapshot, spreads=(1,)),
    **_each(deque, "clear reverse", writer, back.snapshot),
    "rotate": writer(deque.rotate, back.snapshot, dunders=("__index__",)),
    **_finding(deque),
}
_VALUES = (str, bytes, int, float, complex, bool, tuple, frozenset, range, set)
_CONTAINERS = (tuple, frozenset, set)
_LOOKS_INTO = frozenset({"__iter__", "__reversed__", "__buffer__"})
_LISTS = frozenset({"split", "rsplit", "splitlines"})
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
    ]
)
_TEXT_RUNS = {
    **dict.fromkeys(("format", "format_map", "__mod__"), FORMATTING),
    "translate": ("__getitem__", "__missing__", "__index__"),
}
"""What methods of texts run of what they are given."""


@functools.lru_cache(4096)
def _loads(text: str) -> bool:
    """Whether a text with places asks for attributes."""
    try:
        parts = [part[1:3] for part in string.Formatter().parse(text)]
    except ValueError:
        return False
    return any("." in (name or "") or (spec and _loads(spec)) for name, spec in parts)


def _formatting(effect: Effect) -> Effect:
    """`str.format` and the like, which may ask for attributes if the text says so."""

    def chosen(text: Any = "", *_: Any) -> Effect | None:
        return effect if type(text) is str and not _loads(text) else None

    return attrs.evolve(effect, runs=(LOADING,), variant=chosen)


_RUNS_OF: dict[type, tuple[str, ...]] = dict.fromkeys(
    _CONTAINERS, (*COMPARING, *ITERATION, "__repr__")
)
"""What methods of containers run of what they hold and are given."""
_ANSWERS = frozenset(
    [
        "count",
        "index",
        "isdisjoint",
        "issubset",
        "issuperset",
        "__contains__",
        "__eq__",
        "__ne__",
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
        "__len__",
        "__hash__",
        "__repr__",
        "__str__",
        "__sizeof__",
        "__format__",
        "__bool__",
    ]
)


def _reading(kind: type, name: str) -> Effect:
    """A method that changes nothing."""
    container = kind in _CONTAINERS
    text = str if kind is str and name in _TO_STR else None
    made = pure(
        getattr(kind, name),
        immutable=name in _ANSWERS
        or not (container or name in _LISTS or name in _LOOKS_INTO),
        shares=container and name not in _ANSWERS,
        kind=list if name in _LISTS else text,
        spreads=(1,) if name == "join" else (),
        dunders=_TEXT_RUNS.get(name) or _RUNS_OF.get(kind, ("__index__",)),
    )
    return _formatting(made) if kind is str and name.startswith("format") else made


METHODS: dict[type, Methods] = {
    list: _LIST,
    dict: {**_mapping(dict), "__init__": _filling(dict.__init__)},
    set: _SET,
    deque: _DEQUE,
    OrderedDict: {
        **_own(OrderedDict, _mapping(OrderedDict)),
        "__init__": _filling(OrderedDict.__init__),
        "move_to_end": comparing(
            writer(OrderedDict.move_to_end, back.snapshot, whole=ALL)
        ),
    },
    defaultdict: {
        **_own(defaultdict, _mapping(defaultdict)),
        "__missing__": _loading(defaultdict.__missing__),
    },
}
"""Methods by the type that defines them, as functions of their object first."""

_OF_INSTANCES = types.MethodDescriptorType | types.WrapperDescriptorType


def _of_its_class(kind: type, name: str) -> Effect:
    """A method of the class, or of nothing, called by way of an instance."""
    method = getattr(kind, name)
    return pure(
        lambda instance, *args, **named: method(*args, **named),
        immutable=kind is not str,  # Why: `maketrans` of a text gives a dictionary.
    )


for _kind in _VALUES:
    _methods = METHODS.setdefault(_kind, {})
    for _name in dir(_kind):
        _found = inspect.getattr_static(_kind, _name)
        if _name in _methods:
            continue
        if isinstance(_found, _OF_INSTANCES):
            _methods[_name] = _reading(_kind, _name)
        elif isinstance(_found, staticmethod | types.ClassMethodDescriptorType):
            _methods[_name] = _of_its_class(_kind, _name)

READ_ONLY_NAMES = frozenset(
    name
    for kind in (str, bytes, int, float, tuple, frozenset)
    for name in dir(kind)
    if not name.startswith("__")
) | {
    *("get", "keys", "values", "items", "copy", "union", "intersection", "difference"),
    *("group", "groups", "groupdict", "span"),
}
"""Methods of these names, on a pending value, are taken to write nothing."""

VALUE_TYPES: frozenset[type] = frozenset(
    {
        re.Pattern,
        re.Match,
        dt.date,
        dt.datetime,
        dt.time,
        dt.timedelta,
        dt.timezone,
        decimal.Decimal,
        fractions.Fraction,
        uuid.UUID,
        types.MappingProxyType,
        memoryview,
    }
)
"""Types of the library whose methods change nothing, of themselves or otherwise."""

# The standard library, by module

PURE_MODULES = frozenset(
    [
        "math",
        "cmath",
        "numbers",
        "decimal",
        "_decimal",
        "_pydecimal",
        "fractions",
        "statistics",
        "operator",
        "_operator",
        "re",
        "_sre",
        "string",
        "textwrap",
        "difflib",
        "unicodedata",
        "html",
        "fnmatch",
        "keyword",
        "shlex",
        "json",
        "json.encoder",
        "json.decoder",
        "csv",
        "_csv",
        "base64",
        "binascii",
        "struct",
        "_struct",
        "zlib",
        "urllib.parse",
        "hashlib",
        "_hashlib",
        "datetime",
        "_datetime",
        "calendar",
        "colorsys",
        "uuid",
        "functools",
        "_functools",
        "itertools",
        "collections",
        "_collections",
        "collections.abc",
        "bisect",
        "_bisect",
        "heapq",
        "_heapq",
        "copy",
        "enum",
        "dataclasses",
        "types",
        "typing",
        "abc",
        "_abc",
        "pprint",
        "reprlib",
        "ast",
        "inspect",
        "attr",
        "attrs",
        "attr._make",
        "attr._funcs",
        "attr.validators",
        "attr.converters",
    ]
)
"""Modules whose functions read their arguments and change nothing."""

VALUE_MODULES = frozenset(
    [
        "fractions",
        "decimal",
        "_pydecimal",
        "datetime",
        "enum",
        "re",
        "numbers",
        "string",
        "textwrap",
        "uuid",
    ]
)
"""Of these, the ones whose objects' methods, written in Python, change nothing."""

RESOURCE_MODULES = {
    "random": "random",
    "_random": "random",
    "secrets": "random",
    "time": "clock",
    "logging": "log",
}
"""Modules whose functions go in order among themselves, and touch nothing else."""


def _names(effect: Callable[[Any], Effect], table: dict[str, str]) -> dict[Any, Any]:
    return {
        (module, name): effect
        for modules, names in table.items()
        for module in modules.split()
        for name in names.split()
    }


def _changes_first(function: Any) -> Effect:
    return writer(function, back.snapshot, whole=ALL, dunders=(*COMPARING, *ITERATION))


_INPLACE = """
    iadd isub imul itruediv ifloordiv imod ipow imatmul ilshift irshift iand ior ixor
    iconcat setitem delitem
"""
FUNCTIONS: dict[tuple[str, str], Callable[[Any], Effect]] = {
    ("json", "dump"): dumping,
    ("json", "load"): loading,
    ("functools", "update_wrapper"): functools.partial(
        writer, look=back.function, whole=ALL, fresh=False
    ),
    **_names(
        functools.partial(Effect, whole=ALL, alters=(0,), ordered=True),
        {"ast": "fix_missing_locations increment_lineno copy_location"},
    ),
    **_names(
        handling_paths,
        {
            "os posix": "makedirs mkdir remove unlink listdir",
            "genericpath": "exists isfile isdir getsize",
        },
    ),
    **_names(
        opaque,
        {
            "operator _operator": _INPLACE + "methodcaller",
            "pprint": "pprint pp",
            "struct _struct": "pack_into",
            "string": "format vformat get_field get_value",
            "inspect": "getmembers",
            "types": "coroutine new_class prepare_class",
            "random": "shuffle seed setstate",
            "_random": "seed setstate",
            "calendar": "setfirstweekday",
            # Why: what is registered, others look up; the rest change what they are given.
            "functools abc _abc": """
                register get_cache_token total_ordering update_abstractmethods
            """,
            "typing": """
                overload get_overloads clear_overloads
                final runtime_checkable no_type_check override
            """,
            "csv _csv": """
                reader writer DictReader DictWriter register_dialect unregister_dialect get_dialect list_dialects
                field_size_limit
            """,
        },
    ),
    **_names(
        _changes_first,
        {
            "heapq _heapq": """
                heappush heappop heapify heapreplace heappushpop
                _heappop_max _heapify_max _heapreplace_max
                heappush_max heappop_max heapify_max heapreplace_max heappushpop_max
            """,
            "bisect _bisect": "insort insort_left insort_right",
        },
    ),
    **_names(
        functools.partial(on_resource, name="clock"),
        {"datetime _datetime": "now today utcnow"},
    ),
    **_names(
        functools.partial(on_resource, name="random"),
        # Why: `rand` is what `kde_random` gives.
        {"uuid": "uuid1 uuid4", "statistics": "samples rand"},
    ),
    **_names(
        functools.partial(pure, immutable=True),
        {
            "posixpath ntpath genericpath posix nt": """
                join basename dirname split splitext splitroot normpath _path_normpath
                isabs commonpath commonprefix
            """
        },
    ),
}
"""Functions that are not as the rest of their module."""


def of_module(function: Any, module: str | None, name: str) -> Effect:
    """The effect of a function by the module it comes from."""
    made = FUNCTIONS.get((module or "", name))
    if made is not None:
        return made(function)
    if module in RESOURCE_MODULES:
        made_in = on_resource(function, RESOURCE_MODULES[module])
        return attrs.evolve(made_in, calls_own=is_method(function))
    # Why: even an object that never changes does so while it is made.
    changes = module not in VALUE_MODULES or name == "__init__"
    if module in PURE_MODULES and changes and is_method(function):
        return changing(function)
    if module in PURE_MODULES:
        return pure(function, fresh=False, spreads=ALL)
    return opaque(function)


def is_method(function: Any) -> bool:
    """Whether Python code stands in a class."""
    if not isinstance(function, types.FunctionType):
        return False
    return "." in function.__qualname__.rpartition("<locals>.")[2]


def changing(function: Any) -> Effect:
    """A method of a library, which may change anything that its object holds."""
    return Effect(
        function, whole=ALL, spreads=ALL, alters=(0,), ordered=True, calls_own=True
    )


_NO_MEMBER = enum.Enum._missing_.__func__  # type: ignore[attr-defined]


def of_class(cls: type) -> Effect:
    """The effect of making an instance natively."""
    if issubclass(cls, BaseException) and cls.__module__ == "builtins":
        return pure(cls, shares=True)
    if issubclass(cls, enum.Enum) and cls._missing_.__func__ is _NO_MEMBER:  # type: ignore[attr-defined]
        return pure(cls, fresh=False, beside=tuple(cls.__members__.values()))
    return of_module(cls, cls.__module__, cls.__name__)


__all__ = [
    "BUILTINS",
    "FUNCTIONS",
    "METHODS",
    "PURE_MODULES",
    "READ_ONLY_NAMES",
    "RESOURCE_MODULES",
    "VALUE_MODULES",
    "VALUE_TYPES",
    "changing",
    "of_class",
    "of_module",
]

"""Which script runs in the place of native code that takes the items of generators.

The scripts themselves are in `consuming`.
"""

import collections
import functools
import heapq
import itertools
import operator
from collections.abc import Callable
from types import (
    BuiltinFunctionType,
    FunctionType,
    MethodDescriptorType,
    WrapperDescriptorType,
)
from typing import Any

from epic_actors.core.closures import Beginning
from epic_actors.core.generators import generated_of
from epic_actors.core.language import substitutes
from epic_actors.core.memory.reach import owner_of
from epic_actors.core.memory.wire import Wire, deref

from . import consuming, grouping, iterating


LAZY: dict[Any, Callable[..., Any]] = {
    iter: consuming.itself,
    enumerate: consuming.enumerate_,
    zip: consuming.zip_,
    map: consuming.map_,
    filter: consuming.filter_,
    functools.reduce: substitutes.reduce,
    heapq.nlargest: substitutes.nlargest,
    heapq.nsmallest: substitutes.nsmallest,
    operator.contains: consuming.contains,
    operator.countOf: consuming.count_of,
    operator.indexOf: consuming.index_of,
    itertools.islice: consuming.islice,
    itertools.chain: consuming.chain,
    itertools.takewhile: consuming.takewhile,
    itertools.dropwhile: consuming.dropwhile,
    itertools.filterfalse: consuming.filterfalse,
    itertools.starmap: consuming.starmap,
    itertools.accumulate: consuming.accumulate,
    itertools.pairwise: consuming.pairwise,
    itertools.compress: consuming.compress,
    itertools.zip_longest: consuming.zip_longest,
    itertools.cycle: consuming.cycle,
    itertools.tee: consuming.tee,
    itertools.groupby: grouping.groupby,
    consuming.BATCHED: consuming.batched,
}
_BEHIND_A_FUNCTION: frozenset[Any] = frozenset(
    {map, filter, itertools.filterfalse, itertools.starmap}
    | {itertools.takewhile, itertools.dropwhile}
)
_IN_FRONT: frozenset[Any] = frozenset(
    {
        enumerate,
        itertools.islice,
        itertools.accumulate,
        itertools.groupby,
        consuming.BATCHED,
    }
)
STEPPING: frozenset[Any] = frozenset(
    {functools.reduce, operator.contains, operator.countOf, operator.indexOf}
)
"""What takes items, but not all of them at once."""
_NOWHERE: frozenset[Any] = frozenset({itertools.repeat, itertools.count})


def gone_over(function: Any, count: int) -> range:
    """Which of so many arguments a function of the library takes items from.

    Why: the others may have items of their own, a function as well.
    """
    if function in _NOWHERE:
        return range(0)
    if function in _IN_FRONT or makes_keys(function):
        return range(min(count, 1))
    return range(1 if function in _BEHIND_A_FUNCTION else 0, count)


METHODS: dict[tuple[type, str], Callable[..., Any]] = {
    (list, "extend"): consuming.extend_list,
    (collections.deque, "extend"): consuming.extend,
    (collections.deque, "extendleft"): consuming.extendleft,
    (dict, "update"): consuming.update_dict,
    (set, "update"): consuming.update_set,
    (set, "intersection"): consuming.intersection,
    (set, "intersection_update"): consuming.intersect,
    (set, "isdisjoint"): consuming.is_disjoint,
    (set, "issuperset"): consuming.is_superset,
}
_LISTED_METHODS = {
    str: ("join",),
    bytes: ("join",),
    set: (
        *("difference", "union", "symmetric_difference", "issubset"),
        *("difference_update", "symmetric_difference_update", "__init__"),
    ),
    collections.Counter: ("update", "subtract"),
    **dict.fromkeys((list, dict, collections.deque), ("__init__",)),
}
LISTED_METHODS = {
    (kind, name) for kind, names in _LISTED_METHODS.items() for name in names
}
LISTED: frozenset[Any] = frozenset(
    [
        *(dict, bytes, bytearray),
        *(collections.deque, collections.Counter, collections.OrderedDict),
        *(itertools.product, itertools.permutations, itertools.combinations),
    ]
)


_UNBOUND = frozenset({MethodDescriptorType, WrapperDescriptorType})


def at_once(items: Any) -> Callable[..., Any] | None:
    """What collects a `filter` that has not begun: its decisions then overlap."""
    generated = generated_of(items)
    assert generated is not None
    is_filter = generated.function.code is consuming.filter_.__code__
    if not is_filter or type(generated.rest) is not Beginning:
        return None
    return functools.partial(consuming.filtered, *generated.values)


def taking(function: Any, args: tuple[Any, ...]) -> Callable[..., Any] | None:
    """The script to run instead of a native function that is given generators."""
    marks = tuple(map(consuming.is_generated, args))
    if not any(marks):
        return consuming.chain_all if chains(function, args, may_be_generated) else None
    if function is iterating.collected:
        return at_once(deref(args[0]))
    return script_for(function, marks)


def chains(function: Any, args: tuple[Any, ...], such: Callable[[Any], bool]) -> bool:
    """Whether it is `chain.from_iterable` of a list in which there are such items."""
    if owner_of(function) is not itertools.chain or len(args) != 1:
        return False
    items = deref(args[0])
    return type(items) in (list, tuple) and any(map(such, map(deref, items)))


def script_for(
    function: Any, marks: tuple[bool, ...] = ()
) -> Callable[..., Any] | None:
    """The script that does what a native function does with the items of generators.

    Args:
        function: The function.
        marks: Which of its arguments are generators.
    """
    owner = owner_of(function)
    if owner is itertools.chain:
        return consuming.chain_all
    name = "" if owner is None else getattr(function, "__name__", "")
    for kind in type(owner).__mro__[:-1]:
        if (kind, name) in METHODS:
            return functools.partial(METHODS[kind, name], owner)
        if (kind, name) in LISTED_METHODS:
            return functools.partial(consuming.with_lists, function, marks)
    if type(function) in _UNBOUND:
        name = function.__objclass__, function.__name__
        if name in METHODS:
            return METHODS[name]
        if name in LISTED_METHODS:
            return functools.partial(consuming.with_lists, function, marks)
    try:
        lazy = LAZY.get(function)
    except TypeError:
        return None
    if lazy is None and collects(function):
        places = gone_over(function, len(marks))
        read = tuple([mark and at in places for at, mark in enumerate(marks)])
        none = marks and not any(read)
        return None if none else functools.partial(consuming.with_lists, function, read)
    return lazy


def collects(function: Any) -> bool:
    """Whether a function takes in all items of its arguments when it is called."""
    if function in LISTED or is_reading(function) or makes_keys(function):
        return True
    return function in (tuple.__new__, frozenset.__new__)


def makes_keys(function: Any) -> bool:
    """Whether it is the `fromkeys` of some kind of dictionary."""
    if type(function) is not BuiltinFunctionType:
        return False
    kind = function.__self__
    is_made = isinstance(kind, type) and issubclass(kind, dict)
    return is_made and function.__name__ == "fromkeys"


def takes_steps(function: Any) -> bool:
    """Whether a call of a function takes steps of generators that it is given."""
    return function in STEPPING or collects(function)


def undecided(function: Any, args: tuple[Any, ...]) -> Wire | None:
    """A pending argument that has to be known first: it may become a generator."""
    for value in map(deref, args):
        if type(value) is Wire and may_be_generated(value):
            takes = function is next or script_for(function) is not None
            return value if takes else None
    return None


def may_be_generated(value: Any) -> bool:
    """Whether a value is a generator of the script's, or may turn out to be one."""
    value = deref(value)
    if type(value) is Wire:
        return not value.immutable and value.kind is None and value.source is None
    return consuming.is_generated(value)


def takes_all(function: Any) -> bool:
    """Whether a native function takes in all items of its arguments, or shares them out."""
    kind = type(function)
    if kind is BuiltinFunctionType:
        owner = function.__self__
        if takes_items(type(owner), function.__name__) or function is itertools.tee:
            return True
    elif kind is not FunctionType and not (kind is type and function is not dict):
        return False
    return collects(function)


def takes_items(kind: type, name: str) -> bool:
    """Whether a method of a builtin type takes in the items of its arguments."""
    return (kind, name) in METHODS or (kind, name) in LISTED_METHODS


def is_reading(function: Any) -> bool:
    """Whether a function of the library does nothing but read what its arguments give."""
    module = getattr(function, "__module__", None)
    if module == "math":
        return function.__name__ in ("fsum", "prod", "dist", "sumprod")
    return module in ("statistics", "heapq") and function is not heapq.merge

"""Functions of the library that call back, written as scripts.

A native function that is given code of the script could not wait in it for an external
call.  So what stands here is run in its place, as part of the script; what each takes and
gives, and in which order it calls what, is as in CPython.
"""

import contextvars
import functools
import heapq
import operator
import re
import types
import weakref
from collections.abc import Callable
from typing import Any

import attrs


MISSING: Any = object()


# Iterators


def accumulate(items: Any, func: Any = None, *, initial: Any = None) -> Any:
    """`itertools.accumulate`."""
    if func is None:
        func = operator.add
    total = initial
    begun = initial is not None
    if begun:
        yield total
    for item in items:
        total = func(total, item) if begun else item
        begun = True
        yield total


def iter_(function: Any, sentinel: Any) -> Any:
    """`iter` of a function, up to what it gives last."""
    if not callable(function):
        raise TypeError("iter(v, w): v must be callable")
    return called_until(function, sentinel)


def called_until(function: Any, sentinel: Any) -> Any:
    """What a function gives, call by call."""
    while True:
        try:
            item = function()
        except StopIteration:
            return
        if item is sentinel or sentinel == item:
            return
        yield item


# Comparing


class Ranking:
    """What `functools.cmp_to_key` gives: makes keys of items."""

    def __init__(self, compare: Any) -> None:
        self.compare = compare

    def __call__(self, obj: Any) -> "Ranked":
        """The key of an item."""
        return Ranked(self.compare, obj)


class Ranked:
    """An item that is compared by a function."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, compare: Any, obj: Any) -> None:
        self.compare = compare
        self.obj = obj

    def __lt__(self, other: "Ranked") -> bool:
        return bool(self.compare(self.obj, other.obj) < 0)

    def __gt__(self, other: "Ranked") -> bool:
        return bool(self.compare(self.obj, other.obj) > 0)

    def __le__(self, other: "Ranked") -> bool:
        return bool(self.compare(self.obj, other.obj) <= 0)

    def __ge__(self, other: "Ranked") -> bool:
        return bool(self.compare(self.obj, other.obj) >= 0)

    def __eq__(self, other: object) -> bool:
        return bool(self.compare(self.obj, other.obj) == 0)  # type: ignore[attr-defined]


def cmp_to_key(mycmp: Any) -> Ranking:
    """`functools.cmp_to_key`."""
    return Ranking(mycmp)


# Folds


def reduce(function: Any, items: Any, initial: Any = MISSING) -> Any:
    """`functools.reduce`."""
    begun = initial is not MISSING
    result = initial
    try:
        rows = iter(items)
    except TypeError:
        rows = None
    if rows is None:
        raise TypeError("reduce() arg 2 must support iteration")
    for item in rows:
        result = function(result, item) if begun else item
        begun = True
    if not begun:
        raise TypeError("reduce() of empty iterable with no initial value")
    return result


def ranked(count: Any, items: Any, key: Any, *, reverse: bool) -> list[Any]:
    """The first few of `items` in order; each key is asked for before the next item."""
    if count < 1:
        iter(items)
        return []
    rows = [(row, key(row)) for row in items]
    keys = [row[1] for row in rows]
    order = sorted(range(len(rows)), key=keys.__getitem__, reverse=reverse)
    return [rows[index][0] for index in order[:count]]


def nlargest(n: Any, iterable: Any, key: Any = None) -> list[Any]:
    """`heapq.nlargest`."""
    if key is None and n > 0:
        # Why: CPython sees to what is compared with what.
        return heapq.nlargest(n, [row for row in iterable])  # noqa: C416
    return ranked(n, iterable, key, reverse=True)


def nsmallest(n: Any, iterable: Any, key: Any = None) -> list[Any]:
    """`heapq.nsmallest`."""
    if key is None and n > 0:
        return heapq.nsmallest(n, [row for row in iterable])  # noqa: C416
    return ranked(n, iterable, key, reverse=False)


def dict_(items: Any, /, **named: Any) -> dict[Any, Any]:
    """`dict` of pairs: it needs the keys, not the values."""
    made: dict[Any, Any] = {}
    # Why: `list` would ask the items how many they are.
    rows = items if hasattr(items, "keys") else [row for row in items]  # noqa: C416
    pairs = rows is not items and all(
        [type(row) in (tuple, list) and len(row) == 2 for row in rows]  # noqa: C419
    )
    if pairs:
        for row in rows:
            made[row[0]] = row[1]
    else:
        made.update(rows)
    made.update(named)
    return made


def named_until(known: Any, given: Any) -> Any:
    """What stands behind two stars, up to a name that has been given: that is an error."""
    made: dict[Any, Any] = {}
    # Why: CPython does not ask how many names there are.
    for key in list(iter(given.keys())):
        if key in known or key in made:
            return Repeated(key)
        made[key] = given[key]
    return made


class Repeated:
    """Arguments of which one name is given twice; a call that takes them in says so."""

    def __init__(self, name: Any) -> None:
        self.name = name

    def keys(self) -> list[Any]:
        """The name, twice."""
        return [self.name, self.name]

    def __getitem__(self, name: Any) -> None:
        """Nothing: the call never begins."""


# Text


def sub(pattern: Any, repl: Any, string: Any, *given: Any, **options: Any) -> Any:
    """`re.sub` with a function."""
    return subn(pattern, repl, string, *given, **options)[0]


def subn(pattern: Any, repl: Any, string: Any, *given: Any, **options: Any) -> Any:
    """`re.subn` with a function; CPython sees to how the rest is given."""
    if given:
        re.sub("", "", "", *given, **options)  # noqa: B034 - as it was given
    return substituted(pattern, repl, string, *given, **options)


def sub_by(pattern: Any, repl: Any, string: Any, count: Any = 0) -> Any:
    """`sub` of a compiled pattern."""
    return substituted(pattern, repl, string, count)[0]


def substituted(
    pattern: Any, repl: Any, string: Any, count: Any = 0, flags: Any = 0
) -> Any:
    """A text with what a function makes of its parts, or with what turns out a text."""
    if not callable(repl):
        return re.subn(pattern, repl, string, count=count, flags=flags)
    pieces = []
    end = 0
    found = list(re.finditer(pattern, string, flags))
    if count > 0:
        found = found[:count]
    for match in found:
        if end < match.start():
            pieces.append(string[end : match.start()])
        made = repl(match)
        if made is not None:
            pieces.append(made)
        end = match.end()
    if end < len(string):
        pieces.append(string[end:])
    return string[:0].join(pieces), len(found)


# What `operator` makes


def attributes_of(names: Any, obj: Any) -> Any:
    """What an `attrgetter` gives."""
    found = [attribute_at(obj, name.split(".")) for name in names]
    return found[0] if len(found) == 1 else tuple(found)


def attribute_at(obj: Any, path: Any) -> Any:
    """An attribute of an attribute, and so on."""
    for name in path:
        obj = getattr(obj, name)
    return obj


def items_of(keys: Any, obj: Any) -> Any:
    """What an `itemgetter` gives."""
    found = [obj[key] for key in keys]
    return found[0] if len(found) == 1 else tuple(found)


def method_of(name: Any, args: Any, named: Any, obj: Any) -> Any:
    """What a `methodcaller` gives."""
    return getattr(obj, name)(*args, **named)


def got_by(getter: Any) -> tuple[Any, ...]:
    """The script for such an object, and what it was made of."""
    made: Any
    made, given = getter.__reduce__()
    if type(getter) is operator.methodcaller:
        # Why: what is given by name stands in a `partial`, with the method's name.
        partial = type(made) is functools.partial
        name, *rest = (*made.args, *given) if partial else given
        return method_of, name, tuple(rest), made.keywords if partial else {}
    script = attributes_of if type(getter) is operator.attrgetter else items_of
    return script, given


GETTERS: frozenset[type] = frozenset(
    {operator.attrgetter, operator.itemgetter, operator.methodcaller}
)


# Functions of functions


def dispatched(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    """A call of what `functools.singledispatch` made."""
    return function.dispatch(type(args[0]))(*args, **kwargs)


_single: Any = functools.singledispatch(lambda one: one)
SINGLE_DISPATCH: types.CodeType = _single.__code__
"""The code of all that `functools.singledispatch` makes."""


@attrs.define(eq=False)
class Cache:
    """What a `functools.lru_cache` remembers, if its function is code of the script."""

    wrapper: Callable[[], Any]
    maxsize: int | None
    typed: bool
    table: dict[Any, Any] = attrs.field(factory=dict)
    hits: int = 0
    misses: int = 0


CACHE = "__epic_cache__"


def cache_of(wrapper: Any) -> Cache:
    """The memory of a cached function.

    Why: among its own attributes, since what it remembers may lead back to it.
    """
    own = vars(wrapper)
    found: Cache | None = own.get(CACHE)
    if found is None or found.wrapper() is not wrapper:
        found = own[CACHE] = Cache(weakref.ref(wrapper), **wrapper.cache_parameters())
    return found


def cached(cache: Cache, function: Any, args: Any, kwargs: Any) -> Any:
    """A call of what `functools.lru_cache` or `functools.cache` made."""
    table = cache.table
    key = functools._make_key(args, kwargs, cache.typed)
    if key in table:
        cache.hits += 1
        value = table[key]
        if cache.maxsize is not None:
            del table[key]
            table[key] = value
        return value
    cache.misses += 1
    value = function(*args, **kwargs)
    if cache.maxsize != 0:
        table[key] = value
        if cache.maxsize is not None and len(table) > cache.maxsize:
            del table[list(table)[0]]  # noqa: RUF015 - `next` would take its turn
    return value


def cache_info(cache: Cache) -> Any:
    """`cache_info` of a cached function."""
    info = functools._CacheInfo
    return info(cache.hits, cache.misses, cache.maxsize, len(cache.table))


def cache_clear(cache: Cache) -> None:
    """`cache_clear` of a cached function."""
    cache.table.clear()
    cache.hits = cache.misses = 0


PATTERN_METHODS: dict[str, Callable[..., Any]] = {"sub": sub_by, "subn": substituted}
CACHE_METHODS: dict[str, Callable[..., Any]] = {
    "cache_info": cache_info,
    "cache_clear": cache_clear,
}

CALLERS: frozenset[type] = frozenset(
    {re.Pattern, functools._lru_cache_wrapper, contextvars.Context}
)
"""Types with builtin methods that call back, or have a script instead."""

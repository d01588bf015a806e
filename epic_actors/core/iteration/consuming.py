"""What takes the items of generators of the script's, as scripts.

Native code cannot wait in a generator that it iterates over.  So what the library does
with an iterable is written down here, for the case that one of the script's generators is
among the arguments; lazy iterators are generators themselves.
"""

import collections
import functools
import heapq
import itertools
import operator
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FunctionType
from typing import Any

from epic_actors.core.closures import Beginning
from epic_actors.core.generators import generated_of
from epic_actors.core.language import substitutes
from epic_actors.core.language.prelude import MISSING, close, step
from epic_actors.core.memory.reach import owner_of
from epic_actors.core.memory.wire import Wire, deref

from . import grouping, iterating


def itself(items: Any) -> Any:
    """`iter` of a generator."""
    return items


def enumerate_(items: Any, start: int = 0) -> Iterator[Any]:
    """`enumerate`."""
    index = start
    for item in items:
        yield index, item
        index += 1


def zip_(*columns: Any, strict: bool = False) -> Iterator[Any]:
    """`zip`."""
    sources = [source_of(column) for column in columns]
    while True:
        row: list[Any] = []
        for source in sources:
            more, item = step(source, False, None)
            if not more:
                break
            row.append(item)
        if len(row) < len(sources):
            break
        yield tuple(row)
    if strict:
        check_lengths(sources, len(row))


def source_of(column: Any) -> Any:
    """A generator of a column's items, which can be taken back."""
    return chain(column)


def check_lengths(sources: list[Any], ended: int) -> None:
    """What `zip(strict=True)` has to say when one of its arguments has ended."""
    if ended:
        before = "argument 1" if ended == 1 else f"arguments 1-{ended}"
        raise ValueError(f"zip() argument {ended + 1} is shorter than {before}")
    for number in range(1, len(sources)):
        more, _ = step(sources[number], False, None)
        if more:
            before = "argument 1" if number == 1 else f"arguments 1-{number}"
            raise ValueError(f"zip() argument {number + 1} is longer than {before}")


def map_(function: Any, first: Any, *columns: Any) -> Iterator[Any]:
    """`map`."""
    for row in zip(first, *columns):  # noqa: B905
        yield function(*row)


def filter_(function: Any, items: Any) -> Iterator[Any]:
    """`filter`."""
    for item in items:
        if item if function is None or function is bool else function(item):
            yield item


def islice(items: Any, *bounds: Any) -> Iterator[Any]:
    """`itertools.islice`."""
    taken = slice(*bounds)
    start, pace, stop = taken.start or 0, taken.step or 1, taken.stop
    wanted, index, item = start, 0, None
    while stop is None or wanted < stop:
        while index <= wanted:
            more, item = step(items, False, None)
            if not more:
                return
            index += 1
        yield item
        wanted += pace
    while index < stop:
        more, _ = step(items, False, None)
        if not more:
            return
        index += 1


def chain(*columns: Any) -> Iterator[Any]:
    """`itertools.chain`."""
    for column in columns:
        yield from column


def chain_all(columns: Any) -> Iterator[Any]:
    """`itertools.chain.from_iterable`."""
    for column in columns:
        yield from column


def takewhile(function: Any, items: Any) -> Iterator[Any]:
    """`itertools.takewhile`."""
    for item in items:
        if not function(item):
            break
        yield item


def dropwhile(function: Any, items: Any) -> Iterator[Any]:
    """`itertools.dropwhile`."""
    dropping = True
    for item in items:
        if dropping and function(item):
            continue
        dropping = False
        yield item


def filterfalse(function: Any, items: Any) -> Iterator[Any]:
    """`itertools.filterfalse`."""
    for item in items:
        if not (item if function is None else function(item)):
            yield item


def starmap(function: Any, rows: Any) -> Iterator[Any]:
    """`itertools.starmap`."""
    for row in rows:
        yield function(*row)


def accumulate(
    items: Any, function: Any = None, *, initial: Any = None
) -> Iterator[Any]:
    """`itertools.accumulate`."""
    if function is None:
        function = operator.add
    total = initial
    started = initial is not None
    if started:
        yield total
    for item in items:
        total = function(total, item) if started else item
        started = True
        yield total


def pairwise(items: Any) -> Iterator[Any]:
    """`itertools.pairwise`."""
    before = MISSING
    for item in items:
        if before is not MISSING:
            yield before, item
        before = item


BATCHED: Any = getattr(itertools, "batched", None)
"""CPython's own, since 3.12."""


def batched(items: Any, *given: Any, **options: Any) -> Any:
    """`itertools.batched`; CPython sees to what else is given."""
    BATCHED((), *given, **options)
    return batches(items, *given, **options)


def batches(items: Any, n: Any, **options: Any) -> Iterator[Any]:
    """The items, so many at a time; CPython sees to the last ones."""
    row: list[Any] = []
    for item in items:
        row.append(item)
        if len(row) == n:
            yield tuple(row)
            row = []
    if row:
        yield from BATCHED(row, n, **options)


def compress(items: Any, selectors: Any) -> Iterator[Any]:
    """`itertools.compress`."""
    for item, wanted in zip_(items, selectors):
        if wanted:
            yield item


def zip_longest(*columns: Any, fillvalue: Any = None) -> Iterator[Any]:
    """`itertools.zip_longest`."""
    sources = [source_of(column) for column in columns]
    going = len(sources)
    while going:
        row: list[Any] = []
        for number, source in enumerate(sources):
            more, item = (False, None) if source is None else step(source, False, None)
            if not more and source is not None:
                sources[number] = None
                going -= 1
            row.append(item if more else fillvalue)
        if going:
            yield tuple(row)


def cycle(items: Any) -> Iterator[Any]:
    """`itertools.cycle`."""
    saved: list[Any] = []
    for item in items:
        saved.append(item)
        yield item
    while saved:
        yield from saved


def tee(items: Any, n: Any = 2) -> tuple[Any, ...]:
    """`itertools.tee`; CPython sees to the number."""
    items = iter(items)
    queues: list[Any] = [collections.deque() for _ in itertools.tee((), n)]
    return tuple([queued(items, queue, queues) for queue in queues])


def queued(items: Any, queue: Any, queues: list[Any]) -> Iterator[Any]:
    """What one of several takes from a generator, which all of them get."""
    while True:
        if not queue:
            more, item = step(items, False, None)
            if not more:
                break
            for other in queues:
                other.append(item)
        yield queue.popleft()


def contains(items: Any, wanted: Any) -> bool:
    """`operator.contains`."""
    return wanted in items


def count_of(items: Any, wanted: Any) -> int:
    """`operator.countOf`."""
    count = 0
    for item in items:
        if item is wanted or item == wanted:
            count += 1
    return count


def index_of(items: Any, wanted: Any) -> int:
    """`operator.indexOf`."""
    for index, item in enumerate_(items):
        if item is wanted or item == wanted:
            return index  # type: ignore[no-any-return]
    return operator.indexOf((), wanted)


# Methods of containers, which have taken in what came before a failure


def extend(holder: Any, items: Any) -> None:
    """`deque.extend`."""
    for item in items:
        holder.append(item)


def extend_list(holder: Any, items: Any) -> None:
    """`list.extend`."""
    if has_own_length(items):
        iterating.extend_list(holder, items)
    else:
        extend(holder, items)


def extendleft(holder: Any, items: Any) -> None:
    """`deque.extendleft`."""
    for item in items:
        holder.appendleft(item)


def update_set(holder: Any, *columns: Any) -> None:
    """`set.update`."""
    for column in columns:
        for item in column:
            holder.add(item)


def update_dict(holder: Any, pairs: Any, /, **named: Any) -> None:
    """`dict.update` with pairs."""
    for index, pair in enumerate_(pairs):
        if has_own_items(pair):
            pair = list(pair)  # noqa: PLW2901
        if type(pair) not in (tuple, list) or len(pair) != 2:
            # Why: CPython says what is wrong with it, and where it stands.
            [*_, pair] = dict([*((at, 0) for at in range(index)), pair]).items()  # noqa: PLW2901
        holder[pair[0]] = pair[1]
    holder.update(named)


def intersection(holder: set[Any], *columns: Any) -> set[Any]:
    """`set.intersection`."""
    found = holder
    for column in columns:
        found = common(found, column)
    return holder.copy() if found is holder else found


def common(holder: set[Any], column: Any) -> set[Any]:
    """What stands in both; CPython takes no more items once it has found them all."""
    if isinstance(column, set | frozenset):
        return holder.intersection(column)
    found: set[Any] = set()
    for item in column:
        if item in holder:
            found.add(item)
            if STOPS_EARLY and len(found) >= len(holder):
                break
    return found


def intersect(holder: set[Any], *columns: Any) -> None:
    """`set.intersection_update`."""
    holder.intersection_update(intersection(holder, *columns))


def _stops_early() -> bool:
    items = iter((1, 2))
    return bool({1}.intersection(items)) and next(items, None) is not None


STOPS_EARLY = _stops_early()


def is_disjoint(holder: Any, items: Any) -> bool:
    """`set.isdisjoint`."""
    return all(item not in holder for item in items)


def is_superset(holder: Any, items: Any) -> bool:
    """`set.issuperset`."""
    return all(item in holder for item in items)


def sliced(holder: Any, value: Any) -> Any:
    """What is stored by `holder[i:j] = value`."""
    if type(holder) is list and is_generated(value):
        return [item for item in value]  # noqa: C416 - the loop is what this is for
    if type(holder) is list and has_own_items(value):
        return list(value)
    return value


def has_own_items(value: Any) -> bool:
    """Whether going over a value begins with Python code."""
    return isinstance(getattr(type(value), "__iter__", None), FunctionType)


def has_own_length(value: Any) -> bool:
    """Whether Python code says how many items there are."""
    return isinstance(getattr(type(value), "__len__", None), FunctionType)


def with_lists(function: Any, marks: Any, *args: Any, **named: Any) -> Any:
    """Anything that takes in all items of the marked arguments before it does more."""
    listed = []
    for mark, value in zip_(marks, args):
        listed.append(iterating.collected(value) if mark else value)
    return function(*listed, **named)


def is_generated(value: Any) -> bool:
    """Whether a value is a generator of the script's."""
    return generated_of(deref(value)) is not None


LAZY: dict[Any, Callable[..., Any]] = {
    iter: itself,
    enumerate: enumerate_,
    zip: zip_,
    map: map_,
    filter: filter_,
    functools.reduce: substitutes.reduce,
    heapq.nlargest: substitutes.nlargest,
    heapq.nsmallest: substitutes.nsmallest,
    operator.contains: contains,
    operator.countOf: count_of,
    operator.indexOf: index_of,
    itertools.islice: islice,
    itertools.chain: chain,
    itertools.takewhile: takewhile,
    itertools.dropwhile: dropwhile,
    itertools.filterfalse: filterfalse,
    itertools.starmap: starmap,
    itertools.accumulate: accumulate,
    itertools.pairwise: pairwise,
    itertools.compress: compress,
    itertools.zip_longest: zip_longest,
    itertools.cycle: cycle,
    itertools.tee: tee,
    itertools.groupby: grouping.groupby,
    BATCHED: batched,
}
_BEHIND_A_FUNCTION: frozenset[Any] = frozenset(
    {map, filter, itertools.filterfalse, itertools.starmap}
    | {itertools.takewhile, itertools.dropwhile}
)
_IN_FRONT: frozenset[Any] = frozenset(
    {enumerate, itertools.islice, itertools.accumulate, itertools.groupby, BATCHED}
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
    (list, "extend"): extend_list,
    (collections.deque, "extend"): extend,
    (collections.deque, "extendleft"): extendleft,
    (dict, "update"): update_dict,
    (set, "update"): update_set,
    (set, "intersection"): intersection,
    (set, "intersection_update"): intersect,
    (set, "isdisjoint"): is_disjoint,
    (set, "issuperset"): is_superset,
}
_LISTED_METHODS = {
    str: ("join",),
    bytes: ("join",),
    set: (
        *("difference", "union", "symmetric_difference", "issubset"),
        *("difference_update", "symmetric_difference_update"),
    ),
    collections.Counter: ("update", "subtract"),
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


def at_once(items: Any) -> Callable[..., Any] | None:
    """What collects a `filter` that has not begun: its decisions then overlap."""
    generated = generated_of(items)
    assert generated is not None
    is_filter = generated.function.code is filter_.__code__
    if not is_filter or type(generated.rest) is not Beginning:
        return None
    return functools.partial(filtered, *generated.values)


def filtered(function: Any, items: Any, generator: Any) -> list[Any]:
    """All that `filter` would give, in place of the generator that was to give it."""
    close(generator)
    if function is None or function is bool:
        return [item for item in items if item]
    return [item for item in items if function(item)]


def taking(function: Any, args: tuple[Any, ...]) -> Callable[..., Any] | None:
    """The script to run instead of a native function that is given generators."""
    marks = tuple(map(is_generated, args))
    if not any(marks):
        return chain_all if chains(function, args, may_be_generated) else None
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
        return chain_all
    name = "" if owner is None else getattr(function, "__name__", "")
    for kind in type(owner).__mro__[:-1]:
        if (kind, name) in METHODS:
            return functools.partial(METHODS[kind, name], owner)
        if (kind, name) in LISTED_METHODS:
            return functools.partial(with_lists, function, marks)
    try:
        lazy = LAZY.get(function)
    except TypeError:
        return None
    if lazy is None and collects(function):
        places = gone_over(function, len(marks))
        read = tuple([mark and at in places for at, mark in enumerate(marks)])
        none = marks and not any(read)
        return None if none else functools.partial(with_lists, function, read)
    return lazy


def collects(function: Any) -> bool:
    """Whether a function takes in all items of its arguments when it is called."""
    return function in LISTED or is_reading(function) or makes_keys(function)


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
    return is_generated(value)


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

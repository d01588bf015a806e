"""What takes the items of generators of the script's, as scripts.

Native code cannot wait in a generator that it iterates over.  So what the library does
with an iterable is written down here, for the case that one of the script's generators is
among the arguments; lazy iterators are generators themselves.
"""

import collections
import itertools
import operator
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from epic_actors.core.generators import generated_of
from epic_actors.core.language.prelude import MISSING, close, step
from epic_actors.core.memory.wire import deref

from . import iterating


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


def map_until(function: Any, first: Any, *columns: Any) -> Iterator[Any]:
    """`map` of a function that may say that there is no more."""
    for row in zip(first, *columns):  # noqa: B905
        try:
            item = function(*row)
        except StopIteration:
            return
        yield item


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


def starmap_until(function: Any, rows: Any) -> Iterator[Any]:
    """`itertools.starmap` of a function that may say that there is no more."""
    for row in rows:
        try:
            item = function(*row)
        except StopIteration:
            return
        yield item


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
# They call none of a derived class's own, as CPython's do not.


def extend(holder: Any, items: Any) -> None:
    """`list.extend`, `deque.extend`."""
    kind = list if isinstance(holder, list) else collections.deque
    for item in items:
        kind.append(holder, item)


def extend_list(holder: Any, items: Any) -> None:
    """`list.extend`."""
    if has_own_length(items):
        iterating.extend_list(holder, items)
    else:
        extend(holder, items)


def extendleft(holder: Any, items: Any) -> None:
    """`deque.extendleft`."""
    for item in items:
        collections.deque.appendleft(holder, item)


def update_set(holder: Any, *columns: Any) -> None:
    """`set.update`."""
    for column in columns:
        for item in column:
            set.add(holder, item)


def update_dict(holder: Any, pairs: Any, /, **named: Any) -> None:
    """`dict.update` with pairs."""
    kind = type(holder) if isinstance(holder, collections.OrderedDict) else dict
    for index, pair in enumerate_(pairs):
        if has_own_items(pair):
            pair = list(pair)  # noqa: PLW2901
        if type(pair) not in (tuple, list) or len(pair) != 2:
            # Why: CPython says what is wrong with it, and where it stands.
            [*_, pair] = dict([*((at, 0) for at in range(index)), pair]).items()  # noqa: PLW2901
        kind.__setitem__(holder, pair[0], pair[1])
    for name, value in named.items():
        kind.__setitem__(holder, name, value)


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


def filtered(function: Any, items: Any, generator: Any) -> list[Any]:
    """All that `filter` would give, in place of the generator that was to give it."""
    close(generator)
    if function is None or function is bool:
        return [item for item in items if item]
    return [item for item in items if function(item)]

"""The standard library with pending arguments, in exact virtual seconds."""

# Scripts under test are written as users write them.
# ruff: noqa: DTZ001, ICN001, RUF058, UP031, UP032
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, var-annotated, attr-defined, arg-type, call-arg, misc, operator, union-attr, has-type"

import bisect
import collections
import copy
import dataclasses
import datetime
import enum
import functools
import heapq
import itertools
import json
import operator
import random
import re
import statistics
import string
import textwrap
import types
import typing
from typing import Any, NamedTuple, TypedDict

import attrs
import pytest

from tests.core.rows import both_ways
from tests.litmus.table import Bad, Row, Table, ask, check, check_positive, f, g, log


table = Table()
takes = table.takes


@dataclasses.dataclass
class Point:
    """A record that only stores."""

    x: Any
    y: Any = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    """A record that does not change."""

    x: Any
    tags: list[Any] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(order=True)
class Asking:
    """A record whose parts ask."""

    x: Any
    factor: dataclasses.InitVar[int] = 1
    made: Any = dataclasses.field(default_factory=lambda: g(7, 1))
    asked: Any = dataclasses.field(init=False, default=None)

    def __post_init__(self, factor):
        self.asked = g(self.x * factor, 1)


@attrs.define
class Converted:
    """A record that converts and looks at what it is given."""

    x: Any = attrs.field(converter=lambda x: g(x, 1), validator=lambda *a: log(a[2]))
    y: Any = attrs.field(factory=lambda: g([], 1))


@attrs.frozen
class Strict:
    """A record with the library's own validators."""

    x: int = attrs.field(validator=attrs.validators.instance_of(int), converter=int)
    double: int = attrs.field(default=attrs.Factory(lambda s: s.x * 2, takes_self=True))


class Pair(NamedTuple):
    """A tuple with names."""

    left: Any
    right: Any = 0

    def both(self):
        """Its parts."""
        return self.left, self.right


class Movie(TypedDict, total=False):
    """A dictionary with known keys."""

    name: Any


class Color(enum.Enum):
    """An enumeration."""

    RED = 1


# Records


@takes(2)
def records_move_what_is_pending():
    p, q, pair = Point(f(1), y=f(1)), Frozen(f(1)), Pair(f(1))
    space, movie = types.SimpleNamespace(a=f(1)), Movie(name=f(1))
    later = g(5, 1)
    q.tags.append(later)
    return p, q, pair, space, movie, g(1, 1), g(p.x, 1)


@takes(1)
def a_record_does_not_wait_for_its_fields():
    out = []
    for i in range(3):
        point = Point(g(i, 1))
        out.append((point, g(i, 1)))
    return out


@takes(2)
def factories_and_post_init_of_the_script():
    one, two = Asking(f(1)), Asking(f(1), 2)
    return one, two, one.asked < two.asked


@takes(1.7)
def converters_and_validators_of_the_script():
    made = [Converted(g(1, 0.5)), Converted(g(2, 0.5), y=3)]
    return [(m.x, m.y) for m in made]


@takes(1)
def validators_of_the_library():
    made = Strict(g("3", 1))
    return made.x, made.double


@takes(1)
def a_record_that_refuses():
    try:
        return Strict(g("three", 1))
    except ValueError as error:
        return str(error)


@takes(0)
def records_given_wrong_arguments():
    found = []
    for cls, args in ((Point, ()), (Converted, (1, 2, 3)), (Pair, ()), (Strict, ())):
        try:
            found.append(cls(*args))
        except TypeError as error:
            found.append(str(error))
    return found


@takes(1)
def records_are_replaced_and_taken_apart():
    p = Point(f(1), 2)
    return (
        dataclasses.replace(p, y=f(1)),
        dataclasses.asdict(p),
        attrs.evolve(Strict(1), x=f(1)),
        Pair(1)._replace(right=f(1)),
        Pair(f(1)).both(),
        Pair(f(1))._asdict(),
    )


@takes(1)
def enumerations():
    return Color(f(1)) is Color.RED, Color[g("RED", 1)].value, Color(f(1)).name


# Functions of functions


@takes(1)
def partials_hold_what_is_pending():
    made = functools.partial(Point, f(1), y=f(1))
    call = functools.partial(g, 1)
    return made(), call(1), made(y=2), made.args


@takes(2)
def a_cached_function_of_the_script():
    @functools.cache
    def look_up(key):
        return g(key, 1)

    found = [look_up(key) for key in (1, 2, 1, 1)]
    look_up(found[0])
    info = look_up.cache_info()
    look_up.cache_clear()
    return found, info, look_up(2)


@takes(2)
def a_cache_that_forgets():
    @functools.lru_cache(maxsize=2)
    def look_up(key, *, scale=1):
        return g(key * scale, 1)

    keys = (1, 2, 1, 3, 1, 2)
    found = [look_up(key) for key in keys]
    return found, look_up.cache_info(), look_up(g(1, 1), scale=2)


@takes(1)
def what_is_cached_is_shared():
    @functools.cache
    def made(key):
        return [f(key)]

    made(1).append(2)
    return made(1), made(1) is made(1)


@takes(0)
def a_cached_function_that_asks_nothing():
    @functools.cache
    def fibonacci(n):
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    return fibonacci(30)


@takes(2)
def one_function_for_many_types():
    @functools.singledispatch
    def show(x):
        return g(str(x), 1)

    @show.register(list)
    def _(x):
        return g(len(x), 1)

    return show(1), show([1, 2]), show(g([1], 1))


@takes(1)
def wrapped_functions_and_orders():
    def twice(function):
        @functools.wraps(function)
        def inner(*args):
            return function(*args), function(*args)

        return inner

    @functools.total_ordering
    class Size:
        def __init__(self, n):
            self.n = n

        def __lt__(self, other):
            return self.n < other.n

        def __eq__(self, other):
            return self.n == other.n

    named = twice(better)
    return named(1), named.__name__, Size(1) >= Size(f(1)), Size(1) <= Size(2)


def better(x):
    """Ask."""
    return g(x + 1, 1)


@takes(3)
def reducing():
    chained = functools.reduce(lambda a, b: g(a + b, 1), [1, 2, 3, 4])
    added = functools.reduce(operator.add, [f(1), f(1)], f(1))
    return chained, added, functools.reduce(max, [3, 1])


@takes(0)
def reducing_nothing():
    try:
        return functools.reduce(lambda a, b: g(a, b), [])
    except TypeError as error:
        return str(error)


# Iteration


@takes(1)
def mapping():
    xs = [1, 2, 3]
    pending = [g(x, 1) for x in xs]
    return (
        list(map(better, xs)),
        list(map(operator.neg, pending)),
        list(map(pow, pending, xs)),
        [*map(lambda x: g(x, 1), xs)],
        sum(map(better, xs)),
    )


@takes(1)
def filtering():
    pending = [g(x, 1) for x in (0, 1, 2)]
    return (
        list(filter(None, pending)),
        sorted(filter(lambda x: x > 0, pending)),
        "".join(filter(lambda x: x > "a", "ab")),
        [*itertools.filterfalse(None, pending)],
    )


@takes(2)
def mapping_a_pending_function():
    function = g(better, 1)
    return list(map(function, [1, 2, 3])), sorted([2, 1], key=g(better, 1))


@takes(2)
def moving_pending_elements():
    xs = [g(x, 1) for x in range(3)]
    out = []
    for i, (x, y) in enumerate(zip(xs, reversed(xs))):
        out.append((i, g((x, y), 1)))
    ys = list(itertools.chain(xs, tuple(xs)))[1:4] + xs * 2
    return out, ys, len(ys), list(itertools.islice(xs, 1, None)), tuple(xs)


@takes(1)
def nothing_waits_for_what_is_moved():
    xs = [g(x, 1) for x in range(3)]
    pairs = dict(zip("abc", xs)) | {"d": g(3, 1)}
    moved = [*xs, *reversed(xs)], {**pairs}, list(pairs.values()), copy.copy(xs)
    first, *rest = xs
    return moved, g(len(pairs), 1), g(len(xs[1:]), 1), first, rest


@takes(5)
def any_and_all_wait_one_by_one():
    xs = [g(x, x + 1) for x in (0, 1, 3)]
    return g(1, 3) if any(xs) else 0, g(1, 3) if not all(xs) else 0


@takes(1)
def all_stops_at_the_first():
    return all([g(1, 1), g(0, 1), g(1, 1)]), any([]), all([g([], 1)])


@takes(1)
def iterators_of_the_library():
    xs = [g(x, 1) for x in (3, 1, 2)]
    return (
        list(itertools.accumulate(xs)),
        list(itertools.accumulate(xs, operator.mul, initial=f(1))),
        list(itertools.product(xs, repeat=2))[3],
        list(itertools.zip_longest(xs, [1], fillvalue=f(1))),
        list(itertools.pairwise(xs)),
        list(itertools.islice(itertools.count(f(1)), 3)),
        list(itertools.islice(itertools.cycle(xs), 5)),
        list(itertools.repeat(f(1), 2)),
        list(itertools.starmap(pow, zip(xs, xs))),
        list(itertools.takewhile(lambda x: x > 2, xs)),
        list(itertools.dropwhile(lambda x: x > 2, xs)),
        list(itertools.filterfalse(lambda x: x > 2, xs)),
        [list(it) for it in itertools.tee(xs, 2)],
        list(itertools.combinations(xs, 2)),
        list(itertools.permutations(xs, 2)),
        list(itertools.compress(xs, [1, 0, f(1)])),
        [(k, list(group)) for k, group in itertools.groupby(xs, lambda x: x > 1)],
    )


@takes(2)
def iterators_that_ask():
    xs = [g(x, 1) for x in (1, 2, 3)]
    return (
        list(itertools.starmap(g, [(1, 1), (2, 1)])),
        list(itertools.accumulate(xs[:2], lambda a, b: g(a + b, 1))),
    )


@takes(3)
def grouping_by_asking():
    groups = itertools.groupby([1, 1, 2], lambda x: g(x, 1))
    return [(key, list(group)) for key, group in groups]


@takes(1)
def sorting_and_ranking():
    xs = [g(x, 1) for x in (3, 1, 2)]
    ys = [3, 1, 2]
    return (
        sorted(xs),
        sorted(ys, key=lambda x: g(-x, 1)),
        max(ys, key=lambda x: g(-x, 1)),
        heapq.nlargest(2, ys, key=lambda x: g(-x, 1)),
        min(xs, default=0),
        max(*xs),
        sum(xs, f(1)),
    )


@takes(3)
def sequential_calls_in_an_iterator():
    return list(map(log, range(30)))


@takes(3)
def nothing_is_mapped_that_nobody_takes():
    found = []
    for x in map(better, [1, 2, 3]):
        if x > 2:
            break
        found.append(x)
    mapped = map(better, itertools.count())
    return found, next(mapped), next(mapped), list(zip("ab", map(better, [1, 2, 3])))


@takes(1)
def nothing_is_decided_that_nobody_asks_for():
    return any(map(better, [1, 2])), next(filter(lambda x: g(x, 0), [0, 1, 2]))


@takes(1)
def iterators_see_what_is_appended():
    xs = [f(1)]
    mapped, zipped = map(str, xs), zip(xs, xs)
    xs.append(f(1))
    return list(mapped), list(zipped), next(mapped, None)


# Text


@takes(1)
def formats():
    x, y = f(1), g("a", 1)
    return (
        "{} {!r:>4} {a}".format(x, y, a=y),
        "{a} {b[0]}".format_map({"a": x, "b": [y]}),
        "%s %d" % (y, x),
        "%(a)s" % {"a": x},
        "%r" % y,
        f"{x:>3} {y!r}",
        "-".join([y, g("b", 1)]),
        string.Template("$a").substitute(a=x),
        textwrap.shorten(g("word word", 1), 4),
        string.capwords(y),
    )


@takes(2)
def texts_are_texts_at_once():
    lines = [ask(line) for line in "ab"]
    return ask("%s and %s" % tuple(lines)), ask("{} {}".format(*lines))


@takes(1)
def a_replacement_that_asks():
    text = re.sub(r"\d", lambda match: ask(match.group()), "a1b2")
    pattern = re.compile("x*")
    again = pattern.sub(lambda m: ask("-"), "abxd", count=3)
    return text, again, re.subn("a", lambda m: "b", ask("aaa"))


@takes(1)
def patterns():
    text = ask("a1b22")
    found = re.search(r"\d+", text)
    return (
        found.group(),
        found.span(),
        re.findall(r"\d+", text),
        re.split(r"\d", text),
        [m.start() for m in re.finditer(r"\d+", text)],
        re.compile("A").match(text) is None,
    )


@takes(2)
def matching_holds_nothing_back():
    found = [re.match(r"(\w)", ask(word)).group(1) for word in ("ab", "cd")]
    return [ask(word) for word in found]


@takes(1)
def json_texts():
    data = {"a": [f(1), {"b": ask("x")}]}
    return json.dumps(data), json.loads(g("[1, 2]", 1)), json.dumps(f(1), indent=2)


# Containers


@takes(1)
def deques_and_counters():
    d = collections.deque([f(1), 2], maxlen=3)
    d.append(f(1))
    d.appendleft(f(1))
    counts = collections.Counter([f(1), 1, 2])
    counts[f(1)] += 1
    counts.update("ab")
    return d, len(d), d.popleft(), counts, counts.most_common(1), counts["none"]


@takes(1)
def dictionaries_of_the_library():
    groups = collections.defaultdict(list)
    for word in ("ab", "ac", "b"):
        groups[word[0]].append(ask(word))
    ordered = collections.OrderedDict(a=f(1))
    ordered["b"] = f(1)
    ordered.move_to_end("a")
    chain = collections.ChainMap({"a": f(1)}, {"b": 2})
    chain["c"] = f(1)
    user = collections.UserDict(a=f(1))
    user["b"] = f(1)
    return groups, ordered, len(ordered), chain["a"], chain["c"], len(chain), user.data


@takes(1)
def a_default_of_the_script():
    made = collections.defaultdict(lambda: [len(made)])
    f(1)
    made["a"].append(f(1))
    return made["a"], made["b"], made


@takes(1)
def a_chain_of_maps_shares_its_maps():
    d = {"a": 1}
    chain = collections.ChainMap(d)
    chain["b"] = f(1)
    return len(d), d


@takes(1)
def copies():
    inner = [f(1)]
    outer = [inner, Point(f(1))]
    shallow, deep = copy.copy(outer), copy.deepcopy(outer)
    shallow[0].append(2)
    deep[0].append(3)
    return outer, shallow, deep, copy.copy(outer[1]), copy.copy({"a": f(1)})


@takes(1)
def heaps_and_sorted_lists():
    heap = [g(x, 1) for x in (3, 1, 2)]
    heapq.heapify(heap)
    heapq.heappush(heap, f(1))
    ordered = [1, 3]
    bisect.insort(ordered, g(2, 1))
    return heapq.heappop(heap), heap, ordered, bisect.bisect(ordered, f(1))


@takes(1)
def operators_by_name():
    x, xs = f(1), [f(1)]
    operator.setitem(xs, 0, f(1))
    return (
        operator.add(x, 1),
        operator.itemgetter(0)(xs),
        operator.attrgetter("x")(Point(x)),
        operator.methodcaller("count", 1)(xs),
        operator.concat(xs, [f(1)]),
        operator.contains(xs, f(1)),
        statistics.mean([f(1), 3]),
    )


@takes(1)
def attributes_by_name():
    p = Point(f(1))
    setattr(p, "y", f(1))
    delattr(p, "x")
    return getattr(p, "y"), getattr(p, "x", 5), hasattr(p, "x"), vars(p)


# Resources


@takes(1)
def random_numbers_in_order():
    rng = random.Random(1)
    first = rng.random()
    picked = rng.choice([f(1), 2])
    xs = [1, 2, 3]
    rng.shuffle(xs)
    return first, picked, xs, rng.randint(1, f(1) + 5), rng.sample([1, 2, 3], 2)


@takes(1)
def dates():
    day = datetime.date(2020, f(1), 1)
    later = day + datetime.timedelta(days=f(1))
    return later.isoformat(), day < later, datetime.datetime(2020, 1, 1).strftime("%Y")


@takes(1)
def types_by_name():
    return typing.cast("int", f(1)), callable(f), isinstance(f(1), (int, str))


# What a failure takes back


@takes(1)
def containers_are_taken_back():
    d, xs, s = {"b": 1, "a": 2}, [3, 1], {1}
    q, ordered = collections.deque([1], 2), collections.OrderedDict(b=1, a=2)
    p, groups = Point(1), collections.defaultdict(list)
    try:
        check_positive(-1)
        d["c"] = d.pop("b")
        xs.sort()
        xs.insert(0, xs.pop())
        s.update({2}, {3})
        q.extend([2, 3])
        ordered.move_to_end("b")
        ordered["c"] = 3
        del p.x
        p.z = 5
        groups["new"].append(1)
    except Bad:
        pass
    return d, list(d), xs, s, q, ordered, vars(p), groups


@takes(1)
def an_iterator_that_is_read_ahead_is_put_back():
    it = iter([1, 2, 3])
    try:
        check_positive(-1)
        found = list(it)
    except Bad:
        found = None
    return found, list(it)


@takes(2)
def what_is_still_put_into_a_list_may_be_what_is_written():
    inner, outer = ["a"], []
    for found in g([inner], 1):
        outer.append(found)
    read = [item[0].lower() for item in outer]
    inner[0] = "b"
    return g(inner[0], 1), read, outer


@pytest.mark.parametrize(("row", "fusion"), both_ways(table))
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)

"""What real programs found when expressions inside them were made pending."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN202, ANN204
# mypy: disable-error-code="no-untyped-def, no-untyped-call, no-any-return, var-annotated, attr-defined, operator, union-attr, arg-type"

import copy
import functools
import itertools
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()


@outside.unordered
def later(x):
    """Give the argument, later."""
    return x


@outside.sequential
def note(x):
    """Take note of something, in order."""


def begun():
    """A list that is not known to be whole, and an iterator over it."""
    rows = [7, 8, 9, 10, 11]
    if later(0):
        rows.append(12)
    return iter(rows)


def same(x):
    """Pass on."""
    return x


def takes_one_more():
    """What the body of a loop takes from its iterator, the loop does not get."""
    rows = begun()
    return [(row, next(rows, None), next(rows, None)) for row in same(rows)]


def by_twos():
    """One iterator twice in a `zip`."""
    rows = begun()
    pairs = [later(pair) for pair in zip(rows, rows, strict=False)]
    return pairs, [later(row) for row in rows]


def left_early():
    """Who loops over the rest of an iterator gets the rest."""
    rows, first = enumerate(begun()), []
    for number, row in rows:
        first.append(row)
        if number == 1:
            break
    return first, [later(row) for row in rows]


def slices_of_one():
    """Slices of one iterator, one behind the other."""
    rows = begun()
    parts = itertools.chain(itertools.islice(rows, 2), [0], itertools.islice(rows, 2))
    return [later(part) for part in parts], [later(row) for row in rows]


def spread_twice():
    """An iterator is at its end when it has been spread out."""
    rows = begun()
    return [*rows, 0, *rows], [later(row) for row in rows]


def in_a_generator():
    """A generator expression takes from the iterator that it was given."""
    rows = begun()
    found = (row for row in rows)
    return [next(found), next(rows), next(found), next(rows)]


def read_behind_another():
    """An item is taken from an iterator after another was put around it."""
    rows = begun()
    numbered = enumerate(rows)
    return next(rows), [(row, next(rows, None)) for row in numbered]


def left_when_told():
    """A loop is left when an answer says so, and another goes on."""
    rows, first = iter([1, 2, 3, 4, 5, 6]), []
    for row in rows:
        if later(row == 2):
            break
        first.append(row)
    for pair in zip(rows, rows, strict=False):
        if later(pair[0] == 3):
            break
    return first, [later(row) for row in rows]


def taken_in_a_branch():
    """What an undecided branch takes, nobody else gets."""
    rows, found = iter([1, 2, 3, 4, 5, 6]), []
    if later(1):
        found.append(list(itertools.islice(rows, 2)))
    found.append(list(itertools.islice(rows, 2)))
    if later(1):
        for row in rows:
            found.append([row])
            break
    return found, [later(row) for row in rows]


class Pair(NamedTuple):
    """Two values and a method."""

    left: Any
    right: Any = None

    def swapped(self):
        """The other way round."""
        return Pair(self.right, self.left)


def methods_of_tuples():
    """A method of a tuple in which something is still pending."""
    pair = Pair(later(1))
    methods = [pair.swapped, (later(2), 3).index]
    return later(methods)[0](), [method.__self__ for method in methods]


class Countdown:
    """Counts down when it is called, and has items by their numbers."""

    def __init__(self, n):
        self.n = n

    def __call__(self):
        """The next number, until there is none."""
        self.n -= 1
        if self.n < 0:
            raise StopIteration
        return later(self.n)

    def __getitem__(self, index):
        """The numbers from below."""
        self.n -= 1
        if self.n < 0:
            raise IndexError(index)
        return later(index)


def called_until():
    """`iter` of a function and the value that ends it."""
    rows, found = [1, 2, 3], []
    for row in iter(lambda: later(rows.pop()), 1):
        found.append(row)
    numbers = iter(Countdown(4), 0)
    found += [next(numbers), *numbers, next(numbers, "end")]
    return found, dict(enumerate(iter(Countdown(3), 9)))


def items_by_number():
    """`iter` of what has items by their numbers, and no more."""
    numbers, others, found = iter(Countdown(4)), iter(Countdown(4)), []
    found += [next(numbers), *numbers, next(numbers, "end")]
    for number in others:
        if later(number == 1):
            break
    return found, [next(others, 5), *others]


class Kept:
    """Counts how often its attribute is computed, and is read meanwhile."""

    def __init__(self):
        self.n = 0
        later(self)

    @functools.cached_property
    def rows(self):
        """A new list each time."""
        self.n += 1
        return [self.n]

    @functools.singledispatchmethod
    def shown(self, what):
        """Whatever it is."""
        return later(what)

    @shown.register
    def _(self, what: int):
        return self.n + what

    def added(self, by, times=1, *, more=0):
        """Add, and say what it is by then."""
        self.n += later(by) * times + more
        return self.n

    twice = functools.partialmethod(added, times=2)


def cached_while_read():
    """A cached property is computed once, though its object is in use by a call."""
    kept = Kept()
    return [kept.rows, kept.rows], kept


def through_methods_of_the_library():
    """What a method made by the library reads, younger stores do not change."""
    kept = Kept()
    found = [later(3), kept.shown(1), kept.shown("a"), kept.shown(later(2))]
    kept.n += 1
    found += [kept.twice(2), kept.twice(later(1), more=4), kept.shown(1)]
    return found, kept


def filled_in_orders():
    """What `total_ordering` fills in asks the script's own method, in order."""
    calls = []

    @functools.total_ordering
    class Version:
        def __init__(self, n):
            self.n = n
            note(n)

        def __eq__(self, other):
            return later(self.n == other.n)

        def __lt__(self, other):
            calls.append((self.n, other.n))
            return later(self.n < other.n)

    made = [Version(1) >= Version(2), Version(2) > Version(1), Version(3) <= Version(3)]
    return made, calls


def sender():
    """Gives what it is sent, later."""
    sent = yield 0
    while True:
        sent = yield later(sent)


def generator_of_a_branch():
    """Nobody knows yet that it is a generator when it is first asked for an item."""
    made, other = sender() if later(1) else None, sender()
    begun = other.send(later(None))
    try:
        sender().send(later(1))
    except TypeError as error:
        begun = begun, str(error)
    return [next(made), made.send(3), next(made), begun, other.send(later(2))]


class Answering(type):
    """A class of classes that notes what it is asked for in vain."""

    def __getattr__(cls, name):
        asked.append(name)
        return name


class Asked(metaclass=Answering):
    """Notes the same of its objects."""

    def __init__(self, n=0):
        self.n = later(n)
        self.kept = [n]

    def __call__(self, *values):
        """Give how many there are, later."""
        return later(len(values))

    def __getattr__(self, name):
        asked.append(name)
        raise AttributeError(name)


asked: list[str] = []


def given_on(one):
    """Items beside an object that has an attribute of a common name."""
    for number in range(2):
        yield later(number), one


def asks_for_nothing_else():
    """Hooks of objects and classes run when the script asks, and at no other time."""
    asked.clear()
    one = Asked(1)
    pairs = [pair for pair in given_on(one)]
    mapped = [*map(one, pairs), later(one)(2), one([given_on(one)]), Asked.word]
    return mapped, [made.n for made in map(Asked, [1, later(2)])], one.kept, asked


class Mapping:
    """Has keys, which it asks for, and counts how often it is read."""

    def __init__(self):
        self.rows = {"a": 1, "b": 2}
        self.reads = 0

    def keys(self):
        """The keys, later."""
        return later(list(self.rows))

    def __getitem__(self, key):
        self.reads += 1
        return later(self.rows[key])


def named(a, **others):
    """Take arguments by name."""
    return a, others


def spread_by_name():
    """A mapping of the script's own is spread out when it is its turn."""
    rows = Mapping()
    if later(0):
        rows.reads = 9
    return [rows["a"], rows.reads, {**rows}, rows.reads, named(**rows), rows.reads]


class Copied:
    """Asks when it is copied or shown."""

    def __init__(self, n):
        self.n = n

    def __copy__(self):
        return Copied(later(self.n))

    def __str__(self):
        return later("copied")


def called_back_by_a_library():
    """What a library's function is given turns out to ask."""
    rows = {"a": later(Copied(1))}
    copied = copy.copy(later(Copied(2)))
    return copied.n, json.dumps(rows, default=later(str))


def powers():
    """The text of an error names the operator as it was written."""
    found, nothing = [later(1)], None
    try:
        nothing **= 2
    except TypeError as error:
        found.append(str(error))
    return found


PROGRAMS = [
    powers,
    called_back_by_a_library,
    spread_by_name,
    cached_while_read,
    through_methods_of_the_library,
    filled_in_orders,
    generator_of_a_branch,
    asks_for_nothing_else,
    called_until,
    items_by_number,
    takes_one_more,
    by_twos,
    left_early,
    slices_of_one,
    spread_twice,
    in_a_generator,
    read_behind_another,
    left_when_told,
    taken_in_a_branch,
    methods_of_tuples,
]


@pytest.mark.parametrize("script", PROGRAMS)
def test_programs_agree(script: Callable[..., Any]) -> None:
    """A program that once disagreed means what CPython says."""
    agree(script, outside, seeds=range(3))

"""Classes derived from builtin containers, whose methods hand on items that come later."""

# mypy: ignore-errors

import collections

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()


@outside.unordered(seconds=lambda x: 1)
def later(x):
    """Take a second and return `x`."""
    return x


class Rows(list):
    """Its own `append` is not what `extend` runs."""

    def __init__(self, *items):
        super().__init__(map(later, items))

    def append(self, item):
        raise ValueError(item)

    def extend(self, items):
        super().extend(later(item) for item in items)


class Table(dict):
    """Its own `__setitem__` and `update` are not what `update` runs."""

    def __setitem__(self, key, value):
        raise ValueError(key)

    def update(self, pairs, **named):
        dict.update(self, ((key, later(value)) for key, value in pairs), **named)


class Kinds(set):
    """Its own `add` is not what `update` runs."""

    def add(self, item):
        raise ValueError(item)

    def update(self, items):
        set.update(self, (later(item) for item in items))

    def union(self, items):
        return set.union(self, map(later, items))


class Line(collections.deque):
    """Its own `append` is not what `extend` runs."""

    def append(self, item):
        raise ValueError(item)

    appendleft = append

    def extend(self, items):
        collections.deque.extend(self, map(later, items))

    def extendleft(self, items):
        super().extendleft(later(item) for item in items)


class Twice(collections.OrderedDict):
    """Its own `__setitem__` is what `update` runs."""

    def __setitem__(self, key, value):
        super().__setitem__(key, (value, value))

    def update(self, pairs, **named):
        super().update(((key, later(value)) for key, value in pairs), **named)


class Pair(tuple):  # noqa: SLOT001
    """Made of what comes later."""

    def __new__(cls, *items):
        return super().__new__(cls, map(later, items))


class Few(frozenset):
    """Made of what comes later."""

    def __new__(cls, *items):
        return super().__new__(cls, (later(item) for item in items))


def filled(made, *items, **named):
    """A container with more in it."""
    made.extend(items) if hasattr(made, "extend") else made.update(items, **named)
    return made


def turned():
    """Items in front."""
    line = Line()
    line.extendleft([1, 2])
    return filled(line, 3)


def begun_again():
    """The unbound method of the class itself."""
    rows = [1]
    list.__init__(rows, map(later, [2, 3]))
    return rows, str.join(",", map(later, "ab"))


@pytest.mark.parametrize(
    "script",
    [
        lambda: filled(Rows(1, 2), 3, 4),
        lambda: filled(Table(), (1, 2), a=3),
        lambda: filled(Kinds(), 1, 2).union([3]),
        lambda: filled(Twice(), (1, 2), a=3),
        lambda: (Pair(1, 2), sorted(Few(1, 2))),
        turned,
        begun_again,
    ],
)
def test_methods_of_the_base_class(script):
    """They take in items that ask, and run nothing that the derived class has."""
    agree(lambda: script(), outside)

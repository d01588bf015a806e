"""What random scripts can use that changes something on the side, wherever it is called.

A deed takes a number, stores something somewhere else, and gives a number.  What stands
below are the places where people store (globals, lists, tables, attributes of functions,
classes and objects, variables of closures) and the ways in which code is run without a
call that could be seen: special methods, iterators, callbacks, descriptors.
"""

import collections
import contextlib
import functools
import heapq
import re
import sys

from tests.agreement.world import Bad, f, inc, outside, risky


steps = 0
last = 0
seen = []
table = {}


def tick(n):
    """Count in a global."""
    global steps
    steps += 1
    return n


def note(n):
    """Keep in a list."""
    seen.append(n)
    return n


def used(n):
    """Ask, then count what came, as programs count what they have used up."""
    global steps
    found = f(n)
    steps += found
    return found


def latest(n):
    """Exchange a global."""
    global last
    before, last = last, n
    return before


def tally(n):
    """Count in a table."""
    table[n % 3] = table.get(n % 3, 0) + 1
    return table[n % 3]


def counted(n):
    """Count in an attribute of the function."""
    counted.calls += 1  # type: ignore[attr-defined]
    return inc(n)


def cautious(n):
    """Ask for what may fail, and count how often it did."""
    try:
        return risky(n)
    except Bad:
        return tick(n)


def turned(n):
    """Call through a global that others assign."""
    return hook(n)


def all_hooks(n):
    """Call everything that a list holds."""
    return [one(n) for one in hooks][-1]


def install(deed):
    """Assign the global."""
    global hook
    hook = deed


hook = tick
hooks = [tick]


class Tick:
    """An object that is called, and counts in its class and in itself."""

    made = 0

    def __init__(self, k):
        """Keep the number."""
        self.k = k
        Tick.made += 1

    def __call__(self, n):
        self.k += 1
        return n + self.k

    def call(self, n):
        """Count."""
        self.k += n
        return self.k

    @classmethod
    def count(cls, n):
        """Count in the class."""
        cls.made += 1
        return f(n)

    @functools.cached_property
    def once(self):
        """Computed at its first use."""
        return note(self.k)

    @property
    def each(self):
        """Computed at each use."""
        self.k += 1
        return tick(self.k)


class Step:
    """A descriptor that notes what is read and stored."""

    def __set_name__(self, owner, name):
        self.name = f"_{name}"

    def __get__(self, obj, kind=None):
        return tick(getattr(obj, self.name, 1))

    def __set__(self, obj, n):
        setattr(obj, self.name, note(n))


@functools.total_ordering
class Key:
    """What can be a key or an element anywhere; it notes what it is asked."""

    step = Step()

    def __init__(self, n):
        """Keep the number."""
        self.n = n

    def __eq__(self, other):
        tick(1)
        return isinstance(other, Key) and self.n == other.n

    def __hash__(self):
        return hash(self.n)

    def __lt__(self, other):
        note(self.n)
        return self.n < other.n

    def __str__(self):
        return f"k{note(self.n)}"

    def __repr__(self):
        return f"Key({self.n})"

    def __format__(self, how):
        return f"{tick(self.n)}{how}"

    def __index__(self):
        return tick(self.n)

    def __bool__(self):
        return note(self.n) > 2

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return tick(self.n)


class Countdown:
    """An iterator of its own that stores at each step."""

    def __init__(self, n):
        """Keep the number."""
        self.n = n % 4

    def __iter__(self):
        return self

    def __next__(self):
        if not self.n:
            raise StopIteration
        self.n -= 1
        return tick(self.n)


class Shelf:
    """A sequence by `__getitem__` and `__len__` alone."""

    def __init__(self, xs):
        """Keep the list."""
        self.xs = xs

    def __getitem__(self, k):
        tick(0)
        return self.xs[k]

    def __len__(self):
        return len(self.xs)


class Named:
    """A mapping as `**` takes it."""

    def __init__(self, n):
        """Keep the number."""
        self.n = n

    def keys(self):
        """Two names."""
        return iter(["a", "b"]) if tick(1) else []

    def __getitem__(self, key):
        return note(self.n + len(key))


class Store(dict):  # type: ignore[type-arg]
    """A dictionary that fills in what is missing."""

    def __missing__(self, key):
        self[key] = tick(len(self))
        return self[key]


def stepping(xs):
    """Yield what a call says of each, and count."""
    global steps
    for x in xs:
        steps += 1
        yield f(x)


def noting(xs):
    """Note, then yield; note the end."""
    for x in xs:
        seen.append(x)
        yield x
    seen.append(-1)


def counter():
    """Give a function that counts in a variable of its own, and one that reads it."""
    n = 0

    def step(by):
        nonlocal n
        n += by
        return n

    def get():
        return n

    return step, get


def noted(function):
    """Decorate: note what goes in and what comes out."""

    @functools.wraps(function)
    def wrapper(n):
        seen.append(n)
        found = function(n)
        seen.append(found)
        return found

    return wrapper


@noted
def asked_and_noted(n):
    """Ask, within a decorator."""
    return inc(n)


@functools.singledispatch
def sorted_out(n):
    """Do by type."""
    return tick(0)


@sorted_out.register
def _(n: int):
    return note(n)


def begin() -> None:
    """Put back what a run may have changed and that is no data."""
    global hook
    hook, hooks[:] = tick, [tick]
    counted.calls = 0  # type: ignore[attr-defined]
    Tick.made = 0


outside.namespaces.append(globals())
DEEDS = {
    **{kind.__name__: kind for kind in (Countdown, Key, Named, Shelf, Store, Tick)},
    **{module.__name__: module for module in (collections, contextlib, heapq, re)},
    "asked_and_noted": asked_and_noted,
    "deeds": sys.modules[__name__],
    "noted": noted,
}

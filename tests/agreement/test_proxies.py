"""Objects that say another class of themselves than theirs, and that nobody asks for it.

A proxy's `__class__` may be code of the script's, or be what stands behind it; the run
goes by what an object is, as CPython's own operations do.
"""

# mypy: ignore-errors

import collections
import types
import weakref

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()


@outside.unordered(seconds=lambda x, d: d)
def g(x, d):
    """Take `d` seconds and return `x`."""
    return x


said = []


class Proxy:
    """Whatever it is asked, what is behind it answers."""

    def __init__(self, behind):
        vars(self)["behind"] = behind

    def __getattr__(self, name):
        return getattr(self.behind, name)

    def __setattr__(self, name, value):
        setattr(self.behind, name, value)

    @property
    def __class__(self):
        return self.behind.__class__

    def __iter__(self):
        return iter(self.behind)

    def __next__(self):
        return next(self.behind)

    def __len__(self):
        return len(self.behind)

    def __getitem__(self, key):
        return self.behind[key]

    def __setitem__(self, key, value):
        self.behind[key] = value

    def __eq__(self, other):
        return self.behind == other

    def __hash__(self):
        return 1

    def __str__(self):
        return str(self.behind)

    def __add__(self, other):
        return self.behind + other

    def __call__(self, *args):
        return self.behind(*args)


class Tells:
    """Notes who asks for its class."""

    @property
    def __class__(self):
        said.append("asked")
        return list

    def __iter__(self):
        return iter([1])

    def __len__(self):
        return 1

    def __getitem__(self, key):
        return 5


def lists():
    p = Proxy(g([1, 2], 1))
    p.append(g(3, 1))
    p[0] = 5
    found = list(p), p == [5, 2, 3], p[0], [*p], sum(p), sorted(p), len(p)
    return found, isinstance(p, list), p.behind


def generators():
    def items():
        yield g(1, 1)
        yield 2
        yield 3

    p = Proxy(items())
    return next(p), list(p), isinstance(p, types.GeneratorType)


def texts():
    p = Proxy(g("ab", 1))
    joined = "-".join(["a", str(p)])
    return p + "c", f"{p}", str(p), p.upper(), f"{p!s}", joined, isinstance(p, str)


def functions():
    p = Proxy(lambda x: g(x, 1) + 1)
    return p(1), list(map(p, [1, 2])), isinstance(p, types.FunctionType)


def weak():
    def items():
        yield from (1, 2, 3)

    made = items()
    p = weakref.proxy(made)
    if g(1, 1):
        said.append(next(p))
    return next(p), list(p), next(p, 5), made.__name__


def nobody_asks():
    said.clear()
    p = Tells()
    if g(1, 1):
        said.append(g(2, 2))
    found = [list(p), len(p), p[0], [*p], {1: p}[1][0], (p, 1)[0][0], sum(p)]
    for item in p:
        found.append(item)
    box = collections.deque([p])
    found.append(box[0][0])
    try:
        p.missing
    except AttributeError as error:
        found.append(str(error))
    return found, list(said), p.__class__, len(said)


SCRIPTS = [lists, generators, texts, functions, weak, nobody_asks]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_goes_by_what_an_object_is(script):
    """On both machines."""
    agree(script, outside)

"""What random scripts can use: externals of every kind and a few small classes."""

import contextlib
import copy
import dataclasses
import functools
import itertools
import operator

import attrs

from epic_actors.testing.outside import Outside
from tests.agreement import mood


outside = Outside()


class Bad(Exception):  # noqa: N818 - short, as in the scripts it stands in
    """What risky externals raise."""


@outside.unordered
def f(x):
    """Return the argument itself."""
    return x


@outside.unordered
def inc(n: int, by: int = 1) -> int:
    """Add; it keeps its promise whatever it is given."""
    return operator.index(n) + operator.index(by)


@outside.unordered
def odd(n) -> bool:
    """Whether `n` is odd."""
    return bool(n % 2)


@outside.unordered
def word(n: int) -> str:
    """Name a number."""
    return ("zero", "one", " two ", "three,four")[n % 4]


@outside.unordered
def items(n):
    """Return a fresh list of at most three numbers."""
    return list(range(n % 4))


@outside.unordered
def total(xs):
    """Read a mutable argument."""
    return sum(xs)


@outside.unordered
def risky(n):
    """Fail for every third number."""
    if n % 3 == 0:
        raise Bad(n)
    return n


@outside.unordered(stream=str)
def tell(n):
    """Stream a text of a few lines."""
    ends = ("\n", "\r\n", ",", " \n\n", "\u2028")
    return "".join(f"{i} of {n}{ends[(i + n) % 5]}" for i in range(n % 5))


@outside.unordered(stream=list)
def listed(n):
    """Stream records: each a number and a list of its own."""
    return [(i + n, [i]) for i in range(n % 4)]


@outside.readonly
def read():
    """Read the world."""
    return len(outside.state.get("log", ()))


@outside.sequential
def log(x):
    """Change the world."""
    outside.state.setdefault("log", []).append(x)
    return len(outside.state["log"])


@outside.sequential
def push(xs, n):
    """Change the argument."""
    xs.append(n)


@outside.readonly(resource="db")
def get(key):
    """Read the database."""
    return outside.state.get(("db", key), 0)


@outside.sequential(resource="db")
def put(key, value):
    """Change the database, or fail."""
    if value == 7:
        raise Bad(key)
    outside.state["db", key] = value


class Box:
    """A number and a list, with methods that call externals."""

    def __init__(self, n, xs=None):
        """Keep both; the list is shared with whoever gave it."""
        self.n = n
        self.xs = [] if xs is None else xs

    def ask(self):
        """Call, and store nothing."""
        return f(self.n)

    def add(self, x):
        """Store twice."""
        self.xs.append(x)
        self.n += 1
        return self.n

    def refresh(self):
        """Store the answer of a call."""
        self.n = inc(self.n)
        return self

    def best(self, k=0, *more, **named):
        """Take arguments of every kind."""
        return max(self.n, k, *more, *named.values())

    @property
    def size(self):
        """Count."""
        return len(self.xs)

    @property
    def double(self):
        """Twice the number."""
        return self.n * 2

    @double.setter
    def double(self, n):
        self.n = n // 2

    @staticmethod
    def twice(n):
        """Call twice."""
        return f(n) + f(n)

    @classmethod
    def make(cls, n):
        """Call on the way."""
        return cls(f(n))


class Money:
    """A number with operators, some of which call externals or store."""

    def __init__(self, n):
        """Keep the number."""
        self.n = n

    def __add__(self, other):
        return Money(self.n + (other.n if isinstance(other, Money) else inc(other)))

    def __radd__(self, other):
        return self + other

    def __iadd__(self, by):
        self.n = inc(self.n, by=by)
        return self

    def __neg__(self):
        return Money(-self.n)

    def __eq__(self, other):
        return isinstance(other, Money) and f(self.n) == other.n

    def __lt__(self, other):
        if not isinstance(other, Money):
            return NotImplemented
        return self.n < other.n

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self):
        return odd(self.n)

    def __len__(self):
        return self.n % 4

    def __getitem__(self, k):
        return f(self.n + k)

    def __setitem__(self, k, n):
        self.n = n + k

    def __contains__(self, n):
        return odd(n)

    def __iter__(self):
        yield self.n
        yield f(self.n + 1)

    def __call__(self, n):
        return inc(n, by=self.n)

    def __str__(self):
        return f"m{self.n}"

    @property
    def double(self):
        """Twice the number."""
        return self.n * 2

    @double.setter
    def double(self, n):
        self.n = f(n) // 2


@dataclasses.dataclass(order=True)
class Pair:
    """Two fields, compared in order."""

    left: object
    right: object = 0

    @property
    def total(self):
        """Add them."""
        return self.left + self.right  # type: ignore[operator]


class Lost(Exception):  # noqa: N818 - short
    """What nobody catches, or does."""


@attrs.define
class Record:
    """A record with two fields, compared by value."""

    n: int
    s: str = ""


class Guard:
    """A context manager that notes both of its ends, and may swallow `Bad`."""

    def __init__(self, xs, swallow=False):
        """Note into `xs`."""
        self.xs = xs
        self.swallow = swallow

    def __enter__(self):
        """Note the beginning."""
        self.xs.append(100)
        return self.xs

    def __exit__(self, kind, error, trace):
        """Note the end."""
        self.xs.append(101 if kind is None else 102)
        return self.swallow and kind is not None and issubclass(kind, Bad)


class Calling:
    """A context manager that calls externals at both ends."""

    def __init__(self, n):
        """Keep the number."""
        self.n = n

    def __enter__(self):
        """Call and note."""
        self.n = inc(self.n)
        return self.n

    def __exit__(self, kind, error, trace):
        """Call and note; swallow what the call says."""
        log(kind and kind.__name__)
        return odd(self.n) and kind is Bad


@contextlib.contextmanager
def opened(xs):
    """Note both ends."""
    xs.append(200)
    try:
        yield xs
    finally:
        xs.append(201)


def asked(xs):
    """Yield what a call says of each."""
    for x in xs:
        yield f(x)


def chained(xs):
    """Yield from another."""
    n = yield from asked(xs)
    yield inc(n or 0)


def doubled(xs):
    """Yield, without calling anything."""
    for x in xs:
        yield x + x


outside.namespaces += [globals(), vars(mood)]
NAMES = {
    **{n: v for n, v in globals().items() if n != "outside" and not n.startswith("__")},
    **{module.__name__: module for module in (copy, functools, itertools)},
    "mood": mood,
}

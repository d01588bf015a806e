"""Classes, contexts, groups of exceptions and `async` in scripts."""

# mypy: ignore-errors
# ruff: noqa: F401, F821, PTH118

import dataclasses
import enum
import functools

import pytest

from epic_actors.testing.agree import agree
from tests.litmus.table import Bad, f, fail, g, ok, outside, r, w


AGREEING = []


def agrees(script):
    """Enter a script into the table."""
    AGREEING.append(script)
    return script


@agrees
def a_class_made_in_a_script():
    price = g(3, 1)

    class Item:
        kind = price

        def __init__(self, n):
            self.n = n

        def cost(self):
            return g(self.n, 1) * price

    class Double(Item):
        def cost(self):
            return 2 * super().cost()

    return [Item(1).cost(), Double(2).cost(), Item.kind]


@agrees
def decorated_nested_functions():
    calls = []

    def counted(d):
        def decorate(function):
            @functools.wraps(function)
            def wrapper(*args):
                calls.append(g(d, 1))
                return function(*args)

            return wrapper

        return decorate

    @counted(f(1))
    @counted(2)
    def ask(x, y=f(1)):
        return g(x + y, 1)

    return ask(1), ask(2, 3), calls, ask.__name__


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Spot:
    x: int
    y: int = 0
    color: Color = Color.RED


class Own:
    __match_args__ = ("a",)

    def __init__(self, a):
        self.a = a


@agrees
def patterns_of_every_kind():
    found = []
    for value in [
        g(Spot(1, 2), 1),
        Spot(g(3, 1)),
        [1, g(2, 1), 3],
        {"k": g(5, 1), "z": 1},
        Own(g(7, 1)),
        (g(1, 1),),
        Color.BLUE,
        "text",
        g(None, 1),
        5.0,
    ]:
        match value:
            case Spot(x=1, y=y):
                found.append(("spot", y))
            case Spot(x, 0) if ok(x):
                found.append(("x", x))
            case [1, *rest]:
                found.append(("rest", rest))
            case {"k": k, **others}:
                found.append((k, others))
            case Own(a):
                found.append(a)
            case Color.BLUE | "text" as which:
                found.append(which)
            case None:
                found.append("none")
            case int() | float():
                found.append("number")
            case _:
                found.append("other")
    return found


@agrees
def except_star_takes_groups_apart():
    out = []
    try:
        try:
            raise ExceptionGroup("g", [ValueError(f(1)), TypeError(2), KeyError(3)])
        except* ValueError as group:
            out.append((group.message, len(group.exceptions), f(1)))
        except* TypeError:
            fail(1)
        else:
            out.append("else")
        finally:
            out.append(f(1))
    except ExceptionGroup as group:
        out.append([repr(error) for error in group.exceptions])
    return out


@agrees
def except_star_of_a_failing_call():
    out = []
    for kind in (Bad, KeyError):
        try:
            try:
                fail(1)
            except* kind as group:
                out.append(repr(group))
        except Bad as error:
            out.append(str(error))
    return out


class Room:
    def __init__(self, out, forgives=()):
        self.out = out
        self.forgives = forgives

    async def __aenter__(self):
        self.out.append(g("in", 1))
        return self

    async def __aexit__(self, kind, error, trace):
        self.out.append(g("out", 1))
        return kind in self.forgives


async def enter(out):
    async with Room(out) as one, Room(out, (Bad,)):
        one.out.append(f(2))
        fail(1)
    return out


class Pages:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if ok(self.n):
            self.n -= 1
            return g(self.n, 1)
        raise StopAsyncIteration


async def pages(n):
    found = []
    async for page in Pages(n):
        if page == 1:
            continue
        found.append(page)
    else:
        found.append("end")
    return found, [x async for x in Pages(2) if x], {x: 1 async for x in Pages(1)}


def awaited(coroutine):
    """Run a coroutine that never waits, where CPython makes one; the script has none."""
    if not hasattr(coroutine, "send"):
        return coroutine
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value


@agrees
def asynchronous_contexts():
    out = []
    return awaited(enter(out)), out


@agrees
def asynchronous_loops():
    return awaited(pages(3))


@agrees
def every_target_is_deleted():
    xs, d, o = [1, 2, 3, 4], {"a": g(1, 1), "b": 2}, Own(g(1, 1))
    a = b = 1
    del xs[0], xs[1:], d["a"], o.a, (a, [b])
    try:
        a
    except UnboundLocalError as error:
        return xs, d, vars(o), str(error)


@agrees
def stars_everywhere():
    xs = [g(1, 1), 2]
    head, *(a, b), last = [0, *xs, g(3, 1)]
    *init, [x, *y] = *xs, (g(4, 1), 5, 6)
    return (head, a, b, last), init, x, y, {**{"a": g(1, 1)}, **dict(b=2)}, {*xs, *"ab"}


@agrees
def imports_of_every_kind():
    import math as m
    import os.path
    from collections import OrderedDict as Ordered, deque
    from operator import add

    if ok(1):
        import json
    try:
        from math import nothing_there
    except ImportError as error:
        found = str(error)
    return (
        m.floor(g(1.5, 1)),
        os.path.join("a", "b"),
        add(1, g(2, 1)),
        json.dumps(list(Ordered(a=1))),
        deque([1]),
        found,
    )


counter = 0


@agrees
def names_of_outer_scopes():
    total = 0

    def one():
        global counter
        nonlocal total
        counter += g(1, 1)

        def two():
            nonlocal total
            total += g(2, 1)

        two()
        two()
        return total

    return one(), one(), counter, total


@agrees
def raise_from_and_context():
    try:
        try:
            fail(1, "first")
        except Bad as error:
            raise KeyError(g("second", 1)) from error
    except KeyError as error:
        chain = [type(error.__cause__), str(error.__context__)]
    try:
        try:
            fail(1)
        except Bad:
            try:
                raise OSError
            except OSError:
                pass
            raise
    except Bad as error:
        return chain, str(error), error.__context__


@agrees
def assertions_say_what_was_wrong():
    found = []
    for n in (1, -1):
        try:
            assert ok(n), f"not {g(n, 1)}"
        except AssertionError as error:
            found.append(str(error).splitlines()[0])
    return found, __debug__


@agrees
def printing_elsewhere():
    import io

    out = io.StringIO()
    print("a", g(1, 1), file=out, sep="-", end="!")
    print(g(2, 1), file=out)
    return out.getvalue()


@agrees
def reads_and_writes_keep_their_order():
    class Store:
        def __setitem__(self, key, value):
            w(key, value)

        def __getitem__(self, key):
            return r(key)

    store = Store()
    store["a"] = 1
    first = store["a"]
    store["b"] = first
    return store["a"], first


@pytest.mark.parametrize("script", AGREEING, ids=lambda script: script.__name__)
def test_agrees(script) -> None:
    """Each script means what it means in CPython."""
    agree(script, outside)

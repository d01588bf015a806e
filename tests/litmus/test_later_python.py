"""What came to Python after 3.11: syntax, and what the library and builtins do.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

# mypy: ignore-errors
# ruff: noqa: F401 - what is not there

import copy
import dataclasses
import itertools
import linecache
import math
import re
import sys
import textwrap
from typing import Any

import pytest

from epic_actors.testing.agree import agree
from tests.litmus.table import f, g, outside, r, w


SYNTAX = {
    "generic_functions": """
        def script():
            most = g(3, 1)

            def first[T](xs: list[T], default: T = most, *, plus: T = 0) -> T:
                return (xs[0] if xs else default) + plus

            def last[*Ts, **P](*xs: *Ts, **named: P.kwargs):
                return xs[-1], Ts.__name__, named

            one, two = first([f(1), 2]), first([], plus=5)
            return one, two, last(f(2), f(3), k=1), first.__annotations__["plus"].__name__
    """,
    "a_decorated_generic_function": """
        def script():
            def twice(fn):
                return lambda *xs: (fn(*xs), fn(*xs))

            start = f(1)

            @twice
            def add[T: (int, str)](x: T) -> tuple[T]:
                return x + start + g(x, 1)

            return add(2), add(3)
    """,
    "a_generic_class": """
        def script():
            unit = f(2)

            class Box[T]:
                made = unit

                def __init__(self, item: T) -> None:
                    self.item = item

                def get[U](self, other: U) -> T | U:
                    return self.item or other

                def again(self):
                    return T.__name__, g(self.item, 1)

            class Small[T](Box[T], list[T]):
                def get(self, other):
                    return super().get(other), T.__name__

            box = Small[int](f(0))
            return box.get(f(7)), box.again(), Box.__type_params__[0].__name__, box.made
    """,
    "type_aliases": """
        def script():
            item = int
            type Items = list[item]
            type Tree = tuple[Tree, ...] | item
            type Pair[A, B] = dict[A, tuple[B, item]]
            found = f(1)
            texts = str(Items.__value__), str(Pair[int, str]), str(Pair.__value__)
            item = str
            return found, texts, str(Items.__value__), str(Tree.__value__), Tree.__name__
    """,
    "aliases_that_look_up_late": """
        def script():
            global Later
            type Later = list[Later] | None
            type Missing = nowhere
            log = [f(1), Later.__value__.__args__[0].__args__[0] is Later]
            try:
                Missing.__value__
            except NameError as error:
                log.append(str(error))
            return log
    """,
    "strings_within_strings": """
        def script():
            names = {"a": f(1), "b": f(2)}
            text = f"{names["a"]} {'-'.join(f"{key!r:>{names["b"] + 3}}" for key in names)}"
            return text, f"{
                f(3)  # what it is
            :>4}", f'{f'{f"{g(1, 1)}"}'}'
    """,
    "comprehensions_within": """
        def script():
            class Base:
                def price(self, x):
                    return g(x, 1)

            class Own(Base):
                def price(self, x):
                    return x

                def both(self, xs):
                    return [super().price(x) for x in xs], [__class__.__name__ for _ in xs]

            x = "kept"
            made = [lambda: (x, y) for x in range(2) for y in [f(x)]]
            log = [Own().both([1, 2]), x, [one() for one in made]]
            try:
                [late for _ in [1] if f(1)]
                late = 1
            except NameError as error:
                log.append(str(error))
            return log
    """,
}


def written(name: str) -> Any:
    """The script of a text, which `linecache` has."""
    text, filename = textwrap.dedent(SYNTAX[name]).strip() + "\n", f"<later {name}>"
    lines = text.splitlines(keepends=True)
    linecache.cache[filename] = (len(text), None, lines, filename)
    scope = {"__name__": __name__, "f": f, "g": g, "r": r, "w": w}
    exec(compile(text, filename, "exec"), scope)
    return scope["script"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize("name", SYNTAX)
def test_syntax_agrees(name: str) -> None:
    """What is new in the syntax means what it means in CPython."""
    agree(written(name), outside)


class Amount:
    def __init__(self, size):
        self.size = size

    def __add__(self, other):
        return Amount(self.size + g(getattr(other, "size", other), 1))

    def __radd__(self, other):
        return Amount(other + self.size)


def sums():
    some = [0.1] * 10
    mixed = [*some, Amount(0.1), 0.2, 0.3]
    late = [f(1) / 10 for _ in range(10)]
    return (
        sum(some),
        sum(mixed).size,
        sum(late),
        sum(late, 1e100),
        sum(i / 10 for i in range(9)),
    )


def generators_that_return_when_closed():
    def until_closed(log):
        try:
            while True:
                yield g(len(log), 1)
        except GeneratorExit:
            log.append(f(1))
            return "closed"

    def over(inner):
        return (yield from inner)

    log = []
    begun, never, ended = until_closed(log), until_closed(log), until_closed(log)
    around = over(until_closed(log))
    next(begun), next(ended), next(around), ended.close()
    return begun.close(), never.close(), ended.close(), around.close(), log


def throwing_in_many_words():
    def patient():
        while True:
            try:
                yield g(1, 1)
            except ValueError as error:
                log.append(str(error))

    log = []
    made = patient()
    next(made)
    made.throw(ValueError("a"))
    made.throw(ValueError, "b")
    made.throw(ValueError, ValueError("c"), None)
    for arguments in [(), (ValueError, 1, None, 2), (3,), (ValueError("d"), 1)]:
        try:
            made.throw(*arguments)
        except TypeError as error:
            log.append(str(error))
    return log


def what_modules_do_not_have():
    log = []
    try:
        from math import nowhere
    except ImportError as error:
        log.append((str(error), error.name, getattr(error, "name_from", None), f(1)))
    for name in ("__enter__", "__aenter__"):
        try:
            with type("Half", (), {name: print})():
                pass
        except TypeError as error:
            log.append(str(error))
    return log


def substitutions_with_a_count():
    def twice(match):
        return f(match[0]) * 2

    xs = re.compile("x")
    log = [xs.sub(twice, "xxx", 1), xs.subn(twice, "xxx", 2), xs.sub(twice, "x")]
    log.append(re.sub("x", twice, "Xx", count=1, flags=re.IGNORECASE))
    log.append(re.subn("x", twice, "xxX", 2, re.IGNORECASE))
    return log


BEHAVIOUR = [
    substitutions_with_a_count,
    sums,
    generators_that_return_when_closed,
    throwing_in_many_words,
    what_modules_do_not_have,
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("script", BEHAVIOUR, ids=lambda script: script.__name__)
def test_behaviour_agrees(script: Any) -> None:
    """What changed between releases is what it is in the Python that runs."""
    agree(script, outside)


@pytest.mark.parametrize("script", BEHAVIOUR, ids=lambda script: script.__name__)
def test_warnings_agree(script: Any) -> None:
    """What CPython warns of as an error is the same error."""
    agree(script, outside)


def in_batches():
    def items(n):
        for i in range(n):
            yield g(i, 1)

    rows = [list(row) for row in itertools.batched([f(1), f(2), f(3)], 2)]
    log = [
        rows,
        list(itertools.batched(items(5), 2)),
        list(itertools.batched(items(0), 2)),
    ]
    for row in itertools.batched(items(5), 2):
        log.append(row)
        if row[0] > 1:
            break
    for arguments in [(items(1), 0), (items(1), "a"), (items(2),)]:
        try:
            log.append(list(itertools.batched(*arguments)))
        except (TypeError, ValueError) as error:
            log.append(str(error))
    return log


def sums_of_products():
    def items(n):
        for i in range(n):
            yield g(i, 1)

    return math.sumprod(items(3), [f(1), f(2), 0.5]), math.sumprod([f(2)], [f(3)])


@pytest.mark.skipif(sys.version_info < (3, 12), reason="functions of Python 3.12")
@pytest.mark.parametrize("script", [in_batches, sums_of_products])
def test_functions_agree(script: Any) -> None:
    """New functions of the library take what is pending, and generators."""
    agree(script, outside)


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0

    def __post_init__(self) -> None:
        self.sum = g(self.x + self.y, 1)


class Own:
    def __init__(self, **named):
        self.named = named

    def __replace__(self, /, **changes):
        return Own(**self.named, **changes, more=f(5))


def replaced():
    point = copy.replace(Point(f(1)), y=f(2))
    own = copy.replace(Own(a=f(1)), b=f(2))
    log = [point, point.sum, own.named]
    try:
        copy.replace([f(1)])
    except TypeError as error:
        log.append(str(error))
    return log


def in_strict_batches():
    return list(itertools.batched([f(1), f(2)], 2, strict=True)), [
        *itertools.batched((f(i) for i in range(3)), 2, strict=True)
    ]


@pytest.mark.skipif(sys.version_info < (3, 13), reason="functions of Python 3.13")
@pytest.mark.parametrize("script", [replaced, in_strict_batches])
def test_later_functions_agree(script: Any) -> None:
    """So do those of Python 3.13."""
    agree(script, outside)

"""`match`: every kind of pattern, held against what is known, pending or pending in part."""

# mypy: ignore-errors

import collections.abc
import datetime as dt
import enum
import functools
import re
from dataclasses import dataclass

import pytest
import trio

import epic_actors as epic
from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside
from epic_actors.testing.virtual import run_in_virtual_time


outside = Outside()


@outside.unordered(seconds=lambda x: 1)
def later(x):
    """Take a second and return `x`."""
    return x


@dataclass
class Spot:
    """A place."""

    row: int
    column: object


class Noted:
    """A sequence that says what is asked of it; an equal, and a place that asks."""

    __match_args__ = ("first", "rest")

    def __init__(self, *items):
        self.items = items
        self.asked = []

    def __len__(self):
        self.asked.append("len")
        return later(len(self.items))

    def __getitem__(self, place):
        self.asked.append(place)
        return later(self.items[place])

    def __iter__(self):
        self.asked.append("iter")
        return iter(self.items)

    def __eq__(self, other):
        return later(self.items[0]) == other

    @property
    def first(self):
        self.asked.append("first")
        return later(self.items[0])


collections.abc.Sequence.register(Noted)


class Colour(enum.Enum):
    """Names with a dot."""

    RED = 1
    BLUE = 2


class Three:
    """Equal to three, after a second."""

    def __eq__(self, other):
        return later(other == 3)


class Named:
    """Values behind a dot."""

    key = "a"
    three = Three()


def kind(subject):
    """What it is."""
    match subject:
        case 1 | 2:
            return "small"
        case (1 | 2) as n, "a":
            return "pair", n
        case "abc" | None | True:
            return "constant"
        case [a]:
            return "one", a
        case [a, [b, *c], *rest] if a == b:
            return "nested", a, b, c, rest
        case [a, *_, 9]:
            return "ends", a
        case [*_, 7, last]:
            return "tail", last
        case [*xs] if len(xs) == 4:
            return "four", xs
        case []:
            return "empty"
        case {"k": [v, w] | {"z": (v, w)}, **rest}:
            return "map", v, w, rest
        case {Named.key: int(n)}:
            return "number", n
        case {}:
            return "mapping", sorted(subject)
        case Spot(0, y):
            return "edge", y
        case Spot(row=1, column=Spot(row=2) as inner):
            return "inner", inner
        case Spot(x, y):
            return "spot", x, y
        case str() | bytes() as text:
            return "text", text
        case float(f) | complex(real=f):
            return "real", f
        case Colour.RED | Colour.BLUE as colour:
            return "colour", colour.name
        case list() | Noted():
            return "items"
        case _:
            return "other"


SUBJECTS = (
    lambda: 2,
    lambda: (1, "a"),
    lambda: [later(2), "a"],
    lambda: None,
    lambda: True,
    lambda: [later(5)],
    lambda: [3, [3, 4, later(5)], 6],
    lambda: [3, [4]],
    lambda: [1, 5, later(9)],
    lambda: (1, 7, 3),
    lambda: [1, 2, 3, later(4)],
    lambda: [],
    lambda: {"k": [1, later(2)], "u": 3},
    lambda: {"k": {"z": later([3, 4])}},
    lambda: {"a": later(5)},
    lambda: {"a": "s", "b": 1},
    lambda: Spot(0, later(3)),
    lambda: Spot(later(0), 3),
    lambda: Spot(1, Spot(2, 3)),
    lambda: Spot(1, later(Spot(1, 3))),
    lambda: "zz",
    lambda: b"q",
    lambda: 1.5,
    lambda: 2j,
    lambda: Colour.BLUE,
    lambda: [1, 2, 3, 4, 5],
    lambda: object,
    lambda: {1, 2},
)


@pytest.mark.parametrize("number", range(len(SUBJECTS)))
def test_subjects(number):
    """Known, pending, and pending in part."""
    make = SUBJECTS[number]
    agree(lambda: kind(make()), outside)
    agree(lambda: kind(later(make())), outside)


def looked_at(*items):
    """A sequence that asks; what is asked of it."""
    sequence = Noted(*items)
    return kind(sequence), sequence.asked


def opened(subject):
    """An object with a property that asks."""
    match subject:
        case Noted(1, 2):
            return "lacks one"
        case Noted(first=3):
            return "three"
        case Noted(first):
            return first, subject.asked


def equal(subject):
    """A value whose comparison asks."""
    match subject:
        case Named.three:
            return "three"
        case int(number):
            return number


@pytest.mark.parametrize(
    "script",
    [
        *(functools.partial(looked_at, *range(n)) for n in range(5)),
        lambda: looked_at(0, 7, 8),
        lambda: looked_at(1, 8, 9),
        lambda: opened(Noted(3)),
        lambda: opened(later(Noted(4))),
        lambda: [equal(3), equal(later(4)), equal("x")],
    ],
)
def test_code_of_subjects_may_ask(script):
    """Methods and properties that run for a pattern are part of the script."""
    agree(lambda: script(), outside)


class Listed:
    """Its positions are in no tuple."""

    __match_args__ = ["row"]  # noqa: RUF012


class Numbered:
    """Its positions are no names."""

    __match_args__ = (1,)


class Twice:
    """Has one name at two positions."""

    __match_args__ = ("x", "x")
    x = 1


def wrong(subject, called=int):
    """Patterns that are no good for what they are held against."""
    try:
        match subject:
            case Spot(1, 2, 3):
                return 1
            case Listed(1) | Numbered(1) | Twice(1, 1):
                return 2
            case int(1, 2):
                return 3
            case dt.date(1) | re.Match(1):
                return 4
            case {Named.key: 1, "a": 2}:
                return 5
            case str() | called():
                return 6
    except (TypeError, ValueError) as error:
        return type(error), str(error)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Spot(1, 2),
        Listed,
        Numbered,
        Twice,
        lambda: 5,
        lambda: dt.date(2000, 1, 1),
        lambda: re.match("a", "a"),
        lambda: {"a": 1, "b": 2},
        lambda: "text",
    ],
)
def test_errors(make):
    """They are CPython's, word for word."""
    agree(lambda: wrong(make()), outside)
    agree(lambda: wrong(later(make())), outside)


def test_a_pattern_that_calls_no_class():
    """It is refused, whatever the subject."""
    agree(lambda: wrong(1.5, later(7)), outside)


class Hidden:
    """Patterns with names that a class makes private."""

    def __init__(self):
        self.__x = later(1)

    def found(self, subject):
        """Bind private names."""
        match subject:
            case [__first, Hidden(_Hidden__x=x)]:
                return __first, x
            case Hidden(__x=x):
                return "unmangled", x


def private_names():
    """Names in a class are private, those of attributes are not."""
    hidden = Hidden()
    return hidden.found([later(2), hidden]), hidden.found(later(hidden))


def names_left():
    """Names bound by a pattern whose guard fails stay; others are not bound."""
    match [later(1), later(2)]:
        case [a, b] if b < a:
            return "no"
        case [c, 3]:
            return "no"
    try:
        return a, b, c
    except NameError as error:
        return a, b, str(error), sorted(locals())


def in_generators():
    """A subject that is sent in; a class body."""

    def answers():
        match (yield 1):
            case [a, b]:
                yield a + b
            case a:
                yield "other", a

    class Body:
        match later({"k": 3}):
            case {"k": v}:
                w = v + 1

    found = []
    for sent in ([later(1), 2], later(3)):
        it = answers()
        next(it)
        found.append(it.send(sent))
    return found, Body.v, Body.w


@pytest.mark.parametrize("script", [private_names, names_left, in_generators])
def test_names(script):
    """What patterns bind, and where."""
    agree(script, outside)


@epic.unordered
async def slow(x, seconds=1.0):
    """Take its time."""
    await trio.sleep(seconds)
    return x


def beside_a_slow_call():
    """Match an object of a class of one's own while something else is awaited."""
    first = slow(1, 5.0)
    match slow(Spot(1, 2)):
        case Spot(row=0):
            second = slow("edge")
        case Spot(1, y):
            second = slow(y)
    return first, second


@pytest.mark.parametrize("fusion", [True, False])
def test_a_pattern_waits_for_its_subject_alone(fusion):
    """Not for everything that is older."""

    async def timed():
        began = trio.current_time()
        found = await epic.evaluate(beside_a_slow_call, fusion=fusion)
        return found, trio.current_time() - began

    assert run_in_virtual_time(timed) == ((1, 2), 5.0)

"""The effect tables in use: what touches a pending operation's objects waits for it."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN003, ANN201, ANN202, RUF005, T203
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, var-annotated, attr-defined, assignment, comparison-overlap"

import collections
import csv
import io
import itertools
import json
import operator
import pprint
import random
import struct
import types
from collections.abc import Callable
from typing import Any

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()


@outside.unordered(seconds=lambda x: 1)
def f(x):
    """Answer after a second."""
    return x


@outside.unordered(seconds=lambda x: 3)
def slow(x):
    """Answer after three seconds."""
    return x


@outside.unordered(seconds=lambda x: 1)
def listed(x):
    """Answer with `x` in a list."""
    return [x]


class Thing:
    """An object with attributes."""


class Other:
    """A class that a thing can change to."""


#: Scripts by what is wrong with how they are run; None for those that are not.
SCRIPTS: list[tuple[Callable[..., Any], str | None]] = []


def row(script: Callable[..., Any]) -> Callable[..., Any]:
    """Add a script to the table."""
    SCRIPTS.append((script, None))
    return script


def wrong(reason: str) -> Callable[..., Any]:
    """Add a script that is known not to agree yet."""

    def add(script: Callable[..., Any]) -> Callable[..., Any]:
        SCRIPTS.append((script, reason))
        return script

    return add


SHARES = "the result is taken to share nothing with the arguments"
CLASSES = "attributes of classes, modules and functions are no places"


@row
def shuffling():
    xs, rng = [1, 2, 3], random.Random(1)
    f(1)
    rng.shuffle(xs)
    return xs[0], xs


@row
def counting():
    found = collections.Counter()
    found.update([f("a")])
    return len(found), found


@row
def operator_setitem():
    d = {}
    operator.setitem(d, "a", f(1))
    return len(d), d


@row
def dumping_twice():
    out = io.StringIO()
    json.dump(f(1), out)
    json.dump(2, out)
    return out.getvalue()


@row
def writing_rows():
    out = io.StringIO()
    rows = csv.DictWriter(out, ["a"])
    rows.writerow({"a": f(1)})
    rows.writerow({"a": 2})
    return out.getvalue()


@row
def printing_prettily():
    out = io.StringIO()
    pprint.pprint(f(1), out)
    pprint.pprint(2, out)
    return out.getvalue()


@row
def a_set_operator_called_by_name():
    s = {1}
    s.__ior__({f(2)})
    return len(s), s


@row
def a_default_made_by_a_load():
    d = collections.defaultdict(list)
    d[f("k")]
    return len(d), d


@row
def asking_for_an_attribute():
    o = Thing()
    if f(1):
        o.x = 1
    return hasattr(o, "x")


@row
def reversing_an_undecided_list():
    xs = [1]
    if f(1):
        xs.append(2)
    return list(reversed(xs))


@row
def attributes_through_vars():
    o = Thing()
    v = vars(o)
    if f(1):
        v["y"] = 2
    return o.y


@row
def a_class_that_is_changed():
    o = Thing()
    if f(1):
        o.__class__ = Other
    return type(o) is Other, isinstance(o, Other)


@row
def the_largest_of_two():
    ys = [5]
    m = max([f(1)], ys)
    m.append(1)
    return len(ys), ys


@row
def sorting_lists():
    inner = [1]
    xs = sorted([inner, [f(2)]])
    xs[0].append(9)
    return len(inner), inner


@row
def a_copy_of_an_answer():
    inner = [1]
    xs = list(listed(inner))
    xs[0].append(9)
    return len(inner), inner


@row
def a_tuple_of_an_answer():
    inner = [1]
    xs = tuple(listed(inner))
    xs[0].append(9)
    return len(inner)


@row
def adding_to_an_answer():
    inner = [1]
    xs = [inner] + f([1])
    xs[0].append(9)
    return len(inner)


@row
def repeating():
    inner = [1]
    xs = [inner] * f(2)
    xs[0].append(9)
    return len(inner)


@row
def a_sum_that_starts_with_a_list():
    start, none = [0], listed(1)
    none.clear()
    total = sum(none, start)
    total.append(1)
    return len(start)


@row
def arguments_of_an_exception():
    inner = [1]
    error = ValueError(inner, f(1))
    error.args[0].append(1)
    return len(inner)


@row
def a_dict_of_pairs():
    inner = [1]
    d = dict([("a", listed(inner))])
    d["a"][0].append(3)
    return len(inner)


@row
def summing_an_iterator():
    it = iter([1, 2, 3])
    return sum(it, f(10)), list(it)


@row
def extending_by_an_iterator():
    it, xs = iter([1, 2]), f([0])
    xs.extend(it)
    return list(it), xs


@row
def joining_an_iterator():
    it = iter("abc")
    return f("-").join(it), list(it)


@row
def looking_in_an_iterator():
    it = iter([1, 2, 3])
    return f(2) in it, list(it)


@row
def an_undecided_class_attribute():
    class Made:
        pass

    if f(1):
        Made.z = 1
    return Made.z, Made().z


@row
def a_list_of_words():
    words = f("a b").split()
    words.extend(slow(["c"]))
    return len(words), words


@row
def a_slice_is_whole_at_the_end():
    xs = [f(1), f(2)]
    return xs[:], xs[0:1], xs[::-1]


@row
def a_starred_target_is_whole_at_the_end():
    _, *rest = [f(1), f(2), f(3)]
    return rest


@row
def collected_keywords_are_whole_at_the_end():
    def collect(**found):
        return found

    return collect(a=f(1))


@row
def defaults_are_whole_at_the_end():
    def ask(x=f(1), *, y=f(2)):
        return x, y

    return ask.__defaults__, ask.__kwdefaults__


@row
def class_attributes_are_whole_at_the_end():
    x = f(1)

    class Made:
        z = x

    Made.y = f(2)
    return [vars(Made)[name] for name in "yz"]


@row
def packing_into_a_buffer():
    buffer = bytearray(4)
    struct.pack_into("<i", buffer, 0, f(7))
    return buffer[0], buffer


@row
def reading_rows():
    rows = csv.reader(["a,b", "c,d"])
    if f(1):
        next(rows)
    return list(rows)


@row
def updating_by_keywords():
    d = {}
    d.update(a=f(1))
    return d


@row
def other_containers_are_whole_at_the_end():
    xs = [f(1)]
    pairs = list(zip(xs, xs, strict=True)), list(enumerate(xs)), list(reversed(xs))
    d = {"a": f(2)}
    return pairs, xs * 2, xs + xs, [*xs], (*xs,), xs.copy(), list(d.items()), d | {}


@row
def moving_in_an_ordered_dict():
    d = collections.OrderedDict(a=1, b=2)
    d.move_to_end(f("a"))
    return list(d)


@row
def inserting_in_a_deque():
    d = collections.deque([1])
    d.insert(0, f(2))
    d.rotate(f(1))
    return len(d), d


@row
def an_iterator_read_in_a_branch():
    it = iter([1, 2, 3])
    if f(1):
        next(it)
    return list(it)


@row
def chained_after_an_undecided_store():
    xs = []
    if f(1):
        xs.append(1)
    return list(itertools.chain(xs, [2])), list(map(str, xs)), list(filter(None, xs))


@row
def appending_to_a_byte_array():
    b = bytearray(b"a")
    b += f(b"b")
    return len(b), b


@row
def attributes_of_a_namespace():
    names = types.SimpleNamespace()
    if f(1):
        names.a = 1
    return names.a, getattr(names, "b", 0)


def param(script: Callable[..., Any], reason: str | None) -> Any:
    """A row of the table as a test."""
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(script, id=script.__name__, marks=marks)


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("script", [param(*row) for row in SCRIPTS])
def test_agrees(script: Callable[..., Any], fusion: bool) -> None:
    """The script gives what it gives in CPython."""
    agree(script, outside, fusions=[fusion])

"""Generators that are left before their end are closed where CPython closes them.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

# ruff: noqa: UP028, UP031 - what the scripts are there for

import collections
import gc
import itertools
from typing import Any

import pytest

from epic_actors.testing.agree import agree
from tests.litmus.table import Bad, check_positive, f, g, outside, w


def guarded(log, n, name="closed"):
    try:
        for i in range(n):
            yield g(i, 1)
    finally:
        log.append(name)


def writing(name, n=9):
    w(name)
    try:
        for i in range(n):
            yield i
    finally:
        w("end of " + name)


def left_by_break():
    log = []
    for x in guarded(log, 3):
        log.append(x)
        break
    log.append("behind")
    return log


def left_by_return():
    log = []

    def inner():
        for x in guarded(log, 3):
            return x, list(log)

    return inner(), log


def left_with_calls_pending():
    log = [g("a", 1)]
    for x in guarded(log, 3):
        log.append(f(x))
        if x == 1:
            break
    log.append(g("b", 1))
    return log


def left_by_what_is_pending():
    log = []
    for x in guarded(log, 5):
        if g(x, 1) == 2:
            break
        log.append(x)
    log.append("behind")
    return log


def its_end_is_a_call():
    w("before")
    for x in writing("a"):
        if x == 1:
            break
    w("behind")
    return f(1)


def in_a_generator_in_a_generator():
    log = []

    def outer():
        try:
            for x in guarded(log, 5, "inner"):
                yield x
        finally:
            log.append("outer")

    for x in outer():
        log.append(x)
        if x == 1:
            break
    log.append("behind")
    return log


def stages(log):
    def second(items):
        for x in items:
            yield x + 1

    for x in second(guarded(log, 5)):
        if x == 2:
            break
    log.append("behind")


def of_a_pipeline():
    log = [f(0)]
    stages(log)
    return log


def enumerated():
    log = []
    for i, x in enumerate(guarded(log, 5)):
        if i == 2:
            break
    log.append("behind")
    return log


def zipped():
    log = []
    for i, x in zip(guarded(log, 5, "a"), guarded(log, 5, "b")):
        if i == 2:
            break
    log.append("behind")
    return log


def in_a_variable_it_stays_open():
    log = []
    made = guarded(log, 3)
    for x in made:
        break
    log.append("behind")
    return [*made], log


def in_a_list_it_stays_open():
    log, kept = [], []

    def keep(made):
        kept.append(made)
        return made

    for x in keep(guarded(log, 3)):
        break
    log.append("behind")
    return [*kept[0]], log


def one_within_the_other():
    log = []
    for x in guarded(log, 3, "outer"):
        for y in guarded(log, 3, "inner"):
            if y:
                return log
    return None


def from_a_finally():
    log = []
    for x in guarded(log, 3):
        try:
            break
        finally:
            log.append("finally")
    return log


def by_its_method():
    log = []

    class Source:
        def __iter__(self):
            try:
                yield f(1)
                yield f(2)
            finally:
                log.append("closed")

    for x in Source():
        break
    log.append("behind")
    return log


def by_raising():
    log = []
    try:
        for x in guarded(log, 3):
            for y in guarded(log, 3, "inner"):
                if y:
                    raise Bad(x)
    except Bad:
        log.append("handled")
    return log


def by_raising_from_a_handler():
    log = []
    try:
        for x in guarded(log, 3):
            try:
                check_positive(x)
            except Bad:
                log.append("again")
                raise
    except Bad:
        log.append("handled")
    return log


def by_what_it_is_given_to():
    log = []
    first = next(guarded(log, 3, "next")), "a"
    log.append("behind")
    found = any(guarded(log, 3, "any")), all(guarded(log, 3, "all"))
    log.append("behind")
    inside = 1 in guarded(log, 3, "in"), 7 in guarded(log, 3, "all of it")
    log.append("behind")
    return log, first, found, inside


def of_a_slice():
    log = []
    some = list(itertools.islice(guarded(log, 3, "list"), 2))
    for x in itertools.islice(guarded(log, 3, "loop"), 2):
        log.append(x)
    log.append("behind")
    return log, some


LEFT = [
    by_raising,
    by_raising_from_a_handler,
    by_what_it_is_given_to,
    of_a_slice,
    left_by_break,
    left_by_return,
    left_with_calls_pending,
    left_by_what_is_pending,
    its_end_is_a_call,
    in_a_generator_in_a_generator,
    of_a_pipeline,
    enumerated,
    zipped,
    in_a_variable_it_stays_open,
    in_a_list_it_stays_open,
    one_within_the_other,
    from_a_finally,
    by_its_method,
]


@pytest.mark.parametrize("script", LEFT, ids=lambda script: script.__name__)
def test_closed_where_cpython_closes_it(script: Any) -> None:
    """Its `finally` clauses run right where it is left, on every schedule."""
    agree(script, outside)


@pytest.mark.parametrize("script", LEFT, ids=lambda script: script.__name__)
def test_closing_needs_no_collector(script: Any) -> None:
    """Nothing of ours keeps what is left until the garbage collector comes."""
    gc.disable()
    try:
        agree(script, outside)
    finally:
        gc.enable()


def pairs():
    for i in range(3):
        yield f(i), g(str(i), 1)


def numbers(n=3):
    for i in range(n):
        yield g(i, 1)


def stored_in_a_slice():
    xs, ys = [9, 9, 9, 9], [0] * 6
    xs[1:3] = numbers()
    ys[::2] = numbers()
    xs += numbers()
    xs.extend(numbers())
    return xs, ys


def looked_for():
    return 2 in numbers(), 7 not in numbers()


def spread():
    def called(*args, **named):
        return args, named

    return called(*numbers(), 5, *numbers(2)), [*numbers(), 1], {*numbers()}


def made_into_containers():
    made = dict(pairs()), dict(pairs(), x=1), dict.fromkeys(numbers())
    return made, collections.deque(numbers(), maxlen=2), frozenset(numbers())


def made_into_text():
    texts = (str(x) for x in numbers())
    return "-".join(texts), "{}{}{}".format(*numbers()), "%s%s%s" % tuple(numbers())


def folded():
    total = sum(numbers(), 10), sum(numbers(), start=5)
    return (
        total,
        min(numbers(), default=1),
        max(numbers()),
        sorted(numbers(), reverse=1),
    )


TAKEN = [
    stored_in_a_slice,
    looked_for,
    spread,
    made_into_containers,
    made_into_text,
    folded,
]


@pytest.mark.parametrize("script", TAKEN, ids=lambda script: script.__name__)
def test_taken_as_cpython_takes_them(script: Any) -> None:
    """What the library does with an iterable it does with a generator of the script's."""
    agree(script, outside)

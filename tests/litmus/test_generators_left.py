"""Generators that are left before their end are closed where CPython closes them.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

from typing import Any

import pytest

from epic_actors.testing.agree import agree
from tests.litmus.table import Bad, Row, Table, check, check_positive, f, g, outside, w


table = Table()
takes = table.takes


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
    log = [f("a")]
    for x in guarded(log, 3):
        log.append(f(x))
        if x == 1:
            break
    log.append(f("b"))
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


LEFT = [
    left_by_break, left_by_return, left_with_calls_pending, left_by_what_is_pending,
    its_end_is_a_call, in_a_generator_in_a_generator, of_a_pipeline, enumerated, zipped,
    in_a_variable_it_stays_open, in_a_list_it_stays_open, one_within_the_other,
    from_a_finally, by_its_method,
]


@pytest.mark.parametrize("script", LEFT, ids=lambda script: script.__name__)
def test_closed_where_cpython_closes_it(script: Any) -> None:
    """Its `finally` clauses run right where it is left, on every schedule."""
    agree(script, outside)

"""Generators that only a variable refers to are closed when CPython drops them.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

# ruff: noqa: UP028 - what the scripts are there for

from typing import Any

import pytest

from epic_actors.testing.agree import agree
from tests.litmus.table import Bad, check_positive, g, ok, outside, w


def guarded(log, n, name="closed"):
    try:
        for i in range(n):
            yield g(i, 1)
    finally:
        log.append(name)


def writing(name):
    try:
        for i in range(9):
            yield i
    finally:
        w("end of " + name)


def gone_with_its_function():
    log = []

    def inner():
        items = guarded(log, 3)
        first = next(items)
        log.append("behind")
        return first, list(log)

    return inner(), log


def gone_with_another_value():
    log = []
    items = guarded(log, 3, "first")
    log.append(next(items))
    items = guarded(log, 3, "second")
    log.append(next(items))
    items = None
    log.append("behind")
    return log


def gone_by_del():
    items = writing("a")
    w(next(items))
    del items
    w("behind")


def gone_in_order():
    def inner():
        one, two = 1, 2
        second = writing("second")
        first = writing("first")
        w(next(first) + next(second))
        return one + two

    return inner(), w("behind")


def gone_by_an_early_return():
    def inner(x):
        items = writing("a")
        w(next(items))
        if ok(x):
            for item in items:
                if item == 2:
                    return item
        return "late"

    return [inner(1), inner(-1), inner(2)]


def gone_in_a_loop():
    log = []
    for n in range(3):
        items = guarded(log, 3, n)
        log.append(next(items))
    log.append("behind")
    return log


def gone_after_a_break():
    log = []

    def inner():
        items = guarded(log, 3)
        for item in items:
            if ok(item):
                break
        log.append("amid")
        return item

    return inner(), log


def gone_from_a_branch():
    log = []

    def inner(x):
        items = None
        if ok(x):
            items = guarded(log, 3, x)
            log.append(next(items))
        log.append("amid")

    inner(1)
    inner(0)
    return log


def not_begun():
    log = []
    items = guarded(log, 3)
    del items
    return log


def kept_by_others():
    log, kept = [], []

    def inner():
        items = guarded(log, 3)
        first = next(items)
        kept.append(items)
        return first

    def outer():
        items = guarded(log, 3, "captured")
        first = next(items)
        return first, lambda: next(items)

    found = inner(), outer()[0]
    log.append("behind")
    return found, kept[0].__class__.__name__, next(kept[0])


def returned_from_a_function():
    log = []

    def inner():
        items = guarded(log, 3)
        next(items)
        return items

    made = inner()
    log.append("kept")
    return list(made), log


def in_a_try():
    log = []

    def inner():
        items = guarded(log, 3)
        try:
            check_positive(next(items))
        except Bad:
            log.append("bad")
        return next(items)

    return inner(), log


SCRIPTS = [
    *(gone_with_its_function, gone_with_another_value, gone_by_del, gone_in_order),
    *(gone_by_an_early_return, gone_in_a_loop, gone_after_a_break, gone_from_a_branch),
    *(not_begun, returned_from_a_function, in_a_try),
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_closed_where_cpython_drops_it(script: Any) -> None:
    """Its `finally` clauses run where the variable goes, on every schedule."""
    agree(script, outside)

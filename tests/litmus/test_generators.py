"""Generators that ask for calls, in exact virtual seconds.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

import itertools
from typing import Any

import pytest

from epic_actors.testing.agree import agree
from tests.litmus.table import (
    Bad,
    Row,
    Table,
    check,
    check_positive,
    f,
    g,
    ok,
    outside,
    w,
)


table = Table()
takes = table.takes


def some(n):
    for i in range(n):
        yield g(i, 1)


def firm(n):
    """Whether there is a further item is decided by an answer."""
    for i in range(n):
        if g(1, 1):
            yield i


def endless():
    n = 0
    while True:
        yield g(n, 1)
        n += 1


def guarded(log, n):
    try:
        for i in range(n):
            yield g(i, 1)
    finally:
        log.append("closed")


@takes(1)
def items_of_a_generator_overlap():
    return [x for x in some(5)]


@takes(2)
def its_consumer_overlaps_with_it():
    out = []
    for x in some(5):
        out.append(g(x, 1))
    return out


@takes(3)
def a_decision_for_each_item_takes_its_time():
    return [x for x in firm(3)]


@takes(4)
def calls_for_decided_items_overlap_with_further_decisions():
    out = []
    for x in firm(3):
        out.append(g(x, 1))
    return out


@takes(5)
def what_follows_does_not_wait_for_the_items():
    out = [x for x in some(3)]
    return out, f(5)


@takes(3)
def two_generators_zipped_overlap():
    return [(a, b) for a, b in zip(some(3), firm(3))]


@takes(1)
def two_sure_generators_zipped():
    return list(zip(some(3), endless()))


@takes(1)
def yield_from_adds_nothing():
    def outer():
        yield from some(3)
        yield from [f(1), f(1)]
        yield f(1)

    return list(outer())


@takes(1)
def a_tree_is_walked_at_once():
    def walked(tree):
        value, *below = tree
        yield g(value, 1)
        for branch in below:
            yield from walked(branch)

    return list(walked((1, (2, (3,), (4,)), (5,))))


@takes(2)
def what_is_returned_to_yield_from():
    def inner():
        yield f(1)
        return f(2)

    def outer():
        total = yield from inner()
        yield total

    return list(outer())


@takes(1)
def an_endless_generator_is_left():
    out = []
    for number, x in enumerate(endless()):
        if number == 3:
            break
        out.append(x)
    return out


@takes(4)
def leaving_by_an_item_waits_for_it():
    for x in endless():
        if x == 3:
            return x
    return None


@takes(1)
def items_taken_one_by_one():
    made = endless()
    a = next(made)
    b = next(made)
    return a, b, list(itertools.islice(made, 3))


@takes(2)
def what_is_sent_may_be_pending():
    def echo():
        sent = yield
        while True:
            sent = yield g(sent, 1)

    made = echo()
    next(made)
    return made.send(f(1)), made.send(2)


@takes(1)
def folds_take_all_items():
    return sum(some(4)), "".join(str(x) for x in (1, 2)), sorted(some(3))


@takes(1)
def a_kept_expression():
    kept = (g(x, 1) for x in range(4))
    first = next(kept)
    return first, list(kept)


@takes(3)
def inside_try_each_item_must_have_succeeded():
    log: list[object] = []
    return [x for x in guarded(log, 3)], log


@takes(2)
def what_is_inside_try_is_handled_there():
    def careful(xs):
        for x in xs:
            try:
                yield check_positive(x)
            except Bad:
                yield "bad"

    return list(careful([1, 0]))


@takes(2)
def a_failure_takes_back_what_was_taken():
    made = (x for x in [1, 0, 2, 3])
    out = []
    try:
        for x in made:
            out.append(check_positive(x))
    except Bad:
        out.append(f(1))
    return out, [check_positive(x) for x in made]


@takes(2)
def an_undecided_branch_may_take_an_item():
    made = endless()
    if f(1):
        next(made)
    return next(made)


@takes(3)
def sequential_calls_of_a_generator_are_in_order():
    def writing():
        w("a")
        yield 1
        w("b")
        yield 2

    out = []
    for x in writing():
        out.append(x)
    w("c")
    return out


@takes(3)
def filters_decide_before_they_go_on():
    return [x for x in filter(ok, iter([1, 2]))], next(filter(ok, endless_numbers()))


def endless_numbers():
    yield from itertools.count(1)


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)


def failing(n):
    for i in range(n):
        yield g(i, 1)
        check_positive(1 - i)


def passing_on():
    yield 0
    yield from failing(3)


def fails_in_a_loop():
    for x in passing_on():
        g(x, 1)


def fails_in_next():
    made = passing_on()
    return next(made), next(made), next(made), next(made)


def steps_in_a_helper_of_a_generator_that_stores():
    def storing(log):
        for i in range(3):
            log.append(g(i, 1))
            yield i

    def move(items):
        try:
            next(items)
        except Bad:
            pass

    log = []
    items = storing(log)
    log.append(g("first", 1))
    if ok(1):
        move(items)
    log.append("second")
    move(items)
    log.append("third")
    return log


def test_a_step_touches_what_the_generator_was_given() -> None:
    """Whoever takes a step of it, in a branch or in a `try`."""
    agree(steps_in_a_helper_of_a_generator_that_stores, outside)


def fails_by_throw():
    made = passing_on()
    next(made)
    made.throw(Bad("thrown"))


def fails_in_an_expression():
    return sum(x + "a" for x in failing(2))


@pytest.mark.parametrize(
    "script",
    [fails_in_a_loop, fails_in_next, fails_by_throw, fails_in_an_expression],
    ids=lambda script: script.__name__,
)
def test_tracebacks_pass_through_the_generators_lines(script: Any) -> None:
    """An error looks as it would have if the script had been run in order."""
    agree(script, outside, tracebacks=True)

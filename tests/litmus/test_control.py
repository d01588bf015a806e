"""Branches and loops whose decisions are pending, in exact virtual seconds.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

import pytest

from tests.litmus.table import Bad, Row, Table, check, check_positive, f, g, ok


table = Table()
takes = table.takes


@takes(1)
def nested_loops_are_one_fan_out():
    out = []
    for i in range(3):
        for j in range(3):
            out.append((i, j, f(1)))
    return out


@takes(3)
def inner_chains_of_outer_iterations_overlap():
    out = []
    for i in range(3):
        t = i
        for j in range(3):
            t = g(t + j, 1)
        out.append(t)
    return out


@takes(3)
def early_return_from_a_loop():
    for x in (0, 0, 1, 0):
        if g(x, 1):
            return x
    return None


def first(xs):
    for x in xs:
        if g(x, 1):
            return x
    return None


@takes(3)
def two_helpers_that_return_early_overlap():
    a = first([0, 1])
    b = first([0, 0, 2])
    return a, b


@takes(4)
def while_with_a_pending_condition():
    n = 0
    while g(n, 1) < 3:
        n += 1
    return n


@takes(3)
def while_true_with_a_pending_break():
    n = 0
    while True:
        n += 1
        if g(n, 1) == 3:
            break
    return n


@takes(2)
def a_pending_continue_skips_only_its_iteration():
    out = []
    for x in range(10):
        if g(x % 2, 1):
            continue
        out.append(f(1))
    return out


@takes(5)
def else_of_a_loop_waits_for_every_break():
    for x in (0, 0, 0):
        if g(x, 1):
            break
    else:
        return f(2)
    return x


@takes(4)
def elif_tests_one_after_the_other():
    if g(0, 1):
        return 1
    elif g(0, 1):
        return 2
    elif g(1, 1):
        return f(1)
    return 4


@takes(2)
def or_calls_its_second_only_when_needed():
    return g(0, 1) or g(5, 1)


@takes(1)
def and_does_not_call_past_a_false():
    return g(0, 1) and g(5, 1)


@takes(2)
def ors_of_separate_items_overlap():
    return [g(0, 1) or g(x, 1) for x in range(5)]


@takes(2)
def a_pending_ternary():
    a = f(1) if g(1, 1) else f(9)
    b = f(2)
    return a, b


@takes(5)
def a_chained_comparison_calls_its_third_last():
    # f(1) and f(2) start together; f(3) is reached only once 1 < 2 is known.
    return f(1) < f(2) < f(3)


@takes(2)
def walrus_in_a_condition():
    if (n := f(1)) > 0:
        return n + f(n)
    return None


@takes(2, lambda: ([3, -1, 2],))
def comprehension_with_a_pending_condition(xs):
    return [g(x, 1) for x in xs if ok(x)]


@takes(1)
def nested_comprehensions():
    return [[f(1) for _ in range(3)] for _ in range(3)]


@takes(2)
def match_on_a_pending_subject():
    match g([1, 2], 1):
        case [a, b]:
            return f(1) + a + b
        case _:
            return None


@takes(1)
def a_pending_assert_holds_nothing_back():
    # Raising is no exit: the rest stands in its shadow and may begin.
    assert g(1, 1)
    return f(1)


@takes(2)
def a_pending_iterable():
    out = []
    for x in g([1, 2, 3], 1):
        out.append(g(x, 1))
    b = f(2)
    return out, b


@takes(3)
def a_range_of_pending_length():
    return [f(1) for _ in range(f(2))]


@takes(2)
def two_loops_over_pending_iterables():
    firsts, seconds = [], []
    for x in g([1, 2], 1):
        firsts.append(g(x, 1))
    for x in g([3, 4], 1):
        seconds.append(g(x, 1))
    return firsts, seconds


@takes(3, lambda: ([1, 0, -1],))
def retrying_by_hand_overlaps_between_items(xs):
    out = []
    for x in xs:
        for attempt in range(3):
            try:
                out.append(check_positive(x + attempt))
                break
            except Bad:
                pass
    return out


@takes(2)
def nested_undecided_branches():
    out = []
    for x in range(4):
        if g(x < 3, 1):
            if x % 2:
                out.append(f(1))
            else:
                out.append(g(x, 1))
    return out


@takes(3)
def a_branch_inside_a_branch_is_decided_in_turn():
    a = b = 0
    if g(1, 1):
        a = 1
        if g(1, 1):
            b = f(1)
    return a, b


@takes(2)
def any_stops_at_the_first_true():
    return any(ok(x) for x in (0, 1, 2))


@takes(3)
def all_that_hold_are_checked_in_turn():
    return all(ok(x) for x in (1, 2, 3))


def kids(n):
    return g([n - 1] * n, 1)


@takes(3)
def breadth_first_takes_a_second_a_level():
    level, seen = [2], []
    while level:
        below = []
        for n in level:
            seen.append(n)
            for kid in kids(n):
                below.append(kid)
        level = below
    return seen


@takes(1)
def a_worklist_of_known_length():
    todo, out = [3], []
    while todo:
        n = todo.pop()
        out.append(f(1))
        if n > 0:
            todo.append(n - 1)
    return out


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)

"""Failures, caught and not: the first in program order counts, in exact seconds.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

import pytest

from tests.litmus.table import Bad, Row, Table, check, check_positive, f, fail, g, log


table = Table()
takes = table.takes


@takes(2)
def a_handler_runs_after_the_failure():
    try:
        return fail(1)
    except Bad:
        return f(1)


@takes(10)
def a_failure_waits_for_older_calls():
    # The older call could still fail, and would be the one to raise.
    a = f(10)
    b = fail(1)
    return a, b


@takes(1)
def a_failure_cancels_younger_calls():
    a = fail(1)
    b = f(10)
    return a, b


@takes(2)
def a_failure_in_an_undecided_branch():
    if f(1):
        fail(1)
    return f(5)


@takes(1)
def a_failing_operation_on_a_pending_value():
    x = 1 // g(0, 1)
    return x, f(5)


@takes(1)
def raising_with_a_pending_argument():
    raise Bad(f(1))


@takes(1.1)
def finally_runs_after_a_failure():
    try:
        fail(1)
    finally:
        log("finally")


@takes(2)
def a_failing_handler():
    try:
        try:
            fail(1, "inner")
        except Bad:
            fail(1, "outer")
    except Bad as error:
        return str(error), str(error.__context__)


@takes(1, lambda: ([],))
def stores_after_a_failure_never_happened(xs):
    try:
        xs.append(1)
        fail(1)
        xs.append(2)
    except Bad:
        xs.append(3)
    return xs


@takes(1, lambda: ([1], {}))
def the_caller_sees_no_store_after_the_failure(xs, d):
    xs.append(2)
    d["a"] = fail(1)
    xs.append(f(5))
    d["b"] = xs


@takes(3)
def the_first_item_that_fails_is_the_one():
    return [fail(d, str(d)) for d in (3, 1, 2)]


@takes(1)
def another_error_from_a_failure():
    try:
        fail(1)
    except Bad as error:
        raise ValueError("worse") from error


@takes(1)
def reraising():
    try:
        fail(1)
    except Bad:
        raise


@takes(3, lambda: ([1, -1, 2, -2],))
def fallbacks_in_a_loop_overlap(xs):
    out = []
    for x in xs:
        try:
            v = check_positive(x)
        except Bad:
            v = g(x, 2)
        out.append(v)
    return out


@takes(1)
def a_pending_assert_that_fails():
    assert g(0, 1), "no"
    return f(5)


@takes(1)
def a_pending_key_that_is_missing():
    return {"a": 1}[g("z", 1)]


@takes(2)
def code_after_a_try_does_not_wait_for_it():
    try:
        a = check_positive(1)
    except Bad:
        a = 0
    b = f(2)
    return a, b


@takes(2)
def variables_of_a_try_that_failed():
    a = 0
    try:
        a = 1
        fail(1)
        a = 2
    except Bad:
        a += 10
    return g(a, 1)


@takes(1)
def an_exception_that_no_clause_takes():
    try:
        fail(1)
    except (KeyError, ValueError):
        return f(1)


@takes(2)
def the_else_of_a_try_runs_after_it():
    # Whether the body failed is known after a second.
    try:
        check_positive(1)
    except Bad:
        return 0
    else:
        return f(1)


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        return False


class Swallow(Quiet):
    def __exit__(self, kind, error, trace):
        return kind is Bad


@takes(1)
def a_context_manager_holds_nothing_back():
    # Its end waits for the body; nothing behind it reads what the end stores.
    with Quiet():
        a = f(1)
    b = f(1)
    return a, b


@takes(2)
def a_context_manager_may_swallow():
    # What follows runs whether or not the body failed, as after a `try`.
    with Swallow():
        fail(1)
    return f(2)


@takes(1)
def a_context_manager_may_let_pass():
    with Quiet():
        fail(1)


@takes(1, lambda: ([],))
def failing_behind_a_caught_failure(xs):
    try:
        fail(1)
    except Bad:
        pass
    return xs[0]


@takes(3)
def a_failure_in_a_nested_loop():
    out = []
    for i in (3, 2):
        for j in (1, 0):
            out.append(g(i // j, i))
    return out


@takes(2)
def an_error_stored_and_read_later():
    errors = []
    for d in (1, 2):
        try:
            fail(d, str(d))
        except Bad as error:
            errors.append(error.args)
    return errors


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)

"""Sequential and read-only calls among the others, in exact virtual seconds."""

import pytest

from tests.litmus.table import Row, Table, check, f, g, log, r, read_db, w, write_db


table = Table()
takes = table.takes


@takes(1)
def younger_calls_overlap_a_sequential_one():
    log(1)
    return f(1)


@takes(1.1)
def a_sequential_call_waits_for_its_argument():
    a = f(1)
    log(a)
    return f(1)


@takes(2.1)
def a_sequential_call_waits_for_older_calls_it_does_not_read():
    f(2)
    log("done")


@takes(2)
def sequential_calls_on_two_resources_keep_their_order():
    w(1)
    write_db(1)


@takes(2)
def a_write_waits_for_an_older_read_of_another_resource():
    a = r()
    write_db(1)
    return a


@takes(1)
def a_younger_read_of_another_resource_overlaps():
    write_db(1)
    return r()


@takes(2)
def a_younger_read_of_the_same_resource_waits():
    write_db(1)
    return read_db()


@takes(1)
def reads_overlap():
    return [read_db(i) for i in range(5)] + [r(i) for i in range(5)]


@takes(1.2)
def a_sequential_call_in_an_undecided_branch():
    if f(1):
        log(1)
    log(2)


@takes(2)
def a_sequential_call_behind_a_pending_break():
    # log(0) runs while the second test is on its way.
    for x in range(3):
        if g(x == 1, 1):
            break
        log(x)


@takes(3)
def a_read_behind_an_undecided_write_waits():
    if f(1):
        w()
    return r()


@takes(2)
def a_read_of_another_resource_passes_an_undecided_write():
    if f(1):
        w()
    return read_db()


@takes(1.2)
def printing_and_logging_keep_their_order():
    for x in range(2):
        print(x)
        log(g(x, 1))
        print("logged", x)


def report(x):
    log(g(x, 1))


@takes(1.3)
def sequential_calls_in_a_helper():
    for x in range(3):
        report(x)


@takes(2.1)
def the_answer_of_a_sequential_call_feeds_the_next():
    n = w("first")
    m = w(n)
    log(m)
    return n, m


@takes(4)
def reads_between_writes():
    # w 0-1, both reads 1-2, w 2-3, the last read 3-4.
    w()
    a, b = r(1), r(2)
    w()
    return a, b, r(3)


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)

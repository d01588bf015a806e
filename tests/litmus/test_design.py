"""The measure of the machine: scripts and the exact virtual seconds they take."""

# mypy: disable-error-code="var-annotated, attr-defined"

import pytest

from tests.litmus.table import (
    Bad,
    Row,
    Table,
    ask,
    better,
    check,
    check_positive,
    f,
    fail,
    g,
    log,
    ok,
    r,
    read_db,
    w,
)


table = Table()
takes = table.takes


@takes(1)
def two_calls_run_side_by_side():
    a = f(1)
    b = f(1)
    return a + b


@takes(3)
def a_chain_takes_its_sum():
    return f(f(f(1)))


@takes(1)
def list_comprehension():
    return [f(1) for _ in range(100)]


@takes(1)
def append_in_a_loop():
    out = []
    for _ in range(100):
        out.append(f(1))
    return out


@takes(1)
def extend_in_a_loop():
    out = []
    for _ in range(100):
        out += [f(1)]
    return out


@takes(1)
def store_by_index():
    arr = [0] * 100
    for i in range(100):
        arr[i] = f(1)
    return arr


@takes(1)
def store_by_key():
    d = {}
    for k in range(100):
        d[k] = f(1)
    return d


class Box:
    pass


@takes(1)
def store_in_an_attribute():
    boxes = []
    for _ in range(100):
        obj = Box()
        obj.x = f(1)
        boxes.append(obj)
    return boxes


@takes(1)
def set_comprehension():
    return {f(1) for _ in range(100)}


@takes(1)
def dict_comprehension():
    return {k: f(1) for k in range(100)}


@takes(1)
def map_over_a_range():
    return list(map(f, [1] * 100))


@takes(1)
def generator_handed_to_join():
    return "".join(ask(f"{i}") for i in range(100))


@takes(4)
def no_barrier_between_loops():
    ys = [f(d) for d in (1, 2, 3)]
    zs = []
    for y, d in zip(ys, (3, 2, 1)):
        zs.append(g(y, d))
    return zs


@takes(2)
def a_call_behind_a_branch_does_not_wait_for_it():
    if f(1):
        a = f(1)
    else:
        a = f(2)
    b = f(2)
    return a, b


@takes(2)
def filtering_iterations_overlap():
    out = []
    for x in range(10):
        if ok(x):
            out.append(f(1))
    return out


@takes(7, lambda: ([0, -1, -2],))
def inner_while_loops_overlap(xs):
    out = []
    for x in xs:
        while not ok(x):
            x = better(x)
        out.append(x)
    return out


@takes(3)
def no_call_past_a_break():
    for x in range(10):
        if g(x, 1) == 2:
            break
    return x


@takes(1, lambda: ([f"p{i % 10}" for i in range(50)],))
def cache_by_hand(prompts):
    cache = {}
    out = []
    for p in prompts:
        if p in cache:
            v = cache[p]
        else:
            v = ask(p)
            cache[p] = v
        out.append(v)
    return out


class Asker:
    def __init__(self, d):
        self.d = d

    def answer(self):
        return f(self.d)


@takes(2)
def two_loops_that_make_objects():
    firsts, seconds = [], []
    a = [f(1) for _ in range(3)]
    b = [f(1) for _ in range(3)]
    for d in a:
        asker = Asker(d)
        firsts.append(asker.answer())
    for d in b:
        asker = Asker(d)
        seconds.append(asker.answer())
    return firsts, seconds


def plain_helper(d):
    return f(d)


@takes(2)
def two_undecided_ifs_that_call_a_helper():
    a = b = None
    if f(1):
        a = plain_helper(1)
    if f(1):
        b = plain_helper(1)
    return a, b


def tree(n):
    return f(1) if n == 0 else tree(n - 1) + tree(n - 1)


@takes(1)
def recursion():
    return tree(8)


@takes(1, lambda: ([1, -1, 2, 0, 3],))
def trys_in_a_loop_overlap(xs):
    out = []
    for x in xs:
        try:
            out.append(check_positive(x))
        except Bad:
            out.append(None)
    return out


@takes(1.5)
def sequential_calls_stay_in_order():
    for x in range(5):
        log(g(x, 1))


@takes(3)
def reads_and_writes_of_one_resource():
    a = r(1)
    b = r(2)
    c = w()
    d = r(3)
    return a, b, c, d


@takes(1.3)
def reads_of_another_resource_overlap():
    out = []
    for i in range(3):
        out.append(read_db(i))
        log(i)
    return out


@takes(3)
def the_first_failure_in_program_order_is_raised():
    a = fail(3, "slow")
    b = fail(1, "quick")
    return a, b


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)

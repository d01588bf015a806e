"""Closures over functions: what they call is known while their variables stay as they are."""

# Scripts under test are written as users write them.
# mypy: ignore-errors

import functools
import time

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.testing.agree import agree
from tests.core.rows import both_ways
from tests.litmus.table import Bad, Row, Table, check, fail, g, log, ok, outside


table = Table()
takes = table.takes
SCRIPTS = []


def agrees(script):
    """Add the script below to those that need only mean what they do in CPython."""
    SCRIPTS.append(script)
    return script


def retry_for(times, kinds=(Exception,)):
    """A decorator as people write it."""

    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for i in range(times):
                try:
                    return function(*args, **kwargs)
                except kinds:
                    if i == times - 1:
                        raise

        return wrapper

    return decorate


def retry_while(function):
    """Another."""

    def wrapper(*args):
        failed = 0
        while True:
            try:
                found = function(*args)
            except Bad:
                failed += 1
                if failed > 4:
                    raise
                continue
            return found

    return wrapper


def retry_and_keep(function, times=3):
    """A third."""

    def wrapper(*args):
        last = None
        for _ in range(times):
            try:
                return function(*args)
            except Bad as error:
                last = error
        raise last

    return wrapper


def flaky(x):
    """Fail the first time for 2."""
    if x == 2 and g(tries.pop(), 1):
        fail(0)
    return g(x, 1)


tries: list[int] = []


@takes(1)
def calls_through_a_decorator_overlap():
    asked = retry_while(lambda x: g(x, 1))
    return [asked(i) for i in range(5)]


@takes(1)
def so_do_those_through_two():
    asked = retry_while(retry_while(lambda x: g(x, 1)))
    return [asked(i) for i in range(5)]


@takes(1)
def a_branch_calls_through_a_decorator():
    asked = retry_while(lambda x: g(x, 0))
    out = []
    for i in range(5):
        if ok(i):
            asked(i)
        out.append(i)
    return out


@agrees
def it_sleeps_before_it_tries_again():
    def careful(x):
        while True:
            try:
                return flaky(x)
            except Bad:
                time.sleep(0.001)

    tries[:] = [0, 1]
    return [careful(x) for x in range(4)], tries


@agrees
def sleeping_wrongly():
    found = []
    for seconds in (-1, "a", None, float("nan"), 1e300):
        try:
            time.sleep(seconds)
        except (ValueError, TypeError, OverflowError) as error:
            found.append((type(error).__name__, str(error)))
    return found, time.sleep(0), time.sleep(False)


@agrees
def decorators_that_try_again():
    tries[:] = [0, 0, 1]
    asked = [retry_for(4, (Bad,))(flaky), retry_while(flaky), retry_and_keep(flaky)]
    return [ask(i) for ask in asked for i in range(4)], tries


@agrees
def one_decorator_around_many():
    noted = []

    def note(x):
        noted.append(x)
        return g(x, 1)

    asked = [retry_while(one) for one in (lambda x: g(x, 1), note, lambda x: log(x))]
    found = [ask(i) for i in range(3) for ask in asked]
    return found, noted, len(noted)


@agrees
def a_variable_that_is_stored_to_afterwards():
    out = []

    def one():
        out.append(g("one", 1))

    def two():
        out.append(g("two", 0))

    chosen = one

    def call():
        chosen()

    if ok(1):
        call()
    chosen = two
    call()
    return out, len(out)


@agrees
def a_variable_that_an_older_branch_stores_to():
    out = []

    def idle():
        pass

    def note():
        out.append(g("noted", 1))

    act = idle

    def call():
        act()

    for i in range(2):
        if ok(i):
            act = note
        if ok(i + 1):
            call()
        out.append(i)
    return out, len(out)


@agrees
def a_variable_that_is_plain_at_first():
    out, hear = [], None

    def tell(x):
        if hear:
            hear(x)

    def listen(function):
        nonlocal hear
        hear = function

    for i in range(3):
        if ok(1 - i):
            tell(i)
        if ok(i):
            listen(lambda x: out.append(g(x, 1)))
        out.append(-i)
    tell(9)
    return out, len(out)


@agrees
def a_variable_set_and_called_in_one_branch():
    out = []

    def quiet():
        pass

    def loud():
        out.append(1)

    act = quiet

    def choose():
        nonlocal act
        act = loud

    if ok(1):
        choose()
        act()
    return list(out), len(out)


@agrees
def what_is_called_is_one_function_or_something_unknown():
    out = []

    def quiet():
        pass

    known = [lambda: out.append(1)]
    for i in range(2):
        if ok(1):
            act = known[0] if ok(1 - i) else quiet
            act()
        out.append(-i)
    return list(out), len(out)


class Agent:
    def step(self):
        pass


@agrees
def an_object_is_given_another_method_than_its_class_has():
    agent, out = Agent(), []
    agent.step = lambda: out.append(1)
    if ok(1):
        agent.step()
    return list(out), len(out)


@agrees
def an_object_is_given_a_method_in_an_undecided_branch():
    agent, out = Agent(), []

    def step():
        out.append(1)

    if ok(1):
        agent.step = step
    if ok(1):
        agent.step()
    return list(out), len(out)


@agrees
def a_class_is_given_another_method():
    agent, out, before = Agent(), [], Agent.step
    Agent.step = lambda self: out.append(1)
    if ok(1):
        agent.step()
    found = list(out), len(out)
    Agent.step = before
    return found


@agrees
def a_method_of_a_class_in_a_function_knows_its_variables():
    out = []

    class Told(list):
        def append(self, item):
            out.append(item)

        def __add__(self, other):
            out.append(other)
            return self

        @property
        def last(self):
            out.append(0)
            return out[0]

    boxes = [Told()]
    if ok(1):
        boxes[0].append(3)
    first = list(out)
    if ok(1):
        boxes[0] + 4
    second = list(out)
    if ok(1):
        boxes[0].last
    return first, second, list(out)


@agrees
def a_function_counts_its_calls_in_an_attribute():
    def counted():
        counted.calls = getattr(counted, "calls", 0) + 1

    if ok(1):
        counted()
    first = getattr(counted, "calls", 0)
    try:
        counted()
        if ok(-1 + first):
            counted()
    except AttributeError:
        return None
    return first, counted.calls


@agrees
def a_function_that_changes_itself():
    out = []

    def first(x):
        nonlocal step
        out.append(("first", x))
        if ok(x):
            step = second
        return g(x, 1)

    def second(x):
        out.append(("second", x))
        return g(-x, 1)

    step = first

    def go(x):
        return step(x)

    return [go(i) for i in range(4)], out


@agrees
def closures_in_closures():
    out = []

    def made(function):
        def outer(x):
            def inner():
                return function(x)

            return inner()

        return outer

    def note(x):
        out.append(x)
        return g(x, 1)

    asked, noted = made(lambda x: g(x, 1)), made(note)
    found = []
    for i in range(3):
        if asked(i):
            found.append(noted(i))
        out.append(("after", i))
    return found, out, len(out)


@agrees
def a_generator_that_counts_read_by_a_fold():
    """What is read of functions that call each other is read again while any of it still grows."""
    n = 0

    def count(items):
        nonlocal n
        for item in items:
            n += 1
            yield item

    total = sum(count(map(g, g(range(1, 5), 1), [1, 2, 1, 2])))
    listed = list(count(map(g, g(range(1, 5), 1), [1, 2, 1, 2])))
    return n, total, listed


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_sleeping_keeps_nobody_waiting(fusion):
    """`time.sleep` is a call in its turn: the run's own time goes on."""

    def script():
        early = g("early", 1)
        time.sleep(3600)
        return early, g("late", 3601)

    async def main():
        start = trio.current_time()
        assert await epic.evaluate(script, fusion=fusion) == ("early", "late")
        assert trio.current_time() - start == pytest.approx(3601)

    outside.begin()
    trio.run(main, clock=MockClock(autojump_threshold=0))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_it_means_what_it_does_in_cpython(script):
    """Whatever its variables call, and whenever that changes."""
    agree(script, outside, seeds=range(6))


WRONG = {
    "so_do_those_through_two-literal": "the literal machine holds more than it must "
    "around a `try` in another",
}


@pytest.mark.parametrize(("row", "fusion"), both_ways(table, WRONG))
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """The row means what it means in CPython, and takes exactly its seconds."""
    check(row, fusion=fusion)

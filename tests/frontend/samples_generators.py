"""Programs with generators that ask for calls, each run every way.

PYTEST_DONT_REWRITE: the asserts of the programs are CPython's.
"""

# mypy: ignore-errors
# ruff: noqa: F821, F841, RUF059, UP028 - the programs try out what nobody should write

import collections
import functools
import inspect
import itertools
import types

from tests.litmus.table import Bad, check_positive, f, fail, g, ok, outside, w


PROGRAMS = []


def program(script):
    """Enter a program into the table."""
    PROGRAMS.append(script)
    return script


def some(n):
    for i in range(n):
        yield g(i, 1)


def firm(n):
    """Whether there is a further item depends on an answer."""
    for i in range(n):
        if g(i % 2, 1):
            yield i


def guarded(log, n):
    try:
        for i in range(n):
            yield g(i, 1)
    finally:
        log.append("closed")


def counting():
    n = 0
    while True:
        yield g(n, 1)
        n += 1


def echo(first):
    got = [first]
    while True:
        sent = yield got[-1]
        if sent is None:
            return got
        got.append(g(sent, 1))


class Tree:
    """A node of a tree of its own kind."""

    def __init__(self, value, *below):
        self.value = value
        self.below = below

    def __iter__(self):
        yield g(self.value, 1)
        for node in self.below:
            yield from node

    def deep(self, depth=0):
        yield depth, self.value
        for node in self.below:
            yield from node.deep(depth + 1)


@program
def loops():
    out = []
    for x in some(4):
        out.append(x)
    else:
        out.append("end")
    return out


@program
def loops_with_a_pending_end():
    out = []
    for x in firm(5):
        out.append(g(x, 1))
    return out


@program
def comprehensions():
    return [x for x in some(3)], {x for x in firm(4)}, {x: g(x, 1) for x in some(2)}


@program
def comprehensions_in_a_row():
    return [(x, y) for x in some(2) for y in firm(3) if x != y]


@program
def next_and_the_rest():
    made = some(4)
    first = next(made)
    second = next(made)
    return first, second, list(made), next(made, "none"), list(made)


@program
def next_at_the_end():
    made = firm(3)
    out = []
    while True:
        try:
            out.append(next(made))
        except StopIteration as stop:
            out.append(stop.value)
            return out


@program
def sending():
    made = echo(0)
    out = [next(made), made.send(1), made.send(g(2, 1))]
    try:
        made.send(None)
    except StopIteration as stop:
        out.append(stop.value)
    return out


@program
def sending_into_what_stands_apart():
    def adding():
        total = 0
        while True:
            total += yield total

    made = adding()
    next(made)
    return made.send(g(1, 1)), made.send(2)


@program
def what_stands_apart_is_taken_back():
    def apart(n):
        for i in range(n):
            yield i - 2

    made = apart(5)
    out = []
    try:
        for x in made:
            out.append(check_positive(-x))
    except Bad:
        out.append("bad")
    return out, list(made)


@program
def sending_too_early():
    made = echo(0)
    try:
        made.send(g(1, 1))
    except TypeError as error:
        return str(error), next(made)


@program
def throwing():
    def careful():
        out = []
        while len(out) < 3:
            try:
                out.append((yield g(len(out), 1)))
            except ValueError as error:
                out.append(("caught", str(error)))
        return out

    made = careful()
    got = [next(made), made.throw(ValueError("a")), made.throw(ValueError, "b")]
    try:
        made.send(5)
    except StopIteration as stop:
        got.append(stop.value)
    return got


@program
def throwing_into_the_beginning():
    made = some(2)
    try:
        made.throw(Bad("early"))
    except Bad as error:
        return str(error), list(made)


@program
def throwing_past_the_end():
    made = some(1)
    list(made)
    try:
        made.throw(Bad("late"))
    except Bad as error:
        return str(error)


@program
def throwing_what_is_no_exception():
    made = some(1)
    try:
        made.throw(3)
    except TypeError as error:
        return str(error)


@program
def closing():
    log = []
    made = guarded(log, 3)
    first = next(made)
    made.close()
    made.close()
    return first, log, list(made)


@program
def closing_what_has_not_begun():
    log = []
    made = guarded(log, 3)
    made.close()
    return log, list(made)


@program
def closing_what_will_not_close():
    def stubborn():
        asked = 0
        while asked < 2:
            try:
                yield g(1, 1)
            except GeneratorExit:
                asked += 1

    made = stubborn()
    next(made)
    try:
        made.close()
    except RuntimeError as error:
        return str(error)


@program
def finally_at_the_end():
    log = []
    return [x for x in guarded(log, 3)], log


@program
def finally_after_a_failure():
    log = []

    def failing():
        try:
            yield g(1, 1)
            yield fail(1)
        finally:
            log.append("closed")

    out = []
    try:
        for x in failing():
            out.append(x)
    except Bad as error:
        out.append(str(error))
    return out, log


@program
def a_failure_ends_it():
    def failing():
        yield g(1, 1)
        check_positive(g(0, 1))
        yield g(2, 1)

    made = failing()
    out = []
    try:
        for x in made:
            out.append(x)
    except Bad:
        out.append("bad")
    return out, list(made)


@program
def a_failing_item_is_only_an_item():
    def failing():
        yield 1
        yield fail(1)

    return [x for x in failing()]


@program
def handlers_inside():
    def careful(xs):
        for x in xs:
            try:
                yield check_positive(x)
            except Bad:
                yield g("bad", 1)
            else:
                yield "good"
            finally:
                yield "done"

    return list(careful([1, 0, 2]))


@program
def a_handler_that_yields_names_its_error():
    def careful():
        try:
            check_positive(0)
        except Bad as error:
            yield str(error)
            yield g(1, 1)
            raise
        yield "never"

    out = []
    try:
        for x in careful():
            out.append(x)
    except Bad as error:
        out.append(repr(error))
    return out


@program
def contexts_of_errors():
    def careful():
        try:
            check_positive(0)
        except Bad:
            yield 1
            raise KeyError(g(1, 1))

    made = careful()
    next(made)
    try:
        next(made)
    except KeyError as error:
        return repr(error), repr(error.__context__)


@program
def returns_inside_try():
    def leaving(log):
        for x in range(3):
            try:
                if g(x, 1) == 1:
                    return "left"
                yield x
            finally:
                log.append(x)

    def asking(log):
        return (yield from leaving(log)), log

    made = asking([])
    out = [next(made)]
    try:
        next(made)
    except StopIteration as stop:
        out.append(stop.value)
    return out


@program
def breaks_inside_try():
    def leaving(log):
        for x in range(4):
            try:
                if x == 1:
                    continue
                if x == 3:
                    break
                yield g(x, 1)
            finally:
                log.append(x)
        yield log

    return list(leaving([]))


class Manager:
    """A context that notes what happens to it."""

    def __init__(self, log):
        self.log = log

    def __enter__(self):
        self.log.append("enter")
        return self

    def __exit__(self, kind, error, trace):
        self.log.append(("exit", kind and kind.__name__))
        return kind is Bad


@program
def with_inside():
    def careful(log):
        with Manager(log) as manager:
            yield g(1, 1)
            manager.log.append("between")
            yield g(2, 1)
        with Manager(log):
            check_positive(0)
            yield "never"
        yield g(3, 1)

    log = []
    return [x for x in careful(log)], log


@program
def closing_a_with():
    def careful(log):
        with Manager(log):
            yield g(1, 1)
            yield 2

    log = []
    made = careful(log)
    out = [next(made)]
    made.close()
    return out, log


@program
def delegating():
    def outer(n):
        got = yield from some(n)
        got2 = yield from echo(7)
        yield got, got2

    made = outer(2)
    return next(made), next(made), next(made), made.send(8), made.send(None)


@program
def delegating_to_lists():
    def outer():
        yield from [g(1, 1), 2]
        yield from "ab"
        got = yield from range(2)
        yield got
        yield from {"k": f(1)}

    return list(outer())


@program
def delegating_throws():
    def inner():
        try:
            yield g(1, 1)
        except Bad as error:
            yield str(error)
        return "inner"

    def outer():
        got = yield from inner()
        yield got

    made = outer()
    return next(made), made.throw(Bad("thrown")), next(made)


@program
def delegating_throws_to_lists():
    def outer():
        try:
            yield from [1, g(2, 1), 3]
        except Bad as error:
            yield str(error)

    made = outer()
    return next(made), made.throw(Bad("thrown")), list(made)


@program
def delegating_closes():
    def outer(log):
        try:
            yield from guarded(log, 3)
        finally:
            log.append("outer")

    log = []
    made = outer(log)
    first = next(made)
    made.close()
    return first, log


@program
def delegating_sends_to_lists():
    def outer():
        yield from [1, 2]

    made = outer()
    next(made)
    try:
        made.send(g(1, 1))
    except AttributeError as error:
        return str(error)


@program
def trees():
    tree = Tree(1, Tree(2, Tree(3)), Tree(4))
    return list(tree), [x for x in tree], list(tree.deep()), sum(tree)


@program
def recursion():
    def down(n):
        if g(n, 1) > 0:
            yield n
            yield from down(n - 1)

    return list(down(3))


@program
def endless_with_break():
    out = []
    for x in counting():
        if x == 3:
            break
        out.append(x)
    return out


@program
def endless_with_islice():
    made = counting()
    return (
        list(itertools.islice(made, 2)),
        list(itertools.islice(made, 1, 4, 2)),
        next(made),
    )


@program
def zipped():
    return list(zip(some(3), counting(), "abcd"))


@program
def zipped_strictly():
    try:
        return list(zip(some(2), some(3), strict=True))
    except ValueError as error:
        return str(error)


@program
def enumerated():
    return list(enumerate(some(3), start=g(5, 1))), dict(enumerate(firm(3)))


@program
def mapped():
    doubled = map(lambda x: g(x * 2, 1), some(3))
    return (
        next(doubled),
        list(doubled),
        list(filter(None, some(3))),
        list(filter(ok, some(3))),
    )


@program
def lazily_filtered():
    made = filter(ok, counting())
    return next(made), next(made)


@program
def chained():
    both = itertools.chain(some(2), [g(7, 1)], firm(2))
    rows = (some(n) for n in range(3))
    return list(both), list(itertools.chain.from_iterable(rows))


@program
def taken_while():
    return (
        list(itertools.takewhile(lambda x: x < 2, counting())),
        list(itertools.dropwhile(lambda x: x < 2, some(4))),
        list(itertools.accumulate(some(4))),
        list(itertools.pairwise(some(3))),
    )


@program
def folded():
    return (
        sum(some(4)),
        max(some(3)),
        min(firm(4)),
        sorted(some(3), reverse=True),
        functools.reduce(lambda a, b: g(a + b, 1), some(4)),
        any(some(2)),
        all(some(2)),
        2 in some(4),
        9 not in some(2),
    )


@program
def taken_in():
    letters = (g(letter, 1) for letter in "abc")
    items = [0]
    items.extend(some(2))
    items += firm(3)
    unique = {9}
    unique.update(some(2))
    return (
        "".join(letters),
        items,
        unique,
        tuple(some(2)),
        frozenset(firm(4)),
        collections.deque(some(2)),
        collections.Counter(firm(4)),
        dict(zip("ab", some(2))),
    )


@program
def spread():
    def called(*args, **named):
        return args, named

    return (
        called(*some(2), 5, *firm(2), k=1),
        [*some(2), *firm(2)],
        (*some(1),),
        {*some(2)},
    )


@program
def unpacked():
    a, b = some(2)
    c, *d = firm(5)
    try:
        x, y = some(3)
    except ValueError as error:
        return a, b, c, d, str(error)


@program
def unpacked_too_few():
    try:
        x, y, z = firm(3)
    except ValueError as error:
        return str(error)


@program
def a_partly_unpacked_generator():
    made = counting()
    try:
        a, b = made
    except ValueError:
        pass
    return next(made)


@program
def kept_expressions():
    kept = (g(x, 1) for x in range(4) if x % 2)
    first = next(kept)
    nested = (x + y for x in some(2) for y in range(2))
    return first, list(kept), list(nested)


@program
def kept_expressions_see_late_changes():
    n = 1
    kept = (x * n + g(0, 1) for x in [1, 2, 3])
    a = next(kept)
    n = 10
    return a, next(kept), next(kept)


@program
def expressions_evaluate_their_first_iterable():
    xs = [1, 2]
    kept = (g(x, 1) for x in xs)
    xs = [3]
    try:
        wrong = (x for x in None)
    except TypeError as error:
        return list(kept), str(error)


@program
def passed_around():
    def first_two(items):
        return next(items), next(items)

    made = {"some": some(4)}
    pair = first_two(made["some"])
    holder = types.SimpleNamespace(items=made["some"])
    return pair, [x for x in holder.items]


@program
def in_turns():
    makers = [some(2), firm(4), some(1)]
    out = []
    while makers:
        made = makers.pop(0)
        try:
            out.append(next(made))
        except StopIteration:
            continue
        makers.append(made)
    return out


@program
def a_shared_generator():
    made = counting()
    return [(x, y) for x, y, _ in zip(made, made, range(2))]


@program
def what_it_is():
    made = some(1)
    return (
        isinstance(made, types.GeneratorType),
        isinstance(made, collections.abc.Iterator),
        inspect.isgenerator(made),
        inspect.isgeneratorfunction(some),
        type(made).__name__,
        made.__name__,
        made.__qualname__,
        iter(made) is made,
        made == made,
        bool(made),
    )


@program
def stop_inside():
    def bad():
        yield g(1, 1)
        raise StopIteration(5)

    try:
        return list(bad())
    except RuntimeError as error:
        return str(error), repr(error.__cause__)


@program
def next_inside():
    def bad(items):
        while True:
            yield next(items)

    try:
        return list(bad(some(2)))
    except RuntimeError as error:
        return str(error)


@program
def next_inside_with_care():
    def pairs(items):
        items = iter(items)
        while True:
            try:
                a = next(items)
            except StopIteration:
                return
            yield a, next(items, None)

    return list(pairs(some(3))), list(pairs([1, g(2, 1)]))


@program
def already_executing():
    def selfish():
        yield g(1, 1)
        yield next(made)

    made = selfish()
    try:
        return list(made)
    except ValueError as error:
        return str(error)


@program
def calls_in_order():
    def writing(n):
        for i in range(n):
            w(i)
            yield g(i, 1)

    out = []
    for x in writing(3):
        w("got")
        out.append(x)
    return out


@program
def lazy_calls():
    """Nothing is asked for that is not reached."""
    made = (w(i) for i in range(5))
    return next(made), next(made)


@program
def shared_lists():
    def growing(xs):
        for i in range(3):
            xs.append(g(i, 1))
            yield len(xs)
            if ok(i):
                xs.append("more")

    xs = []
    sizes = []
    for size in growing(xs):
        sizes.append(size)
        xs.append("mine")
    return xs, sizes


@program
def a_list_that_grows():
    def over(xs):
        for x in xs:
            yield g(x, 1)

    xs = [0]
    out = []
    for x in over(xs):
        out.append(x)
        if len(xs) < 4:
            xs.append(len(xs))
    return out


@program
def what_a_failure_takes_back():
    made = some(8)
    out = []
    try:
        for x in made:
            out.append(check_positive(2 - x))
    except Bad:
        out.append("bad")
    return out, next(made), next(made)


@program
def what_a_failure_takes_back_in_a_list():
    def over(xs):
        for x in xs:
            yield x

    made = over([1, 2, 0, 3, 4])
    out = []
    try:
        for x in made:
            out.append(check_positive(x))
    except Bad:
        pass
    return out, list(made)


@program
def what_a_failure_takes_back_behind_yield_from():
    def over(xs):
        got = yield from (x for x in xs)
        return got

    made = over([1, 0, 3, 4])
    out = []
    try:
        for x in made:
            out.append(check_positive(x))
    except Bad:
        pass
    return out, list(made)


@program
def yields_in_expressions():
    def busy():
        x = [(yield 1), g((yield 2), 1)]
        y = (yield 3) if x[0] else (yield 4)
        z = (yield 5) or (yield 6)
        assert (yield 7), (yield 8)
        while (yield 9):
            pass
        return f"{(yield 10)}", x, y, z, lambda: x

    made = busy()
    out = [next(made)]
    try:
        for sent in ("a", "b", "c", 0, "d", "e", g(1, 1), 0, "f"):
            out.append(made.send(sent))
    except StopIteration as stop:
        out.append(stop.value[:4])
    return out


@program
def lambdas_that_yield():
    made = lambda n: (yield g(n, 1))  # noqa: E731
    return list(made(3))


@program
def closures_in_generators():
    def makers():
        for i in range(3):
            yield lambda: g(i, 1)

    return [make() for make in makers()], [make() for make in list(makers())]


@program
def branches_around_yields():
    def choosing(xs):
        for x in xs:
            if g(x, 1) > 2:
                if x % 2:
                    yield "odd"
                else:
                    continue
                y = x
            elif x == 2:
                break
            else:
                y = -x
            yield y
        else:
            yield "all"

    return list(choosing([1, 3, 4, 5])), list(choosing([1, 2, 3]))


@program
def defaults_and_stars():
    def counted(*xs, start=0, **named):
        for i, x in enumerate(xs, start):
            yield i, g(x, 1), named

    return list(counted(1, 2, start=g(3, 1), k=4)), wrong(counted)


def wrong(counted):
    try:
        return list(some())
    except TypeError as error:
        return str(error)


@program
def pending_arguments():
    return list(some(g(3, 1))), list(firm(f(2)))


@program
def a_pending_choice_of_generators():
    made = some(2) if g(1, 1) else counting()
    return list(made)


@program
def a_branch_that_takes_an_item():
    made = counting()
    if g(1, 1):
        next(made)
    return next(made)


@program
def match_inside():
    def telling(xs):
        for x in xs:
            match g(x, 1):
                case [a, b]:
                    yield a + b
                case int():
                    yield x
                case _:
                    yield None

    return list(telling([1, [2, 3], "x"]))


@program
def walrus_and_globals():
    def reading():
        while (x := g(len(seen), 1)) < 3:
            seen.append(x)
            yield x

    seen = []
    return list(reading()), seen


@program
def a_generator_in_a_pending_branch():
    out = []
    for x in range(3):
        if g(x, 1):
            out.extend(y for y in some(x))
    return out


@program
def deleted_and_rebound():
    def rebinding():
        x = g(1, 1)
        yield x
        del x
        try:
            yield x
        except UnboundLocalError as error:
            yield str(error)
        x = 2
        yield x

    return list(rebinding())


OUTSIDE = outside

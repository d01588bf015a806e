"""Sample functions: expressions, targets, containers and text."""

# mypy: ignore-errors
# ruff: noqa: E731, RUF017, F821, F841, F842, PTH119, RUF007

import dataclasses
import math
import os.path
from typing import Any

from tests.frontend.sample import Sample, samples_of


TABLE: list[Sample] = []
sample = samples_of(TABLE)

COUNTER = 0


@dataclasses.dataclass
class Box:
    value: Any = 0
    items: Any = None

    def bump(self, by=1):
        self.value += by
        return self


def note(log, x):
    log.append(x)
    return x


@sample((1, 2), (3.5, 2), ("a", 2), ("a", "b"), ([1], [2]))
def arithmetic(a, b):
    return a + b, a * 2, [a] * 2


@sample((7, 2), (7, 0), (-7, 3))
def division(a, b):
    return a / b, a // b, a % b, divmod(a, b), a**b, -a, +a, ~a


@sample((6, 3))
def bits(a, b):
    return a & b, a | b, a ^ b, a << b, a >> b, not a, -1, -1.5, -True, 1 - -1


@sample((1, 2), (2, 2), ("x", 1))
def comparisons(a, b):
    return a == b, a != b, a is b, a is not b, a in (b, 3), a not in [b], a < b


@sample(([], 1, 2, 3), ([], 3, 2, 1), ([], 1, 3, 2))
def chained(log, a, b, c):
    return note(log, a) < note(log, b) <= note(log, c) != 9


@sample(([], 0, 1), ([], 1, 0), ([], "", []), ([], 2, 3))
def short_circuit(log, a, b):
    x = note(log, a) and note(log, b)
    y = note(log, a) or note(log, b)
    z = (note(log, a) and note(log, 1)) or note(log, b) or note(log, "end")
    return x, y, z, not (a and b)


@sample(([], True), ([], False))
def ternary(log, c):
    return (note(log, 1) if note(log, c) else note(log, 2)), 1 if not c else 2


@sample(([],))
def evaluation_order(log):
    d = {note(log, 1): note(log, 2), **{note(log, 3): note(log, 4)}}
    t = note(log, 5), [note(log, 6), *[note(log, 7)]], {note(log, 8)}
    x = [0] * 20
    x[note(log, 9)] = note(log, 10)
    x[note(log, 11) : note(log, 15)] = [note(log, 13)]
    return d, t, x


@sample(([],))
def call_order(log):
    def f(*args, **kwargs):
        return args, kwargs

    return f(
        note(log, 1),
        *[note(log, 2)],
        note(log, 3),
        k=note(log, 4),
        **{note(log, "m"): note(log, 5)},
        z=note(log, 6),
    ), f(a=note(log, 7), *note(log, (8,)))


@sample(((1, 2),), ([1, 2],), ("ab",), ((1,),), ((1, 2, 3),), (5,))
def unpacking(x):
    a, b = x
    return b, a


@sample(([1, 2, 3, 4],), ([1, 2],), ([1],), ("abc",))
def starred_targets(x):
    a, *b, c = x
    *d, e = x
    [f, *g] = x
    return a, b, c, d, e, f, g


@sample(((1, (2, [3, 4])),), ((1, (2, [3])),))
def nested_targets(x):
    a, (b, [c, d]) = x
    return a, b, c, d


@sample((1, 2), ("x", []))
def swap(a, b):
    a, b = b, a
    a, b, c = b, a, b
    return a, b, c


@sample(())
def empty_targets():
    [] = ()
    (a,) = [1]
    a, a = 2, 3
    return a


@sample(([0, 0, 0],))
def targets_in_order(xs):
    i = 0
    i, xs[i] = 1, "one"
    xs[i], i = "two", 2
    return i, xs


@sample(([],))
def chained_assignment(log):
    a = b = c = note(log, [1])
    a.append(2)
    d = [0, 0]
    i = d[i] = 1
    return a, b, c, d, i, a is b


@sample(([1, 2], {"a": [1]}))
def augmented(xs, d):
    ys = xs
    xs += [3]
    n = 1
    n += 2
    n -= 1
    n *= 5
    n **= 2
    n //= 3
    n %= 7
    n <<= 2
    n |= 1
    n ^= 3
    n &= 15
    n >>= 1
    d["a"] += [2]
    d["a"][0] += 5
    return xs, ys, n, d, n / 1


@sample(([], Box(1, [1, 2, 3])))
def augmented_once(log, box):
    def get():
        log.append("get")
        return box

    get().value += note(log, 5)
    get().items[note(log, 0)] += note(log, 10)
    get().items[note(log, 0) : note(log, 1)] *= note(log, 2)
    return box


@sample((Box(1),), (Box("a"),), (5,))
def attributes(box):
    box.value += 1
    box.extra = box.value
    box.bump().bump(by=3)
    del box.extra
    return box.value, hasattr(box, "extra"), box.missing


@sample(([3, 1, 2],))
def walrus(xs):
    if (n := len(xs)) > 2 and (m := max(xs)) > 2:
        n += m
    y = [z := 5, z * 2]
    total = (a := 1) + (a := 2) + a
    return n, m, y, z, total, a


@sample((1,), (-1,))
def walrus_maybe(x):
    x > 0 and (y := x)
    return y


@sample((3,))
def walrus_shadow(x):
    return x + (x := 10) + x, [x, (x := 1), x], (x := x + 1, x)


@sample(([1, 2, 3, 4],))
def walrus_in_comprehension(xs):
    last = None
    ys = [last := x for x in xs if (h := x // 2)]
    total = 0
    zs = [total := total + x for x in xs]
    return ys, last, h, zs, total


@sample(([1, 2, 3],), ([],), (None,))
def while_walrus(xs):
    seen = []
    while xs and (x := xs.pop()):
        seen.append(x)
    return seen, x


@sample(())
def annotated():
    x: int = 5
    box: Box = Box()
    box.value: int = x
    y: undefined_name
    return x, box


@sample(())
def annotated_only():
    y: int
    return y


@sample(("x", 3.14159, 10))
def f_strings(s, f, w):
    return (
        f"{s}",
        "",
        f"a{s!r}b{s!s}c{s!a}",
        f"{f:.2f}|{s:>{w}}|{s!r:^{w}}|{{}}",
        f"{s=}",
        f"{f = :.1f}",
        f"{'nested ' + f'{s}'}",
        f"a{s}b",
        f"{s:{'>'}{w}}",
    )


@sample(([],))
def f_string_order(log):
    class Loud:
        def __format__(self, spec):
            return note(log, f"format {spec}")

    return f"{note(log, Loud())}{note(log, 1)}{Loud():abc}"


@sample(({"a": 1}, [1, 2]))
def displays(d, xs):
    return (
        [*xs, 3, *xs],
        (*xs,),
        {*xs, 5},
        {"z": 0, **d, "a": 2, **{}},
        [],
        (),
        {},
        {1},
        (1, "a", None, ..., b"x"),
        (1, (2, -3)),
        [[1], [2]],
    )


@sample((5,), (None,))
def bad_star(x):
    return [*x]


@sample((5,), ([1],))
def bad_double_star(x):
    return {**x}


@sample(([1],), ({},), ("k",))
def unhashable(x):
    return {x: 1}, {x}


@sample((list(range(10)),))
def slices(xs):
    xs[1:3] = ["a"]
    del xs[-1]
    del xs[::3]
    return xs[:], xs[1:], xs[:2], xs[::2], xs[1:5:2], xs[-1], "abc"[::-1]


@sample(({"a": 1, "b": {"c": 2}},), ({},))
def deletions(d):
    x, y = 1, 2
    del x
    del d["a"], (d["b"]["c"], y)
    return d


@sample(())
def deleted_local():
    x = 1
    del x
    return x


@sample(())
def deleted_twice():
    x = 1
    del x
    del x


@sample((True,), (False,))
def maybe_unbound(c):
    if c:
        x = 1
    return x


@sample(())
def unbound_augmented():
    x += 1
    x = 0


@sample(())
def unknown_name():
    return no_such_name


@sample(())
def globals_and_builtins():
    return len("abc"), math.floor(2.5), os.path.basename("a/b"), COUNTER, __name__


@sample(())
def writes_global():
    global COUNTER, COUNTER_TWO
    COUNTER += 1
    COUNTER_TWO = COUNTER
    del COUNTER_TWO
    try:
        return COUNTER_TWO
    except NameError as e:
        COUNTER -= 1
        return str(e), COUNTER


@sample(([1, 2, 3],))
def comprehensions(xs):
    return (
        [x * 2 for x in xs],
        {x % 2 for x in xs},
        {x: x**2 for x in xs if x > 1},
        [(x, y) for x in xs for y in xs if x < y if y < 3],
        [[y for y in range(x)] for x in xs],
        [x for x in [y for y in xs]],
        list(x for x in xs),
        dict((x, 1) for x in xs),
        {a: b for a, b in zip(xs, xs[1:])},
        [a + b for (a, *_), b in [((1, 2), 3)]],
    )


@sample(([1, 2, 3],))
def comprehension_scope(x):
    y = 10
    r = [x + y for x in x]
    z = [y for y in range(3)]
    return r, x, y, z


@sample(([1, 2, 3],))
def comprehension_closures(xs):
    fs = [lambda: x for x in xs]
    gs = [lambda x=x: x for x in xs]
    k = 5
    hs = [lambda y: x + y + k for x in xs]
    k = 6
    return [f() for f in fs], [g() for g in gs], [h(1) for h in hs]


@sample(([3, 0, 4],), ([],), ([0],))
def consumers(xs):
    return (
        sum(x for x in xs),
        any(x > 3 for x in xs),
        all(x > 3 for x in xs),
        ",".join(str(x) for x in xs),
        sorted((-x for x in xs), reverse=True),
        sorted(-x for x in xs),
        tuple(x for x in xs if x),
        set(x for x in xs),
        frozenset(x for x in xs),
        max(x for x in [*xs, 1]),
        min(x for x in [*xs, 1]),
        any(x == y for x in xs for y in xs if x if x is not y),
        all(x != y for x in xs if x for y in xs if y),
    )


@sample(([3, 1, 2],), ([],))
def consumers_with_options(xs):
    pairs = sum(([x] for x in xs), []), sum((x for x in xs), 10)
    return pairs, max((x for x in xs), default="none", key=lambda x: -x)


@sample(([], [1, 0, 2]), ([], [0]), ([], []))
def searches(log, xs):
    a = any(note(log, x) for x in xs)
    b = all(note(log, x) for x in xs)
    return a, b


@sample(([], [1, 2]))
def lazy_generator(log, xs):
    k = 2
    g = (note(log, x * k) for x in xs)
    log.append("made")
    first = next(g)
    k = 100
    return first, list(g), type(g).__name__


@sample(([1, 2],))
def generator_arguments(xs):
    return list(enumerate(x for x in xs)), list(map(str, (x for x in xs)))


@sample(([], [[1, 2], [3]]))
def comprehension_order(log, xss):
    return [
        note(log, x) for xs in note(log, xss) if note(log, 1) for x in note(log, xs)
    ], {note(log, "k"): note(log, "v") for _ in (1, 2)}


@sample((None,), ([1, "a"],))
def failing_comprehension(xs):
    return [x + 1 for x in xs]


@sample((3,))
def lambdas(n):
    f = lambda a, b=n, *c, d=n, **e: (a, b, c, d, e)
    return f(1), f(1, 2, 3, d=4, z=5), (lambda: n)(), (lambda *a: a)(*[1, 2])


@sample(([3, 1, 2],))
def with_key(xs):
    return (
        sorted(xs, key=lambda x: -x),
        max(xs, key=lambda x: x % 3),
        list(map(str, xs)),
    )


@sample(("a,b", "x"), (5, "x"))
def methods(s, t):
    return s.split(","), s.upper(), t.join(["1", "2"]), t.replace("x", s)


@sample((len, ([1],)), (dict, ()), (int, ("x",)), (5, ()))
def calls_anything(f, args):
    return f(*args)


@sample(({"a": 1},), ({"b": 1},), (5,), ({1: 2},))
def keyword_spread(kw):
    def f(a, b=0):
        return a, b

    return f(a=1, **kw), f(**kw)


@sample(((1, 2),), (5,), ((1, 2, 3),))
def positional_spread(xs):
    def f(a, b):
        return a, b

    return f(*xs)


@sample(())
def ellipsis_and_constants():
    """A docstring."""
    ...
    "a statement"
    return ..., None, True, 1_000, 1j, b"a", "\n"


@sample((1,), (0,))
def asserts(x):
    assert x
    assert x > 0, f"no {x}"
    return "fine"


@sample((0, []))
def assert_message(x, log):
    assert note(log, x), note(log, "message")


@sample(())
def imports():
    import json
    import os.path
    import os.path as p
    import textwrap as tw
    from math import ceil, floor as f
    from os import path

    return os.path is p is path, json.dumps([1]), tw.dedent(" a"), f(1.5), ceil(1.5)


@sample(())
def import_fails():
    pass


@sample(())
def import_module_fails():
    pass


@sample(([1, 2, 3],))
def matrix(xs):
    class Matrix:
        def __matmul__(self, other):
            return "matmul", other

        def __imatmul__(self, other):
            return "imatmul", other

    m = Matrix()
    r = m @ 1
    m @= 2
    return r, m

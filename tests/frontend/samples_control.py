"""Sample functions: branches, loops and their exits."""

# mypy: ignore-errors
# ruff: noqa: F821, F841

from tests.frontend.sample import Sample, samples_of


TABLE: list[Sample] = []
sample = samples_of(TABLE)


def note(log, x):
    log.append(x)
    return x


@sample((1,), (0,), (-1,))
def elifs(x):
    if x > 0:
        r = "positive"
    elif x < 0:
        r = "negative"
        y = 1
    else:
        r = "zero"
    return r


@sample((1,), (0,), (-1,))
def early_returns(x):
    if x > 0:
        return "positive"
    if x < 0:
        return "negative"
    return "zero"


@sample((1, 1), (1, 0), (0, 1), (0, 0))
def both_fall_with_exits(a, b):
    r = []
    if a:
        r.append(1)
        if b:
            return r
        z = 1
    else:
        r.append(2)
        if b:
            return "b", r
        z = 2
    r.append(z)
    return r


@sample((1, 1), (1, 0), (0, 1), (0, 0))
def nested_branches(a, b):
    x = 0
    if a:
        if b:
            x = 1
        else:
            y = 2
    elif b:
        x, y = 3, 4
    return x, (y if not (a and b) and (a or b) else None)


@sample((True,), (False,))
def one_branch_raises(c):
    if c:
        x = 1
    else:
        raise ValueError("not c")
    return x


@sample((True,), (False,))
def both_raise(c):
    if c:
        raise ValueError(1)
    else:
        raise KeyError(2)
    return 1


@sample((True,), (False,))
def falls_off_the_end(c):
    if c:
        return 1


@sample((0,), (5,))
def deleted_in_branch(x):
    y = 1
    if x:
        del y
    return y


@sample(([1, 2, 3],), ([],), (5,), ("ab",))
def for_sum(xs):
    total = None
    for x in xs:
        total = x if total is None else total + x
    return total, x


@sample(([1, 2, 3, 4], 3), ([1, 2], 3), ([], 3))
def for_else(xs, wanted):
    for i, x in enumerate(xs):
        if x == wanted:
            found = i
            break
    else:
        found = -1
    return found


@sample(([1, 2, 3, 4, 5, 6],))
def continues(xs):
    out = []
    for x in xs:
        if x % 2:
            continue
        if x == 4:
            out.append("four")
            continue
        out.append(x)
    return out


@sample(([1, 2, 3, 4, 5, 6],), ([1],))
def continue_and_break(xs):
    out = []
    last = None
    for x in xs:
        last = x
        if x == 2:
            continue
        if x == 5:
            break
        out.append(x)
    else:
        out.append("else")
    return out, last


@sample(([1, 2, 3], 2), ([1, 3], 2))
def return_from_loop(xs, stop):
    seen = 0
    for x in xs:
        seen += 1
        if x == stop:
            return "found", seen
    return "none", seen


@sample(([[1, 2], [3, 4]], 3), ([[1, 2]], 3), ([], 3))
def return_from_nested_loops(rows, stop):
    n = 0
    for row in rows:
        n += 100
        for x in row:
            n += 1
            if x == stop:
                return "found", n
            if x == 2:
                break
        else:
            n += 1000
    return n


@sample((10,), (0,), (3,))
def while_loop(n):
    i = total = 0
    while i < n:
        i += 1
        if i == 2:
            continue
        if i == 7:
            break
        total += i
    else:
        total += 1000
    return i, total


@sample((5,))
def while_true(n):
    k = 0
    while True:
        k += 1
        if k > n:
            break
        if k == 100:
            return "never"
    return k


@sample((5,))
def while_true_returns(n):
    while True:
        n -= 1
        if n == 0:
            return "done"


@sample((3,))
def while_true_raises(n):
    while True:
        n -= 1
        if n == 0:
            raise StopIteration(n)


@sample(([[1, 2, 0, 9], [0], [5]],))
def else_breaks_outer(rows):
    out = []
    for row in rows:
        for x in row:
            if x == 0:
                break
            out.append(x)
        else:
            out.append("outer break")
            break
        out.append("next")
    return out


@sample(([[1, 2], [0, 3], [5]],))
def else_continues_outer(rows):
    out = []
    for row in rows:
        for x in row:
            if x == 0:
                break
        else:
            continue
        out.append(row)
    return out


@sample(([1, 2, 3],), ([],))
def loop_variable_after(xs):
    for i in xs:
        pass
    return i


@sample(([1, 2, 3],))
def loop_variable_before(xs):
    i = "before"
    for i in []:
        pass
    j = i
    for i in xs:
        j = (j, i)
    return i, j


@sample(([(1, [2, 3]), (4, [])],), ([(1, 2)],))
def loop_targets(pairs):
    out = {}
    for k, [*out[k], last] in [(1, "ab"), (2, "c")]:
        out[k].append(last)
    for a, b in pairs:
        out[a] = [*b]
    return out


@sample(([1, 2, 3, 4],))
def changes_while_iterating(xs):
    seen = []
    for x in xs:
        seen.append(x)
        if x < 10:
            xs.append(x * 5)
    return seen, xs


@sample(({"a": 1},))
def dict_changes_size(d):
    for k in d:
        d[k + "x"] = 1


@sample((30,))
def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


@sample((50,))
def primes(n):
    found = []
    for c in range(2, n):
        for p in found:
            if p * p > c:
                found.append(c)
                break
            if c % p == 0:
                break
        else:
            found.append(c)
    return found


@sample((27,))
def collatz(n):
    steps = 0
    while n != 1:
        if n % 2:
            n = 3 * n + 1
        else:
            n //= 2
        steps += 1
    return steps


@sample(([5, 2, 9, 1],), ([],), ([1, "a"],))
def bubble_sort(xs):
    n = len(xs)
    for i in range(n):
        swapped = False
        for j in range(n - 1 - i):
            if xs[j] > xs[j + 1]:
                xs[j], xs[j + 1] = xs[j + 1], xs[j]
                swapped = True
        if not swapped:
            break
    return xs


@sample(("a1 b22",), ("",))
def tokens(text):
    out, i = [], 0
    while i < len(text):
        c = text[i]
        if c.isspace():
            i += 1
            continue
        if c.isdigit():
            j = i
            while j < len(text) and text[j].isdigit():
                j += 1
            out.append(int(text[i:j]))
            i = j
            continue
        out.append(c)
        i += 1
    return out


@sample((True,), (False,))
def unbound_through_loop(c):
    for i in range(2):
        if i:
            return x
        if c:
            x = "set"


@sample(())
def deleted_in_loop():
    x = 0
    for i in range(3):
        x += 1
        if i == 1:
            del x
    return x


@sample((2000,))
def many_rounds(n):
    i = 0
    while i < n:
        i += 1
    return i


@sample(([],))
def conditions_in_order(log):
    if note(log, 0) or (note(log, 1) and note(log, "")):
        log.append("no")
    elif not note(log, None):
        log.append("yes")
    return log


@sample(
    (1,), ("a",), (None,), ([1, 2, 3],), ({"k": 1, "z": 2},), ((1, [2]),), (-1,), (2.5,)
)
def matching(x):
    match x:
        case None:
            return "none"
        case 1 | 2:
            return "small"
        case -1:
            return "minus"
        case "a":
            r = "text"
        case [a, *rest] if rest:
            r = a, rest
        case {"k": v, **more}:
            r = v, more
        case float(f):
            r = f
        case other:
            r = other
    return r


@sample(((0, 0),), ((1, 0),), ((0, 5),), ((3, 3),), (7,), ((1, 2, 3),))
def match_points(p):
    origin = 0
    out = []
    for _ in range(2):
        match p:
            case (0, 0):
                out.append("origin")
            case (x, 0) | (0, x):
                out.append(x)
                if x == 5:
                    break
            case (x, y) if x == y:
                out.append((x, y))
                continue
            case tuple():
                out.append("tuple")
            case _:
                return "no point", out
    return out


@sample((1,), (9,))
def match_nothing(x):
    match x:
        case 1:
            y = "one"
    return y


@sample((3,), (4,))
def match_local_class(x):
    class Kind:
        three = 3

    match x:
        case Kind.three:
            return "three"
        case int() as n if n > 3:
            return n


@sample(([],))
def match_guard_keeps_captures(log):
    match note(log, 5):
        case n if note(log, n > 9):
            return "big"
        case 4:
            return "four"
    return n

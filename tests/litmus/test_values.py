"""Operators, strings and unpacking on pending values, in exact virtual seconds."""

import pytest

from tests.litmus.table import Row, Table, ask, check, f, g


table = Table()
takes = table.takes


@takes(2)
def string_methods_pass_through():
    return ask(ask("a").strip().lower() + "b")


@takes(1)
def f_strings_of_pending_parts():
    return f"{ask('a')} and {ask('b')!r:>6}"


@takes(2)
def a_join_of_pending_lines():
    lines = [ask(line) for line in ("a", "b")]
    return ask("\n".join(lines))


@takes(1)
def percent_and_format():
    pattern = "%s-%d"
    return pattern % (ask("a"), f(1)), "{}{}".format(ask("b"), f(1))


@takes(3)
def unpacking_a_pending_tuple():
    a, b = g((1, 2), 1)
    return f(a), f(b)


@takes(2)
def unpacking_with_a_star():
    a, *rest = g([1, 1, 1], 1)
    return a, [f(x) for x in rest]


@takes(1)
def swapping_pending_variables():
    a, b = f(1), g(2, 1)
    a, b = b, a
    return a, b


@takes(1)
def arithmetic_does_not_wait():
    x = f(1) + 1
    y = -f(1) * 2
    return x + y, x > y, x // 1, y % 2


@takes(2)
def an_element_of_a_pending_list():
    return f(g([1, 2], 1)[0])


@takes(2)
def an_attribute_of_a_pending_value():
    return g(g(3 + 4j, 1).imag, 1)


@takes(1)
def appending_to_a_pending_list():
    xs = g([], 1)
    xs.append(f(1))
    return xs


@takes(1)
def conversions():
    return str(f(1)), int(g("3", 1)), float(f(1)), bool(g("", 1)), list(g("ab", 1))


@takes(1)
def folds_over_pending_elements():
    xs = [g(x, 1) for x in (3, 1, 2)]
    return sum(xs), min(xs), max(xs), sorted(xs), any(xs), all(xs)


@takes(2)
def sorting_then_calling():
    xs = sorted([g(x, 1) for x in (3, 1, 2)])
    return [g(x, 1) for x in xs]


@takes(1)
def zip_and_enumerate_do_not_wait():
    xs = [g(x, 1) for x in range(3)]
    out = []
    for i, (x, y) in enumerate(zip(xs, reversed(xs))):
        out.append((i, x, y, f(1)))
    return out


@takes(2)
def items_of_a_dict_with_pending_values():
    d = {k: g(k, 1) for k in "ab"}
    return [(k, g(v, 1)) for k, v in d.items()]


@takes(1)
def type_tests():
    return isinstance(f(1), int), type(g("a", 1)) is str, g(None, 1) is None


@takes(1)
def printing_waits_but_holds_no_call_back():
    for i in range(3):
        print(g(i, 1))


@takes(2)
def a_slice_with_a_pending_bound():
    xs = [1, 2, 3]
    return [g(x, 1) for x in xs[: f(1)]]


@takes(1)
def membership_of_pending_values():
    return g(2, 1) in [1, g(2, 1)], g(5, 1) not in {1, 2}


@takes(2)
def splitting_an_answer():
    return [ask(line) for line in ask("a\nb\nc").splitlines()]


@takes(1)
def a_conditional_value_nobody_waits_for():
    label = "big" if f(1) > 5 else "small"
    return label, f(1)


@takes(1)
def tuples_and_nested_displays():
    return {"a": (f(1), [g(2, 1), {3: g(4, 1)}])}


@takes(1)
def augmented_strings():
    text = ""
    for word in ("a", "b"):
        text += ask(word)
    return text


@takes(3)
def a_fold_whose_steps_are_calls():
    total = 0
    for x in (1, 2, 3):
        total = g(total + x, 1)
    return total


@takes(2)
def two_folds_overlap():
    a = b = 0
    for x in (1, 2):
        a = g(a + x, 1)
        b = g(b * x, 1)
    return a, b


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)

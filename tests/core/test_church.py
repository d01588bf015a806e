"""What the calculus could do without: `if`, tuples, numbers, folds and loops."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from epic_actors.core import church
from epic_actors.core.check import check
from epic_actors.core.church import apply
from epic_actors.core.interpret import Interpreter
from epic_actors.core.parser import parse
from epic_actors.core.terms import Call, Const, Lam, Term


numbers = st.integers(min_value=0, max_value=12)


def value(term: Term) -> Any:
    check(term)
    return Interpreter().run(term)


def constants(items: list[int]) -> list[Term]:
    return [Const(item) for item in items]


@pytest.mark.parametrize("choice", [True, False])
def test_a_boolean_comes_back(choice: bool) -> None:
    """A Church boolean chooses as the host's does."""
    assert value(church.to_bool(church.boolean(choice))) is choice


@pytest.mark.parametrize("choice", [True, False])
def test_if_is_derivable(choice: bool) -> None:
    """Choosing between functions calls only what stands on the chosen side."""
    calls: list[str] = []
    then, orelse = (Call(calls.append, (Const(side),)) for side in ("then", "else"))

    value(church.choose(church.boolean(choice), then, orelse))

    assert calls == ["then" if choice else "else"]


@given(numbers)
def test_a_numeral_comes_back(number: int) -> None:
    """A numeral does something as often as it says."""
    assert value(church.to_int(church.numeral(number))) == number


@given(numbers, numbers)
def test_arithmetic_is_derivable(m: int, n: int) -> None:
    """Adding and multiplying numerals agrees with the host."""
    operands = church.numeral(m), church.numeral(n)

    assert value(church.to_int(apply(church.ADD, *operands))) == m + n
    assert value(church.to_int(apply(church.MULTIPLY, *operands))) == m * n


@given(numbers)
def test_a_numeral_knows_zero(number: int) -> None:
    """Being zero is a Church boolean."""
    test = apply(church.IS_ZERO, church.numeral(number))

    assert value(church.to_bool(test)) is (number == 0)


@given(st.integers(), st.text())
def test_tuples_are_derivable(first: int, second: str) -> None:
    """A pair gives back both of its parts."""
    pair = church.pair(Const(first), Const(second))

    assert value(church.to_tuple(pair)) == (first, second)
    assert value(apply(church.FIRST, pair)) == first
    assert value(apply(church.SECOND, pair)) == second


@given(st.lists(st.integers()))
def test_a_list_comes_back(items: list[int]) -> None:
    """A list is its own fold, here one that makes the host's list."""
    assert value(church.to_list(church.church_list(constants(items)))) == items


@given(st.lists(st.integers()))
def test_folds_are_derivable(items: list[int]) -> None:
    """Folding a list with addition sums it."""
    add = parse("λ h t. prim[add](h, t)")
    folded = apply(church.FOLD, church.church_list(constants(items)), add, Const(0))

    assert value(folded) == sum(items)


@given(st.lists(st.integers()))
def test_maps_are_derivable(items: list[int]) -> None:
    """A function mapped over a list is applied to each item, in order."""
    double = parse("λ x. prim[mul](x, 2)")
    mapped = apply(church.MAP, double, church.church_list(constants(items)))

    assert value(church.to_list(mapped)) == [item * 2 for item in items]


@given(numbers)
def test_recursion_is_derivable(number: int) -> None:
    """A fixed point gives what `letrec` gives: here, the sum of 0 to n."""
    step = parse(
        "λ again. λ n. if prim[eq](n, 0) then 0"
        " else prim[add](n, again(prim[sub](n, 1)))"
    )

    assert value(apply(apply(church.FIX, step), Const(number))) == sum(
        range(number + 1)
    )


def test_only_functions_and_applications_are_used() -> None:
    """The encodings stand on `λ` and application alone."""
    for name, term in vars(church).items():
        if name.isupper():
            assert isinstance(term, Lam)
            assert not {"let", "if", "prim", "call"} & set(
                repr(term).lower().split("(")
            )

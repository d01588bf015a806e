"""The checker: sound terms pass; broken in one place, they fail with one sentence."""

from typing import Any

import pytest
from hypothesis import given

from epic_actors.core.check import CheckError, check
from epic_actors.core.parser import parse
from epic_actors.core.terms import (
    App,
    At,
    Call,
    Const,
    Lam,
    Let,
    LetRec,
    Prim,
    Term,
    Var,
)
from tests.core.terms_strategy import programs


x = Var("x")
WRONG: Any = 3
SOUND = """\
let x = 1 in
let xs = prim[list](x) in
let a, b =
  if x then prim[pack](x, 2) else
    try prim[unpack <(1, True, 0)>](xs) except λ e. prim[raise](e, UNBOUND)
in
letrec loop.1 = λ i acc.
  let more = prim[lt](i, 3) in
  if more then loop.1(i, acc) else prim[pack](i, acc)
in
let i, acc = loop.1(0, a) in
let f = λ y. prim[add](y, b) in
let () = prim[pack]() in
f(x, *xs, y=acc, **i)"""


def message(term: Term, **options: Any) -> str:
    with pytest.raises(CheckError) as caught:
        check(term, **options)
    return caught.value.message


def test_a_sound_term_passes() -> None:
    """Nothing is wrong with a term that uses every form as it is meant."""
    check(parse(SOUND), atomic=True)


@given(programs())
def test_programs_pass(term: Term) -> None:
    """The programs drawn for agreement tests are of the front end's kind."""
    check(term, atomic=True)


@pytest.mark.parametrize(
    ("sound", "broken", "fault"),
    [
        ("y, b)", "z, b)", "z is not bound here"),
        ("prim[list](x)", "prim[list](xs)", "xs is not bound here"),
        ("prim[list]", "prim[lisp]", "prim[lisp] is no operation"),
        ("prim[lt](i", "prim[lt 1](i", "prim[lt] takes no static parameter"),
        ("λ i acc.", "λ acc acc.", "λ binds acc twice"),
        ("let a, b", "let a, a", "let binds a twice"),
        ("let a, b =", "let a, c, b =", "let binds 3 names to a pack of 2"),
        ("let a, b =", "let a =", "let binds 1 name to a pack of 2"),
        ("prim[list](x)", "prim[pack](x)", "one value needs no pack"),
        ("(1, True, 0)", "(1, True, 1)", "let binds 2 names to a pack of 3"),
        ("prim[pack](x, 2)", "prim[add](x, 2)", "let binds 2 names to 1 value"),
        ("prim[pack]()", "2", "let binds 0 names to 1 value"),
        ("loop.1(i, acc)", "loop.1(i)", "loop.1 takes 2 arguments, but is given 1"),
        (
            "loop.1(i, acc)",
            "loop.1(i, k=acc)",
            "loop.1 takes 2 arguments, but is given marked ones",
        ),
        ("f(x, *xs", "f(loop.1", "loop.1 is a loop or join: it may only be applied"),
        ("*xs, y", "y=xs, y", "the keyword y is given twice"),
        ("*xs, y=acc", "y=acc, xs", "a positional argument stands after a keyword"),
        ("*xs, y=acc", "**i, *xs", "* stands after **"),
        ("y=acc", "`9`=acc", "'9' marks no argument"),
        (
            "prim[lt](i, 3)",
            "prim[lt](i, f x)",
            "prim[lt] takes only variables and constants",
        ),
        (
            "if x then",
            "let x = 2 in if x then",
            "x is bound again before it is read",
        ),
        (
            "if x then",
            "if x x then",
            "the test of an if takes only variables and constants",
        ),
    ],
)
def test_a_broken_term_fails(sound: str, broken: str, fault: str) -> None:
    """Breaking a sound term in one place gives the sentence for that fault."""
    assert sound in SOUND

    assert message(parse(SOUND.replace(sound, broken, 1)), atomic=True) == fault


@pytest.mark.parametrize(
    ("term", "fault"),
    [
        (LetRec("f", WRONG, Const(1)), "letrec f binds no function"),
        (Lam((), WRONG), "a term cannot have int as a part"),
        (App(Const(len), (Const(1),), (None, "k")), "a shape of 2 marks 1 arguments"),
        (App(Const(len), (Const(1),), (None,)), "a shape that marks nothing is empty"),
        (Call(len, (x,)), "x is not bound here"),
        (parse("<len>(prim[pack](1, 2))"), "a pack may only be unpacked by a let"),
    ],
)
def test_what_no_text_denotes_fails(term: Term, fault: str) -> None:
    """Faults that cannot be written down are found as well."""
    assert message(term) == fault


def test_names_are_bound_where_their_scope_says() -> None:
    """A name is gone after its body, and a `let` does not see itself."""
    assert message(parse("f (λ x. x) x"), free={"f"}) == "x is not bound here"
    assert message(parse("let x = x in x")) == "x is not bound here"
    check(parse("letrec f = λ x. f(x) in f"))
    check(parse("x"), free={"x"})


def test_known_operations_can_be_given() -> None:
    """A machine with operations of its own is checked against those."""
    check(parse("prim[fly](1)"), operations={"fly"})

    assert (
        message(parse("prim[add](1)"), operations={"fly"})
        == "prim[add] is no operation"
    )


def test_a_fault_is_shown_in_its_neighbourhood() -> None:
    """The error prints the lines around the fault, marks it, and cites the source."""
    term: Term = Prim("add", (Var("v0"), Var("v9")), at=At(12, 0, 12, 5))
    for i in reversed(range(9)):
        term = Let((f"v{i}",), Const(i), term)
    broken = Let(("w",), Prim("ad", (), at=At(12, 0, 12, 5)), term)

    with pytest.raises(CheckError) as caught:
        check(Let(("u",), Const(0), broken))

    assert str(caught.value) == (
        "prim[ad] is no operation (line 12 of the script)\n"
        "    let u = 0 in\n"
        "  > let w = prim[ad]() in\n"
        "    let v0 = 0 in\n"
        "    let v1 = 1 in\n"
        "    let v2 = 2 in"
    )


@pytest.mark.slow
def test_a_deep_term_is_checked() -> None:
    """Checking does not recurse, neither along a spine nor into a nest."""
    spine: Term = Const(1)
    nest: Term = Const(1)
    for _ in range(20_000):
        spine = Let(("x",), Const(1), spine)
        nest = Prim("neg", (nest,))

    check(spine)
    check(nest)

"""The printer: what terms look like."""

import textwrap
from typing import Any

import pytest
from hypothesis import given

from epic_actors.core.parser import parse
from epic_actors.core.printer import layout, show
from epic_actors.core.terms import (
    UNBOUND,
    App,
    Call,
    Const,
    If,
    Lam,
    Let,
    LetRec,
    Prim,
    Term,
    Try,
    Var,
)
from tests.core.terms_strategy import TOOLS, written_terms


x, y = Var("x"), Var("y")


class Quoting:
    def __repr__(self) -> str:
        return "it's <odd>\n"


LONG = tuple(Const("a text of some length") for _ in range(4))


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (x, "x"),
        (Var("loop.1"), "loop.1"),
        (Var("let"), "`let`"),
        (Var("λx"), "`λx`"),
        (Const(-1.5), "-1.5"),
        (Const("it's"), '"it\'s"'),
        (Const(UNBOUND), "UNBOUND"),
        (Const(len), "<len>"),
        (Const(textwrap.dedent), "<textwrap.dedent>"),
        (Const((1, "<")), "<(1, '<')>"),
        (Const(float("inf")), "<inf>"),
        (Const(2**300), hex(2**300)),
        (Const(Quoting()), "<it`s (odd) >"),
        (Lam((), x), "λ. x"),
        (Lam(("x", "y"), App(x, (y,))), "λ x y. x(y)"),
        (App(App(x, (y,)), ()), "x(y)()"),
        (App(Lam(("x",), x), (y,)), "(λ x. x)(y)"),
        (App(x, (x, y, x), ("*", "key", "**")), "x(*x, key=y, **x)"),
        (Prim("add", (x, y)), "prim[add](x, y)"),
        (Prim("getattr", (x,), "text"), "prim[getattr 'text'](x)"),
        (Call(TOOLS[0], (x,)), "call[echo](x)"),
        (Call(len, (x,)), "call[len](x)"),
        (If(x, y, x), "if x then y else x"),
        (Try(x, "e", Var("e")), "try x except λ e. e"),
        (Let((), x, y), "let () = x in\ny"),
        (Let(("x", "y"), Prim("pack", (x, y)), x), "let x, y = prim[pack](x, y) in\nx"),
        (LetRec("f", Lam(("x",), x), y), "letrec f = λ x. x in\ny"),
    ],
)
def test_every_form_has_its_text(term: Term, text: str) -> None:
    """Each form of the grammar prints as the grammar says."""
    assert show(term) == text


def test_blocks_are_indented() -> None:
    """What does not fit on a line is broken where its structure is."""
    text = """\
let a =
  if x then
    let b = x in
    b
  else if y then
    prim[list](
      'a text of some length',
      'a text of some length',
      'a text of some length',
      'a text of some length'
    )
  else
    try
      let c = y in
      c
    except λ e.
      e
in
letrec loop.1 = λ i.
  let c = i in
  loop.1(c)
in
(λ x.
  let d = x in
  d
)(a)"""
    program = Let(
        ("a",),
        If(
            x,
            Let(("b",), x, Var("b")),
            If(
                y,
                Prim("list", LONG),
                Try(Let(("c",), y, Var("c")), "e", Var("e")),
            ),
        ),
        LetRec(
            "loop.1",
            Lam(("i",), Let(("c",), Var("i"), App(Var("loop.1"), (Var("c"),)))),
            App(Lam(("x",), Let(("d",), x, Var("d"))), (Var("a"),)),
        ),
    )

    assert show(program) == text.replace(")(a)", ")(\n  a\n)")


def test_a_text_has_no_addresses() -> None:
    """The same term prints the same on each run."""

    class Thing:
        pass

    assert " at 0x" not in show(Const(Thing()))


def test_sources_and_names_of_functions_do_not_show() -> None:
    """What does not take part in equality does not print."""
    assert show(Lam((), x, name="f")) == show(Lam((), x))


def test_a_malformed_term_prints() -> None:
    """A fault is shown by printing around it, whatever it is."""
    wrong: Any = 3

    assert show(App(wrong, (x,), (None, "k"))) == "(<not a term: 3>)(x)"


@given(written_terms())
def test_every_node_has_a_place(term: Term) -> None:
    """A printed term knows the line of its root, and places only real lines."""
    printed = layout(term)

    assert id(term) in printed.places
    assert set(printed.places.values()) <= set(range(len(printed.lines)))


@pytest.mark.slow
def test_a_long_spine_prints() -> None:
    """Printing does not recurse, neither along a spine nor into a nest."""
    spine: Term = x
    nest: Term = x
    for _ in range(20_000):
        spine = Let(("x",), x, spine)
    for _ in range(2_000):
        nest = Prim("neg", (Let(("x",), x, nest),))

    assert show(spine).count("let") == 20_000
    assert show(nest).count("let") == 2_000
    assert show(parse(show(spine))) == show(spine)

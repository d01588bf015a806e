"""The parser: which term a text denotes, and what it says of one that denotes none."""

import pytest
from hypothesis import given

from epic_actors.core.parser import ParseError, parse
from epic_actors.core.printer import show
from epic_actors.core.terms import App, Call, Const, Lam, Let, Prim, Term, Var
from tests.core.terms_strategy import TOOLS, programs, written_terms


EXTERNALS = {tool.name: tool for tool in TOOLS}
f, x, y = Var("f"), Var("x"), Var("y")


@given(written_terms())
def test_a_printed_term_parses_to_itself(term: Term) -> None:
    """Parsing undoes printing, for every form and every literal."""
    parsed = parse(show(term), EXTERNALS)

    assert parsed == term
    assert show(parsed) == show(term)


@given(programs())
def test_a_printed_program_parses_to_itself(term: Term) -> None:
    """Parsing undoes printing, for whole programs."""
    assert parse(show(term), EXTERNALS) == term


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("f x y", App(f, (x, y))),
        ("f (x) (y)", App(f, (x, y))),
        ("f(x)(y)", App(App(f, (x,)), (y,))),
        ("f(x) y", App(App(f, (x,)), (y,))),
        ("f x(y)", App(f, (App(x, (y,)),))),
        ("f (f x) None", App(f, (App(f, (x,)), Const(None)))),
        ("f(x, y,)", App(f, (x, y))),
        (r"\x.x", Lam(("x",), x)),
        ("λx y. x", Lam(("x", "y"), x)),
        ("let x = 1 in # one\n x", Let(("x",), Const(1), x)),
        ("prim[unpack <(1, True, 0)>](x)", Prim("unpack", (x,), (1, True, 0))),
        ("call[echo](1)", Call(TOOLS[0], (Const(1),))),
        ("<len>(x)", App(Const(len), (x,))),
        ("<me>", Const("myself")),
        ("-0x10", Const(-16)),
    ],
)
def test_a_text_denotes_a_term(text: str, term: Term) -> None:
    """The forms that the printer has no use for parse as well."""
    assert parse(text, EXTERNALS, {"me": "myself"}) == term


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("let x = 1", "expected 'in', found the end"),
        ("let x = 1 in", "expected a term, found the end"),
        ("let 1 = x in x", "expected a name, found '1'"),
        ("let x y", "expected '=', found 'y'"),
        ("letrec f = 3 in f", "expected a function (λ), found '3'"),
        ("if x then y", "expected 'else', found the end"),
        ("try x except y", "expected a handler (λ), found 'y'"),
        ("λ x 1", "expected a parameter or '.', found '1'"),
        ("f(x", "expected ',' or ')', found the end"),
        ("f x)", "expected the end of the term, found ')'"),
        ("prim[1](x)", "expected the name of an operation, found '1'"),
        ("prim[add x](x)", "expected ']' or a constant, found 'x'"),
        ("prim[add](k=1)", "marked arguments are for applications only"),
        (
            "call[nobody]()",
            "no external is called 'nobody'; there are: echo, next, refuse",
        ),
        ("<nobody>", "<nobody> is no literal, no builtin and not among the constants"),
        ("x @ y", "'@' begins no word"),
    ],
)
def test_a_fault_is_named(text: str, message: str) -> None:
    """A text that is no term is refused with what was expected and what was found."""
    with pytest.raises(ParseError) as caught:
        parse(text, EXTERNALS)

    assert caught.value.message == message


def test_a_fault_is_shown_in_its_line() -> None:
    """The error has the line of the fault and a caret under its column."""
    with pytest.raises(ParseError) as caught:
        parse("let x = 1 in\n  let y = in x")

    assert (caught.value.line, caught.value.column) == (2, 10)
    assert str(caught.value) == (
        "line 2: expected a term, found 'in'\n      let y = in x\n              ^"
    )


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["let x = 1 in ", "f(", "if x then y else ", "λ x. "])
def test_a_deep_text_parses(piece: str) -> None:
    """Parsing does not recurse."""
    depth = 5_000
    closing = ")" if piece == "f(" else ""

    term = parse(piece * depth + "x" + closing * depth)

    assert not isinstance(term, Var)

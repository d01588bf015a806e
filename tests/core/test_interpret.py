"""The reference interpreter, term by term."""

import types
from collections.abc import Mapping
from typing import Any

import pytest

from epic_actors.core.functions import Function
from epic_actors.core.interpret import Interpreter
from epic_actors.core.terms import (
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


def run(term: Term) -> Any:
    return Interpreter().run(term)


def counting(start: int) -> Term:
    """A loop that counts down to nought."""
    less = Prim("sub", (Var("n"), Const(1)))
    again = Let(("m",), less, App(Var("loop.1"), (Var("m"),)))
    body = If(Var("n"), again, Const("done"))
    return LetRec("loop.1", Lam(("n",), body), App(Var("loop.1"), (Const(start),)))


def test_let_binds_one_name_to_the_value_itself() -> None:
    """A `let` of one name does not unpack."""
    assert run(Let(("x",), Const((1, 2)), Var("x"))) == (1, 2)


def test_let_of_several_names_unpacks() -> None:
    """A `let` of two names takes a pack of two values apart."""
    pair = Prim("pack", (Const(1), Const(2)))
    assert run(Let(("x", "y"), pair, Prim("sub", (Var("x"), Var("y"))))) == -1


def test_names_of_an_inner_block_do_not_leak() -> None:
    """A block in the place of a value has its own names."""
    inner = Let(("x",), Const(2), Var("x"))
    assert run(Let(("x",), Const(1), Let(("y",), inner, Var("x")))) == 1


def test_closures_keep_the_names_they_were_made_among() -> None:
    """A later `let` of the same name does not change an earlier function."""
    later = Let(("x",), Const(2), App(Var("f"), ()))
    assert run(Let(("x",), Const(1), Let(("f",), Lam((), Var("x")), later))) == 1


def test_only_the_chosen_branch_steps() -> None:
    """The other branch would fail."""
    failing = Prim("truediv", (Const(1), Const(0)))
    assert run(If(Const(True), Const("then"), failing)) == "then"


def test_loops_do_not_recurse() -> None:
    """A loop of a hundred thousand rounds takes no stack."""
    assert run(counting(100_000)) == "done"


def test_long_blocks_do_not_recurse() -> None:
    """A spine of a hundred thousand `let`s takes no stack."""
    term: Term = Var("x")
    for _ in range(100_000):
        term = Let(("x",), Prim("add", (Var("x"), Const(1))), term)
    assert run(Let(("x",), Const(0), term)) == 100_000


def test_try_gives_the_failure_to_the_handler() -> None:
    """The handler's name is the exception."""
    failing = Prim("getitem", (Const({}), Const("k")))
    handler = Prim("getattr", (Var("e"),), "args")
    assert run(Try(failing, "e", handler)) == ("k",)


def test_failure_in_a_handler_remembers_the_first() -> None:
    """Exceptions are chained as CPython chains them."""
    first = Prim("truediv", (Const(1), Const(0)))
    second = Prim("getitem", (Const({}), Const("k")))
    with pytest.raises(KeyError) as caught:
        run(Try(first, "e", second))
    assert isinstance(caught.value.__context__, ZeroDivisionError)


def test_call_goes_through_the_hook() -> None:
    """External calls are performed by whoever runs the interpreter."""
    made: list[Any] = []

    def call(external: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
        made.append((external, args, dict(kwargs)))
        return "answer"

    interpreter = Interpreter(call=call)
    assert interpreter.run(Call("ask", (Const("prompt"),))) == "answer"
    interpreter.run(App(Const(len), (Const("abc"), Const(5)), (None, "k")))
    assert made == [("ask", ("prompt",), {}), (len, ("abc",), {"k": 5})]


def test_known_functions_are_interpreted() -> None:
    """A Python function whose term is known is run by its term."""

    def double(x: int) -> int:
        return x * 2

    term = Function(
        name="double",
        qualname="double",
        filename=__file__,
        code=double.__code__,
        lam=Lam(("x",), Prim("mul", (Var("x"), Const(3)))),
        freevars=(),
        is_async=False,
        namespace=None,  # type: ignore[arg-type]
    )

    def translate(fn: types.FunctionType) -> Function | None:
        return term if fn is double else None

    interpreter = Interpreter(translate=translate)
    assert interpreter.apply(double, 2) == 6
    assert interpreter.apply(double, x=3) == 9

"""The door of the front end: what it finds, keeps and refuses."""

import linecache
from typing import Any

import pytest

from epic_actors.core.interpret import Interpreter
from epic_actors.core.terms import App, Lam, LetRec, Prim, Term, Var, spine
from epic_actors.errors import ScriptError
from epic_actors.frontend import NotCompiled, known, translate


def made_from(text: str, name: str = "f", *, filed: bool = True) -> Any:
    """A function of some source text."""
    filename = f"<text {hash(text)}>"
    if filed:
        lines = text.splitlines(keepends=True)
        linecache.cache[filename] = (len(text), None, lines, filename)
    scope: dict[str, Any] = {"__name__": "made"}
    exec(compile(text, filename, "exec"), scope)
    return scope[name]


def prims(term: Term) -> set[str]:
    """The operations on the spine of a term."""
    values = [getattr(part, "value", part) for part in spine(term)]
    return {value.op for value in values if isinstance(value, Prim)}


def test_terms_are_made_once() -> None:
    """The same code gives the same term."""
    fn = made_from("def f(x):\n    return x\n")
    assert translate(fn) is translate(fn)


def test_parameters_stand_in_the_order_of_bind() -> None:
    """Cells first, then positional, starred, keyword-only, doubly starred."""
    text = "def f(a, /, b=2, *c, d, **e):\n    return a, b, c, d, e\n"
    fn = made_from(text)
    found = translate(fn)
    assert found.lam.params == ("a", "b", "c", "d", "e")
    assert found.bind(fn, (1,), {"d": 4, "z": 5}) == (1, 2, (), 4, {"z": 5})


def test_source_that_is_not_there_is_the_scripts_fault() -> None:
    """A function of `exec`ed text without a file cannot be a script."""
    fn = made_from("def f():\n    return 'nowhere'\n", filed=False)
    with pytest.raises(ScriptError, match="must stand in a file"):
        translate(fn)
    assert known(fn) is None


def test_source_that_has_changed_is_the_scripts_fault() -> None:
    """A file that no longer has the function where it was is refused."""
    fn = made_from("def f():\n    return 'changed'\n")
    filename = fn.__code__.co_filename
    linecache.cache[filename] = (1, None, ["x = 1\n"], filename)
    with pytest.raises(ScriptError, match="has changed"):
        translate(fn)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("async def f():\n    yield 1\n", "an async generator"),
        ("def f():\n    return locals()\n", "frames"),
        ("def f():\n    return eval('1')\n", "frames"),
        ("async def f(x):\n    return (y async for y in x)\n", "asynchronous"),
    ],
)
def test_what_needs_cpython_is_refused(text: str, reason: str) -> None:
    """Such a function has no term; it says why."""
    with pytest.raises(NotCompiled, match=reason):
        translate(made_from(text))


def test_registers_stay_out_of_cells() -> None:
    """A variable that nothing captures is no cell, in `try` and comprehension too."""
    fn = made_from(
        "def f(x):\n"
        "    try:\n        y = x()\n    except ValueError:\n        y = None\n"
        "    return [y + z for z in x]\n"
    )
    assert "cell" not in prims(translate(fn).lam.body)


def test_loops_have_the_shape_that_machines_know() -> None:
    """`for` is: iter; letrec of advance, test, current; then the loop's application."""
    fn = made_from(
        "def f(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t"
    )
    parts = list(spine(translate(fn).lam.body))
    [loop] = [part for part in parts if isinstance(part, LetRec)]
    assert loop.function.params == ("t",)
    head = [getattr(part, "value", part) for part in spine(loop.function.body)]
    assert head[0] == Prim("advance", (Var("it.1"),))
    started = getattr(parts[parts.index(loop) + 1], "value", None)
    assert isinstance(started, App)
    assert started.function == Var(loop.name)


def test_nested_functions_have_terms_of_their_own() -> None:
    """A function object that a script makes is found by its code."""
    fn = made_from("def f(n):\n    def g(x):\n        return x + n\n    return g\n")
    inner = Interpreter(translate=known).apply(fn, 1)
    assert isinstance(translate(inner).lam, Lam)
    assert translate(inner).freevars == ("n",)
    assert Interpreter(translate=known).apply(inner, 2) == 3


def test_async_functions_are_marked() -> None:
    """An `async def` is a function that gives its result at once."""
    fn = made_from("async def f(x):\n    return await x(1) + 1\n")
    assert translate(fn).is_async
    assert Interpreter(translate=known).apply(fn, lambda x: x) == 2

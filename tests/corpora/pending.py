"""Calls of a library's functions with every argument pending.

A call stands in a text file as it would in a program, `wrap('some text', width=30)`; the
names in it are those of the module.  Its arguments are evaluated first, and each of them
is then an external's answer that comes later, in an order drawn anew for each call.
"""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201
# mypy: disable-error-code="no-untyped-def, no-untyped-call, no-any-return, var-annotated"

import ast
import functools
import operator
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside
from tests.corpora.copies import copied


CALLS = Path(__file__).parent / "calls"
outside = Outside()


@outside.unordered
def later(x):
    """Give the argument, later."""
    return x


@outside.unordered
def later_str(x) -> str:
    """Give a text, later."""
    return x


@outside.unordered
def later_int(x) -> int:
    """Give a number, later."""
    return x


@outside.unordered
def later_bool(x) -> bool:
    """Say yes or no, later."""
    return x


def untyped(function, arguments, named):
    """The script: nothing is known of the arguments but that they come."""
    xs = [later(x) for x in arguments]
    return whole(function(*xs, **{name: later(x) for name, x in named.items()}))


def typed(function, arguments, named):
    """The script: of plain arguments it is known that they are plain."""
    xs = [promised(x) for x in arguments]
    return whole(function(*xs, **{name: promised(x) for name, x in named.items()}))


def promised(x):
    """The argument, later, with its type declared if it is one of the commonest."""
    kind = type(x)
    if kind is str:
        return later_str(x)
    if kind is int:
        return later_int(x)
    return later_bool(x) if kind is bool else later(x)


def whole(answer):
    """What a function gives; of an iterator, the items."""
    return [*answer] if hasattr(answer, "__next__") else answer


@attrs.frozen
class Call:
    """One line of a table.

    Attributes:
        text: The call as it is written.
        function: What is called: a function, a class, a method of a class.
        make: Makes the arguments, positional and named.
    """

    text: str
    function: Callable[..., Any]
    make: Callable[[], tuple[list[Any], dict[str, Any]]]

    @classmethod
    def of(cls, text: str, module: types.ModuleType) -> "Call":
        """Read a line."""
        call = ast.parse(text, mode="eval").body
        assert isinstance(call, ast.Call)

        def value(node: ast.expr) -> Any:
            code = compile(ast.Expression(node), "<call>", "eval")
            return eval(code, vars(module))

        def make() -> tuple[list[Any], dict[str, Any]]:
            named = {str(word.arg): value(word.value) for word in call.keywords}
            return [value(node) for node in call.args], named

        return cls(text, value(call.func), make)

    def check(self, *, fusions: tuple[bool, ...], known: bool, seed: object) -> None:
        """The call means what it means in CPython.

        Raises:
            Disagreement: It does not.
        """
        script = typed if known else untyped

        def make() -> tuple[Any, ...]:
            return self.function, *self.make()

        agree(script, outside, make, fusions=fusions, seeds=[seed])


@functools.cache
def calls(name: str) -> list[Call]:
    """The calls of one table, which is named after its module."""
    module = copied(name)
    lines = (CALLS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [Call.of(line, module) for line in lines if is_there(line, module)]


def is_there(line: str, module: types.ModuleType) -> bool:
    """Whether this version of Python has the function."""
    try:
        operator.attrgetter(line.partition("(")[0])(module)
    except AttributeError:
        return False
    return True


def tables() -> list[str]:
    """The names of the tables."""
    return sorted(path.stem for path in CALLS.glob("*.txt"))

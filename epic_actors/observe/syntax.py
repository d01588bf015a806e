"""The lines of a function as they stand in its file, to say of which step we speak."""

import ast
import linecache
import types

from epic_actors.core.terms import At
from epic_actors.frontend import source


SHOWN = 48
"""The longest piece of source that a sentence repeats."""
_Place = tuple[int, int, int | None, int | None]


class Syntax:
    """The syntax of one function, by position."""

    def __init__(self, fn: types.FunctionType) -> None:
        self.filename = fn.__code__.co_filename
        self._namespace = fn.__globals__
        self._expressions: dict[_Place, ast.expr] = {}
        self._choices: set[_Place] = set()
        for node in ast.walk(source.find(fn).node):
            if isinstance(node, ast.IfExp):
                self._choices.add(_place(node.test))
            if isinstance(node, ast.expr):
                self._expressions.setdefault(_place(node), node)

    def line(self, number: int) -> str:
        """A line of the file, without the space around it."""
        return linecache.getline(self.filename, number, self._namespace).strip()

    def text(self, at: At | None) -> str:
        """The expression at a position, shortened if it is long; empty if there is none."""
        found = self._at(at)
        return "" if found is None else shortened(ast.unparse(found))

    def callee(self, at: At | None) -> str:
        """What is called by the call at a position."""
        found = self._at(at)
        if not isinstance(found, ast.Call):
            return self.text(at)
        return shortened(ast.unparse(found.func))

    def is_choice(self, at: At | None) -> bool:
        """Whether this is the test of `a if test else b`."""
        return at is not None and _of(at) in self._choices

    def _at(self, at: At | None) -> ast.expr | None:
        return None if at is None else self._expressions.get(_of(at))


def shortened(text: str) -> str:
    """A text that is at most so long."""
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _place(node: ast.expr) -> _Place:
    return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


def _of(at: At) -> _Place:
    return (at.line, at.column, at.end_line, at.end_column)

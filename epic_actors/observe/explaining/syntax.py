"""The lines of a function as they stand in its file, to say of which step we speak."""

import ast
import linecache
import types
from typing import Any

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
        self._nodes: dict[_Place, ast.AST] = {}
        self._choices: set[_Place] = set()
        for node in ast.walk(source.find(fn).node):
            if isinstance(node, ast.IfExp):
                self._choices.add(_place(node.test))
            if isinstance(node, ast.expr | ast.AugAssign | ast.Delete):
                self._nodes.setdefault(_place(node), node)

    def line(self, number: int) -> str:
        """A line of the file, without the space around it."""
        return linecache.getline(self.filename, number, self._namespace).strip()

    def text(self, at: At | None) -> str:
        """The expression at a position, shortened if it is long; empty if there is none."""
        found = self._at(at)
        return "" if found is None else self._source(found)

    def callee(self, at: At | None) -> str:
        """What is called by the call at a position."""
        found = self._at(at)
        if not isinstance(found, ast.Call):
            return self.text(at)
        return self._source(found.func)

    def is_choice(self, at: At | None) -> bool:
        """Whether this is the test of `a if test else b`."""
        return at is not None and _of(at) in self._choices

    def _at(self, at: At | None) -> ast.AST | None:
        return None if at is None else self._nodes.get(_of(at))

    def _source(self, node: Any) -> str:
        if node.lineno != node.end_lineno:
            return shortened(ast.unparse(node))
        line = linecache.getline(self.filename, node.lineno, self._namespace).encode()
        return shortened(line[node.col_offset : node.end_col_offset].decode())


def shortened(text: str) -> str:
    """A text that is at most so long."""
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _place(node: Any) -> _Place:
    return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


def _of(at: At) -> _Place:
    return (at.line, at.column, at.end_line, at.end_column)

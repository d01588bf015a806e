"""From a function object to the syntax node that made it.

A file is parsed once, as long as its text stays the same.  A code object names its first
line (the line of its first decorator) and its name; where several nodes share both, as
lambdas do, the columns of its instructions decide.
"""

import ast
import linecache
import types
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import attrs

from epic_actors.errors import ScriptError


FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ScopeNode: TypeAlias = FunctionNode | ast.ClassDef | ast.GeneratorExp


@attrs.frozen
class Found:
    """A function's node, and the class whose private names it uses."""

    node: FunctionNode
    class_name: str | None


@attrs.define(eq=False)
class _File:
    lines: Sequence[str]
    tree: ast.Module
    places: dict[tuple[str, int], list[Found]]


_files: dict[str, _File] = {}


def find(fn: types.FunctionType) -> Found:
    """The node of a function.

    Raises:
        ScriptError: the source is not there, or no longer says what runs.
    """
    code = fn.__code__
    file = _file(fn)
    name, line = code.co_name, code.co_firstlineno
    if name == "<lambda>":
        candidates = _lambdas(file.tree, line)
    else:
        candidates = file.places.get((name, line), [])
    if not candidates:
        raise ScriptError(
            f"the source of {fn.__qualname__} has changed since it was imported",
            filename=code.co_filename,
            line=line,
            source_line=linecache.getline(code.co_filename, line),
        )
    if len(candidates) == 1:
        return candidates[0]
    return next((c for c in candidates if spans(c.node, code)), candidates[-1])


def _file(fn: types.FunctionType) -> _File:
    filename = fn.__code__.co_filename
    lines = linecache.getlines(filename, fn.__globals__)
    if not lines:
        raise ScriptError(
            f"the source of {fn.__qualname__} is not there: a script must stand in a file",
            filename=filename,
            line=fn.__code__.co_firstlineno,
        )
    known = _files.get(filename)
    if known is not None and (known.lines is lines or known.lines == lines):
        return known
    try:
        tree = ast.parse("".join(lines), filename)
    except SyntaxError as error:
        raise ScriptError(
            f"the source of {fn.__qualname__} cannot be read: {error.msg}",
            filename=filename,
            line=error.lineno,
            source_line=error.text,
        ) from error
    places: dict[tuple[str, int], list[Found]] = {}
    for found in _functions(tree.body, None):
        node = found.node
        assert not isinstance(node, ast.Lambda)
        places.setdefault((node.name, first_line(node)), []).append(found)
    _files[filename] = file = _File(lines, tree, places)
    return file


def first_line(node: ScopeNode | ast.stmt) -> int:
    """The line that CPython gives a definition: that of its first decorator."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])


def _functions(body: Sequence[ast.AST], class_name: str | None) -> Iterator[Found]:
    """All `def`s below some statements; expressions hold none and are not entered."""
    for node in body:
        inner = class_name
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Found(node, class_name)
        elif isinstance(node, ast.ClassDef):
            inner = node.name
        for field in ("body", "orelse", "handlers", "finalbody", "cases"):
            below = getattr(node, field, None)
            if isinstance(below, list):
                yield from _functions(below, inner)


def _lambdas(tree: ast.Module, line: int) -> list[Found]:
    found: list[Found] = []
    for statement in tree.body:
        if first_line(statement) <= line <= (statement.end_lineno or 0):
            _collect_lambdas(statement, line, None, found)
    return found


def _collect_lambdas(
    node: ast.AST, line: int, class_name: str | None, found: list[Found]
) -> None:
    if isinstance(node, ast.Lambda) and node.lineno == line:
        found.append(Found(node, class_name))
    if isinstance(node, ast.ClassDef):
        class_name = node.name
    for child in ast.iter_child_nodes(node):
        _collect_lambdas(child, line, class_name, found)


def spans(node: ast.AST, code: types.CodeType) -> bool:
    """Whether the instructions of `code` stand just where `node` has its result."""
    if isinstance(node, ast.Lambda):
        node = node.body
    elif isinstance(node, ast.GeneratorExp):
        node = node.elt
    else:
        return True
    start = (node.lineno, node.col_offset)
    end = (node.end_lineno, node.end_col_offset)
    places = {(p[0], p[2], p[1], p[3]) for p in code.co_positions()}
    return (*start, *end) in places

"""From a function object to the syntax node that made it.

A file is parsed once, as long as its text stays the same and it is among the `FILES` that
were asked for last.  A code object names its first
line (the line of its first decorator) and its name; where several nodes share both, as
lambdas do, the columns of its instructions decide.

The text may have changed since it was imported, or have been imported again since it was
read.  So it is compiled as Python's own loader would, and has to give what runs.
"""

import ast
import inspect
import linecache
import types
import warnings
from collections.abc import Iterator, Sequence
from importlib.machinery import SourceFileLoader
from typing import Any, TypeAlias

import attrs

from epic_actors.errors import ScriptError


FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ScopeNode: TypeAlias = FunctionNode | ast.ClassDef | ast.GeneratorExp | Any
"""What has code of its own; since Python 3.12 also a `type` statement."""


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
    generators: dict[int, ast.FunctionDef] = attrs.field(factory=dict)
    codes: dict[int, frozenset[types.CodeType]] = attrs.field(factory=dict)


FILES = 64
_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")
_files: dict[str, _File] = {}


def find(fn: types.FunctionType) -> Found:
    """The node of a function.

    Raises:
        ScriptError: the source is not there, or no longer says what runs.
    """
    code = fn.__code__
    file = _current(fn)
    name, line = code.co_name, code.co_firstlineno
    if name == "<lambda>":
        candidates = _lambdas(file.tree, line)
    elif name == "<genexpr>":
        candidates = _generators(file, line, code)
    else:
        candidates = file.places.get((name, line), [])
    if not candidates:
        raise _changed(fn)
    if len(candidates) == 1:
        return candidates[0]
    exact = [c for c in candidates if spans(c.node, code)]
    near = [c for c in candidates if encloses(c.node, code)]
    return (exact or near[-1:] or candidates[-1:])[0]


def _changed(fn: types.FunctionType) -> ScriptError:
    filename, line = fn.__code__.co_filename, fn.__code__.co_firstlineno
    return ScriptError(
        f"the source of {fn.__qualname__} has changed since it was imported;"
        " import it again, or start again",
        filename=filename,
        line=line,
        source_line=linecache.getline(filename, line),
    )


def _current(fn: types.FunctionType) -> _File:
    """The file of a function, with the text that it was compiled from."""
    file, filename = _file(fn), fn.__code__.co_filename
    if filename.startswith("<") or _says(file, fn.__code__):
        return file
    linecache.checkcache(filename)
    file = _file(fn)
    # Why: other loaders, as that of pytest for tests, change what the text says.
    exactly = type(fn.__globals__.get("__loader__")) is SourceFileLoader
    if exactly and not _says(file, fn.__code__):
        raise _changed(fn)
    return file


def _says(file: _File, code: types.CodeType) -> bool:
    """Whether the text of a file gives this code."""
    # Why: `types.coroutine` does no more than to set this flag.
    flags = code.co_flags & ~inspect.CO_ITERABLE_COROUTINE
    code = code.replace(co_flags=flags)
    for statement in file.tree.body:
        if first_line(statement) <= code.co_firstlineno <= (statement.end_lineno or 0):
            codes = file.codes.get(id(statement))
            if codes is None:
                # Why: before anything in it is translated, which changes the tree, and
                # with the imports, since CPython looks up what is imported another way.
                module = ast.Module([*_imports(file.tree.body), statement], [])
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    made = compile(module, code.co_filename, "exec", dont_inherit=True)
                codes = file.codes[id(statement)] = frozenset(_codes(made))
            if code in codes:
                return True
    return False


def _imports(body: Sequence[ast.AST]) -> Iterator[ast.stmt]:
    """The imports of a module itself."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ):
            for field in _BLOCKS:
                yield from _imports(getattr(node, field, ()))


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """All code inside some code."""
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield inner
            yield from _codes(inner)


def _file(fn: types.FunctionType) -> _File:
    filename = fn.__code__.co_filename
    lines = linecache.getlines(filename, fn.__globals__)
    if not lines:
        raise ScriptError(
            f"the source of {fn.__qualname__} is not there: a script must stand in a file",
            filename=filename,
            line=fn.__code__.co_firstlineno,
        )
    known = _files.pop(filename, None)
    if known is not None and (known.lines is lines or known.lines == lines):
        _files[filename] = known
        return known
    try:
        tree = _parsed("".join(lines), filename)
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
    if len(_files) > FILES:
        del _files[next(iter(_files))]
    return file


def _parsed(text: str, filename: str) -> ast.Module:
    with warnings.catch_warnings():
        # Why: what there is to say of the text was said when it was imported.
        warnings.simplefilter("ignore")
        return ast.parse(text, filename)


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
        for field in _BLOCKS:
            below = getattr(node, field, None)
            if isinstance(below, list):
                yield from _functions(below, inner)


def _lambdas(tree: ast.Module, line: int) -> list[Found]:
    found = _expressions(ast.Lambda, tree, line)
    return [Found(node, class_name) for node, class_name in found]


def _generators(file: _File, line: int, code: types.CodeType) -> list[Found]:
    """The generator expressions there, as the functions that CPython makes of them."""
    found = _expressions(ast.GeneratorExp, file.tree, line)
    fitting = [pair for pair in found if spans(pair[0], code)] or found
    return [Found(_as_function(file, node), owner) for node, owner in fitting]


def _as_function(file: _File, node: ast.GeneratorExp) -> ast.FunctionDef:
    made = file.generators.get(id(node))
    if made is None:
        made = file.generators[id(node)] = generator_function(node)
    return made


def generator_function(node: ast.GeneratorExp) -> ast.FunctionDef:
    """A function of the first iterable that yields what a generator expression does."""
    item = ast.copy_location(ast.Yield(node.elt), node.elt)
    body: ast.stmt = ast.copy_location(ast.Expr(item), node.elt)
    for number, part in reversed(list(enumerate(node.generators))):
        for condition in reversed(part.ifs):
            body = ast.copy_location(ast.If(condition, [body], []), condition)
        first = ast.copy_location(ast.Name(FIRST, ast.Load()), part.iter)
        loop = ast.For(part.target, part.iter if number else first, [body], [])
        body = ast.copy_location(loop, part.target)
    args = ast.arguments([], [ast.arg(FIRST)], None, [], [], None, [])
    made = ast.FunctionDef("<genexpr>", args, [body], [])
    return ast.fix_missing_locations(ast.copy_location(made, node))


FIRST = ".0"
"""The parameter of a generator expression's function, as CPython calls it."""


def _expressions(
    kind: type[Any], tree: ast.Module, line: int
) -> list[tuple[Any, str | None]]:
    """The expressions of a kind that begin on a line, and the classes they are in."""
    found: list[tuple[Any, str | None]] = []
    for statement in tree.body:
        if first_line(statement) <= line <= (statement.end_lineno or 0):
            _collect(kind, statement, line, None, found)
    return found


def _collect(
    kind: type[Any], node: ast.AST, line: int, owner: str | None, found: list[Any]
) -> None:
    if isinstance(node, kind) and node.lineno == line:
        found.append((node, owner))
    if isinstance(node, ast.ClassDef):
        owner = node.name
    for child in ast.iter_child_nodes(node):
        _collect(kind, child, line, owner, found)


def encloses(node: ast.AST, code: types.CodeType) -> bool:
    """Whether `code` may be that of `node`, of which CPython has folded the result."""
    if not isinstance(node, ast.Lambda):
        return False
    parts = node.args
    params = [a.arg for a in (*parts.posonlyargs, *parts.args, *parts.kwonlyargs)]
    if (*params,) != code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
        return False
    body = node.body
    start = (body.lineno, body.col_offset)
    end = (body.end_lineno or 0, body.end_col_offset or 0)
    return all(
        start <= (line, column) and (end_line, end_column) <= end
        for line, end_line, column, end_column in code.co_positions()
        if line and end_line and column is not None and end_column
    )


def spans(node: ast.AST, code: types.CodeType) -> bool:
    """Whether the instructions of `code` stand just where `node` has its own.

    Of a generator expression that is what it assigns to: its result may never be reached.
    """
    if isinstance(node, ast.Lambda):
        node = node.body
    elif isinstance(node, ast.GeneratorExp):
        node = node.generators[0].target
    else:
        return True
    start = (node.lineno, node.col_offset)
    end = (node.end_lineno, node.end_col_offset)
    places = {(p[0], p[2], p[1], p[3]) for p in code.co_positions()}
    return (*start, *end) in places

"""Nested functions, lambdas, classes and generators: real objects on CPython's own code.

Their bodies are not part of this term: a function object that is called is looked up by
its code and has a term of its own; a class body and a generator run natively.
"""

import __future__

import ast
import builtins
import sys

from epic_actors.core.functions import Template
from epic_actors.core.terms import App, Const, Prim, Term
from epic_actors.frontend.block import Block
from epic_actors.frontend.expressions import Visit as Value, atom, atoms, call
from epic_actors.frontend.generic import alias, cells, is_generic, made_by
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.statements import Visit
from epic_actors.frontend.unit import at


Def = ast.FunctionDef | ast.AsyncFunctionDef


#: What stands for a nested definition that CPython found to be never reached.
_NEVER = Const(None)


def _function(block: Block, node: Def | ast.Lambda) -> Term:
    unit, args = block.unit, node.args
    code = unit.codes.find(node)
    if code is None:
        return _NEVER
    defaults = atoms(block, args.defaults)
    only = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    pairs = [(unit.mangle(a.arg), atom(block, d)) for a, d in only if d is not None]
    if is_generic(node):
        return made_by(block, code, node, _given(block, defaults, pairs))
    names, notes = _annotations(block, node)
    template = Template(
        name=code.co_name,
        code=code,
        namespace=unit.namespace,
        defaults=len(defaults),
        kwdefaults=tuple([name for name, _ in pairs]),
        annotations=names,
    )
    values = (*defaults, *(term for _, term in pairs), *cells(unit, code, node), *notes)
    return Prim("function", values, template, at=at(node))


def _given(
    block: Block, defaults: tuple[Term, ...], pairs: list[tuple[str, Term]]
) -> tuple[Term, ...]:
    """The default values, as CPython gives them to the code around a generic function."""
    named = [part for name, term in pairs for part in (Const(name), term)]
    given = [Prim("tuple", defaults)] * bool(defaults)
    given += [Prim("dict", tuple(named))] * bool(named)
    return tuple([block.temp(part) for part in given])


def _annotations(
    block: Block, node: Def | ast.Lambda
) -> tuple[tuple[str, ...], tuple[Term, ...]]:
    """The names and values of a function's annotations, in CPython's order."""
    if isinstance(node, ast.Lambda):
        return (), ()
    args = node.args
    every = [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg]
    noted = [(a.arg, a.annotation) for a in every if a is not None and a.annotation]
    if node.returns is not None:
        noted.append(("return", node.returns))
    names = tuple([block.unit.mangle(name) for name, _ in noted])
    if block.unit.code.co_flags & __future__.annotations.compiler_flag:
        return names, tuple([Const(ast.unparse(note)) for _, note in noted])
    return names, atoms(block, [note for _, note in noted])


def _define(block: Block, node: Def, behind: frozenset[str]) -> None:
    decorators = atoms(block, node.decorator_list)
    _decorate(block, decorators, _function(block, node), node)


def _decorate(
    block: Block, decorators: tuple[Term, ...], made: Term, node: Def | ast.ClassDef
) -> None:
    for decorator, source in zip(
        reversed(decorators), reversed(node.decorator_list), strict=True
    ):
        made = App(decorator, (block.atom(made),), at=at(source))
    block.write(block.unit.mangle(node.name), made, node)


def _class(block: Block, node: ast.ClassDef, behind: frozenset[str]) -> None:
    unit, code = block.unit, block.unit.codes.find(node)
    decorators = atoms(block, node.decorator_list)
    if code is None:
        _decorate(block, decorators, _NEVER, node)
        return
    if is_generic(node):
        _decorate(block, decorators, made_by(block, code, node), node)
        return
    template = Template(node.name, code, unit.namespace)
    body = block.temp(Prim("function", cells(unit, code, node), template, at=at(node)))
    build = Const(builtins.__build_class__)
    before = (body, Const(node.name))
    made = call(block, build, node.bases, node.keywords, node, before)
    _decorate(block, decorators, made, node)


def _generator(block: Block, node: ast.GeneratorExp) -> Term:
    """A real generator, whose first iterable is evaluated here."""
    if node.generators[0].is_async:
        raise NotCompiled("asynchronous generator expression", node.lineno)
    unit, source = block.unit, atom(block, node.generators[0].iter)
    items = block.temp(App(Const(iter), (source,), at=at(node.generators[0].iter)))
    code = unit.codes.find(node)
    if code is None:
        return _NEVER
    template = Template("<genexpr>", code, unit.namespace)
    made = block.temp(Prim("function", cells(unit, code, node), template, at=at(node)))
    return App(made, (items,), at=at(node))


VALUES: dict[type, Value] = {ast.Lambda: _function, ast.GeneratorExp: _generator}
STATEMENTS: dict[type, Visit] = {
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    ast.ClassDef: _class,
}
if sys.version_info >= (3, 12):
    STATEMENTS[ast.TypeAlias] = alias

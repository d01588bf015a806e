"""Variables that alone refer to a generator: it is closed where CPython drops it.

A variable of a function holds its generator alone if nothing captures the variable, and
if the function does nothing with it but take items, call the generator's own methods, and
give the variable another value or none.  Then the generator goes with that, or when the
function returns; in which order, says the order of the function's variables.

Not covered: a function that raises, whose variables live as long as the traceback does.
"""

import ast
import inspect
import types
from collections.abc import Iterator

import attrs

from epic_actors.core.terms import Term, Var
from epic_actors.frontend.block import Block, Exits
from epic_actors.frontend.flow import Lives
from epic_actors.frontend.leaving import TAKES
from epic_actors.frontend.unit import Unit


METHODS = ("__next__", "send", "throw", "close")


def held(unit: Unit) -> dict[str, tuple[types.CodeType, ...]]:
    """The variables that hold generators alone, with the code of those generators."""
    if isinstance(unit.node, ast.Lambda) or unit.code.co_flags & inspect.CO_GENERATOR:
        return {}
    given = _given(unit, list(_statements(unit.node.body)))
    if not given:
        return {}
    nodes = [node for statement in unit.node.body for node in ast.walk(statement)]
    passed = {id(name) for node in nodes for name in _only_used(unit, node)}
    others = {n.id for n in nodes if isinstance(n, ast.Name) and id(n) not in passed}
    return {
        name: codes
        for name, codes in given.items()
        if name not in others
        and name not in unit.params
        and unit.plain(frozenset({name}))
    }


def _statements(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """All statements of a block, however deep."""
    for statement in body:
        yield statement
        for part in ("body", "orelse", "handlers", "finalbody", "cases"):
            yield from _statements(getattr(statement, part, []))


def _given(unit: Unit, nodes: list[ast.AST]) -> dict[str, tuple[types.CodeType, ...]]:
    """The code of the generators that variables are given."""
    given: dict[str, tuple[types.CodeType, ...]] = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                code = _code_of(unit, node.value, nodes)
                known = given.get(name, ())
                if code is not None and not any(code is other for other in known):
                    given[name] = (*known, code)
            case _:
                pass
    return given


def _code_of(
    unit: Unit, value: ast.expr, nodes: list[ast.AST]
) -> types.CodeType | None:
    """The code of the generator that an expression makes."""
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name)):
        return None
    name = value.func.id
    if unit.slot(name).kind == "global":
        found = getattr(unit.namespace.values.get(name), "__code__", None)
        return found if _is_generator(found) else None
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            found = unit.codes.find(node)
            if _is_generator(found):
                return found
    return None


def _is_generator(code: object) -> bool:
    return isinstance(code, types.CodeType) and bool(
        code.co_flags & inspect.CO_GENERATOR
    )


def _only_used(unit: Unit, node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that a node uses without passing them on or keeping them."""
    match node:
        case ast.Assign(targets=[target]):
            yield target
        case ast.Delete():
            yield from node.targets
        case ast.For() if not _loses(node):
            yield node.iter
        case ast.ListComp() | ast.SetComp() | ast.DictComp():
            yield node.generators[0].iter
        case ast.Call(func=ast.Attribute(attr=name, value=owner)) if name in METHODS:
            yield owner
        case ast.Call(func=ast.Name(id=name), args=[first, *_]):
            known = unit.builtin(name)
            if any(known is taker for taker in TAKES):
                yield first
        case _:
            pass


def _loses(loop: ast.For) -> bool:
    """Whether a loop goes on over what the variable no longer refers to."""
    nodes = [node for part in (loop.target, *loop.body) for node in ast.walk(part)]
    return isinstance(loop.iter, ast.Name) and any(
        isinstance(node, ast.Name)
        and node.id == loop.iter.id
        and not isinstance(node.ctx, ast.Load)
        for node in nodes
    )


def closing(unit: Unit, exits: Exits) -> Exits:
    """The exits of a function, each of which closes what its variables hold."""
    if not unit.held:
        return exits
    # Why: a comprehension of CPython's may be what takes the items, from a cell.
    order = (*unit.code.co_varnames, *unit.code.co_cellvars)
    names = sorted(unit.held, key=order.index)

    def release(block: Block) -> None:
        for name in names:
            if name in block.known:
                block.release(name, Var(name))

    def falls(block: Block) -> Term:
        release(block)
        return exits.falls(block)

    def returns(block: Block, found: Term) -> Term:
        found = block.atom(found)
        release(block)
        return exits.returns(block, found)

    live = frozenset(names)
    lives = Lives(falls=live, returns=live)
    return attrs.evolve(exits, falls=falls, returns=returns, lives=lives)

"""Python statements: blocks, the simple ones, and `if`."""

import ast
from collections.abc import Callable, Sequence
from typing import Any

import attrs

from epic_actors.core.terms import UNBOUND, App, Const, If, Prim, Term, Var
from epic_actors.frontend import targets
from epic_actors.frontend.block import Block, Exits, Meeting, jump
from epic_actors.frontend.expressions import atom, condition, value
from epic_actors.frontend.flow import Lives, lives_along, settled
from epic_actors.frontend.leaving import raising
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.unit import at


#: Adds a statement to a block, given what is live behind it.
Visit = Callable[[Block, Any, frozenset[str]], None]


def statements(
    block: Block, body: Sequence[ast.stmt], falls: frozenset[str] | None = None
) -> None:
    """Add statements to a block, with what is live behind the last of them."""
    lives = block.exits.lives
    if falls is not None:
        lives = attrs.evolve(lives, falls=falls)
    for node, behind in zip(
        body, lives_along(block.unit.flow, body, lives), strict=True
    ):
        visit = STATEMENTS.get(type(node))
        if visit is None:
            raise NotCompiled(type(node).__name__, node.lineno)
        visit(block, node, behind)
        if block.tail is None and not block.unit.flow.statement(node).falls:
            block.tail = Const(None)  # never reached
        if block.tail is not None:
            return


def branch(block: Block, body: Sequence[ast.stmt], exits: Exits | None = None) -> Term:
    """The term of statements that stand in a block of their own."""
    inner = block.inner(exits)
    statements(inner, body)
    return inner.finish()


# Simple statements


def _expression(block: Block, node: ast.Expr, behind: frozenset[str]) -> None:
    if not isinstance(node.value, ast.Constant):
        found = value(block, node.value)
        if not isinstance(found, Const | Var):
            block.temp(found)


def _return(block: Block, node: ast.Return, behind: frozenset[str]) -> None:
    found: Term = Const(None, at=at(node))
    if node.value is not None:
        found = value(block, node.value)
    block.tail = block.exits.returns(block, found)


def _break(block: Block, node: ast.Break, behind: frozenset[str]) -> None:
    block.tail = block.exits.breaks(block)


def _continue(block: Block, node: ast.Continue, behind: frozenset[str]) -> None:
    block.tail = block.exits.continues(block)


def _nothing(block: Block, node: ast.stmt, behind: frozenset[str]) -> None:
    pass


def _raise(block: Block, node: ast.Raise, behind: frozenset[str]) -> None:
    if node.exc is None:
        if not block.unit.handling:
            _raise_active(block, node)
            return
        current = Var(block.unit.handling[-1])
        raising(block)
        block.tail = Prim("reraise", (current,), at=at(node))
        return
    error = atom(block, node.exc)
    cause: Term = Const(UNBOUND) if node.cause is None else atom(block, node.cause)
    raising(block)
    block.tail = Prim("raise", (error, cause), at=at(node))


def _raise_active(block: Block, node: ast.Raise) -> None:
    """A bare `raise` outside of `except` clauses: what a caller's clause handles."""
    active = block.temp(Prim("active", (), at=at(node)))
    raising(block)
    block.tail = Prim("raise", (active, Const(UNBOUND)), at=at(node))


class Reraise(ast.Raise):
    """A made-up statement: raise an exception that is to stay as it is."""


def _reraise(block: Block, node: Reraise, behind: frozenset[str]) -> None:
    assert node.exc is not None
    error = atom(block, node.exc)
    raising(block)
    block.tail = Prim("reraise", (error,))


def _assert(block: Block, node: ast.Assert, behind: frozenset[str]) -> None:
    test = condition(block, node.test)
    failing = block.inner(Exits())
    yields = node.msg is not None and block.unit.scan(node.msg).yields
    if yields:
        failing = block.inner()
    error: Term = Const(AssertionError)
    if node.msg is not None:
        error = failing.temp(App(error, (atom(failing, node.msg),), at=at(node)))
    raising(failing)
    failed = failing.finish(Prim("raise", (error, Const(UNBOUND)), at=at(node)))
    if yields:
        block.guard(test, orelse=failed)
    else:
        block.let((), If(test, Prim("pack"), failed, at=at(node)), at(node))


def _import(block: Block, node: ast.Import, behind: frozenset[str]) -> None:
    for alias in node.names:
        static = (block.unit.namespace, alias.name, None, 0)
        found = block.temp(Prim("import", (), static, at=at(node)))
        if alias.asname is None:
            name = alias.name.split(".")[0]
        else:
            name = alias.asname
            for part in alias.name.split(".")[1:]:
                found = block.temp(Prim("import_from", (found,), part, at=at(node)))
        block.write(block.unit.mangle(name), found, node)


def _import_from(block: Block, node: ast.ImportFrom, behind: frozenset[str]) -> None:
    names = tuple(alias.name for alias in node.names)
    static = (block.unit.namespace, node.module or "", names, node.level)
    module = block.temp(Prim("import", (), static, at=at(node)))
    for alias in node.names:
        found = Prim("import_from", (module,), alias.name, at=at(node))
        block.write(block.unit.mangle(alias.asname or alias.name), found, node)


def _targets(add: Callable[[Block, Any], None]) -> Visit:
    return lambda block, node, behind: add(block, node)


# Branches


def _if(block: Block, node: ast.If, behind: frozenset[str]) -> None:
    flow, decided = block.unit.flow, settled(node)
    if decided is not None:
        statements(block, node.body if decided else node.orelse, behind)
        return
    test = condition(block, node.test)
    then, orelse = flow.block(node.body), flow.block(node.orelse)
    if not then.escapes | orelse.escapes:
        _merge(block, node, test, behind)
    elif then.falls and orelse.falls:
        _join(block, node, test, behind)
    elif orelse.falls:
        block.guard(test, then=branch(block, node.body))
        statements(block, node.orelse, behind)
    elif then.falls:
        block.guard(test, orelse=branch(block, node.orelse))
        statements(block, node.body, behind)
    else:
        ways = branch(block, node.body), branch(block, node.orelse)
        block.tail = If(test, *ways, at=at(node))


def _merge(block: Block, node: ast.If, test: Term, behind: frozenset[str]) -> None:
    """An `if` that nothing leaves is a value: the variables that it writes."""
    meeting = Meeting(block.unit, block.unit.flow.statement(node).writes, behind)
    exits = Exits(falls=meeting.packed, lives=Lives(behind))
    ways = branch(block, node.body, exits), branch(block, node.orelse, exits)
    chosen = If(test, *ways, at=at(node))
    if block.unit.flow.statement(node).falls:
        block.let(meeting.names, chosen, at(node))
        meeting.settle(block)
    else:
        block.tail = chosen


def _join(block: Block, node: ast.If, test: Term, behind: frozenset[str]) -> None:
    """What follows an `if` that is left early from either side is a function."""
    meeting = Meeting(block.unit, block.unit.flow.statement(node).writes, behind)
    name = block.unit.fresh("join")
    lives = attrs.evolve(block.exits.lives, falls=behind)
    exits = attrs.evolve(
        block.exits, falls=lambda b: jump(name, meeting.arrive(b)), lives=lives
    )
    ways = branch(block, node.body, exits), branch(block, node.orelse, exits)
    block.join(name, meeting.names, If(test, *ways, at=at(node)))
    meeting.settle(block)


STATEMENTS: dict[type, Visit] = {
    ast.Expr: _expression,
    ast.Return: _return,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Pass: _nothing,
    ast.Global: _nothing,
    ast.Nonlocal: _nothing,
    ast.Raise: _raise,
    Reraise: _reraise,
    ast.Assert: _assert,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Assign: _targets(targets.assignment),
    ast.AugAssign: _targets(targets.augmented),
    ast.AnnAssign: _targets(targets.annotated),
    ast.Delete: _targets(targets.delete),
    ast.If: _if,
}

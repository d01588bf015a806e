"""`while` and `for`: functions that apply themselves.

Theory of operation
    The loop's parameters are the variables it writes that are live at its head or behind
    it.  A loop that only its own `break` and end leave is the value of a `let` of those.
    One that a `return` leaves (or, from its `else`, an outer `break`) stands in tail
    position, and what follows it is a function that its other exits jump to.
    A body left early by `continue` alone is a value too, so that a `continue` not yet
    decided delays nothing but the rest of its own round.
"""

import ast
from collections.abc import Callable
from typing import TypeAlias

import attrs

from epic_actors.core.terms import App, Const, If, Lam, Prim, Term, Var
from epic_actors.frontend.block import Block, Exits, Meeting, jump
from epic_actors.frontend.expressions import condition, cursor
from epic_actors.frontend.flow import endless, loop_lives
from epic_actors.frontend.leaving import Passing, is_passing
from epic_actors.frontend.statements import Visit, branch, statements
from epic_actors.frontend.targets import assign
from epic_actors.frontend.unit import at


Loop: TypeAlias = ast.While | ast.For | ast.AsyncFor


@attrs.frozen
class _Shape:
    """A loop being translated: its name, its parameters, and where it goes."""

    node: Loop
    name: str
    carried: tuple[str, ...]
    body: Exits
    leaving: Exits

    def again(self, block: Block) -> Term:
        """The next round."""
        return jump(self.name, carry(block, self.carried))


def carry(block: Block, names: tuple[str, ...]) -> tuple[Term, ...]:
    """What variables hold here, to be passed on."""
    return tuple(block.held(name) for name in names)


def _loop(block: Block, node: Loop, behind: frozenset[str]) -> None:
    unit = block.unit
    rounds: Callable[[Block, _Shape], Term] = _while_round
    passing: Passing | None = None
    if not isinstance(node, ast.While):
        before, asks = len(block.called), isinstance(node, ast.AsyncFor)
        items = cursor(block, node.iter, asynchronous=asks)
        called = len(block.called) > before
        if called and not asks and is_passing(block, node.iter):
            passing = Passing.of(block, items, before)
        rounds = _for_round(items, passing)
    facts = unit.flow.statement(node)
    lives = attrs.evolve(block.exits.lives, falls=behind)
    inside = loop_lives(unit.flow, node, lives)
    name, join = unit.fresh("loop"), unit.fresh("join")
    after = Meeting(unit, facts.writes, inside.falls | behind)

    def leave(leaving: Block) -> Term:
        if facts.escapes:
            return jump(join, after.arrive(leaving))
        return after.packed(leaving)

    body = attrs.evolve(block.exits, breaks=leave, lives=inside)
    if passing is not None:
        body = passing.leaving(body)
    leaving = attrs.evolve(block.exits, falls=leave, lives=lives)
    shape = _Shape(node, name, after.names, body, leaving)
    head = block.inner()
    head.sure -= facts.deletes
    head.now_unbound(*facts.writes - set(after.names))
    head.known.update(after.names)
    open_around = unit.open
    unit.open = open_around if passing is None else [*open_around, passing]
    function = Lam(after.names, rounds(head, shape), name=name, at=at(node))
    unit.open = open_around
    started = jump(name, carry(block, after.names), at(node))
    if facts.escapes:
        _stand_last(block, shape, join, function, started, facts.falls)
    else:
        block.define(name, function)
        if not facts.falls:
            block.tail = started
            return
        block.let(after.names, started, at(node))
    if facts.falls:
        after.settle(block)


def _stand_last(
    block: Block, shape: _Shape, join: str, function: Lam, started: App, falls: bool
) -> None:
    """Put the loop in tail position, and what follows into a function before it."""
    if falls:
        looping = block.inner()
        looping.define(shape.name, function)
        block.join(join, shape.carried, looping.finish(started))
    else:
        block.define(shape.name, function)
        block.tail = started


def _while_round(block: Block, shape: _Shape) -> Term:
    node = shape.node
    assert isinstance(node, ast.While)
    test = condition(block, node.test)
    then = _body(block.inner(), shape)
    if endless(node):
        done: Term = Const(None)
    else:
        done = branch(block, node.orelse, shape.leaving)
    return block.finish(If(test, then, done, at=at(node.test)))


def _for_round(items: Var, passing: Passing | None) -> Callable[[Block, _Shape], Term]:
    def rounds(block: Block, shape: _Shape) -> Term:
        node = shape.node
        assert not isinstance(node, ast.While)
        test = block.temp(Prim("advance", (items,), at=at(node.iter)))
        inner = block.inner()
        assign(inner, node.target, Prim("current", (items,), at=at(node.target)))
        then = _body(inner, shape)
        ending = block.inner(shape.leaving)
        if passing is not None and passing.nested:
            passing.release(ending)
        done = branch(ending, node.orelse, shape.leaving)
        return block.finish(If(test, then, ending.finish(done), at=at(node.iter)))

    return rounds


def _body(block: Block, shape: _Shape) -> Term:
    """One round from where its test has held; `block` is its own."""
    unit, node = block.unit, shape.node
    facts = unit.flow.block(node.body)
    again = shape.again
    if facts.escapes != {"continue"}:
        block.exits = attrs.evolve(shape.body, falls=again, continues=again)
        statements(block, node.body)
        return block.finish()
    writes = facts.writes | unit.flow.statement(node).writes
    meeting = Meeting(unit, writes, frozenset(shape.carried))
    ends = Exits(falls=meeting.packed, continues=meeting.packed, lives=shape.body.lives)
    block.let(meeting.names, branch(block, node.body, ends), at(node))
    return block.finish(again(block))


STATEMENTS: dict[type, Visit] = dict.fromkeys((ast.While, ast.For, ast.AsyncFor), _loop)

"""Comprehensions, and generator expressions that are consumed at once: loops.

A comprehension's own variables are renamed apart.  One that a nested function captures
is a single cell for the whole comprehension, as it is in CPython.
"""

import ast
from collections.abc import Callable, Sequence
from typing import TypeAlias

import attrs

from epic_actors.core.terms import UNBOUND, Const, If, Lam, LetRec, Prim, Term, Var
from epic_actors.frontend.block import Block, Exits, Meeting, jump
from epic_actors.frontend.expressions import (
    VALUES as EXPRESSIONS,
    Visit,
    atom,
    atoms,
    call,
    condition,
    cursor,
)
from epic_actors.frontend.names import Comprehension, Names
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.targets import assign
from epic_actors.frontend.unit import Slot, at


#: Adds one element in the innermost block.
Element: TypeAlias = Callable[[Block], None]


def _accumulating(op: str, fresh: Term) -> Visit:
    def visit(
        block: Block, node: ast.ListComp | ast.SetComp | ast.GeneratorExp
    ) -> Term:
        made = block.temp(fresh, stem="acc")

        def add(inner: Block) -> None:
            item = atom(inner, node.elt)
            inner.temp(Prim(op, (made, item), at=at(node.elt)))

        _comprehend(block, node, add)
        return made

    return visit


_list = _accumulating("list_append", Prim("list"))
_set = _accumulating("set_add", Prim("set"))


def _dict(block: Block, node: ast.DictComp) -> Term:
    made = block.temp(Prim("dict"), stem="acc")

    def add(inner: Block) -> None:
        key, item = atoms(inner, (node.key, node.value))
        inner.temp(Prim("setitem", (made, key, item), at=at(node.key)))

    _comprehend(block, node, add)
    return made


def _first_cursor(block: Block, node: Comprehension) -> Var:
    awaits = any(generator.is_async for generator in node.generators)
    if awaits and isinstance(node, ast.GeneratorExp):
        raise NotCompiled("asynchronous generator expression", node.lineno)
    return _cursor(block, node.generators[0])


def _cursor(block: Block, generator: ast.comprehension) -> Var:
    return cursor(block, generator.iter, asynchronous=bool(generator.is_async))


def _own_slots(block: Block, node: Comprehension) -> dict[str, Slot]:
    """The comprehension's own variables; those captured become cells here."""
    unit, inner, first = block.unit, Names(), node.generators[0]
    bound = unit.scan(*(g.target for g in node.generators)).stores
    rest = [n for n in ast.iter_child_nodes(node) if n is not first]
    inner = unit.scan(first.target, *first.ifs, *rest)
    slots: dict[str, Slot] = {}
    for name in sorted(bound):
        captured = name in inner.captures
        slots[name] = slot = Slot(unit.fresh(name), "cell" if captured else "plain")
        if captured:
            block.let((slot.name,), Prim("cell", (Const(UNBOUND),)))
    return slots


def _comprehend(block: Block, node: Comprehension, add: Element) -> None:
    items = _first_cursor(block, node)
    generator = isinstance(node, ast.GeneratorExp)
    with block.unit.scope(_own_slots(block, node), generator=generator):
        _rounds(block, node, node.generators, items, add)


def _rounds(
    block: Block,
    node: Comprehension,
    generators: Sequence[ast.comprehension],
    items: Var,
    add: Element,
) -> None:
    """One `for` of a comprehension: a loop that carries what is bound by `:=`."""
    unit, generator = block.unit, generators[0]
    writes = _outer_writes(block, node)
    meeting = Meeting(unit, writes, writes)
    name = unit.fresh("loop")
    head = block.inner(Exits())
    head.known.update(meeting.names)
    test = head.temp(Prim("advance", (items,), at=at(generator.iter)))
    body = head.inner()
    place = at(generator.target)
    assign(body, generator.target, Prim("current", (items,), at=place))
    _filtered(body, node, generators, 0, add)
    again = jump(name, tuple(body.held(n) for n in meeting.names))
    done = meeting.packed(head)
    looping = head.finish(If(test, body.finish(again), done, at=place))
    block.define(name, Lam(meeting.names, looping, name=name, at=place))
    started = jump(name, tuple(block.held(n) for n in meeting.names), place)
    block.let(meeting.names, started, place)
    meeting.settle(block)


def _outer_writes(block: Block, node: Comprehension) -> frozenset[str]:
    """What `:=` inside binds in the function around."""
    if not block.unit.flow.walrus:
        return frozenset()
    return frozenset(block.unit.scan(node).walrus)


def _filtered(
    block: Block,
    node: Comprehension,
    generators: Sequence[ast.comprehension],
    number: int,
    add: Element,
) -> None:
    """What stands behind the first conditions of a `for`: a choice of doing nothing."""
    conditions = generators[0].ifs
    if number < len(conditions):
        test = condition(block, conditions[number])
        writes = _outer_writes(block, node)
        meeting = Meeting(block.unit, writes, writes)
        then = block.inner(Exits())
        _filtered(then, node, generators, number + 1, add)
        kept = then.finish(meeting.packed(then))
        chosen = If(test, kept, meeting.packed(block), at=at(conditions[number]))
        block.let(meeting.names, chosen, chosen.at)
        meeting.settle(block)
    elif len(generators) > 1:
        _rounds(block, node, generators[1:], _cursor(block, generators[1]), add)
    else:
        add(block)


# Generator expressions


def _call(block: Block, node: ast.Call) -> Term:
    """A call; one that takes in a whole generator gets a list instead."""
    source = node.args[0] if block.unit.inlines(node) else None
    if not isinstance(source, ast.GeneratorExp):
        return _plain_call(block, node)
    builtin = (
        block.unit.builtin(node.func.id) if isinstance(node.func, ast.Name) else None
    )
    if builtin in (any, all):
        return _search(block, source, stop=builtin is any)
    function = atom(block, node.func)
    if builtin is list:
        return _list(block, source)
    collect = _set if builtin in (set, frozenset) else _list
    made = block.atom(collect(block, source))
    if builtin is set:
        return made
    return call(block, function, node.args[1:], node.keywords, node, (made,))


_plain_call = EXPRESSIONS[ast.Call]


def _search(block: Block, node: ast.GeneratorExp, *, stop: bool) -> Term:
    """`any` or `all`: a loop that ends with the first element that decides it."""
    items = _first_cursor(block, node)
    if _outer_writes(block, node):
        raise NotCompiled("a walrus within any() or all()", node.lineno)
    with block.unit.scope(_own_slots(block, node), generator=True):
        searching = _Search(node, stop)
        return searching.loop(block, node.generators, items, Const(not stop))


@attrs.frozen
class _Search:
    node: ast.GeneratorExp
    stop: bool

    def loop(
        self,
        block: Block,
        generators: Sequence[ast.comprehension],
        items: Var,
        done: Term,
    ) -> Term:
        """A loop as a value: the answer, or `done` when its items have run out."""
        name, place = block.unit.fresh("loop"), at(generators[0].target)
        head = block.inner(Exits())
        test = head.temp(Prim("advance", (items,), at=place))
        body = head.inner()
        assign(body, generators[0].target, Prim("current", (items,), at=place))
        found = self._round(body, generators, jump(name, ()))
        looping = head.finish(If(test, found, done, at=place))
        return LetRec(
            name, Lam((), looping, name=name, at=place), jump(name, (), place)
        )

    def _round(
        self, block: Block, generators: Sequence[ast.comprehension], again: Term
    ) -> Term:
        for part in generators[0].ifs:
            block.guard(condition(block, part), orelse=again)
        if len(generators) > 1:
            inner = _cursor(block, generators[1])
            return block.finish(self.loop(block, generators[1:], inner, again))
        test = atom(block, self.node.elt)
        answer = Const(self.stop)
        then, orelse = (answer, again) if self.stop else (again, answer)
        return block.finish(If(test, then, orelse, at=at(self.node.elt)))


VALUES: dict[type, Visit] = {
    ast.ListComp: _list,
    ast.SetComp: _set,
    ast.DictComp: _dict,
    ast.Call: _call,
}

"""Assignment to every kind of target, and `del`."""

import ast
from collections.abc import Sequence

from epic_actors.core.iteration.consuming import sliced
from epic_actors.core.terms import App, Const, Prim, Term, Var
from epic_actors.frontend.block import Block
from epic_actors.frontend.expressions import BINARY, atom, atoms, value
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.unit import at


def assign(block: Block, target: ast.expr, term: Term) -> None:
    """Assign the value of a term to a target."""
    match target:
        case ast.Name():
            block.write(block.unit.mangle(target.id), term, target)
        case ast.Tuple() | ast.List():
            _unpack(block, target, term)
        case ast.Attribute():
            found = block.atom(term)
            owner = atom(block, target.value)
            name = block.unit.mangle(target.attr)
            block.unit.namespace.attributes.add(name)
            block.temp(Prim("setattr", (owner, found), name, at=at(target)))
        case ast.Subscript():
            found = block.atom(term)
            owner, key = atoms(block, (target.value, target.slice))
            if isinstance(target.slice, ast.Slice) and isinstance(term, App | Var):
                # Why: a generator cannot be entered by what spreads it.
                given = App(Const(sliced), (owner, found), at=at(target))
                found = block.temp(given)
            block.temp(Prim("setitem", (owner, key, found), at=at(target)))
        case _:
            raise NotCompiled(type(target).__name__, target.lineno)


def _unpack(block: Block, target: ast.Tuple | ast.List, term: Term) -> None:
    parts = [e.value if isinstance(e, ast.Starred) else e for e in target.elts]
    stars = [isinstance(e, ast.Starred) for e in target.elts]
    starred = any(stars)
    before = stars.index(True) if starred else len(parts)
    form = before, starred, len(parts) - before - starred
    _bind(block, parts, Prim("unpack", (block.atom(term),), form, at=at(target)))


def _bind(block: Block, parts: Sequence[ast.expr], packed: Term) -> None:
    """Take a pack apart into targets; plain variables get their values at once."""
    direct = _plain_names(block, parts)
    slots = [name or block.unit.fresh("t") for name in direct]
    block.let(slots, packed, packed.at)
    for part, name, slot in zip(parts, direct, slots, strict=True):
        if name is None:
            assign(block, part, Var(slot))
        else:
            block.now_bound(slot)


def _plain_names(block: Block, parts: Sequence[ast.expr]) -> list[str | None]:
    """The term variables that targets are; None for other targets and repetitions.

    A variable behind another kind of target is not assigned before that is evaluated.
    """
    found: list[str | None] = []
    for number, part in enumerate(parts):
        if None in found:
            return [*found, *[None] * (len(parts) - number)]
        name: str | None = None
        if isinstance(part, ast.Name):
            slot = block.unit.slot(block.unit.mangle(part.id))
            if slot.kind == "plain" and slot.name not in found:
                name = slot.name
        found.append(name)
    return found


def assignment(block: Block, node: ast.Assign) -> None:
    """`a = b = value`."""
    if len(node.targets) == 1:
        target = node.targets[0]
        if not _swap(block, target, node.value):
            assign(block, target, value(block, node.value))
        return
    found = atom(block, node.value)
    if isinstance(found, Var):
        # Why: the first target may be the very variable that was read.
        found = block.temp(found)
    for target in node.targets:
        assign(block, target, found)


def _swap(block: Block, target: ast.expr, source: ast.expr) -> bool:
    """`a, b = x, y` between plain variables needs no tuple."""
    if not (isinstance(target, ast.Tuple) and isinstance(source, ast.Tuple)):
        return False
    names = _plain_names(block, target.elts)
    stars = any(isinstance(e, ast.Starred) for e in source.elts)
    if None in names or stars or not len(names) == len(source.elts) > 1:
        return False
    _bind(block, target.elts, Prim("pack", atoms(block, source.elts), at=at(target)))
    return True


def augmented(block: Block, node: ast.AugAssign) -> None:
    """`target += value`; the target's place is evaluated once."""
    op, target, place = "i" + BINARY[type(node.op)], node.target, at(node)
    match target:
        case ast.Name():
            name = block.unit.mangle(target.id)
            before = block.atom(block.read(name, target))
            after = Prim(op, (before, atom(block, node.value)), at=place)
            block.write(name, after, node)
        case ast.Attribute():
            owner, attr = atom(block, target.value), block.unit.mangle(target.attr)
            old = block.temp(Prim("getattr", (owner,), attr, at=at(target)))
            new = block.temp(Prim(op, (old, atom(block, node.value)), at=place))
            block.temp(Prim("setattr", (owner, new), attr, at=place))
        case ast.Subscript():
            owner, key = atoms(block, (target.value, target.slice))
            old = block.temp(Prim("getitem", (owner, key), at=at(target)))
            new = block.temp(Prim(op, (old, atom(block, node.value)), at=place))
            block.temp(Prim("setitem", (owner, key, new), at=place))


def annotated(block: Block, node: ast.AnnAssign) -> None:
    """`target: kind = value`; in a function the annotation is never evaluated."""
    if node.value is not None:
        assign(block, node.target, value(block, node.value))
    elif isinstance(node.target, ast.Attribute):
        atom(block, node.target.value)
    elif isinstance(node.target, ast.Subscript):
        atoms(block, (node.target.value, node.target.slice))


def delete(block: Block, node: ast.Delete) -> None:
    """`del` of one or several targets."""
    for target in node.targets:
        _delete(block, target)


def _delete(block: Block, target: ast.expr) -> None:
    match target:
        case ast.Name():
            block.delete(block.unit.mangle(target.id), target)
        case ast.Attribute():
            owner, attr = atom(block, target.value), block.unit.mangle(target.attr)
            block.temp(Prim("delattr", (owner,), attr, at=at(target)))
        case ast.Subscript():
            pair = atoms(block, (target.value, target.slice))
            block.temp(Prim("delitem", pair, at=at(target)))
        case ast.Tuple() | ast.List():
            for part in target.elts:
                _delete(block, part)
        case _:
            raise NotCompiled(type(target).__name__, target.lineno)

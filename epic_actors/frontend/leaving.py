"""Where a value that no variable has is referred to no longer.

CPython drops the iterator of a `for` when the loop is left, and the value of a part of an
expression when that has been used.  If it is the last reference to a generator, this is
closed there and then, so a `release` says where it is.  The temporaries that held it are
given another value before, or they would still refer to it.
"""

import ast
from collections.abc import Callable
from typing import Any

import attrs

from epic_actors.core.terms import Const, Prim, Term, Var
from epic_actors.frontend.block import Block, Exits


BORROWED = (range, list, tuple, dict, set, frozenset, str, bytes, sorted, len)
"""Builtins that give no generator, nor anything that holds one."""


def is_passing(block: Block, node: ast.AST) -> bool:
    """Whether an expression may give a generator that nothing else refers to."""
    if isinstance(node, ast.GeneratorExp):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = node.func
    known = block.unit.builtin(name.id) if isinstance(name, ast.Name) else None
    return not any(known is other for other in BORROWED)


def forget(block: Block, before: int) -> None:
    """Let the temporaries of calls made since then hold nothing any more."""
    for name in block.called[before:]:
        block.let((name,), Const(None))
    del block.called[before:]


def releasing(exits: Exits, holder: Term) -> Exits:
    """Exits of a loop that let go of what it goes over."""

    def breaks(block: Block) -> Term:
        release(block, holder)
        return exits.breaks(block)

    def returns(block: Block, found: Term) -> Term:
        found = block.atom(found)
        release(block, holder)
        return exits.returns(block, found)

    return attrs.evolve(exits, breaks=breaks, returns=returns)


def release(block: Block, holder: Term) -> None:
    """Let go of what a cursor or a cell holds."""
    block.temp(Prim("release", (holder,)))

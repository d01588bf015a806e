"""The variables whose value at the point of a failure is read after it.

A variable assigned in a `try` body lives in a cell if a handler, a `finally` clause or
what follows may read what the failed body left in it.  All others stay in registers.
"""

import ast
from collections.abc import Sequence

import attrs

from epic_actors.frontend.flow import (
    NOTHING,
    Facts,
    Flow,
    Lives,
    live_before,
    lives_along,
    loop_lives,
)


def survivors(flow: Flow, body: Sequence[ast.stmt], lives: Lives) -> frozenset[str]:
    """The variables of a block that must outlive a failure in it."""
    found: set[str] = set()
    for node, behind in zip(body, lives_along(flow, body, lives), strict=True):
        if type(node) not in COMPOUND:
            continue
        inner = lives.falling(behind)
        match node:
            case ast.If():
                found |= survivors(flow, node.body, inner)
                found |= survivors(flow, node.orelse, inner)
            case ast.While() | ast.For() | ast.AsyncFor():
                found |= _loop(flow, node, inner)
            case ast.With() | ast.AsyncWith():
                found |= flow.statement(node).writes & behind
                found |= survivors(flow, node.body, inner)
            case ast.Try() | ast.TryStar():
                found |= _try(flow, node, inner)
            case _:
                pass
    return frozenset(found)


COMPOUND: frozenset[type] = frozenset(
    {
        *(ast.If, ast.While, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith),
        *(ast.Try, ast.TryStar),
    }
)


def _loop(
    flow: Flow, node: ast.While | ast.For | ast.AsyncFor, lives: Lives
) -> frozenset[str]:
    inside = survivors(flow, node.body, loop_lives(flow, node, lives))
    return inside | survivors(flow, node.orelse, lives)


def guarded_lives(flow: Flow, finalbody: Sequence[ast.stmt], lives: Lives) -> Lives:
    """What is live at the ends of a body whose exits all pass through `finally`."""
    final = flow.block(finalbody)

    def through(target: frozenset[str]) -> frozenset[str]:
        return live_before(final, attrs.evolve(lives, falls=target))

    return Lives(*map(through, attrs.astuple(lives)))


def _try(flow: Flow, node: ast.Try | ast.TryStar, lives: Lives) -> frozenset[str]:
    found: frozenset[str] = NOTHING
    inner = lives
    parts = (node.body, node.orelse, *(h.body for h in node.handlers))
    if node.finalbody:
        inner = guarded_lives(flow, node.finalbody, lives)
        failing = attrs.evolve(lives, falls=NOTHING)
        at_failure = live_before(flow.block(node.finalbody), failing)
        found |= flow.before_final(node).writes & at_failure
        found |= survivors(flow, node.finalbody, lives)
    handled = NOTHING.union(*(_handler_live(flow, h, inner) for h in node.handlers))
    found |= flow.block(node.body).writes & handled
    after_body = live_before(flow.block(node.orelse), inner)
    found |= survivors(flow, node.body, attrs.evolve(inner, falls=after_body))
    for part in parts[1:]:
        found |= survivors(flow, part, inner)
    return found


def _handler_live(flow: Flow, node: ast.ExceptHandler, lives: Lives) -> frozenset[str]:
    kind = flow.expressions(node.type)
    name = frozenset({flow.scanner.mangle(node.name)} if node.name else ())
    body = live_before(flow.block(node.body), lives)
    return kind.reads | live_before(Facts(kills=name), Lives(falls=body)) | NOTHING

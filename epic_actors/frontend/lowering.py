"""Statements that are written in terms of others, before anything else looks at them."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from epic_actors.frontend.groups import without_star
from epic_actors.frontend.matching import without_match


def lower(body: list[ast.stmt]) -> None:
    """Rewrite `match` and `except*` in a function's statements, in place."""
    plain: list[ast.stmt] = []
    for node in body:
        for below in _blocks(node):
            lower(below)
        rewrite = _REWRITES.get(type(node))
        plain += [node] if rewrite is None else rewrite(node)
    body[:] = plain


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        below = getattr(node, field, None)
        if isinstance(below, list):
            yield below
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


_REWRITES: dict[type, Callable[[Any], list[ast.stmt]]] = {
    ast.Match: without_match,
    ast.TryStar: without_star,
}

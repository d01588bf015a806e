"""The code objects that CPython made for the functions nested in a function.

A nested function's object is built on CPython's own code, so that its name, signature,
free variables and positions are what they always were.
"""

import ast
import types
from collections.abc import Iterator

from epic_actors.core.language.classes import GENERIC
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.source import ScopeNode, encloses, first_line, spans


_INLINED = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})


class NestedCodes:
    """Finds the code of a nested definition by its node."""

    def __init__(self, code: types.CodeType) -> None:
        self._places: dict[tuple[str, int], list[types.CodeType]] = {}
        for nested in _nested(code):
            key = nested.co_name, nested.co_firstlineno
            self._places.setdefault(key, []).append(nested)

    def of(self, node: ScopeNode) -> types.CodeType:
        """The code of a `def`, `lambda`, class body or generator expression.

        Raises:
            NotCompiled: CPython dropped it as unreachable.
        """
        found = self.find(node)
        if found is None:
            raise NotCompiled(f"no code for {_code_name(node)}", node.lineno)
        return found

    def captured(self, node: ScopeNode) -> tuple[str, ...]:
        """The free variables of a nested definition; none if it is unreachable."""
        found = self.find(node)
        return () if found is None else found.co_freevars

    def find(self, node: ScopeNode) -> types.CodeType | None:
        """The code of a nested definition, if it is there."""
        candidates = self._places.get((_code_name(node), first_line(node)), [])
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        exact = [c for c in candidates if spans(node, c)]
        near = [c for c in candidates if encloses(node, c)]
        return (exact or near or candidates)[0]


def _code_name(node: ScopeNode) -> str:
    if isinstance(node, ast.Lambda):
        return "<lambda>"
    if isinstance(node, ast.GeneratorExp):
        return "<genexpr>"
    name = node.name.id if isinstance(node.name, ast.Name) else node.name
    return f"{GENERIC}{name}>" if getattr(node, "type_params", None) else name


def _nested(code: types.CodeType) -> Iterator[types.CodeType]:
    """The functions directly within, also those within its comprehensions."""
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            if constant.co_name in _INLINED:
                yield from _nested(constant)

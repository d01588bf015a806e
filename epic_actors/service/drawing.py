"""A script's term as the actors it becomes: its text, its nodes, and who feeds whom.

Every named intermediate of the term is a node, and so is every value that a block ends in.
An edge leads from a node to each node that reads its name.  What stands inside a function
of the term (a loop, a join) or a branch is deeper by one.
"""

from typing import Any, TypeAlias

import attrs

from epic_actors.core.functions import Function, Namespace
from epic_actors.core.network.externals import External
from epic_actors.core.printer import show
from epic_actors.core.terms import (
    App,
    Call,
    Const,
    If,
    Lam,
    Let,
    LetRec,
    Prim,
    Term,
    Try,
    Var,
)


MAX_NODES = 400
MAX_LABEL = 60
Scope: TypeAlias = dict[str, int]


def drawn(function: Function) -> dict[str, Any]:
    """The term of a function: printed, and as nodes and edges."""
    drawing = _Drawing()
    scope = {
        name: drawing.node(name, "parameter", 0, None) for name in function.lam.params
    }
    drawing.block(function.lam.body, scope, 0)
    return {
        "name": function.qualname,
        "text": show(function.lam),
        "nodes": drawing.nodes,
        "edges": sorted(drawing.edges),
        "whole": len(drawing.nodes) < MAX_NODES,
    }


@attrs.define(eq=False)
class _Drawing:
    nodes: list[dict[str, Any]] = attrs.field(factory=list)
    edges: set[tuple[int, int]] = attrs.field(factory=set)
    _externals: dict[int, str] = attrs.field(factory=dict)

    def node(self, label: str, kind: str, depth: int, term: Term | None) -> int:
        """Add a node; its number."""
        at = getattr(term, "at", None)
        number = len(self.nodes)
        line = at.line if at else None
        shown = label if len(label) <= MAX_LABEL else label[: MAX_LABEL - 1] + "…"
        node = {
            "id": number,
            "label": shown,
            "kind": kind,
            "depth": depth,
            "line": line,
        }
        self.nodes.append(node)
        return number

    def block(self, term: Term, scope: Scope, depth: int) -> int | None:
        """Draw a `let` spine; the node of its value."""
        while isinstance(term, Let | LetRec) and len(self.nodes) < MAX_NODES:
            if isinstance(term, LetRec):
                number = self.function(term.name, term.function, scope, depth)
                scope = {**scope, term.name: number}
            else:
                scope = self.bound(term, scope, depth)
            term = term.body
        if len(self.nodes) >= MAX_NODES or self.silent(term):
            return None
        return self.value("result" if depth == 0 else "", term, scope, depth)

    def bound(self, term: Let, scope: Scope, depth: int) -> Scope:
        """Draw what a `let` binds; the scope after it."""
        name = ", ".join(term.names)
        if isinstance(term.value, Var) and len(term.names) == 1:
            source = scope.get(term.value.name)
            return scope if source is None else {**scope, name: source}
        number = self.value(name, term.value, scope, depth)
        return {**scope, **dict.fromkeys(term.names, number)}

    def value(self, name: str, term: Term, scope: Scope, depth: int) -> int:
        """Draw one named value and what is inside it."""
        if isinstance(term, Lam):
            return self.function(name, term, scope, depth)
        label, kind = self.label(term, scope)
        number = self.node(label, kind, depth, term)
        if kind == "external" and isinstance(term, App):
            self.nodes[number]["external"] = label.removesuffix("(…)")
        external = _external(term)
        if external is not None:
            self._externals[number] = external
        for child in self.children(term, scope, depth + 1):
            self.edges.add((child, number))
        return number

    def children(self, term: Term, scope: Scope, depth: int) -> list[int]:
        """The nodes that a value is made from, its branches drawn on the way."""
        match term:
            case Var(name):
                return [scope[name]] if name in scope else []
            case App(function, arguments):
                return self.read((function, *arguments), scope)
            case Prim(_, arguments) | Call(_, arguments):
                return self.read(arguments, scope)
            case If(test, then, orelse):
                asked = self.read((test,), scope)
                inner = [self.block(part, scope, depth) for part in (then, orelse)]
                return [*asked, *(n for n in inner if n is not None)]
            case Try(body, name, handler):
                tried = self.block(body, scope, depth)
                error = self.node(name, "error", depth, handler)
                caught = self.block(handler, {**scope, name: error}, depth)
                return [n for n in (tried, error, caught) if n is not None]
            case Let() | LetRec():
                inner_value = self.block(term, scope, depth)
                return [] if inner_value is None else [inner_value]
            case _:
                return []

    def read(self, atoms: tuple[Term, ...], scope: Scope) -> list[int]:
        """The nodes of the variables among some atoms."""
        names = [atom.name for atom in atoms if isinstance(atom, Var)]
        return [scope[name] for name in names if name in scope]

    def function(self, name: str, term: Lam, scope: Scope, depth: int) -> int:
        """Draw a function of the term: a loop, a join."""
        number = self.node(name, "function", depth, term)
        inner = {**scope, name: number, **dict.fromkeys(term.params, number)}
        last = self.block(term.body, inner, depth + 1)
        if last is not None and last != number:
            self.edges.add((last, number))
        return number

    def silent(self, term: Term) -> bool:
        """Whether a tail says nothing: no value, or a constant."""
        return isinstance(term, Const) or (
            isinstance(term, Prim) and term.op == "pack" and not term.arguments
        )

    def label(self, term: Term, scope: Scope) -> tuple[str, str]:
        """What a node says, and its kind."""
        match term:
            case App(Var(name), _) if scope.get(name) in self._externals:
                return f"{self._externals[scope[name]]}(…)", "external"
            case App():
                return show(term).replace("\n", " "), "call"
            case Call():
                return show(term).replace("\n", " "), "external"
            case Prim("global", _, (_, name)):
                return str(name), "global"
            case Prim("pack", _, _):
                return "values", "value"
            case Prim():
                return show(term).replace("\n", " ").removeprefix("prim"), "primitive"
            case If():
                return f"if {show(term.test)}", "branch"
            case Try():
                return "try", "branch"
            case Let() | LetRec():
                return "block", "branch"
            case _:
                return show(term).replace("\n", " "), "value"


def _external(term: Term) -> str | None:
    """The name of the external that a node is, if it is one."""
    if isinstance(term, Prim) and term.op == "global":
        namespace, name = term.static
        assert isinstance(namespace, Namespace)
        found = namespace.values.get(name)
        return found.name if isinstance(found, External) else None
    return None

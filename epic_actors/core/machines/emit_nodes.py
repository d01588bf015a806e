"""Syntax trees with the user's positions: the material of emitted code.

Names of ours contain a dot, which names in Python source cannot.
"""

import ast
from collections.abc import Iterable
from typing import Any

from epic_actors.core.tables.effects import prim_effect
from epic_actors.core.terms import At, Const, Prim, Term, Var

from .runtime import RUNTIME


NET = ".net"
CALM = ".calm"
"""The local variable that says whether the network is calm."""
QUIET = ".quiet"
"""And whether none of this unit's operations is code of the script's."""
LOAD, STORE = ast.Load(), ast.Store()
_LITERALS = (int, float, complex, str, bytes, bool, type(None), type(...))


class Code:
    """The constants of one compilation: what the emitted code refers to by dotted name."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = dict(RUNTIME)
        self._known: dict[int, str] = {id(v): k for k, v in RUNTIME.items()}
        self._effects: dict[Any, str] = {}

    def constant(self, value: Any, hint: str = "c") -> str:
        """The name under which the code finds `value`."""
        name = self._known.get(id(value))
        if name is None:
            name = f".{hint}{len(self.names)}"
            self.names[name] = value
            self._known[id(value)] = name
        return name

    def effect(self, op: str, static: Any) -> str:
        """The name of the effect of a primitive."""
        try:
            key = (op, static)
            known = self._effects.get(key)
        except TypeError:
            return self.constant(prim_effect(op, static), "e")
        if known is None:
            known = self._effects[key] = self.constant(prim_effect(op, static), "e")
        return known


class Nodes:
    """Builds nodes at the place where it stands."""

    def __init__(self, code: Code, at: At | None) -> None:
        self.code = code
        self.counter = 0
        self.methods: dict[str, tuple[str, Prim]] = {}
        self.generator = False
        self.loud = 0
        self.looks: list[tuple[ast.Assign, ast.Constant]] = []
        self.where: dict[str, Any] = {}
        self.move(at or At(1, 0, 1, 0))

    def fresh(self) -> str:
        """A new variable of ours."""
        self.counter += 1
        return f".v{self.counter}"

    def move(self, at: At | None) -> None:
        """Stand at this place of the user's source."""
        if at is not None:
            self.where = {
                "lineno": at.line,
                "col_offset": at.column,
                "end_lineno": at.end_line,
                "end_col_offset": at.end_column,
            }

    def name(self, name: str) -> ast.expr:
        """A variable or one of our constants."""
        return ast.Name(name, LOAD, **self.where)

    def target(self, name: str) -> ast.Name:
        """A variable to assign to."""
        return ast.Name(name, STORE, **self.where)

    def literal(self, value: Any) -> ast.expr:
        """A constant."""
        if type(value) in _LITERALS:
            return ast.Constant(value, **self.where)
        return self.name(self.code.constant(value))

    def atom(self, term: Term) -> ast.expr:
        """A variable or constant of the term."""
        if isinstance(term, Var):
            return self.name(term.name)
        assert isinstance(term, Const), f"not an atom: {term!r}"
        return self.literal(term.value)

    def call(self, function: str, *args: ast.expr) -> ast.expr:
        """A call of one of our functions."""
        return ast.Call(self.name(function), list(args), [], **self.where)

    def tuple_of(self, items: Iterable[ast.expr]) -> ast.expr:
        """A tuple display."""
        return ast.Tuple(list(items), LOAD, **self.where)

    def calm(self) -> ast.expr:
        """Whether nothing is pending, as last seen."""
        return self.name(CALM)

    def quiet(self, loud: int) -> ast.expr:
        """Whether an operation that may run these special methods is native now."""
        if not loud:
            return self.calm()
        self.loud |= loud
        return self.name(QUIET)

    def look(self) -> list[ast.stmt]:
        """See whether all is still calm, after something that may have changed it."""
        now = ast.Attribute(self.name(NET), "calm", LOAD, **self.where)
        loud = ast.Attribute(self.name(NET), "loud", LOAD, **self.where)
        mask = ast.Constant(0, **self.where)
        heard = ast.BinOp(loud, ast.BitAnd(), mask, **self.where)
        quiet = ast.Assign(
            [self.target(QUIET)],
            self.both(self.calm(), self.negation(heard)),
            **self.where,
        )
        self.looks.append((quiet, mask))
        return [*self.assign((CALM,), now), quiet]

    def listen(self) -> None:
        """Let all looks look for the special methods that the unit may run."""
        for quiet, mask in self.looks:
            mask.value = self.loud
            if not self.loud:
                quiet.targets, quiet.value = [self.target(CALM)], self.calm()

    def expr(self, value: ast.expr) -> ast.stmt:
        """An expression as a statement."""
        return ast.Expr(value, **self.where)

    def both(self, *tests: ast.expr) -> ast.expr:
        """A conjunction."""
        return ast.BoolOp(ast.And(), list(tests), **self.where)

    def either(self, *tests: ast.expr) -> ast.expr:
        """A disjunction."""
        return ast.BoolOp(ast.Or(), list(tests), **self.where)

    def negation(self, test: ast.expr) -> ast.expr:
        """A negation."""
        return ast.UnaryOp(ast.Not(), test, **self.where)

    def give(self, value: ast.expr) -> list[ast.stmt]:
        """Return the unit's value."""
        return [ast.Return(value, **self.where)]

    def wait(self, name: str) -> list[ast.stmt]:
        """Suspend the unit until the wire in a variable has its value."""
        self.generator = True
        arrived = ast.Yield(self.name(name), **self.where)
        return self.assign((name,), arrived) + self.look()

    def class_of(self, value: ast.expr) -> ast.expr:
        """The class of a value."""
        return ast.Attribute(value, "__class__", LOAD, **self.where)

    def compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
        """A comparison."""
        return ast.Compare(left, [op], [right], **self.where)

    def is_wire(self, name: str) -> ast.expr:
        """Whether a variable holds a wire."""
        return self.compare(
            self.class_of(self.name(name)), ast.Is(), self.name(".Wire")
        )

    def choice(self, test: ast.expr, then: ast.expr, orelse: ast.expr) -> ast.expr:
        """A conditional expression."""
        return ast.IfExp(test, then, orelse, **self.where)

    def when(
        self, test: ast.expr, then: list[ast.stmt], orelse: list[ast.stmt] | None = None
    ) -> ast.stmt:
        """An `if` statement."""
        return ast.If(
            test, then or [ast.Pass(**self.where)], orelse or [], **self.where
        )

    def assign(self, names: tuple[str, ...], value: ast.expr) -> list[ast.stmt]:
        """Bind the names of a `let`."""
        if not names:
            return [ast.Expr(value, **self.where)]
        target: ast.expr = self.target(names[0])
        if len(names) != 1:
            targets: list[ast.expr] = [self.target(name) for name in names]
            target = ast.Tuple(targets, STORE, **self.where)
        return [ast.Assign([target], value, **self.where)]

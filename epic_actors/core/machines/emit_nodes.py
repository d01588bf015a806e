"""Syntax trees with the user's positions: the material of emitted code.

Names of ours contain a dot, which names in Python source cannot.
"""

import ast
from collections.abc import Iterable
from typing import Any, TypeVar

from epic_actors.core.tables.effects import prim_effect
from epic_actors.core.terms import At, Const, Prim, Term, Var

from .runtime import RUNTIME


NET = ".net"
CALM = ".calm"
"""The local variable that says whether the network is calm, as last seen, and none of this
unit's operations is code of the script's that may ask: only calls are looked behind."""
LOAD, STORE = ast.Load(), ast.Store()
_LITERALS = (int, float, complex, str, bytes, bool, type(None), type(...))


N = TypeVar("N", bound=ast.AST)


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
    """Builds nodes at the place where it stands.

    Attributes:
        loud: The special methods that the unit may run.
        once: Whether the code here runs once in a run, so that native code is not worth it.
        looks: The looks whether all is calm, which are to be told of `loud`.
    """

    def __init__(self, code: Code, at: At | None) -> None:
        self.code = code
        self.counter = 0
        self.methods: dict[str, tuple[str, Prim]] = {}
        self.generator = False
        self.loud = 0
        self.once = False
        self.looks: list[tuple[Any, ast.Constant]] = []
        self.names_here: dict[str, ast.expr] = {}
        self.look_here: list[ast.stmt] = []
        self.place: At | None = None
        self.where: dict[str, Any] = {}
        self.move(at or At(1, 0, 1, 0))

    def fresh(self) -> str:
        """A new variable of ours."""
        self.counter += 1
        return f".v{self.counter}"

    def move(self, at: At | None) -> None:
        """Stand at this place of the user's source."""
        if at is not None and at is not self.place:
            # Why: what is written more than once at a place is made once.
            self.place, self.names_here, self.look_here = at, {}, []
            self.where = {
                "lineno": at.line,
                "col_offset": at.column,
                "end_lineno": at.end_line,
                "end_col_offset": at.end_column,
            }

    def node(self, kind: type[N], **fields: Any) -> N:
        """A node at this place."""
        # Why: emitting is mostly this, and `ast` sets one attribute after another.
        made = kind.__new__(kind)
        made.__dict__ = fields | self.where
        return made

    def attribute(self, value: ast.expr, name: str) -> ast.expr:
        """An attribute of a value."""
        return self.node(ast.Attribute, value=value, attr=name, ctx=LOAD)

    def name(self, name: str) -> ast.expr:
        """A variable or one of our constants."""
        found = self.names_here.get(name)
        if found is None:
            found = self.names_here[name] = self.node(ast.Name, id=name, ctx=LOAD)
        return found

    def target(self, name: str) -> ast.Name:
        """A variable to assign to."""
        return self.node(ast.Name, id=name, ctx=STORE)

    def literal(self, value: Any) -> ast.expr:
        """A constant."""
        if type(value) in _LITERALS:
            return self.node(ast.Constant, value=value)
        return self.name(self.code.constant(value))

    def atom(self, term: Term) -> ast.expr:
        """A variable or constant of the term."""
        if isinstance(term, Var):
            return self.name(term.name)
        assert isinstance(term, Const), f"not an atom: {term!r}"
        return self.literal(term.value)

    def call(self, function: str, *args: ast.expr) -> ast.expr:
        """A call of one of our functions."""
        return self.node(
            ast.Call, func=self.name(function), args=list(args), keywords=[]
        )

    def tuple_of(self, items: Iterable[ast.expr]) -> ast.expr:
        """A tuple display."""
        return self.node(ast.Tuple, elts=list(items), ctx=LOAD)

    def calm(self) -> ast.expr:
        """Whether nothing is pending, nor will be before the next look."""
        return self.name(CALM)

    def quiet(self, loud: int) -> ast.expr:
        """Whether all is calm, in a unit that may run these special methods."""
        self.loud |= loud
        return self.calm()

    def look(self) -> list[ast.stmt]:
        """See whether all is still calm, after something that may have changed it."""
        if self.once:
            return []
        if self.look_here:
            return [*self.look_here]
        mask = self.node(ast.Constant, value=0)
        [now] = self.assign((CALM,), self.call(".look", self.name(NET), mask))
        self.looks.append((now, mask))
        self.look_here = [now]
        return [now]

    def listen(self) -> None:
        """Let all looks look for the special methods that the unit may run."""
        for now, mask in self.looks:
            mask.value = self.loud
            if not self.loud:
                now.value = self.attribute(self.name(NET), "calm")

    def expr(self, value: ast.expr) -> ast.stmt:
        """An expression as a statement."""
        return self.node(ast.Expr, value=value)

    def both(self, *tests: ast.expr) -> ast.expr:
        """A conjunction."""
        return self.node(ast.BoolOp, op=ast.And(), values=list(tests))

    def either(self, *tests: ast.expr) -> ast.expr:
        """A disjunction."""
        return self.node(ast.BoolOp, op=ast.Or(), values=list(tests))

    def negation(self, test: ast.expr) -> ast.expr:
        """A negation."""
        return self.node(ast.UnaryOp, op=ast.Not(), operand=test)

    def give(self, value: ast.expr) -> list[ast.stmt]:
        """Return the unit's value."""
        return [self.node(ast.Return, value=value)]

    def wait(self, name: str) -> list[ast.stmt]:
        """Suspend the unit until the wire in a variable has its value."""
        self.generator = True
        arrived = self.node(ast.Yield, value=self.name(name))
        return self.assign((name,), arrived) + self.look()

    def class_of(self, value: ast.expr) -> ast.expr:
        """The class of a value."""
        return self.call(".type", value)

    def compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
        """A comparison."""
        return self.node(ast.Compare, left=left, ops=[op], comparators=[right])

    def is_wire(self, name: str) -> ast.expr:
        """Whether a variable holds a wire."""
        return self.compare(
            self.class_of(self.name(name)), ast.Is(), self.name(".Wire")
        )

    def choice(self, test: ast.expr, then: ast.expr, orelse: ast.expr) -> ast.expr:
        """A conditional expression."""
        return self.node(ast.IfExp, test=test, body=then, orelse=orelse)

    def when(
        self, test: ast.expr, then: list[ast.stmt], orelse: list[ast.stmt] | None = None
    ) -> ast.stmt:
        """An `if` statement."""
        return self.node(
            ast.If, test=test, body=then or [self.node(ast.Pass)], orelse=orelse or []
        )

    def assign(self, names: tuple[str, ...], value: ast.expr) -> list[ast.stmt]:
        """Bind the names of a `let`."""
        if not names:
            return [self.node(ast.Expr, value=value)]
        target: ast.expr = self.target(names[0])
        if len(names) != 1:
            targets: list[ast.expr] = [self.target(name) for name in names]
            target = self.node(ast.Tuple, elts=targets, ctx=STORE)
        return [self.node(ast.Assign, targets=[target], value=value)]

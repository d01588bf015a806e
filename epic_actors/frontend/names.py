"""Which names an expression or a simple statement touches.

Comprehensions are part of the function they stand in; only what their own scope binds is
theirs.  Nested functions are not entered: CPython's code says what they capture.
"""

import ast
import sys
from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias

import attrs

from epic_actors.frontend.codes import NestedCodes


Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Binding(ast.expr):
    """A made-up expression: assigns a value to a name, or to several, and is true."""

    _fields: ClassVar[tuple[str, ...]] = ("target", "value")
    target: ast.expr
    value: ast.expr


class Primitive(ast.expr):
    """A made-up expression: an operation that Python has no expression for."""

    _fields: ClassVar[tuple[str, ...]] = ("op", "args")
    op: str
    args: list[ast.expr]


@attrs.define
class Names:
    """Names by what is done to them."""

    reads: set[str] = attrs.Factory(set)
    stores: set[str] = attrs.Factory(set)
    walrus: set[str] = attrs.Factory(set)
    deletes: set[str] = attrs.Factory(set)
    captures: set[str] = attrs.Factory(set)
    yields: bool = False


@attrs.frozen
class Scanner:
    """Scans the nodes of one function.

    Attributes:
        mangle: Gives a private name its class's prefix.
        codes: The function's nested code objects.
        inlined: The generator expressions that are taken apart like comprehensions.
    """

    mangle: Callable[[str], str]
    codes: NestedCodes
    inlined: Callable[[ast.Call], bool]

    def names(self, *nodes: ast.AST | None) -> Names:
        """The names that nodes touch, of which none holds statements."""
        found = Names()
        for node in nodes:
            if node is not None:
                self._scan(node, found)
        return found

    def _scan(self, node: ast.AST, found: Names) -> None:
        visit = _VISITS.get(type(node))
        if visit is not None:
            visit(self, node, found)
            return
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, ast.AST):
                self._scan(value, found)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.AST):
                        self._scan(item, found)

    def _name(self, node: ast.Name, found: Names) -> None:
        name = self.mangle(node.id)
        if isinstance(node.ctx, ast.Load):
            found.reads.add(name)
        elif isinstance(node.ctx, ast.Store):
            found.stores.add(name)
        else:
            found.reads.add(name)
            found.deletes.add(name)

    def _walrus(self, node: ast.NamedExpr, found: Names) -> None:
        self._scan(node.value, found)
        found.walrus.add(self.mangle(node.target.id))

    def _yield(self, node: ast.Yield | ast.YieldFrom, found: Names) -> None:
        found.yields = True
        if node.value is not None:
            self._scan(node.value, found)

    def _binding(self, node: Binding, found: Names) -> None:
        self._scan(node.value, found)
        found.walrus |= self.names(node.target).stores

    def _call(self, node: ast.Call, found: Names) -> None:
        self._scan(node.func, found)
        if self.inlined(node):
            self._comprehension(node.args[0], found)  # type: ignore[arg-type]
        for part in (*node.args[self.inlined(node) :], *node.keywords):
            self._scan(part, found)

    def _comprehension(self, node: Comprehension, found: Names) -> None:
        first = node.generators[0]
        self._scan(first.iter, found)
        inner = Names()
        for number, generator in enumerate(node.generators):
            parts = [generator.target, *generator.ifs]
            for part in parts if number == 0 else [generator.iter, *parts]:
                self._scan(part, inner)
        for field in ("key", "value", "elt"):
            result = getattr(node, field, None)
            if result is not None:
                self._scan(result, inner)
        found.reads |= inner.reads - inner.stores
        found.captures |= inner.captures - inner.stores
        found.walrus |= inner.walrus

    def _generator(self, node: ast.GeneratorExp, found: Names) -> None:
        inside = Names()
        self._comprehension(node, inside)
        self._scan(node.generators[0].iter, found)
        found.walrus |= inside.walrus
        found.captures.update(self.codes.captured(node))

    def _lambda(self, node: ast.Lambda, found: Names) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self._scan(default, found)
        found.captures.update(self.codes.captured(node))

    def _def(self, node: ast.FunctionDef, found: Names) -> None:
        # Why: annotations may be strings only; scanning them then reads too much, safely.
        for part in (*node.decorator_list, node.args, node.returns):
            if part is not None:
                self._scan(part, found)
        found.captures.update(self.codes.captured(node))
        found.stores.add(self.mangle(node.name))

    def _class(self, node: ast.ClassDef, found: Names) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self._scan(part, found)
        found.captures.update(self.codes.captured(node))
        found.stores.add(self.mangle(node.name))

    def _alias(self, node: Any, found: Names) -> None:
        found.captures.update(self.codes.captured(node))
        found.stores.add(self.mangle(node.name.id))

    def _import(self, node: ast.Import | ast.ImportFrom, found: Names) -> None:
        for alias in node.names:
            found.stores.add(self.mangle(alias.asname or alias.name.split(".")[0]))

    def _augmented(self, node: ast.AugAssign, found: Names) -> None:
        self._scan(node.target, found)
        self._scan(node.value, found)
        if isinstance(node.target, ast.Name):
            found.reads.add(self.mangle(node.target.id))

    def _annotated(self, node: ast.AnnAssign, found: Names) -> None:
        if node.value is not None:
            self._scan(node.value, found)
            self._scan(node.target, found)
        elif not isinstance(node.target, ast.Name):
            self._scan(node.target, found)
        elif node.simple:
            # Why: it makes the name a local that may have no value; in brackets it does not.
            found.deletes.add(self.mangle(node.target.id))


_VISITS: dict[type, Callable[..., None]] = {
    ast.Name: Scanner._name,
    ast.NamedExpr: Scanner._walrus,
    Binding: Scanner._binding,
    ast.Yield: Scanner._yield,
    ast.YieldFrom: Scanner._yield,
    ast.Call: Scanner._call,
    ast.ListComp: Scanner._comprehension,
    ast.SetComp: Scanner._comprehension,
    ast.DictComp: Scanner._comprehension,
    ast.GeneratorExp: Scanner._generator,
    ast.Lambda: Scanner._lambda,
    ast.FunctionDef: Scanner._def,
    ast.AsyncFunctionDef: Scanner._def,
    ast.ClassDef: Scanner._class,
    ast.Import: Scanner._import,
    ast.ImportFrom: Scanner._import,
    ast.AugAssign: Scanner._augmented,
    ast.AnnAssign: Scanner._annotated,
    ast.Constant: lambda scanner, node, found: None,
}
if sys.version_info >= (3, 12):
    _VISITS[ast.TypeAlias] = Scanner._alias

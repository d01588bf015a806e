"""One function on its way to a term: its names, and what it is made among."""

import ast
import itertools
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import attrs

from epic_actors.core.functions import Free, parameter_names
from epic_actors.core.knowledge import CORE
from epic_actors.core.terms import At
from epic_actors.frontend.codes import NestedCodes
from epic_actors.frontend.flow import Flow, Lives
from epic_actors.frontend.names import Names, Scanner
from epic_actors.frontend.namespaces import namespace_of
from epic_actors.frontend.source import Found, FunctionNode
from epic_actors.frontend.survivors import survivors


@attrs.frozen
class Slot:
    """Where a Python name lives: in the term variable `name`, unless it is global."""

    name: str
    kind: Literal["plain", "cell", "free", "global"]


class Unit:
    """What all parts of the front end know of the function being translated."""

    def __init__(self, fn: types.FunctionType, found: Found) -> None:
        self.code = fn.__code__
        self.node: FunctionNode = found.node
        self.class_name = found.class_name
        self.namespace = namespace_of(fn)
        self.params = parameter_names(self.code)
        self.codes = NestedCodes(self.code)
        self.flow = Flow(Scanner(self.mangle, self.codes, self.inlines))
        # Why: the builtins are asked for before all names are known.
        self._maybe_local = {*self.code.co_varnames, *self.code.co_cellvars}
        self._maybe_local.update(self.code.co_freevars)
        self.slots = self._slots()
        self.held: dict[str, tuple[types.CodeType, ...]] = {}
        self.handling: list[str] = []
        self.open: list[Any] = []
        self._scopes: list[dict[str, Slot]] = []
        self._apart = False
        self._numbers = itertools.count(1)

    def _slots(self) -> dict[str, Slot]:
        node, flow = self.node, self.flow
        if isinstance(node, ast.Lambda):
            flow.expressions(node.body)
            kept: frozenset[str] = frozenset()
        else:
            kept = survivors(flow, node.body, Lives())
        own = (flow.bound | set(self.params)) - flow.globals
        cells = own & (flow.captures | kept)
        slots = {n: Slot(n, "cell" if n in cells else "plain") for n in sorted(own)}
        slots.update((n, Slot(n, "free")) for n in self.code.co_freevars)
        return slots

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """In the body of a `try`: what is raised there leaves no loop around it."""
        around, self.open = self.open, []
        yield
        self.open = around

    def fresh(self, stem: str) -> str:
        """A name that no Python program has."""
        return f"{stem}.{next(self._numbers)}"

    def mangle(self, name: str) -> str:
        """A name as it is in its class: private ones get the class's name."""
        if self.class_name is None or not name.startswith("__") or name.endswith("__"):
            return name
        owner = self.class_name.lstrip("_")
        return f"_{owner}{name}" if owner else name

    def slot(self, name: str) -> Slot:
        """Where a (mangled) name lives, here."""
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        found = self.slots.get(name)
        return Slot(name, "global") if found is None else found

    def plain(self, names: frozenset[str]) -> tuple[str, ...]:
        """Those of the function's own names that are term variables, in order."""
        slots = self.slots
        kept = (n for n in names if n in slots and slots[n].kind == "plain")
        return tuple(sorted(kept))

    @contextmanager
    def scope(self, slots: dict[str, Slot], *, generator: bool) -> Iterator[None]:
        """A comprehension's own names, inside of everything else."""
        self._scopes.append(slots)
        # Why: where CPython makes a function of it, its messages show that.
        apart, self._apart = self._apart, self._apart or generator or _NESTS
        yield
        self._apart = apart
        self._scopes.pop()

    def label(self, name: str) -> str:
        """A variable's name, marked if CPython would call it a free variable here."""
        inner = any(name in scope for scope in self._scopes)
        foreign = self.slot(name).kind == "free" or (self._apart and not inner)
        return Free(name) if foreign else name

    def scan(self, *nodes: ast.AST | None) -> Names:
        """The names that expressions touch."""
        return self.flow.scanner.names(*nodes)

    def builtin(self, name: str) -> Any:
        """The builtin that a name means, or None.

        In scripts of ours also a function or class of ours: nobody assigns those.
        """
        if name in self._maybe_local:
            return None
        if name not in self.namespace.values:
            return self.namespace.builtins().get(name)
        found = self.namespace.values[name]
        ours = self.namespace.name.startswith(CORE)
        return found if ours and isinstance(found, types.FunctionType | type) else None

    def inlines(self, node: ast.Call) -> bool:
        """Whether a call takes in all of a generator expression, at once."""
        if not node.args or not isinstance(node.args[0], ast.GeneratorExp):
            return False
        if any(part.is_async for part in node.args[0].generators):
            return False
        others = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
        match node.func:
            case ast.Name(id=name):
                taker = self.builtin(name)
                options = taker in TAKES_OPTIONS and all(map(_calm, others))
                return taker in TAKES_ALL and (options or not others)
            case ast.Attribute(attr="join"):
                return not others
            case _:
                return False


def _calm(node: ast.expr) -> bool:
    """Whether it makes no difference when an expression is evaluated."""
    if isinstance(node, ast.List | ast.Tuple):
        return not node.elts
    return isinstance(node, ast.Constant | ast.Lambda)


#: Whether a list comprehension is a function of its own.
_NESTS = sys.version_info < (3, 12)

TAKES_ALL: tuple[Any, ...] = (
    *(list, tuple, set, frozenset, dict, sorted),
    *(sum, min, max, any, all),
)
TAKES_OPTIONS: tuple[Any, ...] = (sorted, sum, min, max)


def at(node: ast.AST) -> At | None:
    """The place of a node."""
    line = getattr(node, "lineno", None)
    if line is None:
        return None
    return At(line, node.col_offset, node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

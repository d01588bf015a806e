"""The checker: a term that passes has none of the faults a front end could plant.

What is checked
    1. Every variable is bound further out, or is among the names said to be free.
    2. No function and no `let` binds a name twice; a `letrec` binds a function.
    3. A `pack` has two or more parts or none, is unpacked by a `let` of that many names,
       and goes nowhere else but out of a block or function.
    4. A loop or join (a function bound to a dotted name) is only applied, to as many
       arguments as it takes.
    5. Every operation exists; every call shape is one that Python could have written.
    6. In the front end's terms, a name that a block in the place of a value binds again
       is not read after the block, unless the block hands it out under that name.  So
       the names of a function can be the variables of one frame.

A fault is our own: it is shown with the lines of the term around it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from epic_actors.core.free import FreeNames
from epic_actors.core.operations import OPERATIONS, TAKES_STATIC
from epic_actors.core.printer import layout, show_name
from epic_actors.core.terms import (
    App,
    At,
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
from epic_actors.errors import InternalError


NEAR_LINES = 3
CLIP_COLUMNS = 100


class CheckError(InternalError):
    """A term is malformed.

    Attributes:
        message: The fault in a sentence.
        near: The lines of the printed term around the fault, which is marked.
        at: Where in the user's source the faulty node came from, if it says so.
    """

    def __init__(self, message: str, whole: Term, node: Term) -> None:
        self.message = message
        self.near = neighbourhood(whole, node)
        self.at: At | None = getattr(node, "at", None)
        source = f" (line {self.at.line} of the script)" if self.at else ""
        super().__init__(f"{message}{source}\n{self.near}")


def check(
    term: Term,
    *,
    operations: Collection[str] = OPERATIONS.keys(),
    free: Collection[str] = (),
    atomic: bool = False,
) -> None:
    """Pass a well-formed term.

    Args:
        term: The whole term.
        operations: The operations there are.
        free: The names that the term may use without binding them.
        atomic: Whether every argument and test has to be a variable or a constant, as
            in the terms of the front end.

    Raises:
        CheckError: The term has a fault; it names the first one in program order.
    """
    checker = _Checker(term, operations, free, atomic=atomic)
    # Why: a stack of our own, as programs are deeper than Python's.
    stack = [checker.visit(term)]
    while stack:
        inner = next(stack[-1], None)
        if inner is None:
            stack.pop()
        else:
            stack.append(checker.visit(inner))


def neighbourhood(whole: Term, node: Term) -> str:
    """The printed lines around a node of a term, with a mark at the node's own."""
    printed = layout(whole)
    place = printed.places.get(id(node), 0)
    first = max(place - NEAR_LINES, 0)
    shown = printed.lines[first : place + NEAR_LINES + 1]
    return "\n".join(
        (f"  > {line}" if first + index == place else f"    {line}")[:CLIP_COLUMNS]
        for index, line in enumerate(shown)
    )


class _Checker:
    """One check; `scope` has, for each name, what is known of its bindings.

    What is known of a binding is how many arguments it takes, if it is a loop or join.
    """

    def __init__(
        self,
        whole: Term,
        operations: Collection[str],
        free: Collection[str],
        *,
        atomic: bool,
    ) -> None:
        self.whole = whole
        self.operations = operations
        self.atomic = atomic
        self.free = FreeNames()
        self.binders = Binders()
        self.scope: dict[str, list[int | None]] = {name: [None] for name in free}

    def fault(self, message: str, node: Term) -> CheckError:
        return CheckError(message, self.whole, node)

    @contextmanager
    def bound(self, names: tuple[str, ...], arity: int | None = None) -> Iterator[None]:
        for name in names:
            self.scope.setdefault(name, []).append(arity)
        yield
        for name in names:
            self.scope[name].pop()

    def visit(self, term: Any) -> Iterator[Term]:
        """Check a node by itself; yield its parts, each when its names are bound."""
        match term:
            case Var():
                self.variable(term)
            case Const():
                pass
            case Lam(params, body):
                self.distinct("λ", params, term)
                with self.bound(params):
                    yield body
            case App():
                yield from self.application(term)
            case Let(names, value, body):
                self.distinct("let", names, term)
                self.packed(term)
                self.overwritten(term)
                yield value
                with self.bound(names, _arity(names, value)):
                    yield body
            case LetRec(name, Lam() as function, body):
                with self.bound((name,), _arity((name,), function)):
                    yield from (function, body)
            case LetRec(name):
                raise self.fault(f"letrec {show_name(name)} binds no function", term)
            case If(test, then, orelse):
                yield from self.operands("the test of an if", (test,), term)
                yield from (then, orelse)
            case Prim():
                self.operation(term)
                yield from self.operands(f"prim[{term.op}]", term.arguments, term)
            case Call():
                yield from self.operands("a call", term.arguments, term)
            case Try(body, name, handler):
                yield body
                with self.bound((name,)):
                    yield handler
            case _:
                message = f"a term cannot have {type(term).__name__} as a part"
                raise self.fault(message, term)

    def variable(self, term: Var) -> None:
        """Check a variable that stands for a value."""
        if self.known(term) is not None:
            message = (
                f"{show_name(term.name)} is a loop or join: it may only be applied"
            )
            raise self.fault(message, term)

    def known(self, term: Var) -> int | None:
        """How many arguments a variable takes, if that is known."""
        bindings = self.scope.get(term.name)
        if not bindings:
            raise self.fault(f"{show_name(term.name)} is not bound here", term)
        return bindings[-1]

    def application(self, term: App) -> Iterator[Term]:
        match term.function:
            case Var(name) as variable:
                self.applied(name, self.known(variable), term)
            case function:
                yield function
        problem = _shape_problem(term)
        if problem:
            raise self.fault(problem, term)
        yield from self.operands("an application", term.arguments, term)

    def applied(self, name: str, arity: int | None, term: App) -> None:
        """Check that a loop or join gets the arguments it takes."""
        if arity is not None and (term.shape or len(term.arguments) != arity):
            given = "marked ones" if term.shape else len(term.arguments)
            message = f"{show_name(name)} takes {arity} arguments, but is given {given}"
            raise self.fault(message, term)

    def operands(
        self, what: str, operands: tuple[Term, ...], term: Term
    ) -> Iterator[Term]:
        for operand in operands:
            if self.atomic and not isinstance(operand, Var | Const):
                message = f"{what} takes only variables and constants"
                raise self.fault(message, term)
            if not {_parts(tail) for tail in _tails(operand)} <= {None, 1}:
                raise self.fault("a pack may only be unpacked by a let", term)
            yield operand

    def overwritten(self, term: Let) -> None:
        """Check that what a block binds again is not read after it."""
        if not self.atomic or isinstance(term.value, Lam):
            return
        after = self.free.of(term.body).keys() - set(term.names)
        lost = self.binders.of(term.value) & after
        if lost:
            message = f"{show_name(min(lost))} is bound again before it is read"
            raise self.fault(message, term)

    def operation(self, term: Prim) -> None:
        if term.op not in self.operations:
            raise self.fault(f"prim[{term.op}] is no operation", term)
        if term.op == "pack" and len(term.arguments) == 1:
            raise self.fault("one value needs no pack", term)
        known = term.op in OPERATIONS and term.op not in TAKES_STATIC
        if known and term.static is not None:
            raise self.fault(f"prim[{term.op}] takes no static parameter", term)

    def distinct(self, what: str, names: tuple[str, ...], term: Term) -> None:
        for index, name in enumerate(names):
            if name in names[:index]:
                raise self.fault(f"{what} binds {show_name(name)} twice", term)

    def packed(self, term: Let) -> None:
        """Check that the value of a `let` has as many parts as it binds names."""
        for tail in _tails(term.value):
            parts = _parts(tail)
            if parts is not None and parts != len(term.names):
                has = "1 value" if parts == 1 else f"a pack of {parts}"
                names = "1 name" if len(term.names) == 1 else f"{len(term.names)} names"
                raise self.fault(f"let binds {names} to {has}", term)


class Binders:
    """Finds and remembers the names that are bound anywhere in a term."""

    def __init__(self) -> None:
        self._known: dict[int, frozenset[str]] = {}

    def of(self, term: Term) -> frozenset[str]:
        """The names bound in `term`."""
        steps = []
        while isinstance(term, Let | LetRec) and id(term) not in self._known:
            steps.append(term)
            term = term.body
        found = self._known.get(id(term))
        if found is None:
            found = self._known[id(term)] = self._tail(term)
        for step in reversed(steps):
            value, names = _bound_by(step)
            found = self._known[id(step)] = found | self.of(value) | set(names)
        return found

    def _tail(self, term: Term) -> frozenset[str]:
        match term:
            case If(_, then, orelse):
                return self.of(then) | self.of(orelse)
            case Lam(params, body):
                return self.of(body) | set(params)
            case _:
                # Why: the two sides of a `try` have frames of their own.
                return frozenset()


def _bound_by(step: Let | LetRec) -> tuple[Term, tuple[str, ...]]:
    if isinstance(step, Let):
        return step.value, step.names
    return step.function, (step.name,)


def _arity(names: tuple[str, ...], value: Term) -> int | None:
    """How many arguments a loop or join takes; None for anything else."""
    if len(names) == 1 and "." in names[0] and isinstance(value, Lam):
        return len(value.params)
    return None


def _tails(term: Term) -> Iterator[Term]:
    """The terms that may give a term its value."""
    todo = [term]
    while todo:
        match todo.pop():
            case Let(_, _, body) | LetRec(_, _, body):
                todo.append(body)
            case If(_, then, orelse):
                todo += (orelse, then)
            case Try(body, _, handler):
                todo += (handler, body)
            case tail:
                yield tail


def _parts(term: Term) -> int | None:
    """How many values a tail gives; None if that is not known or it never does."""
    match term:
        case Const() | Lam() | Call():
            return 1
        case Prim("pack", arguments):
            return len(arguments)
        case Prim("unpack", _, (int(before), bool(starred), int(after))):
            return before + starred + after
        case Prim("unpack" | "raise" | "reraise"):
            return None
        case Prim():
            return 1
        case _:
            return None


def _shape_problem(term: App) -> str | None:
    """Why Python could not have written these marks; None if it could."""
    shape = term.shape
    if shape and len(shape) != len(term.arguments):
        return f"a shape of {len(shape)} marks {len(term.arguments)} arguments"
    if shape and not any(shape):
        return "a shape that marks nothing is empty"
    seen: set[str] = set()
    for mark in shape:
        if mark in seen - {"*", "**"}:
            return f"the keyword {mark} is given twice"
        if mark is None and seen - {"*"}:
            return "a positional argument stands after a keyword"
        if mark == "*" and "**" in seen:
            return "* stands after **"
        if mark is not None:
            if mark not in ("*", "**") and not mark.isidentifier():
                return f"{mark!r} marks no argument"
            seen.add(mark)
    return None

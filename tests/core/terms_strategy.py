"""Random terms: any that can be written, and programs that can be run.

`written_terms` draws every form of the grammar without regard to meaning; what they are
good for is printing and parsing.

`programs` draws closed, checked terms of the kind the front end makes: arguments are
variables or constants, loops have the front end's shapes, dotted names are only applied.
They count, compare, append to lists, store into them, share them under two names, call
externals and functions, branch, loop, break and catch failures.  An inner block assigns
only what it hands out and names of its own.  They end: `while` loops count to at most
three, `for` loops walk over a copy.  They may raise ZeroDivisionError,
IndexError and whatever externals raise.  The value of one is a tuple of every number,
truth and list in sight at its end, so that nothing it did goes unseen.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import attrs
from hypothesis import strategies as st

from epic_actors.core.free import FreeNames
from epic_actors.core.terms import (
    UNBOUND,
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


# ── externals ──────────────────────────────────────────────────────────────────────────


@attrs.frozen
class Tool:
    """An external of one number, giving a number; `calls` of it are seen from outside."""

    name: str
    function: Callable[[int], int]

    def __call__(self, x: int) -> int:
        return self.function(x)


class RefusedError(Exception):
    """What `refuse` raises for odd numbers."""


def _refuse(x: int) -> int:
    if x % 2:
        raise RefusedError(x)
    return x


TOOLS = (
    Tool("echo", lambda x: x),
    Tool("next", lambda x: x + 1),
    Tool("refuse", _refuse),
)

# ── written terms ──────────────────────────────────────────────────────────────────────

NAMES = st.sampled_from(
    ["x", "y", "loop.1", "t.12", "let", "λx", "größe", "prim", "a b"]
)
LITERALS: st.SearchStrategy[object] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.binary(max_size=4),
    st.just(UNBOUND),
    st.tuples(st.text(max_size=4), st.integers()),
    st.sampled_from([len, ValueError, Ellipsis]),
)
MARKS = st.sampled_from([None, "*", "**", "key", "in"])


def written_terms() -> st.SearchStrategy[Term]:
    """Terms of every form, with the externals of `TOOLS`; most mean nothing."""
    leaves = st.builds(Var, NAMES) | st.builds(Const, LITERALS)
    return st.recursive(leaves, _larger, max_leaves=12)


def _larger(parts: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    several = st.lists(parts, max_size=3).map(tuple)
    names = st.lists(NAMES, max_size=3).map(tuple)
    functions = st.builds(Lam, names, parts)
    return st.one_of(
        functions,
        st.builds(App, parts, several),
        st.lists(st.tuples(MARKS, parts), max_size=3).flatmap(_marked),
        st.builds(Let, names, parts, parts),
        st.builds(LetRec, NAMES, functions, parts),
        st.builds(If, parts, parts, parts),
        st.builds(Prim, st.sampled_from(["add", "in"]), several, LITERALS),
        st.builds(Call, st.sampled_from(TOOLS), several),
        st.builds(Try, parts, NAMES, parts),
    )


def _marked(pairs: list[tuple[str | None, Term]]) -> st.SearchStrategy[Term]:
    marks = tuple(mark for mark, _ in pairs)
    arguments = tuple(argument for _, argument in pairs)
    shape = marks if any(marks) else ()
    return st.builds(App, st.builds(Var, NAMES), st.just(arguments), st.just(shape))


# ── programs ───────────────────────────────────────────────────────────────────────────

# The kind of each variable in sight: a kind of value, or a function's parameter count.
Scope: TypeAlias = dict[str, str | int]
Bindings: TypeAlias = list[tuple[tuple[str, ...], Term]]
Finish: TypeAlias = Callable[[Scope], Term]

VARIABLES = {"int": ("a", "b", "c"), "bool": ("p", "q"), "list": ("xs", "ys")}
KIND_OF = {name: kind for kind, names in VARIABLES.items() for name in names}


@st.composite
def programs(
    draw: st.DrawFn, externals: Sequence[object] = TOOLS, depth: int = 3
) -> Term:
    """Closed terms to run.

    Args:
        draw: Given by Hypothesis.
        externals: What the calls call: objects that take a number and give one.
        depth: How deep blocks may stand in one another.
    """
    return _Writer(draw, externals).program(depth)


class _Writer:
    """Writes one program, drawing each choice; the first choice is the simplest."""

    def __init__(self, draw: st.DrawFn, externals: Sequence[object]) -> None:
        self.draw = draw
        self.externals = externals
        self.count = 0
        self.fixed: set[str] = set()

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}.{self.count}"

    def choose(self, choices: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(choices))

    # ── blocks ─────────────────────────────────────────────────────────────────────

    def program(self, depth: int) -> Term:
        body = self.block({"a": "int", "xs": "list"}, depth, self.everything)
        start = Let(("a",), Call(self.externals[0], (Const(1),)), body)
        return Let(("xs",), Prim("list", (Const(0), Const(1))), start)

    def everything(self, scope: Scope) -> Term:
        """The end of a program: all that is in sight."""
        return Prim(
            "tuple", tuple(Var(name) for name in sorted(scope) if name in KIND_OF)
        )

    def block(self, outer: Scope, depth: int, finish: Finish) -> Term:
        """Some statements, then whatever finishes the block."""
        scope = dict(outer)
        bindings: Bindings = []
        for _ in range(self.draw(st.integers(0, 5))):
            bindings += self.statement(scope, depth)
        return _sequence(bindings, finish(scope))

    def statement(self, scope: Scope, depth: int) -> Bindings:
        simple = [self.call, self.call, self.call, self.arithmetic, self.compare]
        simple += [self.append, self.append, self.store, self.index, self.listing]
        simple += [self.alias]
        if any(isinstance(kind, int) for kind in scope.values()):
            simple.append(self.apply)
        nested = [self.branch, self.attempt, self.loop, self.each, self.function]
        if not depth or self.draw(st.integers(0, 2)):
            return self.choose(simple)(scope)  # type: ignore[no-any-return]
        return self.choose(nested)(scope, depth - 1)  # type: ignore[no-any-return]

    # ── atoms and targets ──────────────────────────────────────────────────────────

    def atom(self, scope: Scope, kind: str) -> Term:
        """A variable of a kind, or more rarely a constant."""
        names: list[Term] = [Var(name) for name in scope if scope[name] == kind]
        constants = {"int": (0, 1, 2), "bool": (False, True), "list": ()}[kind]
        return self.choose([*names, *names, *map(Const, constants)])  # type: ignore[no-any-return]

    def bind(self, scope: Scope, kind: str, value: Term) -> Bindings:
        """A value under a name, which may have been in use."""
        name = self.target(kind)
        scope[name] = kind
        return [((name,), value)]

    def target(self, kind: str) -> str:
        """A name that may be assigned here."""
        free = [name for name in VARIABLES[kind] if name not in self.fixed]
        return self.choose(free) if free else self.fresh(kind)

    def targets(self) -> tuple[str, ...]:
        """The variables that a compound statement assigns."""
        names = st.lists(st.sampled_from(sorted(KIND_OF)), max_size=3, unique=True)
        return tuple(name for name in self.draw(names) if name not in self.fixed)

    @contextmanager
    def inside(self, scope: Scope, own: tuple[str, ...] = ()) -> Iterator[None]:
        """Write an inner block: of the names in sight it assigns only its own."""
        before = self.fixed
        self.fixed = before | (scope.keys() - set(own))
        yield
        self.fixed = before

    def results(self, targets: tuple[str, ...]) -> Finish:
        """The end of a block that gives its targets new values."""

        def finish(scope: Scope) -> Term:
            return _result(self.carry(scope, targets))

        return finish

    # ── simple statements ──────────────────────────────────────────────────────────

    def call(self, scope: Scope) -> Bindings:
        value = Call(self.choose(self.externals), (self.atom(scope, "int"),))
        return self.bind(scope, "int", value)

    def arithmetic(self, scope: Scope) -> Bindings:
        op = self.choose(["add", "sub", "floordiv"])
        value = Prim(op, (self.atom(scope, "int"), self.atom(scope, "int")))
        return self.bind(scope, "int", value)

    def compare(self, scope: Scope) -> Bindings:
        op = self.choose(["lt", "eq"])
        value = Prim(op, (self.atom(scope, "int"), self.atom(scope, "int")))
        return self.bind(scope, "bool", value)

    def append(self, scope: Scope) -> Bindings:
        method, item = self.fresh("t"), self.atom(scope, "int")
        load = Prim("getattr", (self.atom(scope, "list"),), "append")
        return [((method,), load), ((self.fresh("t"),), App(Var(method), (item,)))]

    def store(self, scope: Scope) -> Bindings:
        parts = (self.atom(scope, "list"), self.atom(scope, "int"))
        stored = Prim("setitem", (*parts, self.atom(scope, "int")))
        return [((self.fresh("t"),), stored)]

    def index(self, scope: Scope) -> Bindings:
        parts = (self.atom(scope, "list"), self.atom(scope, "int"))
        return self.bind(scope, "int", Prim("getitem", parts))

    def listing(self, scope: Scope) -> Bindings:
        items = tuple(self.atom(scope, "int") for _ in range(self.choose((0, 1, 2))))
        return self.bind(scope, "list", Prim("list", items))

    def alias(self, scope: Scope) -> Bindings:
        kind = self.choose(list(VARIABLES))
        return self.bind(scope, kind, self.atom(scope, kind))

    def apply(self, scope: Scope) -> Bindings:
        """Apply one of the functions in sight."""
        functions = {n: kind for n, kind in scope.items() if isinstance(kind, int)}
        name = self.choose(list(functions))
        arguments = tuple(self.atom(scope, "int") for _ in range(functions[name]))
        return self.bind(scope, "int", App(Var(name), arguments))

    # ── compound statements ────────────────────────────────────────────────────────

    def branch(self, scope: Scope, depth: int) -> Bindings:
        """Two blocks, mostly behind a comparison of what is in sight."""
        first = self.compare(scope) if self.choose((False, True, True)) else []
        targets = self.targets()
        test = Var(first[0][0][0]) if first else self.atom(scope, "bool")
        with self.inside(scope, targets):
            then = self.block(scope, depth, self.results(targets))
            orelse = self.block(scope, depth, self.results(targets))
        return [*first, *_assign(scope, targets, If(test, then, orelse))]

    def attempt(self, scope: Scope, depth: int) -> Bindings:
        targets = self.targets()
        with self.inside(scope, targets):
            body = self.block(scope, depth, self.results(targets))
            handler = self.block(scope, depth, self.results(targets))
        return _assign(scope, targets, Try(body, self.fresh("e"), handler))

    def function(self, scope: Scope, depth: int) -> Bindings:
        """A function of numbers, giving one, that sees what is around it."""
        free = [name for name in VARIABLES["int"] if name not in self.fixed]
        params = tuple(free[: self.choose((0, 1, 2))])
        inner = scope | dict.fromkeys(params, "int")
        with self.inside(scope, params):
            body = self.block(inner, depth, lambda inside: self.atom(inside, "int"))
        name = self.fresh("f")
        scope[name] = len(params)
        made = Lam(params, body)
        self.fixed = self.fixed | FreeNames().of(made).keys()
        return [((name,), made)]

    def loop(self, scope: Scope, depth: int) -> Bindings:
        """A loop that counts up to three at most."""
        again, i, more, j = map(self.fresh, ("loop", "t", "t", "t"))
        carried, start = self.carried(scope)

        def finish(inside: Scope) -> Term:
            values = self.carry(inside, carried)
            step = self.around(inside, App(Var(again), (Var(j), *values)), values)
            return Let((j,), Prim("add", (Var(i), Const(1))), step)

        inner = _with(scope, carried)
        with self.inside(inner, carried):
            body = self.block(inner, depth, finish)
        bound = Const(self.choose((1, 2, 3)))
        test = Let(
            (more,),
            Prim("lt", (Var(i), bound)),
            If(Var(more), body, _result(tuple(map(Var, carried)))),
        )
        value = LetRec(
            again, Lam((i, *carried), test), App(Var(again), (Const(0), *start))
        )
        return _assign(scope, carried, value)

    def each(self, scope: Scope, depth: int) -> Bindings:
        """A loop over a copy of a list."""
        again, copy, it, more = map(self.fresh, ("loop", "t", "it", "t"))
        items = self.atom(scope, "list")
        carried, start = self.carried(scope)
        with self.inside(scope, carried):
            item = self.target("int")

        def finish(inside: Scope) -> Term:
            values = self.carry(inside, carried)
            return self.around(inside, App(Var(again), values), values)

        inner = _with(scope, carried) | {item: "int"}
        with self.inside(inner, (item, *carried)):
            block = self.block(inner, depth, finish)
        body = Let((item,), Prim("current", (Var(it),)), block)
        test = Let(
            (more,),
            Prim("advance", (Var(it),)),
            If(Var(more), body, _result(tuple(map(Var, carried)))),
        )
        loop = LetRec(again, Lam(carried, test), App(Var(again), start))
        return [
            ((copy,), Prim("tuple", (items,), (True,))),
            ((it,), Prim("iter", (Var(copy),))),
            *_assign(scope, carried, loop),
        ]

    def carried(self, scope: Scope) -> tuple[tuple[str, ...], tuple[Term, ...]]:
        """The variables that a loop carries, and their values at its start."""
        names = self.targets()
        return names, self.carry(scope, names)

    def carry(self, scope: Scope, names: tuple[str, ...]) -> tuple[Term, ...]:
        return tuple(self.atom(scope, KIND_OF[name]) for name in names)

    def around(self, scope: Scope, again: Term, values: tuple[Term, ...]) -> Term:
        """The next round, or maybe a break instead."""
        if not self.choose((False, True)):
            return again
        stop = self.fresh("t")
        test = Prim("eq", (self.atom(scope, "int"), self.atom(scope, "int")))
        return Let((stop,), test, If(Var(stop), _result(values), again))


def _sequence(bindings: Bindings, tail: Term) -> Term:
    for names, value in reversed(bindings):
        tail = Let(names, value, tail)
    return tail


def _result(values: tuple[Term, ...]) -> Term:
    """Several values, or the only one."""
    return values[0] if len(values) == 1 else Prim("pack", values)


def _assign(scope: Scope, names: tuple[str, ...], value: Term) -> Bindings:
    scope |= {name: KIND_OF[name] for name in names}
    return [(names, value)]


def _with(scope: Scope, names: tuple[str, ...]) -> Scope:
    return scope | {name: KIND_OF[name] for name in names}

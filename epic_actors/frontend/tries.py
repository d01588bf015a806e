"""`try` and `with`: blocks whose value says how they were left.

Theory of operation
    A guarded block cannot jump out of its `Try`, so it gives a signal, what it returns,
    and the variables that it wrote; behind the `Try` the signal is acted on.  The values
    that must outlive a failure are in cells (see `survivors`), so a handler begins in
    the state in which the `try` began.
    A `finally` clause is there twice: for the failure, which it raises again, and for
    every other way.  If it is left early after a failure, the signal says so, for then
    it has run.  With handlers and `finally`, one `Try` stands inside the other.
"""

import ast
import inspect
from collections.abc import Sequence
from typing import ClassVar, TypeAlias

import attrs

from epic_actors.core.terms import (
    UNBOUND,
    App,
    At,
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
from epic_actors.frontend.block import Block, Exits, Leave, Meeting, jump, pack
from epic_actors.frontend.expressions import VALUES as EXPRESSIONS, atom
from epic_actors.frontend.flow import NOTHING, Facts, Lives, live_before
from epic_actors.frontend.generators import START, entry
from epic_actors.frontend.leaving import raising
from epic_actors.frontend.loops import carry
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.statements import Visit, statements
from epic_actors.frontend.survivors import guarded_lives
from epic_actors.frontend.targets import assign
from epic_actors.frontend.unit import at


_FALLS, _RETURNS, _BREAKS, _CONTINUES, _HANDLED, _YIELDS, _YIELDS_OUTSIDE = range(7)
#: Added to the signals of a `finally` clause that has run.
_LATE = 10
_NONE = Const(None)


class _Known(ast.expr):
    """A made-up expression: a term that is there already."""

    _fields: ClassVar[tuple[str, ...]] = ()
    term: Term


EXPRESSIONS[_Known] = lambda block, node: node.term


class _Guarded:
    """The ways out of a `try` statement's blocks, which meet behind its `Try`."""

    def __init__(
        self,
        block: Block,
        facts: Facts,
        lives: Lives,
        *,
        handled: bool = False,
        final: Facts | None = None,
    ) -> None:
        late = Facts() if final is None or not final.escapes else final
        self.block = block
        self.escapes = facts.escapes
        self.late = late.escapes
        self.signals = bool(facts.escapes | late.escapes) or handled
        self.yields = "yield" in facts.escapes | late.escapes
        self.results = self.yields or "return" in facts.escapes | late.escapes
        self.yields_outside = False
        self.meeting = Meeting(block.unit, facts.writes | late.writes, lives.union())
        self.exits = self._exits(0, lives)

    def handled(self, block: Block) -> Term:
        """The way out of a handler, where that differs from falling through."""
        return self._signal(block, _HANDLED, _NONE)

    def failing(self) -> Exits:
        """The ways out of a `finally` clause that runs because of a failure."""
        lives = attrs.evolve(self.block.exits.lives, falls=NOTHING)
        return attrs.evolve(self._exits(_LATE, lives), yields=self.yield_outside)

    def yield_outside(self, item: Term, rest: Var) -> Term:
        """The way out of a handler that yields: what follows is not guarded."""
        self.yields_outside = True
        return self._pausing(_YIELDS_OUTSIDE, item, rest)

    def _exits(self, shift: int, lives: Lives) -> Exits:
        return Exits(
            falls=lambda b: self._signal(b, _FALLS + shift, _NONE),
            returns=lambda b, found: self._signal(b, _RETURNS + shift, b.atom(found)),
            breaks=lambda b: self._signal(b, _BREAKS + shift, _NONE),
            continues=lambda b: self._signal(b, _CONTINUES + shift, _NONE),
            yields=lambda item, rest: self._pausing(_YIELDS, item, rest),
            lives=lives,
        )

    def _signal(self, block: Block, signal: int, found: Term) -> Term:
        values = self.meeting.arrive(block)
        if self.yields:
            values = (_NONE, *values)
        if self.results:
            values = (found, *values)
        return pack((Const(signal), *values) if self.signals else values)

    def _pausing(self, signal: int, item: Term, rest: Var) -> Term:
        """A `yield` of a block's: the item, and what follows it."""
        nothing = (Const(UNBOUND),) * len(self.meeting.names)
        return pack((Const(signal), item, rest, *nothing))

    def bind(self, guarded: Try, node: ast.stmt) -> tuple[Term, Term]:
        """Bind what the `Try` gives: the signal and what is to be returned."""
        unit = self.block.unit
        if self.yields:
            return self._bind_resumed(guarded, node)
        signal, found = Var(unit.fresh("signal")), Var(unit.fresh("result"))
        names = self.meeting.names
        if self.results:
            names = (found.name, *names)
        if self.signals:
            names = (signal.name, *names)
        self.block.let(names, guarded, at(node))
        self.meeting.settle(self.block)
        return signal, found

    def _bind_resumed(self, guarded: Try, node: ast.stmt) -> tuple[Term, Term]:
        """The same where a block yields; what follows it is applied in a new `Try`.

        What stands behind the statement is a join, so that it is there once.
        """
        block, unit = self.block, self.block.unit
        after, retry, first = map(unit.fresh, ("join", "try", "resume"))
        signal, found = Var(unit.fresh("signal")), Var(unit.fresh("result"))
        carried = self._carried(guarded)
        started = jump(retry, (Var(first), *START, Const(True), *carry(block, carried)))
        body = Lam(entry(unit), guarded.body, name=first, at=guarded.at)
        jumping = LetRec(
            retry,
            self._retry(guarded, retry, after, carried),
            Let((first,), body, started),
            at=at(node),
        )
        block.join(after, (signal.name, found.name, *self.meeting.names), jumping)
        self.meeting.settle(block)
        return signal, found

    def _carried(self, guarded: Try) -> tuple[str, ...]:
        """The variables that a handler may write, but must find as they were."""
        known = self.meeting.writes & self.block.known
        return self.block.unit.plain(frozenset(known))

    def _retry(
        self, guarded: Try, retry: str, after: str, carried: tuple[str, ...]
    ) -> Lam:
        """The function that applies what is left of the body, in a `Try` of its own."""
        unit = self.block.unit
        resume, inside, (thrown, sent) = (
            unit.fresh("resume"),
            unit.fresh("inside"),
            entry(unit),
        )
        go_on: Term = App(Var(resume), (Var(thrown), Var(sent)), at=guarded.at)
        trying: Term = attrs.evolve(guarded, body=go_on)
        if self.yields_outside:
            trying = If(Var(inside), trying, go_on, at=guarded.at)
        signal, found, rest = map(unit.fresh, ("signal", "result", "resume"))
        names = tuple(map(unit.fresh, self.meeting.names))
        tail: Term = jump(after, tuple(map(Var, (signal, found, *names))), guarded.at)
        for code in (_YIELDS_OUTSIDE, _YIELDS)[not self.yields_outside :]:
            test, again = unit.fresh("t"), unit.fresh("resume")
            more, what = entry(unit)
            again_inside = Const(code == _YIELDS)
            passed: tuple[Term, ...] = (Var(rest), Var(more), Var(what), again_inside)
            passed += tuple(map(Var, carried))
            resumed = Lam((more, what), jump(retry, passed), name=again, at=guarded.at)
            yielding = self.block.exits.yields(Var(found), Var(again))
            tail = Let(
                (test,),
                Prim("eq", (Var(signal), Const(code))),
                If(Var(test), Let((again,), resumed, yielding), tail),
            )
        body = Let((signal, found, rest, *names), trying, tail, at=guarded.at)
        params = (resume, thrown, sent, inside, *carried)
        return Lam(params, body, name=retry, at=guarded.at)

    def act(self, signal: Term, found: Term, *, falls: bool) -> None:
        """Leave the block in the way that the signal says."""
        ways = self._ways(self.escapes, found)
        last = None if falls or not ways else ways.pop()
        for code, leave in ways:
            self._leave_if(signal, code, leave)
        if last is not None:
            self.block.tail = last[1](self.block)

    def act_late(self, signal: Term, found: Term) -> None:
        """The same, where the `finally` clause has decided it."""
        for code, leave in self._ways(self.late, found):
            self._leave_if(signal, code + _LATE, leave)

    def _leave_if(self, signal: Term, code: int, leave: Leave) -> None:
        test = _is(self.block, signal, code)
        inner = self.block.inner()
        self.block.guard(test, then=inner.finish(leave(inner)))

    def _ways(self, escapes: frozenset[str], found: Term) -> list[tuple[int, Leave]]:
        exits = self.block.exits
        ways: list[tuple[str, int, Leave]] = [
            ("return", _RETURNS, lambda b: exits.returns(b, found)),
            ("break", _BREAKS, exits.breaks),
            ("continue", _CONTINUES, exits.continues),
        ]
        return [(code, leave) for way, code, leave in ways if way in escapes]


def _is(block: Block, signal: Term, code: int, op: str = "eq") -> Term:
    return block.temp(Prim(op, (signal, Const(code))))


def _try(block: Block, node: ast.Try, behind: frozenset[str]) -> None:
    if not node.finalbody:
        _handling(block, node, behind)
    else:
        _finally(block, node, behind)


# Handlers


def _handling(block: Block, node: ast.Try, behind: frozenset[str]) -> None:
    """A `try` statement up to its `finally`."""
    flow = block.unit.flow
    if not node.handlers:
        statements(block, node.body, behind)
        return
    facts, body, orelse = flow.handling(node), flow.block(node.body), node.orelse
    lives = attrs.evolve(block.exits.lives, falls=behind)
    reads = live_before(flow.block(orelse), lives)
    inside = attrs.evolve(lives, falls=behind | reads)
    skips = facts.falls and body.falls and bool(orelse)
    ways = _Guarded(block, facts, inside, handled=skips)
    trying = block.inner(ways.exits)
    with block.unit.guarding():
        statements(trying, node.body)
    guarded = trying.finish()
    falls = ways.handled if skips else ways.exits.falls
    handler = block.inner(attrs.evolve(ways.exits, falls=falls))
    name = block.unit.fresh("exc")
    handler.exits = attrs.evolve(handler.exits, yields=ways.yield_outside)
    clauses = _clauses(handler, node.handlers, name)
    signal, found = ways.bind(Try(guarded, name, clauses, at=at(node)), node)
    ways.act(signal, found, falls=facts.falls)
    if skips:
        _else(block, orelse, behind, _is(block, signal, _HANDLED, "ne"))


def _else(
    block: Block, orelse: list[ast.stmt], behind: frozenset[str], test: Term
) -> None:
    """The `else` clause, past which the handlers go."""
    known = _Known()
    known.term = test
    choice = ast.If(test=known, body=orelse, orelse=[])
    statements(block, [ast.copy_location(choice, orelse[0])], behind)


def _clauses(block: Block, handlers: Sequence[ast.ExceptHandler], error: str) -> Term:
    """The first clause that takes the exception; otherwise it is raised again."""
    for clause in handlers:
        if clause.type is None:
            return block.finish(_clause(block, clause, error))
        kind = atom(block, clause.type)
        place = at(clause.type)
        test = block.temp(Prim("matches", (Var(error), kind), at=place))
        block.guard(test, then=_clause(block, clause, error))
    return raising(block).finish(Prim("reraise", (Var(error),)))


def _clause(block: Block, clause: ast.ExceptHandler, error: str) -> Term:
    unit, inner = block.unit, block.inner()
    if clause.name is not None:
        name = unit.mangle(clause.name)
        inner.write(name, Var(error), clause)
        if "yield" in unit.flow.block(clause.body).escapes:
            return _yielding_clause(inner, clause, error)
        inner.exits = _forgetting(name, clause, inner.exits)
    unit.handling.append(error)
    statements(inner, clause.body)
    unit.handling.pop()
    term = inner.finish()
    if clause.name is None or unit.slot(unit.mangle(clause.name)).kind == "plain":
        return term
    # Why: who sees the variable after a failure of the clause sees it without value.
    failed = unit.fresh("exc")
    late = block.inner(Exits())
    _forget(late, unit.mangle(clause.name), clause)
    again = late.finish(Prim("reraise", (Var(failed),), at=at(clause)))
    return Try(term, failed, again, at=at(clause))


def _yielding_clause(block: Block, clause: ast.ExceptHandler, error: str) -> Term:
    """A clause that yields: its name is forgotten in a `finally` clause."""
    assert clause.name is not None
    forget: list[ast.stmt] = [
        ast.Assign([ast.Name(clause.name, ast.Store())], ast.Constant(None)),
        ast.Delete([ast.Name(clause.name, ast.Del())]),
    ]
    trying = ast.Try(clause.body, [], [], forget)
    for part in (trying, *forget):
        ast.copy_location(part, clause)
        ast.fix_missing_locations(part)
    block.unit.handling.append(error)
    statements(block, [block.unit.flow.keep(trying)])
    block.unit.handling.pop()
    return block.finish()


def _forget(block: Block, name: str, clause: ast.ExceptHandler) -> Block:
    """Take away the value of an `except … as name` clause's name."""
    if block.unit.slot(name).kind == "plain":
        block.now_unbound(name)
    else:
        block.write(name, _NONE, clause)
        block.delete(name, clause)
    return block


def _forgetting(name: str, clause: ast.ExceptHandler, exits: Exits) -> Exits:
    """Exits of a clause, behind which its name has no value."""

    def returns(block: Block, found: Term) -> Term:
        if block.unit.slot(name).kind != "plain":
            found = block.atom(found)
        return exits.returns(_forget(block, name, clause), found)

    return Exits(
        falls=lambda b: exits.falls(_forget(b, name, clause)),
        returns=returns,
        breaks=lambda b: exits.breaks(_forget(b, name, clause)),
        continues=lambda b: exits.continues(_forget(b, name, clause)),
        yields=exits.yields,
        lives=exits.lives,
    )


# Finally


def _finally(block: Block, node: ast.Try, behind: frozenset[str]) -> None:
    unit, flow, name = block.unit, block.unit.flow, block.unit.fresh("exc")
    facts, final = flow.before_final(node), flow.block(node.finalbody)
    lives = attrs.evolve(block.exits.lives, falls=behind)
    inside = guarded_lives(flow, node.finalbody, lives)
    ways = _Guarded(block, facts, inside, final=final)
    trying = block.inner(ways.exits)
    with unit.guarding():
        _handling(trying, node, inside.falls)
    failing = block.inner(ways.failing())
    unit.handling.append(name)
    statements(failing, node.finalbody)
    unit.handling.pop()
    if failing.tail is None:
        raising(failing)
        failing.tail = Prim("reraise", (Var(name),))
    guarded = Try(trying.finish(), name, failing.finish(), at=at(node))
    signal, found = ways.bind(guarded, node)
    ways.act_late(signal, found)
    statements(block, node.finalbody, behind | inside.union())
    if block.tail is None:
        ways.act(signal, found, falls=facts.falls)


# With


With: TypeAlias = ast.With | ast.AsyncWith


def _with(block: Block, node: With, behind: frozenset[str]) -> None:
    _within(block, node, behind, 0)


def _within(block: Block, node: With, behind: frozenset[str], number: int) -> None:
    """A `with` statement from one of its items on."""
    unit, item = block.unit, node.items[number]
    place = at(item.context_expr)
    manager = atom(block, item.context_expr)
    awaits = isinstance(node, ast.AsyncWith)
    names = ("__aenter__", "__aexit__") if awaits else ("__enter__", "__exit__")
    enter, exiting = [
        block.temp(Prim("special", (manager,), name, at=place)) for name in names
    ]
    leave = _Leave(exiting, awaits)
    if block.unit.code.co_flags & inspect.CO_COROUTINE:
        _check_task(block, item.context_expr)
    entering: Term = App(enter, (), at=place)
    if awaits:
        entering = Prim("async_enter", (enter, exiting), at=place)
    entered = block.temp(entering)
    lives = attrs.evolve(block.exits.lives, falls=behind)
    ways = _Guarded(block, unit.flow.statement(node), lives, handled=True)
    inner = block.inner(ways.exits)
    if item.optional_vars is not None:
        assign(inner, item.optional_vars, entered)
    with unit.guarding():
        if number + 1 < len(node.items):
            _within(inner, node, behind, number + 1)
        else:
            statements(inner, node.body)
    guarded: Term = inner.finish()
    name = unit.fresh("exc")
    handler = _suppressing(block.inner(Exits()), ways, leave, Var(name, at=place))
    signal, found = ways.bind(Try(guarded, name, handler, at=at(node)), node)
    _leave_normally(block, leave, signal, node)
    ways.act(signal, found, falls=True)


@attrs.frozen
class _Leave:
    """How a context is told that it is left."""

    method: Var
    awaits: bool

    def tell(self, block: Block, arguments: tuple[Term, ...], place: At | None) -> Term:
        """Apply it; its answer."""
        if self.awaits:
            told: Term = Prim("async_leave", (self.method, *arguments), at=place)
        else:
            told = App(self.method, arguments, at=place)
        return block.temp(told)


def _check_task(block: Block, node: ast.expr) -> None:
    """Refuse contexts that reach into the code within: nurseries, cancel scopes."""
    root = node
    while isinstance(root, ast.Call | ast.Attribute):
        root = root.func if isinstance(root, ast.Call) else root.value
    if not isinstance(root, ast.Name):
        return
    found = block.unit.namespace.values.get(block.unit.mangle(root.id))
    module = getattr(found, "__module__", None) or getattr(found, "__name__", "")
    if str(module).partition(".")[0] in _TASKS:
        raise NotCompiled(f"a context of {module}", node.lineno)


_TASKS = frozenset({"trio", "anyio", "asyncio"})


def _suppressing(block: Block, ways: _Guarded, leave: _Leave, error: Var) -> Term:
    """Tell the manager about a failure; it is raised again unless that says true."""
    kind = block.temp(App(Const(type), (error,), at=error.at))
    trace = block.temp(Prim("getattr", (error,), "__traceback__", at=error.at))
    suppressed = leave.tell(block, (kind, error, trace), error.at)
    failing = raising(block.inner())
    again = failing.finish(Prim("reraise", (error,), at=error.at))
    handled = ways.handled(block)
    return block.finish(If(suppressed, handled, again, at=error.at))


def _leave_normally(block: Block, leave: _Leave, signal: Term, node: With) -> None:
    """Tell the manager that all is well, if it has not been told otherwise."""
    test, inner, nothing = _is(block, signal, _HANDLED), block.inner(), pack(())
    leave.tell(inner, (_NONE, _NONE, _NONE), at(node))
    choice = If(test, nothing, inner.finish(nothing), at=at(node))
    block.let((), choice, at(node))


STATEMENTS: dict[type, Visit] = {ast.Try: _try, ast.With: _with, ast.AsyncWith: _with}

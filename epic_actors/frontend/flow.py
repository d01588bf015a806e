"""What statements do to a function's variables, and where control may go from them.

Theory of operation
    `Facts` of a statement are computed once, from the inside out.  Liveness goes backwards
    over a block with them: a variable is live where its value may still be read.  Only
    what is live is carried around loops and out of branches.  Everything errs on the side
    of reading too much.
"""

import ast
from collections.abc import Sequence
from functools import reduce

import attrs

from epic_actors.frontend.names import Names, Scanner


NOTHING: frozenset[str] = frozenset()
_YIELDING = frozenset({"yield"})
_LOOPING = frozenset({"break", "continue"})


@attrs.frozen
class Facts:
    """A statement, or a block, seen from outside.

    Attributes:
        reads: Variables read before they are surely written here.
        writes: Variables that may be bound or unbound here.
        kills: Variables surely written when control falls through.
        deletes: Variables that may be unbound here.
        escapes: The exits taken out of it: `return`, `break`, `continue`, `yield`.
        falls: Whether control can reach what follows.
    """

    reads: frozenset[str] = NOTHING
    writes: frozenset[str] = NOTHING
    kills: frozenset[str] = NOTHING
    deletes: frozenset[str] = NOTHING
    escapes: frozenset[str] = NOTHING
    falls: bool = True


@attrs.frozen
class Lives:
    """The variables live where control goes from a block, by the way it leaves."""

    falls: frozenset[str] = NOTHING
    breaks: frozenset[str] = NOTHING
    continues: frozenset[str] = NOTHING
    returns: frozenset[str] = NOTHING

    def falling(self, falls: frozenset[str]) -> "Lives":
        """The same but for what is live where control falls through."""
        return Lives(falls, self.breaks, self.continues, self.returns)

    def union(self) -> frozenset[str]:
        """What is live after it, whichever way it leaves."""
        return self.falls | self.breaks | self.continues | self.returns


def live_before(facts: Facts, lives: Lives) -> frozenset[str]:
    """What is live in front of a statement."""
    live = facts.reads
    if facts.falls:
        live |= lives.falls - facts.kills
    if "return" in facts.escapes:
        live |= lives.returns
    if "break" in facts.escapes:
        live |= lives.breaks
    if "continue" in facts.escapes:
        live |= lives.continues
    return live


def _then(first: Facts, second: Facts) -> Facts:
    if not first.falls:
        return first
    return Facts(
        reads=first.reads | (second.reads - first.kills),
        writes=first.writes | second.writes,
        kills=first.kills | second.kills,
        deletes=first.deletes | second.deletes,
        escapes=first.escapes | second.escapes,
        falls=second.falls,
    )


def _either(*ways: Facts) -> Facts:
    falling = [way.kills for way in ways if way.falls]
    return Facts(
        reads=NOTHING.union(*(way.reads for way in ways)),
        writes=NOTHING.union(*(way.writes for way in ways)),
        kills=frozenset.intersection(*falling) if falling else NOTHING,
        deletes=NOTHING.union(*(way.deletes for way in ways)),
        escapes=NOTHING.union(*(way.escapes for way in ways)),
        falls=bool(falling),
    )


def of_names(names: Names) -> Facts:
    """The facts of a simple statement or an expression."""
    return Facts(
        reads=frozenset(names.reads),
        writes=frozenset(names.stores | names.walrus | names.deletes),
        kills=frozenset(names.stores),
        deletes=frozenset(names.deletes),
        escapes=_YIELDING if names.yields else NOTHING,
    )


def settled(node: ast.If) -> bool | None:
    """Which branch a constant test takes, as CPython knows; None for other tests."""
    return bool(node.test.value) if isinstance(node.test, ast.Constant) else None


def endless(node: ast.While) -> bool:
    """Whether a loop's test is a constant truth, so that only exits end it."""
    return isinstance(node.test, ast.Constant) and bool(node.test.value)


class Flow:
    """The facts of one function's statements.

    Attributes:
        captures: All variables that nested functions capture.
        walrus: All variables that are bound within expressions.
        globals: The names declared global.
        bound: All names that are bound anywhere, be it where control never comes.
    """

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.captures: set[str] = set()
        self.walrus: set[str] = set()
        self.globals: set[str] = set()
        self.bound: set[str] = set()
        self._known: dict[int, Facts] = {}
        self._kept: list[ast.stmt] = []

    def block(self, body: Sequence[ast.stmt]) -> Facts:
        """The facts of a list of statements."""
        found = self._known.get(id(body))
        if found is None:
            found = reduce(_then, map(self.statement, body), Facts())
            self._known[id(body)] = found
        return found

    def statement(self, node: ast.stmt) -> Facts:
        """The facts of one statement."""
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = self._statement(node)
        return found

    def keep(self, node: ast.stmt) -> ast.stmt:
        """Keep a made-up statement, or another could take its identity."""
        self._kept.append(node)
        return node

    def expressions(self, *nodes: ast.AST | None) -> Facts:
        """The facts of expressions that are evaluated one after another."""
        names = self.scanner.names(*nodes)
        self.captures |= names.captures
        self.walrus |= names.walrus
        self.bound |= names.stores | names.walrus | names.deletes
        return of_names(names)

    def _statement(self, node: ast.stmt) -> Facts:
        match node:
            case ast.If():
                return self._if(node)
            case ast.While():
                return self._while(node)
            case ast.For() | ast.AsyncFor():
                return self._for(node)
            case ast.Try() | ast.TryStar():
                return self._try(node)
            case ast.With() | ast.AsyncWith():
                return self._with(node)
            case ast.Return():
                return self._leaving("return", node.value)
            case ast.Break():
                return self._leaving("break")
            case ast.Continue():
                return self._leaving("continue")
            case ast.Raise():
                simple = self.expressions(node.exc, node.cause)
                return attrs.evolve(simple, falls=False)
            case ast.Global():
                self.globals.update(map(self.scanner.mangle, node.names))
                return Facts()
            case ast.Nonlocal() | ast.Pass():
                return Facts()
            case _:
                return self.expressions(node)

    def _leaving(self, way: str, value: ast.expr | None = None) -> Facts:
        simple = self.expressions(value)
        return attrs.evolve(simple, escapes=simple.escapes | {way}, falls=False)

    def _if(self, node: ast.If) -> Facts:
        then, orelse = self.block(node.body), self.block(node.orelse)
        decided = settled(node)
        if decided is not None:
            return then if decided else orelse
        return _then(self.expressions(node.test), _either(then, orelse))

    def _while(self, node: ast.While) -> Facts:
        test, orelse = self.expressions(node.test), self.block(node.orelse)
        return self._loop(self.round(node), orelse, test, endless(node))

    def _for(self, node: ast.For | ast.AsyncFor) -> Facts:
        loop = self._loop(self.round(node), self.block(node.orelse), Facts(), False)
        return _then(self.expressions(node.iter), loop)

    def round(self, node: ast.While | ast.For | ast.AsyncFor) -> Facts:
        """One round of a loop: its test or its target, then its body."""
        first = node.test if isinstance(node, ast.While) else node.target
        return _then(self.expressions(first), self.block(node.body))

    def _loop(self, body: Facts, orelse: Facts, test: Facts, endless: bool) -> Facts:
        both = _either(body, orelse)
        breaks = "break" in body.escapes
        return Facts(
            reads=both.reads,
            writes=both.writes | test.writes,
            deletes=both.deletes,
            escapes=(body.escapes - _LOOPING)
            | (NOTHING if endless else orelse.escapes),
            falls=breaks or (orelse.falls and not endless),
        )

    def _try(self, node: ast.Try | ast.TryStar) -> Facts:
        ways = self.before_final(node)
        if not node.finalbody:
            return ways
        final = self.block(node.finalbody)
        return Facts(
            reads=ways.reads | final.reads,
            writes=ways.writes | final.writes,
            kills=ways.kills | final.kills,
            deletes=ways.deletes | final.deletes,
            escapes=final.escapes | (ways.escapes if final.falls else NOTHING),
            falls=ways.falls and final.falls,
        )

    def before_final(self, node: ast.Try | ast.TryStar) -> Facts:
        """A `try` statement up to its `finally`."""
        normal = _then(self.block(node.body), self.block(node.orelse))
        return _either(normal, *map(self._handler, node.handlers))

    def handling(self, node: ast.Try | ast.TryStar) -> Facts:
        """The body and handlers of a `try` statement."""
        return _either(self.block(node.body), *map(self._handler, node.handlers))

    def _handler(self, node: ast.ExceptHandler) -> Facts:
        kind, body = self.expressions(node.type), self.block(node.body)
        if node.name is None:
            return _then(kind, body)
        name = frozenset({self.scanner.mangle(node.name)})
        self.bound |= name
        inner = _then(kind, _then(Facts(writes=name, kills=name, deletes=name), body))
        return attrs.evolve(inner, kills=inner.kills - name)

    def _with(self, node: ast.With | ast.AsyncWith) -> Facts:
        items = [self._item(item) for item in node.items]
        body = _then(reduce(_then, items, Facts()), self.block(node.body))
        # Why: a context may suppress a failure, so nothing in it is sure to be written.
        return attrs.evolve(body, kills=NOTHING, falls=True)

    def _item(self, item: ast.withitem) -> Facts:
        return self.expressions(item.context_expr, item.optional_vars)


def lives_along(
    flow: Flow, body: Sequence[ast.stmt], lives: Lives
) -> list[frozenset[str]]:
    """For each statement of a block, what is live behind it."""
    behind: list[frozenset[str]] = []
    live = lives.falls
    for node in reversed(body):
        behind.append(live)
        live = live_before(flow.statement(node), lives.falling(live))
    behind.reverse()
    return behind


def loop_lives(
    flow: Flow, node: ast.While | ast.For | ast.AsyncFor, lives: Lives
) -> Lives:
    """What is live at the ends of a loop's body."""
    head = flow.round(node).reads | live_before(flow.block(node.orelse), lives)
    head |= lives.union()
    return Lives(head, lives.falls, head, lives.returns)

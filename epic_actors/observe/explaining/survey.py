"""All functions of a script, read until nothing new turns up.

What a function is given depends on its callers, and what its callers get on the function,
so all are read again and again, each time with what was found before.
"""

import types
from typing import Any

import attrs

from epic_actors.core.footprints.tags import Method, Value, callee_of
from epic_actors.core.free import FreeNames
from epic_actors.core.functions import Function, Template
from epic_actors.core.machines.literal import LiteralMachine
from epic_actors.core.network.network import Network
from epic_actors.core.terms import App, Lam, LetRec, Term, Var
from epic_actors.observe.explaining.known import UNKNOWN, Known, Thing, merged
from epic_actors.observe.explaining.syntax import Syntax
from epic_actors.ownership import Ownership


ROUNDS = 10


@attrs.frozen
class Reason:
    """Why a step of a script waits, or that it does not.

    Attributes:
        function: The qualified name of the function it stands in.
        filename: The file.
        line: The line of the step.
        kind: `call`, `native`, `resource`, `unknown`, `value`, `whole`, `stream`,
            `decision`, `loop`, `try`, `store`, `aside` or `generator`.
        text: It, as a sentence.
        declare: What to declare so that it waits for less; empty if nothing is to be.
    """

    function: str
    filename: str
    line: int
    kind: str
    text: str
    declare: str = ""


@attrs.define(eq=False)
class State:
    """What is known of a loop, a join, or a function as a whole.

    Attributes:
        params: What it is given.
        result: What it gives.
        is_held: Its rounds wait for decisions.
    """

    params: list[Known] = attrs.field(factory=list)
    result: Any = None
    is_held: bool = False

    def give(self, args: list[Known]) -> None:
        """Take in arguments."""
        known = self.params or args
        self.params = [merged(a, b) for a, b in zip(known, args, strict=True)]


@attrs.define(eq=False)
class Part:
    """One function of the script, and what is found out of it.

    Attributes:
        inner: The same of its loops and joins.
        pending: How many of its steps wait for calls.
        held: What an undecided piece of it may have stored into.
        is_late: Some call of it has to wait.
        is_read: It was read at least once.
    """

    function: Function
    syntax: Syntax
    state: State = attrs.field(factory=State)
    inner: dict[int, State] = attrs.field(factory=dict)
    reasons: list[tuple[Reason, frozenset[str]]] = attrs.field(factory=list)
    pending: int = 0
    held: set[Thing] = attrs.field(factory=set)
    is_late: bool = False
    is_read: bool = False


class Survey:
    """The functions of one script."""

    def __init__(self, entry: types.FunctionType) -> None:
        ownership = Ownership(entry)
        self.owns = ownership.owns
        self.network = Network(
            ownership.translate, LiteralMachine(), runs_aside=ownership.runs_aside
        )
        self.free = FreeNames()
        self.parts: dict[int, Part] = {}
        self.things: dict[Any, Thing] = {}
        self.touched: dict[int, tuple[Any, Lam]] = {}
        self.loops: dict[int, Term] = {}
        self.others: dict[int, Reason] = {}

    def thing(self, key: Any, *, is_callers: bool = False) -> Thing:
        """The object that is made at, or first seen as, `key`."""
        found = self.things.get(key)
        if found is None:
            found = self.things[key] = Thing(is_callers)
        return found

    def part(self, function: Function) -> Part:
        """What is found out of a function."""
        found = self.parts.get(id(function.code))
        if found is None:
            cells = tuple(types.CellType() for _ in function.freevars)
            fn = types.FunctionType(
                function.code, function.namespace.values, function.name, None, cells
            )
            found = self.parts[id(function.code)] = Part(function, Syntax(fn))
        return found

    def as_term(self, name: str, lam: Lam) -> Term:
        """A loop, begun."""
        found = self.loops.get(id(lam))
        if found is None:
            begun = App(Var(name), tuple(map(Var, lam.params)))
            found = self.loops[id(lam)] = LetRec(name, lam, begun)
        return found

    def touched_by(
        self, function: Function, term: Term, names: dict[str, Any]
    ) -> tuple[bool, list[str]]:
        """Whether a piece may touch anything, and else what it may write."""
        kept = self.touched.get(id(term))
        if kept is None:
            bare = Lam((), term)
            lam = Lam(tuple(self.free.of(bare)), term)
            # Why: kept, or another term could take its identity.
            kept = self.touched[id(term)] = (bare, lam)
        lam = kept[1]
        callees = tuple([_callee(names.get(name)) for name in lam.params])
        summaries = self.network.summaries
        summaries.meet(function.namespace, ())
        found = summaries.settled(lambda: summaries.of(lam, callees))
        if found.everything:
            return True, []
        shown = {root for _, root in found.writes if root is not None}
        return False, sorted(
            root if isinstance(root, str) else root[1]
            for root in shown
            if not isinstance(root, str) or _is_object(root, names.get(root))
        )

    def signature(self) -> list[Any]:
        """All that was found out."""
        states = [s for p in self.parts.values() for s in (p.state, *p.inner.values())]
        found: list[Any] = [(list(s.params), s.result, s.is_held) for s in states]
        found += [(len(part.held), part.is_late) for part in self.parts.values()]
        return found + [dict(thing.slots) for thing in self.things.values()]


def _is_object(name: str, known: Any) -> bool:
    """Whether a name of the script stands for something that can be changed."""
    return "." not in name and isinstance(known, Known) and bool(known.things)


def _callee(known: Any) -> Any:
    """What calling a name calls, as summaries have it."""
    if not isinstance(known, Known):
        return None
    if known.method is not None:
        return Method(Value(), known.method[1])
    if isinstance(known.value, Template):
        return known.value
    return callee_of(known.value)


def given(survey: Survey, name: str, value: Any, kind: type | None) -> Known:
    """What is known of an argument of the script, or of a parameter nobody gives."""
    thing = survey.thing(("given", name), is_callers=True)
    if value is not UNKNOWN:
        kind = type(value)
    return Known(things=frozenset({thing}), kind=kind, value=value)

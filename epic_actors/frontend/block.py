"""A block of a term under construction, and the state of the variables at its end.

Theory of operation
    A block is a row of wrappings, each of which takes the term of everything after it:
    a `let`, a branch that leaves early, a function for what follows.  `finish` folds them
    from the end, so the length of a block costs no stack.
    `known` are the variables that have a term variable here, `sure` those of them that
    certainly have a value.  A variable written on several ways is passed on by each of
    them, in a pack, and is sure behind the `Meeting` if it was on all ways that came.
"""

import ast
from collections.abc import Callable, Sequence
from typing import TypeAlias

import attrs

from epic_actors.core.memory.places import STORED, TAKES_DICTIONARY
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
    Var,
)
from epic_actors.frontend.flow import Lives
from epic_actors.frontend.unit import Slot, Unit, at


Leave: TypeAlias = Callable[["Block"], Term]


def _nowhere(block: "Block") -> Term:
    raise AssertionError("no such exit here")


def _nothing_to_return(block: "Block", value: Term) -> Term:
    raise AssertionError("no such exit here")


def _nothing_to_yield(item: Term, rest: Var) -> Term:
    raise AssertionError("no such exit here")


@attrs.frozen
class Exits:
    """The tails of a block, by the way it is left, and what is live there."""

    falls: Leave = _nowhere
    returns: Callable[["Block", Term], Term] = _nothing_to_return
    breaks: Leave = _nowhere
    continues: Leave = _nowhere
    yields: Callable[[Term, Var], Term] = _nothing_to_yield
    lives: Lives = attrs.field(factory=Lives)


class Block:
    """Grows at its end; see the module's theory of operation."""

    def __init__(
        self, unit: Unit, exits: Exits, known: set[str], sure: set[str]
    ) -> None:
        self.unit = unit
        self.exits = exits
        self.known = known
        self.sure = sure
        self.tail: Term | None = None
        self.called: list[tuple[Term, str]] = []
        self._wraps: list[Callable[[Term], Term]] = []

    def inner(self, exits: Exits | None = None) -> "Block":
        """A block that begins in the state that this one is in."""
        exits = self.exits if exits is None else exits
        return Block(self.unit, exits, set(self.known), set(self.sure))

    def let(self, names: Sequence[str], value: Term, place: At | None = None) -> None:
        """Bind names for the rest of the block."""
        bound = tuple(names)
        self._wraps.append(lambda rest: Let(bound, value, rest, at=place))

    def temp(self, value: Term, node: ast.AST | None = None, stem: str = "t") -> Var:
        """Bind a value to a name of its own."""
        name = self.unit.fresh(stem)
        if isinstance(value, App) and not is_own(value.function):
            self.called.append((value.function, name))
        self.let((name,), value, value.at)
        return Var(name, at=value.at)

    def wrap(self, around: Callable[[Term], Term]) -> None:
        """Put something around everything that follows."""
        self._wraps.append(around)

    def define(self, name: str, function: Lam) -> None:
        """Bind a recursive function."""
        self._wraps.append(lambda rest: LetRec(name, function, rest, at=function.at))

    def guard(
        self, test: Term, *, then: Term | None = None, orelse: Term | None = None
    ) -> None:
        """Put everything that follows on the side of a branch that is not given."""
        self._wraps.append(
            lambda rest: If(test, then or rest, orelse or rest, at=test.at)
        )

    def join(self, name: str, params: tuple[str, ...], jumping: Term) -> None:
        """Make everything that follows a function, which `jumping` applies."""

        def wrap(rest: Term) -> Term:
            return Let((name,), Lam(params, rest, name=name), jumping, at=jumping.at)

        self._wraps.append(wrap)

    def finish(self, tail: Term | None = None) -> Term:
        """The whole block; by default it ends where control left it, or falls."""
        if tail is None:
            tail = self.exits.falls(self) if self.tail is None else self.tail
        for wrap in reversed(self._wraps):
            tail = wrap(tail)
        return tail

    # Variables

    def read(self, name: str, node: ast.AST) -> Term:
        """The value of a Python name."""
        unit, place = self.unit, at(node)
        slot = unit.slot(name)
        match slot.kind:
            case "plain":
                return self._read_plain(slot, name, place)
            case "cell" | "free":
                label = unit.label(name)
                return Prim("cell_get", (Var(slot.name),), label, at=place)
            case "global":
                found = unit.builtin(name)
                if found is not None:
                    if name in TAKES_DICTIONARY:
                        unit.namespace.dictionaries.add(name)
                    return Const(found, at=place)
                if name not in unit.namespace.values:
                    STORED.add((id(unit.namespace.values), name))
                return Prim("global", (), (unit.namespace, name), at=place)

    def _read_plain(self, slot: Slot, name: str, place: At | None) -> Term:
        value = self.held(slot.name, place)
        if slot.name not in self.sure:
            return Prim("bound", (value,), self.unit.label(name), at=place)
        # Why: a walrus later in the same expression would shadow the value read here.
        return self.temp(value) if name in self.unit.flow.walrus else value

    def held(self, name: str, place: At | None = None) -> Term:
        """What a term variable holds, be it nothing."""
        if name not in self.known:
            return Const(UNBOUND, at=place)
        return Var(name, at=place)

    def write(self, name: str, value: Term, node: ast.AST) -> None:
        """Assign to a Python name."""
        slot, place = self.unit.slot(name), at(node)
        if slot.kind == "plain":
            before = self.temp(Var(name)) if self.holds(name) else None
            self.let((slot.name,), value, place)
            self.now_bound(slot.name)
            if before is not None:
                self.release(name, before)
            return
        value = self.atom(value)
        if slot.kind == "global":
            STORED.add(name)
            key = (self.unit.namespace, name)
            self.temp(Prim("set_global", (value,), key, at=place))
        else:
            self.temp(Prim("cell_set", (Var(slot.name), value), name, at=place))

    def delete(self, name: str, node: ast.AST) -> None:
        """Take a Python name's value away; an error if it has none."""
        slot, place = self.unit.slot(name), at(node)
        match slot.kind:
            case "plain":
                if slot.name not in self.sure:
                    self.temp(Prim("bound", (self.held(name),), name, at=place))
                if self.holds(name):
                    self.release(name, Var(name))
                self.now_unbound(slot.name)
            case "cell" | "free":
                label = self.unit.label(name)
                self.temp(Prim("cell_del", (Var(slot.name),), label, at=place))
            case "global":
                STORED.add(name)
                key = (self.unit.namespace, name)
                self.temp(Prim("del_global", (), key, at=place))

    def holds(self, name: str) -> bool:
        """Whether a variable may be the only one that refers to a generator."""
        return name in self.unit.held and name in self.known

    def release(self, name: str, value: Var) -> None:
        """Let go of what a variable alone has referred to."""
        made = [part for code in self.unit.held[name] for part in (Const(code), value)]
        self.temp(Prim("release", (value, *made)))

    def atom(self, value: Term) -> Term:
        """A value as an atom, named if it is not one."""
        return value if isinstance(value, Var | Const) else self.temp(value)

    def now_bound(self, *names: str) -> None:
        """Note that variables have values."""
        self.known.update(names)
        self.sure.update(names)

    def now_unbound(self, *names: str) -> None:
        """Note that variables have none."""
        self.known.difference_update(names)
        self.sure.difference_update(names)


class Meeting:
    """Where several ways through a term come together.

    Attributes:
        names: The variables that each way passes on, in order.
        writes: All variables that a way may have written; the others of them are dead.
    """

    def __init__(
        self, unit: Unit, writes: frozenset[str], live: frozenset[str]
    ) -> None:
        self.names = unit.plain(writes & live)
        self.writes = writes
        self._sure: set[str] | None = None

    def arrive(self, block: Block) -> tuple[Term, ...]:
        """A way has come here: the values of its variables."""
        sure = block.sure.intersection(self.names)
        self._sure = sure if self._sure is None else self._sure & sure
        return tuple(block.held(name) for name in self.names)

    def packed(self, block: Block) -> Term:
        """The same, as the value of the way's block."""
        return pack(self.arrive(block))

    def settle(self, block: Block) -> None:
        """Everything came: the state of the variables from here on."""
        block.now_unbound(*self.writes)
        block.known.update(self.names)
        block.sure.update(self._sure or ())


def is_own(function: Term) -> bool:
    """Whether a function of the term is applied, such as a loop; these are no values."""
    if not isinstance(function, Var):
        return False
    stem, dot, _ = function.name.partition(".")
    return bool(dot) and stem != "t"


def pack(values: tuple[Term, ...]) -> Term:
    """The values of a block: one is itself, any other number is a pack."""
    return values[0] if len(values) == 1 else Prim("pack", values)


def jump(name: str, values: tuple[Term, ...], place: At | None = None) -> App:
    """The application of a loop or a join, in tail position."""
    return App(Var(name), values, at=place)

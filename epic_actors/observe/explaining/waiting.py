"""Reading a function's term for what each step waits for.

Theory of operation
    The term is walked once a round, without running anything; each name stands for what
    is `Known` of it.  The position of an `if` in the term says how far its decision
    reaches (see `core.terms`): as the value of a `let` it is a branch, in the tail of a
    loop's body it is the rest of the loop, in the tail of the function it is that.
    What an undecided branch or loop may touch is read off its summary, which is the one
    that the machine uses.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs

from epic_actors.core.functions import Function
from epic_actors.core.terms import (
    UNBOUND,
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
from epic_actors.observe.explaining import (
    callables,
    functions,
    operations,
    sentences,
    steps,
)
from epic_actors.observe.explaining.known import (
    NOTHING,
    UNKNOWN,
    Known,
    Thing,
    constant,
    either,
)
from epic_actors.observe.explaining.sentences import AT_ONCE, EVERY_ROUND
from epic_actors.observe.explaining.survey import Part, Reason, State, Survey


Names = dict[str, Any]


@attrs.frozen(eq=False)
class Inner:
    """A loop or a join, with the names it stands among."""

    name: str
    lam: Lam
    names: Names
    loop: State | None


@attrs.frozen
class Step:
    """Where in the source a step stands, and what it is called there."""

    key: int
    at: At | None
    name: str
    text: str
    shape: tuple[str | None, ...] = ()


class Reading:
    """One walk over one function."""

    def __init__(self, survey: Survey, part: Part) -> None:
        self.survey = survey
        self.part = part
        self.done: set[int] = set()
        self.begins = AT_ONCE
        self.loop: State | None = None
        self.lent: dict[Thing, tuple[str, int]] = {}
        self.stores: set[Thing] = set()
        self.held: set[Thing] = set()
        self.barrier = ""
        self.opaque = False
        self.tried: At | None = None

    def read(self) -> None:
        """Read the whole function."""
        part, lam = self.part, self.part.function.lam
        part.reasons.clear()
        part.pending = 0
        if part.function.is_generator:
            self.begins = "its item is asked for"
        elif part.is_late:
            self.begins = "it is called"
        names = {
            name: value.called(name)
            for name, value in zip(lam.params, part.state.params, strict=True)
        }
        found = self.block(lam.body, names, "function")
        part.state.result = both(part.state.result, found)
        part.held |= self.held

    def note(
        self,
        at: At | None,
        kind: str,
        text: str,
        needs: frozenset[str] = frozenset(),
        declare: str = "",
    ) -> None:
        """Say something of a line."""
        if at is not None:
            function = self.part.function
            where = function.qualname, function.filename, at.line
            self.part.reasons.append((Reason(*where, kind, text, declare), needs))

    # Terms

    def block(self, term: Term, names: Names, reach: str) -> Any:
        """Read a block; what is known of its value, or a list of that for a pack."""
        names = dict(names)
        while True:
            match term:
                case Let():
                    value = self.bound(term, names, reach)
                    bind(names, term.names, value)
                    term = term.body
                case LetRec():
                    names[term.name] = Inner(
                        term.name, term.function, dict(names), self.loop
                    )
                    term = term.body
                case _:
                    return self.step(term, names, reach)

    def bound(self, term: Let, names: Names, reach: str) -> Any:
        """Read the value of a `let`."""
        match term.value:
            case Lam() as lam:
                inner = Inner(term.names[0], lam, dict(names), self.loop)
                if inner.name.startswith("resume."):
                    self.applied(inner, [NOTHING] * len(lam.params), reach)
                return inner
            case Let() | LetRec() as block:
                goes_on = isinstance(term.body, App) and is_loop(term.body.function)
                return self.block(block, names, "round" if goes_on else "branch")
            case App(function=Var(name=name)) if isinstance(names.get(name), Inner):
                return self.step(term.value, names, "loop")
            case value:
                before = self.part.pending
                found = self.step(value, names, "branch")
                if term.names and term.names[0].startswith("signal."):
                    return self.signalled(term, found, self.part.pending > before)
                return found

    def signalled(self, term: Let, found: Any, busy: bool) -> Any:
        """How a `try` was left, which is known when it is over."""
        first, *rest = found if isinstance(found, list) else [found]
        if not busy or first.value is not UNKNOWN or term.value.at is None:
            return found
        self.tried = term.value.at
        needs = frozenset({f"the block of line {self.tried.line}"})
        first = attrs.evolve(first, needs=needs, role="signal")
        return [first, *rest] if rest else first

    def step(self, term: Term, names: Names, reach: str) -> Any:
        """Read a step, or the tail of a block."""
        match term:
            case Var(name=name):
                return names.get(name, NOTHING)
            case Const(value=value):
                return None if value is UNBOUND else constant(value)
            case Prim(op="pack"):
                return [self.step(a, names, reach) for a in term.arguments]
            case Prim():
                args = [self.known(a, names) for a in term.arguments]
                return self.prim(term, args)
            case App():
                return self.application(term, names, reach)
            case If():
                return self.choice(term, names, reach)
            case Try():
                return self.attempt(term, names)
            case Call():
                args = [self.known(a, names) for a in term.arguments]
                return self.call(constant(term.external), args, self.at_call(term))
            case _:
                return self.block(term, names, reach)

    def known(self, term: Term, names: Names) -> Known:
        """What is known of an argument."""
        found = self.step(term, names, "branch")
        return found if isinstance(found, Known) else NOTHING

    def application(self, term: App, names: Names, reach: str) -> Any:
        """Read a call of something of the script's, or a jump to a loop or join."""
        function = self.step(term.function, names, reach)
        args = [self.known(a, names) for a in term.arguments]
        if isinstance(function, Inner):
            return self.applied(function, args, reach)
        return self.call(function or NOTHING, args, self.at_call(term))

    def at_call(self, term: App | Call) -> Step:
        """What a call is called."""
        syntax = self.part.syntax
        shape = term.shape if isinstance(term, App) else ()
        name, text = syntax.callee(term.at), syntax.text(term.at)
        return Step(id(term), term.at, name, text, shape)

    def applied(self, inner: Inner, args: list[Known], reach: str) -> Any:
        """Read a loop or join, once a round, however many ways lead to it."""
        state = self.part.inner.setdefault(id(inner.lam), State())
        state.give(args)
        if id(inner.lam) not in self.done:
            self.done.add(id(inner.lam))
            outside, before = self.loop, self.begins
            if inner.name.startswith("loop."):
                self.loop, self.begins = state, self.in_rounds(state)
                self.twice(inner, state, reach)
            else:
                self.loop = inner.loop
                self.body(inner, state, reach)
            self.loop, self.begins = outside, before
        return state.result

    def twice(self, inner: Inner, state: State, reach: str) -> None:
        """Read a loop; again if a round leaves something that a later one waits for."""
        left, said, done = self.left(), len(self.part.reasons), set(self.done)
        self.body(inner, state, reach)
        if left != self.left():
            del self.part.reasons[said:]
            self.done = done
            self.body(inner, state, reach)

    def left(self) -> tuple[int, int]:
        """How much is held, and lent to calls."""
        return len(self.held), len(self.lent)

    def body(self, inner: Inner, state: State, reach: str) -> None:
        """Read the body of a loop or join."""
        params = zip(inner.lam.params, state.params, strict=True)
        names = {**inner.names, inner.name: inner, **dict(params)}
        state.result = both(state.result, self.block(inner.lam.body, names, reach))

    # Decisions

    def choice(self, term: If, names: Names, reach: str) -> Any:
        """Read an `if`, which may be undecided."""
        test = self.step(term.test, names, reach)
        test = test or NOTHING
        name = self.part.syntax.text(term.at)
        step = Step(id(term), term.at, name, name)
        test = operations.special(self, ("__bool__", "__len__"), [test], step) or test
        held = operations.settled(self, test)
        test = attrs.evolve(test, needs=test.needs | held)
        with self.behind(term, test, names, reach):
            then = self.block(term.then, names, reach)
            if test.role == "more":
                self.begins = self.after_rounds(term, test)
            orelse = self.block(term.orelse, names, reach)
        value = both(then, orelse)
        if reach != "branch":
            return value
        return pending(value, test.needs)

    @contextmanager
    def behind(self, term: If, test: Known, names: Names, reach: str) -> Iterator[None]:
        """Within, everything stands behind a decision."""
        before = self.begins
        outer, self.stores = self.stores, set()
        if test.needs and reach == "branch" and is_choice(term):
            self.begins = sentences.there(test.needs)
        elif test.needs:
            self.decided(term, test, names, reach)
        yield
        if test.needs:
            self.held |= self.stores
            if self.opaque and term.at is not None:
                self.barrier = f"line {term.at.line} is over"
        self.stores |= outer
        self.begins = before

    def decided(self, term: If, test: Known, names: Names, reach: str) -> None:
        """Note a decision, and how far it reaches."""
        at = term.at or self.tried
        line = 0 if at is None else at.line
        if self.part.syntax.is_choice(term.at):
            self.begins = sentences.there(test.needs)
            return
        self.part.pending += 1
        if self.loop is not None and reach in ("loop", "function"):
            self.loop.is_held = True
        if test.role == "more":
            besides = "" if reach == "function" else self.besides(self.loop_of(names))
            text = sentences.rounds(test.needs, besides, arriving=test.is_arriving)
            self.note(at, "loop", text, test.needs)
            self.begins = "its round begins"
            return
        if test.role == "signal":
            self.begins = f"{sentences.listed(test.needs)} is over"
            if reach != "branch":
                text = sentences.left(sentences.listed(test.needs), reach)
                self.note(at, "decision", text)
            return
        how = "rounds" if reach == "function" and self.loop is not None else reach
        about = (term, names) if reach == "branch" else self.loop_of(names)
        besides = "" if how in ("round", "rounds", "function") else self.besides(about)
        text = sentences.decision(how, test.needs, besides)
        self.note(at, "decision", text, test.needs)
        self.begins = f"line {line} is decided"

    def in_rounds(self, loop: State) -> str:
        """When the calls of a round begin that wait for nothing else."""
        if loop.is_held:
            return "its round begins"
        return self.begins if self.begins != AT_ONCE else EVERY_ROUND

    def after_rounds(self, term: If, test: Known) -> str:
        """When the calls behind a loop begin that wait for nothing else."""
        assert term.at is not None
        if test.needs or (self.loop is not None and self.loop.is_held):
            return f"the loop of line {term.at.line} is over"
        return AT_ONCE if self.begins == EVERY_ROUND else self.begins

    def loop_of(self, names: Names) -> Any:
        """The innermost loop around some names, as a term, and its names."""
        loops = [v for n, v in names.items() if n.startswith("loop.")]
        if not loops:
            return None
        inner = loops[-1]
        return self.survey.as_term(inner.name, inner.lam), inner.names

    def besides(self, about: Any) -> str:
        """What follows an undecided branch or loop and waits for it all the same."""
        if about is None:
            return ""
        everything, names = self.survey.touched_by(self.part.function, *about)
        self.opaque |= everything
        return sentences.besides([f"`{n}`" for n in names], everything=everything)

    def attempt(self, term: Try, names: Names) -> Any:
        """Read a `try`, or a `with`."""
        before = self.part.pending
        outer, self.stores = self.stores, set()
        body = self.block(term.body, names, "branch")
        if self.part.pending > before:
            self.held |= self.stores
        self.stores |= outer
        if self.part.pending > before and term.at is not None:
            function = self.part.function
            everything, held = self.survey.touched_by(function, term.body, names)
            shown = [] if everything else [f"`{n}`" for n in held]
            if shown or everything:
                self.note(term.at, "try", sentences.held(shown))
        return both(body, self.handler(term, names))

    def handler(self, term: Try, names: Names) -> Any:
        """Read what handles the errors of a `try`."""
        before = self.begins
        line = 0 if term.at is None else term.at.line
        self.begins = f"the block of line {line} has failed"
        caught = {**names, term.name: Known(role="error")}
        found = self.block(term.handler, caught, "branch")
        self.begins = before
        return found

    # Steps

    def prim(self, term: Prim, args: list[Known]) -> Any:
        """Read a primitive."""
        text = self.part.syntax.text(term.at)
        return steps.prim(self, term, args, Step(id(term), term.at, text, text))

    def call(self, function: Known, args: list[Known], step: Step) -> Known:
        """Read a call."""
        return callables.call(self, function, args, step)

    def own(self, function: Function, args: list[Known], step: Step) -> Known:
        """Read a call of a function of the script's that is only known by its term."""
        cells = [NOTHING] * len(function.freevars)
        return functions.own(self, function, cells, args, step)

    def another(self, part: Part) -> None:
        """Read another function."""
        Reading(self.survey, part).read()


def bind(names: Names, bound: tuple[str, ...], value: Any) -> None:
    """Bind the names of a `let`; what the script has a name for is called by it."""
    values = value if isinstance(value, list) else [value]
    if len(values) != len(bound):
        values = [either(v for v in values if isinstance(v, Known))] * len(bound)
    for name, one in zip(bound, values, strict=True):
        plain = name.partition(".")[0]
        own = "." not in name or plain not in MADE_UP
        names[name] = one.called(plain) if own and isinstance(one, Known) else one


MADE_UP = frozenset(
    {
        *("t", "it", "made", "loop", "join", "signal", "exc", "acc"),
        *("thrown", "sent", "more", "from", "resume"),
    }
)
"""How the names begin that stand in no script; others with a dot do in a comprehension."""


def is_choice(term: If) -> bool:
    """Whether this is an `and` or `or`, which may be its own test."""
    return term.test in (term.then, term.orelse)


def is_loop(term: Term) -> bool:
    """Whether this is a jump to the next round."""
    return isinstance(term, Var) and term.name.startswith("loop.")


def both(one: Any, other: Any) -> Any:
    """What is known of the value of two ways, either of which may have none."""
    if one is None or other is None:
        return one if other is None else other
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [both(a, b) for a, b in zip(one, other, strict=True)]
    flat = [
        v for pair in (one, other) for v in (pair if isinstance(pair, list) else [pair])
    ]
    return either(v for v in flat if isinstance(v, Known))


def pending(value: Any, needs: frozenset[str]) -> Any:
    """A value that is also to be decided."""
    if isinstance(value, list):
        return [pending(one, needs) for one in value]
    if not isinstance(value, Known):
        return value
    return attrs.evolve(value, needs=value.needs | needs, is_arriving=False)

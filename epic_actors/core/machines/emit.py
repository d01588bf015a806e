"""The fast machine's code: a unit of the term, emitted as one Python function.

Theory of operation
    Each `let` becomes an assignment to a local variable of the same name, each primitive
    the Python operation it stands for, so that code runs at native speed while the
    network is calm; otherwise it asks the machine (`operate`, `call`, …), which gives a
    value or a wire.  A branch on a wire either suspends the unit (a tail `if`: the rest
    of the unit hangs on it) or becomes a block of its own (`branch`: what follows goes
    on).  Loops are native loops; a loop that others may overtake is a unit of its own.

    Code that runs `once` in a run, outside of all loops in the script that it begins with,
    always asks the machine: to emit and compile the Python operations, and the tests
    whether all is calm, would take longer than what they save.

    Every node carries the user's position, so tracebacks, coverage and debuggers show
    the user's file.  Names of ours contain a dot, which Python source cannot.

Jumps: a tail application of a dotted name (a loop, a join) becomes an assignment to its
parameters and `continue`, `break`, or falling through to the join's code right after.

It is longer than most modules: branches, loops, joins and units refer to each other.
"""

import ast
import functools
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import attrs

from epic_actors.core.closures import RESUMES
from epic_actors.core.collecting import uncollected
from epic_actors.core.free import FreeNames, count_uses
from epic_actors.core.network.traces import PART, Mark
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
    spine,
)

from .emit_nodes import LOAD, NET, Code
from .emit_steps import OWNERS, PRIM_STEPS, RAISES, Steps
from .runtime import TRUTH
from .units import Unit


DECIDED = ".decided"
DECIDED_STEMS = ("thrown.", "inside.")
"""Parameters of resumptions that are never pending."""


@attrs.frozen
class Jump:
    """What a tail application of a loop or join becomes here.

    Attributes:
        params: The variables to assign.
        exit: `continue`, `break`, or nothing to fall through.
        stays: The variable that says that the loop is a careful one already; if it is
            not, and all is no longer calm, the loop is left to be gone on with carefully.
        flag: The variable that says, behind an inner loop, that the jump goes further.
    """

    params: tuple[str, ...]
    exit: type[ast.stmt] | None
    stays: str | None = None
    flag: str | None = None


class Tail:
    """Where the value of a block goes."""

    def __init__(self, names: tuple[str, ...] | None, leave: bool = False) -> None:
        self.names = names
        self.leave = leave


RETURN = Tail(None)
Uses: TypeAlias = Callable[[], Counter[str]]
"""How often each name is used in a unit."""


class Emitter(Steps):
    """Emits one unit."""

    def __init__(self, code: Code, unit: Unit) -> None:
        super().__init__(code, unit.lam.at)
        self.free = FreeNames()
        self.uses: Uses = functools.cache(lambda: count_uses(unit.lam))
        self.origin = unit.origin
        self.results = unit.count
        self.functions: dict[str, Lam | LetRec] = {}
        self.jumps: dict[str, Jump] = {}
        self.raised: set[str | None] = set()

    # Blocks

    def block(self, term: Term, tail: Tail) -> list[ast.stmt]:
        """The statements of a block; its value goes to `tail`."""
        out: list[ast.stmt] = []
        while True:
            if isinstance(term, Let):
                self.move(term.at or getattr(term.value, "at", None))
                if isinstance(term.value, Lam) and is_resumption(term.names[0]):
                    out += self.suspension(term.names[0], term.value)
                    term = term.body
                    continue
                if isinstance(term.value, Lam):
                    return out + self.join(term, term.value, tail)
                fused = method_call(term, self.uses)
                if fused is not None:
                    load, bound, called, names = fused
                    out += self.method_step(names, load, bound, called)
                    assert isinstance(term.body, Let)
                    term = term.body.body
                elif is_method(term, self.uses):
                    assert isinstance(term.value, Prim)
                    out += self.early_method_step(term.names[0], term.value)
                    term = term.body
                else:
                    out += self.let(term.names, term.value)
                    term = term.body
            elif isinstance(term, LetRec):
                self.functions[term.name] = term
                if self.is_tail_loop(term) and tail.names is None:
                    return out + self.loop(term, tail)
                term = term.body
            else:
                return out + self.tail(term, tail)

    def tail(self, term: Term, tail: Tail) -> list[ast.stmt]:
        """The last step of a block."""
        self.move(getattr(term, "at", None))
        if isinstance(term, If):
            return self.tail_if(term, tail)
        if isinstance(term, App) and isinstance(term.function, Var):
            jump = self.jumps.get(term.function.name)
            if jump is not None:
                return self.jump(jump, term.arguments)
        if isinstance(term, Prim) and term.op in RAISES:
            return self.raising(term)
        if tail.names is not None:
            leave: list[ast.stmt] = [ast.Break(**self.where)] if tail.leave else []
            return self.let(tail.names, term) + leave
        if isinstance(term, Try) or self.is_internal(term) or is_resumed(term):
            names = tuple(self.fresh() for _ in range(self.results))
            first = self.name(names[0]) if len(names) == 1 else self.names(names)
            return [*self.let(names, term), *self.give(first)]
        if isinstance(term, Prim) and term.op in PRIM_STEPS:
            value = self.fresh()
            return [*self.prim_step((value,), term), *self.give(self.name(value))]
        return self.give(self.expression(term))

    def jump(self, jump: Jump, arguments: tuple[Term, ...]) -> list[ast.stmt]:
        """Go to a loop's next round or to a join."""
        pairs = [
            (name, value)
            for name, value in zip(jump.params, arguments, strict=True)
            if not (isinstance(value, Var) and value.name == name)
        ]
        out: list[ast.stmt] = []
        if len(pairs) == 1:
            out = self.assign((pairs[0][0],), self.atom(pairs[0][1]))
        elif pairs:
            values = self.tuple_of(self.atom(value) for _, value in pairs)
            out = self.assign(tuple(name for name, _ in pairs), values)
        return out + self.leave(jump) or [ast.Pass(**self.where)]

    def leave(self, jump: Jump) -> list[ast.stmt]:
        """Go where a jump goes, now that the variables are assigned."""
        out: list[ast.stmt] = []
        if jump.flag is not None:
            self.raised.add(jump.flag)
            out += self.assign((jump.flag,), ast.Constant(True, **self.where))
        if jump.stays is not None:
            # Why: a native loop does not look before it takes the next item.
            test = self.either(self.calm(), self.name(jump.stays))
            leave: list[ast.stmt] = [ast.Break(**self.where)]
            out.append(self.when(self.negation(test), leave))
        if jump.exit is not None:
            out.append(jump.exit(**self.where))
        return out

    def join(self, step: Let, lam: Lam, tail: Tail) -> list[ast.stmt]:
        """A join: the code that may go there, then the join's own."""
        [name] = step.names
        self.functions[name] = lam
        around = self.jumps
        if tail.names is None and not self.passes_by(step.body):
            self.jumps = {**around, name: Jump(lam.params, None)}
            first = self.block(step.body, tail)
            self.jumps = around
            return first + self.block(lam.body, tail)
        # Why: in a block within a block, a value must skip the join, as must a jump to
        # a join further out; one round of a loop gives them a place to break to.
        inside = {n: self.outward(jump, skips=True) for n, jump in around.items()}
        self.jumps = {**inside, name: Jump(lam.params, None)}
        body = self.block(step.body, Tail(tail.names, leave=tail.names is not None))
        self.jumps = inside
        body += self.block(lam.body, Tail(tail.names))
        self.jumps = around
        once = self.target(self.fresh())
        loop = ast.For(once, self.name(".ONCE"), body, [], **self.where)
        leave: list[ast.stmt] = [ast.Break(**self.where)] if tail.leave else []
        far = [(inside[n].flag, jump) for n, jump in around.items()]
        return self.flagged(far, [loop], leave)

    def passes_by(self, term: Term) -> bool:
        """Whether code in front of a join falls through to one further out."""
        used = self.free.of(term).keys() & self.jumps.keys()
        return any(self.jumps[name].exit is None for name in used)

    def tail_if(self, term: If, tail: Tail) -> list[ast.stmt]:
        """A branch on which the rest of the block hangs."""
        if isinstance(term.test, Const):
            return self.block(term.then if term.test.value else term.orelse, tail)
        assert isinstance(term.test, Var)
        name = self.fresh()
        out = self.assign((name,), self.name(term.test.name))
        if term.test.name.startswith(DECIDED_STEMS):
            return [*out, self.arms(name, term, tail)]
        undecided = self.undecided(name)
        if tail.names is None:
            out.append(self.when(undecided, self.suspend(name, term)))
            return [*out, self.arms(name, term, tail)]
        hoisted = self.hoist(term, name, tail.names)
        if tail.leave:
            hoisted.append(ast.Break(**self.where))
        return [*out, self.when(undecided, hoisted, [self.arms(name, term, tail)])]

    def undecided(self, name: str) -> ast.expr:
        """Whether a test is pending; on the way it becomes a bool, or a wire."""
        cls = self.class_of(self.name(name))
        other = self.compare(cls, ast.IsNot(), self.name(".bool"))
        truth = self.call(".truth", self.name(NET), self.name(name))
        decided = ast.NamedExpr(self.target(name), truth, **self.where)
        wire = self.compare(self.class_of(decided), ast.Is(), self.name(".Wire"))
        if self.once:
            return self.both(other, wire)
        return self.both(self.negation(self.quiet(TRUTH.loud)), other, wire)

    def arms(self, name: str, term: If, tail: Tail) -> ast.stmt:
        """The two sides of a decided branch."""
        place = self.place
        then = self.block(term.then, tail)
        orelse = self.block(term.orelse, tail)
        self.move(place)
        return self.when(self.name(name), then, orelse)

    def suspend(self, name: str, term: Term) -> list[ast.stmt]:
        """Wait for a test; afterwards no variable in use holds a wire that is set."""
        truth = self.call(".truth", self.name(NET), self.name(name))
        out = self.wait(name) + self.assign((name,), truth)
        # Why: the truth of a value that has arrived may itself have to wait.
        again = self.when(self.is_wire(name), self.wait(name))
        return [*out, again, *self.resettle(self.live(term))]

    def resettle(self, names: Iterable[str]) -> list[ast.stmt]:
        """Replace variables that hold a wire by its value, now that time has passed."""
        return [
            stmt
            for name in names
            for stmt in self.assign(
                (name,), self.call(".settled", self.name(NET), self.name(name))
            )
        ]

    def live(self, *terms: Term) -> Any:
        """The variables that a continuation uses."""
        found: dict[str, None] = {}
        queue, seen = list(terms), set()
        while queue:
            for name in self.free.of(queue.pop()):
                if name in self.functions:
                    if name not in seen:
                        seen.add(name)
                        queue.append(self.functions[name])
                else:
                    found[name] = None
        return found.keys()

    # Loops

    def is_tail_loop(self, term: LetRec) -> bool:
        """Whether a loop is the last thing its block does."""
        body = term.body
        return (
            isinstance(body, App)
            and isinstance(body.function, Var)
            and body.function.name == term.name
        )

    def loop(self, term: LetRec, tail: Tail) -> list[ast.stmt]:
        """A loop that ends its block, as a native loop."""
        assert isinstance(term.body, App)
        lam = term.function
        around, once, self.once = self.jumps, self.once, False
        out = self.look() if once else []
        out += self.jump(Jump(lam.params, None), term.body.arguments)
        self.jumps = {name: self.outward(jump) for name, jump in around.items()}
        far = [(self.jumps[name].flag, jump) for name, jump in around.items()]
        self.jumps[term.name] = Jump(lam.params, ast.Continue)
        cursor = cursor_of(lam)
        place = self.place
        if cursor is not None:
            looping = self.for_loop(term.name, cursor, lam, tail, around)
        else:
            kept = self.fresh()
            looped = ast.Attribute(self.name(NET), "looping", LOAD, **self.where)
            out += self.assign((kept,), looped)
            body = [self.pausing(lam, kept), *self.block(lam.body, tail)]
            self.move(place)
            forever = ast.Constant(True, **self.where)
            looped = ast.Attribute(self.name(NET), "looping", ast.Store(), **self.where)
            after = ast.Assign([looped], self.name(kept), **self.where)
            looping = [ast.While(forever, body, [], **self.where), after]
        self.jumps, self.once = around, once
        return out + self.flagged(far, looping, [])

    def pausing(self, lam: Lam, around: str) -> ast.stmt:
        """Let others go first, if a loop is far ahead of what is pending."""
        self.generator = True
        far = ast.Attribute(self.name(NET), "must_pause_inside", LOAD, **self.where)
        must = ast.Call(far, [self.name(around)], [], **self.where)
        nothing = ast.Constant(None, **self.where)
        pause = [self.expr(ast.Yield(nothing, **self.where)), *self.look()]
        pause += self.resettle([*lam.params, *self.live(lam)])
        return self.when(self.both(self.negation(self.calm()), must), pause)

    def outward(self, jump: Jump, *, skips: bool = False) -> Jump:
        """A jump as it is done from inside one more loop, behind which code may follow."""
        if jump.exit is None and not skips:
            return attrs.evolve(jump, exit=ast.Break)
        # Why: Python leaves one loop at a time, so behind it a flag says to go on.
        return Jump(jump.params, ast.Break, flag=self.fresh())

    def flagged(
        self,
        far: list[tuple[str | None, Jump]],
        looping: list[ast.stmt],
        otherwise: list[ast.stmt],
    ) -> list[ast.stmt]:
        """A loop, and behind it the jumps that go further than out of it."""
        before: list[ast.stmt] = []
        for flag, jump in far:
            if flag is not None and flag in self.raised:
                before += self.assign((flag,), ast.Constant(False, **self.where))
                further = self.when(self.name(flag), self.leave(jump), otherwise)
                otherwise = [further]
        return [*before, *looping, *otherwise]

    def for_loop(
        self, loop: str, cursor: str, lam: Lam, tail: Tail, around: dict[str, Jump]
    ) -> list[ast.stmt]:
        """A `for`: over the native iterator while all is calm, then over the walk."""
        assert isinstance(lam.body, Let)
        test = lam.body.body
        assert isinstance(test, If)
        assert isinstance(test.then, Let)
        out = self.ready(cursor, lam)
        items, careful = self.fresh(), self.fresh()
        plain = not self.free.of(lam).keys() & around.keys()
        calm = self.calm() if plain else ast.Constant(False, **self.where)
        native = ast.Attribute(self.name(cursor), "iterator", LOAD, **self.where)
        out += self.assign((careful,), self.negation(calm))
        out += self.assign((items,), self.choice(calm, native, self.name(cursor)))
        if plain:
            self.jumps[loop] = attrs.evolve(self.jumps[loop], stays=careful)
        place = self.place
        target, body = self.round(lam, test, tail)
        self.move(place)
        inside, self.jumps = self.jumps, around
        orelse = self.block(test.orelse, tail)
        self.jumps = inside
        self.move(place)
        each = ast.For(target, self.name(items), body, orelse, **self.where)
        if not plain:
            return [*out, each]
        switch = self.assign((careful,), ast.Constant(True, **self.where))
        switch += self.assign((items,), self.name(cursor))
        forever = ast.Constant(True, **self.where)
        return [*out, ast.While(forever, [each, *switch], [], **self.where)]

    def ready(self, cursor: str, lam: Lam) -> list[ast.stmt]:
        """Wait for what is iterated over."""
        waiting = self.wait(cursor) + self.resettle([*lam.params, *self.live(lam)])
        return [self.when(self.is_wire(cursor), waiting)]

    def round(self, lam: Lam, test: If, tail: Tail) -> tuple[ast.expr, list[ast.stmt]]:
        """One round of a `for`: the target, and the body after a look for pauses."""
        first = test.then
        assert isinstance(first, Let)
        self.move(getattr(first.value, "at", None))
        item = target = first.names[0]
        if item in lam.params or item in self.live(test.orelse):
            target = self.fresh()
        self.generator = True
        waits = ast.Attribute(self.name(NET), "waits_for", LOAD, **self.where)
        paused: list[ast.stmt] = [
            self.expr(ast.Yield(waits, **self.where)),
            *self.look(),
            # Why: a body that always leaves the loop does not say what stands behind it.
            *self.resettle((self.live(first.body) - {item}) | self.live(test.orelse)),
            ast.Continue(**self.where),
        ]
        pause = self.compare(self.name(target), ast.Is(), self.name(".PAUSE"))
        body = [self.when(pause, paused)]
        if target != item:
            body += self.assign((item,), self.name(target))
        return self.target(target), body + self.block(first.body, tail)

    # Lets

    def let(self, names: tuple[str, ...], value: Term) -> list[ast.stmt]:
        """One step of a block."""
        match value:
            case If():
                return self.let_if(names, value)
            case Let() | LetRec():
                return self.inner_block(names, value)
            case Try():
                return self.attempt(names, value)
            case Prim(op="pack") if len(names) != 1:
                if [a.name for a in value.arguments if isinstance(a, Var)] == [*names]:
                    return []
                return self.assign(
                    names, self.tuple_of(map(self.atom, value.arguments))
                )
            case Prim():
                return self.prim_step(names, value)
            case App() if self.is_internal(value):
                return self.loop_call(names, value)
            case App() if is_resumed(value):
                return self.resume(names, value)
            case App(function=Var(name=bound)) if bound in self.methods:
                return self.late_method_step(names, *self.methods[bound], value)
            case App():
                return self.apply_step(names, value)
            case Call():
                return self.assign(names, self.expression(value)) + self.look()
            case _:
                return self.assign(names, self.expression(value))

    def inner_block(self, names: tuple[str, ...], value: Term) -> list[ast.stmt]:
        """A block in the place of a value."""
        around, self.jumps = self.jumps, {}
        out = self.block(value, Tail(names))
        self.jumps = around
        return out

    def let_if(self, names: tuple[str, ...], term: If) -> list[ast.stmt]:
        """A branch that does not carry on with the rest: the rest need not wait."""
        around, self.jumps = self.jumps, {}
        out = self.tail_if(term, Tail(names))
        self.jumps = around
        return out

    def is_internal(self, term: Term) -> bool:
        """Whether a term applies one of the term's own functions."""
        return (
            isinstance(term, App)
            and isinstance(term.function, Var)
            and term.function.name in self.functions
        )

    # Units inside this one

    def closed(self, term: Term) -> Term:
        """`term` with the loops and joins it goes to put around it."""
        wrapped, missing = term, dict(self.free.of(term))
        for name in reversed(self.functions):
            if name in missing:
                made = self.functions[name]
                if isinstance(made, LetRec):
                    wrapped = LetRec(name, made.function, wrapped)
                    missing.update(self.free.of(made.function))
                else:
                    wrapped = Let((name,), made, wrapped)
                    missing.update(self.free.of(made))
        return wrapped

    def unit(
        self,
        params: tuple[str, ...],
        body: Term,
        results: tuple[str, ...],
        at: At | None,
    ) -> tuple[str, list[str]]:
        """The name of a unit for `body`, and the variables it is to be given."""
        body = self.closed(body)
        given = [name for name in self.free.of(body) if name not in params]
        lam = Lam((*params, *given), body, name=self.origin.name, at=at)
        unit = Unit(lam, self.origin, compile_unit, len(results), once=self.once)
        return self.code.constant(unit, "u"), given

    def names(self, given: Iterable[str]) -> ast.expr:
        """A tuple of variables."""
        return self.tuple_of(self.name(name) for name in given)

    def count(self, names: tuple[str, ...]) -> ast.expr:
        """How many results there are."""
        return ast.Constant(len(names), **self.where)

    def hoist(self, term: If, name: str, names: tuple[str, ...]) -> list[ast.stmt]:
        """An undecided branch, as a block of its own."""
        at = At(*self.where.values())
        body = If(Var(DECIDED), term.then, term.orelse, at=at)
        unit, given = self.unit((DECIDED,), body, names, at)
        made = self.call(
            ".branch",
            self.name(NET),
            self.name(name),
            self.name(unit),
            self.count(names),
            self.names(given),
        )
        return self.assign(names, made) + self.look()

    def attempt(self, names: tuple[str, ...], term: Try) -> list[ast.stmt]:
        """A `try`."""
        at = At(*self.where.values())
        body, given = self.unit((), term.body, names, at)
        handler, taken = self.unit((term.name,), term.handler, names, at)
        made = self.call(
            ".attempt",
            self.name(NET),
            self.name(body),
            self.name(handler),
            self.count(names),
            self.names(given),
            self.names(taken),
        )
        return self.assign(names, made) + self.look()

    def suspension(self, name: str, lam: Lam) -> list[ast.stmt]:
        """What follows a `yield`, as a unit of its own, made once for all ways to it."""
        unit = self.origin.parts.get(id(lam))
        if unit is None:
            body = self.closed(lam.body)
            given = [name for name in self.free.of(body) if name not in lam.params]
            whole = Lam((*lam.params, *given), body, name=self.origin.name, at=lam.at)
            unit = self.origin.parts[id(lam)] = Unit(whole, self.origin, compile_unit)
        made = self.call(
            ".suspended",
            self.name(self.code.constant(unit, "u")),
            self.names(unit.lam.params[len(lam.params) :]),
        )
        return self.assign((name,), made)

    def resume(self, names: tuple[str, ...], term: App) -> list[ast.stmt]:
        """The application of what follows a `yield`."""
        made = self.call(
            ".resume",
            self.name(NET),
            self.count(names),
            self.name(self.code.constant(self.origin, "f")),
            self.atom(term.function),
            *map(self.atom, term.arguments),
        )
        return self.assign(names, made) + self.look()

    def loop_call(self, names: tuple[str, ...], term: App) -> list[ast.stmt]:
        """A loop that the rest of the block may overtake, as a unit of its own."""
        assert isinstance(term.function, Var)
        made = self.functions[term.function.name]
        lam = made.function if isinstance(made, LetRec) else made
        again = App(term.function, tuple(map(Var, lam.params)), at=term.at)
        unit, given = self.unit(lam.params, again, names, term.at or lam.at)
        args = [*map(self.atom, term.arguments), *map(self.name, given)]
        run = self.call(
            ".run_unit", self.name(NET), self.name(unit), self.count(names), *args
        )
        return self.assign(names, run) + self.look()


def is_resumption(name: str) -> bool:
    """Whether a name stands for what follows a `yield`."""
    return name.startswith(RESUMES)


def is_resumed(term: Term) -> bool:
    """Whether a term applies what follows a `yield`."""
    if not (isinstance(term, App) and isinstance(term.function, Var)):
        return False
    return is_resumption(term.function.name)


def is_method(term: Let, uses: Uses) -> bool:
    """Whether an attribute of a likely type is loaded just to be called further on."""
    load = term.value
    if not (isinstance(load, Prim) and load.op == "getattr" and load.static in OWNERS):
        return False
    bound, obj = term.names[0], load.arguments[0]
    if not isinstance(obj, Var) or not is_temporary(bound):
        return False
    # Why: a `release` may ask further on what has been called.
    if uses()[bound] != 1:
        return False
    for step in spine(term.body):
        if not isinstance(step, Let) or obj.name in step.names:
            return False
        if isinstance(step.value, App) and step.value.function == Var(bound):
            return not step.value.shape
        given = getattr(step.value, "arguments", ())
        if any(isinstance(value, Var) and value.name == bound for value in given):
            return False
    return False


def method_call(term: Let, uses: Uses) -> tuple[Prim, str, App, tuple[str, ...]] | None:
    """The parts of `let t = obj.name in let x = t(…)` where the name tells the type."""
    load, after = term.value, term.body
    if not isinstance(after, Let) or not isinstance(load, Prim):
        return None
    called = after.value
    if load.op != "getattr" or load.static not in OWNERS or len(term.names) != 1:
        return None
    if not isinstance(called, App) or called.shape or len(after.names) != 1:
        return None
    bound = term.names[0]
    if called.function != Var(bound) or not is_temporary(bound):
        return None
    # Why: a `release` may ask further on what has been called.
    if uses()[bound] != 1:
        return None
    return load, bound, called, after.names


def is_temporary(name: str) -> bool:
    """Whether a name stands for an intermediate value."""
    return "." in name


def cursor_of(lam: Lam) -> str | None:
    """The cursor of a loop that is a `for`, else None."""
    step = lam.body
    if not (isinstance(step, Let) and isinstance(step.value, Prim)):
        return None
    if step.value.op != "advance" or not isinstance(step.body, If):
        return None
    cursor = step.value.arguments[0]
    assert isinstance(cursor, Var)
    return cursor.name


def compile_unit(unit: Unit) -> tuple[Any, bool]:
    """Emit and compile a unit; the function, and whether it is a generator."""
    with uncollected():
        # Why: in a call of its own, so that the emitted tree is gone by the end.
        return _compiled(unit)


def _compiled(unit: Unit) -> tuple[Any, bool]:
    lam = unit.lam
    emitter = Emitter(Code(), unit)
    emitter.once = unit.once
    body = emitter.block(lam.body, RETURN)
    emitter.move(lam.at)
    body = emitter.look() + body
    emitter.listen()
    if is_handler(lam):
        body = emitter_handler(emitter, lam, body)
    return build(emitter, unit, body), emitter.generator


def is_handler(lam: Lam) -> bool:
    """Whether a unit handles an exception: its first parameter is the exception."""
    return bool(lam.params) and lam.params[0].startswith("exc.")


def emitter_handler(emitter: Emitter, lam: Lam, body: list[ast.stmt]) -> list[ast.stmt]:
    """Run a handler where CPython would: while the exception is being handled."""
    error = emitter.name(lam.params[0])
    raising = ast.Raise(error, None, **emitter.where)
    # Why: raised while another one is being handled, it would be that one's successor.
    context = ast.Attribute(error, "__context__", LOAD, **emitter.where)
    kept = emitter.assign((".context",), context)
    restore = ast.Expr(
        emitter.call(".retrace", error, emitter.name(".context")), **emitter.where
    )
    catch = ast.ExceptHandler(
        emitter.name(".BaseException"), None, [restore, *body], **emitter.where
    )
    return [*kept, ast.Try([raising], [catch], [], [], **emitter.where)]


def build(emitter: Emitter, unit: Unit, body: list[ast.stmt]) -> Any:
    """Compile the statements to a function with our constants in its closure."""
    where, names, origin = emitter.where, emitter.code.names, unit.origin
    qualname = origin.qualname + ("" if unit.lam is origin.lam else PART)
    params = [NET, *unit.lam.params]
    inner = ast.FunctionDef(".unit", _arguments(params, where), body, [], **where)
    give = ast.Return(ast.Name(".unit", LOAD, **where), **where)
    outer = ast.FunctionDef(
        ".make", _arguments([*names], where), [inner, give], [], **where
    )
    module = ast.Module([outer], [])
    for definition in (inner, outer):
        # Why: Python 3.12 wants the field, 3.11 does not know it.
        setattr(definition, "type_params", [])  # noqa: B010
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        compiled = compile(module, origin.filename, "exec", dont_inherit=True)
    [make] = (c for c in compiled.co_consts if isinstance(c, types.CodeType))
    make = make.replace(
        co_consts=tuple(
            c.replace(co_name=origin.name, co_qualname=qualname)
            if isinstance(c, types.CodeType)
            else c
            for c in make.co_consts
        )
    )
    function = types.FunctionType(make, origin.namespace.values)(*names.values())
    code = function.__code__
    marked = (*code.co_consts, Mark(origin.is_generator))
    function.__code__ = code.replace(co_consts=marked)
    return function


def _arguments(names: list[str], where: dict[str, Any]) -> ast.arguments:
    args = [ast.arg(name, None, **where) for name in names]
    return ast.arguments([], args, None, [], [], None, [])

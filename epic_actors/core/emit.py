"""The fast machine's code: a unit of the term, emitted as one Python function.

Theory of operation
    Each `let` becomes an assignment to a local variable of the same name, each primitive
    the Python operation it stands for, so that code runs at native speed while the
    network is calm; otherwise it asks the machine (`operate`, `call`, …), which gives a
    value or a wire.  A branch on a wire either suspends the unit (a tail `if`: the rest
    of the unit hangs on it) or becomes a block of its own (`branch`: what follows goes
    on).  Loops are native loops; a loop that others may overtake is a unit of its own.

    Every node carries the user's position, so tracebacks, coverage and debuggers show
    the user's file.  Names of ours contain a dot, which Python source cannot.

Jumps: a tail application of a dotted name (a loop, a join) becomes an assignment to its
parameters and `continue`, `break`, or falling through to the join's code right after.
"""

import ast
import types
import warnings
from collections.abc import Iterable
from typing import Any

import attrs

from .effects import BUILTINS, prim_effect
from .free import FreeNames
from .operations import Function
from .reach import PLAIN
from .runtime import RUNTIME, STORED
from .terms import (
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
from .traces import PART
from .units import Unit


NET = ".net"
DECIDED = ".decided"
RAISES = ("raise", "reraise")
_BINARY: dict[str, ast.operator] = {
    "add": ast.Add(),
    "sub": ast.Sub(),
    "mul": ast.Mult(),
    "truediv": ast.Div(),
    "floordiv": ast.FloorDiv(),
    "mod": ast.Mod(),
    "pow": ast.Pow(),
    "matmul": ast.MatMult(),
    "lshift": ast.LShift(),
    "rshift": ast.RShift(),
    "and": ast.BitAnd(),
    "or": ast.BitOr(),
    "xor": ast.BitXor(),
}
_COMPARE: dict[str, ast.cmpop] = {
    "lt": ast.Lt(),
    "le": ast.LtE(),
    "eq": ast.Eq(),
    "ne": ast.NotEq(),
    "gt": ast.Gt(),
    "ge": ast.GtE(),
}
_MEMBER: dict[str, ast.cmpop] = {"in": ast.In(), "not_in": ast.NotIn()}
_IDENTITY: dict[str, ast.cmpop] = {"is": ast.Is(), "is_not": ast.IsNot()}
_UNARY: dict[str, ast.unaryop] = {
    "neg": ast.USub(),
    "pos": ast.UAdd(),
    "invert": ast.Invert(),
    "not": ast.Not(),
}
_INPLACE = {"i" + op: node for op, node in _BINARY.items()}
_LOAD, _STORE = ast.Load(), ast.Store()
_LITERALS = (int, float, complex, str, bytes, bool, type(None), type(...))


@attrs.frozen
class Jump:
    """What a tail application of a loop or join becomes here."""

    params: tuple[str, ...]
    exit: type[ast.stmt] | None


class Tail:
    """Where the value of a block goes."""

    def __init__(self, names: tuple[str, ...] | None, leave: bool = False) -> None:
        self.names = names
        self.leave = leave


RETURN = Tail(None)


class Code:
    """The constants of one compilation: what the emitted code refers to by dotted name."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = dict(RUNTIME)
        self._known: dict[int, str] = {id(v): k for k, v in RUNTIME.items()}
        self._effects: dict[Any, str] = {}

    def constant(self, value: Any, hint: str = "c") -> str:
        """The name under which the code finds `value`."""
        name = self._known.get(id(value))
        if name is None:
            name = f".{hint}{len(self.names)}"
            self.names[name] = value
            self._known[id(value)] = name
        return name

    def effect(self, op: str, static: Any) -> str:
        """The name of the effect of a primitive."""
        try:
            key = (op, static)
            known = self._effects.get(key)
        except TypeError:
            return self.constant(prim_effect(op, static), "e")
        if known is None:
            known = self._effects[key] = self.constant(prim_effect(op, static), "e")
        return known


class Emitter:
    """Emits one unit."""

    def __init__(
        self, code: Code, free: FreeNames, origin: Function, results: int, at: At | None
    ) -> None:
        self.code = code
        self.free = free
        self.origin = origin
        self.results = results
        self.counter = 0
        self.generator = False
        self.functions: dict[str, Lam | LetRec] = {}
        self.jumps: dict[str, Jump] = {}
        self.cursors: set[str] = set()
        self.where: dict[str, int] = {}
        self.move(at or At(1, 0, 1, 0))

    # Nodes

    def move(self, at: At | None) -> None:
        """Stand at this place of the user's source."""
        if at is not None:
            self.where = {
                "lineno": at.line,
                "col_offset": at.column,
                "end_lineno": at.end_line,
                "end_col_offset": at.end_column,
            }

    def name(self, name: str) -> ast.expr:
        """A variable or one of our constants."""
        return ast.Name(name, _LOAD, **self.where)

    def target(self, name: str) -> ast.expr:
        """A variable to assign to."""
        return ast.Name(name, _STORE, **self.where)

    def literal(self, value: Any) -> ast.expr:
        """A constant."""
        if type(value) in _LITERALS:
            return ast.Constant(value, **self.where)
        return self.name(self.code.constant(value))

    def atom(self, term: Term) -> ast.expr:
        """A variable or constant of the term."""
        if isinstance(term, Var):
            return self.name(term.name)
        assert isinstance(term, Const), f"not an atom: {term!r}"
        return self.literal(term.value)

    def call(self, function: str, *args: ast.expr) -> ast.expr:
        """A call of one of our functions."""
        return ast.Call(self.name(function), list(args), [], **self.where)

    def tuple_of(self, items: Iterable[ast.expr]) -> ast.expr:
        """A tuple display."""
        return ast.Tuple(list(items), _LOAD, **self.where)

    def calm(self) -> ast.expr:
        """Whether nothing is pending."""
        return ast.Attribute(self.name(NET), "calm", _LOAD, **self.where)

    def class_of(self, value: ast.expr) -> ast.expr:
        """The class of a value."""
        return ast.Attribute(value, "__class__", _LOAD, **self.where)

    def compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
        """A comparison."""
        return ast.Compare(left, [op], [right], **self.where)

    def is_wire(self, name: str) -> ast.expr:
        """Whether a variable holds a wire."""
        return self.compare(
            self.class_of(self.name(name)), ast.Is(), self.name(".Wire")
        )

    def choice(self, test: ast.expr, then: ast.expr, orelse: ast.expr) -> ast.expr:
        """A conditional expression."""
        return ast.IfExp(test, then, orelse, **self.where)

    def when(
        self, test: ast.expr, then: list[ast.stmt], orelse: list[ast.stmt] | None = None
    ) -> ast.stmt:
        """An `if` statement."""
        return ast.If(test, then or [ast.Pass(**self.where)], orelse or [], **self.where)

    def assign(self, names: tuple[str, ...], value: ast.expr) -> list[ast.stmt]:
        """Bind the names of a `let`."""
        if not names:
            return [ast.Expr(value, **self.where)]
        if len(names) == 1:
            target = self.target(names[0])
        else:
            targets = [self.target(name) for name in names]
            target = ast.Tuple(targets, _STORE, **self.where)
        return [ast.Assign([target], value, **self.where)]

    # Blocks

    def block(self, term: Term, tail: Tail) -> list[ast.stmt]:
        """The statements of a block; its value goes to `tail`."""
        out: list[ast.stmt] = []
        while True:
            if isinstance(term, Let):
                self.move(term.at or getattr(term.value, "at", None))
                if isinstance(term.value, Lam):
                    return out + self.join(term, term.value, tail)
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
        if isinstance(term, Try) or self.is_internal(term):
            names = tuple(self.fresh() for _ in range(self.results))
            first = self.name(names[0]) if len(names) == 1 else self.names(names)
            return [*self.let(names, term), *self.give(first)]
        return self.give(self.expression(term))

    def give(self, value: ast.expr) -> list[ast.stmt]:
        """Return the unit's value."""
        return [ast.Return(value, **self.where)]

    def fresh(self) -> str:
        """A new variable of ours."""
        self.counter += 1
        return f".v{self.counter}"

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
        if jump.exit is not None:
            out.append(jump.exit(**self.where))
        return out or [ast.Pass(**self.where)]

    def join(self, step: Let, lam: Lam, tail: Tail) -> list[ast.stmt]:
        """A join: the code that may go there, then the join's own."""
        [name] = step.names
        self.functions[name] = lam
        around = self.jumps
        if tail.names is None:
            self.jumps = {**around, name: Jump(lam.params, None)}
            first = self.block(step.body, tail)
            self.jumps = around
            return first + self.block(lam.body, tail)
        # Why: in a block within a block, a value must skip the join; one round of a
        # loop gives it a place to break to.
        self.jumps = {**around, name: Jump(lam.params, None)}
        inner = Tail(tail.names, leave=True)
        body = self.block(step.body, inner)
        self.jumps = around
        body += self.block(lam.body, Tail(tail.names))
        once = self.target(self.fresh())
        loop = ast.For(once, self.name(".ONCE"), body, [], **self.where)
        leave: list[ast.stmt] = [ast.Break(**self.where)] if tail.leave else []
        return [loop, *leave]

    def tail_if(self, term: If, tail: Tail) -> list[ast.stmt]:
        """A branch on which the rest of the block hangs."""
        if isinstance(term.test, Const):
            return self.block(term.then if term.test.value else term.orelse, tail)
        name, tested = self.fresh(), self.test(term.test)
        out = self.assign((name,), self.name(tested)) + self.decide(name)
        if tail.names is None:
            self.generator = True
            out.append(self.when(self.is_wire(name), self.suspend(name, term)))
            return [*out, self.arms(name, term, tail)]
        hoisted = self.hoist(term, name, tail.names)
        if tail.leave:
            hoisted.append(ast.Break(**self.where))
        return [*out, self.when(self.is_wire(name), hoisted, [self.arms(name, term, tail)])]

    def arms(self, name: str, term: If, tail: Tail) -> ast.stmt:
        """The two sides of a decided branch."""
        where = self.where
        then = self.block(term.then, tail)
        orelse = self.block(term.orelse, tail)
        self.where = where
        return self.when(self.name(name), then, orelse)

    def test(self, term: Term) -> str:
        """The variable that holds a test."""
        assert isinstance(term, Var)
        return term.name

    def decide(self, name: str) -> list[ast.stmt]:
        """Make a test a bool, or a wire while it is pending."""
        boolean = self.compare(
            self.class_of(self.name(name)), ast.IsNot(), self.name(".bool")
        )
        truth = self.call(".truth", self.name(NET), self.name(name))
        return [self.when(boolean, self.assign((name,), truth))]

    def suspend(self, name: str, term: Term) -> list[ast.stmt]:
        """Wait for a test; afterwards no variable in use holds a wire that is set."""
        wait = ast.Yield(self.name(name), **self.where)
        out = self.assign((name,), wait)
        out += self.decide(name)
        return out + self.resettle(self.live(term))

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
        around = self.jumps
        out = self.jump(Jump(lam.params, None), term.body.arguments)
        self.jumps = {
            name: attrs.evolve(jump, exit=ast.Break) if jump.exit is None else jump
            for name, jump in around.items()
        }
        self.jumps[term.name] = Jump(lam.params, ast.Continue)
        cursor = cursor_of(lam)
        where = self.where
        if cursor is not None:
            out += self.for_loop(cursor, lam, tail, around)
        else:
            body = self.block(lam.body, tail)
            self.where = where
            forever = ast.Constant(True, **self.where)
            out.append(ast.While(forever, body, [], **self.where))
        self.jumps = around
        return out

    def for_loop(
        self, cursor: str, lam: Lam, tail: Tail, around: dict[str, Jump]
    ) -> list[ast.stmt]:
        """A `for`: natively, over the cursor."""
        step = lam.body
        assert isinstance(step, Let)
        test = step.body
        assert isinstance(test, If)
        assert isinstance(test.then, Let)
        first = test.then
        where = self.where
        self.move(first.value.at if isinstance(first.value, Prim) else None)
        item = target = first.names[0]
        outlives = item in lam.params or item in self.live(test.orelse)
        if outlives:
            target = self.fresh()
        self.generator = True
        pause = self.compare(self.name(target), ast.Is(), self.name(".PAUSE"))
        waits = ast.Attribute(self.name(NET), "waits_for", _LOAD, **self.where)
        paused: list[ast.stmt] = [
            ast.Expr(ast.Yield(waits, **self.where), **self.where),
            *self.resettle(self.live(first.body) - {item}),
            ast.Continue(**self.where),
        ]
        body = [self.when(pause, paused)]
        if outlives:
            body += self.assign((item,), self.name(target))
        body += self.block(first.body, tail)
        self.where = where
        inside, self.jumps = self.jumps, around
        orelse = self.block(test.orelse, tail)
        self.jumps = inside
        self.where = where
        name = self.fresh()
        ready = self.assign((name,), self.name(cursor))
        waiting = self.assign((name,), ast.Yield(self.name(name), **self.where))
        waiting += self.resettle([*lam.params, *self.live(lam)])
        ready.append(self.when(self.is_wire(name), waiting))
        return [
            *ready,
            ast.For(self.target(target), self.name(name), body, orelse, **self.where),
        ]

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
            case Prim(op="pack"):
                if [a.name for a in value.arguments if isinstance(a, Var)] == [*names]:
                    return []
                return self.assign(names, self.tuple_of(map(self.atom, value.arguments)))
            case Prim():
                return self.prim_step(names, value)
            case App() if self.is_internal(value):
                return self.loop_call(names, value)
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
        unit = Unit(lam, self.origin, compile_unit, len(results))
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
        return self.assign(names, made)

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
        return self.assign(names, made)

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
        return self.assign(names, run)

    # Expressions

    def expression(self, term: Term) -> ast.expr:
        """A simple term as an expression."""
        self.move(getattr(term, "at", None))
        match term:
            case Var() | Const():
                return self.atom(term)
            case Prim(op="pack"):
                return self.tuple_of(map(self.atom, term.arguments))
            case Prim():
                return self.prim(term)
            case App():
                return self.apply(term)
            case Call():
                args = self.tuple_of(map(self.atom, term.arguments))
                external = self.literal(term.external)
                keywords = ast.Dict([], [], **self.where)
                return self.call(".request", self.name(NET), external, args, keywords)
            case _:
                raise AssertionError(f"not an expression: {type(term).__name__}")

    def apply(self, term: App) -> ast.expr:
        """A call of the script's."""
        args = [self.atom(argument) for argument in term.arguments]
        function = self.atom(term.function)
        if term.shape:
            shape = self.name(self.code.constant(term.shape, "s"))
            return self.call(".call_shaped", self.name(NET), shape, function, *args)
        careful = self.call(".call", self.name(NET), function, *args)
        if isinstance(term.function, Const) and is_simple_builtin(term):
            native = ast.Call(function, args, [], **self.where)
            return self.choice(self.calm(), native, careful)
        return careful

    def careful(self, term: Prim) -> ast.expr:
        """A primitive by way of the machine."""
        effect = self.name(self.code.effect(term.op, term.static))
        args = map(self.atom, term.arguments)
        return self.call(".operate", self.name(NET), effect, *args)

    def all_plain(self, arguments: tuple[Term, ...]) -> ast.expr:
        """Whether the operation is native anyway: all is calm, or all operands plain."""
        checks: list[ast.expr] = [
            self.compare(self.class_of(self.atom(a)), ast.In(), self.name(".PLAIN"))
            for a in arguments
            if not (isinstance(a, Const) and type(a.value) in PLAIN)
        ]
        if not checks:
            return self.calm()
        both = checks[0] if len(checks) == 1 else ast.BoolOp(ast.And(), checks, **self.where)
        return ast.BoolOp(ast.Or(), [self.calm(), both], **self.where)

    def prim(self, term: Prim) -> ast.expr:
        """A primitive."""
        op, args = term.op, term.arguments
        if op in _BINARY:
            left, right = map(self.atom, args)
            native: ast.expr = ast.BinOp(left, _BINARY[op], right, **self.where)
            return self.choice(self.all_plain(args), native, self.careful(term))
        if op in _COMPARE:
            left, right = map(self.atom, args)
            native = self.compare(left, _COMPARE[op], right)
            return self.choice(self.all_plain(args), native, self.careful(term))
        if op in _UNARY:
            native = ast.UnaryOp(_UNARY[op], self.atom(args[0]), **self.where)
            return self.choice(self.all_plain(args), native, self.careful(term))
        native_or_none = self.native(term)
        if native_or_none is None:
            return self.careful(term)
        return self.choice(self.calm(), native_or_none, self.careful(term))

    def native(self, term: Prim) -> ast.expr | None:
        """The Python expression of a primitive for when all is calm, if there is one."""
        op, args = term.op, term.arguments
        if op in _MEMBER:
            left, right = map(self.atom, args)
            return self.compare(left, _MEMBER[op], right)
        if op in _IDENTITY:
            left, right = (self.wrapped(self.atom(a)) for a in args)
            return self.compare(left, _IDENTITY[op], right)
        if op == "getitem":
            return ast.Subscript(self.atom(args[0]), self.atom(args[1]), _LOAD, **self.where)
        if op == "tuple" and term.static is None:
            return self.tuple_of(map(self.atom, args))
        if op == "list" and term.static is None:
            return ast.List(list(map(self.atom, args)), _LOAD, **self.where)
        if op == "dict" and term.static is None:
            keys = list(map(self.atom, args[::2]))
            values = list(map(self.atom, args[1::2]))
            return ast.Dict(keys, values, **self.where)
        return None

    def wrapped(self, value: ast.expr) -> ast.expr:
        """An operand of `is`: literals go by name, or CPython warns."""
        if isinstance(value, ast.Constant) and value.value not in (None, True, False, ...):
            return self.name(self.code.constant(value.value))
        return value

    def prim_step(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """Primitives that are statements, or need more than an expression."""
        self.move(term.at)
        op, args = term.op, term.arguments
        if op in ("setitem", "list_append", "getattr", "setattr", "global", "bound"):
            return getattr(self, f"prim_{op}")(names, term)  # type: ignore[no-any-return]
        if op in _INPLACE:
            native = ast.BinOp(self.atom(args[0]), _INPLACE[op], self.atom(args[1]), **self.where)
            plain = self.compare(
                self.class_of(self.atom(args[0])), ast.In(), self.name(".PLAIN")
            )
            both = ast.BoolOp(ast.And(), [self.all_plain(args), plain], **self.where)
            return self.assign(names, self.choice(both, native, self.careful(term)))
        if op == "iter":
            walk = self.call(".walk", self.name(NET), self.atom(args[0]))
            return self.assign(names, walk)
        if op == "unpack":
            return self.unpack(names, term)
        if op == "await":
            return self.assign(
                names, self.call(".await_", self.name(NET), self.atom(args[0]))
            )
        if op in RAISES:
            return self.raising(term)
        if op in ("set_global", "del_global"):
            STORED.add(term.static[1])
        return self.assign(names, self.prim(term))

    def raising(self, term: Prim) -> list[ast.stmt]:
        """Raise, once it is known what."""
        out: list[ast.stmt] = []
        for argument in term.arguments:
            if isinstance(argument, Var):
                self.generator = True
                wait = ast.Yield(self.name(argument.name), **self.where)
                waiting = self.assign((argument.name,), wait)
                out.append(self.when(self.is_wire(argument.name), waiting))
        if term.op == "reraise":
            out.append(ast.Expr(self.careful(term), **self.where))
            return out
        error, cause = term.arguments
        given = isinstance(cause, Const) and cause.value is UNBOUND
        source = None if given else self.atom(cause)
        out.append(ast.Raise(self.atom(error), source, **self.where))
        return out

    def unpack(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        before, starred, after = term.static
        careful = self.assign(names, self.careful(term))
        if len(names) != before + starred + after:
            return careful
        targets = [self.target(name) for name in names]
        if starred:
            targets[before] = ast.Starred(targets[before], _STORE, **self.where)
        native = ast.Assign(
            [ast.List(targets, _STORE, **self.where)],
            self.atom(term.arguments[0]),
            **self.where,
        )
        return [self.when(self.calm(), [native], careful)]

    def prim_setitem(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        obj, key, value = map(self.atom, term.arguments)
        slot = ast.Subscript(obj, key, _STORE, **self.where)
        native = ast.Assign([slot], value, **self.where)
        careful = ast.Expr(self.careful(term), **self.where)
        return [self.when(self.calm(), [native], [careful])]

    def prim_list_append(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        made = self.call(".collect", self.name(NET), *map(self.atom, term.arguments))
        return [ast.Expr(made, **self.where)]

    def prim_getattr(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        [obj] = term.arguments
        native = ast.Attribute(self.atom(obj), term.static, _LOAD, **self.where)
        effect = self.name(self.code.effect("getattr", term.static))
        label = ast.Constant(term.static, **self.where)
        careful = self.call(".load", self.name(NET), effect, label, self.atom(obj))
        return self.assign(names, self.choice(self.simple(obj), native, careful))

    def simple(self, obj: Term) -> ast.expr:
        """Whether an attribute of `obj` is found without running Python code."""
        known = self.compare(
            self.class_of(self.atom(obj)), ast.In(), self.name(".SIMPLE")
        )
        return ast.BoolOp(ast.And(), [self.calm(), known], **self.where)

    def prim_setattr(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        obj, value = term.arguments
        slot = ast.Attribute(self.atom(obj), term.static, _STORE, **self.where)
        native = ast.Assign([slot], self.atom(value), **self.where)
        effect = self.name(self.code.effect("setattr", term.static))
        label = ast.Constant(term.static, **self.where)
        careful = self.call(
            ".store", self.name(NET), effect, label, self.atom(obj), self.atom(value)
        )
        other = ast.Expr(careful, **self.where)
        return [self.when(self.simple(obj), [native], [other])]

    def prim_global(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        _namespace, name = term.static
        shared = self.compare(
            ast.Constant(name, **self.where), ast.NotIn(), self.name(".STORED")
        )
        either = ast.BoolOp(ast.Or(), [self.calm(), shared], **self.where)
        made = self.choice(either, self.name(name), self.careful(term))
        return self.assign(names, made)

    def prim_bound(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        [value] = term.arguments
        if not isinstance(value, Var):
            return self.assign(names, self.careful(term))
        there = self.compare(self.atom(value), ast.IsNot(), self.name(".UNBOUND"))
        arrived = self.compare(
            self.class_of(self.atom(value)), ast.IsNot(), self.name(".Wire")
        )
        both = ast.BoolOp(ast.And(), [there, arrived], **self.where)
        return self.assign(names, self.choice(both, self.atom(value), self.careful(term)))


def is_simple_builtin(term: App) -> bool:
    """Whether a call is of a builtin that never calls back into the script."""
    assert isinstance(term.function, Const)
    function = term.function.value
    try:
        return function in BUILTINS and function in _DIRECT
    except TypeError:
        return False


_DIRECT = frozenset(
    {abs, bool, chr, divmod, float, hash, int, isinstance, len, ord, range, repr, round,
     str, type, id, list, tuple, zip, enumerate, reversed, bytes, hex, bin}
)  # fmt: skip


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
    lam = unit.lam
    code = Code()
    emitter = Emitter(code, FREE, unit.origin, unit.count, lam.at)
    body = emitter.block(lam.body, RETURN)
    emitter.move(lam.at)
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
    restore = ast.Expr(
        emitter.call(".retrace", emitter.name(lam.params[0])), **emitter.where
    )
    catch = ast.ExceptHandler(
        emitter.name(".BaseException"), None, [restore, *body], **emitter.where
    )
    return [ast.Try([raising], [catch], [], [], **emitter.where)]


def build(emitter: Emitter, unit: Unit, body: list[ast.stmt]) -> Any:
    """Compile the statements to a function with our constants in its closure."""
    where, names, origin = emitter.where, emitter.code.names, unit.origin
    qualname = origin.qualname + ("" if unit.lam is origin.lam else PART)
    params = [NET, *unit.lam.params]
    inner = ast.FunctionDef(".unit", _arguments(params, where), body, [], **where)
    give = ast.Return(ast.Name(".unit", _LOAD, **where), **where)
    outer = ast.FunctionDef(".make", _arguments([*names], where), [inner, give], [], **where)
    module = ast.Module([outer], [])
    if hasattr(inner, "type_params"):
        inner.type_params = outer.type_params = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        compiled = compile(module, origin.filename, "exec", dont_inherit=True)
    [make] = (c for c in compiled.co_consts if isinstance(c, types.CodeType))
    make = make.replace(
        co_consts=tuple(
            c.replace(co_name=origin.name, co_qualname=qualname) if isinstance(c, types.CodeType) else c
            for c in make.co_consts
        )
    )
    return types.FunctionType(make, origin.namespace.values)(*names.values())


def _arguments(names: list[str], where: dict[str, int]) -> ast.arguments:
    args = [ast.arg(name, None, **where) for name in names]
    return ast.arguments([], args, None, [], [], None, [])


FREE = FreeNames()

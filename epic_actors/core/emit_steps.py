"""Emitting steps: what one primitive or call becomes.

While the network is calm a step is the Python operation it stands for.  Otherwise the
machine performs it (`operate`, `call`, …), which gives a value or a wire; operations on
plain values are native all the same.

It is longer than most modules: there is a step for each kind of primitive.
"""

import ast
import types
from collections.abc import Callable
from typing import Any

from .effects import BUILTINS, METHODS
from .emit_nodes import LOAD, NET, STORE, Nodes
from .externals import External
from .protocols import DIRECT
from .reach import PLAIN
from .runtime import STORED
from .terms import UNBOUND, App, Call, Const, Prim, Term, Var


BINARY: dict[str, ast.operator] = {
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
INPLACE = {"i" + op: node for op, node in BINARY.items()}
COMPARE: dict[str, ast.cmpop] = {
    "lt": ast.Lt(),
    "le": ast.LtE(),
    "eq": ast.Eq(),
    "ne": ast.NotEq(),
    "gt": ast.Gt(),
    "ge": ast.GtE(),
}
MEMBER: dict[str, ast.cmpop] = {"in": ast.In(), "not_in": ast.NotIn()}
IDENTITY: dict[str, ast.cmpop] = {"is": ast.Is(), "is_not": ast.IsNot()}
UNARY: dict[str, ast.unaryop] = {
    "neg": ast.USub(),
    "pos": ast.UAdd(),
    "invert": ast.Invert(),
    "not": ast.Not(),
}
OPERATORS = {*BINARY, *COMPARE, *UNARY}
"""Operations that do nothing else on plain values."""
RAISES = ("raise", "reraise")
OWNERS: dict[str, frozenset[type]] = {
    name: frozenset(owner for owner in METHODS if name in METHODS[owner])
    for kind in (str, list, dict, set)
    for name in METHODS[kind]
    if name != "sort"
}
"""The builtin types that have a method of this name."""


class Steps(Nodes):
    """Emits the steps of a block that are not control."""

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
                keywords = ast.Dict([], [], **self.where)
                external = self.literal(term.external)
                return self.call(".request", self.name(NET), external, args, keywords)
            case _:
                raise AssertionError(f"not an expression: {type(term).__name__}")

    # Calls

    def apply(self, term: App) -> ast.expr:
        """A call of the script's."""
        args = [self.atom(argument) for argument in term.arguments]
        function = self.atom(term.function)
        if term.shape:
            shape = self.name(self.code.constant(term.shape, "s"))
            return self.call(".call_shaped", self.name(NET), shape, function, *args)
        return self.call(".call", self.name(NET), function, *args)

    def apply_step(self, names: tuple[str, ...], term: App) -> list[ast.stmt]:
        """A call as a statement: natively if it is of a builtin and all is calm."""
        self.move(term.at)
        careful = self.careful_apply(names, term)
        test = self.is_builtin(term)
        if test is None:
            return careful
        return [self.when(test, self.native_apply(names, term), careful)]

    def native_apply(self, names: tuple[str, ...], term: App) -> list[ast.stmt]:
        """A call as it stands."""
        args = [self.atom(argument) for argument in term.arguments]
        native = ast.Call(self.atom(term.function), args, [], **self.where)
        return self.assign(names, native)

    def careful_apply(self, names: tuple[str, ...], term: App) -> list[ast.stmt]:
        """A call by way of the machine."""
        return self.assign(names, self.apply(term)) + self.look()

    def is_builtin(self, term: App) -> ast.expr | None:
        """Whether a call is of a builtin, and all is calm; None if it surely is not."""
        if term.shape:
            return None
        if isinstance(term.function, Const):
            value = term.function.value
            return self.calm() if is_direct(value) else None
        if isinstance(term.function, Var) and term.function.name in self.scripted:
            return None
        function = self.atom(term.function)
        builtin = self.compare(self.class_of(function), ast.Is(), self.name(".BUILTIN"))
        owner = ast.Attribute(function, "__self__", LOAD, **self.where)
        quiet = self.compare(self.class_of(owner), ast.NotIn(), self.name(".CALLERS"))
        builtin = self.both(builtin, quiet)
        tests = [self.calm(), builtin]
        if len(term.arguments) > 1:
            reduce = self.name(".reduce")
            tests.append(self.compare(function, ast.IsNot(), reduce))
        return self.both(*tests)

    def method_step(
        self, names: tuple[str, ...], load: Prim, term: App
    ) -> list[ast.stmt]:
        """`obj.name(args)`, natively if `obj` is of a builtin type."""
        self.move(term.at)
        native = self.native_method(names, load, term)
        effect = self.name(self.code.effect(load.op, load.static))
        given = [effect, *self.method_args(load, term)]
        careful = self.assign(names, self.call(".invoke", self.name(NET), *given))
        test = self.both(self.calm(), self.is_likely(load))
        return [self.when(test, native, careful + self.look())]

    def method_args(self, load: Prim, term: App) -> list[ast.expr]:
        """The name of a method, its object, and what it is given."""
        name = ast.Constant(load.static, **self.where)
        return [name, self.atom(load.arguments[0]), *map(self.atom, term.arguments)]

    def native_method(
        self, names: tuple[str, ...], load: Prim, term: App
    ) -> list[ast.stmt]:
        """`obj.name(args)`, as it stands."""
        method = ast.Attribute(
            self.atom(load.arguments[0]), load.static, LOAD, **self.where
        )
        args = [self.atom(argument) for argument in term.arguments]
        return self.assign(names, ast.Call(method, args, [], **self.where))

    def is_likely(self, load: Prim) -> ast.expr:
        """Whether the object of a method is of a builtin type that has it."""
        cls = self.class_of(self.atom(load.arguments[0]))
        return self.compare(
            cls, ast.In(), self.name(self.code.constant(OWNERS[load.static], "k"))
        )

    def early_method_step(self, bound: str, load: Prim) -> list[ast.stmt]:
        """`obj.name` of a call whose arguments come in between: None for a native one."""
        self.move(load.at)
        self.methods[bound] = load
        nothing = self.assign((bound,), ast.Constant(None, **self.where))
        careful = self.assign((bound,), self.attribute_call(".load", load))
        return [self.when(self.is_likely(load), nothing, careful + self.look())]

    def late_method_step(
        self, names: tuple[str, ...], bound: str, term: App
    ) -> list[ast.stmt]:
        """The call of an early method step."""
        self.move(term.at)
        load, known = self.methods[bound], self.name(bound)
        none = self.compare(known, ast.Is(), ast.Constant(None, **self.where))
        native = self.native_method(names, load, term)
        careful = self.finish_method(names, bound, term)
        return [self.when(self.both(self.calm(), none), native, careful)]

    def finish_method(
        self, names: tuple[str, ...], bound: str, term: App
    ) -> list[ast.stmt]:
        """The call of an early method step by way of the machine."""
        load = self.methods[bound]
        name, *given = self.method_args(load, term)
        if load.static == "append" and len(given) == 2:
            made = self.call(".append", self.name(NET), self.name(bound), *given)
        else:
            made = self.call(".finish", self.name(NET), self.name(bound), name, *given)
        return self.assign(names, made) + self.look()

    # Primitives

    def careful(self, term: Prim) -> ast.expr:
        """A primitive by way of the machine."""
        effect = self.name(self.code.effect(term.op, term.static))
        args = map(self.atom, term.arguments)
        return self.call(".operate", self.name(NET), effect, *args)

    def is_plain(self, term: Term) -> ast.expr:
        """Whether a value is of a plain type."""
        return self.compare(
            self.class_of(self.atom(term)), ast.In(), self.name(".PLAIN")
        )

    def all_plain(self, arguments: tuple[Term, ...]) -> list[ast.expr]:
        """Tests whether all operands are plain, so that an operator is native anyway."""
        checks = [
            self.is_plain(argument)
            for argument in arguments
            if not (isinstance(argument, Const) and type(argument.value) in PLAIN)
        ]
        return [self.both(*checks)] if len(checks) > 1 else checks

    def prim(self, term: Prim) -> ast.expr:
        """A primitive as an expression."""
        native = self.native(term)
        if native is None:
            return self.careful(term)
        plain = self.all_plain(term.arguments) if term.op in OPERATORS else []
        test = self.either(self.calm(), *plain) if plain else self.calm()
        return self.choice(test, native, self.careful(term))

    def native(self, term: Prim) -> ast.expr | None:
        """The Python expression of a primitive for when all is calm, if there is one."""
        op, args = term.op, term.arguments
        if op in BINARY:
            left, right = map(self.atom, args)
            return ast.BinOp(left, BINARY[op], right, **self.where)
        if op in COMPARE:
            left, right = map(self.atom, args)
            return self.compare(left, COMPARE[op], right)
        if op in UNARY:
            return ast.UnaryOp(UNARY[op], self.atom(args[0]), **self.where)
        if op == "format":
            return self.formatted(term)
        if op in MEMBER:
            left, right = map(self.atom, args)
            return self.compare(left, MEMBER[op], right)
        if op in IDENTITY:
            left, right = (self.named(self.atom(a)) for a in args)
            return self.compare(left, IDENTITY[op], right)
        if op == "getitem":
            return ast.Subscript(
                self.atom(args[0]), self.atom(args[1]), LOAD, **self.where
            )
        if term.static is not None:
            return None
        if op == "tuple":
            return self.tuple_of(map(self.atom, args))
        if op == "list":
            return ast.List(list(map(self.atom, args)), LOAD, **self.where)
        if op == "dict":
            keys: list[ast.expr | None] = [self.atom(key) for key in args[::2]]
            return ast.Dict(keys, list(map(self.atom, args[1::2])), **self.where)
        return None

    def formatted(self, term: Prim) -> ast.expr | None:
        """A replacement field of an f-string."""
        if not is_plain_format(term):
            return None
        value, spec = term.arguments
        assert isinstance(spec, Const)
        assert isinstance(spec.value, str)
        conversion = ord(term.static) if term.static else -1
        given = [ast.Constant(spec.value, **self.where)] if spec.value else []
        made = ast.JoinedStr(list(given), **self.where) if given else None
        field = ast.FormattedValue(self.atom(value), conversion, made, **self.where)
        return ast.JoinedStr([field], **self.where)

    def named(self, value: ast.expr) -> ast.expr:
        """An operand of `is`: literals go by name, or CPython warns."""
        known = (None, True, False, ...)
        if isinstance(value, ast.Constant) and value.value not in known:
            return self.name(self.code.constant(value.value))
        return value

    def prim_step(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A primitive as statements."""
        self.move(term.at)
        step = PRIM_STEPS.get(term.op)
        if step is not None:
            return step(self, names, term)
        if term.op in NATIVE_STEPS and self.is_statement(names, term):
            native = self.native_step(names, term)
            return [self.when(self.calm(), native, self.careful_step(names, term))]
        return self.assign(names, self.prim(term))

    def is_statement(self, names: tuple[str, ...], term: Prim) -> bool:
        """Whether a primitive is a statement in Python."""
        return term.op != "unpack" or len(names) == sum(term.static)

    def native_step(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A primitive as it stands."""
        self.move(term.at)
        if term.op == "global":
            return self.assign(names, self.name(term.static[1]))
        step = NATIVE_STEPS.get(term.op)
        if step is not None:
            return step(self, names, term)
        native = self.native(term)
        assert native is not None
        return self.assign(names, native)

    def careful_step(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A primitive by way of the machine, unless it is an operator on plain values."""
        self.move(term.at)
        if term.op == "list_append":
            given = map(self.atom, term.arguments)
            return [self.expr(self.call(".collect", self.name(NET), *given))]
        if term.op == "global":
            return self.prim_global(names, term)
        value = self.careful(term)
        if term.op == "setitem":
            return [self.expr(value)]
        operator = INPLACE.get(term.op)
        if operator is not None or term.op in OPERATORS:
            plain = self.all_plain(term.arguments)
            if plain and operator is not None:
                left, right = map(self.atom, term.arguments)
                native: ast.expr | None = ast.BinOp(left, operator, right, **self.where)
            else:
                native = self.native(term)
            if plain and native is not None:
                value = self.choice(plain[0], native, value)
        return self.assign(names, value)

    def native_inplace(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """An augmented assignment."""
        left, right = map(self.atom, term.arguments)
        update = ast.AugAssign(
            self.target(names[0]), INPLACE[term.op], right, **self.where
        )
        return [*self.assign(names, left), update]

    def prim_iter(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """The start of an iteration."""
        walk = self.call(".walk", self.name(NET), self.atom(term.arguments[0]))
        return self.assign(names, walk)

    def prim_step_of(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A step of an iterator, by itself or for `yield from`."""
        args = map(self.atom, term.arguments)
        step = self.call(f".{term.op}", self.name(NET), *args)
        return self.assign(names, step) + self.look()

    def prim_aiter(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """The start of an `async for`."""
        walk = self.call(".aiter_", self.name(NET), *map(self.atom, term.arguments))
        return self.assign(names, walk) + self.look()

    def prim_context(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """An `async with` is entered or left."""
        made = self.call("." + term.op, self.name(NET), *map(self.atom, term.arguments))
        return self.assign(names, made) + self.look()

    def prim_await(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """`await`: calls are wires already."""
        wait = self.call(".await_", self.name(NET), self.atom(term.arguments[0]))
        return self.assign(names, wait) + self.look()

    def prim_set_global(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A store to a global, which makes loads of that name careful."""
        STORED.add(term.static[1])
        return self.assign(names, self.careful(term))

    def raising(self, term: Prim) -> list[ast.stmt]:
        """Raise, once it is known what."""
        out: list[ast.stmt] = []
        for argument in term.arguments:
            if isinstance(argument, Var):
                waiting = self.wait(argument.name)
                out.append(self.when(self.is_wire(argument.name), waiting))
        if term.op == "reraise":
            return [*out, self.expr(self.careful(term))]
        error, cause = term.arguments
        given = isinstance(cause, Const) and cause.value is UNBOUND
        source = None if given else self.atom(cause)
        return [*out, ast.Raise(self.atom(error), source, **self.where)]

    def prim_raise(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A `raise`."""
        return self.raising(term)

    def native_unpack(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """An unpacking assignment."""
        before, starred, _after = term.static
        targets: list[ast.expr] = [self.target(name) for name in names]
        if starred:
            targets[before] = ast.Starred(targets[before], STORE, **self.where)
        pattern = ast.List(targets, STORE, **self.where)
        return [ast.Assign([pattern], self.atom(term.arguments[0]), **self.where)]

    def native_setitem(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A store to an item."""
        obj, key, value = map(self.atom, term.arguments)
        slot = ast.Subscript(obj, key, STORE, **self.where)
        return [ast.Assign([slot], value, **self.where)]

    def native_append(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """An item of a comprehension."""
        items, item = map(self.atom, term.arguments)
        append = ast.Attribute(items, "append", LOAD, **self.where)
        return [self.expr(ast.Call(append, [item], [], **self.where))]

    def prim_getattr(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A load of an attribute."""
        [obj] = term.arguments
        native = ast.Attribute(self.atom(obj), term.static, LOAD, **self.where)
        careful = self.assign(names, self.attribute_call(".load", term)) + self.look()
        return [self.when(self.is_simple(obj), self.assign(names, native), careful)]

    def prim_setattr(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A store to an attribute."""
        obj, value = term.arguments
        slot = ast.Attribute(self.atom(obj), term.static, STORE, **self.where)
        native = ast.Assign([slot], self.atom(value), **self.where)
        careful = [self.expr(self.attribute_call(".store", term)), *self.look()]
        return [self.when(self.is_simple(obj), [native], careful)]

    def prim_delattr(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A deletion of an attribute."""
        return [self.expr(self.attribute_call(".delete", term)), *self.look()]

    def attribute_call(self, function: str, term: Prim) -> ast.expr:
        """A load or store of an attribute by way of the machine."""
        effect = self.name(self.code.effect(term.op, term.static))
        label = ast.Constant(term.static, **self.where)
        args = map(self.atom, term.arguments)
        return self.call(function, self.name(NET), effect, label, *args)

    def is_simple(self, obj: Term) -> ast.expr:
        """Whether an attribute of `obj` is found without running Python code."""
        known = self.compare(
            self.class_of(self.atom(obj)), ast.In(), self.name(".SIMPLE")
        )
        return self.both(self.calm(), known)

    def prim_global(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A load of a global: by its name, unless scripts assign it."""
        namespace, name = term.static
        if isinstance(namespace.values.get(name), types.FunctionType | External):
            # Why: if it is another one by the time of the call, that works all the same.
            self.scripted.update(names)
        label = ast.Constant(name, **self.where)
        shared = self.compare(label, ast.NotIn(), self.name(".STORED"))
        either = self.either(self.calm(), shared)
        return self.assign(
            names, self.choice(either, self.name(name), self.careful(term))
        )

    def prim_bound(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A read of a variable that may have no value yet."""
        [value] = term.arguments
        if not isinstance(value, Var):
            return self.assign(names, self.careful(term))
        there = self.compare(self.atom(value), ast.IsNot(), self.name(".UNBOUND"))
        arrived = self.compare(
            self.class_of(self.atom(value)), ast.IsNot(), self.name(".Wire")
        )
        both = self.both(there, arrived)
        return self.assign(
            names, self.choice(both, self.atom(value), self.careful(term))
        )


PrimStep = Callable[[Steps, tuple[str, ...], Prim], list[ast.stmt]]
PRIM_STEPS: dict[str, PrimStep] = {
    "getattr": Steps.prim_getattr,
    "setattr": Steps.prim_setattr,
    "delattr": Steps.prim_delattr,
    "global": Steps.prim_global,
    "bound": Steps.prim_bound,
    "iter": Steps.prim_iter,
    "aiter": Steps.prim_aiter,
    "async_enter": Steps.prim_context,
    "async_leave": Steps.prim_context,
    "await": Steps.prim_await,
    "delegate": Steps.prim_step_of,
    "step": Steps.prim_step_of,
    "release": Steps.prim_step_of,
    "raise": Steps.prim_raise,
    "reraise": Steps.prim_raise,
    "set_global": Steps.prim_set_global,
    "del_global": Steps.prim_set_global,
}
NATIVE_STEPS: dict[str, PrimStep] = {
    "setitem": Steps.native_setitem,
    "list_append": Steps.native_append,
    "unpack": Steps.native_unpack,
    **dict.fromkeys(INPLACE, Steps.native_inplace),
}


def is_plain_format(term: Prim) -> bool:
    """Whether the format of a replacement field is written there."""
    spec = term.arguments[1]
    return isinstance(spec, Const) and isinstance(spec.value, str)


def is_direct(function: Any) -> bool:
    """Whether a constant is a builtin that never calls back into the script."""
    try:
        return function in BUILTINS and function in DIRECT
    except TypeError:
        return False

"""Emitting steps: what one primitive or call becomes.

While the network is calm a step is the Python operation it stands for.  Otherwise the
machine performs it (`operate`, `call`, …), which gives a value or a wire; operations on
plain values are native all the same.
"""

import ast
from collections.abc import Callable
from typing import Any

from epic_actors.core.iteration.taking import takes_items
from epic_actors.core.memory.places import TAKES_DICTIONARY
from epic_actors.core.memory.reach import PLAIN
from epic_actors.core.tables.effects import BUILTINS, METHODS, Effect
from epic_actors.core.tables.protocols import DIRECT, bits_of
from epic_actors.core.terms import UNBOUND, App, Call, Const, Prim, Term, Var, is_made

from .emit_nodes import LOAD, NET, STORE, Nodes
from .runtime import ITERATED, STORED


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
RAISES = ("raise", "reraise")
DISPLAYS = ("tuple", "list", "dict")
KINDS = (str, list, dict, set)
OWNERS: dict[str, str] = {
    name: f".{kind.__name__}"
    for kind in reversed(KINDS)
    for name in METHODS[kind]
    if name != "sort"
}
"""The type that a method of this name is most likely of."""


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
        careful = self.assign(names, self.apply(term)) + self.look()
        test = self.is_builtin(term)
        if test is None:
            return careful
        args = [self.atom(argument) for argument in term.arguments]
        native = self.node(
            ast.Call, func=self.atom(term.function), args=args, keywords=[]
        )
        return [self.when(test, self.assign(names, native), careful)]

    def is_builtin(self, term: App) -> ast.expr | None:
        """Whether a builtin is called, and all is calm; None if that is not known here."""
        if self.once or term.shape or not isinstance(term.function, Const):
            return None
        value = term.function.value
        return self.quiet(BUILTINS[value].loud) if is_direct(value) else None

    def method_step(
        self, names: tuple[str, ...], load: Prim, bound: str, term: App
    ) -> list[ast.stmt]:
        """`obj.name(args)`, natively if `obj` is of the likeliest type."""
        self.move(term.at)
        other = self.bound_method(bound, load) + self.apply_step(names, term)
        builtin = self.builtin_method(names, load, term)
        return [self.when(self.is_likely(load), builtin, other)]

    def builtin_method(
        self, names: tuple[str, ...], load: Prim, term: App
    ) -> list[ast.stmt]:
        """`obj.name(args)` of an object of the likeliest type: natively if all is calm."""
        kind = next(k for k in KINDS if load.static in METHODS[k])
        effect = METHODS[kind][load.static]
        careful = self.assign(names, self.careful_method(kind, effect, load, term))
        if self.once:
            return careful
        loud = effect.loud | (ITERATED if takes_items(kind, load.static) else 0)
        return [
            self.when(self.quiet(loud), self.native_method(names, load, term), careful)
        ]

    def native_method(
        self, names: tuple[str, ...], load: Prim, term: App
    ) -> list[ast.stmt]:
        """`obj.name(args)`, as it stands."""
        method = self.attribute(self.atom(load.arguments[0]), load.static)
        args = [self.atom(argument) for argument in term.arguments]
        return self.assign(
            names, self.node(ast.Call, func=method, args=args, keywords=[])
        )

    def is_likely(self, load: Prim) -> ast.expr:
        """Whether the object of a method is of the likeliest type."""
        cls = self.class_of(self.atom(load.arguments[0]))
        return self.compare(cls, ast.Is(), self.name(OWNERS[load.static]))

    def early_method_step(self, bound: str, load: Prim) -> list[ast.stmt]:
        """`obj.name` of a call whose arguments come in between: None for a native one."""
        self.move(load.at)
        self.methods[bound] = (bound, load)
        if self.once:
            early = self.attribute_call(".early", load, self.name(OWNERS[load.static]))
            return self.assign((bound,), early)
        test = self.is_likely(load)
        nothing = self.assign((bound,), self.literal(None))
        return [self.when(test, nothing, self.bound_method(bound, load) + self.look())]

    def bound_method(self, bound: str, load: Prim) -> list[ast.stmt]:
        """`obj.name` of an object that is not of the likeliest type."""
        return self.assign((bound,), self.attribute_call(".load", load))

    def late_method_step(
        self, names: tuple[str, ...], bound: str, load: Prim, term: App
    ) -> list[ast.stmt]:
        """The call of an early method step."""
        self.move(term.at)
        known = self.compare(self.name(bound), ast.Is(), self.literal(None))
        builtin = self.builtin_method(names, load, term)
        return [self.when(known, builtin, self.apply_step(names, term))]

    def careful_method(
        self, kind: type, effect: Effect, load: Prim, term: App
    ) -> ast.expr:
        """A method of its likeliest type by way of the machine."""
        args = [self.atom(load.arguments[0]), *map(self.atom, term.arguments)]
        if load.static == "append" and len(args) == 2:
            return self.call(".append", self.name(NET), *args)
        known = self.name(self.code.constant(effect, "e"))
        if takes_items(kind, load.static):
            name = ast.Constant(load.static, **self.where)
            return self.call(".take_items", self.name(NET), known, name, *args)
        return self.call(".operate", self.name(NET), known, *args)

    # Primitives

    def careful(self, term: Prim) -> ast.expr:
        """A primitive by way of the machine."""
        effect = self.code.effect(term.op, term.static)
        self.loud |= self.code.names[effect].loud
        args = map(self.atom, term.arguments)
        return self.call(".operate", self.name(NET), self.name(effect), *args)

    def is_plain(self, term: Term) -> ast.expr:
        """Whether a value is of a plain type."""
        return self.compare(
            self.class_of(self.atom(term)), ast.In(), self.name(".PLAIN")
        )

    def all_plain(self, op: str, arguments: tuple[Term, ...]) -> ast.expr:
        """Whether an operation is native anyway: all is quiet, or all operands plain."""
        unsure = [
            argument
            for argument in arguments
            if not (isinstance(argument, Const) and type(argument.value) in PLAIN)
        ]
        quiet = self.quiet(bits_of(op))
        checks = [self.is_plain(argument) for argument in unsure]
        if len(checks) > 1:
            checks = [self.both(*checks)]
        return self.either(quiet, *checks) if checks else self.calm()

    def prim(self, term: Prim) -> ast.expr:
        """A primitive as an expression."""
        if self.once:
            return self.careful(term)
        native = self.native_if_plain(term)
        if native is not None:
            plain = self.all_plain(term.op, term.arguments)
            return self.choice(plain, native, self.careful(term))
        native = self.native(term)
        if native is None:
            return self.careful(term)
        quiet = self.quiet(0 if term.op in DISPLAYS else bits_of(term.op))
        return self.choice(quiet, native, self.careful(term))

    def native_if_plain(self, term: Prim) -> ast.expr | None:
        """The Python operation of an operator that does nothing else on plain values."""
        op, args = term.op, term.arguments
        if op in BINARY:
            left, right = map(self.atom, args)
            return self.node(ast.BinOp, left=left, op=BINARY[op], right=right)
        if op in COMPARE:
            left, right = map(self.atom, args)
            return self.compare(left, COMPARE[op], right)
        if op in UNARY:
            return ast.UnaryOp(UNARY[op], self.atom(args[0]), **self.where)
        return None

    def native(self, term: Prim) -> ast.expr | None:
        """The Python expression of a primitive for when all is calm, if there is one."""
        op, args = term.op, term.arguments
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
        if step is not None and not (self.once and term.op in SHORT_CUTS):
            return step(self, names, term)
        if term.op in INPLACE and not self.once:
            return self.prim_inplace(names, term)
        return self.assign(names, self.prim(term))

    def prim_inplace(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """An augmented assignment: in place where all is calm, or both sides are plain."""
        left, right = term.arguments
        operator = INPLACE[term.op]
        value = self.atom(right)
        native = self.assign(names, self.atom(left))
        update = ast.AugAssign(self.target(names[0]), operator, value, **self.where)
        both = self.both(self.is_plain(left), self.is_plain(right))
        careful = self.assign(names, self.careful(term))
        # Why: in place also for plain values, since the text of an error names the operator.
        natively = self.either(self.quiet(bits_of(term.op)), both)
        return [self.when(natively, [*native, update], careful)]

    def prim_iter(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """The start of an iteration."""
        made = ast.Constant(is_made(term), **self.where)
        walk = self.call(".walk", self.name(NET), *map(self.atom, term.arguments), made)
        self.loud |= bits_of("iter")
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

    def prim_unpack(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """An unpacking assignment."""
        before, starred, after = term.static
        careful = self.assign(names, self.careful(term))
        if len(names) != before + starred + after:
            return careful
        targets: list[ast.expr] = [self.target(name) for name in names]
        if starred:
            targets[before] = ast.Starred(targets[before], STORE, **self.where)
        pattern = ast.List(targets, STORE, **self.where)
        native = ast.Assign([pattern], self.atom(term.arguments[0]), **self.where)
        return [self.when(self.quiet(bits_of("unpack")), [native], careful)]

    def prim_setitem(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A store to an item."""
        obj, key, value = map(self.atom, term.arguments)
        slot = ast.Subscript(obj, key, STORE, **self.where)
        native = ast.Assign([slot], value, **self.where)
        careful = [self.expr(self.careful(term))]
        return [self.when(self.quiet(bits_of("setitem")), [native], careful)]

    def prim_list_append(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """An item of a comprehension."""
        items, item = map(self.atom, term.arguments)
        append = self.attribute(items, "append")
        native = self.expr(ast.Call(append, [item], [], **self.where))
        collect = self.call(".collect", self.name(NET), items, item)
        return [self.when(self.calm(), [native], [self.expr(collect)])]

    def prim_getattr(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A load of an attribute."""
        [obj] = term.arguments
        native = self.attribute(self.atom(obj), term.static)
        careful = self.assign(names, self.attribute_call(".load", term)) + self.look()
        if self.once or term.static in TAKES_DICTIONARY:
            return careful
        return [self.when(self.is_simple(obj), self.assign(names, native), careful)]

    def prim_setattr(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A store to an attribute."""
        obj, value = term.arguments
        slot = ast.Attribute(self.atom(obj), term.static, STORE, **self.where)
        native = ast.Assign([slot], self.atom(value), **self.where)
        careful = [self.expr(self.attribute_call(".store", term)), *self.look()]
        if self.once:
            return careful
        return [self.when(self.is_simple(obj), [native], careful)]

    def prim_delattr(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A deletion of an attribute."""
        return [self.expr(self.attribute_call(".delete", term)), *self.look()]

    def attribute_call(self, function: str, term: Prim, *more: ast.expr) -> ast.expr:
        """A load or store of an attribute by way of the machine."""
        effect = self.name(self.code.effect(term.op, term.static))
        label = self.literal(term.static)
        args = map(self.atom, term.arguments)
        return self.call(function, self.name(NET), effect, label, *args, *more)

    def is_simple(self, obj: Term) -> ast.expr:
        """Whether an attribute of `obj` is found without running Python code."""
        simple = self.attribute(self.name(NET), "simple")
        known = self.compare(self.class_of(self.atom(obj)), ast.In(), simple)
        return self.both(self.calm(), known)

    def prim_global(self, names: tuple[str, ...], term: Prim) -> list[ast.stmt]:
        """A load of a global: by its name, unless scripts assign it."""
        namespace, name = term.static
        key = self.literal(id(namespace.values)), self.literal(name)
        if self.once:
            effect = self.name(self.code.effect(term.op, term.static))
            load = self.call(".load_global", self.name(NET), effect, *key)
            return self.assign(names, load)
        constant = self.negation(self.call(".is_stored", *key))
        either = self.either(self.calm(), constant)
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


SHORT_CUTS = frozenset({"setitem", "unpack"})
"""Steps that are nothing but a primitive with a short cut."""
PrimStep = Callable[[Steps, tuple[str, ...], Prim], list[ast.stmt]]
PRIM_STEPS: dict[str, PrimStep] = {
    "setitem": Steps.prim_setitem,
    "list_append": Steps.prim_list_append,
    "getattr": Steps.prim_getattr,
    "setattr": Steps.prim_setattr,
    "delattr": Steps.prim_delattr,
    "global": Steps.prim_global,
    "bound": Steps.prim_bound,
    "unpack": Steps.prim_unpack,
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


def is_direct(function: Any) -> bool:
    """Whether a constant is a builtin that never calls back into the script."""
    try:
        return function in BUILTINS and function in DIRECT
    except TypeError:
        return False

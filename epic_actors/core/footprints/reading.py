"""Reading a term for what it may touch: one step after another, abstractly.

A `Reader` reads one function of the term until nothing new turns up; what it calls it
takes from the `Summaries`, in terms of the arguments.
It is longer than most modules: one method for each kind of step.
"""

import functools
import types
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from inspect import CO_ASYNC_GENERATOR
from io import TextIOWrapper
from types import NoneType
from typing import TYPE_CHECKING, Any

from epic_actors.core.closures import RESUMES, free_names
from epic_actors.core.functions import Function, Namespace, Template
from epic_actors.core.iteration.taking import takes_items, takes_steps
from epic_actors.core.language.lookup import (
    ACCESS,
    ANY_NAME,
    BARE_DESCRIPTORS,
    KEEPS,
    attribute,
    hook_names,
    is_data,
    script_of,
)
from epic_actors.core.memory.extent import EVERYWHERE
from epic_actors.core.memory.places import (
    STORED,
    STORED_IN_CLASSES,
    is_shared,
    is_stored,
    loaded,
    names_in,
    stored,
)
from epic_actors.core.memory.reach import PLAIN, is_atom
from epic_actors.core.memory.wire import deref
from epic_actors.core.network.externals import External, Order
from epic_actors.core.tables.effects import (
    BUILTINS,
    METHODS,
    READ_ONLY_NAMES,
    Effect,
    of_module,
)
from epic_actors.core.tables.protocols import (
    ARITHMETIC,
    MAPPING,
    PROTOCOLS,
    TAKES_ITEMS,
)
from epic_actors.core.tables.worldly import FILES
from epic_actors.core.terms import (
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

from .natives import (
    CALL,
    FORMATS,
    METHOD_CALLS,
    called,
    called_by,
    in_places,
    makes_functions,
    methods_called,
    spread,
)
from .tags import (
    CLOSURES,
    HELD_NUMBER,
    ITSELF,
    MADE,
    NEVER,
    NOTHING,
    NUMBER,
    PLAIN_VALUE,
    SHARED,
    UNKNOWN,
    Dictionary,
    Held,
    Method,
    Standing,
    Tag,
    Tags,
    Uncallable,
    Value,
    atom,
    callee_of,
    constant,
    dictionaries,
    held_in,
    inside,
    is_called,
    merged,
    same_callee,
    underlying,
)
from .touched import Summary


if TYPE_CHECKING:
    from .summary import Summaries

STORES = frozenset(
    [
        "setitem",
        "setattr",
        "cell_set",
        "list",
        "tuple",
        "dict",
        "merge",
        "set",
        "list_append",
        "set_add",
        "cell",
        "function",
        "iter",
        "iadd",
        "ior",
        "add",
        "getitem",
        "mul",
    ]
)
LOADS = frozenset(
    [
        "getitem",
        "getattr",
        "current",
        "delegate",
        "step",
        "unpack",
        "cell_get",
        "special",
        "iter",
    ]
)
MAKES = frozenset({"list", "tuple", "dict", "merge", "set", "add", "mul"})
APPENDING = frozenset({list.append, deque.append, bytearray.append})
BY_ATTRIBUTE = frozenset({"getattr", "setattr", "delattr"})
BY_NAME: dict[Any, str] = {
    getattr: "getattr",
    hasattr: "getattr",
    setattr: "setattr",
    delattr: "delattr",
}
"""Functions that are given the name of an attribute, and the access they are."""
RAISES = frozenset({"raise", "reraise"})
OF_FILES = FILES[TextIOWrapper]
ROUNDS = 12
_PLAIN = (NUMBER, Uncallable())
OPERAND = "operand"
"""The parameter of an operation, for all that it is given."""
OBJECT_METHODS = {
    hook: (op, getattr(object, hook)) for op, (*_, hook) in ACCESS.items()
}
"""What attribute hooks call in the end."""


def is_quiet(cls: type) -> bool:
    """Whether operators on the class's instances run no Python code of the script's."""
    return all(
        name in _LOUD_ENOUGH or not name.startswith("__")
        for base in cls.__mro__
        if base.__module__ != "builtins"
        for name, value in vars(base).items()
        if isinstance(value, types.FunctionType)
    )


_LOUD_ENOUGH = frozenset({"__init__", "__repr__", "__str__", "__post_init__"})


class Reader:
    """Reads one function of the term."""

    def __init__(self, summaries: "Summaries", summary: Summary) -> None:
        self.summaries = summaries
        self.summary = summary
        self.stored: set[Tag] = set()
        self.lams: dict[int, tuple[list[Value], Any, int]] = {}
        self.round = 0
        self.trying = 0

    def read(self, lam: Lam, callees: tuple[Any, ...]) -> None:
        """Read the body until nothing new turns up."""
        for self.round in range(ROUNDS):
            before = self._looked_at()
            names = {
                name: Value(frozenset({("is", name)}), own_callee(name, callee))
                for name, callee in zip(lam.params, callees, strict=True)
            }
            result = self.term(lam.body, names)
            returned = frozenset().union(*(v.tags for v in _values(result)))
            self.summary.returns |= returned | frozenset(self.stored)
            if self.summary.everything or before == self._looked_at():
                return
        self.summary.everything = True

    def _looked_at(self) -> tuple[Any, ...]:
        """Grows with what a further round would find other than the last one."""
        summary = self.summary
        put = sum(map(len, summary.put.values()))
        own = summary.size() if summary.circular else ()
        return len(self.stored), put, self._lam_sizes(), own

    def _lam_sizes(self) -> list[int]:
        return [
            sum(len(value.tags) for value in (*params, *_values(result)))
            for params, result, _ in self.lams.values()
        ]

    # Terms

    def term(self, term: Term, names: dict[str, Any]) -> Any:
        """The value of a term: a `Value`, or a list of them for a pack."""
        names = dict(names)
        while not self.summary.everything:
            match term:
                case Let():
                    self.bind(names, term.names, self.term_or_lam(term.value, names))
                    term = term.body
                case LetRec():
                    self.summary.endless |= not goes_over(term.function)
                    names[term.name] = (term.function, names)
                    term = term.body
                case _:
                    return self.tail(term, names)
        # Why: what may touch everything need not be read to its end.
        return Value(UNKNOWN)

    def term_or_lam(self, term: Term, names: dict[str, Any]) -> Any:
        """The value of what a `let` binds; a join is kept with its names."""
        if isinstance(term, Lam) and term.name.startswith(RESUMES):
            return self.resumption(term, names)
        if isinstance(term, Lam):
            return (term, names)
        if isinstance(term, Let | LetRec):
            return self.term(term, names)
        return self.tail(term, names)

    def bind(self, names: dict[str, Any], bound: tuple[str, ...], value: Any) -> None:
        """Bind the names of a `let`."""
        if len(bound) == 1:
            names[bound[0]] = value[0] if isinstance(value, list) else value
        elif isinstance(value, list) and len(value) == len(bound):
            names.update(zip(bound, value, strict=True))
        else:
            names.update(dict.fromkeys(bound, merged(_values(value))))

    def tail(self, term: Term, names: dict[str, Any]) -> Any:
        """The value of a step."""
        match term:
            case Var():
                return names.get(term.name, PLAIN_VALUE)
            case Const():
                return constant(term.value)
            case Prim(op="pack"):
                return [self.tail(a, names) for a in term.arguments]
            case Prim():
                return self.prim(term, [self.tail(a, names) for a in term.arguments])
            case Call():
                args = [self.tail(a, names) for a in term.arguments]
                return self.external(term.external, args)
            case App():
                return self.application(term, names)
            case If():
                self.special("truth", [self.tail(term.test, names)])
                then, orelse = (
                    self.term(term.then, names),
                    self.term(term.orelse, names),
                )
                return _either(then, orelse)
            case Try():
                return self.attempt(term, names)
            case _:
                return self.term(term, names)

    def attempt(self, term: Try, names: dict[str, Any]) -> Any:
        """A `try`: what its body appends may yet be taken back."""
        self.trying += 1
        body = self.term(term.body, names)
        self.trying -= 1
        caught = {**names, term.name: PLAIN_VALUE}
        return _either(body, self.term(term.handler, caught))

    def application(self, term: App, names: dict[str, Any]) -> Any:
        """An application: of a loop or join, or of something of the script's."""
        function = self.tail(term.function, names)
        args = [self.tail(a, names) for a in term.arguments]
        if isinstance(term.function, Var) and term.function.name.startswith(RESUMES):
            return self.resumed(function)
        if isinstance(function, tuple):
            lam, around = function
            return self.internal(lam, around, args)
        return self.call(function, args, term.shape)

    def internal(self, lam: Lam, names: dict[str, Any], args: list[Value]) -> Any:
        """A loop or join: its parameters collect what they are given."""
        known = self.lams.get(id(lam))
        params = known[0] if known else args
        merged = [_widened(a, b) for a, b in zip(params, args, strict=True)]
        result, seen = (known[1], known[2]) if known else (NEVER, -1)
        if seen == self.round and merged == params:
            return result
        # Why: marked before it is read, so that it is read once a round however many
        # ways lead to it, and a loop that goes to itself ends.
        self.lams[id(lam)] = (merged, result, self.round)
        inner = {**names, **dict(zip(lam.params, merged, strict=True))}
        found = self.term(lam.body, inner)
        merged = self.lams[id(lam)][0]
        result = _either(result, found) if known else found
        self.lams[id(lam)] = (merged, result, self.round)
        return result

    def resumption(self, lam: Lam, names: dict[str, Any]) -> Value:
        """What follows a `yield`: it is read where it is made, as if it went on here."""
        self.internal(lam, names, [PLAIN_VALUE] * len(lam.params))
        kept = [names.get(name) for name in free_names(lam)]
        return Value(merged(kept).tags | frozenset(self.stored))

    def resumed(self, function: Value) -> Value:
        """What going on gives; what it touches is known, unless it comes from outside."""
        lam = getattr(function.callee, "lam", None)
        if lam is not None:
            held = Value(function.tags | inside(function.tags))
            self.include(lam, [held] * len(lam.params))
        return Value(self.load(function.tags))

    # Steps

    def prim(self, term: Prim, args: list[Value]) -> Any:
        """A primitive, which may be code of the script's."""
        if term.op in {"getitem", "setitem", "delitem"}:
            key = term.arguments[1]
            spaces = dictionaries(args[0].tags)
            if isinstance(key, Const) and len(spaces) == len(args[0].tags) == 1:
                return self.named_item(term.op, spaces[0], key.value, args)
        result = self.native(term, args)
        found = None if runs_nothing(term) else self.operated(term.op)
        if found is None:
            return result
        tags = self.applied(found, args)
        # Why: what code of the script's gives may be anything to call.
        return (
            _either(Value(tags), result)
            if tags or isinstance(result, Value)
            else result
        )

    def native(self, term: Prim, args: list[Value]) -> Any:
        """What a primitive does itself."""
        op = term.op
        if op in BY_ATTRIBUTE and isinstance(args[0].callee, types.FunctionType):
            args = [self.itself(args[0], args[0].callee), *args[1:]]
        if op in RAISES:
            self.effect(self.summaries.effect(term), args)
            return NEVER
        if op == "global":
            return self.load_global(*term.static)
        if op in ("set_global", "del_global"):
            self.put(Standing(term.static[0].values, term.static[1]), args)
        if op == "cell_set":
            self.rebind(args[0].callee, args[1])
        if op in ("advance", "iter", "aiter"):
            self.summary.reads |= merged(args).tags
            return PLAIN_VALUE if op == "advance" else args[0]
        if op == "import_from" and isinstance(args[0].callee, types.ModuleType):
            return self.of_module(args[0].callee, term.static)
        if op == "getattr":
            self.hooked(op, term.static, args)
            if isinstance(args[0].callee, types.ModuleType):
                return self.of_module(args[0].callee, term.static)
            found = self.load_attribute(args[0], term.static)
            return Value(found, Method(args[0], term.static))
        if op in ("setattr", "delattr"):
            self.hooked(op, term.static, args)
        if op == "special":
            tags = self.load(args[0].tags)
            return Value(tags, Method(args[0], term.static))
        if op in ("async_enter", "async_leave"):
            return self.call(args[0], args[1:] if op == "async_leave" else [])
        if op == "import":
            self.summary.everything = True
            return Value(UNKNOWN)
        if op == "function":
            self.store(args)
            return Value(merged(args).tags, term.static)
        if op in {"setattr", "delattr"}:
            self.shared_store(args, term.static)
        self.effect(self.summaries.effect(term), args)
        if op in STORES:
            self.store(args)
        if op in LOADS:
            cell = args[0].callee if op == "cell_get" else None
            callee = cell.callee if isinstance(cell, Held) else None
            return Value(self.load(args[0].tags), callee)
        if op == "bound":
            return args[0]
        number = counted(op, args)
        if op in MAKES and number is None:
            return Value(MADE)
        if op == "super":
            return Value(args[1].tags)
        kept = op in ("iadd", "ior", "iand", "isub", "ixor", "imul")
        return Value(args[0].tags if kept else NOTHING, number)

    def load_attribute(self, owner: Value, name: str) -> Tags:
        """What an attribute may be, which may be the class's."""
        self.summary.reads |= owner.tags
        held = self.summaries.held(name)
        if name in STORED_IN_CLASSES and (held or isinstance(owner.callee, type)):
            self.summary.attributes.add(name)
        tags = self.load(owner.tags) | held
        return tags | SHARED if name == "__class__" else tags

    def itself(self, value: Value, fn: types.FunctionType) -> Value:
        """A function of which attributes are asked, as an object."""
        if value.tags:
            return value
        return Value(frozenset({("is", (self.summaries.closed(fn), ITSELF))}), fn)

    def of_module(self, module: types.ModuleType, name: str) -> Value:
        """What stands in a module under a name: a root of its own, unless it is plain."""
        self.summaries.meet_module(module)
        found = self.standing(Standing(vars(module), name))
        # Why: asking the module itself might run its `__getattr__`.
        value = vars(module).get(name)
        if found is None and name in vars(module) and is_atom(value):
            return atom(value)
        return Value(UNKNOWN, callee_of(value) if found is None else found.callee)

    def shared_store(self, args: list[Value], name: str | None) -> None:
        """A store to an attribute, of what may be a class or module."""
        holder = args[0]
        if name is not None and isinstance(holder.callee, types.ModuleType):
            STORED.add(name)
            places = stored(id(vars(holder.callee)), name)
            self.summary.resources_written.update(places)
            self.put(Standing(vars(holder.callee), name), args)
        else:
            self.summary.stored_under |= {(tag, name) for tag in holder.tags}

    def named_item(
        self, op: str, space: Dictionary, name: Any, args: list[Value]
    ) -> Value:
        """`globals()["name"]`: an access by name."""
        if op == "getitem":
            STORED.add((space.identity, name))
            self.summary.resources_read.update(loaded(space.identity, name))
            return self.load_global(space, name)
        STORED.add(name)
        self.summary.resources_written.update(stored(space.identity, name))
        self.put(Standing(space.values, name), args[1:])
        return PLAIN_VALUE

    def unnamed_store(self, tags: Tags) -> None:
        """A store to a module's dictionary that may be to any of its names."""
        for space in dictionaries(tags):
            STORED.update(names_in(space.values))
            self.summary.everything = True

    def load(self, tags: Tags) -> Tags:
        """What may be found inside: also what was stored here."""
        return inside(tags) | frozenset(self.stored)

    def deep(self, tags: Tags) -> Tags:
        """An object and what may be found inside."""
        return tags | (self.load(tags) if tags >= MADE else inside(tags))

    def store(self, args: list[Value]) -> None:
        """What may be found inside anything made here from now on."""
        for arg in args:
            self.stored |= arg.tags | inside(arg.tags)

    def load_global(self, namespace: Namespace | Dictionary, name: str) -> Value:
        """A global: a root of its own, unless it is plain and stays so."""
        held = self.standing(Standing(namespace.values, name))
        value = namespace.values.get(name)
        if held is None and is_atom(value):
            return atom(value)
        tags = frozenset({("is", (namespace, name))})
        if held is None:
            return Value(tags, callee_of(value))
        tags |= self.put_in((namespace, name))
        return Value(tags | SHARED if is_shared(value) else tags, held.callee)

    def standing(self, place: Standing) -> Value | None:
        """What calling a global calls, by what is in it now; None if it is a constant."""
        self.summary.globals_read.add(place.key)
        if not is_stored(*place.key):
            return None
        held = held_in(place)
        if is_called(held):
            self.summary.assumed[place.key] = place, held
        elif held == HELD_NUMBER:
            self.summary.numbers[place.key] = place
        return Value(NOTHING, held.callee if held else None)

    def put_in(self, root: Any) -> Tags:
        """What is stored here in a global that is a root."""
        if root is None:
            return NOTHING
        return frozenset(self.summary.put.get((id(root[0].values), root[1]), ()))

    def put(self, place: Standing, args: list[Value]) -> None:
        """A store to a global: what is found there may be this, here and in callees."""
        tags = args[-1].tags if args else NOTHING
        self.summary.put.setdefault(place.key, set()).update(tags)
        held = held_in(place)
        if held == HELD_NUMBER and args:
            self.summary.numbers[place.key] = place
        if args and held is not None and not same_callee(Held(args[-1].callee), held):
            self.summary.rebound.add(place.key)

    def rebind(self, held: Any, value: Value) -> None:
        """A store to the variable of a closure, which may be called later."""
        if not isinstance(held, Held):
            return
        called = is_called(held)
        plain = isinstance(value.callee, Uncallable)
        if not (plain and not called) and not same_callee(Held(value.callee), held):
            self.summary.rebound.add(called)

    def effect(self, effect: Effect, args: list[Value]) -> None:
        """A native operation."""
        for position, arg in enumerate(args):
            if position in effect.writes:
                appends = effect.function in APPENDING and not self.trying
                self.write(arg.tags, changes=not appends)
            if position in effect.alters:
                self.write(self.deep(arg.tags))
            if position in effect.whole or position in effect.spreads:
                self.summary.reads |= self.deep(arg.tags) - SHARED
            elif position in effect.reads:
                self.summary.reads |= arg.tags - SHARED
        self.runs_inside(effect.inside, args)
        if effect.op == "getitem" and args:
            self.summary.filled |= args[0].tags
        if effect.under == "" and args:
            self.shared_store(args, None)
        for place in effect.places:
            if place is EVERYWHERE:
                self.summary.everything = True
            else:
                self.summary.resources_written.add(place)

    def runs_inside(self, names: tuple[str, ...], args: list[Value]) -> None:
        """The script's special methods that run inside, of what is given or held."""
        self.summary.asked.update(names)
        if self.summaries.specials.any_of(names):
            self.applied(self.summaries.special_ones(names), args)

    def special(self, op: str, args: list[Value]) -> Tags:
        """The script's special methods that an operation may run; what they give."""
        return self.applied(self.operated(op), args)

    def operated(self, op: str) -> Summary | None:
        """The script's special methods that an operation may run, if there are any."""
        self.summary.asked.update(PROTOCOLS.get(op, ()))
        return self.summaries.operation(op)

    def applied(self, found: Summary | None, args: list[Value]) -> Tags:
        """Add what may run for all these arguments together; what it gives."""
        if found is None:
            return NOTHING
        given = Value(merged(args).tags)
        tags = self.adopt(found, {OPERAND: given.tags}, [given]).tags
        self.stored |= tags
        return tags

    def together(self, run: Callable[[Value], Tags]) -> None:
        """Read what may run as one function of all that it is given."""
        given = Value(frozenset({("is", OPERAND)}))
        for _ in range(ROUNDS):
            before = self._looked_at()
            self.stored |= run(given)
            self.summary.returns |= frozenset(self.stored)
            if self.summary.everything or before == self._looked_at():
                return
        self.summary.everything = True

    def operation(self, op: str, methods: list[Any], operand: Value) -> Tags:
        """Run every special method that an operation may run."""
        given, found = operand.tags, NOTHING
        if op in TAKES_ITEMS:
            given |= self.load(given)
        for method in methods:
            # Why: in a large library this would go on, and change nothing.
            if self.summary.everything:
                break
            found |= self._run(method, operand, given)
        return found

    def _run(self, method: Any, operand: Value, given: Tags) -> Tags:
        if method is KEEPS:
            self.write(operand.tags)
            return NOTHING
        term = self.summaries.term_of(method)
        if isinstance(term, External):
            return self.external(term, [operand]).tags
        if term is None:
            self.summary.everything = True
            return NOTHING
        # Why: what a generator was given is inside it.
        own = given | inside(given) if term.is_generator else given
        values = [Value(own)] * len(term.lam.params)
        made = underlying(method)
        if isinstance(made, types.FunctionType):
            values[: len(term.freevars)] = self.closure(made)
        return self.include(term.lam, values).tags

    def write(self, tags: Tags, *, changes: bool = True) -> None:
        """These may be written; if it `changes` them, not only by appending."""
        if changes:
            self.summary.changed |= tags
        if tags >= UNKNOWN:
            self.summary.everything = True
        self.unnamed_store(tags)
        self.summary.writes |= tags

    def hooked(
        self, op: str, name: str, args: list[Value], *, past: bool = False
    ) -> None:
        """Properties of that name, and `__getattr__`, run as part of the script."""
        self.summary.asked.update(hook_names(op, name))
        self.applied(self.summaries.access(op, name, past=past), args)

    def hooks(self, functions: list[types.FunctionType], operand: Value) -> Tags:
        """Run everything that an access to an attribute may run."""
        found: Tags = NOTHING
        for function in functions:
            if self.summary.everything:
                break
            if function is KEEPS:
                self.write(operand.tags)
                continue
            given = [operand] * function.__code__.co_argcount
            found |= self.function(function, given).tags
        return found

    # Calls

    def call(
        self, function: Value, args: list[Value], shape: tuple[Any, ...] = ()
    ) -> Value:
        """A call of something of the script's."""
        self.starred(args, shape)
        callee = function.callee
        script = script_of(callee)
        if script is not None:
            callee = script
        match callee:
            case External():
                return self.external(callee, args)
            case Method():
                return self.method(callee, args, shape)
            case Effect():
                owner = Value(function.tags | inside(function.tags))
                self.effect(callee, [owner, *in_places(callee, args, shape, self.load)])
                return Value(self.load(owner.tags))
            case Uncallable():
                self.assume(callee)
                return PLAIN_VALUE
            case types.FunctionType():
                return self.function(callee, args, shape, inside(function.tags) or None)
            case Template():
                return self.template(callee, function, args, shape)
            case types.MethodType():
                bound = Value(inside(function.tags))
                behind = Value(NOTHING, callee_of(callee.__func__))
                marks = (None, *shape) if shape else ()
                return self.call(behind, [bound, *args], marks)
            case functools.partial():
                return self.partial(callee, inside(function.tags), args, shape)
            case type():
                return self.construct(callee, args, shape)
            case types.BuiltinFunctionType():
                return self.builtin(callee, args, shape)
            case _:
                self.summary.everything = True
                return Value(UNKNOWN)

    def starred(self, args: list[Value], shape: tuple[Any, ...]) -> list[Value]:
        """The arguments; what stands behind stars is gone over."""
        if starred := spread(args, shape):
            self.summary.reads |= merged(starred).tags - SHARED
            self.stored |= self.special("list", starred)
            self.runs_inside(MAPPING, starred)
        return args

    def external(self, external: External, args: list[Value]) -> Value:
        """A call of an external."""
        deep = self.deep(merged(args).tags)
        summary = self.summary
        if external.order is not Order.PURE or external.is_async:
            summary.calls_out = True
        summary.reads |= deep
        if external.order is Order.SEQUENTIAL:
            self.write(deep)
            summary.resources_written.add(external.resource)
        elif external.order is Order.READONLY:
            summary.resources_read.add(external.resource)
        return Value(NOTHING if external.immutable else deep)

    def partial(
        self,
        callee: "functools.partial[Any]",
        tags: Tags,
        args: list[Value],
        shape: tuple[Any, ...],
    ) -> Value:
        """A call of a function with some arguments given before."""
        before = [Value(tags, callee_of(value)) for value in callee.args]
        named = [Value(tags, callee_of(value)) for value in callee.keywords.values()]
        marks = shape or (None,) * len(args)
        if before or named:
            shape = ((None,) * len(before)) + marks + tuple(callee.keywords)
        inner = Value(tags, callee_of(callee.func))
        return self.call(inner, [*before, *args, *named], shape)

    def callback(self, function: Value, args: list[Value]) -> None:
        """A call by something native that is given all these arguments."""
        if function.callee is None and function.tags <= MADE:
            # Why: it may still be an object made here, of a class of the script's.
            self.special("call", args)
        else:
            self.call(function, [Value(self.load(merged(args).tags))], ("?",))

    def builtin(
        self, callee: Any, args: list[Value], shape: tuple[Any, ...] = ()
    ) -> Value:
        """A call of a builtin, or of a function whose term is not known."""
        try:
            effect = BUILTINS.get(callee)
        except TypeError:
            effect = None
        if callee is CALL and args:
            return self.call(args[0], args[1:], shape[1:])
        if effect is None:
            owner = getattr(callee, "__self__", None)
            if owner is not None and not isinstance(owner, types.ModuleType):
                self.summary.everything = True
                return Value(UNKNOWN)
            effect = of_module(callee, callee.__module__, callee.__name__)
        for function in called(callee, args, shape, self.load):
            self.callback(function, args)
        for name in methods_called(callee, shape):
            self.summary.asked.add(name)
            if self.summaries.methods(name):
                self.method(Method(merged(args), name), args, ("?",) * len(args))
        args = in_places(effect, args, shape, self.load)
        self.effect(effect, args)
        self.store(args)
        found = self.special(effect.op, args)
        if isinstance(callee, Hashable) and takes_steps(callee):
            found |= self.special("list", args)
        if callee is type:
            found |= SHARED
            self.summary.everything |= len(args) > 1
        if isinstance(callee, Hashable) and callee in BY_NAME:
            self.hooked(BY_NAME[callee], ANY_NAME, args)
        if callee is open:
            # Why: a file is new, and known by what has opened it.
            return Value(NOTHING, open)
        return Value(self.load(merged(args).tags) | found)

    def construct(self, cls: type, args: list[Value], shape: tuple[Any, ...]) -> Value:
        """A call of a class."""
        init: Any = cls.__init__  # type: ignore[misc]
        if not self.summaries.quiet[cls]:
            self.summary.calls_out = True
        if isinstance(init, types.FunctionType):
            function = self.summaries.translate(init)
            self.summaries.meet_class(cls)
            self.store(args)
            if function is not None:
                self.function(
                    init, [PLAIN_VALUE, *args], (None, *shape) if shape else ()
                )
                return Value(frozenset(self.stored) | MADE)
            record = self.summaries.records[cls]
            if record is None:
                self.summary.everything = True
            else:
                made = [PLAIN_VALUE, *args]
                for callback in record.callbacks():
                    self.call(Value(NOTHING, callee_of(callback)), made, ("?",))
            return Value(frozenset(self.stored) | MADE)
        if issubclass(cls, BaseException):
            self.store(args)
            return Value(frozenset(self.stored) | MADE)
        found = self.builtin(cls, args, shape)
        return found if cls in PLAIN else Value(found.tags | MADE)

    def template(
        self, template: Template, function: Value, args: list[Value], shape: Any
    ) -> Value:
        """A call of a nested function."""
        cells = tuple(types.CellType() for _ in template.freevars)
        code = template.code
        made = types.FunctionType(code, template.namespace.values, None, None, cells)
        return self.function(made, args, shape, function.tags)

    def function(
        self,
        fn: types.FunctionType,
        args: list[Value],
        shape: tuple[Any, ...] = (),
        cells: Tags | None = None,
    ) -> Value:
        """A call of a function whose term may be known."""
        function = self.summaries.translate(fn)
        if fn.__code__.co_flags & CO_ASYNC_GENERATOR:
            # Why: whoever takes its items runs its code, which CPython does.
            self.summary.everything = True
        if function is None:
            return self.builtin(fn, args, shape)
        if function.is_generator:
            self.summaries.meet_generator(function)
        self.summaries.meet(function.namespace, ())
        lam = function.lam
        own = lam.params[len(function.freevars) :]
        values = self.closure(fn, cells)
        simple = len(args) <= len(own) and not any(shape)
        if simple and not function.code.co_flags & 0x0C:
            values += [*args, *_defaults(fn, len(own), cells or NOTHING)[len(args) :]]
        else:
            together = merged(args)
            deep = together.tags | self.load(together.tags)
            values += [Value(deep, together.callee)] * len(own)
        return self.include(lam, values)

    def closure(self, fn: types.FunctionType, cells: Tags | None = None) -> list[Value]:
        """The variables that a function is made around; their own if nothing else is said."""
        if cells is not None or fn.__closure__ is None:
            found = cells or NOTHING
            return [Value(found, self.held(cell)) for cell in fn.__closure__ or ()]
        space = self.summaries.closed(fn)
        return [
            Value(frozenset({("is", (space, name))}), self.held(cell))
            for name, cell in space.cells.items()
        ]

    def held(self, cell: types.CellType, depth: int = CLOSURES) -> Held | None:
        """What calling a variable of a closure calls, as long as that is so."""
        held = held_in(cell)
        if held is not None and not isinstance(held.callee, Uncallable):
            self.summary.assumed[id(cell)] = cell, held
            self.assume(held.callee, depth - 1)
        return held

    def assume(self, callee: Any, depth: int = CLOSURES) -> None:
        """Note what the variables call that a function was made around."""
        if isinstance(callee, Uncallable) and callee.holder is not None:
            holder = callee.holder
            key = holder.key if isinstance(holder, Standing) else id(holder)
            self.summary.assumed[key] = holder, Held(callee)
        if depth > 0 and isinstance(callee, types.FunctionType):
            for cell in callee.__closure__ or ():
                self.held(cell, depth)

    def include(self, lam: Lam, values: list[Value]) -> Value:
        """Add the summary of a function, in terms of these arguments."""
        for value in values:
            self.assume(value.callee)
        # Why: that an argument is a number makes no difference worth another reading.
        callees = [None if v.callee in _PLAIN else v.callee for v in values]
        found = self.summaries.of(lam, tuple(callees))
        given = {
            name: value.tags | receiver_tags(value.callee)
            for name, value in zip(lam.params, values, strict=True)
        }
        return self.adopt(found, given, values)

    def adopt(
        self, found: Summary, given: dict[str, Tags], values: list[Value]
    ) -> Value:
        """Add a summary, given what its parameters stand for."""
        summary = self.summary
        within: dict[str, Tags] = {}

        def mapped(tags: Iterable[Tag]) -> Tags:
            out: set[Tag] = set()
            for tag in tags:
                kind, root = tag
                if not isinstance(root, str):
                    out.add(tag)
                    if summary.put:
                        put = self.put_in(root)
                        out |= put if kind == "is" else inside(put)
                elif kind == "is":
                    out |= given[root]
                else:
                    if root not in within:
                        within[root] = self.load(given[root])
                    out |= within[root]
            return frozenset(out)

        summary.everything |= found.everything
        summary.calls_out |= found.calls_out
        summary.endless |= found.endless
        summary.resources_read |= found.resources_read
        summary.resources_written |= found.resources_written
        summary.globals_read |= found.globals_read
        summary.attributes |= found.attributes
        summary.asked |= found.asked
        summary.assumed.update(found.assumed)
        summary.numbers.update(found.numbers)
        summary.rebound |= found.rebound
        # Why: lists, since a function that calls itself finds its own summary.
        for key, put in list(found.put.items()):
            known = summary.put.setdefault(key, set())
            known.update(mapped([t for t in put if t not in known or is_given(t)]))
        for tag, name in list(found.stored_under):
            if (tag, name) not in summary.stored_under or is_given(tag):
                summary.stored_under |= {(one, name) for one in mapped([tag])}
        if found.reads:
            summary.reads |= mapped(found.reads)
        if found.filled:
            summary.filled |= mapped(found.filled)
        if found.writes:
            grown = found.grown
            self.write(mapped(found.writes - grown))
            self.write(mapped(grown), changes=bool(self.trying))
            self.store(values)
            within.clear()
        returns = mapped(found.returns)
        if found.writes:
            # Why: it may have stored any of that in what it writes.
            self.stored |= returns
        return Value(returns)

    def method(
        self, callee: Method, args: list[Value], shape: tuple[Any, ...]
    ) -> Value:
        """A call of a method by name: of all that it may be."""
        name, receiver = callee.name, callee.receiver
        if receiver.callee is open and name in OF_FILES:
            self.effect(OF_FILES[name], [receiver, *args])
            return Value(receiver.tags, open if name == "__enter__" else None)
        result: Tags = NOTHING
        self.summary.asked.update((name, "__getattr__"))
        hooks = self.summaries.found_by_hook(name)
        self.summary.everything |= any(makes_functions(hook.__code__) for hook in hooks)
        own = self.summaries.methods(name)
        found = False
        replaced = self.summaries.may_replace(name)
        if hooks or replaced:
            # Why: it may be that of something that the object holds.
            tags = receiver.tags | self.load(receiver.tags)
            receiver = Value(tags, receiver.callee)
        if own and replaced:
            # Why: an object, or its class, may have been given another one.
            self.summary.everything = True
        for made in own:
            found = True
            if self.summary.everything:
                break
            function = self.summaries.translate(made)
            if function is None:
                self.summary.everything = True
            else:
                self.summaries.meet(function.namespace, ())
                values = self._spread(function, made, [receiver, *args], shape)
                result |= self.include(function.lam, values).tags
        for beside in self.summaries.beside_methods(name):
            found = True
            self.call(Value(self.summaries.held(name), callee_of(beside)), args, shape)
        found |= self.native_method(receiver, name, args, shape, replaced=replaced)
        if not isinstance(receiver.callee, NoneType | Method | Uncallable):
            found = self.attribute_call(receiver, name, args, shape) or found
        if not found and name not in READ_ONLY_NAMES:
            self.summary.everything = True
            return Value(UNKNOWN)
        self.store(args)
        return Value(result | self.load(receiver.tags | merged(args).tags))

    def native_method(
        self,
        receiver: Value,
        name: str,
        args: list[Value],
        shape: tuple[Any, ...],
        *,
        replaced: bool,
    ) -> bool:
        """A call of what builtin types have under a name; whether any has."""
        found = False
        for kind, methods in METHODS.items():
            effect = methods.get(name)
            if effect is not None:
                found = True
                # Why: an attribute of the name of a method that reads is likely data.
                code = replaced and (effect.writes or name == "get")
                self.summary.everything |= bool(code)
                placed = in_places(effect, args, shape, self.load)
                self.effect(effect, [receiver, *placed])
                if isinstance(receiver.callee, type):
                    self.effect(effect, placed)
                if takes_items(kind, name):
                    self.special("list", args)
        if name in FORMATS:
            self.hooked("getattr", ANY_NAME, args)
        if name in METHOD_CALLS:
            for given in called_by(METHOD_CALLS[name], args, shape, self.load):
                self.callback(given, [receiver, *args])
        if name in OBJECT_METHODS:
            all_of_it = args if receiver.callee is object else [receiver, *args]
            op, native = OBJECT_METHODS[name]
            self.effect(BUILTINS[native], all_of_it)
            self.hooked(op, ANY_NAME, all_of_it, past=True)
            found = True
        return found

    def attribute_call(
        self, owner: Value, name: str, args: list[Value], shape: tuple[Any, ...]
    ) -> bool:
        """A call through a class or the like, whose attribute is known."""
        target = callee_of(bound_attribute(owner.callee, name))
        if target is None:
            return False
        self.call(Value(owner.tags, target), args, shape)
        return True

    def _spread(
        self,
        function: Function,
        made: types.FunctionType,
        args: list[Value],
        shape: Any,
    ) -> list[Value]:
        lam = function.lam
        free = len(function.freevars)
        own = len(lam.params) - free
        fits = len(args) <= own and not any(shape) and not function.code.co_flags & 0x0C
        if fits:
            values = [*args, *([PLAIN_VALUE] * (own - len(args)))]
        else:
            together = merged(args)
            deep = together.tags | self.load(together.tags)
            values = [Value(deep, together.callee)] * own
        return [*self.closure(made), *values]


def bound_attribute(owner: Any, name: str) -> Any:
    """An attribute of something that can be called; None if code runs to find it."""
    found = attribute(owner, name) if isinstance(owner, type) else None
    bare = isinstance(found, BARE_DESCRIPTORS) or is_data(found)
    return getattr(owner, name, None) if bare else None


def is_given(tag: Tag) -> bool:
    """Whether it is of a parameter, and so stands for something else in each call."""
    return isinstance(tag[1], str)


def runs_nothing(term: Prim) -> bool:
    """Whether it is a display that neither goes over anything nor hashes it."""
    if term.static is not None:
        return False
    is_bare = term.op in ("dict", "set") and not term.arguments
    return is_bare or term.op in ("list", "tuple")


def goes_over(lam: Lam) -> bool:
    """Whether a loop goes over items, and so comes to an end."""
    step = lam.body
    return (
        isinstance(step, Let)
        and isinstance(step.value, Prim)
        and step.value.op == "advance"
    )


def own_callee(param: str, callee: Any) -> Any:
    """A callee as a function sees it that is given it: a method's object is its own."""
    if not isinstance(callee, Method):
        return callee
    return Method(Value(frozenset({("is", param), ("in", param)})), callee.name)


def receiver_tags(callee: Any) -> Tags:
    """Where the object of a method comes from."""
    return callee.receiver.tags if isinstance(callee, Method) else NOTHING


def _defaults(fn: types.FunctionType, count: int, around: Tags) -> list[Value]:
    """What parameters stand for that are not given; of a nested function, who knows."""
    code = fn.__code__
    given = fn.__defaults__ or ()
    behind = code.co_argcount - len(given)
    names = code.co_varnames[:count]
    known = {
        **dict(zip(names[behind:], given, strict=False)),
        **(fn.__kwdefaults__ or {}),
    }
    return [_default(known[name]) if name in known else Value(around) for name in names]


def _default(value: Any) -> Value:
    value = deref(value)
    return atom(value) if is_atom(value) else Value(UNKNOWN, callee_of(value))


def _values(value: Any) -> list[Value]:
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, Value) else []


def counted(op: str, args: list[Value]) -> Any:
    """Says of the result of arithmetic with a number or text that it is one, too."""
    if op.removeprefix("i") not in ARITHMETIC and op not in ARITHMETIC:
        return None
    numbers = [arg.callee == NUMBER for arg in args]
    some = all if "mul" in op else any
    return NUMBER if some(numbers) else None


def _widened(known: Value, other: Value) -> Value:
    """What a name stands for if it may be either; the callee stays if it is the same.

    Why: this way a loop's names change so often and no more, even if it gets one method
    after another.
    """
    same = known.callee is other.callee or known.callee == other.callee
    return Value(known.tags | other.tags, known.callee if same else None)


def _either(one: Any, other: Any) -> Any:
    if one is NEVER or other is NEVER:
        return other if one is NEVER else one
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [merged(pair) for pair in zip(one, other, strict=True)]
    return merged([*_values(one), *_values(other)])

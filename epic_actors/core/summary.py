"""What a piece of a script may touch while it is undecided: write summaries.

Theory of operation
    The term of a unit is read abstractly.  Every name gets *tags*: where the objects it
    may stand for come from.

        ("is", root)    the object that `root` stands for
        ("in", root)    anything reachable from it
        UNKNOWN         anything
        no tags         an object made here, or a plain value

    A root is a parameter of the unit or a global.  Reading or writing a name adds its
    tags to the summary.  Calls of functions whose terms are known add theirs, mapped to
    the arguments; a method call adds those of every method of that name in the script's
    own classes, or what the tables say of builtin methods of that name.  Whatever cannot
    be followed touches everything.  Loops and recursion go on until nothing new is found.

    When a block is made, `footprint` turns tags into places for the actual arguments.
"""

import functools
import types
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from .effects import BUILTINS, METHODS, READ_ONLY_NAMES, Effect, of_module, prim_effect
from .externals import External, Order
from .holds import EVERYWHERE, WORLD, Inside
from .operations import Function, Namespace, Template
from .reach import is_atom, sources
from .regions import Footprint
from .terms import App, Call, Const, If, Lam, Let, LetRec, Prim, Term, Try, Var
from .wire import Wire, deref


if TYPE_CHECKING:
    from .network import Network

Root: TypeAlias = Any
Tag: TypeAlias = tuple[str, Root]
Tags: TypeAlias = frozenset[Tag]

NOTHING: Tags = frozenset()
UNKNOWN: Tags = frozenset({("unknown", None)})
STORES = frozenset(
    [
        "setitem",
        "setattr",
        "cell_set",
        "list",
        "tuple",
        "dict",
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
    ["getitem", "getattr", "current", "unpack", "cell_get", "special", "iter", "super"]
)
ROUNDS = 12


@attrs.frozen
class Value:
    """What is known of a name: where its objects come from, what calling it calls."""

    tags: Tags = NOTHING
    callee: Any = None


PLAIN_VALUE = Value()


@attrs.frozen
class Method:
    """The callee of a name bound to `receiver.name`."""

    receiver: Value
    name: str


@attrs.define
class Summary:
    """The places a unit may touch, in terms of roots.

    Attributes:
        everything: It may touch anything at all.
        calls_out: It may call an external, or something unknown that does.
    """

    reads: set[Tag] = attrs.Factory(set)
    writes: set[Tag] = attrs.Factory(set)
    resources_read: set[Any] = attrs.Factory(set)
    resources_written: set[Any] = attrs.Factory(set)
    everything: bool = False
    calls_out: bool = False
    returns: Tags = NOTHING

    def size(self) -> tuple[int, ...]:
        """Grows with every new finding."""
        sets = (self.reads, self.writes, self.resources_read, self.resources_written)
        return (*map(len, sets), self.everything, self.calls_out, len(self.returns))

    @property
    def is_closed(self) -> bool:
        """Whether it may as well run natively: it never asks for an external call."""
        return not (self.everything or self.calls_out)

    @property
    def touches_nothing(self) -> bool:
        """Whether all it does is to compute a value from plain arguments."""
        own = all(isinstance(root, str) for _, root in self.reads | self.writes)
        return own and not (self.resources_read or self.resources_written)

    def footprint(self, params: tuple[str, ...], args: tuple[Any, ...]) -> Footprint:
        """The places, for these arguments."""
        if self.everything:
            return EVERYTHING
        given = dict(zip(params, args, strict=True))
        reads = [place for tag in self.reads for place in _places(tag, given)]
        writes = [place for tag in self.writes for place in _places(tag, given)]
        return Footprint(
            (*reads, *self.resources_read),
            (*writes, *self.resources_written),
            self.origin(given),
        )

    def origin(self, given: dict[str, Any]) -> tuple[Any, ...] | None:
        """What the results may share objects with."""
        if self.returns >= UNKNOWN:
            return None
        roots = {_root_key(root): root for _, root in self.returns}
        values = [_value(root, given) for root in roots.values()]
        return tuple([value for value in values if not is_atom(value)])


EVERYTHING = Footprint((), (EVERYWHERE, WORLD))


def _root_key(root: Root) -> Any:
    return root if isinstance(root, str) else (id(root[0]), root[1])


def _value(root: Root, given: dict[str, Any]) -> Any:
    """What a root stands for by now."""
    if isinstance(root, str):
        return deref(given.get(root))
    namespace, name = root
    return deref(namespace.values.get(name))


def _places(tag: Tag, given: dict[str, Any]) -> Iterable[Any]:
    kind, root = tag
    if kind == "unknown":
        return (EVERYWHERE,)
    value = _value(root, given)
    if is_atom(value):
        return ()
    return sources(value) if kind == "is" else (Inside(value),)


def inside(tags: Tags) -> Tags:
    """Where what is inside the objects of these tags comes from."""
    return frozenset((kind if kind == "unknown" else "in", root) for kind, root in tags)


def callee_of(value: Any) -> Any:
    """What calling a value calls, if that can be followed."""
    value = deref(value)
    callable_kinds = (
        External,
        types.FunctionType,
        types.MethodType,
        types.BuiltinFunctionType,
        functools.partial,
        type,
    )
    if isinstance(value, callable_kinds) or hasattr(value, "__script__"):
        return value
    return None


class Summaries:
    """The summaries of one network's units and functions, made when first asked for."""

    def __init__(self, network: "Network") -> None:
        self.translate = network.translate
        self.known: dict[Any, Summary] = {}
        self.kept: dict[int, Lam] = {}
        self.namespaces: dict[int, Namespace] = {}
        self.classes: set[type] = set()
        self.growing: set[Any] = set()
        self.grew = False
        self._methods: dict[str, list[Function | None]] = {}
        self._hooks: dict[str, list[types.FunctionType]] = {}

    def footprint(
        self, lam: Lam, namespace: Namespace, args: tuple[Any, ...]
    ) -> Footprint:
        """What a unit may touch, for these arguments."""
        args = tuple(map(deref, args))
        self.meet(namespace, args)
        callees = tuple(map(callee_of, args))
        while True:
            self.grew = False
            found = self.of(lam, callees)
            if not self.grew:
                break
        return found.footprint(lam.params, args)

    def closedness(self, fn: types.FunctionType, function: Function) -> int:
        """How freely a function may run natively: 2 always, 1 in calm, 0 not at all.

        Always holds for plain arguments only.
        """
        self.meet(function.namespace, ())
        callees: tuple[Any, ...] = (None,) * len(function.lam.params)
        while True:
            self.grew = False
            found = self.of(function.lam, callees)
            if not self.grew:
                break
        if not found.is_closed or function.freevars:
            return 0
        return 2 if found.touches_nothing else 1

    def of_call(self, function: Any, values: Iterable[Any]) -> Footprint:
        """What a call of something pending may touch; of a method, by its name."""
        origin = function.method if function.__class__ is Wire else None
        if origin is None:
            return EVERYTHING
        receiver, name = origin

        def read(reader: Reader, given: list[Value]) -> None:
            reader.method(Method(given[0], name), given[1:], ())

        return self._of_step(read, (receiver, *map(deref, values)))

    def of_attribute(self, obj: Any, name: str) -> Footprint:
        """What loading an attribute of something pending may touch."""

        def read(reader: Reader, given: list[Value]) -> None:
            reader.hooked(name, given[0])
            reader.summary.reads |= given[0].tags
            reader.summary.returns = UNKNOWN

        return self._of_step(read, (obj,))

    def may_hook(self, name: str) -> bool:
        """Whether an attribute of that name may run code of the script's classes."""
        return bool(self.hooks(name))

    def hooks(self, name: str) -> list[types.FunctionType]:
        """The script's own code that loading an attribute of that name may run."""
        found = self._hooks.get(name)
        if found is None:
            made = [
                function
                for cls in self.classes
                for function in (
                    getattr(vars(cls).get(name), "fget", None),
                    vars(cls).get("__getattr__"),
                    vars(cls).get("__getattribute__"),
                )
            ]
            found = self._hooks[name] = [
                function
                for function in made
                if isinstance(function, types.FunctionType) and self.translate(function)
            ]
        return found

    def _of_step(
        self, read: "Callable[[Reader, list[Value]], None]", args: tuple[Any, ...]
    ) -> Footprint:
        params = tuple(f"a{index}" for index in range(len(args)))
        self.meet(None, args)
        while True:
            self.grew = False
            found = Summary()
            given = [
                Value(frozenset({("is", param)}), callee_of(value))
                for param, value in zip(params, args, strict=True)
            ]
            read(Reader(self, found), given)
            if not self.grew:
                return found.footprint(params, args)

    def meet(self, namespace: Namespace | None, args: Iterable[Any]) -> None:
        """Take in where classes of the script may be found."""
        for value in args:
            self._meet_class(value.__class__)
        if namespace is None or id(namespace.values) in self.namespaces:
            return
        self.namespaces[id(namespace.values)] = namespace
        for value in list(namespace.values.values()):
            if isinstance(value, type):
                self._meet_class(value)

    def _meet_class(self, cls: type) -> None:
        if cls in self.classes or cls.__module__ == "builtins":
            return
        self.classes.add(cls)
        self._methods.clear()
        self._hooks.clear()
        self.known.clear()
        for base in (*cls.__mro__, *type.__subclasses__(cls)):
            self._meet_class(base)

    def of(self, lam: Lam, callees: tuple[Any, ...]) -> Summary:
        """The summary of a function of the term, given what its parameters call."""
        key = (id(lam), tuple(map(_key, callees)))
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = Summary()
            # Why: kept, or another term could take its identity.
            self.kept[id(lam)] = lam
            self.grew = True
        elif key in self.growing or not self.grew:
            return found
        if key not in self.growing:
            self.growing.add(key)
            before = found.size()
            Reader(self, found).read(lam, callees)
            self.growing.discard(key)
            self.grew = self.grew or found.size() != before
        return found

    def methods(self, name: str) -> list[Function | None]:
        """Every method of that name in the script's own classes; None for others."""
        found = self._methods.get(name)
        if found is None:
            found = self._methods[name] = []
            for cls in list(self.classes):
                made = vars(cls).get(name)
                made = getattr(made, "__func__", None) or getattr(made, "fget", made)
                if isinstance(made, types.FunctionType):
                    function = self.translate(made)
                    if function is not None:
                        self.meet(function.namespace, ())
                    found.append(function)
        return found


def _key(callee: Any) -> Any:
    if isinstance(callee, types.FunctionType):
        return id(callee.__code__)
    if isinstance(callee, Method):
        return callee.name
    return None if callee is None else id(callee)


@functools.lru_cache(4096)
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

    def __init__(self, summaries: Summaries, summary: Summary) -> None:
        self.summaries = summaries
        self.summary = summary
        self.stored: set[Tag] = set()
        self.lams: dict[int, tuple[list[Value], Any, bool]] = {}

    def read(self, lam: Lam, callees: tuple[Any, ...]) -> None:
        """Read the body until nothing new turns up."""
        for _ in range(ROUNDS):
            before = (len(self.stored), self.summary.size(), self._lam_sizes())
            names = {
                name: Value(frozenset({("is", name)}), own_callee(name, callee))
                for name, callee in zip(lam.params, callees, strict=True)
            }
            result = self.term(lam.body, names)
            returned = frozenset().union(*(v.tags for v in _values(result)))
            self.summary.returns |= returned | frozenset(self.stored)
            if before == (len(self.stored), self.summary.size(), self._lam_sizes()):
                return
        self.summary.everything = True

    def _lam_sizes(self) -> list[int]:
        return [sum(len(v.tags) for v in params) for params, _, _ in self.lams.values()]

    # Terms

    def term(self, term: Term, names: dict[str, Any]) -> Any:
        """The value of a term: a `Value`, or a list of them for a pack."""
        names = dict(names)
        while True:
            match term:
                case Let():
                    self.bind(names, term.names, self.term_or_lam(term.value, names))
                    term = term.body
                case LetRec():
                    names[term.name] = (term.function, names)
                    term = term.body
                case _:
                    return self.tail(term, names)

    def term_or_lam(self, term: Term, names: dict[str, Any]) -> Any:
        """The value of what a `let` binds; a join is kept with its names."""
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
            merged = _merged(_values(value))
            names.update(dict.fromkeys(bound, merged))

    def tail(self, term: Term, names: dict[str, Any]) -> Any:
        """The value of a step."""
        match term:
            case Var():
                return names.get(term.name, PLAIN_VALUE)
            case Const():
                return Value(NOTHING, callee_of(term.value))
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
                then, orelse = (
                    self.term(term.then, names),
                    self.term(term.orelse, names),
                )
                return _either(then, orelse)
            case Try():
                body = self.term(term.body, names)
                caught = {**names, term.name: Value(UNKNOWN_ERROR)}
                return _either(body, self.term(term.handler, caught))
            case _:
                return self.term(term, names)

    def application(self, term: App, names: dict[str, Any]) -> Any:
        """An application: of a loop or join, or of something of the script's."""
        function = self.tail(term.function, names)
        args = [self.tail(a, names) for a in term.arguments]
        if isinstance(function, tuple):
            lam, around = function
            return self.internal(lam, around, args)
        return self.call(function, args, term.shape)

    def internal(self, lam: Lam, names: dict[str, Any], args: list[Value]) -> Any:
        """A loop or join: its parameters collect what they are given."""
        known = self.lams.get(id(lam))
        params = known[0] if known else [PLAIN_VALUE] * len(args)
        merged = [_merged([a, b]) for a, b in zip(params, args, strict=True)]
        result, active = (known[1], known[2]) if known else (PLAIN_VALUE, False)
        if active or (known and merged == params and not self._fresh_round(lam)):
            self.lams[id(lam)] = (merged, result, active)
            return result
        self.lams[id(lam)] = (merged, result, True)
        inner = {**names, **dict(zip(lam.params, merged, strict=True))}
        found = self.term(lam.body, inner)
        merged = self.lams[id(lam)][0]
        result = _either(result, found) if known else found
        self.lams[id(lam)] = (merged, result, False)
        return result

    def _fresh_round(self, lam: Lam) -> bool:
        return True

    # Steps

    def prim(self, term: Prim, args: list[Value]) -> Any:
        """A primitive."""
        op = term.op
        if op == "global":
            return self.load_global(*term.static)
        if op in ("advance", "iter"):
            self.summary.reads |= _merged(args).tags
            return args[0] if op == "iter" else PLAIN_VALUE
        if op == "getattr":
            self.summary.reads |= args[0].tags
            self.hooked(term.static, args[0])
            tags = self.load(args[0].tags)
            return Value(tags, Method(args[0], term.static))
        if op in {"native", "import"}:
            self.summary.everything = True
            return Value(UNKNOWN)
        if op == "function":
            self.store(args)
            return Value(_merged(args).tags, term.static)
        self.effect(prim_effect(op, term.static), args)
        if op in STORES:
            self.store(args)
        if op in LOADS:
            return Value(self.load(args[0].tags))
        if op == "bound":
            return args[0]
        if op in ("iadd", "ior", "iand", "isub", "ixor", "imul"):
            return Value(args[0].tags)
        return PLAIN_VALUE

    def load(self, tags: Tags) -> Tags:
        """What may be found inside: also what was stored here."""
        return inside(tags) | frozenset(self.stored)

    def store(self, args: list[Value]) -> None:
        """What may be found inside anything made here from now on."""
        for arg in args:
            self.stored |= arg.tags | inside(arg.tags)

    def load_global(self, namespace: Namespace, name: str) -> Value:
        """A global: a root of its own, unless it is plain."""
        value = namespace.values.get(name)
        if is_atom(value):
            return Value(NOTHING, callee_of(value))
        return Value(frozenset({("is", (namespace, name))}), callee_of(value))

    def effect(self, effect: Effect, args: list[Value]) -> None:
        """A native operation."""
        for position, arg in enumerate(args):
            if position in effect.writes:
                self.write(arg.tags)
            if position in effect.whole:
                self.summary.reads |= arg.tags | inside(arg.tags)
            elif position in effect.reads:
                self.summary.reads |= arg.tags
        for place in effect.places:
            if place is EVERYWHERE:
                self.summary.everything = True
            else:
                self.summary.resources_written.add(place)

    def write(self, tags: Tags) -> None:
        """These may be written."""
        if tags >= UNKNOWN:
            self.summary.everything = True
        self.summary.writes |= tags

    def hooked(self, name: str, obj: Value) -> None:
        """Properties of that name, and `__getattr__`, run as part of the script."""
        for function in self.summaries.hooks(name):
            own = function.__code__.co_argcount
            self.function(function, [obj, PLAIN_VALUE][:own])

    # Calls

    def call(
        self, function: Value, args: list[Value], shape: tuple[Any, ...] = ()
    ) -> Value:
        """A call of something of the script's."""
        callee = function.callee
        script = getattr(callee, "__script__", None)
        if script is not None:
            callee = script
        match callee:
            case External():
                return self.external(callee, args)
            case Method():
                return self.method(callee, args, shape)
            case types.FunctionType():
                return self.function(callee, args, shape, inside(function.tags))
            case Template():
                return self.template(callee, function, args, shape)
            case types.MethodType():
                bound = Value(inside(function.tags))
                behind: Any = callee.__func__
                marks = (None, *shape) if shape else ()
                return self.function(behind, [bound, *args], marks)
            case functools.partial():
                merged = Value(inside(function.tags))
                inner = Value(inside(function.tags), callee_of(callee.func))
                return self.call(inner, [merged] * len(callee.args) + args, ("?",))
            case type():
                return self.construct(callee, args, shape)
            case types.BuiltinFunctionType():
                return self.builtin(callee, args)
            case _:
                self.summary.everything = True
                return Value(UNKNOWN)

    def external(self, external: External, args: list[Value]) -> Value:
        """A call of an external."""
        tags = _merged(args).tags
        deep = tags | inside(tags)
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

    def builtin(self, callee: Any, args: list[Value]) -> Value:
        """A call of a builtin, or of a function whose term is not known."""
        try:
            effect = BUILTINS.get(callee)
        except TypeError:
            effect = None
        if effect is None:
            owner = getattr(callee, "__self__", None)
            if owner is not None and not isinstance(owner, types.ModuleType):
                self.summary.everything = True
                return Value(UNKNOWN)
            effect = of_module(callee, callee.__module__, callee.__name__)
        for arg in args:
            if arg.callee is not None:
                inner = [Value(self.load(_merged(args).tags))] * 1
                self.call(arg, inner, ("?",))
        self.effect(effect, args)
        self.store(args)
        return Value(self.load(_merged(args).tags))

    def construct(self, cls: type, args: list[Value], shape: tuple[Any, ...]) -> Value:
        """A call of a class."""
        init: Any = cls.__init__  # type: ignore[misc]
        if not is_quiet(cls):
            self.summary.calls_out = True
        if isinstance(init, types.FunctionType):
            function = self.summaries.translate(init)
            self.summaries._meet_class(cls)
            self.store(args)
            if function is not None:
                self.function(
                    init, [PLAIN_VALUE, *args], (None, *shape) if shape else ()
                )
                return Value(frozenset(self.stored))
            if not hasattr(cls, "__dataclass_fields__"):
                self.summary.everything = True
            return Value(frozenset(self.stored))
        return self.builtin(cls, args)

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
        cells: Tags = NOTHING,
    ) -> Value:
        """A call of a function whose term may be known."""
        function = self.summaries.translate(fn)
        if function is None:
            return self.builtin(fn, args)
        self.summaries.meet(function.namespace, ())
        lam = function.lam
        own = lam.params[len(function.freevars) :]
        values: list[Value] = [Value(cells)] * len(function.freevars)
        simple = len(args) <= len(own) and not any(shape)
        if simple and not function.code.co_flags & 0x0C:
            rest = [Value(UNKNOWN if fn.__defaults__ else NOTHING)] * (
                len(own) - len(args)
            )
            values += [*args, *map(_default, rest)]
        else:
            merged = _merged(args)
            values += [
                Value(merged.tags | inside(merged.tags), _one_callee(args))
            ] * len(own)
        return self.include(lam, values)

    def include(self, lam: Lam, values: list[Value]) -> Value:
        """Add the summary of a function, in terms of these arguments."""
        found = self.summaries.of(lam, tuple(value.callee for value in values))
        given = {
            name: value.tags | receiver_tags(value.callee)
            for name, value in zip(lam.params, values, strict=True)
        }

        def mapped(tags: Iterable[Tag]) -> Tags:
            out: set[Tag] = set()
            for kind, root in tags:
                if isinstance(root, str):
                    out |= given[root] if kind == "is" else self.load(given[root])
                else:
                    out.add((kind, root))
            return frozenset(out)

        summary = self.summary
        summary.everything |= found.everything
        summary.calls_out |= found.calls_out
        summary.reads |= mapped(found.reads)
        self.write(mapped(found.writes))
        summary.resources_read |= found.resources_read
        summary.resources_written |= found.resources_written
        if found.writes:
            self.store(values)
        return Value(mapped(found.returns))

    def method(
        self, callee: Method, args: list[Value], shape: tuple[Any, ...]
    ) -> Value:
        """A call of a method by name: of all that it may be."""
        name, receiver = callee.name, callee.receiver
        result: Tags = NOTHING
        found = False
        for function in self.summaries.methods(name):
            found = True
            if function is None:
                self.summary.everything = True
            else:
                values = self._spread(function, [receiver, *args], shape)
                result |= self.include(function.lam, values).tags
        for methods in METHODS.values():
            effect = methods.get(name)
            if effect is not None:
                found = True
                self.effect(effect, [receiver, *args])
        if receiver.callee is not None and not isinstance(receiver.callee, Method):
            found = self.attribute_call(receiver.callee, name, args, shape) or found
        if not found and name not in READ_ONLY_NAMES:
            self.summary.everything = True
            return Value(UNKNOWN)
        self.store(args)
        return Value(result | self.load(receiver.tags | _merged(args).tags))

    def attribute_call(
        self, owner: Any, name: str, args: list[Value], shape: tuple[Any, ...]
    ) -> bool:
        """A call through a class or the like, whose attribute is known."""
        target = callee_of(getattr(owner, name, None))
        if target is None:
            return False
        self.call(Value(NOTHING, target), args, shape)
        return True

    def _spread(self, function: Function, args: list[Value], shape: Any) -> list[Value]:
        lam = function.lam
        free = len(function.freevars)
        own = len(lam.params) - free
        fits = len(args) <= own and not any(shape) and not function.code.co_flags & 0x0C
        if fits:
            values = [*args, *([PLAIN_VALUE] * (own - len(args)))]
        else:
            merged = _merged(args)
            values = [Value(merged.tags | inside(merged.tags), _one_callee(args))] * own
        return [PLAIN_VALUE] * free + values


def own_callee(param: str, callee: Any) -> Any:
    """A callee as a function sees it that is given it: a method's object is its own."""
    if not isinstance(callee, Method):
        return callee
    return Method(Value(frozenset({("is", param), ("in", param)})), callee.name)


def receiver_tags(callee: Any) -> Tags:
    """Where the object of a method comes from."""
    return callee.receiver.tags if isinstance(callee, Method) else NOTHING


UNKNOWN_ERROR: Tags = NOTHING


def _default(value: Value) -> Value:
    return value if value.tags else PLAIN_VALUE


def _one_callee(args: list[Value]) -> Any:
    callees = [arg.callee for arg in args if arg.callee is not None]
    return callees[0] if len(callees) == 1 else None


def _values(value: Any) -> list[Value]:
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, Value) else []


def _merged(values: Iterable[Any]) -> Value:
    tags: set[Tag] = set()
    callees = []
    for value in values:
        if isinstance(value, Value):
            tags |= value.tags
            if value.callee is not None:
                callees.append(value.callee)
    same = callees and all(callee is callees[0] for callee in callees)
    return Value(frozenset(tags), callees[0] if same else None)


def _either(one: Any, other: Any) -> Any:
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_merged(pair) for pair in zip(one, other, strict=True)]
    return _merged([*_values(one), *_values(other)])

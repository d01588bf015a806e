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

    A function is read once for each choice of what its parameters call, and once a pass;
    another pass is only needed when functions call each other in a circle, or when a
    class has turned up that has methods of its own.  What takes too many passes, is
    called in too many ways or too deep, touches everything: reading takes polynomial
    time.

    When a block is made, `footprint` turns tags into places for the actual arguments.

It is a little longer than most modules: what is read once is asked for in many ways.
"""

import functools
import inspect
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.closures import Resumption
from epic_actors.core.functions import Function, Namespace
from epic_actors.core.knowledge import CORE, Known
from epic_actors.core.language.lookup import (
    ACCESS,
    ANY_NAME,
    BARE_DESCRIPTORS,
    KEEPS,
    attribute,
    hook_names,
    hooks_of,
    is_data,
    module_of,
)
from epic_actors.core.language.records import record_of
from epic_actors.core.memory.extent import CLASSES_MET
from epic_actors.core.memory.holds import NOTHING, Hold
from epic_actors.core.memory.places import (
    CLASSES,
    STORED,
    STORED_IN_CLASSES,
    TAKEN,
    is_stored,
    loaded,
    named,
)
from epic_actors.core.memory.reach import PLAIN
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.externals import External
from epic_actors.core.network.regions import Footprint
from epic_actors.core.tables.effects import METHODS, Effect, prim_effect
from epic_actors.core.tables.protocols import LOADING, PROTOCOLS, REDUCING
from epic_actors.core.terms import Lam, Prim

from .factories import MISSING, Factories
from .natives import Shape
from .reading import Reader, is_quiet
from .stores import note_stores
from .tags import (
    CLOSURES,
    UNKNOWN,
    Closed,
    Held,
    Method,
    Shared,
    Tags,
    Uncallable,
    Value,
    callee_of,
    held_in,
    inside,
    underlying,
)
from .touched import EVERYTHING, NOTHING_READ, Summary


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


PASSES = 12
VARIANTS = 12
"""In so many ways, by what its parameters call, a function is read."""
DEPTH = 60
"""So many functions deep calls are followed: a large library ends in no time."""


class Summaries:
    """The summaries of one network's units and functions, made when first asked for."""

    def __init__(self, network: "Network") -> None:
        self.network = network
        self.translate = network.translate
        self.runs_aside = network.runs_aside
        self.specials = network.specials
        self.known: dict[Any, Summary] = {}
        self.kept: dict[int, Lam] = {}
        self.namespaces: dict[int, Namespace] = {}
        self.modules: set[str] = set()
        self.classes: dict[type, int] = {}
        self.quiet = Known(is_quiet)
        self.records = Known(record_of)
        self.variants: Counter[int] = Counter()
        self.unfinished: list[Summary] = []
        self.passes = 0
        self.depth = 0
        self.again = False
        self.version = 0
        self._effects: dict[int, Effect] = {}
        self._methods: dict[str, list[types.FunctionType]] = {}
        self._by_hook: dict[str, list[types.FunctionType]] = {}
        self._beside: dict[str, list[Any]] = {}
        self._special: dict[str, list[Any]] = {}
        self._run_by: dict[str, list[Any]] = {}
        self._by_names: dict[tuple[str, ...], tuple[frozenset[str], list[Any]]] = {}
        self.generators: dict[int, Function] = {}
        self.factories = Factories(self)
        self._hooks: dict[tuple[str, str], list[types.FunctionType]] = {}
        self._shared: dict[type, Shared] = {}
        self._held: dict[str, Tags] = {}
        self._closed: dict[int, Closed] = {}
        self.stored: set[Any] = set()
        self.attributes: set[str | None] = set()
        self.stamp: tuple[int, ...] = ()
        self.callees: dict[Any, tuple[Any, ...]] = {}

    def footprint(
        self, lam: Lam, namespace: Namespace, args: tuple[Any, ...]
    ) -> Footprint:
        """What a unit may touch, for these arguments."""
        args = tuple(map(deref, args))
        self.meet(namespace, args)
        callees = tuple(map(callee_of, args))
        return self._footprint(lambda: self.of(lam, callees), lam.params, args)

    def closedness(self, fn: types.FunctionType, function: Function) -> int:
        """How freely a function may run natively, as `Closedness` has it."""
        found = self.alone(function)
        if not found.is_closed or function.freevars or found.assumed:
            return 0
        return 2 if found.touches_nothing and not found.endless else 1

    def alone(self, function: Function) -> Summary:
        """The summary of a function of which only its term is known."""
        self.meet(function.namespace, ())
        callees: tuple[Any, ...] = (None,) * len(function.lam.params)
        return self.settled(lambda: self.of(function.lam, callees))

    def of_call(
        self, function: Any, values: Iterable[Any], shape: Shape = ()
    ) -> Footprint:
        """What a call of something pending may touch; of a method, by its name."""
        origin = function.method if type(function) is Wire else None
        if origin is None:
            return EVERYTHING
        return self.of_method(*origin, values, shape)

    def of_method(
        self, receiver: Any, name: str, values: Iterable[Any], shape: Shape = ()
    ) -> Footprint:
        """What a call of a method may touch."""

        def read(reader: Reader, given: list[Value]) -> None:
            args = reader.starred(given[1:], shape)
            called = reader.method(Method(given[0], name), args, shape)
            reader.summary.returns = called.tags

        return self._of_step(read, (receiver, *map(deref, values)))

    def of_access(self, op: str, name: str, obj: Any, *value: Any) -> Footprint:
        """What an access to an attribute may touch."""

        def read(reader: Reader, given: list[Value]) -> None:
            reader.effect(prim_effect(op, name), given)
            reader.hooked(op, name, given)
            if op == "getattr":
                reader.load_attribute(given[0], name)
            else:
                reader.shared_store(given, name)
            reader.summary.returns = UNKNOWN

        return self._of_step(read, (obj, *map(deref, value)))

    def of_operation(self, effect: Effect, args: Iterable[Any]) -> Footprint:
        """What an operation that may be code of the script's may touch."""

        def read(reader: Reader, given: list[Value]) -> None:
            reader.effect(effect, given)
            reader.summary.returns = reader.special(effect.op, given)
            reader.summary.returns |= frozenset(t for v in given for t in v.tags)

        return self._of_step(read, tuple(map(deref, args)))

    def of_pull(self, generated: Any, sent: Any) -> Footprint:
        """What any further step of a generator of the script's may touch."""
        lam = generated.function.lam

        def read(reader: Reader, given: list[Value]) -> None:
            tags = given[0].tags | inside(given[0].tags) | given[1].tags
            found = reader.include(lam, [Value(tags)] * len(lam.params))
            reader.write(given[0].tags)
            reader.summary.returns |= found.tags | tags

        return self._of_step(read, (generated, sent))

    def of_application(
        self, function: Any, args: Iterable[Any], shape: Shape = ()
    ) -> Footprint:
        """What an application of a known function may touch."""

        def read(reader: Reader, given: list[Value]) -> None:
            reader.summary.returns = reader.call(given[0], given[1:], shape).tags

        return self._of_step(read, (function, *map(deref, args)))

    def operation(self, op: str) -> Summary | None:
        """What the special methods that an operation may run may touch, if any."""
        methods = self._run_by.get(op)
        if methods is None:
            names = PROTOCOLS.get(op, ())
            methods = [m for name in names for m in self.special_methods(name)]
            self._run_by[op] = methods
        if not methods:
            return None
        names = PROTOCOLS[op]
        return self.together(
            op, names, lambda reader, given: reader.operation(op, methods, given)
        )

    def of_special(self, names: tuple[str, ...], args: Iterable[Any]) -> Footprint:
        """What special methods may touch that run inside an operation on these.

        Whether it may take steps of a generator is asked elsewhere.
        """

        def read(reader: Reader, given: list[Value]) -> None:
            reader.summary.returns = reader.applied(self.special_ones(names), given)

        # Why: what they are asked of is read anyway.
        if self.settled(lambda: self.special_ones(names)).only_reads:
            return NOTHING_READ
        return self._of_step(read, tuple(map(deref, args)))

    def special_store(self, names: tuple[str, ...]) -> bool:
        """Whether special methods of these names store anything that was there before."""
        return self.settled(lambda: self.special_ones(names)).stores

    def special_ones(self, names: tuple[str, ...]) -> Summary:
        """What special methods of these names may touch, of all that they are given."""
        known = self._by_names.get(names)
        if known is None:
            # Why: most operations come to the same few, and share what is read of them.
            there = frozenset(filter(self.special_methods, names))
            found = [m for name in sorted(there) for m in self.special_methods(name)]
            methods = [m for m in found if not isinstance(m, Function)]
            known = self._by_names[names] = there, methods
        there, methods = known

        def read(reader: Reader, given: Value) -> Tags:
            reader.summary.everything |= not there.isdisjoint(REDUCING)
            return reader.operation("list", methods, given)

        return self.together(there, there, read)

    def access(self, op: str, name: str, *, past: bool = False) -> Summary | None:
        """What the script's own code that an access may run may touch, if any."""
        functions = self.past_hooks(op) if past else self.hooks(op, name)
        if not functions:
            return None
        key = tuple(map(id, functions))
        return self.together(
            key,
            hook_names(op, name),
            lambda reader, given: reader.hooks(functions, given),
        )

    def together(
        self, key: Any, names: Iterable[str], run: Callable[[Reader, Value], Tags]
    ) -> Summary:
        """The summary of what may run, as one function of all that it is given.

        It is all that classes have under these names.
        """
        found = self.still_known(key)
        if found is None:
            found = self.known[key] = self.unread()
            found.asked.update(names)
        return self.brought_up(
            found, lambda reader: reader.together(functools.partial(run, reader))
        )

    def special_methods(self, name: str) -> list[Any]:
        """Every special method of that name that is code of the script's."""
        found = self._special.get(name)
        if found is None:
            found = self._special[name] = []
            if name == LOADING:
                found.extend(self.hooks("getattr", ANY_NAME))
            for cls in list(self.classes):
                method = vars(cls).get(name)
                if method is not None and self.specials.is_script(method):
                    found.append(method)
                elif method is None and self.by_library(cls, name):
                    found.extend(filter(self.specials.is_script, vars(cls).values()))
            if name == "__next__":
                found.extend(self.generators.values())
            if name == MISSING:
                found.extend(self.factories.known.values())
        return found

    def by_library(self, cls: type, name: str) -> bool:
        """Whether a special method is a library's Python code, which may call the class's."""
        method = attribute(cls, name)
        return isinstance(method, types.FunctionType) and (
            not self.specials.is_script(method)
        )

    def term_of(self, method: Any) -> Function | External | None:
        """What a method is: its term is made only when somebody reads that."""
        method = underlying(method)
        if method is None:
            return None
        if isinstance(method, External | Function):
            return method
        function = self.translate(method)
        if function is not None:
            self.meet(function.namespace, ())
        return function

    def may_hook(self, op: str, name: str) -> bool:
        """Whether an access to an attribute may run code of the script's classes."""
        return bool(self.hooks(op, name))

    def hooks(self, op: str, name: str) -> list[types.FunctionType]:
        """The script's own code that an access to an attribute may run."""
        found = self._hooks.get((op, name))
        if found is None:
            found = self._hooks[op, name] = [
                function
                for cls in self.classes
                for one in (vars(cls) if name == ANY_NAME else (name,))
                for function in hooks_of(cls, op, one)
                if self.specials.is_script(function)
                or (function is KEEPS and self.specials.is_script(vars(cls)[one].func))
            ]
        return found

    def past_hooks(self, op: str) -> list[types.FunctionType]:
        """What a hook for all attributes may run by asking `object` for one of them."""
        hook, is_script = ACCESS[op][2], self.specials.is_script
        hooked = [cls for cls in self.classes if is_script(attribute(cls, hook))]
        owners = {base for cls in hooked for base in cls.__mro__}
        return [
            function
            for cls in self.classes
            if cls in owners
            for one in vars(cls)
            for function in hooks_of(cls, op, one)
            if is_script(function) and function.__name__ not in hook_names(op, "")
        ]

    def closed(self, fn: types.FunctionType) -> Closed:
        """What a function is made around, the same whenever it is asked for."""
        found = self._closed.get(id(fn))
        if found is None:
            found = self._closed[id(fn)] = Closed.of(fn)
        return found

    def may_replace(self, name: str) -> bool:
        """Whether something else may stand where methods of that name are looked up."""
        return name in STORED_IN_CLASSES or any(
            name in namespace.attributes for namespace in self.namespaces.values()
        )

    def take_stores(self) -> None:
        """Take in what code met since stores under names of its own."""
        spaces: list[set[Any]] = [STORED_IN_CLASSES]
        spaces += [space.attributes for space in self.namespaces.values()]
        if self.stamp != (stamp := (len(STORED), *map(len, spaces))):
            self.stamp = stamp
            attributes = STORED_IN_CLASSES.union(*spaces) - self.attributes
            stored = STORED - self.stored
            self.attributes |= attributes
            self.stored |= stored
            self._forget(lambda found: found.hangs_on(attributes, stored))

    def held(self, name: str) -> Tags:
        """What classes hold under that name for all their instances."""
        found = self._held.get(name)
        if found is None:
            found = self._held[name] = frozenset(
                ("is", (self._shared.setdefault(cls, Shared(cls)), name))
                for cls in self.classes
                if name in vars(cls) and is_data(vars(cls)[name])
            )
        return found

    def holds(self, cls: type, name: str) -> None:
        """Take in that a class is given an attribute."""
        if name not in vars(cls):
            self.read_again({name})

    def of_spread(
        self, function: Any, values: Iterable[Any], shape: Shape
    ) -> Footprint:
        """What a call of a function with what stands behind a star may touch."""

        def read(reader: Reader, given: list[Value]) -> None:
            reader.starred(given[1:], shape)
            tags = frozenset(tag for value in given[1:] for tag in value.tags)
            merged = [Value(tags | inside(tags))] * max(1, len(given) - 1)
            reader.summary.returns = reader.call(given[0], merged, ("?",)).tags

        return self._of_step(read, (function, *map(deref, values)))

    def _of_step(
        self, read: "Callable[[Reader, list[Value]], None]", args: tuple[Any, ...]
    ) -> Footprint:
        params = tuple(f"a{index}" for index in range(len(args)))
        self.meet(None, args)

        def found() -> Summary:
            summary = Summary()
            given = [
                Value(frozenset({("is", param)}), callee_of(value))
                for param, value in zip(params, args, strict=True)
            ]
            reader = Reader(self, summary)
            read(reader, given)
            summary.returns |= frozenset(reader.stored)
            return summary

        return self._footprint(found, params, args)

    def _footprint(
        self, read: Callable[[], Summary], params: tuple[str, ...], args: Any
    ) -> Footprint:
        found = self.settled(read)
        if found.assumed and self.changing(found, args):
            return EVERYTHING
        standing = self.standing(found)
        if standing is None:
            return EVERYTHING
        footprint = found.footprint(params, args, standing)
        return attrs.evolve(footprint, unsure=self.news(found, read, args))

    def changing(self, found: Summary, args: Any) -> bool:
        """Whether something older may yet store to a variable that was relied on."""
        network = self.network
        if network.holds[0] == 0:
            return False
        look = network.here.memory.conflict_outward
        kind = types.CellType
        cells = [cell for cell, _ in found.assumed.values() if type(cell) is kind]
        cells += [arg for arg in args if type(arg) is kind]
        return any(look(cell, write=False) is not None for cell in cells)

    def standing(self, found: Summary) -> dict[tuple[int, str], Any] | None:
        """What pending stores put in the globals read; None if that is not known.

        A number that older code may only count up stays a number.
        """
        given: dict[tuple[int, str], Any] = {}
        if self.network.holds[0] == 0:
            return given
        look = self.network.here.memory.conflict_outward
        attributes = [named(CLASSES, name) for name in found.attributes]
        if any(look(place, write=False) is not None for place in attributes):
            return None
        for key in found.globals_read:
            if not is_stored(*key):
                continue
            name, *others = loaded(*key)
            if any(look(place, write=False) is not None for place in others):
                return None
            older = look(name, write=False)
            if older is None or (
                isinstance(older, Hold)
                and name in older.keeps
                and key not in found.assumed
            ):
                continue
            if not isinstance(older, Hold) or older.puts is NOTHING:
                return None
            if not found.allows(key, older.puts):
                return None
            given[key] = older.puts
        return given

    def news(
        self, known: Summary, read: Callable[[], Summary], args: tuple[Any, ...]
    ) -> Callable[[], bool] | None:
        """Says whether more may be touched than was known; None if it never will be.

        A pending argument may turn out to be, or hold, an object of a class not met yet,
        or a generator of a function not met yet.
        """
        wires = [arg for arg in args if type(arg) is Wire]
        unknown = [wire for wire in wires if not (wire.immutable or wire.kind)]
        if not unknown or known.everything:
            return None
        version, more = self.version, False
        for wire in unknown:
            wire.holds = wire.holds or []
            if wire.holds[-1:] != [self]:
                wire.holds.append(self)

        def is_more() -> bool:
            nonlocal version, more
            if version != self.version and not more:
                more = not self.settled(read).is_within(known)
                version = self.version
            return more

        return is_more

    def learn(self, _wire: Wire, value: Any) -> None:
        """Hear what a pending argument turned out to be."""
        self.meet(None, (value,))

    def meet(self, namespace: Namespace | None, args: Iterable[Any]) -> None:
        """Take in where classes of the script may be found."""
        for value in args:
            self.meet_class(type(value))
            if type(value) is defaultdict:
                self.factories.meet(value.default_factory)
            if issubclass(type(value), type):
                self.meet_class(value)
        if namespace is None:
            return
        if namespace.dictionaries or id(namespace.values) in TAKEN:
            self.network.holds[2] = 1
        if id(namespace.values) in self.namespaces:
            return
        self.namespaces[id(namespace.values)] = namespace
        for value in list(namespace.values.values()):
            # Why: nothing is of an abstract class but through a class derived from it.
            if type(value) is defaultdict:
                self.factories.meet(value.default_factory)
            if isinstance(value, type) and (
                not inspect.isabstract(value) or self.is_own(value)
            ):
                self.meet_class(value)

    def meet_module(self, module: types.ModuleType) -> None:
        """Take in which of its attributes code of a module assigns."""
        if module.__name__ not in self.modules:
            self.modules.add(module.__name__)
            note_stores(vars(module))

    def meet_class(self, cls: type, *, made: bool = False) -> None:
        """Take in a class, with its bases and, if they are the script's, more.

        These are its subclasses, if it is the script's, and its class, if that is.  One of
        ours, only when it is `made` an object of in the place of a native one.
        """
        module = module_of(cls)
        ours = module.startswith(CORE) and not made
        if type(cls).__hash__ is None:
            # Why: it can stand in no table; what it does is left to CPython.
            return
        if cls in self.classes or module == "builtins" or ours:
            return
        self.classes[cls] = len(self.classes)
        names = {n for n, v in vars(cls).items() if type(v) not in _BARE}
        if LOADING in self.specials.of(cls):
            names.add(LOADING)
        self.read_again(names)
        for base in cls.__mro__:
            self.meet_class(base)
        if type(cls) is not type and self.is_own(type(cls)):
            self.meet_class(type(cls))
        # Why: anything may derive from a library's class that has nothing to do with us.
        if self.is_own(cls):
            subclasses: list[type] = type.__subclasses__(cls)
            for derived in subclasses:
                self.meet_class(derived)

    def is_own(self, cls: type) -> bool:
        """Whether a class is the script's: it has code of the script's, or stands by it."""
        modules = {namespace.name for namespace in self.namespaces.values()}
        return module_of(cls) in modules or any(
            # Why: to know that code is the script's, its file need not be read.
            isinstance(value, types.FunctionType)
            and (self.runs_aside(value) or self.translate(value) is not None)
            for value in vars(cls).values()
        )

    def meet_generator(self, function: Function) -> None:
        """Take in a generator function: any iteration may be over what it gives."""
        if id(function) not in self.generators:
            self.generators[id(function)] = function
            self.meet(function.namespace, ())
            self.read_again({"__next__"})

    def read_again(self, names: set[str]) -> None:
        """Forget what was read that asked classes for these: there may be more of them.

        What is being read now goes on, and is read once more.
        """
        if not names:
            return
        for table in (self._special, self._methods, self._beside, self._held):
            for name in names:
                table.pop(name, None)
        self._run_by.clear()
        self._by_names.clear()
        self._by_hook.clear()
        for asked in [
            key for key in self._hooks if not names.isdisjoint(hook_names(*key))
        ]:
            del self._hooks[asked]
        self._forget(lambda found: found.hangs_on(names))

    def read_anew(self) -> None:
        """Forget all that was read."""
        self.unfinished.clear()
        self._forget(lambda _: True)

    def _forget(self, is_old: Callable[[Summary], bool]) -> None:
        """Forget the summaries for which more has turned up."""
        self.version += 1
        CLASSES_MET[0] += 1
        self.again = True
        unfinished = set(map(id, self.unfinished))
        for key, found in list(self.known.items()):
            if id(found) not in unfinished and is_old(found):
                del self.known[key]
                self.callees.pop(key, None)

    def settled(self, read: Callable[[], Summary]) -> Summary:
        """What is read when nothing new turns up any more."""
        self.take_stores()
        found = self._passed(read)
        for _ in range(1, PASSES):
            if not self.again:
                break
            found = self._passed(read)
        # Why: a pass that soon comes to what touches everything goes no further; what was
        # read in an earlier one alone, of others that still grew, is to be read again.
        last = [one for one in self.unfinished if one.read_in == self.passes]
        for summary in last:
            summary.everything |= self.again
            summary.finished = True
        self.unfinished = [one for one in self.unfinished if not one.finished]
        found.everything |= self.again or found.contradicts_itself
        return found

    def _passed(self, read: Callable[[], Summary]) -> Summary:
        self.passes += 1
        self.again = False
        return read()

    def of(self, lam: Lam, callees: tuple[Any, ...]) -> Summary:
        """The summary of a function of the term, given what its parameters call."""
        found = self.still_known(key := (id(lam), tuple(map(_key, callees))))
        if found is None:
            self.variants[id(lam)] += 1
            if self.variants[id(lam)] > VARIANTS and any(
                c is not None for c in callees
            ):
                return self.of(lam, (None,) * len(callees))
            found = self.known[key] = self.unread()
            # Why: kept, or others could take their identities.
            self.kept[id(lam)] = lam
            self.callees[key] = callees
        return self.brought_up(found, lambda reader: reader.read(lam, callees))

    def still_known(self, key: Any) -> Summary | None:
        """A summary read before, unless a variable that it relied on has changed."""
        found = self.known.get(key)
        return None if found is None or (found.finished and not found.holds) else found

    def unread(self) -> Summary:
        """A summary to be read."""
        self.unfinished.append(made := Summary())
        return made

    def brought_up(self, found: Summary, read: Callable[[Reader], None]) -> Summary:
        """A summary that was read in this pass, or is being read."""
        if not found.finished and found.read_in != self.passes:
            found.read_in = self.passes
            self._read(found, read)
        elif found.growing:
            found.circular = True
        return found

    def _read(self, found: Summary, read: Callable[[Reader], None]) -> None:
        """Read; once more in another pass if it was asked for meanwhile."""
        if self.depth == DEPTH:
            found.everything = True
            return
        before = found.size()
        found.growing, found.circular = True, False
        self.depth += 1
        read(Reader(self, found))
        self.depth -= 1
        found.growing = False
        if found.circular and found.size() != before:
            self.again = True

    def effect(self, term: Prim) -> Effect:
        """The effect of a primitive of a term that is kept."""
        found = self._effects.get(id(term))
        if found is None:
            found = self._effects[id(term)] = prim_effect(term.op, term.static)
        return found

    def methods(self, name: str) -> list[types.FunctionType]:
        """Every method of that name in the classes met."""
        found = self._methods.get(name)
        if found is None:
            found = self._methods[name] = []
            for cls in list(self.classes):
                made = vars(cls).get(name)
                made = getattr(made, "__func__", None) or getattr(made, "fget", made)
                if isinstance(made, types.FunctionType):
                    found.append(made)
        return found

    def beside_methods(self, name: str) -> list[Any]:
        """What classes of the script's have under a name that is called, and no method.

        Of what a descriptor gives nothing is known.
        """
        found = self._beside.get(name)
        if found is None:
            pairs = [(cls, vars(cls).get(name)) for cls in list(self.classes)]
            found = self._beside[name] = [
                value
                for cls, value in pairs
                if type(value) not in _METHODS and may_be_called(value)
                if self.is_own(cls)
            ]
        return found

    def found_by_hook(self, name: str) -> list[types.FunctionType]:
        """The `__getattr__` of classes that have nothing under a name."""
        found = self._by_hook.get(name)
        if found is None:
            found = self._by_hook[name] = [
                hook
                for cls in list(self.classes)
                for hook in [vars(cls).get("__getattr__")]
                if isinstance(hook, types.FunctionType)
                and self.specials.is_script(hook)
                if attribute(cls, name) is None
            ]
        return found


_METHODS = frozenset({types.FunctionType, staticmethod, classmethod, types.NoneType})


def may_be_called(value: Any) -> bool:
    """Whether what a class has, or what it gives as a descriptor, may be called."""
    if callee_of(value) is not None:
        return True
    if not hasattr(type(value), "__get__"):
        return callable(value)
    if isinstance(value, BARE_DESCRIPTORS):
        return False
    getter: Any = None
    if isinstance(value, property | functools.cached_property):
        getter = value.fget if isinstance(value, property) else value.func
    noted = getattr(getter, "__annotations__", {}).get("return")
    return not (isinstance(noted, type) and (noted in PLAIN or noted in METHODS))


_BARE = frozenset(
    {
        types.WrapperDescriptorType,
        types.MethodDescriptorType,
        types.ClassMethodDescriptorType,
        types.GetSetDescriptorType,
        types.BuiltinFunctionType,
    }
)
"""What stands in a class and is neither code of the script's nor data, which may change."""


class Closedness:
    """How freely functions may run natively: 2 always, 1 in calm, 0 not at all.

    Always holds for plain arguments only, and as long as nothing new is stored in globals.
    """

    __slots__ = ("found", "stored", "summaries")

    def __init__(self, summaries: Summaries) -> None:
        self.summaries = summaries
        self.found: dict[int, int | None] = {}
        self.stored = 0

    def is_new(self, fn: types.FunctionType) -> bool:
        """Whether a function has not been called before."""
        if self.stored != len(STORED):
            self.forget()
        key = id(fn.__code__)
        if key in self.found:
            return False
        self.found[key] = None
        return True

    def of(self, fn: types.FunctionType, function: Function) -> int:
        """That of a function."""
        if self.stored != len(STORED):
            self.forget()
        closed = self.found.get(id(fn.__code__))
        if closed is None:
            closed = self.summaries.closedness(fn, function)
            self.found[id(fn.__code__)] = closed
        return closed

    def forget(self) -> None:
        """Find out anew."""
        self.found = dict.fromkeys(self.found)
        self.stored = len(STORED)


def _key(callee: Any, depth: int = CLOSURES) -> Any:
    if isinstance(callee, Held):
        return "held", _key(callee.callee, depth)
    if isinstance(callee, Uncallable):
        return "plain"
    if isinstance(callee, types.FunctionType):
        code = id(callee.__code__)
        if callee.__closure__ is None or depth == 0:
            return code if callee.__closure__ is None else (code, callee)
        return code, *[_key(held_in(c), depth - 1) for c in callee.__closure__]
    if isinstance(callee, Method):
        return callee.name
    if isinstance(callee, Resumption):
        return id(callee.lam)
    return None if callee is None else id(callee)

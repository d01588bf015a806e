"""Special methods that are code of the script.

Rules
    1. An operation on an object whose class has Python code of the script's for it is an
       application of that code: it overlaps, calls externals and holds what its summary
       says, like any function of the script.
    2. Which methods are asked, in which order, and what is made of their results is as in
       CPython.  Checks of results, and errors where nobody knows what to do, are left to
       CPython itself: it is given a stand-in, an object of a class of the same name.
    3. While an operand is pending that may be of such a class, the operation waits.  It
       also waits for what is of a known type, once it takes that to know whom to ask.
    4. Everything else stays native: builtin types, generated methods, libraries, and what
       containers do with their elements (hashing and comparing keys, sorting).

Theory of operation
    Each step is a frame (see `regions`): it applies a method, waits for its result only if
    CPython would look at it, and goes on to the next method or gives the result.
    `network.special` has the bits of the special methods that classes met so far have;
    while an operation's bits are not among them nobody looks any further.  While none of
    these methods may ask for anything (see `calling`), and all is calm, CPython runs them:
    `network.loud` says for which operations it must not.

It is longer than most modules: there is a step for each protocol, and all look alike.
"""

import itertools
import operator
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.footprints.factories import is_filled
from epic_actors.core.footprints.touched import EVERYTHING
from epic_actors.core.generators import generated_of
from epic_actors.core.iteration import iterating
from epic_actors.core.iteration.stepping import Steps
from epic_actors.core.iteration.taking import gone_over, may_be_generated
from epic_actors.core.iteration.walk import steps_ask, walk
from epic_actors.core.memory.places import CLASSES, STORED_IN_CLASSES, named
from epic_actors.core.memory.reach import PLAIN
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.externals import External
from epic_actors.core.network.perform import (
    COMPUTING_IN_PLACE,
    NATIVE,
    operate,
    operate_natively,
)
from epic_actors.core.network.regions import Frame, enter
from epic_actors.core.tables.effects import BUILTINS, Effect, prim_effect
from epic_actors.core.tables.protocols import (
    ARITHMETIC,
    BITS,
    CHECKING,
    COMPARISONS,
    HOOKS,
    ITERATION,
    LOADING,
    OPERANDS,
    PROTOCOLS,
    TAKES_ITEMS,
    bits_of,
    special_bits,
)

from .calling import HARMLESS, may_ask
from .dispatch import GENERATING, WAYS, apply, run_native
from .lookup import accessors, attribute, script_of
from .prelude import next_


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


NEXT, NOTHING = frozenset({"__next__"}), frozenset[str]()
_BY_INDEX = frozenset({"__len__", "__getitem__"})
PASSES = frozenset(
    ["neg", "pos", "invert", "abs", "round", "next", "reversed", "dir", "getitem"]
)
"""Operations that give what the method gives, whatever it is."""
SEQUENCES = (list, tuple, str, bytes, bytearray, deque)
INDEXED = (*SEQUENCES, range)
TRUTH = prim_effect("truth")
PRINT = BUILTINS[print]
TEXT = bits_of("print")
ITEMS = BUILTINS[list]
TEXTS = {"s": BUILTINS[str], "r": BUILTINS[repr], "a": BUILTINS[ascii]}
Tries = list[tuple[Any, tuple[Any, ...]]]


def is_standard(method: Any) -> bool:
    """Whether a method is the standard library's, which asks for nothing to check a class."""
    module = getattr(method, "__module__", None) or ""
    return module.partition(".")[0] in sys.stdlib_module_names


def _special_names(cls: type) -> set[str]:
    return {name for base in cls.__mro__[:-1] for name in vars(base) if name in BITS}


class Specials:
    """The special methods of the classes that one run has met."""

    def __init__(self, network: "Network") -> None:
        self.network = network
        self.known: dict[type, frozenset[str]] = {}
        self.own: frozenset[str] = frozenset()
        self.asking = False
        self.describing = False

    def of(self, cls: type) -> frozenset[str]:
        """The special methods of a class that are code of the script's."""
        found = self.known.get(cls)
        if found is None:
            found = self.known[cls] = frozenset(self._found(cls))
            running = found.union(self._running(cls, found))
            self.network.special |= sum({BITS[name] for name in running})
            self._listen(cls, found)
        return found

    def any_of(self, names: tuple[str, ...]) -> bool:
        """Whether a class met so far may have one of these methods."""
        return bool(self.network.special & special_bits(names))

    def ask(self, cls: type, names: tuple[str, ...]) -> bool:
        """Whether methods of these names that a class has may call an external."""
        if cls is Wire or cls in PLAIN:
            return False
        found = self.of(cls).intersection(names)
        methods = [attribute(cls, name) for name in found - {LOADING}]
        if LOADING in found:
            methods += [m for base in cls.__mro__ for m in accessors(vars(base))]
        return any(may_ask(method, self.own) for method in methods)

    def _running(self, cls: type, found: frozenset[str]) -> Iterator[str]:
        """The special methods of a library's Python that may run those of the script's.

        Why: `Mapping.__eq__` asks for the items.
        """
        for name in _special_names(cls) - found if found else ():
            method = attribute(cls, name)
            if isinstance(method, types.FunctionType):
                module = method.__globals__.get("__name__", cls.__module__)
                if module != cls.__module__:
                    yield name

    def _listen(self, cls: type, names: frozenset[str]) -> None:
        """See whether code of a class that operations run may ask for anything."""
        network, made = self.network, vars(cls)
        methods = [attribute(cls, name) for name in names - {LOADING}]
        methods += filter(self.is_script, accessors(vars(cls)))
        functions = {n for n, v in made.items() if isinstance(v, types.FunctionType)}
        # Why: one of them may be behind a name that was taken for a builtin's.
        special = network.special & ~HOOKS
        renamed = special != 0 and bool(functions & HARMLESS - self.own)
        self.own = own = self.own | functions
        self.asking = self.asking or renamed or any(may_ask(m, own) for m in methods)
        if self.is_script(attribute(cls, "__get__")) and not self.describing:
            # Why: attributes of a class itself may be what such a descriptor gives.
            self.describing = True
            network.simple = {k for k in network.simple if not issubclass(k, type)}
        loud = network.loud | network.special if self.asking else network.loud
        if loud != network.loud:
            network.loud = loud
            network.closed.forget()

    def _found(self, cls: type) -> Iterator[str]:
        if cls in PLAIN or cls is type:
            return
        for name in _special_names(cls):
            method = attribute(cls, name)
            if self.is_script(method) and not (
                name in CHECKING and is_standard(method)
            ):
                yield name
        for base in cls.__mro__[:-1]:
            if any(map(self.is_script, accessors(vars(base)))):
                yield LOADING
                return

    def is_script(self, method: Any) -> bool:
        """Whether a class's attribute is code of the script's."""
        if isinstance(method, staticmethod | classmethod):
            method = method.__func__
        if not isinstance(method, types.FunctionType):
            return isinstance(method, External) or script_of(method) is not None
        # Why: generated code stands in no file, and calls nothing of the script's.
        generated = method.__code__.co_filename.startswith("<")
        if generated and "__file__" in method.__globals__:
            return False
        if not generated and self.network.runs_aside(method):
            return True
        return self.network.translate(method) is not None

    def perform(self, effect: Effect, args: tuple[Any, ...]) -> Any:
        """Perform an operation if it is code of the script's, else `NATIVE`."""
        op, args = effect.op, tuple(map(deref, args))
        names = PROTOCOLS[op]
        if not STORED_IN_CLASSES.isdisjoint(names):
            if (store := self.restyled(names)) is not None:
                return self.enter(self._after(store, effect, args), effect, args)
            self.known.clear()
        positions = OPERANDS.get(op, (0,)) if op not in EVERY else range(len(args))
        hit = pending = False
        for position in positions:
            if position >= len(args):
                continue
            value = args[position]
            kind = type(value)
            if kind is Wire:
                pending = pending or not (value.immutable or value.kind is not None)
            elif op in FOLDS and kind in (list, tuple):
                hit = hit or any(self._folds(names, item) for item in value)
            elif kind not in PLAIN:
                hit = (
                    hit
                    or not self.names(value).isdisjoint(names)
                    or (
                        op == "getitem"
                        and isinstance(value, type)
                        and self.is_script(attribute(value, "__class_getitem__"))
                    )
                    or (op == "getitem" and self.fills(value))
                )
        if pending and not hit and self.computes(op, args):
            return NATIVE
        pending = pending or (hit and self.is_open(op, *args))
        if pending and op not in EVERY:
            frame = self._later(effect, args, positions)
        elif hit or pending:
            frame = STEPS[op](self, effect, *args)
        else:
            return NATIVE
        return self.enter(frame, effect, args)

    def fills(self, value: Any) -> bool:
        """Whether looking up an item may make a default by code that asks."""
        if not is_filled(value):
            return False
        return self.network.summaries.factories.asks(value.default_factory)

    def is_open(self, op: str, left: Any, right: Any = None, *_: Any) -> bool:
        """Whether it takes a pending operand to know whose method is asked first."""
        if op not in TWO:
            return False
        if type(left) is Wire:
            return True
        return type(right) is Wire and not self.has(left, PROTOCOLS[op][0])

    def computes(self, op: str, args: tuple[Any, ...]) -> bool:
        """Whether it is arithmetic, for which no class of the script's has a method."""
        if op not in COMPUTING_IN_PLACE and op not in ARITHMETIC:
            return False
        names: Iterable[str] = PROTOCOLS[op]
        if type(args[0]) in PLAIN:
            # Why: only a list takes in what it is given item by item.
            names = [name for name in names if name not in ITERATION]
        else:
            names = [name for name in names if name not in LENGTHS]
        return not any(map(self.network.summaries.special_methods, names))

    def _folds(self, names: tuple[str, ...], item: Any) -> bool:
        """Whether an element is, or may be, of a class with one of these methods."""
        kind = type(deref(item))
        return kind is Wire or not self.of(kind).isdisjoint(names)

    def walk(self, values: Any) -> Any:
        """Start a loop over something that is code of the script's, else `NATIVE`."""
        if type(values) is Wire:
            if not may_be_generated(values):
                return NATIVE
        elif type(values) in PLAIN or not iterates(self, values):
            return NATIVE
        return self.enter(_walked(self, values), ITEMS, (values,))

    def spread(self, value: Any) -> Any:
        """What stands behind a star in a call, if that is code of the script's."""
        if type(value) in PLAIN or not iterates(self, value):
            return value
        return self.enter(spread_out(self, value), ITEMS, (value,))

    def opened(self, function: Any, args: tuple[Any, ...], kwargs: Any) -> Any:
        """A lazy iterator over what is code of the script's, else `NATIVE`."""
        if function is reversed:
            return self.turned(args)
        places = gone_over(function, len(args))
        may = self.may_open if function is itertools.chain else self.may_turn_out
        if not any(may(deref(args[place])) for place in places):
            return NATIVE
        return self.enter(_opened(self, function, args, kwargs), ITEMS, args)

    def turned(self, args: tuple[Any, ...]) -> Any:
        """`reversed` of what has items by index of its own, else `NATIVE`."""
        obj = deref(args[0]) if args else None
        names = self.names(obj)
        if attribute(type(obj), "__reversed__") is not None or not names & _BY_INDEX:
            return NATIVE
        return self.enter(self.run(iterating.backwards, obj), ITEMS, args)

    def may_open(self, value: Any) -> bool:
        """Whether an argument of a lazy iterator is code of the script's."""
        known = type(value) is Wire or type(value) in PLAIN
        if known or generated_of(value) is not None:
            return False
        return iterates(self, value) or steps_ask(self.network, value)

    def may_turn_out(self, value: Any) -> bool:
        """Whether it is, or may turn out to be, what `may_open` says."""
        if type(value) is not Wire:
            return self.may_open(value)
        asked = self.network.summaries.special_methods("__iter__")
        return may_be_generated(value) and bool(asked)

    def gives_items(self, value: Any) -> bool:
        """Whether what takes in the items of a value, which is no mapping, runs its code."""
        return self.may_open(value) and attribute(type(value), "keys") is None

    def printed(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Print values whose text is code of the script's, else `NATIVE`."""
        args = tuple(map(deref, args))
        if not any(speaks(self, value) for value in args):
            return NATIVE
        return self.enter(_print(self, args, kwargs), PRINT, args)

    def making(self, cls: type) -> Any:
        """The script to run for a call of a class; None if it is made as any other."""
        call = attribute(type(cls), "__call__")
        if call is not type.__call__ and self.is_script(call):
            return call
        new = attribute(cls, "__new__")
        started = new is not object.__new__ and call is type.__call__
        if self.is_script(new):
            return iterating.made
        if started and self.is_script(attribute(cls, "__init__")):
            return iterating.made
        return None

    def enter(self, frame: Frame, effect: Effect, args: tuple[Any, ...]) -> Any:
        """Run a frame that stands for an operation."""
        summaries = self.network.summaries
        footprint = lambda: summaries.of_operation(effect, args)  # noqa: E731
        return enter(self.network, frame, effect.count, footprint)

    def restyled(self, names: tuple[str, ...]) -> Any:
        """The older store that may give a class another one of these methods, if any."""
        look = self.network.here.memory.conflict_outward
        for name in filter(STORED_IN_CLASSES.__contains__, names):
            found = look(named(CLASSES, name), write=False)
            if found is not None:
                return found
        return None

    def _after(self, store: Any, effect: Effect, args: tuple[Any, ...]) -> Frame:
        """Wait for what a store does to a class, then perform the operation."""
        yield store
        return operate(self.network, effect, *map(self.network.settler.settled, args))

    def _later(self, effect: Effect, args: Any, positions: Any) -> Frame:
        """Wait for the operands, then perform it."""
        args = list(args)
        for position in positions:
            while type(args[position]) is Wire:
                args[position] = yield args[position]
        return operate(self.network, effect, *map(self.network.settler.settled, args))

    # What steps are made of

    def has(self, obj: Any, name: str) -> bool:
        """Whether an object's special method is code of the script's."""
        return name in self.names(obj)

    def names(self, obj: Any) -> frozenset[str]:
        """The special methods of an object that are code of the script's."""
        if type(obj) in GENERATING and generated_of(obj) is not None:
            return NEXT
        if type(obj) is types.GeneratorType:
            return NOTHING
        return self.of(type(obj))

    def send(self, obj: Any, name: str, *args: Any) -> Any:
        """Apply a special method; its result, or a wire for it."""
        method = attribute(type(obj), name)
        if isinstance(method, types.FunctionType | External):
            return apply(self.network, method, (obj, *args), {})
        bound = method.__get__(obj, type(obj))
        return apply(self.network, bound, args, {})

    def run(self, script: Callable[..., Any], *args: Any) -> Frame:
        """Apply a script of ours and wait for its result."""
        return (yield from waited(apply(self.network, script, args, {})))

    def truth(self, value: Any) -> Frame:
        """The truth of a value, which may be pending."""
        value = yield from waited(value)
        return (yield from waited(operate(self.network, TRUTH, value)))

    def first(self, names: tuple[str, ...], obj: Any) -> str:
        """The first of some special methods that an object has."""
        for name in names:
            if attribute(type(obj), name) is not None:
                return name
        return names[-1]


def waited(value: Any) -> Frame:
    """A value, once it is there."""
    value = deref(value)
    while type(value) is Wire:
        value = yield value
    return value


def stand_in(specials: Specials, value: Any) -> Any:
    """What CPython complains about in place of an object of the script's."""
    if not specials.of(type(value)):
        return value
    return type(type(value).__name__, (), {})()


def answering(value: Any, name: str, answer: Any) -> Any:
    """An object whose special method has answered already, for CPython to check that."""

    def method(self: Any, *args: Any) -> Any:
        return self.answer

    # Why: not the class has the answer, since classes go only when the collector comes.
    named = {"__slots__": ("answer",), name: method}
    made: Any = type(type(value).__name__, (), named)()
    made.answer = answer
    return made


# One operand


def _unary(specials: Specials, effect: Effect, obj: Any, *rest: Any) -> Frame:
    """`-x`, `len(x)`, `bool(x)`: the first method there is answers."""
    name = specials.first(PROTOCOLS[effect.op], obj)
    if name == "__str__" and attribute(type(obj), name) is object.__str__:
        name = "__repr__"
    if not specials.has(obj, name):
        return operate_natively(specials.network, effect, obj, *rest)
    if effect.op in PASSES:
        return specials.send(obj, name, *rest)
    if rest and effect.op != "complex":
        # Why: CPython asks none of them then, and says what is wrong.
        return operate_natively(specials.network, effect, obj, *rest)
    answer = yield from waited(specials.send(obj, name))
    said = answering(obj, name, answer)
    return operate_natively(specials.network, effect, said, *rest)


def _format(specials: Specials, effect: Effect, obj: Any, spec: Any = "") -> Frame:
    """`format(x, spec)` and the parts of an f-string."""
    network, bound = specials.network, getattr(effect.function, "args", ("",))
    if bound[0]:
        shown = yield from waited(operate(network, TEXTS[bound[0]], obj))
        return format(shown, (yield from waited(spec)))
    method = attribute(type(obj), "__format__")
    if specials.has(obj, "__format__"):
        answer = yield from waited(specials.send(obj, "__format__", spec))
        return effect.function(answering(obj, "__format__", answer), "")
    spec = yield from waited(spec)
    if method is object.__format__ and spec == "":
        return operate(network, TEXTS["s"], obj)
    return operate_natively(network, effect, obj, spec)


def _item(specials: Specials, effect: Effect, obj: Any, *rest: Any) -> Frame:
    """`x[key]`, also of a class; `x[key] = value`; `del x[key]`."""
    name, key = f"__{effect.op}__", rest[0]
    asks = issubclass(type(obj), INDEXED) and not issubclass(type(key), int)
    if asks and specials.has(key, "__index__"):
        found = yield from waited(specials.send(key, "__index__"))
        index = operator.index(answering(key, "__index__", found))
        rest = (index, *rest[1:])
    if specials.has(obj, name):
        return specials.send(obj, name, *rest)
    if effect.op == "getitem" and specials.fills(obj):
        return apply(specials.network, iterating.filled, (obj, *rest), {})
    if isinstance(obj, type) and attribute(type(obj), name) is None:
        method = attribute(obj, "__class_getitem__")
        if specials.is_script(method):
            bound = method.__get__(None, obj)
            return apply(specials.network, bound, rest, {})
    return operate_natively(specials.network, effect, obj, *rest)


def speaks(specials: Specials, value: Any) -> bool:
    """Whether the text of a value is, or may turn out to be, code of the script's."""
    if type(value) is Wire:
        return not (value.immutable or value.kind is not None)
    if type(value) in PLAIN:
        return False
    return not specials.of(type(value)).isdisjoint(PROTOCOLS["str"])


def _print(specials: Specials, args: Any, kwargs: dict[str, Any]) -> Frame:
    """`print` of objects whose text is code of the script's."""
    values = []
    for value in args:
        values.append((yield from waited(value)))  # noqa: PERF401
    network = specials.network
    if any(speaks(specials, value) for value in values):
        return apply(network, iterating.print_, tuple(values), kwargs)
    return run_native(network, PRINT, tuple(values), kwargs)


# Two operands


def _binary(
    specials: Specials, effect: Effect, left: Any, right: Any, *rest: Any
) -> Frame:
    """`a + b`: one operand's method, or the other's reflected one."""
    if rest:
        if specials.has(left, "__pow__"):
            return specials.send(left, "__pow__", right, *rest)
        return operate_natively(specials.network, effect, left, right, *rest)
    tries = _arithmetic(specials, effect.op, left, right)
    return (yield from _tried(specials, effect, tries, left, right))


def _arithmetic(specials: Specials, op: str, left: Any, right: Any) -> Tries:
    name, reflected = PROTOCOLS[op]
    mine, other = type(left), type(right)
    one: Tries = [(name, (left, right))] if attribute(mine, name) is not None else []
    if other is Wire:
        return [*one, (reflected, (right, left))]
    method = attribute(other, reflected)
    if mine is other or method is None:
        return one
    two = [(reflected, (right, left))]
    overrides = issubclass(other, mine) and method is not attribute(mine, reflected)
    return two + one if overrides else one + two


def _inplace(specials: Specials, effect: Effect, left: Any, right: Any) -> Frame:
    """`a += b`: its own method, or that of `a + b`."""
    op = effect.op[1:]
    tries = _arithmetic(specials, op, left, right)
    name = f"__{effect.op}__"
    if attribute(type(left), name) is not None:
        tries.insert(0, (name, (left, right)))
    if effect.op == "iadd" and type(left) is list:
        measured = specials.has(right, "__len__")
        extend = iterating.extend_list if measured else iterating.extend
        tries.append((extend, (left, right)))
    if effect.op == "iadd" and type(left) is deque:
        tries.insert(0, (iterating.extend, (left, right)))
    return (yield from _tried(specials, effect, tries, left, right))


def _tried(
    specials: Specials, effect: Effect, tries: Tries, left: Any, right: Any
) -> Frame:
    """What the first method gives that knows what to do."""
    network = specials.network
    for name, (obj, *others) in tries:
        if callable(name):
            if not iterates(specials, right):
                continue
            return apply(network, name, (obj, *others), {})
        obj = yield from waited(obj)  # noqa: PLW2901
        if attribute(type(obj), name) is None:
            continue
        own = specials.has(obj, name)
        if issubclass(type(obj), SEQUENCES) and name != "__mod__" and not own:
            # Why: called by name, these complain where the operator asks the other one.
            continue
        if own:
            answer = yield from waited(specials.send(obj, name, *others))
        else:
            answer = yield from _native(network, effect, name, obj, *others)
        if answer is not NotImplemented:
            return answer
    right = yield from waited(right)
    return effect.function(stand_in(specials, left), stand_in(specials, right))


FIXED: dict[str, Any] = {"by_type": None, "variant": None}


def _native(
    network: "Network", effect: Effect, name: str, obj: Any, other: Any
) -> Frame:
    """What a method of a builtin type or a library says, behind what is older."""
    method = getattr(type(obj), name)
    both = obj, other
    if type(method) is types.FunctionType and network.asking.given(both, deep=False):
        return (yield from waited(apply(network, method, both, {})))
    asked = attrs.evolve(effect.chosen(both), function=method, dunders=(), **FIXED)
    return (yield from waited(operate_natively(network, asked, *both)))


def _compare(specials: Specials, effect: Effect, left: Any, right: Any) -> Frame:
    """`a < b`: one operand's method, or the other's for the swapped comparison."""
    op = effect.op
    asked = [(left, op, right), (right, COMPARISONS[op], left)]
    mine, other = type(left), type(right)
    if mine is not other and issubclass(other, mine):
        asked.reverse()
    for obj, way, value in asked:
        obj = yield from waited(obj)  # noqa: PLW2901
        answer = yield from _answer(specials, obj, way, value)
        if answer is not NotImplemented:
            return answer
    right = deref(right)
    if op in ("eq", "ne"):
        return (left is right) is (op == "eq")
    return effect.function(stand_in(specials, left), stand_in(specials, right))


def _answer(specials: Specials, obj: Any, way: str, value: Any) -> Frame:
    """What one operand says of a comparison."""
    name = f"__{way}__"
    if specials.has(obj, name):
        return (yield from waited(specials.send(obj, name, value)))
    method = attribute(type(obj), name)
    if method is object.__ne__ and specials.has(obj, "__eq__"):
        equal = yield from waited(specials.send(obj, "__eq__", value))
        if equal is NotImplemented:
            return equal
        return not (yield from specials.truth(equal))
    return getattr(type(obj), name)(obj, value)


def _contains(specials: Specials, effect: Effect, item: Any, holder: Any) -> Frame:
    """`item in holder`: its method, or a look at its items."""
    if specials.has(holder, "__contains__"):
        found = yield from specials.truth(specials.send(holder, "__contains__", item))
    elif hasattr(type(holder), "__contains__") or not iterates(specials, holder):
        return operate_natively(specials.network, effect, item, holder)
    else:
        found = yield from specials.run(iterating.contains, holder, item)
    return found is (effect.op == "in")


# Items


def taking_all(specials: Specials, obj: Any) -> Callable[..., Any]:
    """The script that takes all items; a list is as long as it is said to be at first."""
    if specials.has(obj, "__len__"):
        return iterating.measured
    return (
        iterating.estimated
        if specials.has(obj, "__length_hint__")
        else iterating.collected
    )


def iterates(specials: Specials, obj: Any) -> bool:
    """Whether going over an object's items runs code of the script's."""
    names = specials.names(obj)
    if "__iter__" in names:
        return True
    if names.isdisjoint(("__next__", "__getitem__")):
        return False
    # Why: without it the items are taken by their index, and a step alone is no iterator.
    needed = "__getitem__" if attribute(type(obj), "__iter__") is None else "__next__"
    return needed in names


def iterator(specials: Specials, obj: Any) -> Frame:
    """What `iter(obj)` gives, for a loop."""
    if specials.has(obj, "__iter__"):
        answer = yield from waited(specials.send(obj, "__iter__"))
        return iter(answering(obj, "__iter__", answer))
    if attribute(type(obj), "__iter__") is None and iterates(specials, obj):
        specials.network.summaries.meet_class(iterating.Items, made=True)
        return iterating.Items(obj)
    return iter(obj)


def _walked(specials: Specials, values: Any) -> Frame:
    """The walk of a loop over items that are code of the script's."""
    values = yield from waited(values)
    network = specials.network
    if type(values) in PLAIN or not iterates(specials, values):
        return walk(network, values)
    found = yield from iterator(specials, values)
    if specials.has(found, "__next__") and generated_of(found) is None:
        return Steps(network, found)
    return walk(network, found)


def _opened(specials: Specials, function: Any, args: Any, kwargs: Any) -> Frame:
    """A lazy iterator over generators of items that are code of the script's."""
    given = list(map(deref, args))
    # Why: `chain` begins with each of its arguments when it comes to it.
    later = function is itertools.chain
    opened = iterating.through if later else iterating.opened
    for place in gone_over(function, len(args)):
        if not later and specials.may_turn_out(given[place]):
            given[place] = yield from waited(given[place])
        if specials.may_open(given[place]):
            given[place] = yield from specials.run(opened, given[place])
    return apply(specials.network, function, tuple(given), kwargs)


def _iter(specials: Specials, effect: Effect, obj: Any, *rest: Any) -> Frame:
    """`iter(obj)`."""
    if rest or not iterates(specials, obj):
        return operate_natively(specials.network, effect, obj, *rest)
    return (yield from iterator(specials, obj))


def _next(specials: Specials, effect: Effect, obj: Any, *rest: Any) -> Frame:
    """`next(obj)`, perhaps with a default."""
    if generated_of(obj) is not None:
        return apply(specials.network, next_, (obj, *rest), {})
    if not rest:
        return specials.send(obj, "__next__")
    return apply(specials.network, iterating.next_, (obj, *rest), {})
    yield  # type: ignore[unreachable]


def _taken(specials: Specials, effect: Effect, obj: Any, *rest: Any) -> Frame:
    """`list(obj)`, `sum(obj)`: all items first."""
    network = specials.network
    if not iterates(specials, obj):
        return operate_natively(network, effect, obj, *rest)
    asks = effect.op in ("list", "tuple", "sorted")
    script = taking_all(specials, obj) if asks else iterating.collected
    items = yield from specials.run(script, obj)
    return operate(network, effect, items, *rest)


def _folded(specials: Specials, effect: Effect, obj: Any, *rest: Any) -> Frame:
    """`any(obj)`, `sum(obj)`: one item after another, as far as the answer is open."""
    script = FOLDS[effect.op]
    given: tuple[Any, ...] = ()
    named: dict[str, Any] = {}
    if effect.op in ("min", "max") and rest:
        count = len(rest) - len(effect.names)
        named = dict(zip(effect.names, rest[count:], strict=True))
        if not named.keys() <= {"key", "default"} or (count and "default" in named):
            return operate_natively(specials.network, effect, obj, *rest)
        if count:
            obj = (obj, *rest[:count])
    if type(obj) not in (list, tuple):
        if not iterates(specials, obj):
            return operate_natively(specials.network, effect, obj, *rest)
        if effect.op not in ("any", "all"):
            obj = yield from specials.run(iterating.collected, obj)
            return operate(specials.network, effect, obj, *rest)
    if effect.op == "sum":
        # Why: whoever still fills a list has a hold on it, which the operation looks at.
        rows = yield from waited(operate(specials.network, BUILTINS[tuple], obj))
        obj, *given = yield from _added(rows, *rest)
    return apply(specials.network, script, (obj, *given), named)


def _added(items: tuple[Any, ...], start: Any = 0) -> Frame:
    """What is left to add, behind the plain numbers that `sum` adds in its own way."""
    total: Any = yield from waited(start)
    plain: list[Any] = []
    if type(total) in NUMBERS:
        for item in items:
            number = yield from waited(item)
            if type(number) not in NUMBERS:
                break
            plain.append(number)
        total = sum(plain, total)
    return items[len(plain) :], total


def _unpacked(specials: Specials, effect: Effect, obj: Any) -> Frame:
    """`a, *b = obj`."""
    if not iterates(specials, obj):
        return operate_natively(specials.network, effect, obj)
    before, starred, _after = effect.function.args[0]  # type: ignore[attr-defined]
    if starred:
        items = yield from specials.run(iterating.collected, obj)
    else:
        items = yield from specials.run(iterating.first_items, obj, before)
    return operate_natively(specials.network, effect, items)


def _display(specials: Specials, effect: Effect, *values: Any) -> Frame:
    """`[*a, b]`: spread what is starred."""
    marks = effect.function.args[0]  # type: ignore[attr-defined]
    spread = []
    for mark, value in zip(marks or [False] * len(values), values, strict=True):
        if mark:
            value = yield from spread_out(specials, value)  # noqa: PLW2901
        spread.append(value)
    return operate_natively(specials.network, effect, *spread)


def spread_out(specials: Specials, value: Any) -> Frame:
    """What stands behind a star: a list, if its items are code of the script's."""
    value = yield from waited(value)
    if type(value) in PLAIN or not iterates(specials, value):
        return value
    script = taking_all(specials, value)
    return (yield from specials.run(script, value))


NUMBERS: frozenset[Any] = frozenset({int, bool, float, complex})
FOLDS = {
    "any": iterating.any_,
    "all": iterating.all_,
    "sum": iterating.sum_,
    "min": iterating.least,
    "max": iterating.greatest,
}
TWO = frozenset({*ARITHMETIC, *COMPUTING_IN_PLACE, *COMPARISONS})
"""Operations of which either operand may have the method."""
LENGTHS = frozenset({"__len__", "__length_hint__"})
"""What alone makes nothing that can be iterated."""
EVERY = frozenset({"display"})
"""Operations of which every argument counts."""
Step = Callable[..., Frame]
STEPS: dict[str, Step] = {
    **dict.fromkeys(PROTOCOLS, _unary),
    **dict.fromkeys(ARITHMETIC, _binary),
    **dict.fromkeys([f"i{op}" for op in ARITHMETIC], _inplace),
    **dict.fromkeys(COMPARISONS, _compare),
    **dict.fromkeys(("in", "not_in"), _contains),
    **dict.fromkeys(("getitem", "setitem", "delitem"), _item),
    **dict.fromkeys(TAKES_ITEMS, _taken),
    **dict.fromkeys(("any", "all", "sum", "min", "max"), _folded),
    "format": _format,
    "iter": _iter,
    "next": _next,
    "unpack": _unpacked,
    "display": _display,
}


def _printing(network: "Network", args: Any, kwargs: dict[str, Any]) -> Any:
    file = deref(kwargs.get("file"))
    if type(file) is Wire and not file.kind and not file.immutable:
        # Why: its methods may turn out to be code of the script's.
        return enter(
            network, _printed_later(network, file, args, kwargs), 1, lambda: EVERYTHING
        )
    if network.specials.is_script(attribute(type(file), "write")):
        return apply(network, iterating.print_to, (file, args), _without_file(kwargs))
    return network.specials.printed(args, kwargs) if network.special & TEXT else NATIVE


def _printed_later(network: "Network", file: Wire, args: Any, kwargs: Any) -> Frame:
    yield file
    return apply(network, print, args, kwargs)


def _without_file(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kwargs.items() if name != "file"}


def _extreme(choose: Any) -> Callable[..., Any]:
    """`max(a, b)`, which is `max((a, b))` when special methods compare them."""

    def way(network: "Network", args: Any, kwargs: dict[str, Any]) -> Any:
        if len(args) < 2 or kwargs or not network.special & bits_of(choose.__name__):
            return NATIVE
        effect, compared = BUILTINS[choose], {"__lt__", "__gt__"}
        for value in map(deref, args):
            if type(value) is Wire and not (value.immutable or value.kind):
                frame = _all_there(
                    lambda *there: apply(network, choose, there, {}), args
                )
                return network.specials.enter(frame, effect, args)
            if type(value) is not Wire and network.specials.names(value) & compared:
                return run_native(network, effect, (args,), {})
        return NATIVE

    return way


def _all_there(step: Callable[..., Any], args: Any) -> Frame:
    """A step once its arguments are there."""
    there = []
    for value in args:
        while type(value := deref(value)) is Wire:
            yield value
        there.append(value)
    return step(*there)


def _made(network: "Network", args: Any, kwargs: dict[str, Any]) -> Any:
    """`type.__call__`, which a metaclass of the script's passes a call on to."""
    cls = deref(args[0]) if args else None
    if not isinstance(cls, type) or cls is type:
        return NATIVE
    return apply(network, iterating.made, (cls, *args[1:]), kwargs)


WAYS[print] = _printing
WAYS[type.__call__] = _made
WAYS.update({choose: _extreme(choose) for choose in (min, max)})

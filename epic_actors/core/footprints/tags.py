"""Where the objects of a name come from, and what a unit may touch, in those terms.

    ("is", root)    the object that `root` stands for
    ("in", root)    anything reachable from it
    UNKNOWN         anything
    SHARED          some class or module
    MADE            an object made here, with whatever was stored in those
    no tags         a plain value, or a new object with nothing in it

A root is a parameter of the unit, a global, an attribute that a class holds for all its
instances, or an object that stands in the term: the dictionary of a module.
"""

import functools
import types
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
from types import AsyncGeneratorType, MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from epic_actors.core.closures import Closure, Resumption
from epic_actors.core.knowledge import marks
from epic_actors.core.language.lookup import script_of
from epic_actors.core.memory.extent import EVERYWHERE, Filling, Inside, through
from epic_actors.core.memory.places import (
    CLASSES,
    STORED_IN_CLASSES,
    WORLD,
    Resource,
    any_global,
    is_namespace,
    is_shared,
    is_stored,
    loaded,
    named,
    stored,
)
from epic_actors.core.memory.reach import PLAIN, cell_value, is_atom, sources
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.externals import External
from epic_actors.core.network.regions import Footprint
from epic_actors.core.tables.worldly import FILES, is_file


if TYPE_CHECKING:
    pass

Root: TypeAlias = Any
Tag: TypeAlias = tuple[str, Root]
Tags: TypeAlias = frozenset[Tag]

CLOSURES = 3
"""So deep closures in closures are told apart by what they call."""
NOTHING: Tags = frozenset()
UNKNOWN: Tags = frozenset({("unknown", None)})
SHARED: Tags = frozenset({("shared", None)})
MADE: Tags = frozenset({("made", None)})


@attrs.frozen
class Value:
    """What is known of a name: where its objects come from, what calling it calls."""

    tags: Tags = NOTHING
    callee: Any = None


PLAIN_VALUE = Value()
NEVER = Value()
"""What a step gives that raises, or that is being read: nothing, as far as is known."""


def merged(values: Iterable[Any]) -> Value:
    """What may be any of these; what calling it calls, if that is the same for all."""
    tags: set[Tag] = set()
    callees = []
    for value in values:
        if isinstance(value, Value):
            tags |= value.tags
            callees.append(value.callee)
    return Value(frozenset(tags), _same(callees))


def _same(callees: list[Any]) -> Any:
    """What is called whichever of these is; a plain value can not be called."""
    called = [callee for callee in callees if not isinstance(callee, Uncallable)]
    if called:
        return called[0] if all(callee is called[0] for callee in called) else None
    return callees[0] if callees and all(c == callees[0] for c in callees) else None


@attrs.frozen
class Method:
    """The callee of a name bound to `receiver.name`."""

    receiver: Value
    name: str


@attrs.frozen
class Held:
    """The callee of a cell: what calling the variable in it calls."""

    callee: Any


@attrs.frozen
class Uncallable:
    """The callee of a plain value, and the variable that it is in, if any."""

    holder: Any = attrs.field(default=None, eq=False)
    is_number: bool = False


NUMBER = Uncallable(None, True)
"""The callee of a number or text: arithmetic with it gives no container."""


@attrs.frozen
class Standing:
    """A global that code assigns, as a variable of which something may be assumed."""

    values: Mapping[str, Any] = attrs.field(eq=False)
    name: str

    @property
    def key(self) -> tuple[int, str]:
        """Tells it from all others."""
        return id(self.values), self.name


@attrs.frozen(eq=False)
class Shared:
    """Where a class holds attributes for all its instances, as a namespace."""

    cls: type

    @property
    def values(self) -> Mapping[str, Any]:
        """The attributes."""
        return vars(self.cls)


ITSELF = "()"
"""The name of a function in its own namespace."""


@attrs.frozen(eq=False)
class Closed:
    """A function as a namespace: of itself, and of the cells it is made around."""

    function: types.FunctionType
    cells: Mapping[str, types.CellType]
    values: Mapping[str, Any]

    @classmethod
    def of(cls, fn: types.FunctionType) -> "Closed":
        """That of a function."""
        cells = zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True)
        held = dict(cells)
        return cls(fn, held, {ITSELF: fn, **held})


@attrs.frozen
class Dictionary:
    """The dictionary of a module as a namespace, the same for everyone who meets it.

    As a root, what has no name is the dictionary itself.
    """

    identity: int
    values: dict[str, Any] = attrs.field(eq=False)


@attrs.define
class Summary:
    """The places a unit may touch, in terms of roots.

    Attributes:
        everything: It may touch anything at all.
        stored_under: What attributes are stored in, by their names; None for any name.
        calls_out: It may call an external, or something unknown that does.
        filled: What items are loaded from, which may store a default there.
        changed: What is written in another way than by appending to it.
        globals_read: Globals that are read, by the identity of their module's.
        attributes: Names read that classes may be given meanwhile.
        asked: Names under which classes were asked for what may run or is held.
        put: What is stored in globals, as it comes from roots.
        rebound: Globals that get something else to call than they had, or a container;
            of variables of closures, whether they had something to call.
        endless: It has a loop that may run for ever.
        returns: Where its results may come from.
        read_in: The pass in which it was last read.
        growing: It is being read.
        circular: It was asked for while it was being read.
        finished: There is nothing more to find.
        assumed: Variables of closures, by the identity of their cells, and globals, and
            what calling them was taken to call.
        numbers: Globals that were taken to be plain, and so stay if nothing else is
            stored in them here.
    """

    reads: set[Tag] = attrs.Factory(set)
    writes: set[Tag] = attrs.Factory(set)
    filled: set[Tag] = attrs.Factory(set)
    changed: set[Tag] = attrs.Factory(set)
    resources_read: set[Any] = attrs.Factory(set)
    globals_read: set[tuple[int, str]] = attrs.Factory(set)
    attributes: set[str] = attrs.Factory(set)
    asked: set[str] = attrs.Factory(set)
    resources_written: set[Any] = attrs.Factory(set)
    stored_under: set[tuple[Tag, str | None]] = attrs.Factory(set)
    everything: bool = False
    calls_out: bool = False
    endless: bool = False
    returns: Tags = NOTHING
    read_in: int = 0
    growing: bool = False
    circular: bool = False
    finished: bool = False
    assumed: dict[Any, tuple[Any, Held | None]] = attrs.Factory(dict)
    numbers: dict[Any, Standing] = attrs.Factory(dict)
    put: dict[tuple[int, str], set[Tag]] = attrs.Factory(dict)
    rebound: set[Any] = attrs.Factory(set)

    @property
    def places(self) -> tuple[set[Any], ...]:
        """All that is touched, by how it is."""
        return (
            self.reads,
            self.writes,
            self.filled,
            self.changed,
            self.resources_read,
            self.resources_written,
            self.stored_under,
            self.globals_read,
        )

    def is_within(self, other: "Summary") -> bool:
        """Whether another summary says all that this one says."""
        if other.everything or self.everything:
            return other.everything
        pairs = zip(self.places, other.places, strict=True)
        return self.returns <= other.returns and all(a <= b for a, b in pairs)

    def size(self) -> tuple[int, ...]:
        """Grows with every new finding."""
        return (
            *map(len, self.places),
            len(self.attributes),
            len(self.asked),
            len(self.rebound),
            len(self.numbers),
            sum(map(len, self.put.values())),
            self.everything,
            self.calls_out,
            self.endless,
            len(self.returns),
        )

    def hangs_on(
        self,
        attributes: AbstractSet[str | None],
        stored: AbstractSet[Any] = frozenset(),
    ) -> bool:
        """Whether it asked classes for one of these names, or read one of these globals."""
        return not self.asked.isdisjoint(attributes) or any(
            key in stored or key[1] in stored for key in self.globals_read
        )

    @property
    def grown(self) -> set[Tag]:
        """What is written only by appending to it."""
        return {tag for tag in self.writes - self.changed if tag[0] == "is"}

    @property
    def holds(self) -> bool:
        """Whether what was assumed is still so."""
        return all(
            same_callee(held_in(holder), held) for holder, held in self.assumed.values()
        ) and all(held_in(number) == HELD_NUMBER for number in self.numbers.values())

    @property
    def contradicts_itself(self) -> bool:
        """Whether it stores something else where it took something to be."""
        kinds = self.rebound & {True, False}
        return any(
            key in self.rebound
            or (type(holder) is types.CellType and kinds and is_called(held) in kinds)
            for key, (holder, held) in self.assumed.items()
        )

    @property
    def keeps(self) -> tuple[Resource, ...]:
        """The globals that are plain, and are still plain after this."""
        kept = self.numbers.keys() & self.put.keys() - self.rebound
        return tuple(named(*key) for key in kept)

    def allows(self, key: tuple[int, str], content: Any) -> bool:
        """Whether what was assumed of a global is so if this is put there."""
        holder, held = self.assumed.get(key, (None, None))
        if holder is not None and not same_callee(held_by(holder, content), held):
            return False
        number = self.numbers.get(key)
        return number is None or held_by(number, content) == HELD_NUMBER

    @property
    def is_closed(self) -> bool:
        """Whether it may as well run natively: it never asks for an external call."""
        return not (self.everything or self.calls_out)

    @property
    def only_reads(self) -> bool:
        """Whether all that is touched is what it is given, which is read."""
        touched = self.everything or self.writes or self.resources_written
        return not touched and self.touches_nothing

    @property
    def stores(self) -> bool:
        """Whether it changes anything that it has not made."""
        written = self.writes - MADE or self.resources_written or self.stored_under
        return self.everything or bool(written or self.put)

    @property
    def touches_nothing(self) -> bool:
        """Whether all it does is to compute a value from plain arguments."""
        tags = (self.reads | self.writes) - MADE
        own = all(isinstance(root, str) for _, root in tags)
        resources = self.resources_read or self.resources_written
        return own and not resources and not any(self.changing_globals())

    def changing_globals(self) -> Iterator[Resource]:
        """The globals read that are no constants."""
        for module, name in self.globals_read:
            if is_stored(module, name):
                yield from loaded(module, name)

    def footprint(
        self,
        params: tuple[str, ...],
        args: tuple[Any, ...],
        standing: Mapping[tuple[int, str], Any] = MappingProxyType({}),
    ) -> Footprint:
        """The places, for these arguments, and what pending stores put in globals."""
        if self.everything or any(map(runs_anything, args)):
            return EVERYTHING
        given: dict[Any, Any] = dict(zip(params, args, strict=True))
        given.update(standing)
        reads = [place for tag in self.reads for place in _places(tag, given)]
        grown = [place for tag in self.grown for place in _places(tag, given)]
        changed = self.writes - self.grown
        writes = [place for tag in changed for place in _places(tag, given)]
        writes += [p for one in self.stored_under for p in _under(*one, given)]
        writes += [place for tag in self.filled for place in _filled(tag, given)]
        changes = {id(place) for place in writes}
        grows = [p for p in grown if type(p) is list and id(p) not in changes]
        return Footprint(
            (*reads, *self.resources_read, *self.changing_globals()),
            (*writes, *grown, *self.resources_written),
            self.origin(given),
            tuple(grows),
            keeps=self.keeps,
        )

    def origin(self, given: dict[Any, Any]) -> tuple[Any, ...] | None:
        """What the results may share objects with."""
        if self.returns >= UNKNOWN:
            return None
        roots = {_root_key(root): root for _, root in self.returns - SHARED - MADE}
        values = [_value(root, given) for root in roots.values()]
        kept = [v for v in values if not is_atom(v) or is_shared(v)]
        return (*kept, type) if self.returns >= SHARED else tuple(kept)


ANEXT = "__anext__"
"""What is asked of a wire that will be the cursor of an `async for`."""


def runs_anything(value: Any) -> bool:
    """Whether taking items of a value runs code that only CPython knows."""
    value = deref(value)
    if type(value) is Wire:
        return value.method is not None and value.method[1] == ANEXT
    if "__epic_sources__" in marks(type(value)):
        return any(isinstance(v, AsyncGeneratorType) for v in value.__epic_sources__())
    return issubclass(type(value), AsyncGeneratorType)


EVERYTHING = Footprint((), (EVERYWHERE, WORLD))
NOTHING_READ = Footprint()


def _root_key(root: Root) -> Any:
    if isinstance(root, str) or isinstance(root[0], Dictionary):
        return root
    return id(root[0]), root[1]


def _value(root: Root, given: dict[Any, Any]) -> Any:
    """What a root stands for by now."""
    if isinstance(root, str):
        return deref(given.get(root))
    namespace, name = root
    if name is None:
        return namespace.values
    key = id(namespace.values), name
    return deref(given[key] if key in given else namespace.values.get(name))


def _places(tag: Tag, given: dict[Any, Any]) -> Iterable[Any]:
    kind, root = tag
    if kind == "unknown":
        return (EVERYWHERE,)
    if kind in ("shared", "made"):
        return ()
    value = _value(root, given)
    if issubclass(type(value), types.ModuleType):
        return any_global(id(vars(value)))
    if kind == "is" and type(value) is types.FunctionType:
        return (value,)
    if is_atom(value):
        return ()
    return sources(value) if kind == "is" else (Inside(value),)


def _filled(tag: Tag, given: dict[Any, Any]) -> Iterable[Any]:
    """Where loading an item may store a default."""
    kind, root = tag
    if kind == "unknown":
        return (Filling(EVERYWHERE),)
    value = None if kind in ("shared", "made") else _value(root, given)
    if is_atom(value) or (type(value) is Wire and value.kind):
        return ()
    if kind == "in":
        return (Filling(Inside(value)),)
    wide = type(value) is Wire or issubclass(type(value), defaultdict)
    return (Filling(value),) if wide else ()


def _under(tag: Tag, name: str | None, given: dict[Any, Any]) -> Iterable[Any]:
    """What is written of classes and modules by a store to an attribute."""
    kind, root = tag
    if kind in ("unknown", "made"):
        return ()
    value = type if kind == "shared" else _value(root, given)
    wide = kind == "in" or type(value) is Wire
    if not wide and not is_shared(value):
        return ()
    if name is None:
        STORED_IN_CLASSES.add(None)
        return (EVERYWHERE,)
    place = through(Inside(value) if kind == "in" else value, name)
    return (place,) if wide else (place, *stored(CLASSES, name))


def constant(value: Any) -> Value:
    """What is known of a value that stands in a term."""
    if type(value) is not dict or not is_namespace(value):
        return atom(value)
    return Value(frozenset({("is", (Dictionary(id(value), value), None))}))


def atom(value: Any) -> Value:
    """What is known of a value in which nothing can change or be pending."""
    if type(value) in PLAIN:
        return Value(NOTHING, NUMBER if type(value) in NUMBERS else Uncallable())
    return Value(SHARED if is_shared(value) else NOTHING, callee_of(value))


def dictionaries(tags: Tags) -> list[Dictionary]:
    """The dictionaries of modules that an object may be."""
    roots = [root for kind, root in tags if kind == "is" and isinstance(root, tuple)]
    return [space for space, name in roots if name is None]


def inside(tags: Tags) -> Tags:
    """Where what is inside the objects of these tags comes from."""
    if not tags:
        return tags
    return frozenset([("in", tag[1]) if tag[0] == "is" else tag for tag in tags])


def held_in(holder: Any) -> Held | None:
    """What calling the variable in a cell, or a global, calls, if it can be followed."""
    if type(holder) is Standing:
        values = holder.values
        return held_by(holder, values[holder.name]) if holder.name in values else None
    for content in cell_value(holder):
        return held_by(holder, content)
    return None


def held_by(holder: Any, content: Any) -> Held | None:
    """What calling a variable calls in which this stands."""
    content = deref(content)
    if type(content) in PLAIN:
        counts = type(holder) is Standing and type(content) in NUMBERS
        return Held(Uncallable(holder, counts))
    if type(content) is Wire and (content.kind in NUMBERS or content.computed):
        return HELD_NUMBER
    callee = callee_of(content)
    return None if callee is None else Held(callee)


NUMBERS = frozenset({int, float, complex, bool, str, bytes})
HELD_NUMBER = Held(NUMBER)


def is_called(held: Held | None) -> bool:
    """Whether there was something to call in a variable."""
    return held is not None and not isinstance(held.callee, Uncallable)


def same_callee(one: Held | None, other: Held | None) -> bool:
    """Whether calling a variable calls the same as before, for all that is told apart."""
    if one == other or one is None or other is None:
        return one == other
    pair = one.callee, other.callee
    if not all(isinstance(callee, functools.partial) for callee in pair):
        return False
    given = [(*callee.args, *callee.keywords.values()) for callee in pair]
    return pair[0].func is pair[1].func and all(map(is_atom, (*given[0], *given[1])))


def callee_of(value: Any) -> Any:
    """What calling a value calls, if that can be followed."""
    value = deref(value)
    if type(value) is types.CellType:
        return held_in(value)
    if (type(value) is Wire or type(value) in FILES) and is_file(value):
        return open
    if type(value) is Wire and value.method is not None:
        receiver = deref(value.method[0])
        kind = receiver.kind if type(receiver) is Wire else None
        return FILES.get(kind, {}).get(value.method[1])
    callable_kinds = (
        External,
        types.FunctionType,
        types.MethodType,
        types.BuiltinFunctionType,
        functools.partial,
        type,
        types.ModuleType,
        Closure,
        Resumption,
    )
    # Why: by its real type, since a proxy may say that it is a function.
    if issubclass(type(value), callable_kinds) or script_of(value) is not None:
        return value
    return None


def underlying(method: Any) -> Any:
    """The function behind a method, as it stands in a class."""
    return getattr(method, "__func__", getattr(method, "__script__", method))

"""What a unit may touch, in terms of tags, and which places that is for actual arguments."""

import types
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
from types import AsyncGeneratorType, MappingProxyType
from typing import Any

import attrs

from epic_actors.core.knowledge import marks
from epic_actors.core.memory.extent import EVERYWHERE, Filling, Inside, through
from epic_actors.core.memory.places import (
    CLASSES,
    STORED_IN_CLASSES,
    WORLD,
    Resource,
    any_global,
    is_shared,
    is_stored,
    loaded,
    named,
    stored,
)
from epic_actors.core.memory.reach import is_atom, sources
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.regions import Footprint

from .tags import (
    HELD_NUMBER,
    MADE,
    NOTHING,
    SHARED,
    UNKNOWN,
    Dictionary,
    Held,
    Root,
    Standing,
    Tag,
    Tags,
    held_by,
    held_in,
    is_called,
    same_callee,
)


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

"""Where the objects that a name may stand for come from.

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
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import attrs

from epic_actors.core.closures import Closure, Resumption
from epic_actors.core.language.lookup import script_of
from epic_actors.core.memory.places import (
    is_namespace,
    is_shared,
)
from epic_actors.core.memory.reach import PLAIN, cell_value, is_atom
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.externals import External
from epic_actors.core.tables.worldly import FILES, is_file


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

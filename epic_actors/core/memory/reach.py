"""What can be reached from a value: its mutable objects and the wires in them.

An *atom* is a value that holds nothing that can change.  Everything else is walked:
builtin containers, instance dictionaries and slots, closures, bound methods, partials.
"""

import contextlib
import datetime as dt
import decimal
import functools
import gc
import itertools
import re
import sys
import types
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Generator, Iterable, Iterator
from typing import Any

from epic_actors.core.knowledge import marks, remembered
from epic_actors.core.language.lookup import module_of
from epic_actors.core.looks import Feed, shell_of
from epic_actors.core.tables.protocols import ARITHMETIC

from .places import CLASSES, any_global, is_namespace, is_shared
from .wire import Wire, deref


PLAIN: frozenset[type] = frozenset(
    {
        int,
        float,
        complex,
        bool,
        str,
        bytes,
        type(None),
        type(...),
        range,
        type(NotImplemented),
    }
)
ATOM_TYPES: frozenset[type] = PLAIN | {
    type,
    types.ModuleType,
    types.CodeType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    re.Pattern,
    re.RegexFlag,
    dt.date,
    dt.timedelta,
    decimal.Decimal,
    uuid.UUID,
}
BOUND_TYPES: frozenset[type] = frozenset(
    {
        types.MethodType,
        types.BuiltinFunctionType,
        types.MethodWrapperType,
        type(re.compile("").match),
    }
)
_VIEWS: tuple[Any, ...] = (
    *({}.keys(), {}.values(), {}.items(), types.MappingProxyType({})),
    *(OrderedDict().keys(), OrderedDict().values(), OrderedDict().items()),
)
_EMPTY: tuple[Any, ...] = ([], (), {}, set(), "", b"", range(0), deque(), *_VIEWS)
_REVERSIBLE: tuple[Any, ...] = ([], {}, *_VIEWS)
VIEWS: frozenset[type] = frozenset(map(type, _VIEWS))
ITERATORS: frozenset[type] = (
    frozenset({zip, enumerate, reversed, map, filter})
    | VIEWS
    | {type(iter(empty)) for empty in _EMPTY}
    | {type(reversed(empty)) for empty in _REVERSIBLE}
    | {kind for kind in vars(itertools).values() if isinstance(kind, type)}
)
"""Iterators and views whose sources the garbage collector can name."""

CONSUMED: frozenset[type] = ITERATORS - VIEWS
"""Iterators, which reading changes."""
_OVER_SEVERAL = frozenset({zip, map, itertools.zip_longest})
"""Those that keep the iterators they go over in a tuple."""

SEQUENCES: frozenset[type] = frozenset({tuple, list, set, frozenset, deque})
CONTAINING: tuple[Any, ...] = (tuple, list, dict, set, frozenset, deque)


@remembered
def container_base(kind: type) -> Any:
    """The builtin class by whose methods elements are found: `kind` may override them."""
    return next((base for base in CONTAINING if issubclass(kind, base)), None)


CONTAINERS: frozenset[type] = SEQUENCES | VIEWS | {dict, str, bytes, bytearray, range}
"""Types whose instances give their elements as they are."""

MOVERS: frozenset[type] = (CONSUMED - {map, filter}) - {
    kind for kind in vars(itertools).values() if isinstance(kind, type)
} | {itertools.chain, itertools.islice, itertools.zip_longest}
"""Iterators that give the elements of what they iterate as they are."""


BARE_TYPES: frozenset[type] = frozenset({dict}) | BOUND_TYPES


def owner_of(function: Any) -> Any:
    """What a function is bound to; anything else is not asked, it may have hooks."""
    bound: Any = function
    return bound.__self__ if type(function) in BOUND_TYPES else None


def is_atom(value: Any) -> bool:
    """Whether nothing reachable from `value` can change or be pending."""
    kind = type(value)
    if kind in ATOM_TYPES:
        return True
    if kind is Wire:
        value = deref(value)
        return value.immutable if type(value) is Wire else is_atom(value)
    if kind is tuple or kind is frozenset:
        return all(map(is_atom, value))
    if kind is types.FunctionType:
        return value.__closure__ is None and not value.__dict__
    if kind in BOUND_TYPES:
        return is_atom(value.__self__)
    return issubclass(type(value), type) or "__epic_atom__" in marks(kind)


def aliases(value: Any) -> tuple[Any, ...]:
    """An object, and what else is the same place: the dictionary of its attributes."""
    kind = type(value)
    if kind is dict and is_namespace(value):
        return (value, *any_global(id(value)))
    if kind is Wire or kind in SEQUENCES or kind in ITERATORS or kind in BARE_TYPES:
        return (value,)
    own = own_dict(value)
    return (value,) if own is None else (value, own)


def own_dict(value: Any) -> dict[str, Any] | None:
    """The dictionary of an object's attributes, if it has one."""
    if issubclass(type(value), functools.partial):
        # Why: asking for its `__dict__` makes one, and `partial` takes one apart only if
        # it has none.
        made: Any = functools.partial.__reduce__(value)
        _function, _args, _named, own = made[2]
        return own  # type: ignore[no-any-return]
    try:
        # Why: no hook of the class may run.
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return own if type(own) is dict else None


def sources(value: Any) -> tuple[Any, ...]:
    """The places to watch for `value`: itself, and what an iterator or view is of."""
    if type(value) in ITERATORS:
        shell = shell_of(value)
        behind = gc.get_referents(value) if shell is None else sources(shell)
        return (value, *behind)
    if type(value) is types.GeneratorType:
        return (value, *frame_values(value))
    if type(value) is super:
        return (value, *aliases(value.__self__))  # type: ignore[attr-defined]
    if "__epic_sources__" in marks(type(value)):
        return tuple(value.__epic_sources__())
    return aliases(value)


def steps_of(iterator: Any) -> Iterator[Any]:
    """The iterators and containers that a builtin iterator takes its items from."""
    for inner in gc.get_referents(iterator):
        if type(inner) is tuple:
            yield from inner
        yield inner


def moves(value: Any) -> bool:
    """Whether iterating `value` only moves elements: nothing is done with them."""
    kind = type(value)
    if kind in MOVERS:
        steps = steps_of(value)
        return all(moves(step) for step in steps if hasattr(type(step), "__next__"))
    return kind in CONTAINERS


def taken(value: Any) -> list[tuple[Any, bool]]:
    """The places that iterating `value` reads (False) and changes (True)."""
    if type(value) in PLAIN:
        return []
    if type(value) is Wire:
        return [(value, value.consumed)]
    if type(value) not in CONSUMED:
        return [(place, False) for place in sources(value)]
    places = [(value, True)]
    for step in steps_of(value):
        places += taken(step)
    return places


def iterators_in(value: Any) -> list[Any]:
    """The iterators of which going over `value` takes items; nothing is given back."""
    places = [value, *(place for place, _ in taken(value))]
    return [place for place in places if is_taken_from(type(place))]


@remembered
def is_taken_from(kind: type) -> bool:
    """Whether going over instances changes them, in CPython's code."""
    pull = getattr(kind, "__next__", None)
    return kind in CONSUMED or isinstance(pull, types.WrapperDescriptorType)


def children(value: Any) -> Iterator[Any]:
    """The values directly inside `value`."""
    kind = type(value)
    if "__epic_sources__" in marks(kind):
        yield from value.__epic_sources__()
        return
    cls: Any = type(value)
    base = container_base(cls)
    if base is dict:
        yield from dict.keys(value)
        yield from dict.values(value)
    elif base is not None:
        yield from base.__iter__(value)
    elif kind is types.FunctionType:
        yield from (*(value.__closure__ or ()), *value.__dict__.values())
    elif kind in BOUND_TYPES or kind is super:
        yield value.__self__
    elif kind is types.CellType:
        yield from cell_value(value)
    elif kind in ITERATORS:
        yield from gc.get_referents(value)
    elif kind is types.GeneratorType:
        yield from frame_values(value)
    elif kind is functools.partial:
        yield from (value.func, *value.args, *value.keywords.values())
    yield from attributes(value)


def runs_code(value: Any) -> bool:
    """Whether taking the next item of `value` runs Python code."""
    kind = type(value)
    if kind is types.GeneratorType:
        return True
    if kind not in CONSUMED:
        return False
    inside = gc.get_referents(value)
    if kind in _OVER_SEVERAL:
        inside += [one for inner in inside if type(inner) is tuple for one in inner]
    return any(
        type(inner) is types.FunctionType
        or issubclass(type(inner), Feed)
        or runs_code(inner)
        for inner in inside
    )


def frame_values(generator: Generator[Any, Any, Any]) -> Iterator[Any]:
    """What a generator that has not ended holds: variables, cells, what it loops over.

    Why: asked of the garbage collector, since `f_locals` has a cell's content only, and
    it is the cell that a value is put into when it has come.
    """
    for value in gc.get_referents(generator):
        yield value
        if type(value) is types.CellType:
            yield from cell_value(value)


def cell_value(cell: types.CellType) -> tuple[Any, ...]:
    """What is in a cell, if anything."""
    try:
        return (cell.cell_contents,)
    except ValueError:
        return ()


def attributes(value: Any) -> Iterator[Any]:
    """What an object itself holds in its attributes."""
    own = attribute_dict(value)
    if own is not None:
        yield from list(own.values())
    for _slot, inside in filled_slots(value):
        yield inside
    for at, name in _held_by_class(type(value)):
        yield vars(type(value).__mro__[at]).get(name)


@remembered
def _held_by_class(kind: type) -> tuple[tuple[int, str], ...]:
    """Names under which classes hold containers, or none yet, for all their instances.

    Libraries keep much in their classes, but nothing of the script's: not looked into.
    """
    if is_opaque(kind):
        return ()
    return tuple(
        (at, name)
        for at, base in enumerate(kind.__mro__)
        if module_of(base).partition(".")[0] not in sys.stdlib_module_names
        for name, found in vars(base).items()
        if not name.startswith("__") and (found is None or type(found) in _HELD)
    )


_HELD = frozenset(
    {list, dict, set, deque, defaultdict, OrderedDict, Counter, bytearray}
)


def attribute_dict(value: Any) -> dict[str, Any] | None:
    """The dictionary of an object's attributes, if they are looked into."""
    return None if is_opaque(type(value)) else own_dict(value)


def filled_slots(value: Any) -> Iterator[tuple[Any, Any]]:
    """The slots of an object that have a value.

    Why: not by their names, since those of private slots are changed, and a class that
    derives may have a property of the same name.
    """
    for slot in slots(type(value)):
        with contextlib.suppress(AttributeError):
            yield slot, slot.__get__(value)


def slots(kind: type) -> list[Any]:
    """The slots of a class and of those that it derives from."""
    return [vars(kind.__mro__[at])[name] for at, name in _slot_names(kind)]


@remembered
def _slot_names(kind: type) -> tuple[tuple[int, str], ...]:
    """The names of all slots, each with where its class stands in the order."""
    # Why: not the slots themselves, which would keep the class alive.
    if is_opaque(kind):
        return ()
    return tuple(
        (at, name)
        for at, base in enumerate(kind.__mro__)
        if "__slots__" in vars(base)
        for name, found in vars(base).items()
        if isinstance(found, types.MemberDescriptorType)
    )


@remembered
def is_opaque(kind: type) -> bool:
    """Whether the attributes of a class's instances are not looked into."""
    kinds = kind in SEQUENCES or kind in ITERATORS or kind in BARE_TYPES
    return kinds or kind is super or "__epic_sources__" in marks(kind)


def walk(value: Any, *, compared: bool = False) -> Iterator[Any]:
    """Every non-atom reachable from `value`, itself first, pending wires included.

    If it is only `compared`, what is told apart by its identity is not looked into, but
    for what the code of a special method may look at.
    """
    return walk_on([value], {}, compared=compared)


def walk_on(stack: list[Any], seen: dict[int, Any], *, compared: bool) -> Iterator[Any]:
    """Walk what is on a stack, which may grow meanwhile, except what has been `seen`.

    Of classes and modules is seen that they are there, and which dictionary is theirs.
    """
    told: set[int] = set()
    deep: list[Any] = []
    while stack or deep:
        shallow = compared and not deep
        value = deref((deep or stack).pop())
        kind = type(value)
        if kind in ATOM_TYPES:
            if kind not in PLAIN:
                see_shared((value,), seen)
            continue
        if id(value) in seen and (shallow or id(value) not in told):
            continue
        seen[id(value)] = value
        told.discard(id(value))
        if kind is Wire:
            yield value
        elif shallow and is_told_by_identity(kind):
            told.add(id(value))
        elif not is_atom(value) or kind is tuple:
            yield value
            if kind is dict and is_namespace(value):
                seen[-id(value)] = value
            into = stack if not compared or (shallow and not looks(kind)) else deep
            into.extend(children(value))
            into.extend(aliases(value)[1:])
        else:
            see_shared((value,), seen)


def see_shared(values: Iterable[Any], seen: dict[int, Any]) -> None:
    """See which of some values are classes or modules."""
    for value in values:
        if is_shared(value):
            seen[CLASSES] = None
            if isinstance(value, types.ModuleType):
                seen[-id(vars(value))] = vars(value)


@remembered
def is_told_by_identity(kind: type) -> bool:
    """Whether comparing and hashing an instance looks at nothing but which it is.

    What can be iterated may be there for its elements.
    """
    known = {name for base in kind.__mro__[:-1] for name in vars(base)}
    return known.isdisjoint(_COMPARED_BY)


@remembered
def looks(kind: type) -> bool:
    """Whether comparing an instance runs code that somebody wrote, which may look anywhere."""
    found = [vars(base).get(n) for base in kind.__mro__[:-1] for n in _COMPARED_BY]
    codes = [getattr(method, "__code__", None) for method in found]
    # Why: what is generated for a dataclass compares its fields, and no more.
    return any(code and not code.co_filename.startswith("<") for code in codes)


_COMPARED_BY = (
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__"),
    *("__iter__", "__next__", "__contains__", "__getitem__", "__len__"),
)


@remembered
def has_arithmetic(kind: type) -> bool:
    """Whether what is there of a class may be the result of arithmetic, as it is.

    Containers are not: `s + t` is a new one.
    """
    return kind is Wire or any(
        name in vars(base)
        for base in kind.__mro__
        if base.__module__ not in ("builtins", "collections")
        for name in _ARITHMETIC_METHODS
    )


_ARITHMETIC_METHODS = [f"__{side}{op}__" for op in ARITHMETIC for side in ("", "r")]


def reaches(value: Any, place: Any) -> bool:
    """Whether the object `place` can be reached from `value`."""
    return any(found is place for found in walk(value))


def mutables(value: Any, *, compared: bool = False) -> list[Any]:
    """The places in `value`: everything reachable that can change or is pending."""
    if is_atom(value):
        return []
    reached = walk(value, compared=compared)
    return [found for found in reached if type(found) is not tuple]


def pending_in(value: Any, *, compared: bool = False) -> Wire | None:
    """A pending wire reachable from `value`, or None; it is whole then."""
    for found in walk(value, compared=compared):
        if type(found) is Wire:
            return found
    return None


def has_wire(value: Any) -> bool:
    """Whether storing `value` puts a wire into the slot, bare or in a tuple."""
    kind = type(value)
    if kind is Wire:
        return True
    if kind in BOUND_TYPES:
        value = value.__self__
    return issubclass(type(value), tuple) and any(map(has_wire, value))


def holds_wire(value: Any) -> bool:
    """Whether a container has a wire directly in it."""
    return any(map(has_wire, children(value)))

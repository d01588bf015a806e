"""What the primitives of a term wait for, one function for each that is not like the rest."""

import inspect
import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.language.lookup import hooks_of
from epic_actors.core.memory.places import STORED
from epic_actors.core.memory.reach import is_atom
from epic_actors.core.tables.effects import prim_effect
from epic_actors.core.terms import Prim
from epic_actors.observe.explaining import sentences
from epic_actors.observe.explaining.known import (
    ITEMS,
    NOTHING,
    UNKNOWN,
    Known,
    constant,
    either,
)


if TYPE_CHECKING:
    from epic_actors.observe.explaining.waiting import Reading, Step

from epic_actors.observe.explaining.operations import (
    Values,
    items,
    perform,
    relabelled,
    settled,
    stored,
)


CELL = "cell"


def prim(reading: "Reading", term: Prim, args: Values, step: "Step") -> Any:
    """Read a primitive."""
    own = OWN.get(term.op)
    if own is not None:
        return own(reading, term, args, step)
    return perform(reading, prim_effect(term.op, term.static), args, step)


# Those that are not like the rest


def _global(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    namespace, name = term.static
    value = namespace.values.get(name, UNKNOWN)
    if is_atom(value) and value is not UNKNOWN and name not in STORED:
        return constant(value)
    key = ("global", id(namespace.values), name)
    thing = reading.survey.thing(key, is_callers=True)
    if name in STORED or value is UNKNOWN:
        return Known(things=frozenset({thing}), name=name)
    return attrs.evolve(constant(value), things=frozenset({thing}), name=name)


def _set_global(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    _, name = term.static
    needs = args[0].whole() if args else frozenset[str]()
    if needs:
        reading.note(step.at, "store", sentences.store_global(name, needs), needs)
    return NOTHING


def _getattr(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    [owner] = args
    found = attribute(owner.value, term.static)
    if found is not UNKNOWN:
        return constant(found)
    own = hooked(reading, "getattr", term.static, args, step)
    if own is not None:
        return own
    bare = attrs.evolve(owner, method=None)
    loaded = relabelled(owner.load(term.static), frozenset(), step)
    return attrs.evolve(loaded, method=(bare, term.static))


def hooked(
    reading: "Reading", op: str, name: str, args: Values, step: "Step"
) -> Known | None:
    """What code of the script's gives that an access to an attribute runs, if any."""
    owner, network = args[0], reading.survey.network
    found: list[types.FunctionType] = []
    if owner.kind is not None and not any(name in t.slots for t in owner.things):
        found = [f for cls in owner.kind.__mro__ for f in hooks_of(cls, op, name)]
    elif owner.kind is None and owner.needs:
        found = network.summaries.hooks(op, name)
    before = reading.begins
    if owner.needs:
        reading.begins = sentences.there(owner.needs)
    results = [
        reading.call(constant(f), args, step) for f in found if network.translate(f)
    ]
    reading.begins = before
    return either(results) if results and owner.kind is not None else None


def attribute(owner: Any, name: str) -> Any:
    """An attribute of something known, as far as it can be had without running code."""
    if owner is UNKNOWN:
        return UNKNOWN
    found = inspect.getattr_static(owner, name, UNKNOWN)
    if isinstance(owner, types.ModuleType):
        return found
    if isinstance(found, staticmethod):
        return found.__func__
    if isinstance(found, classmethod):
        cls = owner if isinstance(owner, type) else type(owner)
        return types.MethodType(found.__func__, cls)
    if isinstance(owner, type):
        return getattr(owner, name, UNKNOWN) if _is_method(found) else found
    if name in getattr(owner, "__dict__", ()):
        return found
    return types.MethodType(found, owner) if callable(found) else UNKNOWN


def _is_method(found: Any) -> bool:
    return isinstance(
        found, types.ClassMethodDescriptorType | types.BuiltinFunctionType
    )


def _setattr(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    owner, value = args
    if hooked(reading, "setattr", term.static, args, step) is not None:
        return NOTHING
    if owner.needs:
        reading.note(
            step.at, "value", sentences.waits(step.name, owner.needs), owner.needs
        )
    stored(reading, owner, term.static, value, step)
    return NOTHING


def _delattr(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    hooked(reading, "delattr", term.static, args, step)
    return NOTHING


def _display(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    """A list, tuple, set or dict written out."""
    kinds: dict[str, type] = {"list": list, "tuple": tuple, "set": set, "dict": dict}
    perform(
        reading,
        attrs.evolve(prim_effect(term.op, term.static), fresh=False),
        args,
        step,
    )
    values = args[1::2] if term.op == "dict" else args
    stars = term.static or [False] * len(values)
    inner = [v.load(ITEMS) if s else v for v, s in zip(values, stars, strict=True)]
    found = Known(kind=kinds[term.op])
    if not args:
        return items(reading, found, step, NOTHING)
    return items(reading, found, step, either(inner))


def _merge(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    """Keyword arguments that are merged into a dict."""
    inner = [mapping.load(ITEMS) for mapping in args[1:]]
    return items(reading, Known(kind=dict), step, either(inner))


def _append(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    collection, value = args
    reading.stores |= collection.things
    for thing in collection.things:
        thing.put(ITEMS, value)
    return NOTHING


def _getitem(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    holder = args[0]
    found = perform(reading, prim_effect(term.op, term.static), args, step)
    if not holder.things:
        kind = str if holder.kind is str else None
        return attrs.evolve(found, kind=kind)
    loaded = holder.load(ITEMS)
    return relabelled(loaded, found.needs, step)


def _cell(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    key = (CELL, id(term))
    thing = reading.survey.thing(key)
    if args[0] is not NOTHING:
        thing.put(CELL, args[0])
    return Known(things=frozenset({thing}))


def _cell_get(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    name = str(term.static)
    found = args[0].load(CELL)
    if not reading.held.isdisjoint(args[0].things):
        found = attrs.evolve(found, needs=frozenset({name}))
    return found.called(name)


def _cell_set(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    reading.stores |= args[0].things
    for thing in args[0].things:
        thing.put(CELL, args[1].called(str(term.static)))
    return NOTHING


def _iter(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    needs = args[0].needs | settled(reading, args[0])
    return attrs.evolve(args[0], method=None, value=UNKNOWN, needs=needs)


def _advance(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    cursor = args[0]
    return Known(needs=cursor.needs, is_arriving=cursor.is_arriving, role="more")


def _current(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    cursor = args[0]
    if not cursor.things:
        return Known(kind=str if cursor.kind is str else None)
    # Why: when a round has begun, its element is there, whatever the others are.
    return attrs.evolve(cursor, needs=frozenset()).load(ITEMS)


def _unpack(reading: "Reading", term: Prim, args: Values, step: "Step") -> Any:
    [source] = args
    if source.needs:
        reading.note(
            step.at, "value", sentences.waits(step.name, source.needs), source.needs
        )
    inner = source.load(ITEMS)
    count = sum(term.static)
    return [inner] * count if count != 1 else inner


def _function(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    template = term.static
    thing = reading.survey.thing(id(term))
    first = template.defaults + len(template.kwdefaults)
    for name, cell in zip(template.freevars, args[first:], strict=False):
        thing.put(f"{CELL} {name}", cell)
    return Known(things=frozenset({thing}), value=template, kind=types.FunctionType)


def _import(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    _, name, fromlist, level = term.static
    reading.note(step.at, "native", sentences.in_turn(f"import {name}"))
    if level:
        return NOTHING
    found = sys.modules.get(name if fromlist else name.partition(".")[0])
    return NOTHING if found is None else constant(found)


def _import_from(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    found = attribute(args[0].value, term.static)
    return NOTHING if found is UNKNOWN else constant(found)


def _special(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    bare = attrs.evolve(args[0], method=None)
    return Known(needs=bare.needs, method=(bare, term.static))


def _same(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    return args[0]


def _plain(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    return NOTHING


def _raise(reading: "Reading", term: Prim, args: Values, step: "Step") -> None:
    return None


def _stepped(reading: "Reading", term: Prim, args: Values, step: "Step") -> Any:
    return [Known(role="more"), _current(reading, term, args, step)]


OWN: dict[str, Callable[["Reading", Prim, Values, "Step"], Any]] = {
    "global": _global,
    "set_global": _set_global,
    "del_global": _set_global,
    "getattr": _getattr,
    "setattr": _setattr,
    "delattr": _delattr,
    **dict.fromkeys(("list", "tuple", "set", "dict"), _display),
    "merge": _merge,
    "list_append": _append,
    "set_add": _append,
    "getitem": _getitem,
    "cell": _cell,
    "cell_get": _cell_get,
    "cell_set": _cell_set,
    "cell_del": _plain,
    "iter": _iter,
    "advance": _advance,
    "current": _current,
    "unpack": _unpack,
    "function": _function,
    "import": _import,
    "import_from": _import_from,
    "special": _special,
    "super": _plain,
    "bound": _same,
    "await": _same,
    "matches": _plain,
    "active": _plain,
    "raise": _raise,
    "reraise": _raise,
    "delegate": _stepped,
    "step": _stepped,
    "release": _plain,
}

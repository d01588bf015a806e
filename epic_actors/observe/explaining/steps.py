"""What the primitives of a term wait for, one function for each that is not like the rest."""

import inspect
import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.effect import Effect
from epic_actors.core.effects import prim_effect
from epic_actors.core.holds import EVERYWHERE, Resource
from epic_actors.core.operations import STORED
from epic_actors.core.perform import looks_into
from epic_actors.core.reach import is_atom
from epic_actors.core.terms import Prim
from epic_actors.core.text import EARLY, STREAMED, table_key
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

Values = list[Known]
CELL = "cell"
SPLITS = frozenset({"split", "rsplit", "splitlines"})


def prim(reading: "Reading", term: Prim, args: Values, step: "Step") -> Any:
    """Read a primitive."""
    own = OWN.get(term.op)
    if own is not None:
        return own(reading, term, args, step)
    return perform(reading, prim_effect(term.op, term.static), args, step)


# Any native operation


def perform(
    reading: "Reading", effect: Effect, args: Values, step: "Step", key: Any = None
) -> Known:
    """Read a native operation; what is known of its result."""
    signals = [value for value in args if value.role == "signal"]
    if signals:
        return signals[0]
    effect = variant(effect, args)
    needs = waited_for(reading, effect, args)
    arriving = [value for value in args if value.is_arriving]
    key = key or table_key(effect.function)
    if needs:
        reading.part.pending += 1
    say(reading, effect, needs, step, key if arriving else None, any(arriving))
    changes(reading, effect, args, step)
    return result(reading, effect, args, needs, key, step)


def variant(effect: Effect, args: Values) -> Effect:
    """The effect for arguments of these types, as far as they are known."""
    while effect.by_type is not None and len(args) > effect.on:
        decides, kinds = args[effect.on], effect.by_type
        found = effect.otherwise
        if decides.kind is not None:
            found = kinds.get(decides.kind, found)
        elif not decides.needs:
            # Why: what it is will be known at once, and it is mostly one of these.
            found = next((kinds[kind] for kind in USUAL if kind in kinds), found)
        if found is None:
            break
        effect = found
    return effect


USUAL = (int, dict, list)


def waited_for(reading: "Reading", effect: Effect, args: Values) -> frozenset[str]:
    """What an operation waits for."""
    needs: set[str] = set()
    for position, value in enumerate(args):
        if position in effect.whole:
            needs |= value.whole()
        elif position in effect.strict:
            needs |= value.needs
        if looks_into(effect, position):
            needs |= settled(reading, value)
    return frozenset(needs)


def settled(reading: "Reading", value: Known) -> frozenset[str]:
    """What has to be decided before an object can be looked at."""
    if value.name and not reading.held.isdisjoint(value.things):
        return frozenset({f"all of `{value.name}`"})
    return frozenset()


def say(
    reading: "Reading",
    effect: Effect,
    needs: frozenset[str],
    step: "Step",
    key: Any,
    arriving: bool,
) -> None:
    """Note what an operation waits for."""
    at, name = step.at, step.name
    needs -= {f"`{name}`"}
    if effect.ordered and not is_resourceful(effect):
        if EVERYWHERE in effect.places:
            text, declare = sentences.native(name, name)
            reading.note(at, "native", text, declare=declare)
            if reading.part.pending:
                reading.barrier = f"`{name}` is done"
        else:
            reading.note(at, "native", sentences.in_turn(name))
    elif effect.ordered and is_resourceful(effect):
        text = sentences.on_resource(name, resources(effect))
        reading.note(at, "resource", text)
    elif needs and arriving and key in STREAMED:
        reading.note(at, "stream", sentences.streams(name, needs), needs)
    elif needs and arriving and key in EARLY:
        reading.note(at, "stream", sentences.answers_early(name, needs), needs)
    elif needs and arriving:
        reading.note(at, "whole", sentences.needs_all(name, needs), needs)
    elif needs:
        reading.note(at, "value", sentences.waits(name, needs), needs)


def is_resourceful(effect: Effect) -> bool:
    """Whether all it changes is a resource with a name."""
    return bool(resources(effect)) and EVERYWHERE not in effect.places


def resources(effect: Effect) -> list[str]:
    """The resources that an operation changes."""
    return [f"`{p.name}`" for p in effect.places if isinstance(p, Resource)]


def changes(reading: "Reading", effect: Effect, args: Values, step: "Step") -> None:
    """Note what a store waits for besides, and what becomes of it."""
    if not effect.writes or not args:
        return
    target, *values = args
    value = values[-1] if values else NOTHING
    needs = target.needs.union(*(key.needs for key in values[:-1]))
    if needs:
        text = sentences.held_back(target.name or step.text, needs)
        reading.note(step.at, "store", text, needs)
        reading.held |= target.things
    stored(reading, target, ITEMS, value, step)


def stored(
    reading: "Reading", target: Known, slot: str, value: Known, step: "Step"
) -> None:
    """Something is put into an object, or taken out of it."""
    name = target.name
    reading.stores |= target.things
    for thing in target.things:
        callee, line = reading.lent.get(thing, ("", 0))
        if callee and name:
            reading.note(step.at, "store", sentences.lent(name, callee, line))
        if thing.is_callers and value.whole() and name:
            reading.note(step.at, "store", sentences.put(name))
        thing.put(slot, value)


def result(
    reading: "Reading",
    effect: Effect,
    args: Values,
    needs: frozenset[str],
    key: Any,
    step: "Step",
) -> Known:
    """What is known of what an operation gives."""
    needs = needs or frozenset(
        {f"`{step.text}`"} if effect.ordered and not effect.writes else ()
    )
    streams = key in STREAMED and any(value.is_arriving for value in args)
    kind = effect.kind or _same_kind(effect, args)
    found = Known(needs=needs, kind=kind, is_arriving=streams)
    name = getattr(effect.function, "__name__", "")
    if name in SPLITS:
        return items(reading, found, step, constant_kind(str))
    if effect.immutable:
        return found
    if effect.fresh and effect.spreads:
        inner = either(value.load(ITEMS) for value in args if value.things)
        if effect.function in (zip, enumerate):
            inner = items(reading, NOTHING, attrs.evolve(step, text="row"), inner)
        return items(reading, found, step, inner)
    if effect.shares:
        things = frozenset(t for value in args for t in value.things)
        return attrs.evolve(found, things=things)
    if effect.reads and args:
        return attrs.evolve(
            args[0].load(ITEMS), needs=needs | args[0].load(ITEMS).needs
        )
    return found


def constant_kind(kind: type) -> Known:
    """A value of which the type is known."""
    return Known(kind=kind)


def items(reading: "Reading", found: Known, step: "Step", inner: Known) -> Known:
    """A new collection of such elements."""
    thing = reading.survey.thing((step.key, step.text))
    reading.lent.pop(thing, None)
    thing.put(ITEMS, inner)
    return attrs.evolve(found, things=frozenset({thing}))


def _same_kind(effect: Effect, args: Values) -> type | None:
    kinds = {value.kind for value in args}
    return kinds.pop() if effect.keeps_kind and len(kinds) == 1 else None


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
    bare = attrs.evolve(owner, method=None)
    loaded = relabelled(owner.load(term.static), frozenset(), step)
    return attrs.evolve(loaded, method=(bare, term.static))


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
    if owner.needs:
        reading.note(
            step.at, "value", sentences.waits(step.name, owner.needs), owner.needs
        )
    stored(reading, owner, term.static, value, step)
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


def relabelled(loaded: Known, needs: frozenset[str], step: "Step") -> Known:
    """What is found in an object, in the words of where it is looked up."""
    if not loaded.needs or not step.text:
        return attrs.evolve(loaded, needs=loaded.needs | needs)
    return attrs.evolve(loaded, needs=frozenset({f"`{step.text}`"}))


def _cell(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    key = (CELL, id(term))
    thing = reading.survey.thing(key)
    if args[0] is not NOTHING:
        thing.put(CELL, args[0])
    return Known(things=frozenset({thing}))


def _cell_get(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
    return args[0].load(CELL).called(str(term.static))


def _cell_set(reading: "Reading", term: Prim, args: Values, step: "Step") -> Known:
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


def _native(reading: "Reading", term: Prim, args: Values, step: "Step") -> Any:
    reading.note(step.at, "native", sentences.in_turn(step.name or "this statement"))
    count = len(term.static.results)
    return [NOTHING] * count if count != 1 else NOTHING


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
    "delattr": _plain,
    **dict.fromkeys(("list", "tuple", "set", "dict"), _display),
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
    "native": _native,
    "import": _import,
    "import_from": _import_from,
    "special": _special,
    "super": _plain,
    "bound": _same,
    "await": _same,
    "matches": _plain,
    "raise": _raise,
    "reraise": _raise,
    "delegate": _stepped,
    "step": _stepped,
}

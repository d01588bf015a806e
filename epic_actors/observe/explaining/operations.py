"""What native operations wait for, as the effect tables have it."""

import inspect
import types
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.functions import Function
from epic_actors.core.language.dispatch import method_effect
from epic_actors.core.memory.extent import EVERYWHERE
from epic_actors.core.memory.places import Resource
from epic_actors.core.network.obstacles import looks_into
from epic_actors.core.streams.early import EARLY
from epic_actors.core.streams.elements import STREAMED
from epic_actors.core.streams.text import table_key
from epic_actors.core.tables.effect import Effect
from epic_actors.core.tables.effects import (
    BUILTINS,
    METHODS,
    of_module,
)
from epic_actors.observe.explaining import sentences
from epic_actors.observe.explaining.known import (
    ITEMS,
    NOTHING,
    Known,
    constant,
    either,
)


if TYPE_CHECKING:
    from epic_actors.observe.explaining.waiting import Reading, Step

Values = list[Known]
GIVES = frozenset({"get", "pop", "popitem", "popleft", "setdefault"})
"""Methods that give what is in their object."""
VIEWS = frozenset({"items", "keys", "values", "copy"})
"""Methods that give all that is in their object."""
SPLITS = frozenset({"split", "rsplit", "splitlines"})
USUAL = (int, dict, list)


def perform(
    reading: "Reading", effect: Effect, args: Values, step: "Step", key: Any = None
) -> Known:
    """Read a native operation; what is known of its result."""
    signals = [value for value in args if value.role == "signal"]
    if signals:
        return signals[0]
    own = special(reading, effect.dunders or (), args, step)
    if own is not None:
        return own
    effect = variant(effect, args)
    needs = waited_for(reading, effect, args)
    arriving = [value for value in args if value.is_arriving]
    key = key or table_key(effect.function)
    if needs:
        reading.part.pending += 1
    say(reading, effect, needs, step, key if arriving else None, any(arriving))
    changes(reading, effect, args, step)
    return result(reading, effect, args, needs, key, step)


def special(
    reading: "Reading", names: Iterable[str], args: Values, step: "Step"
) -> Known | None:
    """A special method of the script's that an operation runs, if there is one."""
    for value in args:
        for name in names if value.kind is not None else ():
            found = inspect.getattr_static(value.kind, name, None)
            if not isinstance(found, types.FunctionType):
                continue
            if reading.survey.network.translate(found) is not None:
                others = [other for other in args if other is not value]
                plain = attrs.evolve(step, shape=())
                return reading.call(constant(found), [value, *others], plain)
    of_unknown(reading, names, args, step)
    return None


def of_unknown(
    reading: "Reading", names: Iterable[str], args: Values, step: "Step"
) -> None:
    """Read the special methods that may run when a pending value is there."""
    needs = frozenset(n for v in args if v.kind is None for n in v.needs)
    if not needs:
        return
    summaries = reading.survey.network.summaries
    summaries.meet(reading.part.function.namespace, ())
    before, reading.begins = reading.begins, sentences.there(needs)
    for name in names:
        for method in summaries.special_methods(name):
            function = summaries.term_of(method)
            if isinstance(function, Function) and not function.is_generator:
                reading.own(function, args, attrs.evolve(step, shape=()))
    reading.begins = before


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


def waited_for(reading: "Reading", effect: Effect, args: Values) -> frozenset[str]:
    """What an operation waits for."""
    needs: set[str] = set()
    for position, value in enumerate(args):
        if position in effect.whole:
            needs |= value.whole()
        elif position in effect.strict:
            needs |= value.needs
        if looks_into(effect, position) and position not in effect.writes:
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
            reading.held.add(thing)
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
    if name in GIVES and args:
        return relabelled(args[0].load(ITEMS), needs, step)
    if name in VIEWS and args:
        return view(reading, name, found, args[0], step)
    if effect.fresh and effect.spreads:
        inner = either(value.load(ITEMS) for value in args if value.things)
        if effect.function in (zip, enumerate):
            inner = row(reading, inner, step)
        return items(reading, found, step, inner)
    if effect.shares:
        things = frozenset(t for value in args for t in value.things)
        return attrs.evolve(found, things=things)
    if effect.reads and args:
        return attrs.evolve(
            args[0].load(ITEMS), needs=needs | args[0].load(ITEMS).needs
        )
    return found


def view(
    reading: "Reading", name: str, found: Known, owner: Known, step: "Step"
) -> Known:
    """The keys, values, items or copy of a collection."""
    inner = owner.load(ITEMS)
    if name == "items":
        inner = row(reading, inner, step)
    return items(reading, found, step, NOTHING if name == "keys" else inner)


def row(reading: "Reading", inner: Known, step: "Step") -> Known:
    """A tuple that holds such an element."""
    return items(reading, NOTHING, attrs.evolve(step, text="row"), inner)


def constant_kind(kind: type) -> Known:
    """A value of which the type is known."""
    return Known(kind=kind)


def items(reading: "Reading", found: Known, step: "Step", inner: Known) -> Known:
    """A new collection of such elements."""
    thing = reading.survey.thing((step.key, step.text))
    reading.lent.pop(thing, None)
    reading.held.discard(thing)
    thing.put(ITEMS, inner)
    return attrs.evolve(found, things=frozenset({thing}))


def _same_kind(effect: Effect, args: Values) -> type | None:
    kinds = {value.kind for value in args}
    return kinds.pop() if effect.keeps_kind and len(kinds) == 1 else None


def effect_of(value: Any) -> Effect:
    """What the tables say of a native callable."""
    known = BUILTINS.get(value) if is_hashable(value) else None
    if known is not None:
        return known
    owner = getattr(value, "__self__", None)
    if owner is not None and not isinstance(owner, types.ModuleType):
        return method_effect(owner, value)[0]
    kind = getattr(value, "__objclass__", None)
    if kind is not None and value.__name__ in METHODS.get(kind, {}):
        return METHODS[kind][value.__name__]
    name = getattr(value, "__name__", type(value).__name__)
    module = getattr(value, "__module__", None) or type(value).__module__
    return of_module(value, module, name)


def is_hashable(value: Any) -> bool:
    """Whether a value can be looked up in a table."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


def relabelled(loaded: Known, needs: frozenset[str], step: "Step") -> Known:
    """What is found in an object, in the words of where it is looked up."""
    if not loaded.needs or not step.text:
        return attrs.evolve(loaded, needs=loaded.needs | needs)
    return attrs.evolve(loaded, needs=frozenset({f"`{step.text}`"}))

"""What a native operation has to wait for: arguments, older accesses, its turn.

What an operation touches follows from its effect and its arguments; `obstacle` looks for
the nearest older thing in the way of that.
"""

import itertools
from collections import defaultdict
from collections.abc import Hashable
from types import FunctionType, GeneratorType
from typing import TYPE_CHECKING, Any

from epic_actors.core.footprints.factories import is_filled
from epic_actors.core.language.lookup import accessors, attribute
from epic_actors.core.memory.accesses import Memory
from epic_actors.core.memory.extent import (
    EVERYWHERE,
    Filling,
    Inside,
    deep_places,
    through,
)
from epic_actors.core.memory.holds import ALL_OF_IT, ATOM, NOTHING, OBJECT, Hold
from epic_actors.core.memory.places import is_namespace
from epic_actors.core.memory.reach import (
    CONSUMED,
    PLAIN,
    aliases,
    is_atom,
    moves,
    pending_in,
    runs_code,
    sources,
    taken,
)
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.tables.effects import PURE_MODULES, Effect
from epic_actors.core.tables.protocols import ARITHMETIC, COMPARISONS, LOADING

from .actors import TURN, Turn
from .inside import any_inside, run_inside
from .regions import Footprint, Region


if TYPE_CHECKING:
    from .network import Network
    from .perform import Operation

    Obstacle = Wire | Hold | Turn | None


TRUSTED = PURE_MODULES - {"collections.abc"} | {"builtins"}
"""Modules whose special methods are known to change nothing but their object."""


def obstacle(
    network: "Network",
    effect: Effect,
    args: tuple[Any, ...],
    region: Region,
    actor: "Operation | None",
) -> "Obstacle":
    """What an operation has to wait for: arguments, older accesses, its turn."""
    effect = effect.chosen(args)
    if (undecided := effect.undecided(args)) is not None:
        return undecided  # type: ignore[no-any-return]
    for position, value in enumerate(args):
        if type(value) is Wire and position in effect.strict:
            return value
    tuples = network.dirty or network.holds[0]
    for position, value in enumerate(args):
        if (tuples or type(value) is tuple) and is_whole(effect, position, value):
            wire = pending_in(value, compared=effect.compares)
            if wire is not None:
                return wire
    if network.holds[0] > 0:
        found = conflict(effect, args, region, actor)
        if found is None and (effect.calls_own or network.special & effect.bits):
            run = run_inside(network, effect, args) if actor is None else actor.inside
            found = conflict_inside(run, region, actor)
        if found is not None:
            return found
    if needs_turn(effect, args) or stores_inside(network, effect, args):
        ledger, before = region.place() if actor is None else (actor.ledger, actor)
        assert ledger is not None
        if not ledger.settled_before(before):
            return TURN
    return None


def is_whole(effect: Effect, position: int, value: Any) -> bool:
    """Whether nothing in an argument may be pending."""
    if position in effect.whole:
        return True
    if position in effect.spreads:
        return not moves(value)
    return position in effect.reads and runs_code(value)


def needs_turn(effect: Effect, args: tuple[Any, ...]) -> bool:
    """Whether the operation must wait until everything older has succeeded."""
    if effect.ordered or runs_script_code(effect, args):
        return True
    changed = [args[position] for position in effect.writes if position < len(args)]
    return any(type(v) is dict and is_namespace(v) for v in changed)


def runs_script_code(effect: Effect, args: tuple[Any, ...]) -> bool:
    """Whether the script's Python would run inside: a special method, a generator."""
    for position, value in enumerate(args):
        if runs_code(value) and looks_into(effect, position):
            return True
    if not effect.dunders:
        return False
    if "__missing__" in effect.dunders and makes_default(*args):
        return True
    return any(has_code(type(value), effect.dunders) for value in args)


def has_code(kind: type, names: tuple[str, ...]) -> bool:
    """Whether a class has special methods of these names that are Python's."""
    if kind is Wire or kind in PLAIN or kind.__module__ in TRUSTED:
        return False
    for name in names:
        method = attribute(kind, name)
        if isinstance(method, classmethod | staticmethod):
            method = method.__func__
        if hasattr(method, "__code__"):
            return True
    return LOADING in names and any(accessors(vars(base)) for base in kind.__mro__)


def makes_missing(value: Any, names: tuple[str, ...]) -> bool:
    """Whether a dictionary makes missing items by Python's code."""
    return "__missing__" in names and is_filled(value)


def stores_inside(network: "Network", effect: Effect, args: tuple[Any, ...]) -> bool:
    """Whether special methods inside may store something, which is not undone."""
    if effect.lazy or not network.special & effect.bits:
        return False
    # Why: those that are run as the script's own code have been run by now.
    stores = network.summaries.special_store(effect.inside)
    return stores and any_inside(effect, args, has_code, makes_missing)


def waits_inside(network: "Network", effect: Effect, args: tuple[Any, ...]) -> bool:
    """Whether code that runs inside may have to wait for a call.

    It asks, or is a library's and calls back or waits for a thread that does.
    """
    if effect.count > 1 and LOADING not in effect.inside:
        # Why: a pattern goes aside as a whole, but a step of an iterator does not.
        return False
    if network.specials.asking and asks_inside(network, effect.chosen(args), args):
        return True
    if not effect.dunders:
        return False
    foreign = [value for value in args if is_foreign(type(value))]
    if not foreign or not runs_script_code(effect, args):
        return False
    return network.pool.threads > 0 or network.asking.given(foreign, deep=True)


def asks_inside(network: "Network", effect: Effect, args: tuple[Any, ...]) -> bool:
    """Whether a special method that runs inside may call an external."""
    specials = network.specials
    if effect.lazy or not network.special & effect.bits:
        return False
    return any_inside(effect, args, specials.ask)


def is_foreign(kind: type) -> bool:
    """Whether instances are no plain data: they run code that is not in the tables."""
    if kind is Wire:
        return False
    return kind is GeneratorType or kind.__module__ not in TRUSTED


def may_run_script_code(effect: Effect, args: tuple[Any, ...]) -> bool:
    """Whether a pending value may turn out to be a generator or the like.

    Answers of calls are none of the script's, but what unknown code gives may be.
    """
    if effect.op in TAKES_NO_STEP:
        return False
    for position, value in enumerate(args):
        if type(value) is Wire and looks_into(effect, position):
            known = value.immutable or value.kind is not None
            if value.origin is None and not known:
                return True
    return False


def makes_default(mapping: Any = None, key: Any = None, *_: Any) -> bool:
    """Whether a load makes a default by code that may do anything."""
    if not is_filled(mapping):
        return False
    return isinstance(key, Hashable) and key not in mapping


TAKES_NO_STEP = frozenset(
    {"truth", "not", "getattr", "getitem", "print", "str", "repr", "format"}
    | {*ARITHMETIC, *COMPARISONS}
)
"""Operations that take no step of a generator."""


def looks_into(effect: Effect, position: int) -> bool:
    """Whether an operation reads or changes the argument at `position` itself."""
    return (
        position in effect.whole
        or position in effect.spreads
        or position in effect.reads
        or position in effect.writes
        or position in effect.alters
    )


def conflict(
    effect: Effect, args: tuple[Any, ...], region: Region, actor: "Operation | None"
) -> "Obstacle":
    """An older access that touches what this operation touches."""
    before = None if actor is None else actor.hold.seq
    look = region.memory.conflict_outward
    start = gets_what_is_there(effect, args)
    for place, write in touched(effect, args):
        if type(place) is Filling:
            continue
        # Why: who reads the beginning of a pending value reads that value at least.
        outer = deref(place.root) if type(place) is Inside else place
        found = look(outer, write=write, before=before, start=start)
        if effect.op == "getitem" and place is args[0] and isinstance(found, Hold):
            return append_of(place, args[1], found, region.memory, before)
        if found is not None:
            return found
    return None


def conflict_inside(
    run: Footprint, region: Region, actor: "Operation | None"
) -> "Obstacle":
    """An older access that touches what special methods inside touch."""
    before = None if actor is None else actor.hold.seq
    look = region.memory.conflict_outward
    for places, write in ((run.writes, True), (run.reads, False)):
        for place in places:
            outer = deref(place.root) if type(place) is Inside else place
            found = look(outer, write=write, before=before)
            if found is not None:
                return found
    return None


def append_of(
    items: Any, index: Any, found: Hold, memory: Memory, before: int | None
) -> Hold:
    """The pending append that will put an element at an index, if that is what it is."""
    if type(items) is not list or type(index) is not int:
        return found
    ahead: int = index - len(items)
    if ahead < 0 or found.puts is NOTHING:
        return found
    return next(itertools.islice(memory.stores(items, before), ahead, None), found)


def gets_what_is_there(effect: Effect, args: tuple[Any, ...]) -> int:
    """Whether a load is of an element that stays where it is if the list only grows."""
    if effect.op != "getitem" or len(args) != 2:
        return ALL_OF_IT
    items, index = args
    if type(items) is not list or type(index) is not int:
        return ALL_OF_IT
    if not 0 <= index < len(items):
        return ALL_OF_IT
    return ATOM if is_atom(items[index]) else OBJECT


def touched(
    effect: Effect, args: tuple[Any, ...], memory: Memory | None = None
) -> list[tuple[Any, bool]]:
    """The places an operation reads (False) and writes (True).

    With what older holds of `memory`, if it is given, may still store in them.
    """
    places = [(place, True) for place in effect.places]
    if effect.looks_at:
        places += [(place, False) for place in effect.looks_at]
    if runs_script_code(effect, args) or may_run_script_code(effect, args):
        places.append((EVERYWHERE, True))
    for position, value in enumerate(args):
        if is_atom(value):
            # Why: a function has nothing in it until it is given an attribute.
            if type(value) is FunctionType and looks_into(effect, position):
                places.append((value, position in effect.writes))
            continue
        if position in effect.writes:
            places += [(place, True) for place in aliases(value)]
            if type(value) is Wire and effect.under is not None:
                name = effect.under or args[1]
                places.append((through(value, name), True))
        if position in effect.alters:
            places += [(place, True) for place in deep_places(value, memory)]
        if is_whole(effect, position, value):
            if type(value) in CONSUMED:
                places.append((value, True))
            read = deep_places(value, memory, compared=effect.compares)
            fills = effect.dunders is not None and "__missing__" in effect.dunders
            places += [(p, fills and type(p) is defaultdict) for p in read]
        elif position in effect.spreads:
            places += taken(value)
        elif position in effect.reads:
            places += [(place, False) for place in sources(value)]
    if effect.op == "getitem" and type(args[0]) is Wire and not args[0].kind:
        places.append((Filling(args[0]), True))
    return places

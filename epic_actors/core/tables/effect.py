"""What one native operation reads, writes and needs, by the positions of its arguments.

Theory of operation
    The fast path of every operation that is not calm asks three things of its effect:
    which arguments must have arrived (`strict`), which places it reads and writes, and
    how to undo it.  Everything a table says is one of these.
"""

import functools
import types
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from epic_actors.core.memory import undo as back
from epic_actors.core.memory.extent import EVERYWHERE
from epic_actors.core.memory.places import (
    CLASSES,
    STORED,
    STORED_IN_CLASSES,
    WORLD,
    all_of_classes,
    loaded,
    resource,
    stored,
)
from epic_actors.core.memory.wire import Wire

from .protocols import ANY, COMPARING, ITERATION, bits_of, operation_of, special_bits


ALL: Any = range(1_000_000)
"""Every argument position."""


@attrs.frozen(eq=False)
class Effect:
    """What a native operation does to its arguments, by position.

    Attributes:
        function: Performs it.
        strict: Arguments that must have arrived.
        whole: Arguments read through and through: nothing in them may be pending.
        compares: What is whole is only compared and hashed.
        reads: Arguments of which the object itself is read.
        spreads: Arguments that are iterated; what they give is moved, not looked at.
        writes: Arguments of which the object itself is changed.
        alters: Arguments in which anything may be changed.
        places: Further places written: resources, the globals of a module.
        looks_at: Further places read.
        puts: Its last argument is what stands at the first of these places from now on.
        gives: It gives what stands at the first place that it looks at.
        finds: What a load may share objects with; its arguments, if it is not given.
        undo: Looks before the operation and returns the way back; None if there is none.
        ordered: It begins only when everything older has succeeded.
        immutable: The result holds nothing that can change.
        fresh: The result is an object that was not there before.
        makes: The result is new, whatever is in it; if it is fresh and does not share.
        shares: It may be, or contain, what is in the arguments all the same.
        by_type: Variants by the type of argument `on`.
        otherwise: The variant for any other type.
        variant: Chooses another effect by the arguments themselves; None for this one.
        count: How many results a pack of it has.
        dunders: Special methods of the arguments' types that may run inside it; None if
            nobody has said.
        runs: Further special methods that may run inside it, as far as they are the script's.
        calls_back: What its arguments turn out to be, it may call in any way.
        kind: The builtin type that the result is exactly of.
        keeps_kind: The result is of the type that both arguments have.
        lazy: The result goes on reading what it spreads.
        stores_keywords: Keyword arguments are moved, whatever is said of positions.
        names: Of the last arguments, if they are given by name.
        inside: Special methods of the arguments, and of what they hold, that it may run.
        bits: The bits of these (see `protocols`).
        op: The operation it is, if special methods may stand behind it.
        loud: The bits of these special methods.
        only_values: It has to do with nothing but its arguments.
        under: The attribute that it stores or deletes; "" for the one named by the second
            argument.
        calls_own: Methods of its first argument, whatever their names, may run inside it.
        beside: What it may give or share, beside its arguments.
    """

    function: Callable[..., Any]
    strict: Iterable[int] = ALL
    whole: Iterable[int] = ()
    compares: bool = False
    reads: Iterable[int] = ()
    spreads: Iterable[int] = ()
    writes: tuple[int, ...] = ()
    alters: tuple[int, ...] = ()
    places: tuple[Any, ...] = ()
    looks_at: tuple[Any, ...] = ()
    puts: bool = False
    gives: bool = False
    finds: Callable[[tuple[Any, ...]], tuple[Any, ...] | None] | None = None
    undo: Callable[..., back.Undo | None] | None = None
    ordered: bool = False
    immutable: bool = False
    fresh: bool = False
    by_type: dict[type, "Effect"] | None = None
    otherwise: "Effect | None" = None
    variant: "Callable[..., Effect | None] | None" = None
    on: int = 0
    count: int = 1
    dunders: tuple[str, ...] | None = None
    runs: tuple[str, ...] = ()
    calls_back: bool = False
    kind: type | None = None
    keeps_kind: bool = False
    shares: bool = False
    lazy: bool = False
    stores_keywords: bool = False
    names: tuple[str, ...] = ()
    under: str | None = None
    calls_own: bool = False
    beside: tuple[Any, ...] = ()
    inside: tuple[str, ...] = attrs.field(init=False)
    bits: int = attrs.field(init=False)
    op: str = attrs.field(init=False)
    loud: int = attrs.field(init=False)
    only_values: bool = attrs.field(init=False)
    makes: bool = attrs.field()

    @inside.default
    def _inside(self) -> tuple[str, ...]:
        if self.whole and self.dunders is None and not self.compares:
            return (*ANY, *self.runs)
        names = (*(self.dunders or ()), *self.runs)
        if self.spreads:
            names += ITERATION
        if self.compares:
            names += COMPARING
        for other in (*(self.by_type or {}).values(), self.otherwise):
            names += () if other is None else other.inside
        return tuple(dict.fromkeys(names))

    @bits.default
    def _bits(self) -> int:
        return special_bits(self.inside)

    @op.default
    def _op(self) -> str:
        return operation_of(self.function)

    @loud.default
    def _loud(self) -> int:
        return bits_of(self.op)

    @makes.default
    def _makes(self) -> bool:
        return self.fresh and not self.shares

    @only_values.default
    def _(self) -> bool:
        return not (self.ordered or self.looks_at or self.places)

    def chosen(self, args: tuple[Any, ...]) -> "Effect":
        """The variant for these arguments; this one while the deciding one is pending."""
        if self.variant is not None and (other := self.variant(*args)) is not None:
            return other
        if self.by_type is None or len(args) <= self.on:
            return self
        kind = type(args[self.on])
        found = self.by_type.get(kind)
        if found is None and issubclass(kind, type):
            found = self.by_type.get(type)
        if found is not None:
            return found.chosen(args)
        if kind is Wire or self.otherwise is None:
            return self
        return self.otherwise.chosen(args)

    def undecided(self, args: tuple[Any, ...]) -> Any:
        """The pending argument that decides between variants; None if there is none."""
        if self.by_type is None or len(args) <= self.on:
            return None
        value = args[self.on]
        return value if type(value) is Wire else None

    def with_keywords(self, names: tuple[str, ...], count: int) -> "Effect":
        """The same with its arguments from position `count` on given by name."""
        function = self.function

        def perform(*values: Any) -> Any:
            pairs = zip(names, values[count:], strict=True)
            return function(*values[:count], **dict(pairs))

        # Why: it is the same operation, whatever it is given by name.
        perform.__wrapped__ = function  # type: ignore[attr-defined]

        def given(positions: Iterable[int]) -> Iterable[int]:
            if not self.stores_keywords:
                return positions
            return tuple(i for i in range(count) if i in positions)

        kinds = self.by_type
        if kinds is not None:
            kinds = {k: made.with_keywords(names, count) for k, made in kinds.items()}
        other = self.otherwise
        if other is not None:
            other = other.with_keywords(names, count)
        choose = self.variant

        def variant(*values: Any) -> Effect | None:
            chosen = None if choose is None else choose(*values)
            return None if chosen is None else chosen.with_keywords(names, count)

        return attrs.evolve(
            self,
            variant=None if choose is None else variant,
            function=perform,
            strict=given(self.strict),
            whole=given(self.whole),
            spreads=given(self.spreads),
            by_type=kinds if count > self.on else None,
            otherwise=other,
            names=names,
        )


def pure(function: Callable[..., Any], **changes: Any) -> Effect:
    """Reads its arguments through and through and changes nothing."""
    return Effect(function, whole=ALL, **{"fresh": True, **changes})


def comparing(effect: Effect) -> Effect:
    """What is whole is only compared and hashed, also in the effect's variants."""
    kinds = effect.by_type
    if kinds is not None:
        kinds = {kind: comparing(variant) for kind, variant in kinds.items()}
    return attrs.evolve(effect, compares=True, by_type=kinds)


def listing(effect: Effect) -> Effect:
    """What gives all that its first argument has: of a class, whoever stored it there."""

    def variant(of: Any = None, *_: Any) -> Effect | None:
        if not issubclass(type(of), type):
            return None
        return attrs.evolve(effect, looks_at=all_of_classes())

    return attrs.evolve(effect, variant=variant)


def shallow(function: Callable[..., Any], *reads: int, **changes: Any) -> Effect:
    """Reads the objects at these positions, not what is inside them."""
    return Effect(function, reads=reads, **changes)


def moving(function: Callable[..., Any], *spreads: int, **changes: Any) -> Effect:
    """Iterates these arguments and puts what they give into something new."""
    defaults = {"fresh": True, "shares": True, "dunders": ITERATION}
    return Effect(function, spreads=spreads or ALL, **{**defaults, **changes})


def opaque(function: Callable[..., Any]) -> Effect:
    """Nothing is known of it."""
    return Effect(
        function, whole=ALL, spreads=ALL, places=(WORLD, EVERYWHERE), ordered=True
    )


def on_resource(function: Callable[..., Any], name: str) -> Effect:
    """Changes a resource and nothing else; its arguments are read."""
    return Effect(
        function,
        whole=ALL,
        places=(resource(name),),
        ordered=True,
        fresh=True,
        shares=True,
    )


def writer(function: Callable[..., Any], look: Any, **changes: Any) -> Effect:
    """Changes its first argument."""
    return Effect(function, writes=(0,), undo=look, **changes)


def origin_of(effect: Effect, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """What the result may share objects with: its arguments, unless it is opaque.

    A load also gives what older stores have still to put where it looks.
    """
    if effect.fresh and not effect.shares:
        return ()
    if EVERYWHERE in effect.places:
        return None
    found = args if effect.finds is None else effect.finds(args)
    return None if found is None else (*found, *effect.beside)


def same_kind(effect: Effect, args: tuple[Any, ...]) -> type | None:
    """The type of `s + t` and the like: that of both operands; that of a slice."""
    kinds = [v.kind if type(v) is Wire else type(v) for v in args]
    if effect.keeps_kind:
        return kinds[0] if len(set(kinds)) == 1 else None
    if effect.op == "getitem" and len(kinds) == 2 and kinds[1] is slice:
        return kinds[0] if kinds[0] in (str, list) else None
    return None


def shared_load(function: Callable[..., Any], name: Any = None) -> dict[type, Effect]:
    """Loads of an attribute of a module or class; the name may be an argument."""

    def of_module(module: types.ModuleType, *args: Any) -> Effect:
        values = vars(module)
        made = _module_load(function, id(values), name or _given(args))
        return made if name is None else giving(made, values, name)

    def of_class(_: type, *args: Any) -> Effect:
        made = _module_load(function, CLASSES, name or _given(args))
        return attrs.evolve(made, finds=finding(name))

    return {
        types.ModuleType: Effect(function, variant=of_module),
        type: Effect(function, variant=of_class),
    }


def giving(load: Effect, values: dict[str, Any], name: str) -> Effect:
    """A load of the global of that name."""
    places = load.looks_at
    return attrs.evolve(load, gives=True, finds=lambda _: (values.get(name), *places))


def finding(name: Any) -> Callable[[tuple[Any, ...]], tuple[Any, ...] | None]:
    """What a load of an attribute may share objects with, which may be its class's."""

    def find(args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        asked = name or _given(args[1:])
        return None if STORED_IN_CLASSES & {asked, None} else args

    return find


def shared_store(
    function: Callable[..., Any], name: Any = None, *, puts: bool = False
) -> dict[type, Effect]:
    """Stores to an attribute of a module or class; the name may be an argument."""

    def of_module(module: types.ModuleType, *args: Any) -> Effect:
        made = _module_store(function, id(vars(module)), name or _given(args))
        return attrs.evolve(made, puts=True) if puts else made

    def of_class(_: type, *args: Any) -> Effect:
        STORED_IN_CLASSES.add(name or _given(args))
        return _module_store(function, CLASSES, name or _given(args))

    return {
        types.ModuleType: Effect(function, variant=of_module),
        type: Effect(function, variant=of_class),
    }


def _given(args: tuple[Any, ...]) -> str | None:
    return args[0] if args and isinstance(args[0], str) else None


@functools.lru_cache(4096)
def _module_load(function: Callable[..., Any], module: int, name: str | None) -> Effect:
    return Effect(function, looks_at=loaded(module, name))


@functools.lru_cache(4096)
def _module_store(
    function: Callable[..., Any], module: int, name: str | None
) -> Effect:
    if name is not None:
        STORED.add(name)
    places = stored(module, name)
    return Effect(function, whole=ALL, places=places, ordered=True)

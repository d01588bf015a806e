"""Performing native operations: at once where nothing is in the way, later where it is.

`operate` is the one way into every primitive, builtin function and method.  When an
argument it needs is pending, or an older access holds a place it touches (`obstacles`),
the operation becomes an actor and its result a wire.
It is a little longer than most modules: both ways have to note the same of what is made.
"""

import functools
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from epic_actors.core.generators import generated_of
from epic_actors.core.language.lookup import MODULE
from epic_actors.core.memory.accesses import Memory
from epic_actors.core.memory.extent import (
    EVERYWHERE,
    TOUCHED,
    forget_reached,
    stored_into,
)
from epic_actors.core.memory.holds import NOTHING, Hold
from epic_actors.core.memory.reach import (
    PLAIN,
    has_wire,
    holds_wire,
    is_atom,
)
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.operations import OPERATIONS, Pack
from epic_actors.core.streams.beginnings import PARTS, TEXT
from epic_actors.core.streams.early import EARLY
from epic_actors.core.streams.elements import ITEMS, SINGLE, STREAMED
from epic_actors.core.streams.growing import Growing, growing
from epic_actors.core.streams.stream import Unreadable, Wait
from epic_actors.core.streams.text import (
    Reading,
    asked,
    characters,
    is_text,
    table_key,
)
from epic_actors.core.tables.effect import origin_of, same_kind
from epic_actors.core.tables.effects import Effect
from epic_actors.core.tables.protocols import ARITHMETIC, COMPARISONS, bits_of

from .actors import Actor, Turn
from .calls import request
from .externals import aside
from .inside import run_inside
from .obstacles import (
    conflict,
    is_whole,
    obstacle,
    touched,
    waits_inside,
)
from .regions import Footprint, Frame, Region, enter, make_wires, set_wires
from .traces import handling


if TYPE_CHECKING:
    from .network import Network

    Obstacle = Wire | Hold | Turn | None


ITERATED = bits_of("iter")
NATIVE: Any = object()
"""Says that no special method of the script's is involved."""


def operate(network: "Network", effect: Effect, *args: Any) -> Any:
    """Perform an operation here in program order."""
    if effect.loud & (network.loud if network.calm else network.special):
        found = network.specials.perform(effect, args)
        if found is not NATIVE:
            return found
    return operate_natively(network, effect, *args)


def operate_natively(network: "Network", effect: Effect, *args: Any) -> Any:
    """Perform an operation whose special methods are not the script's."""
    if network.calm:
        if effect.inside and waits_inside(network, effect, args):
            return perform_aside(network, effect, args)
        return moved_here(network, effect.function(*args), network.here)
    for value in args:
        if type(value) not in PLAIN:
            break
    else:
        if effect.only_values:
            made = moved_here(network, effect.function(*args), network.here)
            return made_here(network, effect, made)
    args = tuple([deref(value) for value in args])
    here = network.here
    found = obstacle(network, effect, args, here, None)
    if found is None and effect.inside and waits_inside(network, effect, args):
        return perform_aside(network, effect, args)
    if found is None:
        return made_here(network, effect, perform(network, effect, args, here))
    if (stored := forwarded(effect.chosen(args), here.memory)) is not NATIVE:
        return stored
    return Operation(network, effect, args, found).results


def perform_aside(network: "Network", effect: Effect, args: tuple[Any, ...]) -> Any:
    """Perform an operation where what runs inside can wait."""
    answer = request(network, aside(effect.function), args, {})
    if effect.count == 1:
        return answer
    return enter(network, _parts(answer), effect.count, Footprint)


def _parts(answer: Any) -> Frame:
    """Several results that come as one."""
    while type(answer := deref(answer)) is Wire:
        answer = yield answer
    return answer


def made_here(network: "Network", effect: Effect, result: Any) -> Any:
    """The result of an operation; if it is an object, it is noted to be new."""
    if effect.makes and type(result) not in PLAIN and network.holds[0] > 0:
        network.here.memory.note(result)
    return result


def forwarded(effect: Effect, memory: Memory) -> Any:
    """What a load will give, if the store of that is all that it waits for."""
    if not effect.gives:
        return NATIVE
    name, *others = effect.looks_at
    store = memory.conflict_outward(name, write=False)
    if type(store) is not Hold or store.puts is NOTHING:
        return NATIVE
    if any(memory.conflict_outward(place, write=False) for place in others):
        return NATIVE
    return deref(store.puts)


def perform(
    network: "Network", effect: Effect, args: tuple[Any, ...], region: Region
) -> Any:
    """Perform an operation that nothing is in the way of, and remember how to undo it."""
    effect = effect.chosen(args)
    # Why: a tuple is in no slot, so it may hold wires when nothing is dirty.
    if network.dirty or any(map(has_wire, args)):
        if EVERYWHERE in effect.places or network.special & effect.bits:
            # Why: code of the script's that runs inside may look anywhere.
            network.settle()
        args = settled(network, effect, args)
    if effect.lazy:
        args = tuple([kept(network, value) for value in args])
    if TOUCHED:
        note_store(effect, args)
    writes = effect.writes or effect.places
    if writes and effect.undo is not None and not region.settled:
        try:
            undo = effect.undo(*args)
        except TypeError:
            # Why: the operation says itself what is wrong with its arguments.
            undo = None
        try:
            result = effect.function(*args)
        finally:
            # Why: what fails may have changed something before it did.
            if undo is not None:
                network.stored(undo)
    else:
        result = effect.function(*args)
    if not network.calm:
        note_wires(network, effect, args, result)
    return moved_here(network, result, region)


def moved_here(network: "Network", made: Any, region: Region) -> Any:
    """The result of an operation; a class that it made is of the script's module.

    Why: `type`, `namedtuple` and the like go by the frame that calls them, which is ours.
    """
    if issubclass(type(made), type) and vars(made).get("__module__") == __name__:
        MODULE.__set__(made, module_here(network, region))
    return made


def module_here(network: "Network", region: Region) -> str:
    """The module in which the script stands."""
    spaces = list(network.summaries.namespaces.values())
    chain = region.site.chain() if region.site is not None else []
    files = {space.values.get("__file__"): space.name for space in spaces}
    return next(
        (
            files[code.co_filename]
            for code, _ in reversed(chain)
            if code.co_filename in files
        ),
        spaces[0].name if spaces else __name__,
    )


def note_store(effect: Effect, args: tuple[Any, ...]) -> None:
    """Take in that an operation puts one object into another, or runs code of a class."""
    writes, whole = effect.writes, effect.whole
    if effect.places or effect.alters:
        forget_reached()
        return
    for position, value in enumerate(args):
        if type(value) in PLAIN:
            continue
        if position in whole:
            forget_reached()
        elif position not in writes:
            for holder in writes:
                stored_into(args[holder])


def kept(network: "Network", value: Any) -> Any:
    """What an iterator may keep: values can be put into a list, not into a tuple."""
    if type(value) is tuple and has_wire(value):
        value = list(value)
        network.mark_dirty(value)
    return value


def settled(
    network: "Network", effect: Effect, args: tuple[Any, ...]
) -> tuple[Any, ...]:
    """The arguments with values in place of the wires that have been set."""
    settler = network.settler
    return tuple(
        [
            settler.settle(value, compared=effect.compares)
            if is_whole(effect, position, value)
            else settler.settled(value)
            for position, value in enumerate(args)
        ]
    )


def note_wires(
    network: "Network", effect: Effect, args: tuple[Any, ...], result: Any
) -> None:
    """Remember the objects that have a wire in a slot now."""
    spread = bool(network.dirty)
    if effect.writes:
        holder = args[effect.writes[0]]
        inside = (*args[1:], holder) if effect.spreads else args[1:]
        if any(map(has_wire, args)) or (spread and any(map(holds_wire, inside))):
            network.mark_dirty(holder)
    kind = type(result)
    if kind is Pack:
        for part in result:
            if type(part) is list and any(map(has_wire, part)):
                network.mark_dirty(part)
    if effect.fresh and kind not in PLAIN and kind is not Wire and kind is not Pack:
        direct = any(map(has_wire, args))
        if direct or (spread and holds_wire(result)):
            network.mark_dirty(result)


class Operation(Actor):
    """A native operation that has to wait."""

    __slots__ = ("args", "early", "effect", "inside", "key", "results")

    def __init__(
        self,
        network: "Network",
        effect: Effect,
        args: tuple[Any, ...],
        found: "Obstacle" = None,
    ) -> None:
        self.effect = effect
        self.args = args
        self.key = table_key(effect.function, effect.names)
        self.early = None
        if self.key in EARLY:
            with suppress(Unreadable):
                self.early = self.asked(EARLY, args)
        chosen = effect.chosen(args)
        places = touched(chosen, args, network.here.memory)
        self.inside = run = run_inside(network, chosen, args)
        hold = Hold(
            network.here.memory,
            [*(place for place, write in places if not write), *run.reads],
            [*(place for place, write in places if write), *run.writes],
            args[:1] if effect.function is list.append else (),
            origin=args,
            unsure=run.unsure,
        )
        if chosen.puts or effect.function is list.append:
            hold.puts = args[-1]
        super().__init__(network, hold)
        self.results = make_wires(effect.count)
        if type(self.results) is Wire:
            self.results.immutable = chosen.immutable or plain_result(chosen, args)
            self.results.origin = origin_of(chosen, args)
            self.results.kind = chosen.kind or same_kind(chosen, args)
            self.results.computed = is_computed(chosen, args)
            partial: Any = effect.function
            if type(partial) is functools.partial and partial.func is SPECIAL:
                self.results.method = args[0], partial.args[0]
            if self.key in STREAMED:
                self.results.source = self
                self.results.consumed = self.key in SINGLE
        if found is None or network.literal or self.early is not None:
            self.begin()
        else:
            found.subscribe(self)

    def attempt(self) -> None:
        """Fire, or wait; an operation on plain values has nothing else to wait for."""
        if self.effect.only_values:
            for value in self.args:
                if type(deref(value)) not in PLAIN:
                    break
            else:
                self.args = tuple([deref(value) for value in self.args])
                self.fire()
                return
        obstacle = self.obstacle()
        if obstacle is None:
            self.fire()
        elif not (self.has_beginning() and self.ask_early()):
            obstacle.subscribe(self)

    def has_beginning(self) -> bool:
        """Whether an early answer is possible: an argument is more than just pending."""
        return self.early is not None and any(
            type(value) not in PLAIN
            and (type(value) is not Wire or value.source is not None)
            for value in map(deref, self.args)
        )

    def ask_early(self) -> bool:
        """Try to answer from the beginning of a text; False if that cannot be done."""
        wait = None if self.growing() else self.readable()
        if wait is None:
            assert self.early is not None
            try:
                wait = next(self.early)
            except StopIteration as answer:
                self.succeed(answer.value)
                return True
            except Unreadable:
                self.early = None
                return False
        wait.on.subscribe(self)
        return True

    # The beginning of the result, for those who read it early

    def readable(self) -> Wait | None:
        """What to wait for before the arguments may be looked at."""
        if self.network.holds[0] == 0:
            return None
        args = tuple(map(deref, self.args))
        found = conflict(self.effect.chosen(args), args, self.outer, self)
        for wire in behind(args) if found is None else ():
            found = found or wire.source.taker(self.outer.memory, self.hold.seq)  # type: ignore[union-attr]
        return None if found is None else Wait(found)

    def taker(self, memory: Memory, before: int | None = None) -> "Wire | Hold | None":
        """What may take from the iterators behind the result before it is read."""
        for wire in behind(tuple(map(deref, self.args))):
            found = memory.taker(wire, self.hold, before)
            found = found or wire.source.taker(memory, before)  # type: ignore[union-attr]
            if found is not None:
                return found
        return None

    def growing(self) -> tuple[Any, ...] | None:
        """The arguments, if only the last one is held, and that still grows."""
        if self.network.holds[0] == 0 or not self.args:
            return None
        *first, last = map(deref, self.args)
        memory, before = self.outer.memory, self.hold.seq
        if type(last) is not list or not all(map(is_atom, first)):
            return None
        if growing(memory, last, before) is None:
            return None
        return (*first, Growing(memory, last, before))

    def parts(self) -> list[Any] | Wait | None:
        """The values the result is one after the other, if that is what it is."""
        if self.key not in PARTS or self.growing() is not None:
            return None
        if (wait := self.readable()) is not None:
            return wait
        try:
            made: list[Any] | None = self.asked(PARTS, self.args)
        except Unreadable:
            return None
        return made

    def asked(self, table: dict[Any, Any], args: tuple[Any, ...]) -> Any:
        """What a table says of this operation."""
        effect = self.effect
        values = tuple(map(deref, args))
        single = [id(wire) for wire in behind(values)]
        if len(single) != len(set(single)):
            raise Unreadable
        return asked(table, effect.function, effect.names, values)

    def text(self) -> Reading:
        """The text of the result."""
        return self._read(TEXT)

    def items(self) -> Reading:
        """The elements of the result."""
        return self._read(ITEMS)

    def _read(self, table: dict[Any, Any]) -> Reading:
        if self.key in table:
            while (growing := self.growing()) is None and (wait := self.readable()):
                yield wait
            yield from self.asked(table, growing or self.args)
        elif table is ITEMS and is_text(self.results):
            yield from characters(self.results)
        else:
            raise Unreadable

    # Firing

    def obstacle(self) -> "Obstacle":
        """Arguments, older accesses, our turn."""
        self.args = args = tuple([deref(value) for value in self.args])
        return obstacle(self.network, self.effect, args, self.outer, self)

    def fire(self) -> None:
        """Perform it here, at our place in program order."""
        effect, network = self.effect, self.network
        if self.iterates_script() and self.hand_over(
            lambda: network.specials.perform(effect, self.args)
        ):
            return
        if (
            effect.calls_back and network.asking.given(self.args, deep=effect.ordered)
        ) or (effect.inside and waits_inside(network, effect, self.args)):
            self.hand_over(lambda: perform_aside(network, effect, self.args))
        else:
            self.complete(self.perform)

    def iterates_script(self) -> bool:
        """Whether an argument has turned out to be a generator, which native code enters."""
        if not self.effect.loud & self.network.special & ITERATED:
            return False
        return any(map(generated_of, self.args))

    def hand_over(self, begin: Callable[[], Any]) -> bool:
        """Let something else run at our place, unless it is `NATIVE` after all.

        Its hold speaks for us from now on.
        """
        network, ledger, outer = self.network, self.ledger, self.outer
        assert ledger is not None
        memory, outside = Memory(self.hold, network.holds), network.here
        network.here = Region(ledger, self, memory, outer.handled, self.site)
        answer = begin()
        network.here = outside
        if answer is NATIVE:
            return False
        self.hold.issue(memory)
        ledger.done(self)
        set_wires(self.results, answer)
        return True

    def perform(self, region: Region) -> Any:
        """The result, now that nothing is in the way."""
        result = perform(self.network, self.effect, self.args, region)
        if self.effect.makes and type(result) not in PLAIN:
            self.outer.memory.note(result, self.hold.seq)
        return result

    def succeed(self, answer: Any) -> None:
        """Take an early answer."""
        if type(answer) is list and any(map(has_wire, answer)):
            self.network.mark_dirty(answer)
        self.complete(lambda _: answer)

    def complete(self, work: Callable[[Region], Any]) -> None:
        """Give the results, at our place in program order."""
        network, ledger = self.network, self.ledger
        assert ledger is not None
        outside = network.here
        outer = self.outer
        network.here = region = Region(
            ledger, self, outer.memory, outer.handled, outer.site
        )
        try:
            result = handling(outer.handled, work, region)
        except BaseException as error:
            ledger.failed(self, network.traced(error, self.site))
        else:
            set_wires(self.results, result)
            self.hold.release()
            ledger.done(self)
        finally:
            network.here = outside


def behind(values: tuple[Any, ...]) -> list[Wire]:
    """The iterators among some values of which the beginning can be read."""
    return [v for v in values if type(v) is Wire and v.consumed and v.source]


SPECIAL = OPERATIONS["special"]
COMPUTING_IN_PLACE = frozenset(f"i{op}" for op in ARITHMETIC)
COMPUTING = frozenset(
    {*ARITHMETIC, *COMPUTING_IN_PLACE, *COMPARISONS}
    | {"neg", "pos", "invert", "abs", "round", "getitem", "sum", "min", "max"}
)
"""Operations that give no new container when their arguments are plain."""


def is_computed(effect: Effect, args: tuple[Any, ...]) -> bool:
    """Whether the result is that of arithmetic, and not what was changed in place."""
    if effect.op in ARITHMETIC or (effect.function is sum and len(args) == 1):
        return True
    first = args[0] if args else None
    return effect.op in COMPUTING_IN_PLACE and (
        first.computed if type(first) is Wire else type(first) in PLAIN
    )


def plain_result(effect: Effect, args: tuple[Any, ...]) -> bool:
    """Whether an operation on plain values gives a plain value: `s + t`, `n * 2`."""
    return effect.op in COMPUTING and all(
        value.immutable if type(value) is Wire else type(value) in PLAIN
        for value in args
    )

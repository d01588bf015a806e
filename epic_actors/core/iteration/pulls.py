"""Pulling: steps of the script's generators, where they stand in the script.

A pull is an application of what is left of the generator: it asks for calls and does not
wait for them, so the items of a generator may be wires.  Only if the generator itself has
to wait before it knows whether there is a further item, the pull is a block, and
`more`, the first of its results, is a wire.

The generator's next step is stored at once, as the wire it will come by, so a younger
pull waits for the older one, and a failure that takes back the one takes back the other.

While a generator that may ask for calls is under way the network is not calm, since native
code would enter it and could not wait in it.  One that can only compute its items from
plain arguments stands apart: CPython runs it, and its items can be given back.
A generator that is left before its end is closed where the front end says so (see
`releasing`).  When the garbage collector finds one that is not, that is no place of the
script, so its `finally` clauses do not run.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs
import trio

from epic_actors.core.closures import (
    RESUMES,
    Beginning,
    Closure,
    Resumption,
    resumption,
)
from epic_actors.core.functions import Function
from epic_actors.core.generators import (
    Generated,
    Native,
    Running,
    Shell,
    ended,
    generate,
    generated_of,
)
from epic_actors.core.interpret import Interpreter
from epic_actors.core.language.callbacks import KIND_OF
from epic_actors.core.looks import dressed
from epic_actors.core.memory.extent import forget_reached
from epic_actors.core.memory.reach import PLAIN
from epic_actors.core.memory.settling import Settler
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.actors import TURN
from epic_actors.core.network.door import inside
from epic_actors.core.network.perform import ITERATED, operate
from epic_actors.core.network.regions import Footprint, Frame, Region, enter
from epic_actors.core.network.traces import as_failed
from epic_actors.core.tables.effects import opaque
from epic_actors.errors import UsageError


if TYPE_CHECKING:
    from types import FunctionType

    from epic_actors.core.network.network import Network


class _Pause:
    def __repr__(self) -> str:
        return "PAUSE"


PAUSE: Any = _Pause()
"""What a loop's iterator gives if the loop has to wait (see `walk`)."""


def begin(
    network: "Network",
    fn: "FunctionType",
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """Call a generator function: none of its code runs yet."""
    values = function.parameters(fn, args, kwargs)
    apart = stands_apart(network, fn, function, values)
    if not apart:
        network.summaries.meet_generator(function)
    network.special |= ITERATED
    interpreter = Interpreter(network.translate)

    def natively(generated: Generated, thrown: bool, sent: Any) -> tuple[bool, Any]:
        if generated.rest is None or _is_collected(network, generated):
            if network.dropped is None:
                generated.rest = None
            else:
                network.dropped.append(generated)
            return ended(thrown=thrown, sent=sent)
        rest = generated.rest = whole(generated.rest)
        if isinstance(rest, Beginning):
            settle = Settler().settle
            named = {name: settle(value) for name, value in kwargs.items()}
            rest = generated.rest = Native(fn(*map(settle, args), **named))
        if isinstance(rest, Native):
            return rest.step(thrown, sent)
        found = interpreter.step(generated, thrown, sent)
        generated.rest = converted(generated.rest, function)
        return found

    shell = generate(fn, function, values, natively)
    made = generated_of(shell)
    assert made is not None
    made.within = network.here.ledger.owner
    if apart:
        made.rest = Native(fn(*args, **kwargs), apart=True)
        return dressed(shell, KIND_OF.get(fn), values)
    network.generators.add(made)
    # Why: native code would enter it, and could not wait in it.
    network.calm = False
    return dressed(shell, KIND_OF.get(fn), values)


def stands_apart(
    network: "Network", fn: "FunctionType", function: Function, values: tuple[Any, ...]
) -> bool:
    """Whether a generator can do nothing but compute its items from plain arguments."""
    if network.literal or any(type(value) not in PLAIN for value in values):
        return False
    return network.closed.of(fn, function) == 2


def _is_collected(network: "Network", generated: Generated) -> bool:
    """Whether the native object is going, which is no certain place of the script.

    Unless native code in a thread of its own lets it go, or the run has ended.
    """
    if generated.shell() is not None:
        return False
    # Why: Python also looks for what is garbage between the run's steps.
    within = not network.finished and trio.lowlevel.in_trio_run()
    return within or inside.step is not None or type(deref(generated.rest)) is Wire


def whole(rest: Any) -> Any:
    """What is left of a generator, for native code: with values for its wires."""
    rest = deref(rest)
    if type(rest) is Wire:
        raise UsageError("native code cannot wait for the next item of a generator")
    if isinstance(rest, Beginning | Resumption):
        return attrs.evolve(rest, values=tuple(map(Settler().settle, rest.values)))
    return rest


def converted(rest: Any, function: Function) -> Any:
    """What the interpreter leaves of a generator, as the machines know it."""
    if type(rest) is not Closure:
        return rest
    names = {
        name: converted(value, function) if name.startswith(RESUMES) else value
        for name, value in rest.names.items()
    }
    return resumption(rest.lam, names, function.closed)


def pull(network: "Network", generated: Generated, thrown: bool, sent: Any) -> Any:
    """Take a step: whether there is an item, and the item or what is returned."""
    sent = deref(sent)
    unknown = type(sent) is Wire and (thrown or is_new(generated))
    if not unknown and obstacle(network, generated) is None:
        return step(network, generated, thrown, sent)
    frame = _pull_later(network, generated, thrown, sent)
    return enter(network, frame, 2, lambda: footprint(network, generated, sent))


def is_new(generated: Generated) -> bool:
    """Whether none of a generator's code has run."""
    return isinstance(deref(generated.rest), Beginning)


def obstacle(network: "Network", generated: Generated) -> Any:
    """An older step that is not known yet, or older code that may take one."""
    rest = deref(generated.rest)
    pending = type(rest) is Wire
    if pending and _stands_in(network.here, rest):
        raise ValueError("generator already executing")
    # Why: a step in a `try` may be taken back, and then its wire never comes.
    found = network.here.memory.conflict_outward(generated, write=True)
    if found is None and not pending and begins_in_order(network.here, generated):
        return TURN
    return rest if found is None and pending else found


def begins_in_order(here: Region, generated: Generated) -> bool:
    """Whether the first step is not to be taken back.

    That of a generator expression takes an item from an iterator that was made with it,
    and cannot be given that back; later steps can.
    """
    within = here.ledger.owner
    if within is None or here.settled or within is generated.within:
        return False
    return is_new(generated) and generated.code.co_name == "<genexpr>"


def _stands_in(region: Region, wire: Wire) -> bool:
    """Whether code is a part of what will give a wire its value."""
    place: Any = region
    while place is not None:
        marker = place.marker
        if marker is None:
            place = getattr(place.ledger.owner, "outer", None)
            continue
        results = getattr(marker, "results", None)
        if type(results) is tuple and any(deref(part) is wire for part in results):
            return True
        place = getattr(marker, "outer", None)
    return False


def footprint(network: "Network", generated: Generated, sent: Any) -> Footprint:
    """What any later step of a generator may touch."""
    return network.summaries.of_pull(generated, sent)


def _pull_later(
    network: "Network", generated: Generated, thrown: bool, sent: Any
) -> Frame:
    # Why: what is thrown into a generator that has not begun is raised here, and it takes
    # nothing but None.
    while type(sent) is Wire and (thrown or is_new(generated)):
        sent = yield sent
    while (found := obstacle(network, generated)) is not None:
        yield found
    return step(network, generated, thrown, sent)


def step(network: "Network", generated: Generated, thrown: bool, sent: Any) -> Any:
    """Take a step that nothing is in the way of."""
    generated.rest, sent = deref(generated.rest), deref(sent)
    rest = generated.begun(thrown=thrown, sent=sent)
    generated.enter()
    if rest is None or (thrown and type(rest) is Beginning):
        store(network, generated, None)
        return ended(thrown=thrown, sent=sent)
    if isinstance(rest, Native):
        # Why: only an item can be given back, and what is sent in may be anything.
        rest.apart = rest.apart and not thrown and sent is None
        if rest.apart:
            return apart(network, rest)
        effect = attrs.evolve(opaque(rest.step), count=2)
        return operate(network, effect, thrown, sent)
    running, failure = Running(), None
    more = item = after = None
    store(network, generated, running)
    try:
        more, item, after = network.machine.resume(
            network, generated.function, rest, (thrown, sent)
        )
    except (StopIteration, RuntimeError) as error:
        failure = error
    finally:
        running.active = False
    if failure is not None:
        raise as_failed(failure)
    store(network, generated, after)
    return more, item


def apart(network: "Network", rest: Native) -> Any:
    """Take a step that has to do with nothing else."""
    more, item = rest.step(False, None)
    if more and not network.here.settled:
        network.stored(lambda: rest.back.append(item))
    return more, item


def store(network: "Network", generated: Generated, rest: Any) -> None:
    """Note what is left of a generator."""
    before, generated.rest = generated.rest, rest
    forget_reached()
    if not network.here.settled:
        network.stored(lambda: setattr(generated, "rest", before))
    elif rest is None and network.ledger.empty:
        network.calm = not network.generating


class Pulls:
    """The items of a generator of the script's, for a loop, or `PAUSE` (see `walk`).

    Attributes:
        item: The current one, if native code goes on with the loop.
    """

    __slots__ = ("generated", "item", "network", "shell")

    def __init__(self, network: "Network", shell: Shell, generated: Generated) -> None:
        self.network = network
        self.shell: Shell | None = shell
        self.generated = generated

    @property
    def iterator(self) -> Any:
        """What native code goes over, and the script while all is calm."""
        rest = self.generated.rest
        if isinstance(rest, Native) and not rest.back:
            return rest.iterator
        return self if self.shell is None else self.shell

    def let_go(self) -> None:
        """Refer to the native object no longer."""
        self.shell = None

    def __epic_sources__(self) -> list[Any]:
        # Why: not the native object, which goes when the script lets go of it.
        return [self.generated]

    def __iter__(self) -> Iterator[Any]:
        """The items from here on."""
        network, settled = self.network, self.network.settler.settled
        while True:
            while network.must_pause():
                network.waits_for = None
                yield PAUSE
            more, item = pull(network, self.generated, False, None)
            while type(more := deref(more)) is Wire:
                network.waits_for = more
                yield PAUSE
            if not more:
                return
            network.looping = network.looping or self
            yield settled(item)
            if network.looping is self:
                network.looping = None

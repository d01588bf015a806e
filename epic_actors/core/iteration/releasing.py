"""Letting go: a generator that nobody refers to any more is closed there and then.

Rules
    1. The front end says where a loop is left early, or where a part of an expression has
       been used: `release`, with what was called for the iterator and for its arguments.
    2. A generator is *fresh* if the call that gave it was of its own generator function:
       then nobody else can refer to it.  It goes with what it was given to, if that does
       nothing with it but take its items.
    3. Of any other iterator CPython knows whether somebody refers to it: the last
       reference to the native object goes, and its finalizer notes it in
       `network.dropped`.  For that nothing of ours may still refer to it, so such a
       release waits for its turn, when nothing older can be undone.
    4. Closing runs as part of the script, so `finally` clauses may ask for calls.
    5. A generator that does not stand in a `try` has nothing to run.

A generator in a variable goes with the variable if that alone refers to it, which the
front end finds out (`frontend.holding`).  Any other is not closed when the variable goes.
"""

import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from epic_actors.core.closures import RESUMES, Beginning
from epic_actors.core.footprints.touched import EVERYTHING
from epic_actors.core.functions import Function
from epic_actors.core.generators import Generated, Native, generated_of, revived
from epic_actors.core.knowledge import CORE
from epic_actors.core.language.dispatch import apply
from epic_actors.core.language.prelude import let_go
from epic_actors.core.looks import bare
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.actors import TURN
from epic_actors.core.network.regions import Frame, enter
from epic_actors.core.terms import App, Let, Prim, Term, Try, Var, steps

from .pulls import Pulls, obstacle


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


TAKES = ("iter", "step", "delegate")
"""Steps that do nothing with an iterator but take its items."""


def release(network: "Network", holder: Any, *calls: Any) -> None:
    """Let go of what a loop goes over, and of what was made for that.

    Args:
        network: The run.
        holder: The cursor of a loop, or a value that has been used.
        calls: What was called and what it gave, the outermost call first; for a
            variable, the code of the generators that it may hold alone.
    """
    holder = deref(holder)
    if type(holder) is Wire:
        if calls and type(calls[0]) is types.CodeType:
            footprint = network.summaries.of_application
            frame = _release_later(network, holder, calls)
            enter(network, frame, 1, lambda: footprint(let_go, (holder,)))
        return
    root = native(holder)
    if generated_of(root) is None:
        return
    made = [native(deref(value)) for value in calls]
    gone = owned(root, list(zip(made[::2], made[1::2], strict=True)))
    if not gone and type(holder) is Pulls and is_open(network, root):
        del root, made
        enter(network, _released(network, holder), 1, lambda: EVERYTHING)
    for value in gone:
        if is_open(network, value):
            apply(network, let_go, (bare(value),), {})


def _release_later(network: "Network", wire: Wire, calls: tuple[Any, ...]) -> Frame:
    """Let go of what a variable turns out to hold."""
    return release(network, (yield wire), *calls)


def native(value: Any) -> Any:
    """The native object that a cursor goes over, or the value itself."""
    return value.shell if type(value) is Pulls else value


def owned(root: Any, calls: list[tuple[Any, Any]]) -> list[Any]:
    """The generators that nobody refers to, in the order in which they go."""
    found, within = [], [root]
    for function, value in calls:
        made = generated_of(value)
        if made is None or function is iter or not any(value is v for v in within):
            continue
        within = [other for other in within if other is not value]
        if is_fresh(function, made):
            found.append(value)
            if only_takes(made.function):
                within.extend(map(deref, flat(made.values)))
    return found


def flat(values: Any) -> Iterator[Any]:
    """Arguments, with those behind a star."""
    for value in values:
        if type(value) is tuple:
            yield from value
        else:
            yield value


def is_fresh(function: Any, made: Generated) -> bool:
    """Whether a call of `function` has made a generator, rather than given it."""
    if isinstance(function, types.MethodType):
        function = function.__func__
    if isinstance(function, types.CodeType):
        return function is made.function.code
    code = getattr(function, "__code__", None)
    return is_ours(made.function) if code is None else code is made.function.code


def is_ours(function: Function) -> bool:
    """Whether a function stands for one of the library."""
    return function.namespace.name.startswith(CORE)


# What only CPython knows


def _released(network: "Network", cursor: Pulls) -> Frame:
    """Drop the loop's own reference; if it was the last, close the generator."""
    while not network.here.settled:
        yield TURN
    around, network.dropped = network.dropped, []
    cursor.let_go()
    dropped, network.dropped = network.dropped, around
    for made in dropped:
        found = apply(network, let_go, (revived(made),), {})
        while type(found := deref(found)) is Wire:
            yield found


# What there is to close


def is_open(network: "Network", value: Any) -> bool:
    """Whether closing a generator may run code of the script's."""
    made = generated_of(value)
    if made is None:
        return False
    rest = deref(made.rest)
    if rest is None or isinstance(rest, Native) or not cleans_up(made.function):
        return False
    # Why: an older step, still to be taken, may be its first.
    return type(rest) is not Beginning or obstacle(network, made) is not None


def cleans_up(function: Function) -> bool:
    """Whether a generator stands in a `try` somewhere, or lets others go."""
    if function.cleans_up is None:
        function.cleans_up = any(map(_cleans_up, steps(function.lam)))
    return bool(function.cleans_up)


def _cleans_up(term: Term) -> bool:
    if isinstance(term, Try):
        return any(map(_resumes, steps(term.body)))
    return isinstance(term, Prim) and term.op in ("release", "delegate")


def _resumes(term: Term) -> bool:
    called = term.function if isinstance(term, App) else None
    return isinstance(called, Var) and called.name.startswith(RESUMES)


def only_takes(function: Function) -> bool:
    """Whether a generator does nothing with its arguments but take their items."""
    if is_ours(function):
        return True
    if function.only_takes is None:
        params = function.lam.params
        used = (name for term in steps(function.lam.body) for name in kept(term))
        function.only_takes = set(params).isdisjoint(used)
    return bool(function.only_takes)


def kept(term: Term) -> list[str]:
    """The names that a step may keep, or pass on."""
    match term:
        case Prim() if term.op in TAKES:
            return []
        case App():
            # Why: what is called is not kept, and neither are a loop's own variables.
            return _names(term.arguments)
        case Prim():
            return _names(term.arguments)
        case Let():
            return _names((term.value,))
        case _:
            return []


def _names(terms: tuple[Term, ...]) -> list[str]:
    return [term.name for term in terms if isinstance(term, Var)]

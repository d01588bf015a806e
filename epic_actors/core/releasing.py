"""Letting go: a generator that nobody refers to any more is closed there and then.

Rules
    1. The front end says where a loop is left early, or where a value that only an
       expression has seen is no longer needed: `release`.
    2. Whether anybody else refers to the generator, CPython knows: the last reference to
       the native object goes, and its finalizer notes it in `network.dropped`.  For that
       nothing of ours may still refer to it, so a release waits for its turn, when
       nothing older can be undone.
    3. Closing runs as part of the script, so `finally` clauses may ask for calls.  What a
       closed generator held goes with it, and is closed next.
    4. A generator that is not inside a `try` has nothing to run, and is not waited for.

A generator in a variable is let go where the variable goes, which is no certain place of
the script, so it is not closed; `del` and `return` run nothing.
"""

import types
from typing import TYPE_CHECKING, Any

from .closures import RESUMES, Beginning
from .dispatch import apply
from .generators import Generated, Native, generated_of, revived
from .prelude import let_go
from .pulls import Pulls
from .regions import Frame, enter
from .actors import TURN
from .tags import EVERYTHING
from .terms import Lam, Let, LetRec, If, Prim, Term, Try
from .wire import Wire, deref


if TYPE_CHECKING:
    from .network import Network


def release(network: "Network", holder: Any) -> None:
    """Let go of what a loop's cursor, or a cell, holds."""
    holder = deref(holder)
    if holder.__class__ is not Wire and not is_open(held(holder)):
        return
    enter(network, _released(network, holder), 1, lambda: EVERYTHING)


def held(holder: Any) -> Any:
    """The iterator that is let go."""
    if holder.__class__ is types.CellType:
        return deref(holder.cell_contents)
    return getattr(holder, "shell", None)


def _released(network: "Network", holder: Any) -> Frame:
    """Close one generator after another, as the last references to them go."""
    while (holder := deref(holder)).__class__ is Wire:
        yield holder
    while (value := held(holder)).__class__ is Wire:
        yield value
    opened = is_open(value)
    del value
    if not opened:
        return
    while not network.here.settled:
        yield TURN
    around, network.dropped = network.dropped, []
    drop(holder)
    dropped, network.dropped = network.dropped, around
    del around
    while dropped:
        made = dropped.pop(0)
        shell: Any = revived(made)
        found = apply(network, let_go, (shell,), {})
        while (found := deref(found)).__class__ is Wire:
            yield found
        while not network.here.settled:
            yield TURN
        around, network.dropped = network.dropped, []
        del shell
        made.forget()
        dropped[:0] = network.dropped
        network.dropped = around


def drop(holder: Any) -> None:
    """Refer to it no longer."""
    if holder.__class__ is types.CellType:
        holder.cell_contents = None
    else:
        holder.shell = None


# What there is to close


def is_open(value: Any) -> bool:
    """Whether closing a value, or what it holds, may run code of the script's."""
    value = value.shell if value.__class__ is Pulls else value
    made = generated_of(value)
    if made is None:
        return False
    rest = deref(made.rest)
    if rest is None or isinstance(rest, Native):
        return False
    if not isinstance(rest, Beginning) and may_clean_up(made):
        return True
    values = made.values if rest.__class__ is Wire else rest.values
    return any(is_open(deref(held)) for held in values)


def may_clean_up(made: Generated) -> bool:
    """Whether a generator stands in a `try` somewhere, or goes over another one."""
    function = made.function
    if function.cleans_up is None:
        function.cleans_up = _cleans_up(function.lam)
    return function.cleans_up


def _cleans_up(term: Term) -> bool:
    while isinstance(term, Let | LetRec):
        inner = term.value if isinstance(term, Let) else term.function
        if _cleans_up(inner):
            return True
        term = term.body
    match term:
        case Lam():
            return _cleans_up(term.body)
        case If():
            return _cleans_up(term.then) or _cleans_up(term.orelse)
        case Prim(op=op):
            return op in ("release", "delegate")
        case _:
            return isinstance(term, Try)

"""`yield`: what follows it is a function, which whoever wants the next item applies.

Theory of operation
    The term of a generator function gives `pack(True, item, rest)` for an item and
    `pack(False, value, None)` for its end; `rest` is a *resumption*, a function of two
    parameters: whether an exception is thrown in, and what is thrown or sent.
    So a `yield` stands in tail position, like any other way out of a block, and what
    follows it is inside its resumption.  Nothing is suspended: a generator that is taken
    back to an earlier item is just an older resumption.
    A `try` whose body yields is left with a signal, as by `return`; to be resumed, its
    body is applied in a new `Try` with the same handlers (see `tries`).
    Resumptions have names that begin with `resume.`; no other function of a term is
    passed around.
"""

import ast

from epic_actors.core.terms import (
    UNBOUND,
    At,
    Const,
    If,
    Lam,
    Let,
    LetRec,
    Prim,
    Term,
    Try,
    Var,
)
from epic_actors.frontend.block import Block, Exits, jump
from epic_actors.frontend.expressions import Visit, iterable, optional
from epic_actors.frontend.leaving import raising
from epic_actors.frontend.unit import Unit, at


START = (Const(False), Const(None))
"""What a body is applied to when it begins."""


def ends() -> Exits:
    """The tails of a generator's body."""
    return Exits(
        falls=lambda block: _end(Const(None)),
        returns=lambda block, found: _end(block.atom(found)),
        yields=lambda item, rest: Prim("pack", (Const(True), item, rest)),
    )


def _end(value: Term) -> Term:
    return Prim("pack", (Const(False), value, Const(None)))


def entry(unit: Unit) -> tuple[str, str]:
    """The names of a resumption's parameters: whether it is thrown, and what."""
    return unit.fresh("thrown"), unit.fresh("sent")


def _yield(block: Block, node: ast.Yield) -> Term:
    item = optional(block, node.value)
    unit, place = block.unit, at(node)
    name, (thrown, sent) = unit.fresh("resume"), entry(unit)
    tail = block.exits.yields(item, Var(name))

    def suspend(rest: Term) -> Term:
        return Let(
            (name,), Lam((thrown, sent), rest, name=name, at=place), tail, at=place
        )

    block.wrap(suspend)
    if unit.handling:
        _handle_on(block, unit.handling[-1])
    failing = raising(block.inner())
    again = failing.finish(_thrown(unit, sent, place))
    block.guard(Var(thrown), then=again)
    return Var(sent)


def _thrown(unit: Unit, sent: str, place: At | None) -> Term:
    """Raise what is thrown in; in an `except` clause it gets a context, as by `raise`."""
    if unit.handling:
        return Prim("raise", (Var(sent), Const(UNBOUND)), at=place)
    return Prim("reraise", (Var(sent),), at=place)


def _handle_on(block: Block, error: str) -> None:
    """What follows stands in an `except` clause: an exception is being handled."""
    block.wrap(lambda rest: _while(block.unit, error, rest))


def _while(unit: Unit, error: str, term: Term) -> Term:
    """A term while an exception is being handled."""
    return Try(Prim("reraise", (Var(error),)), unit.fresh("exc"), term)


def _delegating(unit: Unit, step: Prim, thrown: str) -> Term:
    """A step of the inner iterator.

    What that makes of what is thrown in gets a context here, as by `raise`.
    """
    if not unit.handling:
        return step
    more, item, failed = map(unit.fresh, ("more", "item", "exc"))
    raised = Prim("raise", (Var(failed), Const(UNBOUND)), at=step.at)
    failing = If(
        Var(thrown),
        _while(unit, unit.handling[-1], raised),
        Prim("reraise", (Var(failed),), at=step.at),
    )
    both = Prim("pack", (Var(more), Var(item)))
    return Try(Let((more, item), step, both), failed, failing, at=step.at)


def _yield_from(block: Block, node: ast.YieldFrom) -> Term:
    """A function takes a step of the inner iterator; when that has ended, it goes on."""
    unit, place = block.unit, at(node)
    source = iterable(block, node.value)
    cursor = block.temp(Prim("iter", (source,), at=place), stem="it")
    after, name, again = map(unit.fresh, ("join", "from", "resume"))
    more, item, value = map(unit.fresh, ("more", "item", "t"))
    given, later = entry(unit), entry(unit)
    onward: Term = jump(name, tuple(map(Var, later)), place)
    if unit.handling:
        onward = _while(unit, unit.handling[-1], onward)
    yielding = block.exits.yields(Var(item), Var(again))
    choice = If(
        Var(more),
        Let((again,), Lam(later, onward, name=again, at=place), yielding, at=place),
        jump(after, (Var(item),), place),
        at=place,
    )
    step = Prim("delegate", (cursor, *map(Var, given)), at=place)
    taken = _delegating(unit, step, given[0])
    stepping = Lam(
        given, Let((more, item), taken, choice, at=place), name=name, at=place
    )
    started = jump(name, START, place)
    block.join(after, (value,), LetRec(name, stepping, started, at=place))
    return Var(value)


def step() -> Term:
    """The body of `prelude.step`, the function behind `next` and the like."""
    cursor = Prim("iter", (Var("items"),))
    taken = Prim("step", (Var("it.1"), Var("thrown"), Var("sent")))
    both = Prim("tuple", (Var("more"), Var("item")))
    return Let(("it.1",), cursor, Let(("more", "item"), taken, both))


VALUES: dict[type, Visit] = {ast.Yield: _yield, ast.YieldFrom: _yield_from}

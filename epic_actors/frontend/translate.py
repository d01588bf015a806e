"""The door of the front end: a Python function's term, made once."""

import ast
import inspect
import types

from epic_actors.core.collecting import uncollected
from epic_actors.core.functions import Function
from epic_actors.core.language.classes import ALIAS, GENERIC
from epic_actors.core.language.prelude import step
from epic_actors.core.network.loops import starts
from epic_actors.core.terms import UNBOUND, Const, Lam, Prim, Term, Var
from epic_actors.frontend import (
    comprehensions,
    expressions,
    functions,
    generators,
    holding,
    loops,
    matching,
    source,
    statements,
    tries,
)
from epic_actors.frontend.block import Block, Exits
from epic_actors.frontend.lowering import lower
from epic_actors.frontend.namespaces import Translation, translated
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.unit import Unit, at


for _module in (comprehensions, functions, generators, matching):
    expressions.VALUES.update(_module.VALUES)
for _own in (loops, tries, functions):
    statements.STATEMENTS.update(_own.STATEMENTS)


def translate(fn: types.FunctionType) -> Function:
    """The term of a Python function.

    Args:
        fn: The function; it stands in a file, or in text that `linecache` has.

    Raises:
        NotCompiled: It has to be run by CPython, as a whole.
        ScriptError: Its source is not there, or is not what runs.
    """
    found = translated(fn, _first_translation)
    if isinstance(found, NotCompiled):
        raise NotCompiled(found.reason, found.line)
    return found


def known(fn: types.FunctionType) -> Function | None:
    """The term of a Python function, or None if CPython has to run it."""
    from epic_actors.errors import ScriptError  # noqa: PLC0415

    try:
        return translate(fn)
    except (NotCompiled, ScriptError):
        return None


def _first_translation(fn: types.FunctionType) -> Translation:
    if fn.__code__.co_name.startswith((GENERIC, ALIAS)):
        return NotCompiled("type parameters", fn.__code__.co_firstlineno)
    if fn.__code__.co_flags & inspect.CO_ASYNC_GENERATOR:
        return NotCompiled("an async generator", fn.__code__.co_firstlineno)
    if (started := starts(fn)) is not None:
        return NotCompiled(started, fn.__code__.co_firstlineno)
    try:
        with uncollected():
            return _translated(fn, source.find(fn))
    except NotCompiled as refusal:
        return refusal.with_traceback(None)


def _translated(fn: types.FunctionType, found: source.Found) -> Function:
    node = found.node
    if not isinstance(node, ast.Lambda):
        lower(node.body)
    unit, code = Unit(fn, found), fn.__code__
    params = code.co_freevars + unit.params
    body = generators.step() if fn is step else _body(unit)
    lam = Lam(params, body, name=code.co_qualname, at=at(node))
    return Function(
        name=code.co_name,
        qualname=code.co_qualname,
        filename=code.co_filename,
        code=code,
        lam=lam,
        freevars=code.co_freevars,
        is_async=bool(code.co_flags & inspect.CO_COROUTINE),
        is_generator=bool(code.co_flags & inspect.CO_GENERATOR),
        namespace=unit.namespace,
    )


def _body(unit: Unit) -> Term:
    exits = Exits(falls=lambda block: Const(None), returns=lambda block, found: found)
    if unit.code.co_flags & inspect.CO_GENERATOR:
        exits = generators.ends()
    unit.held = holding.held(unit)
    block = Block(unit, holding.closing(unit, exits), set(), set())
    for slot in unit.slots.values():
        given = slot.name in unit.params
        if slot.kind == "cell":
            value: Term = Var(slot.name) if given else Const(UNBOUND)
            block.let((slot.name,), Prim("cell", (value,)))
        elif given and slot.kind == "plain":
            block.now_bound(slot.name)
    if isinstance(unit.node, ast.Lambda):
        found = expressions.value(block, unit.node.body)
        return block.finish(block.exits.returns(block, found))
    statements.statements(block, unit.node.body)
    return block.finish()

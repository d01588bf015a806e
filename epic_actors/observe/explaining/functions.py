"""What calls of externals and of Python functions wait for."""

import contextlib
import inspect
import types
from typing import TYPE_CHECKING

import attrs

from epic_actors.core.functions import Function
from epic_actors.core.network.externals import External, Order
from epic_actors.core.tables.effects import pure
from epic_actors.frontend import NotCompiled, translate
from epic_actors.observe.explaining import sentences
from epic_actors.observe.explaining.known import (
    ITEMS,
    NOTHING,
    UNKNOWN,
    Known,
    constant,
    plain_type,
)
from epic_actors.observe.explaining.operations import (
    Values,
    effect_of,
    perform,
    settled,
)
from epic_actors.observe.explaining.sentences import AT_ONCE, EVERY_ROUND
from epic_actors.observe.explaining.steps import CELL
from epic_actors.observe.explaining.survey import Reason


if TYPE_CHECKING:
    from epic_actors.observe.explaining.waiting import Reading, Step

IMMUTABLE = frozenset({str, bytes, int, float, complex, bool, type(None), tuple})


def external(reading: "Reading", called: External, args: Values, step: "Step") -> Known:
    """A call of an external."""
    whole = [value.whole() | settled(reading, value) for value in args]
    needs = frozenset(label for labels in whole for label in labels)
    if called.order is Order.PURE and not called.is_async:
        return perform(reading, pure(called.function), args, step)
    reading.part.pending += 1
    arriving = any(value.is_arriving for value in args)
    shown = frozenset(f"the whole of {n}" for n in needs) if arriving else needs
    begins = [reading.begins]
    if reading.barrier and any(is_lent(value) and value.kind for value in args):
        begins.append(reading.barrier)
    text = sentences.call(step.name, called, shown, begins)
    reading.note(step.at, "call", text, needs)
    for value in args:
        lend(reading, value, step)
    kind = called.kind or plain_type(called.returns)
    return Known(
        needs=frozenset({f"`{step.text}`"}),
        kind=kind,
        is_arriving=called.stream is not None,
    )


def lend(reading: "Reading", value: Known, step: "Step") -> None:
    """An object is given to a call, and younger stores into it wait."""
    assert step.at is not None
    if is_lent(value):
        for thing in value.things:
            reading.lent[thing] = (step.name, step.at.line)


def is_lent(value: Known) -> bool:
    """Whether a call that is given this may have to wait for older stores."""
    mutable = value.kind not in IMMUTABLE and value.value is UNKNOWN
    return mutable and bool(value.things)


def python(
    reading: "Reading", fn: types.FunctionType, args: Values, step: "Step"
) -> Known:
    """A Python function: of the script's, or of a library."""
    network = reading.survey.network
    function = network.translate(fn)
    if function is None:
        return left_to_python(reading, fn, args, step)
    cells = [closed(reading, cell) for cell in fn.__closure__ or ()]
    return own(reading, function, cells, args, step)


def left_to_python(
    reading: "Reading", fn: types.FunctionType, args: Values, step: "Step"
) -> Known:
    """A function that CPython runs: aside, as a generator, or as a library's."""
    survey = reading.survey
    flags = fn.__code__.co_flags
    if flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR):
        if survey.owns(fn):
            survey.others[id(fn.__code__)] = _reason(
                fn, "generator", sentences.generator()
            )
        return perform(reading, effect_of(fn), args, step)
    if survey.network.runs_aside(fn):
        survey.others[id(fn.__code__)] = aside(fn)
        begins = (
            f"`{step.name}` goes aside: it begins when everything older has succeeded."
        )
        reading.note(step.at, "aside", begins)
        reading.barrier = f"`{step.name}` is done"
        reading.part.pending += 1
        return Known(needs=frozenset({f"`{step.text}`"}))
    return perform(reading, effect_of(fn), args, step)


def aside(fn: types.FunctionType) -> Reason:
    """Why a function of the script's is run by CPython."""
    reason, line = "its source is not there", None
    try:
        translate(fn)
    except NotCompiled as refusal:
        reason, line = refusal.reason, refusal.line
    except Exception as error:
        reason = str(error).partition("\n")[0]
    return _reason(fn, "aside", sentences.aside(reason, line))


def _reason(fn: types.FunctionType, kind: str, text: str) -> Reason:
    code = fn.__code__
    return Reason(fn.__qualname__, code.co_filename, code.co_firstlineno, kind, text)


def own(
    reading: "Reading", function: Function, cells: Values, args: Values, step: "Step"
) -> Known:
    """A function whose term is known: it is read as well."""
    part = reading.survey.part(function)
    given = cells + arguments(function, args, step.shape)
    part.state.give(given)
    part.is_late |= reading.begins not in (AT_ONCE, EVERY_ROUND)
    if part.state.result is None and not part.is_read:
        part.is_read = True
        reading.another(part)
    reading.held |= part.held
    found = part.state.result
    if function.is_generator and isinstance(found, list):
        return generated(reading, found, step)
    if not isinstance(found, Known):
        return NOTHING
    waits = found.needs or not reading.held.isdisjoint(found.things)
    needs = frozenset({f"`{step.text}`"} if waits else ())
    return attrs.evolve(found, needs=needs)


def generated(reading: "Reading", found: Values, step: "Step") -> Known:
    """What a call of a generator function gives; `found` is what its steps give."""
    thing = reading.survey.thing(step.key)
    if isinstance(found[1], Known):
        needs = frozenset({f"an item of `{step.text}`"} if found[1].needs else ())
        thing.put(ITEMS, attrs.evolve(found[1], needs=needs))
    return Known(things=frozenset({thing}))


def arguments(
    function: Function, args: Values, shape: tuple[str | None, ...]
) -> Values:
    """What the parameters of a function are given, as far as the call says it."""
    params = function.lam.params[len(function.freevars) :]
    marks = shape or (None,) * len(args)
    found = dict.fromkeys(params, NOTHING)
    positions = iter(params)
    for mark, value in zip(marks, args, strict=True):
        if mark is None:
            name = next(positions, params[-1] if params else "")
        elif mark in ("*", "**"):
            name = next(positions, "")
        else:
            name = mark
        if name in found:
            found[name] = value
    return list(found.values())


def closed(reading: "Reading", cell: types.CellType) -> Known:
    """A cell of a function that is there before the run."""
    thing = reading.survey.thing((CELL, id(cell)), is_callers=True)
    with contextlib.suppress(ValueError):  # it has no value yet
        thing.put(CELL, constant(cell.cell_contents))
    return Known(things=frozenset({thing}))
